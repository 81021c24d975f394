"""An audit of the demo: the calls and messages in Vocatech against the posts in Slack."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.state import Json
from bot.sandbox.slack.workspace import FakeSlack
from bot.sandbox.vocatech.call_model import TALK, has_ended
from bot.sandbox.vocatech.company_phone import FakeVocatech

# A post is lost if it is missing after this many seconds without any other new post.
PATIENCE = 60.0
CALL, TEXT = "vocatech_call", "vocatech_message"


@dataclass(frozen=True)
class AuditReport:
    """Counts of calls and messages; the last three count both."""

    calls: int
    texts: int
    pending: int
    lost: int
    duplicates: int


class DeliveryAudit:
    """Compares the fake Slack with the fake Vocatech, without asking the app.

    A call is due in Slack once it is answered or over, a message immediately. A due post that is
    missing counts as pending, and as lost after PATIENCE seconds without faults and new posts.
    """

    def __init__(
        self,
        slack: FakeSlack,
        vocatech: FakeVocatech,
        *,
        past: frozenset[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`past` has the IDs of calls and messages from before the app's start."""
        self._slack = slack
        self._vocatech = vocatech
        self._past = past
        self._clock = clock
        self._due: dict[str, float] = {}
        self._posted_count = 0
        self._quiet_since = 0.0

    def read(self, *, has_no_faults: bool) -> AuditReport:
        """Return the current report; `has_no_faults` if no fault is active."""
        now = self._clock()
        self._note_due(now)
        posted = self._posted()
        posted_subjects = {subject for _, subject in posted}
        missing = [one for one in self._due if one not in posted_subjects]
        if not has_no_faults or len(posted_subjects) != self._posted_count:
            self._posted_count, self._quiet_since = len(posted_subjects), now
        lost = sum(
            now - max(since, self._quiet_since) > PATIENCE
            for one, since in self._due.items()
            if one not in posted_subjects
        )
        duplicates = sum(times - 1 for times in posted.values()) + self._sent_without_author()
        calls = len([one for one in self._vocatech.calls.ids() if one not in self._past])
        texts = len([one for one in self._vocatech.messages.ids() if one not in self._past])
        return AuditReport(calls, texts, len(missing) - lost, lost, duplicates)

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
        """Count the posts of each call and message in each channel, threads included."""
        return Counter(
            (channel, subject)
            for channel, message in self._messages()
            for subject in _subjects(message)
        )

    def _sent_without_author(self) -> int:
        """Count the messages that the app sent and no one in Slack wrote."""
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
