"""A month of past calls and messages."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.sandbox.company.call_volume import LONGEST
from bot.sandbox.company.model import Caller, DemoCompany, make_call, make_history
from bot.sandbox.company.pictures import make_picture
from bot.sandbox.company.texts import make_texts
from bot.sandbox.vocatech.call_model import CallRecord, Employee
from bot.sandbox.vocatech.company_phone import FakeVocatech

DAYS = 30
SEED = 4
# The app posts calls that ended in the minutes before it was installed; these are older.
QUIET_FOR = timedelta(hours=1)
# Calls ring in a group, except one in three, which goes to a person's own number.
DIRECT = 3
# Most missed callers are called back, between these minutes.
CALLED_BACK = 0.8
SOONEST, LATEST = 8, 75


def add_history(vocatech: FakeVocatech, *, email: str) -> None:
    """Add a month of past calls and messages."""
    now = vocatech.clock()
    for call in make_past(vocatech.company, now=now, email=email):
        vocatech.add_call(call)
    label = vocatech.media.add(make_picture(), "image/png", "label.png")
    picture = vocatech.media.get(label).shown()
    for text in make_texts(vocatech.company, seed=SEED, now=now, days=DAYS, picture=picture):
        vocatech.messages.add(text)


def make_past(company: DemoCompany, *, now: datetime, email: str) -> Iterator[CallRecord]:
    """Return the calls of the last month.

    Some missed ones rang only for the person with this email; most were called back.
    """
    rng = random.Random(SEED)
    reader = next((one for one in company.people if one.email == email), company.people[0])
    until = now - QUIET_FOR
    missed = 0
    for call in make_history(company, seed=SEED, now=until, days=DAYS):
        if call["direction"] == "incoming" and call.get("status") == "missed":
            missed += 1
            if missed % DIRECT == 0:
                _ring_at(call, reader)
            if rng.random() < CALLED_BACK:
                yield from _call_back(rng, company, call, until)
        yield call


def _call_back(
    rng: random.Random, company: DemoCompany, call: CallRecord, until: datetime
) -> Iterator[CallRecord]:
    """Yield the callback, unless it would still be in progress."""
    minutes = timedelta(minutes=rng.randint(SOONEST, LATEST))
    at = datetime.fromisoformat(call["end_time"]) + minutes
    if at <= until - LONGEST:
        caller = Caller(call["remote_number"], call.get("remote_name"))
        yield make_call(
            rng, company, at=at, direction="outgoing", outcome="answered", caller=caller
        )


def _ring_at(call: CallRecord, person: Employee) -> None:
    who = {"extension": person.extension, "extension_name": person.name}
    call |= who
    call["journey"][0] |= who
