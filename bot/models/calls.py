"""Calls, merged from reports; snippets of what was said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from bot.models.merge import Fields, merge_reports

# No webhook says that a call was missed, and the one that it was answered may be late or lost. The
# list usually says it within a minute of the end, but may be unavailable, or read less often.
LONGEST_UNSURE = 150.0


class Source(IntEnum):
    """The authority of a report; a later stage of the call has more."""

    TRANSCRIBED = 0
    RINGING = 1
    ANSWERED = 2
    ENDED = 3
    LISTED = 4


class Direction(StrEnum):
    """The direction of a call, as seen from the company."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    INTERNAL = "internal"


class Outcome(StrEnum):
    """The outcome of a call."""

    RINGING = "ringing"
    IN_PROGRESS = "in progress"
    ANSWERED = "answered"
    MISSED = "missed"
    UNANSWERED = "unanswered"  # outgoing, not answered
    VOICEMAIL = "voicemail"  # missed, with a message left
    OVER = "over"  # ended, and it is unknown how


class Stage(IntEnum):
    """The stage of a call."""

    RINGING = 1
    ANSWERED = 2
    ENDED = 3


@dataclass(frozen=True)
class Report:
    """The facts that one source reports about one call: plain JSON values by name."""

    call_id: str
    authority: Source
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Leg:
    """A part of a call with one person or machine; `started_at` in unix seconds."""

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
        """Whether a machine took a message."""
        return "voicemail" in (self.kind or "").lower()


@dataclass(frozen=True)
class Call:
    """A call, merged from all reports; times in unix seconds, None if unknown.

    `is_listed`: Vocatech's list has it as a finished call, so its facts are complete. `says_how`:
    that list, or a status, says whether it was answered; otherwise it only seems so.
    """

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
    is_erased: bool = False
    is_listed: bool = False
    says_how: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return self.outcome not in {Outcome.RINGING, Outcome.IN_PROGRESS}

    @property
    def only_seems_unanswered(self) -> bool:
        """Whether a call is over, and a report that it was answered may be late."""
        return self.is_over and self.outcome is not Outcome.ANSWERED and not self.says_how

    @property
    def needs_a_call_back(self) -> bool:
        """Whether the call was missed."""
        return self.outcome in {Outcome.MISSED, Outcome.VOICEMAIL}

    @property
    def waited(self) -> float | None:
        """The seconds that a caller waited; None if unknown.

        The wait ends with the first leg with a person or a voicemail box (assumed to start when it
        was answered); for a missed call, when the caller hung up.
        """
        if self.direction is not Direction.INCOMING or self.started_at is None:
            return None
        answered = (leg.started_at for leg in self.legs if leg.extension or leg.is_voicemail)
        end = next(answered, None) if self.outcome is not Outcome.MISSED else self.ended_at
        return None if end is None else max(0.0, end - self.started_at)

    @property
    def is_to_be_called_back(self) -> bool:
        """Whether it was missed, and the caller is from outside."""
        is_from_outside = self.direction in {None, Direction.INCOMING}
        return self.needs_a_call_back and is_from_outside and not self.is_erased


def add_report(known: Fields, report: Report) -> Fields:
    """Return the known facts after one more report."""
    reported = {name: (int(report.authority), value) for name, value in report.facts.items()}
    return merge_reports(known, reported)


def call_from_reports(call_id: str, facts: Fields) -> Call:
    """Return the call that the facts describe."""
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
        summary=_joined([leg.summary for leg in legs]) or _text(known.get("summary")),
        transcript=_joined([leg.transcript for leg in legs]) or _text(known.get("transcript")),
        sentiment=known.get("sentiment"),
        recorded=any(leg.recorded for leg in legs),
        legs=legs,
        is_erased=ERASED in known,
        is_listed=bool(known.get("listed")),
        says_how=bool(known.get("listed") or known.get("status")),
    )


# Stands for a text that is the same as those of the legs together.
_AS_IN_LEGS = True


def pack_facts(facts: Fields) -> Fields:
    """Return facts for storage: what was said isn't repeated if the legs have it, too."""
    legs = facts["legs"][1] if "legs" in facts else []
    packed = dict(facts)
    for name in ("summary", "transcript"):
        if name in facts and facts[name][1] == _joined([leg.get(name) for leg in legs]):
            packed[name] = (facts[name][0], _AS_IN_LEGS)
    return packed


def unpack_facts(facts: Fields) -> Fields:
    """Return stored facts as they were merged."""
    legs = facts["legs"][1] if "legs" in facts else []
    return {
        name: (authority, _joined([leg.get(name) for leg in legs]))
        if value is _AS_IN_LEGS and name in ("summary", "transcript")
        else (authority, value)
        for name, (authority, value) in facts.items()
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


ERASED = "erased"
# What remains of an erased call: enough for totals, and nothing about the caller.
_KEPT_OF_CALL = (
    *("direction", "stage", "status", "answered", "listed", "transcribed", "our_side"),
    *("started_at", "ended_at", "seconds", "company_number"),
)
_KEPT_OF_LEG = ("kind", "extension", "seconds", "started_at")


def erase_facts(facts: Fields) -> Fields:
    """Return the facts of a call without the caller and without what was said."""
    kept = {name: facts[name] for name in _KEPT_OF_CALL if name in facts}
    if "legs" in facts:
        authority, legs = facts["legs"]
        bare = [{name: leg[name] for name in _KEPT_OF_LEG if name in leg} for leg in legs]
        kept["legs"] = (authority, bare)
    return {**kept, ERASED: (int(Source.LISTED), True)}


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
    """Return whether a call was answered: by its status if known, else by the listed call.

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


# Markers around each hit; they never occur in the searched text.
HIT, END_OF_HIT = "\x02", "\x03"

_HIT = re.compile(f"{HIT}([^{END_OF_HIT}]*){END_OF_HIT}")


class Snippet(NamedTuple):
    """An excerpt with search hits, each between HIT and END_OF_HIT; of what is in the flags."""

    is_summary: bool
    text: str
    is_note: bool = False

    def parts(self) -> list[tuple[str, bool]]:
        """Return the text in parts, each with whether it is a hit."""
        return [(part, place % 2 == 1) for place, part in enumerate(_HIT.split(self.text)) if part]


@dataclass(frozen=True)
class OwnDay:
    """The calls of a day: their number, the missed ones, and the latest, newest first."""

    calls: int = 0
    missed: int = 0
    latest: tuple[Call, ...] = ()


@dataclass(frozen=True)
class RoutableCall:
    """A call to route again, and the version at which it was read."""

    call: Call
    version: int
