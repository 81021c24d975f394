"""The steps of a call: ringing, answered, transferred, ended, summarized."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from bot.sandbox.company.transcripts import Transcript
from bot.sandbox.vocatech.call_model import (
    RINGING,
    SPOKEN,
    TALK,
    VOICEMAIL,
    CallRecord,
    Employee,
    close_call,
    close_segment,
    open_segment,
    stamp,
)
from bot.sandbox.vocatech.calls import FakeCalls
from bot.sandbox.vocatech.webhooks import Event

_LATER: Final = {"summary", "transcription", "sentiment", "status"}


@dataclass(frozen=True)
class CallEnvironment:
    """What a live call needs from the fake server."""

    book: FakeCalls
    emit: Callable[[str, dict[str, Any]], Event]
    pick_employee: Callable[[Employee | None], Employee]
    make_transcript: Callable[[CallRecord, int], Transcript]
    now: Callable[[], datetime]


class LiveCall:
    """A call in progress; each step changes it and emits its webhook event.

    `after` is the reported duration of the last step in seconds, if it differs from the clock: a
    demo call of three seconds can be reported as four minutes.
    """

    def __init__(
        self, call: CallRecord, person: Employee | None, environment: CallEnvironment
    ) -> None:
        self.id: str = call["call_id"]
        self.events: list[Event] = []
        self._call = call
        self._person = person
        self._environment = environment
        self._moment = environment.now()
        call |= {"start_time": stamp(self._moment), "journey": []}
        open_segment(call, RINGING, self._moment, person)
        environment.book.add(call)
        self._emit("call.started", self._shown())

    @property
    def call(self) -> CallRecord:
        """A copy of the call as in `GET /calls`."""
        return self._environment.book.get(self.id)

    def answer(self, person: Employee | None = None, *, after: float | None = None) -> Self:
        """Answer the call, by the given person, the one it rings for, or anyone."""
        self._talk_to(person or self._person or self._environment.pick_employee(None), after)
        self._emit("call.answered", self._shown())
        return self

    def transfer(self, person: Employee | None = None, *, after: float | None = None) -> Self:
        """Transfer the call to another person; Vocatech sends no event."""
        self._talk_to(person or self._environment.pick_employee(self._person), after)
        return self

    def voicemail(self, *, after: float | None = None) -> Self:
        """Start a voicemail; Vocatech sends no event."""
        with self._environment.book.lock:
            close_segment(self._call, self._step(after))
            open_segment(self._call, VOICEMAIL, self._moment)
        return self

    def hang_up(self, *, after: float | None = None) -> Self:
        """End the call; it is missed if no one answered."""
        with self._environment.book.lock:
            close_call(self._call, self._step(after))
        self._emit("call.ended", self._shown())
        return self

    def summarize(self, talk: Transcript | None = None) -> Self:
        """Add the AI summary, transcript, and sentiment of the spoken segments."""
        said = []
        with self._environment.book.lock:
            for place, segment in enumerate(self._call["journey"]):
                if segment["type"] in SPOKEN:
                    said.append(talk or self._environment.make_transcript(self._call, place))
                    segment["summary"] = said[-1].summary
                    segment["transcription"] = said[-1].transcript
            if said and said[-1].sentiment:
                self._call["sentiment"] = said[-1].sentiment
        if said:
            self._emit("call.transcription", _transcription(self.id, said))
        return self

    def _talk_to(self, person: Employee, after: float | None) -> None:
        self._person = person
        with self._environment.book.lock:
            close_segment(self._call, self._step(after))
            open_segment(self._call, TALK, self._moment, person)

    def _step(self, after: float | None) -> datetime:
        if after is None:
            self._moment = max(self._moment, self._environment.now())
        else:
            self._moment += timedelta(seconds=after)
        return self._moment

    def _shown(self) -> CallRecord:
        with self._environment.book.lock:
            return {k: copy.deepcopy(v) for k, v in self._call.items() if k not in _LATER}

    def _emit(self, event_type: str, data: dict[str, Any]) -> None:
        self.events.append(self._environment.emit(event_type, data))


def _transcription(call_id: str, said: list[Transcript]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "call_id": call_id,
        "summary": "\n\n".join(talk.summary for talk in said),
        "transcription": "\n\n".join(talk.transcript for talk in said),
    }
    if said[-1].sentiment:
        data["sentiment"] = said[-1].sentiment
    return data
