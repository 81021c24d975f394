"""Owns the demo's account: what the phone company knows, held against what stands in Slack."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.state import Json
from bot.sandbox.slack.workspace import FakeSlack
from bot.sandbox.vocatech.call_model import TALK, has_ended
from bot.sandbox.vocatech.company_phone import FakeVocatech

# What is not there after so many seconds, in which nothing else came either, is given up.
PATIENCE = 60.0
CALL, TEXT = "vocatech_call", "vocatech_message"


@dataclass(frozen=True)
class AuditReport:
    """How many calls and texts there were, and what became of them; all but `calls` of both."""

    calls: int
    texts: int
    on_the_way: int
    lost: int
    doubled: int


class DeliveryAudit:
    """Compares the two stand-ins; nothing here asks the bot.

    A call is due in Slack once it was answered or is over, a text at once. What is due and not
    there is on the way, and lost after PATIENCE seconds of fair weather in which nothing new came.
    """

    def __init__(
        self,
        slack: FakeSlack,
        vocatech: FakeVocatech,
        *,
        past: frozenset[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Leave out what is `past`: the calls and texts from before the bot, by their ids."""
        self._slack = slack
        self._vocatech = vocatech
        self._past = past
        self._clock = clock
        self._due: dict[str, float] = {}
        self._standing = 0
        self._fair_since = 0.0

    def read(self, *, has_no_faults: bool) -> AuditReport:
        """Give the account of this moment; `has_no_faults` where nothing is made to fail now."""
        now = self._clock()
        self._note_due(now)
        posted = self._posted()
        standing = {subject for _, subject in posted}
        missing = [one for one in self._due if one not in standing]
        if not has_no_faults or len(standing) != self._standing:
            self._standing, self._fair_since = len(standing), now
        lost = sum(
            now - max(since, self._fair_since) > PATIENCE
            for one, since in self._due.items()
            if one not in standing
        )
        doubled = sum(times - 1 for times in posted.values()) + self._sent_unasked()
        calls = len([one for one in self._vocatech.calls.ids() if one not in self._past])
        texts = len([one for one in self._vocatech.messages.ids() if one not in self._past])
        return AuditReport(calls, texts, len(missing) - lost, lost, doubled)

    def _note_due(self, now: float) -> None:
        for one in self._vocatech.calls.ids():
            if one not in self._past and one not in self._due:
                call = self._vocatech.calls.get(one)
                if has_ended(call) or any(leg["type"] == TALK for leg in call["journey"]):
                    self._due[one] = now
        for one in self._vocatech.messages.ids():
            if one not in self._past:
                self._due.setdefault(one, now)

    def _posted(self) -> Counter[tuple[str, str]]:
        """Count how often each call and text stands in each channel, threads included."""
        return Counter(
            (channel, subject)
            for channel, message in self._messages()
            for subject in _subjects(message)
        )

    def _sent_unasked(self) -> int:
        """Count the texts that the bot sent and does not know as written by anybody here."""
        by_key = set(self._vocatech.messages.sent_by_key)
        payloads = [_payload(message, TEXT) for _, message in self._messages()]
        found = [one for one in payloads if one.get("message_id") in by_key]
        return sum(one["text_id"] == one["message_id"] for one in found)

    def _messages(self) -> list[tuple[str, Json]]:
        with self._slack.state.lock:
            return [
                (channel.id, message)
                for channel in self._slack.state.channels.values()
                for message in channel.messages.values()
                if not message.get("is_ephemeral")
            ]


def _payload(message: Json, kind: str) -> Json:
    metadata = message.get("metadata") or {}
    payload: Json = metadata.get("event_payload") or {}
    return payload if metadata.get("event_type") == kind else {}


def _subjects(message: Json) -> list[str]:
    call, text = _payload(message, CALL), _payload(message, TEXT)
    one = [str(found) for found in (call.get("call_id"), text.get("message_id")) if found]
    return [*one, *call.get("call_ids", ())]
