"""The Messages endpoints."""

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from uuid import uuid4

from bot.sandbox.company.model import DemoCompany
from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.vocatech.call_model import stamp
from bot.sandbox.vocatech.carrier import Carrier, Emit, Message, as_event
from bot.sandbox.vocatech.request_validation import (
    DIRECTIONS,
    PHONE,
    USUAL_A_PAGE,
    Check,
    InvalidBody,
    PathNotFound,
    by_method,
    check_query,
    is_flag,
    is_like,
    is_one_of,
    is_text,
    make_page,
    read_days,
    read_fields,
    read_page,
    read_word,
)

PLATFORMS: Final = ("text", "whatsapp")
LONGEST_TEXT: Final = 1600
LONGEST_NAME: Final = 200
_KNOWN: Final = {"start_date", "end_date", "direction", "page"}
_NEEDED: Final = ("platform", "from", "to", "message")


class FakeMessages(Carrier):
    """All messages, oldest first.

    `sent_by_key` has the IDs of those sent through the API and not in the portal.
    """

    def __init__(self, clock: Callable[[], datetime], company: DemoCompany, emit: Emit) -> None:
        super().__init__(emit)
        self.whatsapp_allowed = True
        self.zone: tzinfo = UTC
        self._clock = clock
        self._names = {one.number: one.name for one in company.callers if one.name}
        self._checks: dict[str, Check] = {
            "platform": is_one_of(PLATFORMS),
            "from": is_one_of(company.numbers, "one of the company's numbers"),
            "to": is_like(PHONE, "a phone number in E.164"),
            "message": is_text(most=LONGEST_TEXT),
            "name": is_text(most=LONGEST_NAME),
            "test": is_flag,
        }
        self._messages: dict[str, Message] = {}
        self.sent_by_key: list[str] = []

    def add(self, message: Message) -> None:
        """Add or replace a message without an event."""
        with self._lock:
            self._messages[message["message_id"]] = message

    def get(self, message_id: str) -> Message:
        """Return a copy of a message as in `GET /messages`."""
        with self._lock:
            return copy.deepcopy(self._messages[message_id])

    def ids(self) -> list[str]:
        """Return the IDs of all messages, oldest first."""
        with self._lock:
            return list(self._messages)

    def receive(
        self,
        *,
        number: str,
        ours: str,
        body: str,
        channel: str,
        attachments: Sequence[Mapping[str, Any]],
    ) -> Message:
        """Receive a message; `attachments` are as in the list, with a `url`."""
        message = self._make("incoming", number, ours, body, channel)
        message["status"] = "delivered"
        news = as_event(message)
        if attachments:
            message |= {"type": "mms"} if channel == "text" else {}
            message["attachments"] = [_without(one, "url") for one in attachments]
            news["attachments"] = [_without(one, "id") for one in attachments]
        self.add(message)
        self._emit("message.received", news)
        return copy.deepcopy(message)

    def send(
        self, *, number: str, ours: str, body: str, channel: str, name: str | None = None
    ) -> Message:
        """Send a message and return it as it is before delivery."""
        message = self._make("outgoing", number, ours, body, channel)
        message |= {} if name is None else {"remote_name": name}
        self.add(message)
        taken = copy.deepcopy(message)
        self.carry(message)
        return taken

    def sent_texts(self, number: str | None = None) -> list[Message]:
        """Return the messages sent to all customers or one, oldest first.

        Failed ones are left out; those sent in the portal are included.
        """
        with self._lock:
            found = [
                message
                for message in self._messages.values()
                if message["direction"] == "outgoing"
                and message["status"] != "failed"
                and number in (None, message["remote_number"])
            ]
            return copy.deepcopy(found)

    def answer(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Answer a request; `rest` is the path after `/v1/messages`."""
        if rest:
            raise PathNotFound
        return by_method(request, {"GET": self._list, "POST": self._send})

    def _list(self, request: HttpRequest) -> HttpResponse:
        given = check_query(request, _KNOWN)
        start, end = read_days(given, self._clock().astimezone(self.zone).date())
        direction = read_word(given, "direction", DIRECTIONS)
        page = read_page(given)
        with self._lock:
            chosen = [
                message
                for message in reversed(self._messages.values())
                if start <= self._day(message) <= end and direction in ("any", message["direction"])
            ]
            chosen.sort(key=lambda message: str(message["sent_time"]), reverse=True)
            first = (page - 1) * USUAL_A_PAGE
            shown = copy.deepcopy(chosen[first : first + USUAL_A_PAGE])
        query = {"start_date": start, "end_date": end, "direction": direction, "page": page}
        return make_page("messages", shown, query=query, total=len(chosen), page=page)

    def _day(self, message: Message) -> str:
        sent = datetime.fromisoformat(str(message["sent_time"]))
        return sent.astimezone(self.zone).date().isoformat()

    def _send(self, request: HttpRequest) -> HttpResponse:
        given = read_fields(request, self._checks, needed=_NEEDED)
        if given["platform"] == "whatsapp" and not self.whatsapp_allowed:
            raise InvalidBody("platform whatsapp is not enabled for this company")
        # With `test`, the message is checked but not sent.
        if not given.pop("test", False):
            sent = self.send(
                number=given["to"],
                ours=given["from"],
                body=given["message"],
                channel=given["platform"],
                name=given.get("name"),
            )
            self.sent_by_key.append(sent["message_id"])
        return HttpResponse(201, {"status": "created", "message": given})

    def _make(self, direction: str, number: str, ours: str, body: str, channel: str) -> Message:
        message: Message = {"message_id": f"msg_{uuid4().hex}", "direction": direction}
        message |= {"status": "sent", "remote_number": number, "group_number": ours}
        if number in self._names:
            message["remote_name"] = self._names[number]
        if channel == "text":
            message["type"] = "sms"
        return message | {"sent_time": stamp(self._clock()), "channel": channel, "body": body}


def _without(one: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key != name}
