"""Owns what lies behind the demo's company: two weeks of calls and texts."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.sandbox.company import Company, make_history
from bot.sandbox.demo_picture import make_picture
from bot.sandbox.demo_texts import make_texts
from bot.sandbox.vocatech import VocatechStandIn
from bot.sandbox.vocatech_call import Call, Person

DAYS = 14
SEED = 4
# The bot tells of what ended in the minutes before it was installed; all of this is older.
QUIET_FOR = timedelta(hours=1)
# Calls ring in a group, unless somebody dialled a person's own number, as one in three did.
DIRECT = 3


def live_through(vocatech: VocatechStandIn, *, email: str) -> None:
    """Let two weeks of calls and texts have happened at the phone company."""
    now = vocatech.clock()
    for call in make_past(vocatech.company, now=now, email=email):
        vocatech.add_call(call)
    label = vocatech.media.add(make_picture(), "image/png", "label.png")
    picture = vocatech.media.get(label).shown()
    for text in make_texts(vocatech.company, seed=SEED, now=now, days=DAYS, picture=picture):
        vocatech.messages.add(text)


def make_past(company: Company, *, now: datetime, email: str) -> Iterator[Call]:
    """Make up the calls of the last two weeks.

    Some that were missed rang only at whoever has this e-mail address.
    """
    reader = next((one for one in company.people if one.email == email), company.people[0])
    missed = 0
    for call in make_history(company, seed=SEED, now=now - QUIET_FOR, days=DAYS):
        if call["direction"] == "incoming" and call.get("status") == "missed":
            missed += 1
            if missed % DIRECT == 0:
                _ring_at(call, reader)
        yield call


def _ring_at(call: Call, person: Person) -> None:
    who = {"extension": person.extension, "extension_name": person.name}
    call |= who
    call["journey"][0] |= who
