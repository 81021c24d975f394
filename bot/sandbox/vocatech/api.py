"""The fake Vocatech's request gateway: key, content type, and quotas."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, Self

from bot.sandbox.http import FakeServer, HttpRequest, HttpResponse
from bot.sandbox.vocatech.quotas import Quotas
from bot.sandbox.vocatech.request_validation import PathNotFound, RequestError

ROOT: Final = "/v1/"


class FakeFamily(Protocol):
    """A group of endpoints with their data, such as Calls."""

    def answer(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Answer a request or raise `RequestError`; `rest` is the path after the family's name."""


@dataclass(frozen=True)
class AnsweredRequest:
    """One answered request; `at` is a monotonic time."""

    at: float
    method: str
    path: str
    query: Mapping[str, str]
    status: int


class VocatechGateway(FakeServer):
    """Passes requests to the endpoints after checking the key, content type, and quota.

    `public_paths` need no key and count toward no quota; a path ending in `/` is a prefix.
    """

    def __init__(self, *, key: str, port: int, quotas: bool) -> None:
        super().__init__(port=port)
        self.key = key
        self.key_state: Literal["valid", "expired", "revoked"] = "valid"
        self.quotas = Quotas() if quotas else None
        self.families: dict[str, FakeFamily] = {}
        self.public_paths: dict[str, Callable[[HttpRequest], HttpResponse]] = {}
        self.counts: Counter[str] = Counter()
        self.requests: deque[AnsweredRequest] = deque(maxlen=10_000)
        self._lock = threading.Lock()

    @property
    def api_url(self) -> str:
        """The base address of the API."""
        return f"{self.url}{ROOT}".rstrip("/")

    def __enter__(self) -> Self:
        """Start serving."""
        self.start()
        return self

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer one request, and count it."""
        try:
            response = self._route(request)
        except RequestError as refused:
            response = refused.answer
        name = f"{request.method} {request.path}"
        seen = AnsweredRequest(
            time.monotonic(), request.method, request.path, request.query, response.status
        )
        with self._lock:
            self.requests.append(seen)
            self.counts.update((name, str(response.status), f"{name} {response.status}"))
        return response

    def _route(self, request: HttpRequest) -> HttpResponse:
        for start, act in self.public_paths.items():
            if request.path == start or (start[-1] == "/" and request.path.startswith(start)):
                return act(request)
        name, slash, rest = request.path.removeprefix(ROOT).partition("/")
        self._check(request, name)
        family = self.families.get(name) if request.path.startswith(ROOT) else None
        if family is None or (slash and not rest):
            raise PathNotFound
        return family.answer(request, rest)

    def _check(self, request: HttpRequest, family: str) -> None:
        if self.key_state == "expired" and request.headers.get("authorization") == self._shown:
            raise RequestError(401, "api_key_expired", "The API key has expired.")
        if self.key_state != "valid" or request.headers.get("authorization") != self._shown:
            raise RequestError(401, "unauthorized", "The API key is missing or invalid.")
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise RequestError(
                415, "unsupported_media_type", "Send Content-Type: application/json."
            )
        if self.quotas is not None:
            wait = self.quotas.refuse(request.method, family, time.monotonic())
            if wait is not None:
                headers = {"Retry-After": str(wait)}
                raise RequestError(429, "rate_limited", "Too many requests.", headers)

    @property
    def _shown(self) -> str:
        return f"Bearer {self.key}"
