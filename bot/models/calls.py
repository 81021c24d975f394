"""Calls, merged from reports; snippets of what was said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from bot.models.merge import Fields, merge_reports


class Source(IntEnum):
    """How much a report knows; a later stage of the call knows better."""

    TRANSCRIBED = 0
    RINGING = 1
    ANSWERED = 2
    ENDED = 3
    LISTED = 4


class Direction(StrEnum):
    """Which way the call went, seen from the company."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    INTERNAL = "internal"


class Outcome(StrEnum):
    """What became of the call."""

    RINGING = "ringing"
    IN_PROGRESS = "in progress"
    ANSWERED = "answered"
    MISSED = "missed"
    UNANSWERED = "unanswered"  # ours, and they did not pick up
    VOICEMAIL = "voicemail"  # missed, with a message left
    OVER = "over"  # nobody has told how it ended


class Stage(IntEnum):
    """How far the call has come."""

    RINGING = 1
    ANSWERED = 2
    ENDED = 3


@dataclass(frozen=True)
class Report:
    """What one source says about one call: plain JSON values by fact name."""

    call_id: str
    authority: Source
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Leg:
    """One stretch of a call with one of our people or machines; `started_at` in unix seconds."""

    kind: str | None = None
    extension: str | None = None
    name: str | None = None
    seconds: int | None = None
    summary: str | None = None
    transcript: str | None = None
    recorded: bool = False
    started_at: float | None = None

    @property
    def is_voicemail(self) -> bool:
        """Say whether a machine took a message."""
        return "voicemail" in (self.kind or "").lower()


@dataclass(frozen=True)
class Call:
    """A call as all reports together tell it; times in unix seconds, unknown is None."""

    call_id: str
    direction: Direction | None = None
    outcome: Outcome = Outcome.RINGING
    remote_name: str | None = None
    remote_number: str | None = None
    our_name: str | None = None
    extension: str | None = None
    company_number: str | None = None
    started_at: float | None = None
    ended_at: float | None = None
    seconds: int | None = None
    summary: str | None = None
    transcript: str | None = None
    sentiment: str | None = None
    recorded: bool = False
    legs: tuple[Leg, ...] = ()

    @property
    def is_over(self) -> bool:
        """Say whether nobody is on the phone any more."""
        return self.outcome not in {Outcome.RINGING, Outcome.IN_PROGRESS}

    @property
    def needs_a_call_back(self) -> bool:
        """Say whether somebody tried to reach us and did not."""
        return self.outcome in {Outcome.MISSED, Outcome.VOICEMAIL}

    @property
    def waited(self) -> float | None:
        """For how many seconds whoever called us waited; None where that was not told.

        Until the first stretch with one of us, or a machine, that takes what they say (assumed to
        begin when it was picked up); in vain, until they hung up.
        """
        if self.direction is not Direction.INCOMING or self.started_at is None:
            return None
        heard = (leg.started_at for leg in self.legs if leg.extension or leg.is_voicemail)
        end = next(heard, None) if self.outcome is not Outcome.MISSED else self.ended_at
        return None if end is None else max(0.0, end - self.started_at)

    @property
    def is_to_be_called_back(self) -> bool:
        """Say whether that was somebody from outside."""
        return self.needs_a_call_back and self.direction in {None, Direction.INCOMING}


def add_report(known: Fields, report: Report) -> Fields:
    """Give what is known after one more report."""
    told = {name: (int(report.authority), value) for name, value in report.facts.items()}
    return merge_reports(known, told)


def call_from_reports(call_id: str, facts: Fields) -> Call:
    """Read the call out of its facts."""
    known = {name: value for name, (_, value) in facts.items()}
    legs = tuple(Leg(**leg) for leg in known.get("legs", ()))
    extension, our_name = known.get("our_side", (None, None))
    return Call(
        call_id=call_id,
        direction=Direction(known["direction"]) if "direction" in known else None,
        outcome=_outcome(known, legs),
        remote_name=known.get("remote_name"),
        remote_number=known.get("remote_number"),
        our_name=our_name,
        extension=extension,
        company_number=known.get("company_number"),
        started_at=known.get("started_at"),
        ended_at=known.get("ended_at"),
        seconds=known.get("seconds"),
        summary=_joined([leg.summary for leg in legs]) or known.get("summary"),
        transcript=_joined([leg.transcript for leg in legs]) or known.get("transcript"),
        sentiment=known.get("sentiment"),
        recorded=any(leg.recorded for leg in legs),
        legs=legs,
    )


def _outcome(known: Mapping[str, Any], legs: tuple[Leg, ...]) -> Outcome:
    answered = _was_answered(known, legs)
    has_ended = known.get("stage", Stage.RINGING) >= Stage.ENDED
    if not has_ended and not known.get("transcribed"):
        return Outcome.IN_PROGRESS if answered else Outcome.RINGING
    if answered:
        return Outcome.ANSWERED
    if not has_ended:
        # A transcript is made of a finished call (assumed; its event is the last documented).
        return Outcome.OVER
    if known.get("direction") == Direction.OUTGOING:
        return Outcome.UNANSWERED
    if any(leg.is_voicemail for leg in legs):
        return Outcome.VOICEMAIL
    return Outcome.MISSED


def _was_answered(known: Mapping[str, Any], legs: tuple[Leg, ...]) -> bool:
    """Tell from the words if there are any, else from what a listed call shows.

    No event says "missed": a call that ended and was never answered was (documented). A listed
    call without a status is taken as answered when a person, not a voicemail, was on it for a
    while (assumed).
    """
    if known.get("status") or known.get("answered"):
        return known.get("status") == "answered" or bool(known.get("answered"))
    if not known.get("listed"):
        return False
    if legs:
        return any(leg.extension and leg.seconds and not leg.is_voicemail for leg in legs)
    return bool(known.get("seconds"))


def _joined(parts: list[str | None]) -> str | None:
    return "\n\n".join(part for part in parts if part) or None


# Around each hit; no text that is searched holds them.
HIT, END_OF_HIT = "\x02", "\x03"

_HIT = re.compile(f"{HIT}([^{END_OF_HIT}]*){END_OF_HIT}")


class Snippet(NamedTuple):
    """Where words were found: the text around them, each hit between HIT and END_OF_HIT."""

    is_summary: bool
    text: str

    def parts(self) -> list[tuple[str, bool]]:
        """Give the text in parts, each with whether it was searched."""
        return [(part, place % 2 == 1) for place, part in enumerate(_HIT.split(self.text)) if part]


@dataclass(frozen=True)
class OwnDay:
    """The calls of a day: how many, how many of them missed, and the latest, newest first."""

    calls: int = 0
    missed: int = 0
    latest: tuple[Call, ...] = ()


@dataclass(frozen=True)
class RoutableCall:
    """A call whose channels are to be chosen again, and the version it was read at."""

    call: Call
    version: int
