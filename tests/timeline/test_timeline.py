"""The timeline of a caller, and the line about it on cards."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.calls.caller_history import describe_history
from bot.calls.presenter import card_context
from bot.models.channels import FOR_OUTSIDERS
from bot.models.customers.follow_ups import FollowUp, Topic
from bot.models.customers.notes import CONTACT, NUMBER, NoteTarget
from bot.models.customers.timeline import CallerHistory, TimelineSubject
from bot.models.events import Event
from bot.models.rules import How, Why
from bot.models.texts import OutgoingText, Platform, SendState, Text, TextReport, TextSource
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.timeline.modals import WITHHELD, TextShown, TimelinePage, render_timeline
from bot.ui.formatting import Locale
from bot.vocatech.events import parse_event
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, event, send

pytestmark = pytest.mark.any_rate
MARIA, OFFICE = "+12125550142", "+12125550143"
MINUTE = 60.0
MONDAY_9 = datetime(2026, 11, 23, 9, tzinfo=UTC).timestamp()
HOUR, DAY = 3_600.0, 86_400.0


def save_call(store, call_id, *, at, number=MARIA, **data):
    told = event("call.ended", call_id, start_time=at, end_time=at + 60, duration=60,
                 remote_number=number, **data)  # fmt: skip
    store.calls.save(parse_event(json.dumps(told).encode(), region="US"), now=at)


def save_text(store, message_id, body, *, at, number=MARIA):
    report = TextReport(message_id, True, None, Platform.SMS, None, number, None, at, body)
    told = Event(message_id, "message.received", "{}", None, report, TextSource.TOLD)
    store.calls.save(told, now=at)


def note(store, target, body, *, at, number=MARIA):
    store.notes.add(target, body, number=number, by=ANA, writer_name="Ana Torres", now=at)


def keys(store, *numbers, contact_id=None, limit=50, offset=0):
    subject = TimelineSubject(numbers, contact_id)
    return [one.key for one in store.timelines.page(subject, limit=limit, offset=offset)]


def test_timeline_has_everything_about_the_numbers_newest_first(store):
    save_call(store, "old", at=MONDAY_9 - DAY)
    save_call(store, "other", at=MONDAY_9, number="+12125550199")
    save_text(store, "m1", "Hello", at=MONDAY_9)
    note(store, NoteTarget(NUMBER, MARIA), "A note", at=MONDAY_9 + 1)
    note(store, NoteTarget(CONTACT, "7"), "Without number", at=MONDAY_9 + 3, number=None)
    due = FollowUp(0, ANA, ANA, MONDAY_9 + DAY, MONDAY_9 + 2, Topic(number=MARIA))
    store.follow_ups.add(due, token="t", now=MONDAY_9 + 2)
    save_call(store, "office", at=MONDAY_9 + 4, number=OFFICE)
    text_id = store.database.row("select text_id from texts")["text_id"]
    assert keys(store, MARIA, OFFICE, contact_id=7) == ["office", "2", "1", "1", text_id, "old"]
    assert keys(store, MARIA) == ["1", "1", text_id, "old"]


def test_pages_of_a_timeline_continue_each_other(store):
    for number in range(12):
        save_call(store, f"c{number}", at=MONDAY_9 + number * MINUTE)
        save_text(store, f"m{number}", "Hi", at=MONDAY_9 + number * MINUTE + 1)
    whole = keys(store, MARIA)
    pages = [keys(store, MARIA, limit=5, offset=offset) for offset in range(0, 30, 5)]
    assert [key for page in pages for key in page] == whole
    assert len({*whole}) == 24


def test_timeline_queries_use_indexes(store):
    plans = [
        row["detail"]
        for sql in (
            "select started_at from calls where remote_number = 'x' order by started_at desc",
            "select at from texts where number = 'x' order by at desc",
            "select at from customer_notes where number = 'x' order by at desc",
            "select at from customer_notes where contact_id = 1 order by at desc",
            "select created_at from follow_ups where number = 'x' order by created_at desc",
        )
        for row in store.database.rows(f"explain query plan {sql} limit 15")
    ]
    assert len(plans) == 5
    assert all("SEARCH" in plan and "INDEX" in plan for plan in plans)


def context(store, call_id, zone="UTC"):
    locale = Locale(zone=ZoneInfo(zone))
    call = store.calls.find(call_id)
    return card_context(call, store, locale).history


def test_card_counts_the_calls_of_the_local_week(store):
    save_call(store, "sunday", at=MONDAY_9 - 10 * HOUR)  # 11 PM on Sunday in UTC
    save_call(store, "first", at=MONDAY_9)
    save_call(store, "out", at=MONDAY_9 + HOUR, direction="outgoing")
    save_call(store, "second", at=MONDAY_9 + DAY)
    assert context(store, "second").nth == 2
    assert context(store, "second", "Asia/Tokyo").nth == 3
    assert context(store, "first").nth == 1
    assert context(store, "out").nth == 0


def test_card_names_the_last_conversation(store):
    save_call(store, "talk", at=MONDAY_9 - DAY, status="answered", local_name="Ana Torres")
    save_call(store, "missed", at=MONDAY_9, status="missed")
    save_call(store, "now", at=MONDAY_9 + HOUR, status="missed")
    history = context(store, "now")
    assert history.last_at == MONDAY_9 - DAY
    assert history.last_with
    assert context(store, "talk").last_at is None


@pytest.mark.parametrize(
    ("history", "words"),
    [
        (CallerHistory(), ""),
        (CallerHistory(1), ""),
        (CallerHistory(2), "2nd call this week"),
        (CallerHistory(11), "11th call this week"),
        (CallerHistory(23), "23rd call this week"),
        (CallerHistory(100), "100th or later call this week"),
        (CallerHistory(1, "Ana", MONDAY_9), "Last with Ana, <!date"),
        (CallerHistory(3, "Ana", MONDAY_9), "3rd call this week  ·  last with Ana, <!date"),
        (CallerHistory(0, "<!here>", MONDAY_9), "Last with &lt;!here&gt;, <!date"),
    ],
)
def test_history_in_words(history, words):
    said = describe_history(history, Locale())
    assert said.startswith(words)
    assert bool(said) == bool(words)


@pytest.fixture
def vocatech():
    known = {"First Name": "Maria", "Last Name": "Lopez", "Phone": MARIA, "Mobile": OFFICE}
    with FakeVocatech(backoff=(0.1, 0.2), contacts=[known]) as fake:
        yield fake


@pytest.fixture
def bot(start_bot):
    started = start_bot(slack_admins=ADMIN)
    wait_for(lambda: started.store.slack_people.find(BEN) and started.store.contacts.count())
    return started


def card(slack, call_id):
    def found():
        for message in slack.messages(CHANNEL):
            about = message.get("metadata", {}).get("event_payload", {})
            if about.get("call_id") == call_id:
                return message
        return None

    return wait_for(found)


def top(slack, words, user=ANA):
    def found():
        view = slack.open_view(user)
        return view if view and words in json.dumps(view, ensure_ascii=False) else None

    return wait_for(found)


def test_history_opens_from_a_card_and_shows_notes_texts_and_calls(bot, slack):
    now = time.time()
    [contact] = bot.store.contacts.with_number(MARIA)
    save_call(bot.store, "office", at=now - 3 * DAY, number=OFFICE)
    send(bot.url, ended("c", remote_number=MARIA, status="missed"))
    slack.click(ANA, CHANNEL, card(slack, "c")["ts"], "claim_call", "c")
    save_text(bot.store, "m1", "Is it ready?", at=now - HOUR)
    bot.bot.services.notes.store.notes.add(
        NoteTarget(NUMBER, MARIA), "Rings twice", number=MARIA, by=BEN, writer_name=None, now=now
    )
    wait_for(lambda: bot.store.claims.of("c"))
    slack.click(ANA, CHANNEL, card(slack, "c")["ts"], "card_menu", "history c")
    view = top(slack, "Rings twice")
    shown = json.dumps(view, ensure_ascii=False)
    for words in ("Is it ready?", "Claimed by Ana Torres", "(212) 555-0143", "Ben Whitaker"):
        assert words in shown
    slack.click_in_view(ANA, view["id"], "add_note", f"contact {contact.contact_id}")
    form = top(slack, "rich_text_input")
    slack.submit_view(ANA, form["id"], {"text": {"text": "Added from the history"}})
    top(slack, "Added from the history")


def test_history_names_outcomes_and_the_caller_once_with_dates_in_one_form(bot, slack):
    now = time.time()
    save_text(bot.store, "m1", "Is it ready?", at=now - HOUR)
    send(bot.url, ended("c", remote_number=MARIA, status="missed", local_name="Ana <!here>"))
    outcome = bot.store.outcomes.all()[0]
    message = card(slack, "c")
    bot.store.outcomes.set("c", outcome.outcome_id, seen=0, by=BEN, now=now)
    slack.click(ANA, CHANNEL, message["ts"], "card_menu", "history c")
    view = top(slack, f"Outcome: {outcome.name}")
    rows = [one["text"]["text"] for one in view["blocks"] if one["type"] == "section"]
    assert len(rows) == 2
    assert all("<!date^" in row for row in rows)
    assert all("<!here>" not in row for row in rows)
    assert json.dumps(view["blocks"]).count("Maria Lopez") == 1  # above the entries
    # The contact has two numbers, so each row says which.
    assert all("(212) 555-0142" in row for row in rows)
    slack.views.close_all(ANA)
    bot.store.channels.set(replace(bot.store.channels.of(CHANNEL), shown=FOR_OUTSIDERS))
    slack.click(ANA, CHANNEL, message["ts"], "card_menu", "history c")
    assert "Outcome:" not in json.dumps(top(slack, WITHHELD))


def test_history_turns_pages(bot, slack):
    now = time.time()
    for number in range(20):
        save_call(bot.store, f"c{number}", at=now - number * HOUR)
    send(bot.url, ended("c", remote_number=MARIA, status="missed"))
    slack.click(ANA, CHANNEL, card(slack, "c")["ts"], "card_menu", "history c")
    view = top(slack, "Older ›")
    assert "‹ Newer" not in json.dumps(view, ensure_ascii=False)
    slack.click_in_view(ANA, view["id"], "turn_timeline_page:1")
    view = top(slack, "‹ Newer")
    assert json.dumps(view).count('"open_call"') == 6


def test_history_in_a_deep_stack_replaces_the_top(bot, slack):
    send(bot.url, ended("c", remote_number=MARIA, status="missed"))
    slack.click(ANA, CHANNEL, card(slack, "c")["ts"], "card_menu", "history c")
    for _ in range(3):
        view = top(slack, '"callback_id": "timeline"')
        slack.click_in_view(ANA, view["id"], "open_call", "c")
        view = top(slack, '"callback_id": "call"')
        slack.click_in_view(ANA, view["id"], "card_menu", "history c")
    assert top(slack, '"callback_id": "timeline"')


def test_card_shows_the_line(bot, slack):
    now = time.time()
    save_call(bot.store, "talk", at=now - 40 * DAY, status="answered")
    send(bot.url, ended("c", remote_number=MARIA, status="missed"))
    wait_for(lambda: "Last " in json.dumps(card(slack, "c")))


def test_contact_and_sms_lead_to_the_history(bot, slack):
    save_text(bot.store, "m1", "Is it ready?", at=time.time() - HOUR)
    [contact] = bot.store.contacts.with_number(MARIA)
    view = bot.bot.services.contact_presenter.modal(contact, viewer=ANA)
    assert f'"contact {contact.contact_id}"' in json.dumps(view)
    slack.type_command(ANA, CHANNEL, "/sms", MARIA)
    form = top(slack, "show_timeline")
    slack.click_in_view(ANA, form["id"], "show_timeline", f"number {MARIA}")
    top(slack, "Is it ready?")


def test_timeline_says_when_a_scheduled_text_is_sent():
    reply = OutgoingText(ANA, SendState.SCHEDULED, MONDAY_9, send_at=MONDAY_9 + DAY, zone="UTC")
    text = Text("t", is_incoming=False, number=MARIA, at=MONDAY_9, body="Hi", reply=reply)
    shown = TimelinePage("s", "Maria", [TextShown(text, "Ana Torres")])
    view = str(render_timeline(shown, locale=Locale()))
    assert f"*Text from Ana Torres*  ·  Scheduled for <!date^{MONDAY_9 + DAY:.0f}^" in view
    assert f"<!date^{MONDAY_9:.0f}^" not in view


def test_history_of_a_call_that_may_belong_elsewhere_hides_what_was_said(bot, slack, monkeypatch):
    save_text(bot.store, "m1", "Is it ready?", at=time.time() - HOUR)
    send(bot.url, ended("c", remote_number=MARIA, status="missed"))
    note(bot.store, NoteTarget(NUMBER, MARIA), "Rings twice", at=time.time())
    message = card(slack, "c")
    monkeypatch.setattr(bot.store.posts, "why", lambda *_: Why(How.UNPLACED))
    slack.click(ANA, CHANNEL, message["ts"], "card_menu", "history c")
    shown = json.dumps(top(slack, WITHHELD), ensure_ascii=False)
    assert "Is it ready?" not in shown
    assert "Rings twice" not in shown
