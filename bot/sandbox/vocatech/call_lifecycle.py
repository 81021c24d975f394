"""Owns the life of one call: it rings, is answered, passed on, ended and summed up."""

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
    """What a live call needs from the stand-in around it."""

    book: FakeCalls
    emit: Callable[[str, dict[str, Any]], Event]
    pick_person: Callable[[Employee | None], Employee]
    make_talk: Callable[[CallRecord, int], Transcript]
    now: Callable[[], datetime]


class LiveCall:
    """A call going on; each step changes it and emits its webhook event.

    `after` is how many seconds the last step took by the provider's account, when that shall
    differ from the clock: a demo's talk of three seconds can be told as one of four minutes.
    """

    def __init__(self, call: CallRecord, person: Employee | None, around: CallEnvironment) -> None:
        self.id: str = call["call_id"]
        self.events: list[Event] = []
        self._call = call
        self._person = person
        self._around = around
        self._moment = around.now()
        call |= {"start_time": stamp(self._moment), "journey": []}
        open_segment(call, RINGING, self._moment, person)
        around.book.add(call)
        self._emit("call.started", self._shown())

    @property
    def call(self) -> CallRecord:
        """A copy of the call as `GET /calls` would give it now."""
        return self._around.book.get(self.id)

    def answer(self, person: Employee | None = None, *, after: float | None = None) -> Self:
        """Let somebody pick up: the person given, the one it rings at, or anybody."""
        self._talk_to(person or self._person or self._around.pick_person(None), after)
        self._emit("call.answered", self._shown())
        return self

    def transfer(self, person: Employee | None = None, *, after: float | None = None) -> Self:
        """Pass the call on to another person; Vocatech has no event for it."""
        self._talk_to(person or self._around.pick_person(self._person), after)
        return self

    def voicemail(self, *, after: float | None = None) -> Self:
        """Let the caller speak to the machine; Vocatech has no event for it."""
        with self._around.book.lock:
            close_segment(self._call, self._step(after))
            open_segment(self._call, VOICEMAIL, self._moment)
        return self

    def hang_up(self, *, after: float | None = None) -> Self:
        """End the call; it was missed if nobody had picked up."""
        with self._around.book.lock:
            close_call(self._call, self._step(after))
        self._emit("call.ended", self._shown())
        return self

    def summarize(self, talk: Transcript | None = None) -> Self:
        """Bring the AI's summary, transcript and sentiment, on the segments that were spoken."""
        said = []
        with self._around.book.lock:
            for place, segment in enumerate(self._call["journey"]):
                if segment["type"] in SPOKEN:
                    said.append(talk or self._around.make_talk(self._call, place))
                    segment["summary"] = said[-1].summary
                    segment["transcription"] = said[-1].transcript
            if said and said[-1].sentiment:
                self._call["sentiment"] = said[-1].sentiment
        if said:
            self._emit("call.transcription", _transcription(self.id, said))
        return self

    def _talk_to(self, person: Employee, after: float | None) -> None:
        self._person = person
        with self._around.book.lock:
            close_segment(self._call, self._step(after))
            open_segment(self._call, TALK, self._moment, person)

    def _step(self, after: float | None) -> datetime:
        if after is None:
            self._moment = max(self._moment, self._around.now())
        else:
            self._moment += timedelta(seconds=after)
        return self._moment

    def _shown(self) -> CallRecord:
        with self._around.book.lock:
            return {k: copy.deepcopy(v) for k, v in self._call.items() if k not in _LATER}

    def _emit(self, event_type: str, data: dict[str, Any]) -> None:
        self.events.append(self._around.emit(event_type, data))


def _transcription(call_id: str, said: list[Transcript]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "call_id": call_id,
        "summary": "\n\n".join(talk.summary for talk in said),
        "transcription": "\n\n".join(talk.transcript for talk in said),
    }
    if said[-1].sentiment:
        data["sentiment"] = said[-1].sentiment
    return data
