"""What the team did before the demo began: outcomes, notes, marks, follow-ups, texts."""

import random
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.intervals import Interval
from bot.models.calls import Outcome
from bot.models.customers.follow_ups import FollowUp, Topic
from bot.models.customers.notes import CALL, CONTACT, NoteTarget
from bot.models.outcomes import CallOutcome
from bot.models.screening import ScreenKind
from bot.models.send_times import next_morning
from bot.sandbox.slack.workspace import ANA, BEN
from bot.store import Store
from bot.store.send_queue import Draft

SEED = 6
HOUR, DAY = 3_600.0, 86_400.0
# How many of the answered calls have an outcome, and how often each is chosen.
SHARE = 0.4
MARKS = (
    ("+18005550199", ScreenKind.SPAM, BEN),
    ("+12125550197", ScreenKind.NOT_CUSTOMER, ANA),
)
# How many of the answered calls have a note, and on how many contacts there is one.
NOTED, CONTACTS_NOTED = 0.06, 6
NOTES = (
    "Gate code is 4711. The bell doesn't work, so knock or call from the street.",
    "Prefers a text to a call. Can't talk during school hours.",
    "Promised the drawings by the end of the week. Ben has the measurements.",
    "Second floor, no lift. Needs two people for the delivery.",
    "Asked for a discount on the oak version. I said we'd get back after the visit.",
    "Wants the invoice at the bookkeeping address, not at home.",
)
CONTACT_NOTES = (
    "Long-standing customer. Knows the workshop and likes to be asked for Ana.",
    "Always calls from the site, so expect noise. Ask for the order number first.",
    "Pays on time. Wants quotes as PDF by e-mail, never on paper.",
)
TEXT = "Good morning! Your fitting is today at two. Reply here if anything changes. Ana"
WEIGHTS = {"Quote sent": 4, "Appointment": 5, "Resolved": 8, "Wrong number": 1}


def add_past_work(database: Path, *, now: float, days: int) -> None:
    """Add outcomes to the stored calls of the last days, mark some unknown callers, and more."""
    store = Store.open(database)
    try:
        span = Interval(now - days * DAY, now)
        add_outcomes(store, span)
        add_notes(store, span)
        mark_unknown_callers(store, span)
        add_follow_ups(store, now)
        schedule_text(store, now)
    finally:
        store.close()


def mark_unknown_callers(store: Store, span: Interval) -> None:
    """Mark numbers that don't call in the demo, because calls from spam aren't posted."""
    for number, kind, by in MARKS:
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


# Owner, creator, seconds until it is due, and the note. Two are overdue, and one becomes due while
# someone tries the demo.
FOLLOW_UPS = (
    (ANA, ANA, -20 * HOUR, "Send the quote for the oak table."),
    (ANA, BEN, -2 * HOUR, "Asked for you twice. Wants to know if the walnut has arrived."),
    (ANA, BEN, 60.0, "Confirm the fitting on Friday."),
    (ANA, ANA, 2 * HOUR, ""),
    (BEN, ANA, 1 * DAY, "Check with the carrier and call back."),
    (ANA, ANA, 4 * DAY, "Ask how the new kitchen is."),
)


def add_follow_ups(store: Store, now: float) -> None:
    """Set follow-ups about some of the latest callers."""
    found = store.calls.all_between(now - 10 * DAY, now)
    calls = [call for call in found if call.is_over and call.remote_number][::-5]
    # The oldest call first, as the first of them was due first.
    latest = reversed(calls[: len(FOLLOW_UPS)])
    for number, (call, planned) in enumerate(zip(latest, FOLLOW_UPS, strict=False)):
        owner, creator, seconds, note = planned
        set_at = call.ended_at or now
        topic = Topic(call.call_id, number=call.remote_number)
        new = FollowUp(0, owner, creator, now + seconds, set_at, topic, note)
        store.follow_ups.add(new, token=f"past {number}", now=set_at)


def schedule_text(store: Store, now: float) -> None:
    """Schedule a text to one of the latest callers for the next morning."""
    for call in store.calls.all_between(now - 10 * DAY, now):
        number, line = call.remote_number, call.company_number
        if call.outcome is Outcome.ANSWERED and number and line and number.startswith("+1212"):
            zone = ZoneInfo("America/New_York")
            text_id, send_at = "past scheduled text", next_morning(now + 12 * HOUR, zone)
            draft = Draft(text_id, number, line, TEXT, ANA, send_at=send_at, zone=zone.key)
            store.send_queue.add(draft, now=now - HOUR)
            return


def add_notes(store: Store, span: Interval) -> None:
    """Write notes on a share of the answered calls with people who are known, and on contacts."""
    rng = random.Random(SEED)
    noted: dict[int, str] = {}
    for call in store.calls.all_between(span.start, span.end):
        number = call.remote_number
        contacts = store.contacts.with_number(number) if number else []
        if call.outcome is not Outcome.ANSWERED or not contacts:
            continue
        noted.setdefault(contacts[0].contact_id, number or "")
        if rng.random() <= NOTED:
            _write(store, NoteTarget(CALL, call.call_id), rng.choice(NOTES), number=number,
                   by=rng.choice((ANA, BEN)), now=call.ended_at or span.end)  # fmt: skip
    for contact_id, number in list(noted.items())[:CONTACTS_NOTED]:
        at = span.start + rng.random() * (span.end - span.start)
        target, body = NoteTarget(CONTACT, str(contact_id)), rng.choice(CONTACT_NOTES)
        _write(store, target, body, number=number, by=rng.choice((ANA, BEN)), now=at)


def _write(
    store: Store, target: NoteTarget, body: str, *, number: str | None, by: str, now: float
) -> None:
    store.notes.add(target, body, number=number, by=by, writer_name=None, now=now)
