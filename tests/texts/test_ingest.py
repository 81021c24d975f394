"""Reports about texts merge to the same result in any order and number."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.opt_outs import OptOutKeyword
from bot.models.texts import DeliveryStatus, SendState
from bot.store.ingest import Hold
from bot.store.send_queue import Draft
from bot.texts.presenter import delivery_problems, present_delivery_problem
from bot.ui.formatting import Locale
from bot.vocatech.events import parse_event, read_listed_text
from bot.vocatech.text_shapes import read_text_row

OURS, THEM = "+12125550100", "+12125550142"
BEGUN = 1_800_000_000.0
WORDS = "We call you back."


def webhook(kind, message_id, event_id=None, **data):
    """Return the event of a webhook."""
    webhook.count = getattr(webhook, "count", 0) + 1
    payload = {
        "id": event_id or f"evt_{webhook.count}",
        "event_type": f"message.{kind}",
        "data": {"message_id": message_id, **data},
    }
    return parse_event(json.dumps(payload).encode(), region="US")


def sent(message_id="m1", *, at=BEGUN + 1, body=WORDS, **data):
    sides = {"from": OURS, "to": THEM, "direction": "outgoing", "channel": "text"}
    return webhook("sent", message_id, sent_at=at, body=body, **{**sides, **data})


def received(message_id="m1", *, at=BEGUN, body="Hello?", **data):
    sides = {"from": THEM, "to": OURS, "direction": "incoming", "channel": "text"}
    return webhook("received", message_id, sent_at=at, body=body, **{**sides, **data})


def status(word, message_id="m1", **data):
    return webhook("status_updated", message_id, status=word, **data)


def listed(message_id="m1", *, at=BEGUN + 1, body=WORDS, word="sent", direction="outgoing", **data):
    row = {
        "message_id": message_id,
        "direction": direction,
        "status": word,
        "remote_number": "(212) 555-0142",
        "group_number": "212-555-0100",
        "sent_time": at,
        "channel": "text",
        "type": "sms",
        "body": body,
        **data,
    }
    return read_listed_text(read_text_row(row, region="US"))


def write(store, text_id="ours", *, at=BEGUN, body=WORDS, begun=True):
    """Queue a text and start sending it."""
    store.send_queue.add(Draft(text_id, THEM, OURS, body, "U0ANA"), now=at)
    return store.send_queue.begin(text_id, now=at) if begun else True


def save(store, *events, now=BEGUN + 2, hold=None):
    for event in events:
        store.calls.save(event, now=now, hold=hold)


def all_with(store, number=THEM):
    return store.texts.latest_with([number], limit=50)


# One outgoing text, reported in any order

REPORTS_OF_ONE = (
    sent(),
    status("sent"),
    status("delivered"),
    status("failed", error="The carrier refused it."),
    status("read"),
    status("delivered", **{"from": OURS, "to": THEM}),
    listed(),
    listed(word="delivered"),
    webhook("sent", "m1"),
    webhook("sent", "m1", **{"from": OURS, "to": THEM}),
)


def mark(store):
    store.send_queue.mark_sent("ours")


def doubt(store):
    store.send_queue.mark_unconfirmed("ours", look_at=0.0)


def ask(store):
    store.send_queue.ask("ours")


STEPS = st.sampled_from([mark, doubt, ask, *REPORTS_OF_ONE])


@given(st.lists(STEPS, max_size=12), st.permutations(REPORTS_OF_ONE))
def test_reports_in_any_order_make_one_text_whose_status_never_goes_back(
    open_new, some, everything
):
    with tempfile.TemporaryDirectory() as folder:
        store = open_new(Path(folder) / "bot.db")
        write(store)
        fate = 0
        for step in [*some, *everything]:
            if callable(step):
                step(store)
            else:
                save(store, step)
            [text] = all_with(store)
            assert (text.status or 0) >= fate
            fate = text.status or 0
        text = store.texts.find("ours")
        assert (text.status, text.message_id, text.reply.state) == (
            DeliveryStatus.READ,
            "m1",
            SendState.SENT,
        )
        assert (text.number, text.company_number, text.body) == (THEM, OURS, WORDS)
        assert (text.at, text.is_incoming) == (BEGUN + 1, False)
        store.close()


def conversation(store):
    """Return what a thread shows, without local ids."""
    return sorted((t.at, t.is_incoming, t.body, t.status, t.message_id) for t in all_with(store))


REPORTS_OF_SEVERAL = (
    received("m1", body="Hello?"),
    received("m2", at=BEGUN + 60, body="Hello?"),
    sent("m3", at=BEGUN + 61),
    status("delivered", "m3"),
    sent("m4", at=BEGUN + 101),
    status("failed", "m4"),
    listed("m1", at=BEGUN, body="Hello?", word="delivered", direction="incoming"),
    listed("m3", at=BEGUN + 61, word="sent"),
    listed("m4", at=BEGUN + 101, word="failed"),
)


@given(st.permutations(REPORTS_OF_SEVERAL))
def test_conversation_is_the_same_in_any_order_of_reports(open_new, order):
    with tempfile.TemporaryDirectory() as folder:
        store = open_new(Path(folder) / "bot.db")
        # The same body to the same number twice within a minute makes two texts.
        write(store, "first", at=BEGUN + 60)
        write(store, "second", at=BEGUN + 100)
        save(store, *order)
        assert conversation(store) == [
            (BEGUN, True, "Hello?", DeliveryStatus.DELIVERED, "m1"),
            (BEGUN + 60, True, "Hello?", None, "m2"),
            (BEGUN + 61, False, WORDS, DeliveryStatus.DELIVERED, "m3"),
            (BEGUN + 101, False, WORDS, DeliveryStatus.FAILED, "m4"),
        ]
        assert store.texts.find("first").message_id == "m3"
        assert store.texts.find("second").message_id == "m4"
        store.close()


# Matching reports and texts


def test_text_from_the_portal_is_not_matched_with_an_equal_one_from_slack(store):
    save(store, sent("theirs", at=BEGUN - 60))
    write(store)
    save(store, status("delivered", "theirs"), sent("m1"))
    assert store.texts.find("theirs").status is DeliveryStatus.DELIVERED
    assert store.texts.find("ours").message_id == "m1"
    assert len(all_with(store)) == 2


def test_outgoing_text_is_matched_once(store):
    write(store)
    save(store, sent("m1"), sent("m2"), listed("m1"), listed("m2"))
    assert store.texts.find("ours").message_id == "m1"
    assert len(all_with(store)) == 2


def test_text_that_may_be_sent_cannot_be_canceled_and_is_sent_once_found(store):
    write(store)
    assert not store.send_queue.cancel("ours", reason="too late")
    doubt(store)
    ask(store)
    assert not store.send_queue.cancel("ours", reason="too late")
    assert store.texts.find("ours").reply.state is SendState.NEEDS_CONFIRMATION
    save(store, listed())
    assert [text.reply.state for text in all_with(store)] == [SendState.SENT]


def test_canceled_text_is_never_matched(store):
    write(store, begun=False)
    store.send_queue.cancel("ours", reason="changed my mind")
    save(store, sent())
    assert store.texts.find("ours").reply.state is SendState.CANCELED
    assert len(all_with(store)) == 2


@pytest.mark.parametrize("sides", [{"from": OURS, "to": THEM}, {"from": THEM, "to": OURS}])
def test_status_without_direction_changes_no_number(store, sides):
    save(store, status("delivered", "m1", **sides), sent("m1"))
    assert [text.number for text in all_with(store)] == [THEM]
    assert all_with(store, OURS) == []


def test_outgoing_text_is_shown_once_its_body_is_known(store):
    write(store)
    save(store, webhook("sent", "m1", direction="outgoing", **{"from": OURS, "to": THEM}))
    assert [one.text.text_id for one in store.texts.to_route()] == ["ours"]
    save(store, sent())
    assert [one.text.text_id for one in store.texts.to_route()] == ["ours"]


# Senders and bodies


@pytest.mark.parametrize(
    ("given", "number"), [("72345", "72345"), ("DHL", "DHL"), (None, ""), ("", ""), (OURS, OURS)]
)
def test_text_from_any_sender_is_stored(store, given, number):
    save(store, received(**{"from": given}))
    [one] = store.texts.to_route()
    assert (one.text.number, one.text.body) == (number, "Hello?")


def test_number_is_taken_from_the_list_if_the_webhook_has_none(store):
    save(
        store,
        received(**{"from": None}),
        listed(at=BEGUN, body="Hello?", direction="incoming", word="delivered"),
    )
    assert len(all_with(store)) == 1
    assert all_with(store, "") == []


@pytest.mark.parametrize("body", ["", None, "\U0001f600" * 1_600, "\x00", "a\x00b"])
def test_text_with_any_body_is_stored(store, body):
    save(store, received(body=body))
    assert len(store.texts.to_route()) == 1


def test_text_without_a_time_gets_the_time_of_its_report(store):
    save(store, received(at=None), now=BEGUN + 9)
    assert [text.at for text in all_with(store)] == [BEGUN + 9]


# Before the installation


@pytest.mark.parametrize("first", [True, False])
def test_text_from_before_the_installation_is_never_shown(store, first):
    if not first:
        save(store, status("read"))
    save(store, listed(), hold=Hold.QUIET)
    save(store, status("read"), status("delivered"))
    assert store.texts.to_route() == []
    assert [text.status for text in all_with(store)] == [DeliveryStatus.READ]


# Opt-outs

KEYWORDS = (
    received("w1", at=BEGUN, body="STOP"),
    received("w2", at=BEGUN + 10, body="Start"),
    received("w3", at=BEGUN + 20, body="arrêt"),
    listed("w1", at=BEGUN + 0.5, body="STOP", direction="incoming", word="delivered"),
    listed("w2", at=BEGUN + 10.5, body="Start", direction="incoming", word="delivered"),
)


@given(st.permutations(KEYWORDS), st.integers(1, 3))
def test_latest_keyword_counts_in_any_order(open_new, order, count):
    with tempfile.TemporaryDirectory() as folder:
        store = open_new(Path(folder) / "bot.db")
        known = {f"w{number}" for number in range(1, count + 1)}
        save(store, *(event for event in order if event.text.message_id in known))
        assert bool(store.opt_outs.of(THEM)) is (count != 2)
        store.close()


def test_keyword_counts_from_the_time_in_the_list(store):
    # The webhook with STOP had the time of its arrival, ten seconds after START was sent.
    save(store, received("w1", at=BEGUN + 20, body="STOP"))
    save(store, received("w2", at=BEGUN + 10, body="START"))
    save(store, listed("w1", at=BEGUN, body="STOP", direction="incoming", word="delivered"))
    assert store.opt_outs.of(THEM) is None


def test_keyword_counts_if_the_number_is_reported_later(store):
    save(store, received("w1", **{"from": None}, body="STOP"))
    assert not store.opt_outs.of("")
    save(store, webhook("received", "w1", **{"from": THEM, "to": OURS}))
    assert store.opt_outs.of(THEM)
    assert all_with(store)[0].opt_out is OptOutKeyword.STOP


# Order


def test_texts_of_the_same_second_keep_the_order_of_their_reports(store):
    order = [f"m{number}" for number in (5, 1, 9, 3)]
    save(store, *(received(one) for one in order))
    write(store, "a", at=BEGUN, begun=False)
    assert [text.text_id for text in all_with(store)] == ["a", *reversed(order)]
    assert [one.text.text_id for one in store.texts.to_route()] == [*order, "a"]


# Threads


def threads(store):
    """Return the number of the thread for each line."""
    rows = store.database.rows(
        "select line.subject, head.subject as number from posts line"
        " join posts head on head.post_id = line.under where line.parked is null"
    )
    return {row["subject"]: row["number"] for row in rows}


def route(store):
    store.texts.route([(one, ["C1"], []) for one in store.texts.to_route()], (), now=BEGUN)


def test_unposted_line_moves_to_the_thread_of_a_number_reported_later(store):
    save(store, received(**{"from": None}))
    route(store)
    assert threads(store) == {"m1": ""}
    head = store.posts.next_due("C1")
    store.posts.mark_dead_letter(head.post_id, "nothing to show")
    save(store, listed(at=BEGUN, body="Hello?", direction="incoming", word="delivered"))
    route(store)
    assert threads(store) == {"m1": THEM}


def test_text_on_another_platform_is_not_matched(store):
    write(store)
    save(store, sent("m9", channel="whatsapp"), sent("m1"))
    assert store.texts.find("ours").message_id == "m1"


def test_writer_is_not_asked_about_a_text_that_was_found(store):
    write(store)
    doubt(store)
    ask(store)
    [notice] = delivery_problems(store.texts.find("ours"))
    assert present_delivery_problem(notice, is_new=True, store=store, locale=Locale())
    save(store, listed())
    assert present_delivery_problem(notice, is_new=True, store=store, locale=Locale()) is None
    assert present_delivery_problem(notice, is_new=False, store=store, locale=Locale())
