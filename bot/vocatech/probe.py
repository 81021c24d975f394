"""Owns a look at each of the seven families: whether it answers, and which of its fields we know.

Each is asked once, for reading only, and in turn, below the limits.
"""

from bot.clock import Clock
from bot.errors import AnswerLost, ApiError, Unavailable
from bot.vocatech.http import Wire
from bot.vocatech.looks import Look, compare, status_of
from bot.vocatech.questions import FAMILIES, Account, Family, Probe


def look_at_all(wire: Wire, *, clock: Clock, seconds: float) -> Account:
    """Look at every family; after so many seconds, or where nobody is there, at no more of them."""
    account = Account()
    probe = Probe(wire.with_reserve(), clock, account)
    deadline = clock.monotonic() + seconds
    over: ApiError | None = None
    for family in FAMILIES:
        if over is None and clock.monotonic() > deadline:
            over = Unavailable("no time left")
        look = _look(family, probe) if over is None else Look(family.key, "not tried", error=over)
        account.looks.append(look)
        # Only a lost answer shows that somebody is there to ask.
        if isinstance(look.error, Unavailable) and not isinstance(look.error, AnswerLost):
            over = look.error
    return account


def _look(family: Family, probe: Probe) -> Look:
    try:
        seen = family.see(probe)
    except ApiError as error:
        return Look(family.key, status_of(error), error=error)
    if isinstance(seen, str):
        return Look(family.key, "not tried", facts={"why": seen})
    total = len(seen.rows) if seen.total is None else seen.total
    if not seen.rows:
        return Look(family.key, "empty", total, facts=seen.facts)
    fields = compare(seen.rows, family.known, family.expected.split())
    return Look(family.key, "works", total, fields, seen.facts)
