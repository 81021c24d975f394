"""Missed calls are closed by later calls, in any order of reports."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.presenter import callback_of
from bot.models.calls import Report, RoutableCall, Source, Stage
from bot.models.channels import DeliveryPolicy
from bot.models.events import Event
from bot.models.outbox import Subject
from bot.models.rules import How, Why
from bot.store import Store
from bot.store.ingest import Hold

pytestmark = pytest.mark.calendar

ANA, BEN, CHANNEL = "U0ANA0001", "U0BEN0001", "C0CALLS001"
NOON = 1_795_435_200.0
NUMBERS = itertools.count(2_125_550_000)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = Store.open(tmp_path_factory.mktemp("calls") / "bot.db")
    yield opened
    opened.close()


def new_number():
    return f"+1{next(NUMBERS)}"


def call_event(number, at, kind, *, call_id=None):
    """Return an event: `missed`, a `talk` (incoming) or `we` (outgoing), or `tried` (no answer)."""
    facts = {
        "direction": "outgoing" if kind in ("we", "tried") else "incoming",
        "status": "answered" if kind in ("talk", "we") else "missed",
        "remote_number": number,
        "our_side": ["104", "Carl Weber"],
        "stage": Stage.ENDED,
        "started_at": NOON + at,
        "ended_at": NOON + at + 20,
    }
    call_id = call_id or f"{kind}{at}{number}"
    return Event(f"e{call_id}", "call.ended", "{}", Report(call_id, Source.ENDED, facts))


def save(store, *events, hold=None):
    for one in events:
        store.calls.save(one, now=NOON, hold=hold)
    return [one.report.call_id for one in events]


def announce(store, cards):
    """Post and edit what is due, and store the claim section of each card in `cards`."""
    changed = store.calls.to_route()
    store.posts.route(
        [(one, {CHANNEL: Why(How.FALLBACK)}) for one in changed if isinstance(one, RoutableCall)],
        {CHANNEL: DeliveryPolicy()},
        now=1,
    )
    while post := store.posts.next_due(CHANNEL):
        assert post.kind is Subject.CALL
        cards[post.subject] = callback_of(store.calls.find(post.subject), store)
        if post.ts is None:
            store.posts.mark_posted(post, ts="1.0", shown="")
        else:
            store.posts.mark_shown(post, shown="")


def expected_state(moments, missed_at):
    """Return the expected state of a missed call, and when it was closed or last tried."""
    later = sorted(one for one in moments if one[0] > missed_at)
    talks = [at for at, kind in later if kind in ("talk", "we")]
    tries = [at for at, kind in later if kind == "tried"]
    if talks:
        return ("done", talks[0])
    return ("open", tries[-1] if tries else None)


KINDS = st.sampled_from(["missed", "missed", "tried", "talk", "we"])


@given(
    kinds=st.lists(KINDS, min_size=1, max_size=7),
    order=st.randoms(use_true_random=False),
    at_once=st.booleans(),
)
def test_cards_show_the_state_in_any_order_of_reports(store, kinds, order, at_once):
    number = new_number()
    moments = [(60.0 * place, kind) for place, kind in enumerate(kinds)]
    events = [call_event(number, at, kind) for at, kind in moments]
    shuffled = order.sample(events, len(events))
    cards = {}
    if at_once:  # as a poll does
        store.calls.save_all([(one, None) for one in shuffled], now=NOON)
    for one in shuffled:
        save(store, one)
        announce(store, cards)
    for at, kind in moments:
        if kind == "missed":
            shown = cards[f"missed{at}{number}"]
            said = ("open", shown.tried_at) if shown.is_open else ("done", shown.done_at)
            state, moment = expected_state(moments, at)
            assert said == (state, moment and NOON + moment)


def test_cost_grows_at_most_linearly_with_the_calls_of_one_caller(store):
    number, calls = new_number(), itertools.count()

    def effort(more):
        """Store missed calls, and return the SQLite steps of the last one."""
        for _ in range(more):
            steps = []
            connection = store.database._writer.conn
            connection.set_progress_handler(lambda steps=steps: steps.append(1), 100)
            save(store, call_event(number, 60.0 * next(calls), "missed"))
            connection.set_progress_handler(None, 0)
        return len(steps)

    assert effort(100) * 6 > effort(300)


def test_call_that_was_answered_after_all_needs_no_callback(store):
    number, cards = new_number(), {}
    [call_id] = save(store, call_event(number, 0, "missed"))
    announce(store, cards)
    assert cards[call_id].is_open
    facts = {"status": "answered"}
    store.calls.save(Event("list", "listed", "{}", Report(call_id, Source.LISTED, facts)), now=1)
    announce(store, cards)
    assert not cards[call_id].is_open
    assert store.claims.take(call_id, ANA, now=NOON) is None


def test_callers_without_a_number_are_separate(store):
    first, second = save(
        store, call_event("anonymous", 0, "missed"), call_event("anonymous", 60, "missed")
    )
    save(store, call_event("anonymous", 120, "talk"))
    assert store.claims.take(first, ANA, now=NOON).slack_user == ANA
    assert store.claims.take(second, BEN, now=NOON).slack_user == BEN
    assert store.claims.call_back(first, ANA, now=NOON)
    assert store.missed_calls.standing(store.calls.find(first)).ending
    assert not store.missed_calls.standing(store.calls.find(second)).ending


def test_claim_covers_all_open_and_future_missed_calls_of_the_caller(store):
    number = new_number()
    first, second = save(store, call_event(number, 0, "missed"), call_event(number, 60, "missed"))
    assert store.claims.take(first, ANA, now=NOON).slack_user == ANA
    assert store.claims.take(second, BEN, now=NOON).slack_user == ANA
    assert store.missed_calls.standing(store.calls.find(first)).others == 1
    [third] = save(store, call_event(number, 120, "missed"))
    assert store.claims.of(third).slack_user == ANA
    save(store, call_event(number, 180, "we"))
    [fourth] = save(store, call_event(number, 240, "missed"))
    assert store.claims.of(fourth) is None  # a new missed call


def test_calls_from_before_the_installation_count_once_claimed(store):
    number = new_number()
    [old] = save(store, call_event(number, 0, "missed"), hold=Hold.QUIET)

    def waiting():
        return [one.calls[0].call_id for one in store.missed_calls.all_since(NOON - 1)]

    assert old not in waiting()
    store.claims.take(old, ANA, now=NOON)
    assert old in waiting()


def test_reopening_reopens_all_calls_marked_together(store):
    number = new_number()
    first, second = save(store, call_event(number, 0, "missed"), call_event(number, 60, "missed"))
    store.claims.take(first, ANA, now=NOON)
    assert store.claims.call_back(second, BEN, now=NOON + 100)
    assert not store.claims.call_back(first, ANA, now=NOON + 101)
    assert not store.claims.release(first, ANA, by=ANA, now=NOON + 102)
    for call_id in (first, second):
        assert store.missed_calls.standing(store.calls.find(call_id)).ending.slack_user == BEN
    assert store.claims.reopen(first, BEN, now=NOON + 103)
    assert not store.claims.reopen(first, BEN, now=NOON + 104)
    for call_id in (first, second):
        standing = store.missed_calls.standing(store.calls.find(call_id))
        assert (standing.ending, standing.claim.slack_user) == (None, ANA)


def test_conversation_closes_a_call_that_was_marked_later(store):
    number = new_number()
    [missed] = save(store, call_event(number, 0, "missed"))
    store.claims.call_back(missed, ANA, now=NOON + 300)
    save(store, call_event(number, 200, "we"))
    assert store.missed_calls.standing(store.calls.find(missed)).ending.talk
    assert callback_of(store.calls.find(missed), store).done == "Called back by Carl Weber"
