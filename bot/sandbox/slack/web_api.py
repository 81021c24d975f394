"""The fake Slack's request gateway: token, scopes, and limits are checked before the method."""

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeAlias

from bot.sandbox.http import FakeServer, HttpRequest, HttpResponse
from bot.sandbox.slack.auth import check_scopes, check_token
from bot.sandbox.slack.chat_methods import POST, ChatMethods
from bot.sandbox.slack.conversation_methods import ConversationMethods
from bot.sandbox.slack.delivery import DEADLINE, EVENT_RETRIES, RequestSender
from bot.sandbox.slack.entities.methods import EntityMethods
from bot.sandbox.slack.file_methods import FILES_PATH, UPLOAD_PATH, FileMethods
from bot.sandbox.slack.function_methods import FunctionMethods
from bot.sandbox.slack.method import TIER_3, ApiMethod, decoded
from bot.sandbox.slack.rate_limits import WorkspaceLimits
from bot.sandbox.slack.response_urls import PATH as RESPONSE_PATH
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.state import Json, MethodError, SlackState
from bot.sandbox.slack.user_methods import UserMethods
from bot.sandbox.slack.view_methods import ViewMethods

API: Final = "/api/"
# All scopes of the methods except `chat:write.public`, so that the app must join a channel.
DEFAULT_SCOPES: Final = frozenset(
    [
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "team:read",
        "users:read",
        "users:read.email",
    ]
)
Hook: TypeAlias = Callable[[str, Json], None]


class MethodCall(NamedTuple):
    """One call of a method; `at` is a monotonic time."""

    at: float
    method: str
    params: Json


class SlackGateway(FakeServer):
    """Serves the Web API, uploads, and response URLs of one workspace."""

    def __init__(
        self,
        *,
        token: str = "xoxb-demo",
        app_token: str = "xapp-demo",
        signing_secret: str = "d3e0d3e0d3e0d3e0d3e0d3e0d3e0d3e0",
        port: int = 0,
        burst: int = 3,
        limits: bool = True,
        scopes: Iterable[str] = DEFAULT_SCOPES,
        event_retries: Sequence[float] = EVENT_RETRIES,
        clock: Callable[[], float] = time.monotonic,
        deadline: float = DEADLINE,
    ) -> None:
        super().__init__(port=port)
        self.token = token
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.token_error: str | None = None
        self.before_method: Hook | None = None
        self.after_method: Hook | None = None
        self.calls: deque[MethodCall] = deque(maxlen=10_000)
        self.counts: Counter[str] = Counter()
        self.clock = clock
        self.state = SlackState()
        self.state.scopes = frozenset(scopes)
        self.limits = WorkspaceLimits(burst=burst) if limits else None
        self.views = ViewMethods(self.state, clock=clock, deadline=deadline)
        self.sender = RequestSender(signing_secret, retries=event_retries, deadline=deadline)
        self._count_lock = threading.Lock()
        chat = ChatMethods(self.state)
        self.entities = EntityMethods(self.state, self.views.triggers)
        self.files = FileMethods(self.state, chat)
        self.functions = FunctionMethods(self.state)
        self.response_urls = ResponseUrls(self.state, chat, clock=clock)
        self.files.url = self.response_urls.url = self.url
        parts = (
            chat,
            ConversationMethods(self.state),
            UserMethods(self.state),
            self.views,
            self.entities,
            self.files,
            self.functions,
        )
        self.methods: dict[str, ApiMethod] = {
            "apps.connections.open": ApiMethod(self._open_socket, (), TIER_3, "app")
        }
        for part in parts:
            self.methods.update(part.methods())

    @property
    def api_url(self) -> str:
        """The base address of the Web API, with the slash that slack_sdk wants."""
        return f"{self.url}{API}"

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes of the bot token; can be set."""
        return self.state.scopes

    @scopes.setter
    def scopes(self, scopes: Iterable[str]) -> None:
        self.state.scopes = frozenset(scopes)

    def stop(self) -> None:
        """Stop the server, retries, and Socket Mode."""
        self.sender.stop()
        self.files.delayed.stop()
        if self.sender.socket is not None:
            self.sender.socket.stop()
        super().stop()

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if request.path.startswith(API):
            return self._answer_api(request)
        if request.path.startswith(UPLOAD_PATH):
            return self.files.take_bytes(request)
        if request.path.startswith(FILES_PATH):
            return self.files.give(request, self.token)
        if request.path.startswith(RESPONSE_PATH):
            answer = self.response_urls.answer(request)
            if answer.status == HTTPStatus.BAD_REQUEST:
                with self._count_lock:
                    self.counts[f"response_url {answer.body}"] += 1
            return answer
        return HttpResponse(404, {"ok": False, "error": "not_found"})

    def _answer_api(self, request: HttpRequest) -> HttpResponse:
        name = request.path.removeprefix(API)
        bad: MethodError | None = None
        try:
            params = request.params()
        except ValueError:
            params, bad = {}, MethodError("invalid_json")
        token = _token_of(request, params)
        with self._count_lock:
            self.calls.append(MethodCall(time.monotonic(), name, params))
        try:
            if bad is not None:
                raise bad
            answer = self._run(name, token, decoded(params))
        except MethodError as refusal:
            answer = refusal.answer
        return self._told(name, answer)

    def _run(self, name: str, token: str | None, params: Json) -> Json:
        method = self.methods.get(name)
        if method is None:
            raise MethodError("unknown_method", req_method=name)
        bot = self.functions.token_for_bot(token, self.token)
        check_token(method, token, bot=bot, app=self.app_token, error=self.token_error)
        check_scopes(method, params, self.state)
        self._check_limits(name, method, params)
        if self.before_method is not None:
            self.before_method(name, params)
        with self.state.lock:
            # Serialized under the lock, because another request may change the data.
            answer: Json = json.loads(json.dumps(method.act(params)))
            # Counted before anyone can see the effect, so that tests find both.
            with self._count_lock:
                self.counts[name] += 1
        if self.after_method is not None:
            self.after_method(name, params)
        return answer

    def _told(self, name: str, answer: Json) -> HttpResponse:
        error = None if answer["ok"] else str(answer["error"])
        wait = answer.pop("retry_after", None)
        if error is not None:
            with self._count_lock:
                self.counts.update([name, error, f"{name} {error}"])
        headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        if wait is not None:
            return HttpResponse(429, answer, {**headers, "Retry-After": str(wait)})
        return HttpResponse(200, answer, headers)

    def _check_limits(self, name: str, method: ApiMethod, params: Json) -> None:
        if self.limits is None:
            return
        channel = str(params.get("channel")) if name == POST else None
        if channel is not None and channel in self.state.users:
            channel = f"D{channel[1:]}"
        wait = self.limits.retry_after(name, method.per_minute, channel, self.clock())
        if wait is not None:
            raise MethodError("ratelimited", retry_after=wait)

    def _open_socket(self, _params: Json) -> Json:
        if self.sender.socket is None:
            # Imported here, because nothing else needs the WebSocket library.
            from bot.sandbox.slack.socket_mode import FakeSocketMode  # noqa: PLC0415

            self.sender.socket = FakeSocketMode()
        return {"ok": True, "url": self.sender.socket.make_url()}


def _token_of(request: HttpRequest, params: dict[str, Any]) -> str | None:
    sent: object = params.pop("token", None)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" else (str(sent) if sent else None)
