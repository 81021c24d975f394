"""What the team did before the demo began: outcomes of calls, and numbers marked as spam."""

import random
from pathlib import Path

from bot.intervals import Interval
from bot.models.calls import Outcome
from bot.models.outcomes import CallOutcome
from bot.models.screening import ScreenKind
from bot.sandbox.slack.workspace import ANA, BEN
from bot.store import Store

SEED = 6
DAY = 86_400.0
# How many of the answered calls have an outcome, and how often each is chosen.
SHARE = 0.4
MARKS = ((ScreenKind.SPAM, BEN), (ScreenKind.NOT_CUSTOMER, ANA))
WEIGHTS = {"Quote sent": 4, "Appointment": 5, "Resolved": 8, "Wrong number": 1}


def add_past_work(database: Path, *, now: float, days: int) -> None:
    """Add outcomes to the stored calls of the last days, and mark some unknown callers."""
    store = Store.open(database)
    try:
        span = Interval(now - days * DAY, now)
        add_outcomes(store, span)
        mark_unknown_callers(store, span)
    finally:
        store.close()


def mark_unknown_callers(store: Store, span: Interval) -> None:
    """Mark the two unknown callers that called least: one as spam, one as no customer."""
    found = store.screening.frequent_unknown(span, 100)
    marks = zip(found[:1:-1], MARKS, strict=False)
    for caller, (kind, by) in marks:
        number = caller.call.remote_number or ""
        store.screening.mark(number, kind, by=by, now=span.end - DAY)


def add_outcomes(store: Store, span: Interval) -> None:
    """Set outcomes on a share of the answered calls."""
    rng = random.Random(SEED)
    known = {one.name: one for one in store.outcomes.all()}
    choices: list[tuple[CallOutcome, int]] = [
        (known[name], weight) for name, weight in WEIGHTS.items() if name in known
    ]
    for call in store.calls.all_between(span.start, span.end):
        if call.outcome is not Outcome.ANSWERED or rng.random() > SHARE:
            continue
        [chosen] = rng.choices(
            [one for one, _ in choices], weights=[weight for _, weight in choices]
        )
        store.outcomes.set(
            call.call_id,
            chosen.outcome_id or 0,
            seen=None,
            by=rng.choice((ANA, BEN)),
            now=call.ended_at or span.end,
        )
