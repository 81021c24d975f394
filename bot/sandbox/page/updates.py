"""What the demo's page shows, and which parts a browser has not received yet."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeAlias

from bot.sandbox.page.block_html import BlockHtml
from bot.sandbox.page.workspace import Workspace

Json: TypeAlias = dict[str, Any]

HOME: Final = "home"
_STATUS_SECONDS: Final = 1.0  # how often the status is checked
_LOG_LINES: Final = 60
_ZERO_IS_GOOD: Final = ("Lost", "Duplicates")


@dataclass(frozen=True)
class BrowserState:
    """What a browser shows and has received."""

    user: str
    channel: str
    thread: str = ""
    revision: int = -1
    version: int = 0
    thread_version: int = 0
    status: str = ""


@dataclass(frozen=True)
class _Drawn:
    source: Json
    html: str
    version: int


class PageUpdates:
    """Changes for browsers; a message is rendered again only if its JSON differs."""

    def __init__(
        self,
        workspace: Workspace,
        draw: BlockHtml,
        *,
        status: Callable[[], Mapping[str, object]],
        log_lines: Callable[[], Sequence[str]],
        home: Callable[[str], Json | None] | None = None,
    ) -> None:
        self._workspace = workspace
        self._draw = draw
        self._status = status
        self._happenings = log_lines
        self._home = home
        self._lock = threading.Lock()
        self._drawn: dict[tuple[str, str], _Drawn] = {}
        # Starts at the current milliseconds, so that no browser of an earlier run has a higher one.
        self._version = time.time_ns() // 1_000_000
        self.errors: dict[str, Mapping[str, str]] = {}

    def wait(self, seen: BrowserState, *, seconds: float, stopping: threading.Event) -> Json:
        """Return the changes as soon as there are any, or after `seconds`."""
        end = time.monotonic() + seconds
        while not stopping.is_set():
            revision = self._workspace.revision
            left = end - time.monotonic()
            if revision != seen.revision or self._strip()["key"] != seen.status or left <= 0:
                break
            self._workspace.wait_for_change(revision, min(left, _STATUS_SECONDS))
        return self.now(seen)

    def now(self, seen: BrowserState) -> Json:
        """Return everything except the messages that the browser has."""
        # The revision is read first: a change during rendering is sent again, never missed.
        revision = self._workspace.revision
        with self._lock:
            main = self._changes(seen.channel, self._messages(seen), seen.version)
            thread = self._thread_changes(seen) if seen.thread else None
            version = self._version
        return {
            "revision": revision,
            "version": version,
            "strip": self._strip(),
            "rail": self._rail(seen.user),
            "main": main,
            "thread": thread,
            "home": self._home_html(seen),
            "modal": self.modal(seen.user),
            "pane": self._pane_html(seen.user),
        }

    def modal(self, user: str) -> Json | None:
        """Return a user's open modal, rendered."""
        view = self._workspace.open_view(user)
        if view is None:
            return None
        view_id = str(view.get("id", ""))
        return {"id": view_id, "html": self._draw.modal(view, self.errors.get(view_id))}

    def _pane_html(self, user: str) -> str | None:
        pane = self._workspace.pane(user)
        return None if pane is None else self._draw.pane(asdict(pane))

    def _messages(self, seen: BrowserState) -> list[Json]:
        return [] if seen.channel == HOME else self._visible(seen.channel, seen.user)

    def _visible(self, channel: str, user: str) -> list[Json]:
        return _seen_by(user, self._workspace.messages(channel))

    def _thread_changes(self, seen: BrowserState) -> Json:
        messages = _seen_by(seen.user, self._workspace.thread(seen.channel, seen.thread))
        return self._changes(seen.channel, messages, seen.thread_version)

    def _changes(self, channel: str, messages: Sequence[Json], version: int) -> Json:
        drawn = {str(one["ts"]): self._drawn_now(channel, one) for one in messages}
        changed = {ts: one.html for ts, one in drawn.items() if one.version > version}
        return {"order": list(drawn), "changed": changed}

    def _drawn_now(self, channel: str, message: Json) -> _Drawn:
        place = (channel, str(message["ts"]))
        before = self._drawn.get(place)
        if before is not None and before.source == message:
            return before
        self._version += 1
        drawn = _Drawn(deepcopy(message), self._draw.message(message), self._version)
        self._drawn[place] = drawn
        return drawn

    def _home_html(self, seen: BrowserState) -> str | None:
        view = self._home(seen.user) if self._home and seen.channel == HOME else None
        return self._draw.home(view) if view else None

    def _rail(self, user: str) -> list[Json]:
        places = [
            {"id": key, "name": name.lstrip("#"), "direct": key.startswith("D")}
            | {"count": len(self._visible(key, user))}
            for key, name in self._workspace.places(user).items()
        ]
        home = {"id": HOME, "name": "Home", "direct": False, "count": 0}
        return ([home] if self._home else []) + places

    def _strip(self) -> Json:
        numbers = [
            {"label": label, "value": str(value), "tone": _tone(label, value)}
            for label, value in self._status().items()
        ]
        log = [str(line) for line in self._happenings()][-_LOG_LINES:]
        return {"numbers": numbers, "log": log, "key": f"{hash((str(numbers), *log)):x}"}


def _seen_by(user: str, messages: Sequence[Json]) -> list[Json]:
    """Return the messages without other users' ephemeral ones."""
    return [one for one in messages if one.get("for_user") in (None, user)]


def _tone(label: str, value: object) -> str:
    if label in _ZERO_IS_GOOD:
        return "bad" if value else "good"
    if label == "App":
        return "good" if value == "running" else "bad"
    return "plain"
