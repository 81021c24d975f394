"""Versions of open modals, form tokens, and form errors."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

MOST_KEPT = 1_000


@dataclass
class _Modal:
    showing: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class OpenModals:
    """The newest version of each open modal, so that an older update doesn't replace it.

    Slack's own hash would reject the last of several characters typed in a row.
    """

    def __init__(self) -> None:
        """Start without modals."""
        self._mutex = threading.Lock()
        self._modals: OrderedDict[str, _Modal] = OrderedDict()

    @contextmanager
    def turn(self, view_id: str, showing: int) -> Iterator[bool]:
        """Lock a modal for one update, and yield whether this version is still current."""
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
    """Return the idempotency token of one form that is shown."""
    return secrets.token_hex(8)


def reject_form(ack: Callable[..., Any], view: Json, errors: Mapping[str, str]) -> None:
    """Show errors at their fields; Slack refuses fields that the form doesn't have.

    An error of a missing field goes to the first field.
    """
    shown = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    placed = {(name if name in shown else shown[0]): why for name, why in errors.items()}
    ack(response_action="errors", errors=placed)
