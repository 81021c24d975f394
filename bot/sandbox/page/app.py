"""The demo's web page: a Slack workspace beside a phone company."""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias
from urllib.parse import quote, urlsplit

from bot.sandbox.gallery.page import draw_gallery
from bot.sandbox.http import FakeServer, HttpRequest, HttpResponse
from bot.sandbox.page.actions import PageActions
from bot.sandbox.page.block_html import FILES, PICTURES, BlockHtml
from bot.sandbox.page.updates import HOME, BrowserState, PageUpdates
from bot.sandbox.page.workspace import Workspace

__all__ = ["DemoPage", "PageButton", "Workspace"]

Json: TypeAlias = dict[str, Any]

_STATIC: Final = Path(__file__).parent / "static"
_KINDS: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_FILES: Final = {path.name: _KINDS[path.suffix] for path in _STATIC.iterdir()}
_POLL_SECONDS: Final = 20.0
_GUARDS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data: http://127.0.0.1:* http://localhost:*; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class PageButton(Protocol):
    """A button of the phone company."""

    @property
    def label(self) -> str:
        """Return its label."""

    @property
    def description(self) -> str:
        """Return a sentence on what happens."""

    @property
    def group(self) -> str:
        """Return its heading."""

    @property
    def key(self) -> str:
        """Return its shortcut key, or ""."""


class DemoPage(FakeServer):
    """Serves the page on loopback; `user` is selected at first.

    `play` starts a scenario by name and returns immediately. `say`, if given, handles messages and
    slash commands (user, channel, text, and in a thread its `ts`). `home` returns a user's App
    Home, and `open_home` opens it. `commands` are suggested while one is typed. `shortcuts` are in
    a menu beside the message field, and `message_shortcuts` in one of each message.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        user: str,
        scenarios: Mapping[str, PageButton],
        play: Callable[[str], object],
        status: Callable[[], Mapping[str, object]],
        log_lines: Callable[[], Sequence[str]],
        say: Callable[..., object] | None = None,
        home: Callable[[str], Json | None] | None = None,
        open_home: Callable[[str], object] | None = None,
        commands: Sequence[object] = (),
        shortcuts: Sequence[object] = (),
        message_shortcuts: Sequence[object] = (),
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        super().__init__(host=host, port=port)
        self._workspace = workspace
        self._user = user
        self._scenarios = scenarios
        self._can_say = say is not None
        self._commands = commands
        self._shortcuts = shortcuts
        self._draw = BlockHtml(workspace, message_shortcuts=message_shortcuts)
        self.updates = PageUpdates(
            workspace, self._draw, status=status, log_lines=log_lines, home=home
        )
        self._stopping = threading.Event()
        port_now = urlsplit(self.url).port
        self._hosts = {f"{name}:{port_now}" for name in (host, "127.0.0.1", "localhost")}
        hands = PageActions(
            workspace,
            self.updates,
            say=say,
            open_home=open_home,
            play={name: partial(play, name) for name in scenarios},
        )
        self._posts = hands.posts()

    def stop(self) -> None:
        """Stop the server and end waiting requests."""
        self._stopping.set()
        super().stop()

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request if it has this page's host and origin."""
        if request.headers.get("host") not in self._hosts:
            return HttpResponse(403, {"error": "Wrong Host header."})
        if request.method == "GET":
            return self._get(request)
        if not self._is_own(request):
            return HttpResponse(403, {"error": "Wrong Origin header."})
        return self._post(request)

    def _is_own(self, request: HttpRequest) -> bool:
        origin = urlsplit(request.headers.get("origin", ""))
        return origin.scheme == "http" and origin.netloc in self._hosts

    def _get(self, request: HttpRequest) -> HttpResponse:
        if request.path in ("/", "/gallery"):
            page = self._page() if request.path == "/" else draw_gallery()
            return HttpResponse(200, page, _GUARDS)
        if request.path == "/healthz":
            return HttpResponse(200, {"ok": True})
        if request.path == "/updates":
            return self._updates(request.query)
        if request.path.startswith(FILES):
            return self._file(request.path.removeprefix(FILES))
        name = request.path.removeprefix("/static/")
        if name in _FILES:
            return HttpResponse(200, (_STATIC / name).read_bytes(), {"Content-Type": _FILES[name]})
        return HttpResponse(404, {"error": "Not found."})

    def _file(self, file_id: str) -> HttpResponse:
        try:
            name, kind, content = self._workspace.file(file_id)
        except KeyError:
            return HttpResponse(404, {"error": "File not found."})
        shown = kind if kind in PICTURES else "application/octet-stream"
        headers = {"Content-Type": shown, "Content-Security-Policy": "default-src 'none'"}
        if shown != kind:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        return HttpResponse(200, content, {**_GUARDS, **headers})

    def _page(self) -> str:
        def group(pair: tuple[str, PageButton]) -> str:
            return pair[1].group

        channel, name = next(iter(self._workspace.channels().items()), (HOME, "Home"))
        # Groups are in order of first appearance.
        first = {group(pair): at for at, pair in reversed(list(enumerate(self._scenarios.items())))}
        ordered = sorted(self._scenarios.items(), key=lambda pair: first[group(pair)])
        return self._draw.page(
            groups=[(title, list(pairs)) for title, pairs in groupby(ordered, key=group)],
            people=self._workspace.users(),
            channel=channel,
            channel_name=name.lstrip("#"),
            user=self._user,
            can_say=self._can_say,
            commands=self._commands,
            shortcuts=self._shortcuts,
        )

    def _updates(self, query: Mapping[str, str]) -> HttpResponse:
        channel, user = query.get("channel", ""), query.get("user") or self._user
        if user not in self._workspace.users():
            return HttpResponse(400, {"error": "Unknown user."})
        if channel not in {*self._workspace.places(user), HOME} or not _are_numbers(query):
            return HttpResponse(400, {"error": "Unknown channel or invalid number."})
        seen = BrowserState(
            user=user,
            channel=channel,
            thread=query.get("thread", ""),
            revision=int(query.get("since", -1)),
            version=int(query.get("version", 0)),
            thread_version=int(query.get("thread_version", 0)),
            status=query.get("status", ""),
        )
        news = self.updates.wait(seen, seconds=_POLL_SECONDS, stopping=self._stopping)
        return HttpResponse(200, news)

    def _post(self, request: HttpRequest) -> HttpResponse:
        act = self._posts.get(request.path)
        if act is None:
            return HttpResponse(404, {"error": "Not found."})
        try:
            return HttpResponse(200, {"ok": True, **act(request.params())})
        except (LookupError, ValueError) as refusal:
            return HttpResponse(409, {"error": str(refusal) or "That is not possible now."})


def _are_numbers(query: Mapping[str, str]) -> bool:
    given = [query.get(name, "0") for name in ("since", "version", "thread_version")]
    return all(re.fullmatch(r"-?[0-9]{1,18}", number) for number in given)
