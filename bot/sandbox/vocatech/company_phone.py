"""The fake Vocatech of one company, as tests and the demo use it."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal
from uuid import uuid4

from bot.sandbox.company.contacts import make_contacts
from bot.sandbox.company.model import DemoCompany, make_company
from bot.sandbox.company.transcripts import make_transcript
from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.vocatech.api import ROOT, VocatechGateway
from bot.sandbox.vocatech.call_lifecycle import CallEnvironment, LiveCall
from bot.sandbox.vocatech.call_model import CallRecord, Employee
from bot.sandbox.vocatech.calls import FakeCalls
from bot.sandbox.vocatech.carrier import Message
from bot.sandbox.vocatech.contact_store import ContactRepository
from bot.sandbox.vocatech.contacts import FakeContacts
from bot.sandbox.vocatech.media import SIGNED, FakeMedia
from bot.sandbox.vocatech.messages import FakeMessages
from bot.sandbox.vocatech.openapi import PATH, describe
from bot.sandbox.vocatech.request_validation import by_method
from bot.sandbox.vocatech.settings import FakeSettings
from bot.sandbox.vocatech.subscriptions import FakeSubscriptions
from bot.sandbox.vocatech.users import FakeUsers
from bot.sandbox.vocatech.webhooks import BACKOFF, Event, FakeSubscription, WebhookSender

Direction = Literal["incoming", "outgoing", "internal"]


class FakeVocatech(VocatechGateway):
    """A Vocatech of one company that checks keys, quotas, queries, and bodies strictly."""

    def __init__(
        self,
        *,
        key: str = "vt-demo-key",
        webhook_secret: str = "demo-webhook-secret",
        port: int = 0,
        quotas: bool = True,
        company: DemoCompany | None = None,
        contacts: Iterable[Mapping[str, str]] | None = None,
        backoff: Sequence[float] = BACKOFF,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(key=key, port=port, quotas=quotas)
        self.company = company or make_company(1)
        self.random = random.Random(1)
        self.clock = clock
        self.outbound_silent = True
        self.webhooks = WebhookSender(secret=webhook_secret, backoff=backoff)
        self.calls = FakeCalls(clock)
        self.messages = FakeMessages(clock, self.company, self._emit)
        self.media = FakeMedia(clock, self.url)
        self.users = FakeUsers(self.company)
        self.contacts = ContactRepository(
            make_contacts(self.company) if contacts is None else contacts
        )
        self.subscriptions = FakeSubscriptions(self.webhooks)
        self.settings = FakeSettings(self.company)
        self.families = {
            "calls": self.calls,
            "messages": self.messages,
            "media": self.media,
            "users": self.users,
            "contacts": FakeContacts(self.contacts),
            "webhooks": self.subscriptions,
            "settings": self.settings,
        }
        for path in (f"{ROOT}{PATH}", f"/{PATH}"):
            self.public_paths[path] = self._describe
        self.public_paths[SIGNED] = self.media.open

    def wall_time(self) -> float:
        """Return the fake server's time, for the `Date` header."""
        return self.clock().timestamp()

    def stop(self) -> None:
        """Stop the server, messages, and webhooks."""
        self.messages.delayed.stop()
        self.webhooks.stop()
        super().stop()

    def settle(self, timeout: float = 5.0) -> bool:
        """Wait until all messages and webhooks are delivered; return whether they are."""
        carried = self.messages.delayed.wait_until_done(timeout)
        return carried and self.webhooks.wait_until_delivered(timeout)

    def _describe(self, request: HttpRequest) -> HttpResponse:
        described = describe(self.api_url, self.company, self.contacts.fields)
        return by_method(request, {"GET": lambda _: HttpResponse(200, described)})

    def connect(self, webhook_url: str, *, form: str = "documented") -> FakeSubscription:
        """Send webhooks to a URL, signed in one of the known forms."""
        return self.webhooks.connect(webhook_url, form=form)

    def add_call(self, call: CallRecord) -> None:
        """Add a finished call without events."""
        self.calls.add(call)

    def receive_text(
        self,
        from_: str,
        body: str,
        to: str | None = None,
        attachments: Sequence[str] = (),
        channel: Literal["text", "whatsapp"] = "text",
    ) -> Message:
        """Receive a message at a company number, by default the first, and return it.

        `attachments` are IDs from `media.add`.
        """
        shown = [
            self.media.get(one).shown() | {"url": self.media.make_address(one)[0]}
            for one in attachments
        ]
        ours = to or self.company.numbers[0]
        return self.messages.receive(
            number=from_, ours=ours, body=body, channel=channel, attachments=shown
        )

    def send_from_portal(
        self,
        to: str,
        body: str,
        ours: str | None = None,
        channel: Literal["text", "whatsapp"] = "text",
    ) -> Message:
        """Send a message from the portal and return it.

        It is delivered and listed like any other, and counts toward no quota of the key.
        """
        from_ = ours or self.company.numbers[0]
        return self.messages.send(number=to, ours=from_, body=body, channel=channel)

    def sent_texts(self, number: str | None = None) -> list[Message]:
        """Return the messages sent to all customers or one, oldest first."""
        return self.messages.sent_texts(number)

    @property
    def sends_in_ten_minutes(self) -> tuple[int, int]:
        """The messages sent with the key in ten minutes, and the limit (0: none)."""
        return self.quotas.sends(time.monotonic()) if self.quotas else (0, 0)

    def ring(
        self,
        *,
        to: str | None = None,
        from_: str | None = None,
        name: str | None = None,
        direction: Direction = "incoming",
        person: Employee | None = None,
        quiet: bool = False,
        ago: float = 0.0,
    ) -> LiveCall:
        """Start a call; a missing caller or company number is chosen at random.

        If outgoing, `to` is the other party and `from_` the company number. If `quiet`, no events
        are sent. The reported start is `ago` seconds ago.
        """
        other, ours = (to, from_) if direction == "outgoing" else (from_, to)
        call: CallRecord = {"call_id": uuid4().hex, "direction": direction}
        if direction == "internal":
            call["remote_number"] = other or self.pick_employee(person).extension
        else:
            call["remote_number"] = other
            call["group_number"] = ours or self.random.choice(self.company.numbers)
        if call["remote_number"] is None:
            caller = self.random.choice(self.company.callers)
            call["remote_number"], name = caller.number, name or caller.name
        if name is not None:
            call["remote_name"] = name
        if direction == "outgoing":
            person = person or self.pick_employee()
        return LiveCall(call, person, self._environment(direction, ago=ago, quiet=quiet))

    def pick_employee(self, other_than: Employee | None = None) -> Employee:
        """Return a random employee."""
        return self.random.choice([one for one in self.company.people if one != other_than])

    def _environment(self, direction: str, *, ago: float, quiet: bool) -> CallEnvironment:
        def emit(event_type: str, data: dict[str, Any]) -> Event:
            silent = quiet or (direction == "outgoing" and self.outbound_silent)
            return self._emit(event_type, data, silent=silent)

        return CallEnvironment(
            book=self.calls,
            emit=emit,
            pick_employee=self.pick_employee,
            make_transcript=partial(make_transcript, self.random, company=self.company.name),
            now=lambda: self.clock() - timedelta(seconds=ago),
        )

    def _emit(self, event_type: str, data: dict[str, Any], *, silent: bool = False) -> Event:
        event = {"id": f"evt_{uuid4().hex}", "event_type": event_type, "data": data}
        if not silent:
            self.webhooks.deliver(event)
        return event
