"""What the team did with past calls before the demo began: outcomes."""

import random
from pathlib import Path

from bot.intervals import Interval
from bot.models.outcomes import CallOutcome
from bot.sandbox.slack.workspace import ANA, BEN
from bot.store import Store

SEED = 6
DAY = 86_400.0
# How many of the answered calls have an outcome, and how often each is chosen.
SHARE = 0.4
WEIGHTS = {"Quote sent": 4, "Appointment": 5, "Resolved": 8, "Wrong number": 1}


def add_past_work(database: Path, *, now: float, days: int) -> None:
    """Add outcomes to the stored calls of the last days."""
    store = Store.open(database)
    try:
        add_outcomes(store, Interval(now - days * DAY, now))
    finally:
        store.close()


def add_outcomes(store: Store, span: Interval) -> None:
    """Set outcomes on a share of the answered calls."""
    rng = random.Random(SEED)
    known = {one.name: one for one in store.outcomes.all()}
    choices: list[tuple[CallOutcome, int]] = [
        (known[name], weight) for name, weight in WEIGHTS.items() if name in known
    ]
    for call in store.calls.all_between(span.start, span.end):
        if not (call.is_over and call.seconds and call.remote_number) or rng.random() > SHARE:
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
