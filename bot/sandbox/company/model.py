"""The demo's company: people, numbers, callers, and past calls, generated from a seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.sandbox.company.call_volume import pick_moments
from bot.sandbox.company.transcripts import make_transcript
from bot.sandbox.vocatech.call_model import (
    RINGING,
    TALK,
    VOICEMAIL,
    CallRecord,
    Employee,
    close_call,
    close_segment,
    open_segment,
    seconds_between,
    stamp,
)

PEOPLE: Final = (
    "Ana Torres/Ben Whitaker/Clara Lindqvist/Daniel Okafor/Emma Sato/Felix Moreau/Grace Kim/"
    "Henry Adler/Iris Novak/Jonas Petersen"
)
COMPANIES: Final = ("Harbor & Pine", "Maple Street Joinery", "Northlight Interiors")
FIRST_NAMES: Final = (
    "Olivia Liam Noor Ethan Sofia Mateo Priya Lucas Hannah Omar Julia Marcus Aisha Peter Yuki "
    "Theresa Dmitri Camila Walter Zoë Ingrid Samuel Fatima Nathan Élise Victor Mei Rosa"
)
LAST_NAMES: Final = (
    "Bennett Alvarez Chandra Novotny Fischer O'Brien Haddad Müller Johansson Nguyen Castillo "
    "Park Rossi Walsh Dubois Kowalski Freeman Ito Grant Santos Meyer Hughes Larsen Bauer"
)
FIRMS: Final = ("Oakwood Timber Yard", "Blue Door Realty", "St. Mary's School", "Corner Café")
AREA_CODES: Final = ("212", "312", "415", "617", "646", "718")
ABROAD: Final = ("+44207946{:04}", "+44161496{:04}", "+4930231251{:02}", "+3319900{:04}")
CALLERS: Final = 30
_LEGS: Final = {
    "answered": (TALK,),
    "transferred": (TALK, TALK),
    "voicemail": (VOICEMAIL,),
    "missed": (),
}

HOSTILE_NAMES: Final = (
    "<!channel> *Bob* _Bob_ ~Bob~ `Bob`",
    "<https://example.com|Click me> & <@U012345> &lt;!here&gt;",
    "\u202eevil\u202c עדי כהן سارة",
    "👩‍👩‍👧‍👦 Zoë 🏳️‍🌈 :tada:",
    "x" * 10_000,
    "nul\x00byte",
    """quotes ' " ` ''; DROP TABLE calls; --""",
    "lone \ud800 surrogate",
    " \t\n ",
    "line\nbreak\r\nand\u2028more",
)


@dataclass(frozen=True)
class Caller:
    """A caller; the name is None if Vocatech does not know it."""

    number: str
    name: str | None = None


@dataclass(frozen=True)
class DemoCompany:
    """A company; numbers are in E.164."""

    name: str
    time_zone: str
    numbers: Sequence[str]
    people: Sequence[Employee]
    callers: Sequence[Caller]


def make_company(seed: int = 1) -> DemoCompany:
    """Return a generated company; the seed decides."""
    rng = random.Random(seed)
    names = sorted(rng.sample(PEOPLE.split("/"), 6))
    people = [
        Employee(name, str(101 + place), f"{name.lower().replace(' ', '.')}@example.com")
        for place, name in enumerate(names)
    ]
    # Users without an email address are common.
    people[-1] = replace(people[-1], email="")
    numbers = [f"+1212555{last:04}" for last in rng.sample(range(100, 130), 3)]
    callers = [_make_caller(rng, place) for place in range(CALLERS)]
    return DemoCompany(rng.choice(COMPANIES), "America/New_York", numbers, people, callers)


def _make_caller(rng: random.Random, place: int) -> Caller:
    if place % 6 == 5:
        number = ABROAD[place // 6 % len(ABROAD)].format(place)
    else:
        number = f"+1{rng.choice(AREA_CODES)}5550{130 + place}"
    if place % 4 == 3:
        return Caller(number)
    if place % 9 == 8:
        return Caller(number, FIRMS[place // 9])
    return Caller(number, f"{rng.choice(FIRST_NAMES.split())} {rng.choice(LAST_NAMES.split())}")


def make_history(
    company: DemoCompany, *, seed: int, now: datetime, days: int = 14, a_day: int = 20
) -> list[CallRecord]:
    """Return finished calls of the local days up to `now`, oldest first.

    They are in business hours, about `a_day` per weekday.
    """
    rng = random.Random(seed)
    moments = pick_moments(rng, company.time_zone, now=now, days=days, a_day=a_day)
    return [make_call(rng, company, at=moment) for moment in moments]


def make_call(
    rng: random.Random,
    company: DemoCompany,
    *,
    at: datetime,
    direction: str | None = None,
    outcome: str | None = None,
    caller: Caller | None = None,
) -> CallRecord:
    """Return a finished call with a start time.

    By default, `direction`, `outcome` (answered, transferred, missed, or voicemail), and `caller`
    are random. Some optional fields are missing.
    """
    direction = direction or rng.choices(("incoming", "outgoing"), (7, 3))[0]
    if outcome is None:
        weights = (66, 10, 16, 8) if direction == "incoming" else (80, 0, 20, 0)
        outcome = rng.choices(("answered", "transferred", "missed", "voicemail"), weights)[0]
    caller = caller or rng.choice(company.callers)
    call: CallRecord = {"call_id": f"{rng.getrandbits(128):032x}", "direction": direction}
    call |= {"remote_number": caller.number, "group_number": rng.choice(company.numbers)}
    if caller.name is not None:
        call["remote_name"] = caller.name
    call |= {"start_time": stamp(at), "journey": []}
    _make_journey(rng, company, call, at, outcome)
    _forget_some(rng, call)
    return call


def _make_journey(
    rng: random.Random, company: DemoCompany, call: CallRecord, at: datetime, outcome: str
) -> None:
    people = rng.sample(company.people, 2)
    outgoing = call["direction"] == "outgoing"
    open_segment(call, RINGING, at, people[0] if outgoing else None)
    moment = at + timedelta(seconds=rng.randint(3, 24))
    for kind, person in zip(_LEGS[outcome], people, strict=False):
        close_segment(call, moment)
        open_segment(call, kind, moment, person if kind == TALK else None)
    for place in range(1, len(call["journey"])):
        _tell(rng, company, call, place)
    for segment in call["journey"][1:]:
        segment["start_time"] = stamp(moment)
        moment += timedelta(seconds=len(segment["transcription"]) / rng.uniform(11, 15) + 4)
        segment["end_time"] = stamp(moment)
        segment["duration"] = seconds_between(segment["start_time"], segment["end_time"])
    close_call(call, moment)


def _tell(rng: random.Random, company: DemoCompany, call: CallRecord, place: int) -> None:
    talk = make_transcript(rng, call, place, company=company.name)
    call["journey"][place] |= {"summary": talk.summary, "transcription": talk.transcript}
    if talk.sentiment:
        call["sentiment"] = talk.sentiment


def _forget_some(rng: random.Random, call: CallRecord) -> None:
    if call["status"] == "answered" and rng.random() < 0.05:
        del call["status"]
    if rng.random() < 0.04:
        del call["group_number"]
    if rng.random() < 0.08:
        for place in (call, *call["journey"]):
            place.pop("extension_name", None)
    if rng.random() < 0.06:
        for segment in call["journey"]:
            segment.pop("summary", None)
            segment.pop("transcription", None)
        call.pop("sentiment", None)
