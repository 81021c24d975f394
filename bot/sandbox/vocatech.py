"""Owns the stand-in Vocatech: its door, its keys and quotas, and the state of one company."""

import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, Literal, Protocol, Self
from uuid import uuid4

from bot.sandbox.company import Company, make_company
from bot.sandbox.company_talk import recount
from bot.sandbox.http import Request, Response, StandInServer
from bot.sandbox.vocatech_call import Call, Person
from bot.sandbox.vocatech_call_life import LiveCall, Surroundings
from bot.sandbox.vocatech_calls import CallBook
from bot.sandbox.vocatech_quotas import Quotas
from bot.sandbox.vocatech_webhooks import BACKOFF, Event, Subscription, WebhookSender

ROOT: Final = "/v1/"

Direction = Literal["incoming", "outgoing", "internal"]


class Family(Protocol):
    """One family of the API, such as Calls: a part of the state and the paths that show it."""

    def answer(self, request: Request, rest: str) -> Response:
        """Answer one request; `rest` is what follows the family's name in its path."""


@dataclass(frozen=True)
class Seen:
    """One request that was answered; `at` is a monotonic moment."""

    at: float
    method: str
    path: str
    query: Mapping[str, str]
    status: int


class VocatechStandIn(StandInServer):
    """A Vocatech of one company, strict about keys, quotas and queries."""

    def __init__(
        self,
        *,
        key: str = "vt-demo-key",
        webhook_secret: str = "demo-webhook-secret",
        port: int = 0,
        quotas: bool = True,
        company: Company | None = None,
        backoff: Sequence[float] = BACKOFF,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(port=port)
        self.key = key
        self.key_state: Literal["valid", "expired", "revoked"] = "valid"
        self.quotas = Quotas() if quotas else None
        self.company = company or make_company(1)
        self.random = random.Random(1)
        self.clock = clock
        self.outbound_silent = True
        self.calls = CallBook(clock)
        self.families: dict[str, Family] = {"calls": self.calls}
        self.webhooks = WebhookSender(secret=webhook_secret, backoff=backoff)
        self.counts: Counter[str] = Counter()
        self.requests: deque[Seen] = deque(maxlen=10_000)
        self._lock = threading.Lock()

    @property
    def api_url(self) -> str:
        """The base address of the API."""
        return f"{self.url}{ROOT}".rstrip("/")

    def __enter__(self) -> Self:
        """Start serving."""
        self.start()
        return self

    def stop(self) -> None:
        """Stop serving and stop sending webhooks."""
        self.webhooks.stop()
        super().stop()

    def answer(self, request: Request) -> Response:
        """Answer one request: key first, then quota, then the family it is for."""
        response = self._refuse(request) or self._route(request)
        name = f"{request.method} {request.path}"
        seen = Seen(time.monotonic(), request.method, request.path, request.query, response.status)
        with self._lock:
            self.requests.append(seen)
            self.counts.update((name, str(response.status), f"{name} {response.status}"))
        return response

    def _refuse(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return _failed(401, "unauthorized", "The API key is missing or invalid.")
        if self.key_state == "expired":
            return _failed(401, "api_key_expired", "The API key has expired.")
        if self.key_state == "revoked":
            return _failed(401, "unauthorized", "The API key is missing or invalid.")
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _failed(415, "unsupported_media_type", "Send Content-Type: application/json.")
        if self.quotas is not None:
            family = request.path.removeprefix(ROOT)
            wait = self.quotas.refuse(request.method, family, time.monotonic())
            if wait is not None:
                headers = {"Retry-After": str(wait)}
                return _failed(429, "rate_limited", "Too many requests.", headers)
        return None

    def _route(self, request: Request) -> Response:
        if request.path.startswith(ROOT):
            name, _, rest = request.path.removeprefix(ROOT).partition("/")
            if name in self.families:
                return self.families[name].answer(request, rest)
        return _failed(404, "not_found", "No such address.")

    def connect(self, webhook_url: str, *, form: str = "documented") -> Subscription:
        """Send webhooks to an address, signed in one of the known forms."""
        return self.webhooks.connect(webhook_url, form=form)

    def add_call(self, call: Call) -> None:
        """Take in a finished call, as if it had happened before; no event is emitted."""
        self.calls.add(call)

    def ring(
        self,
        *,
        to: str | None = None,
        from_: str | None = None,
        name: str | None = None,
        direction: Direction = "incoming",
        person: Person | None = None,
        quiet: bool = False,
        ago: float = 0.0,
    ) -> LiveCall:
        """Begin a call, between a caller and a company number of its own choice if none is given.

        Outgoing, `to` is the other side and `from_` the company number. `quiet` makes the events
        and sends none. `ago` seconds ago is when the call says it began.
        """
        other, ours = (to, from_) if direction == "outgoing" else (from_, to)
        call: Call = {"call_id": uuid4().hex, "direction": direction}
        if direction == "internal":
            call["remote_number"] = other or self.pick_person(person).extension
        else:
            call["remote_number"] = other
            call["group_number"] = ours or self.random.choice(self.company.numbers)
        if call["remote_number"] is None:
            caller = self.random.choice(self.company.callers)
            call["remote_number"], name = caller.number, name or caller.name
        if name is not None:
            call["remote_name"] = name
        if direction == "outgoing":
            person = person or self.pick_person()
        return LiveCall(call, person, self._surroundings(direction, ago=ago, quiet=quiet))

    def pick_person(self, other_than: Person | None = None) -> Person:
        """Give somebody who works at the company."""
        return self.random.choice([one for one in self.company.people if one != other_than])

    def _surroundings(self, direction: str, *, ago: float, quiet: bool) -> Surroundings:
        def emit(event_type: str, data: dict[str, Any]) -> Event:
            event = {"id": f"evt_{uuid4().hex}", "event_type": event_type, "data": data}
            if not quiet and not (direction == "outgoing" and self.outbound_silent):
                self.webhooks.deliver(event)
            return event

        return Surroundings(
            book=self.calls,
            emit=emit,
            pick_person=self.pick_person,
            converse=partial(recount, self.random, company=self.company.name),
            now=lambda: self.clock() - timedelta(seconds=ago),
        )


def _failed(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(status, {"error": {"code": code, "message": message}}, headers or {})
