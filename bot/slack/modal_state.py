"""Which view of an open modal is the newest; tokens of forms."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

MOST_KEPT = 1_000


@dataclass
class _Modal:
    showing: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class OpenModals:
    """Modals that were written to lately; what is older than their newest showing comes too late.

    Slack's own hash would turn away the last of several letters typed in a row.
    """

    def __init__(self) -> None:
        """Know of none."""
        self._mutex = threading.Lock()
        self._modals: OrderedDict[str, _Modal] = OrderedDict()

    @contextmanager
    def turn(self, view_id: str, showing: int) -> Iterator[bool]:
        """Write to a modal while nobody else does; gives whether this showing is not outdated."""
        with self._mutex:
            modal = self._modals.setdefault(view_id, _Modal())
            self._modals.move_to_end(view_id)
            if len(self._modals) > MOST_KEPT:
                self._modals.popitem(last=False)
        with modal.lock:
            is_current = showing >= modal.showing
            modal.showing = max(showing, modal.showing)
            yield is_current


Json = dict[str, Any]


def make_token() -> str:
    """Give what stands for one showing of a form."""
    return secrets.token_hex(8)
