"""Versions and content of open modals, form tokens, and form errors."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

MOST_KEPT = 1_000
MOST_VERSIONS = 50  # of one modal


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


@dataclass
class ShownModal:
    """What one modal shows: callback ID and metadata of its newest version, and its hash.

    `generations` counts, for each hash, how often something else was shown before.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    callback_id: str = ""
    metadata: str = ""
    newest: str = ""
    generation: int = 0
    generations: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def note(self, version: str, view: Mapping[str, Any]) -> None:
        """Remember what a version shows; one that is known already isn't the newest."""
        if not version or version in self.generations:
            return
        shown = str(view.get("callback_id") or ""), str(view.get("private_metadata") or "")
        if shown != (self.callback_id, self.metadata):
            self.generation += 1
        self.callback_id, self.metadata = shown
        self.newest = version
        self.generations[version] = self.generation
        if len(self.generations) > MOST_VERSIONS:
            self.generations.popitem(last=False)

    def current(self, seen: str | None) -> str | None:
        """Return the newest hash if the modal still shows the same as when it had another."""
        is_same = seen is not None and self.generations.get(seen) == self.generation
        return self.newest if is_same else seen


class ShownModals:
    """What open modals show, so that one is redrawn only while it shows the same.

    Slack has no method that returns a view. An answer to a form changes one without a new hash, so
    the views in requests are noted, too.
    """

    def __init__(self) -> None:
        """Start without modals."""
        self._mutex = threading.Lock()
        self._modals: OrderedDict[str, ShownModal] = OrderedDict()

    @contextmanager
    def turn(self, view_id: str) -> Iterator[ShownModal]:
        """Lock a modal for one update, and yield what it shows."""
        modal = self.of(view_id)
        with modal.lock:
            yield modal

    def of(self, view_id: str) -> ShownModal:
        """Return what a modal shows."""
        with self._mutex:
            modal = self._modals.setdefault(view_id, ShownModal())
            self._modals.move_to_end(view_id)
            if len(self._modals) > MOST_KEPT:
                self._modals.popitem(last=False)
        return modal


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
