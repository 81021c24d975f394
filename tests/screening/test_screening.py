"""Unknown callers: marked on cards and in the list, not posted if spam, and brought back."""

import json
import time
from dataclasses import replace

import pytest

from bot.digests.generator import DigestGenerator
from bot.digests.messages import render_digest
from bot.intervals import Interval
from bot.models.digest_schedule import DigestPlan
from bot.models.screening import ScreenKind
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.screening.modals import HAS_CONTACT, WITHHELD
from bot.store.search.terms import SearchTerms
from bot.ui.formatting import Locale
from tests.conftest import CHANNEL, after_sync, wait_for
from tests.missed_calls.test_claims import audit_of, card
from tests.missed_calls.test_open_calls import NOON, call_event
from tests.missed_calls.test_open_calls import save as keep
from tests.support.webhooks import ended, event, send

NUMBER, OTHER, MARIA = "+12125550188", "+12125550199", "+12125550123"
DAY = 86_400.0


@pytest.fixture
def vocatech():
    with FakeVocatech(
        contacts=[{"First Name": "Maria", "Last Name": "Lopez", "Phone": "(212) 555-0123"}]
    ) as stand_in:
        yield stand_in


@pytest.fixture
def bot(start_bot):
    started = start_bot(slack_admins=ADMIN)
    wait_for(lambda: started.store.slack_people.find(BEN) and started.store.contacts.count())
    return started


def missed(bot, slack, call_id, number=NUMBER):
    now = time.time()
    facts = {"remote_number": number, "status": "missed", "start_time": now, "end_time": now}
    send(bot.url, event("call.ended", call_id, **facts))
    return card(slack, call_id)


def menu_labels(message):
    elements = [one for block in message["blocks"] for one in block.get("elements", ())]
    menus = [one for one in elements if one.get("action_id") == "card_menu"]
    groups = [group for menu in menus for group in menu["option_groups"]]
    return [option["text"]["text"] for group in groups for option in group["options"]]


def choose(slack, user, message, key, call_id):
    slack.click(user, CHANNEL, message["ts"], "card_menu", f"{key} {call_id}")


def mark_spam(bot, slack, message, call_id, user=ANA):
    choose(slack, user, message, "spam", call_id)
    view = wait_for(lambda: slack.open_view(user))
    slack.submit_view(user, view["id"])
    wait_for(lambda: bot.store.screening.is_spam(NUMBER))


# On cards


def test_spam_is_asked_about_first_and_then_not_posted(bot, slack):
    message = missed(bot, slack, "c")
    assert "Mark as spam…" in menu_labels(message)
    choose(slack, ANA, message, "spam", "c")
    view = wait_for(lambda: slack.open_view(ANA))
    assert "won't be posted" in str(view)
    assert bot.store.screening.of(NUMBER) is None
    slack.submit_view(ANA, view["id"])
    shown = card(slack, "c", "Marked as spam by Ana Torres")
    assert "Claim" not in str(shown["blocks"])
    assert (ANA, "number marked: spam") in audit_of(bot)
    send(bot.url, ended("d", remote_number=NUMBER))
    send(bot.url, ended("e", remote_number=OTHER))
    card(slack, "e")
    assert sorted(slack.posted_call_ids(CHANNEL)) == ["c", "e"]
    found = [one.call.call_id for one in bot.store.call_search.find(SearchTerms(), limit=9)]
    assert sorted(found) == ["c", "d", "e"]  # nothing is lost


def test_spam_needs_no_callback_and_comes_back(bot, slack):
    message = missed(bot, slack, "c")
    since = time.time() - DAY
    assert bot.store.missed_calls.all_since(since)
    mark_spam(bot, slack, message, "c")
    assert bot.store.missed_calls.all_since(since) == []
    assert bot.store.missed_calls.callers(Interval(since, time.time() + 9), listed=9)[0] == 0
    assert bot.store.call_search.count(SearchTerms(unclaimed=True)) == 0
    assert bot.store.claims.take("c", BEN, now=time.time()) is None
    shown = card(slack, "c", "Marked as spam")
    assert "Remove mark" in menu_labels(shown)
    choose(slack, BEN, shown, "unmark", "c")
    wait_for(lambda: "Claim" in str(card(slack, "c")["blocks"]))
    assert bot.store.missed_calls.all_since(since)
    send(bot.url, ended("d", remote_number=NUMBER))
    card(slack, "d")
    assert (BEN, "mark removed: spam") in audit_of(bot)


def test_mark_that_an_old_card_can_not_remove_is_not_left_silently(bot, slack):
    mark_spam(bot, slack, missed(bot, slack, "c"), "c")
    shown = card(slack, "c", "Marked as spam", "Remove mark")
    bot.store.retention.apply({"calls": time.time() + 60})
    assert bot.store.screening.is_spam(NUMBER)
    choose(slack, BEN, shown, "unmark", "c")
    wait_for(lambda: "no longer stored" in str(slack.open_view(BEN)))


def test_not_a_customer_replaces_add_contact_and_is_still_posted(bot, slack):
    message = missed(bot, slack, "c")
    choose(slack, ANA, message, "no_client", "c")
    shown = card(slack, "c", "Not a customer  ·  marked by Ana Torres")
    assert "Add contact" not in str(shown["blocks"])
    missed(bot, slack, "d")
    assert bot.store.missed_calls.all_since(time.time() - DAY)


def test_contacts_and_withheld_numbers_are_not_marked(bot, slack):
    shown = missed(bot, slack, "c", MARIA)
    assert "Mark as spam…" not in menu_labels(shown)
    withheld = missed(bot, slack, "d", "anonymous")
    assert "Mark as spam…" not in menu_labels(withheld)
    service = bot.bot.services.screening
    for number, why in ((MARIA, HAS_CONTACT), ("anonymous", WITHHELD), (None, WITHHELD)):
        problem = service.mark(number, ScreenKind.SPAM, by=ANA)
        assert why in str(problem)
        assert why in str(service.ask_about_spam(number, below={}))
    assert bot.store.screening.listed(9) == []


def test_call_to_a_spam_number_is_posted(bot, slack):
    bot.store.screening.mark(NUMBER, ScreenKind.SPAM, by=ANA, now=1.0)
    send(bot.url, ended("c", remote_number=NUMBER, direction="outgoing"))
    card(slack, "c")


def test_texts_from_spam_are_stored_and_not_posted(bot, slack):
    bot.store.screening.mark(NUMBER, ScreenKind.SPAM, by=ANA, now=1.0)

    def receive(message_id, number):
        facts = {"message_id": message_id, "from": number, "to": "+12125550100", "body": "Hi"}
        facts |= {"direction": "incoming", "timestamp": time.time()}
        send(bot.url, {"id": f"evt_{message_id}", "event_type": "message.received", "data": facts})

    receive("m1", NUMBER)
    receive("m2", OTHER)
    wait_for(lambda: "555-0199" in str(slack.messages(CHANNEL)))
    assert "555-0188" not in str(slack.messages(CHANNEL))
    assert bot.store.texts.latest_with([NUMBER], limit=1)


def test_contact_with_the_number_removes_not_a_customer_only(bot, vocatech):
    bot.store.screening.mark(NUMBER, ScreenKind.NOT_CUSTOMER, by=ANA, now=1.0)
    bot.store.screening.mark(OTHER, ScreenKind.SPAM, by=ANA, now=1.0)
    contacts = bot.store.contacts
    first = contacts.with_number(MARIA)[0]

    contacts.save(replace(first, numbers=(MARIA, NUMBER, OTHER)), now=after_sync())
    assert bot.store.screening.of(NUMBER) is None
    assert bot.store.screening.is_spam(OTHER)


def test_contact_with_a_spam_number_says_that_its_calls_are_not_posted(bot, slack):
    message = missed(bot, slack, "m", MARIA)
    bot.store.screening.mark(NUMBER, ScreenKind.SPAM, by=ANA, now=1.0)
    bot.store.screening.mark(OTHER, ScreenKind.SPAM, by=ANA, now=1.0)
    contacts = bot.store.contacts
    first = contacts.with_number(MARIA)[0]
    contacts.save(replace(first, numbers=(MARIA, NUMBER)), now=after_sync())
    said = (
        "Calls and texts from (212) 555-0188 aren't posted: it's marked as spam. To undo this,"
        " type /vocatech callers."
    )
    answer = slack.type_command(BEN, CHANNEL, "/contact", "Maria")
    assert said in str(answer["blocks"])
    slack.click(BEN, CHANNEL, message["ts"], "open_contact", "m")
    assert said in str(wait_for(lambda: slack.open_view(BEN))["blocks"])
    contacts.save(replace(first, numbers=(MARIA, NUMBER, OTHER)), now=after_sync())
    answer = slack.type_command(BEN, CHANNEL, "/contact", "Maria")
    assert "from (212) 555-0188 and (212) 555-0199 aren't posted: they're marked" in str(answer)


# The list


def callers(slack, user):
    slack.views.close_all(user)
    slack.type_command(user, CHANNEL, "/vocatech", "callers")
    return wait_for(lambda: slack.open_view(user))


def test_everyone_can_remove_marks_and_admins_see_frequent_callers(bot, slack):
    for at in range(3):
        missed(bot, slack, f"c{at}")
    missed(bot, slack, "m", MARIA)
    bot.store.screening.mark(OTHER, ScreenKind.SPAM, by=BEN, now=time.time())
    view = callers(slack, ANA)
    assert "Frequent unknown callers" not in str(view)
    assert "Ben Whitaker" in str(view)
    slack.click_in_view(ANA, view["id"], "unmark_number", OTHER)
    wait_for(lambda: "Mark “Spam” of (212) 555-0199 removed." in str(slack.open_view(ANA)))
    assert bot.store.screening.of(OTHER) is None
    view = callers(slack, ADMIN)
    assert "3 calls  ·  3 missed" in str(view)
    assert "555-0123" not in str(view)
    slack.click_in_view(ADMIN, view["id"], "caller_menu", f"not_customer {NUMBER}")
    marked = wait_for(lambda: bot.store.screening.of(NUMBER))
    assert marked.kind is ScreenKind.NOT_CUSTOMER
    wait_for(lambda: "No unknown callers" in str(slack.open_view(ADMIN)))


def test_every_marked_number_is_listed_with_a_way_back(bot, slack):
    numbers = [f"+1312555{1_000 + at}" for at in range(95)]
    for at, number in enumerate(numbers):
        bot.store.screening.mark(number, ScreenKind.SPAM, by=ANA, now=float(at))
    view = callers(slack, ANA)
    seen = marked_in(view)
    for page in (2, 3):
        slack.click_in_view(ANA, view["id"], f"turn_callers_page:{page}")
        wait_for(lambda page=page: f"Page {page} of 3" in str(slack.open_view(ANA)))
        seen += marked_in(slack.open_view(ANA))
    assert seen == numbers[::-1]
    slack.click_in_view(ANA, view["id"], "unmark_number", numbers[0])
    wait_for(lambda: "(312) 555-1000 removed." in str(slack.open_view(ANA)))
    assert "Page 3 of 3" in str(slack.open_view(ANA))
    assert not bot.store.screening.is_spam(numbers[0])


def marked_in(view):
    found = [block.get("accessory", {}) for block in view["blocks"]]
    return [one["value"] for one in found if one.get("action_id") == "unmark_number"]


def test_spam_is_marked_and_contacts_are_added_from_the_list(bot, slack):
    missed(bot, slack, "c")
    view = callers(slack, ADMIN)
    slack.click_in_view(ADMIN, view["id"], "caller_menu", f"contact {NUMBER}")
    form = wait_for(lambda: "New contact" in str(slack.open_view(ADMIN)) and slack.open_view(ADMIN))
    assert "555-0188" in str(form)
    view = callers(slack, ADMIN)
    slack.click_in_view(ADMIN, view["id"], "caller_menu", f"spam {NUMBER}")
    question = wait_for(
        lambda: "won't be posted" in str(slack.open_view(ADMIN)) and slack.open_view(ADMIN)
    )
    slack.submit_view(ADMIN, question["id"])
    wait_for(lambda: "Spam  ·  marked by" in str(slack.open_view(ADMIN)))


# Counting


def test_spam_calls_are_counted_in_their_span(store):
    keep(store, call_event(NUMBER, 0, "missed"), call_event(NUMBER, 60, "talk"))
    keep(store, call_event(NUMBER, 90, "we"), call_event(OTHER, 10, "missed"))
    store.screening.mark(NUMBER, ScreenKind.SPAM, by=ANA, now=NOON)
    assert store.screening.spam_calls(Interval(NOON - 9, NOON + 99)) == 2
    assert store.screening.spam_calls(Interval(NOON - 9, NOON + 99), "104") == 2
    assert store.screening.spam_calls(Interval(NOON - 9, NOON + 99), "105") == 0
    assert store.screening.spam_calls(Interval(NOON + 1, NOON + 99)) == 1


def test_digest_counts_spam_and_names_no_spam_number(store):
    for at in (0, 60, 90):
        keep(store, call_event(NUMBER, at, "missed"))
    keep(store, call_event(OTHER, 10, "talk"), call_event(OTHER, 20, "talk"))
    plan = DigestPlan(CHANNEL, "UTC")
    maker = DigestGenerator(store, Locale())

    def shown():
        return json.dumps(render_digest(maker.preview(plan, NOON + DAY), locale=Locale()).blocks)

    assert "555-0188" in shown()
    store.screening.mark(NUMBER, ScreenKind.SPAM, by=ANA, now=NOON)
    assert "3 of these calls were from numbers marked as spam" in shown()
    assert "555-0188" not in shown()
    assert "555-0199: 2" in shown()
    text = render_digest(maker.preview(plan, NOON + DAY), locale=Locale()).text
    assert text.endswith("3 missed. No callbacks are left.")


def test_marks_are_exported_and_forgotten_with_the_number(store):
    keep(store, call_event(NUMBER, 0, "missed"))
    store.screening.mark(NUMBER, ScreenKind.SPAM, by=ANA, now=NOON)
    assert not store.screening.mark(NUMBER, ScreenKind.SPAM, by=BEN, now=NOON)
    assert dict(store.erasures.everything(NUMBER))["screened_numbers"][0]["kind"] == "spam"
    store.erasures.erase(NUMBER, by=ADMIN, now=NOON + 50)
    assert store.screening.of(NUMBER) is None
    assert store.screening.unmark(NUMBER, by=ANA, now=NOON) is None


def test_lookups_read_indexes(store):
    plan = store.database.rows(
        "explain query plan select count(*) from screened_numbers cross join calls"
        " on calls.remote_number = screened_numbers.number and started_at >= 1 where kind = 'spam'"
    )
    said = " ".join(row["detail"] for row in plan)
    assert "calls_by_number" in said
    assert "SCAN" not in said
