"""Texts for later end to end: the form, the thread, App Home, and everything that may happen."""

import json
import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.models.calls import Outcome
from bot.models.people import Company
from bot.models.send_times import MORNING, OTHER, choose_moment
from bot.models.templates import Template
from bot.models.texts import WRITER_IS_GUEST, WRITER_LEFT, SendState
from bot.people.guests import Guests
from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.store.customers.scheduled_texts import ScheduledTexts
from bot.store.database.backup import back_up
from bot.store.database.restore import restore
from bot.store.database.restore_marks import mark_restored
from bot.store.database.tombstones import Tombstone
from bot.store.privacy.erase import erase_number
from bot.store.send_queue import Draft
from bot.texts.send_times import SENT_ELSEWHERE
from tests.conftest import CHANNEL, read_calls, wait_for
from tests.home.test_home import home_saying
from tests.support.hands import Hands
from tests.support.webhooks import event
from tests.support.webhooks import send as post_webhook
from tests.texts.test_texts import (
    MARIA,
    a_missed_call,
    card,
    fill_in,
    open_modal,
    says,
    send,
    sent,
    thread_of,
)

pytestmark = pytest.mark.any_rate

HOUR, DAY = 3_600.0, 86_400.0
YORK = ZoneInfo("America/New_York")
WHEN, ZONE, DAY_FIELD, MINUTE = ("when:0", "zone:0", "day:0", "minute:0")


@pytest.fixture
def hands(slack):
    """Clocks that begin at a noon of the recipient with two days of 24 hours ahead.

    What the form offers depends on the hour, and how long it is until then on clock changes.
    """
    made = Hands(slack)
    now = datetime.now(YORK)
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    while noon < now or noon.utcoffset() != (noon + timedelta(days=2)).utcoffset():
        noon += timedelta(days=1)
    made.ahead = noon.timestamp() - now.timestamp()
    return made


@pytest.fixture
def vocatech(hands):
    with FakeVocatech(
        backoff=(0.1, 0.2, 0.4, 0.8, 1.6),
        contacts=[{"First Name": "Maria", "Last Name": "Lopez", "Phone": "(212) 555-0142"}],
        clock=lambda: datetime.fromtimestamp(hands.clock.now(), UTC),
    ) as fake:
        fake.webhooks.seconds_ahead = lambda: hands.ahead
        yield fake


@pytest.fixture
def bot(start_bot, hands):
    running = hands.take(start_bot(slack_admins=ADMIN, clock=hands.clock))
    wait_for(running.store.people.company)
    wait_for(lambda: running.store.slack_people.find(ANA))
    wait_for(lambda: running.store.contacts.with_number(MARIA))
    read_calls(running)
    return running


@pytest.fixture
def thread(bot, slack, vocatech):
    vocatech.receive_text(MARIA, "Is my order ready?")
    wait_for(lambda: says(slack, "Is my order ready?"))
    return thread_of(slack)[0]


def open_view_with(slack, words, user=ANA):
    return wait_for(lambda: words in str(slack.open_view(user)) and slack.open_view(user))


def choose(slack, view, when, user=ANA):
    slack.click_in_view(user, view["id"], {"action_id": "choose_send_time"}, when)
    return open_view_with(slack, "Sends ", user) if when != OTHER else slack.open_view(user)


def schedule(slack, thread, body="It is ready.", when=MORNING, user=ANA):
    """Schedule a text in the thread, and return its line."""
    view = open_modal(slack, thread, "reply_to_text", user)
    fill_in(slack, view, body, user)
    view = choose(slack, view, when, user)
    assert view["submit"]["text"] == "Schedule"
    assert send(slack, view, user).ok
    return wait_for(lambda: says(slack, body, "Scheduled", "sends"))[0]


def is_planned(slack, send_at):
    """Return whether the head of the thread says that its text is sent at this time."""
    head = str(thread_of(slack)[0])
    return "Scheduled for" in head and f"'timestamp': {send_at:.0f}" in head


def at(moment, zone=YORK):
    chosen = choose_moment(moment, zone)
    return {"day": chosen.day, "minute": f"{chosen.minute // 60:02}:{chosen.minute % 60:02}"}


def pick_time(slack, moment, user=ANA):
    """Choose a date and a time in the open form."""
    view = slack.open_view(user)
    if "datepicker" not in str(view["blocks"]):
        slack.click_in_view(user, view["id"], "choose_send_time", OTHER)
        view = open_view_with(slack, "datepicker", user)
    fields = at(moment)
    for kind, value in (("day", fields["day"]), ("minute", fields["minute"])):
        view = slack.open_view(user)
        [block] = [one for one in view["blocks"] if one["block_id"].startswith(f"{kind}:")]
        action = {"action_id": "choose_send_time", "block_id": block["block_id"]}
        slack.click_in_view(user, view["id"], action, value)
    return open_view_with(slack, "Sends ", user)


def release(hands, seconds=0.0):
    """Let time pass, and run the job that queues what is due."""
    hands.do("release scheduled texts", ahead=hands.ahead + seconds)


def test_text_is_scheduled_in_local_time_and_sent_once_at_its_time(
    bot, hands, slack, vocatech, thread
):
    line = schedule(slack, thread)
    assert "9:00 AM in New York" in str(line)
    assert "Change" in str(line)
    assert "Cancel" in str(line)
    release(hands, 20 * HOUR)
    time.sleep(0.3)
    assert sent(vocatech) == []
    release(hands, 1.1 * HOUR)
    wait_for(lambda: says(slack, "It is ready.", "Delivered"))
    release(hands)
    time.sleep(0.3)
    assert sent(vocatech) == ["It is ready."]
    assert len(says(slack, "It is ready.")) == 1
    assert "Change" not in str(says(slack, "It is ready."))


def test_form_shows_the_local_time_and_its_zone_can_change(bot, slack, thread):
    view = open_modal(slack, thread, "reply_to_text")
    assert "Recipient's local time: 12:" in str(view)
    assert "time zone" not in str(view)
    view = choose(slack, view, MORNING)
    assert "America/New York" in str(view)
    answer = slack.load_options(ANA, "choose_send_zone", "los ang", view_id=view["id"])
    assert [one["value"] for one in answer["options"]] == ["America/Los_Angeles"]
    slack.click_in_view(ANA, view["id"], "choose_send_zone", "America/Los_Angeles")
    view = open_view_with(slack, "9:00 AM in Los Angeles")
    slack.type_in_view(ANA, view["id"], "type_reply", "Hi")
    send(slack, slack.open_view(ANA))
    line = wait_for(lambda: says(slack, "Hi", "9:00 AM in Los Angeles"))
    assert line
    again = open_modal(slack, thread, "reply_to_text")  # the zone is remembered
    assert "(Los Angeles)" in str(again)


def test_likely_time_zones_come_first_in_the_menu(bot, slack, thread):
    view = choose(slack, open_modal(slack, thread, "reply_to_text"), MORNING)
    answer = slack.load_options(ANA, "choose_send_zone", "", view_id=view["id"])
    assert answer["options"][0]["value"] == "America/New_York"
    assert len(answer["options"]) == 100


def test_open_form_warns_of_what_a_colleague_sent_in_the_meantime(
    bot, slack, vocatech, thread, hands
):
    first, second = (open_modal(slack, thread, "reply_to_text", user) for user in (ANA, BEN))
    fill_in(slack, second, "It is ready.", BEN)
    fill_in(slack, first, "It is ready.")
    send(slack, first)
    wait_for(lambda: says(slack, "It is ready.", "Delivered"))
    hands.ahead += 120
    send(slack, second, BEN)
    warning = "Ana Torres texted this number after you opened this form. Select Send once more"
    view = wait_for(lambda: warning in str(slack.open_view(BEN)) and slack.open_view(BEN))
    assert sent(vocatech) == ["It is ready."]
    send(slack, view, BEN)
    wait_for(lambda: sent(vocatech) == ["It is ready."] * 2)
    assert "right after you" not in str(slack.messages(slack.direct_channel(ANA)))


def test_at_night_the_form_offers_the_morning(bot, hands, slack, vocatech, thread):
    hands.ahead += 10 * HOUR
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Good news!")
    view = open_view_with(slack, "Texts before 8 AM or after 9 PM may disturb.")
    assert "in New York" in str(view)
    [block] = [one for one in view["blocks"] if one.get("block_id") == "night"]
    assert block["accessory"]["text"]["text"] == "Send tomorrow at 9:00 AM"
    slack.click_in_view(ANA, view["id"], "send_in_morning", block["accessory"]["value"])
    view = open_view_with(slack, "9:00 AM in New York")
    assert "may disturb" not in str(view)
    send(slack, view)
    wait_for(lambda: says(slack, "Good news!", "Scheduled", "9:00 AM in New York"))
    assert sent(vocatech) == []


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(-HOUR, "This time has passed"), (121 * DAY, "within the next 120 days")],
)
def test_impossible_time_gets_an_error_at_its_field(bot, hands, slack, thread, ahead, said):
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Hi")
    view = pick_time(slack, hands.clock.now() + ahead)
    errors = json.loads(send(slack, view).body)["errors"]
    [field] = errors
    assert field.startswith("day:")
    assert said in errors[field]
    assert not bot.store.scheduled_texts.writers()


def test_form_sent_before_it_shows_the_date_and_time_comes_back_with_them(
    bot, hands, slack, vocatech, thread
):
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Hi")
    open_view_with(slack, "2 / 1,600 characters")  # the update after typing has come
    refused = {"ok": False, "error": "ratelimited"}
    slack.faults.add(Fault(path="views.update", status=429, body=refused, times=1))
    slack.click_in_view(ANA, view["id"], {"action_id": "choose_send_time"}, OTHER)
    wait_for(lambda: not slack.faults.are_active)
    answer = send(slack, slack.open_view(ANA))
    assert not answer.problem
    assert answer["response_action"] == "update"
    assert "datepicker" in str(slack.open_view(ANA))
    view = pick_time(slack, hands.clock.now() + DAY)
    assert send(slack, view).ok
    wait_for(lambda: says(slack, "Hi", "Scheduled", "sends"))
    assert sent(vocatech) == []


def test_preset_that_passed_while_the_form_was_open_is_not_sent(bot, hands, slack, thread):
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Hi")
    view = choose(slack, view, "soon")
    hands.ahead += 2 * HOUR
    errors = json.loads(send(slack, view).body)["errors"]
    assert "This time has passed" in errors["when:0"]


def test_scheduled_text_can_be_changed_until_it_leaves(bot, hands, slack, vocatech, thread):
    line = schedule(slack, thread)
    slack.click(BEN, CHANNEL, line["ts"], "change_scheduled")
    view = open_view_with(slack, "Change message", BEN)
    assert "It is ready." in str(view)
    fill_in(slack, view, "It is ready at 10.", BEN)
    view = pick_time(slack, hands.clock.now() + 2 * HOUR, BEN)
    send(slack, view, BEN)
    [changed] = wait_for(lambda: says(slack, "It is ready at 10.", "Scheduled"))
    assert "Ben" in str(changed)
    assert changed["ts"] == line["ts"]
    assert not says(slack, "It is ready.", "Scheduled")
    [entry] = [one for one in bot.store.audit.latest() if one.what == "scheduled message changed"]
    assert entry.slack_user == BEN
    release(hands, 2 * HOUR)
    wait_for(lambda: says(slack, "It is ready at 10.", "Delivered"))
    assert sent(vocatech) == ["It is ready at 10."]


def test_conversation_shows_when_a_scheduled_text_is_sent(bot, hands, slack, thread):
    line = schedule(slack, thread)
    [first] = bot.store.scheduled_texts.of_writer(ANA, limit=2)
    wait_for(lambda: is_planned(slack, first.send_at))
    slack.click(ANA, CHANNEL, line["ts"], "change_scheduled")
    open_view_with(slack, "Change message")
    send(slack, pick_time(slack, hands.clock.now() + 2 * HOUR))
    wait_for(lambda: not is_planned(slack, first.send_at))
    [second] = bot.store.scheduled_texts.of_writer(ANA, limit=2)
    wait_for(lambda: is_planned(slack, second.send_at))


def test_change_to_now_sends_it(bot, slack, vocatech, thread):
    line = schedule(slack, thread)
    slack.click(ANA, CHANNEL, line["ts"], "change_scheduled")
    view = open_view_with(slack, "Change message")
    slack.click_in_view(ANA, view["id"], {"action_id": "choose_send_time"}, "now")
    view = wait_for(
        lambda: slack.open_view(ANA)["submit"]["text"] == "Send" and slack.open_view(ANA)
    )
    send(slack, view)
    wait_for(lambda: says(slack, "It is ready.", "Delivered"))
    assert sent(vocatech) == ["It is ready."]


def test_second_of_two_changes_at_the_same_time_keeps_what_was_typed(bot, slack, thread):
    line = schedule(slack, thread)
    for user in (ANA, BEN):
        slack.click(user, CHANNEL, line["ts"], "change_scheduled")
        view = open_view_with(slack, "Change message", user)
        fill_in(slack, view, f"From {user}.", user)
    send(slack, slack.open_view(ANA))
    assert send(slack, slack.open_view(BEN), BEN).ok
    view = slack.open_view(BEN)
    assert "Nothing was changed" in str(view)
    assert f"From {BEN}." in str(view)
    assert bot.store.scheduled_texts.of_writer(ANA, limit=2)[0].body == f"From {ANA}."


def test_change_that_was_not_stored_can_be_sent_again(bot, slack, vocatech, thread, monkeypatch):
    line = schedule(slack, thread)
    slack.click(ANA, CHANNEL, line["ts"], "change_scheduled")
    view = open_view_with(slack, "Change message")
    fill_in(slack, view, "It is ready at 10.")

    def fail(*_, **__):
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(ScheduledTexts, "change", fail)
        send(slack, slack.open_view(ANA))
    assert bot.store.scheduled_texts.of_writer(ANA, limit=2)[0].body == "It is ready."
    answer = slack.submit_view(ANA, view["id"])
    assert "already submitted" not in str(answer)
    wait_for(lambda: says(slack, "It is ready at 10.", "Scheduled"))


def test_change_after_it_left_changes_nothing(bot, hands, slack, vocatech, thread):
    line = schedule(slack, thread, when="soon")
    slack.click(ANA, CHANNEL, line["ts"], "change_scheduled")
    view = open_view_with(slack, "Change message")
    fill_in(slack, view, "Too late.")
    view = pick_time(slack, hands.clock.now() + 5 * HOUR)
    release(hands, 1.2 * HOUR)
    wait_for(lambda: sent(vocatech))
    send(slack, view)
    assert "Nothing was changed" in str(slack.open_view(ANA))
    assert sent(vocatech) == ["It is ready."]


def test_colleague_cancels_in_the_thread(bot, hands, slack, vocatech, thread):
    line = schedule(slack, thread)
    slack.click(BEN, CHANNEL, line["ts"], "take_back")
    wait_for(lambda: says(slack, "Not sent", "canceled by Ben"))
    release(hands, 22 * HOUR)
    time.sleep(0.3)
    assert sent(vocatech) == []
    assert "scheduled message canceled" in [one.what for one in bot.store.audit.latest()]


def test_home_lists_own_scheduled_texts_and_its_menu_changes_and_cancels(bot, slack, thread):
    wait_for(bot.store.contacts.count)
    schedule(slack, thread)
    view = home_saying(slack, ANA, "Scheduled messages (1)")
    assert "Maria Lopez" in str(view)
    assert "9:00 AM in New York" in str(view)
    assert "Sends <!date^" in str(view)
    open_ben = home_saying(slack, BEN, "Commands")
    assert "Scheduled messages" not in str(open_ben)
    [found] = bot.store.scheduled_texts.of_writer(ANA, limit=9)
    slack.click_in_view(ANA, view["id"], "scheduled_menu", f"change {found.text_id}")
    form = open_view_with(slack, "Change message")
    slack.close_view(ANA, form["id"])
    slack.click_in_view(ANA, view["id"], "scheduled_menu", f"cancel {found.text_id}")
    wait_for(lambda: "Scheduled messages" not in str(slack.home_view(ANA)))
    wait_for(lambda: says(slack, "Not sent", "canceled by Ana"))


def test_list_of_more_than_five_is_updated_when_one_is_canceled(bot, hands, slack, thread):
    for number in range(7):
        schedule(slack, thread, f"Text {number}.")
    view = home_saying(slack, ANA, "Scheduled messages (7)")
    slack.click_in_view(ANA, view["id"], "show_scheduled")
    listed = open_view_with(slack, "Text 6.")
    [last] = [one for one in bot.store.scheduled_texts.of_writer(ANA, limit=9) if "6" in one.body]
    [row] = [one["block_id"] for one in listed["blocks"] if last.text_id in str(one)]
    menu = {"action_id": "scheduled_menu", "block_id": row}
    slack.click_in_view(ANA, listed["id"], menu, f"cancel {last.text_id}")
    wait_for(lambda: "Text 6." not in str(slack.open_view(ANA)["blocks"]))


def test_greeting_of_a_template_follows_the_chosen_time(bot, slack, vocatech, thread):
    wait_for(bot.store.contacts.count)
    bot.store.templates.save(
        Template(None, ANA, "Ready", "{greeting}, {first name}! Call us: {line}. {me}")
    )
    template = next(one for one in bot.store.templates.seen_by(ANA) if one.name == "Ready")
    view = open_modal(slack, thread, "reply_to_text")
    slack.click_in_view(ANA, view["id"], "fill_in_template", str(template.template_id))
    view = open_view_with(slack, "Good afternoon, Maria! Call us: (")
    choose(slack, view, MORNING)
    view = open_view_with(slack, "Good morning, Maria! Call us: (")
    send(slack, view)
    [line] = wait_for(lambda: says(slack, "Good morning, Maria!", "Scheduled"))
    assert "Ana Torres" in str(line)
    # What was filled in stays as it was written.
    bot.store.templates.save(replace(template, body="Changed."))
    assert bot.store.scheduled_texts.of_writer(ANA, limit=1)[0].body.startswith(
        "Good morning, Maria! Call us: ("
    )


def test_greeting_and_number_of_a_template_follow_a_change(bot, hands, slack, vocatech, thread):
    bot.store.templates.save(Template(None, ANA, "Ready", "{greeting}! Call {line}."))
    [template] = [one for one in bot.store.templates.seen_by(ANA) if one.name == "Ready"]
    view = open_modal(slack, thread, "reply_to_text")
    slack.click_in_view(ANA, view["id"], "fill_in_template", str(template.template_id))
    open_view_with(slack, "Good afternoon! Call (")
    choose(slack, view, MORNING)
    send(slack, open_view_with(slack, "Good morning! Call ("))
    [line] = wait_for(lambda: says(slack, "Good morning!", "Scheduled"))
    slack.click(BEN, CHANNEL, line["ts"], "change_scheduled")
    view = open_view_with(slack, "Change message", BEN)
    [menu] = [one["element"] for one in view["blocks"] if one["block_id"] == "line"]
    other = next(one for one in menu["options"] if one != menu["initial_option"])
    pick_time(slack, hands.clock.now() + 7 * HOUR, BEN)
    view = open_view_with(slack, "Good evening! Call (", BEN)
    chosen = {"type": "static_select", "selected_option": other}
    assert slack.submit_view(BEN, view["id"], {"line": {"choose_line": chosen}}).ok
    said = f"Good evening! Call {other['text']['text']}."
    [line] = wait_for(lambda: says(slack, said, "Scheduled"))
    slack.click(ANA, CHANNEL, line["ts"], "change_scheduled")
    view = open_view_with(slack, "Change message")
    slack.click_in_view(ANA, view["id"], {"action_id": "choose_send_time"}, "now")
    send(slack, open_view_with(slack, "Good afternoon! Call ("))
    wait_for(lambda: sent(vocatech) == [said.replace("evening", "afternoon")])
    assert [one["group_number"] for one in vocatech.sent_texts(MARIA)] == [other["value"]]


def test_number_from_a_template_is_the_one_that_the_text_comes_from(bot, slack, vocatech, thread):
    bot.store.templates.save(Template(None, ANA, "Call", "Call {line}, or (212) 555-0100."))
    [template] = [one for one in bot.store.templates.seen_by(ANA) if one.name == "Call"]
    view = open_modal(slack, thread, "reply_to_text")
    slack.click_in_view(ANA, view["id"], "fill_in_template", str(template.template_id))
    view = open_view_with(slack, "Call (212) 555-01")
    [menu] = [one["element"] for one in view["blocks"] if one["block_id"] == "line"]
    other = next(one for one in menu["options"] if one != menu["initial_option"])
    chosen = {"type": "static_select", "selected_option": other}
    assert slack.submit_view(ANA, view["id"], {"line": {"choose_line": chosen}}).ok
    said = f"Call {other['text']['text']}, or (212) 555-0100."
    wait_for(lambda: sent(vocatech) == [said])
    assert [one["group_number"] for one in vocatech.sent_texts(MARIA)] == [other["value"]]


def test_greeting_that_was_typed_is_left_alone(bot, slack, thread):
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Good evening? Good afternoon.")
    view = choose(slack, view, MORNING)
    send(slack, view)
    wait_for(lambda: says(slack, "Good evening? Good afternoon.", "Scheduled"))


def test_stop_in_the_meantime_is_told_to_the_writer(bot, hands, slack, vocatech, thread):
    schedule(slack, thread)
    vocatech.receive_text(MARIA, "STOP")
    wait_for(lambda: bot.store.opt_outs.of(MARIA))
    release(hands, 21.1 * HOUR)
    wait_for(lambda: says(slack, "It is ready.", "Failed", "the contact opted out"))
    wait_for(lambda: says(slack, ANA, "wasn't delivered"))
    assert sent(vocatech) == []


def test_number_given_up_in_the_meantime_is_told_to_the_writer(bot, hands, slack, vocatech, thread):
    schedule(slack, thread)
    bot.store.people.set_company(Company("Acme", "America/New_York", ("+12125550999",)))
    release(hands, 21.1 * HOUR)
    wait_for(lambda: says(slack, "Failed", "no longer has the number"))
    wait_for(lambda: says(slack, ANA, "wasn't delivered"))
    assert sent(vocatech) == []


def test_number_that_the_contact_lost_in_the_meantime_is_told_to_the_writer(
    bot, hands, slack, vocatech, thread
):
    [contact] = wait_for(lambda: bot.store.contacts.with_number(MARIA))
    schedule(slack, thread, "Hi Maria, your results are here.")
    vocatech.contacts.write(contact.contact_id, {"Phone": "(212) 555-0199"}, keep=True)
    bot.store.contacts.save(replace(contact, numbers=("+12125550199",)), now=hands.clock.now())
    release(hands, 21.1 * HOUR)
    wait_for(lambda: says(slack, "results", "Failed", "the contact no longer has this number"))
    wait_for(lambda: says(slack, ANA, "wasn't delivered"))
    assert sent(vocatech) == []
    [line] = says(slack, "results", "Failed")
    slack.click(ANA, CHANNEL, line["ts"], "send_again")
    open_view_with(slack, "written to no longer has this number")


def test_form_to_change_a_text_says_that_the_contact_lost_the_number(bot, hands, slack, thread):
    [contact] = wait_for(lambda: bot.store.contacts.with_number(MARIA))
    line = schedule(slack, thread, "Hi Maria, your results are here.")
    bot.store.contacts.save(replace(contact, numbers=("+12125550199",)), now=hands.clock.now() + 60)
    slack.click(ANA, CHANNEL, line["ts"], "change_scheduled")
    open_view_with(slack, "written to no longer has this number")


def test_text_of_a_person_who_left_is_not_sent_and_admins_are_told(
    bot, hands, slack, vocatech, thread
):
    schedule(slack, thread)
    slack.change_user(ANA, deleted=True)
    wait_for(lambda: says(slack, "Failed", WRITER_LEFT, "Send again"))
    told = wait_for(lambda: str(slack.messages(slack.direct_channel(ADMIN))) or None)
    wait_for(
        lambda: (
            "1 scheduled message wasn't sent." in str(slack.messages(slack.direct_channel(ADMIN)))
        )
    )
    assert told
    release(hands, 22 * HOUR)
    time.sleep(0.3)
    assert sent(vocatech) == []
    assert not says(slack, "wasn't delivered")


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"is_restricted": True}, WRITER_IS_GUEST), ({"deleted": True}, WRITER_LEFT)],
)
def test_text_is_stopped_if_its_writer_lost_access_while_the_app_was_off(
    bot, hands, slack, vocatech, thread, change, reason
):
    schedule(slack, thread)
    slack.state.users[ANA].update(change)  # without an event
    release(hands, 22 * HOUR)
    wait_for(lambda: says(slack, "Failed", reason, "Send again"))
    wait_for(lambda: "1 scheduled message wasn't" in str(slack.messages(direct(slack))))
    assert bot.store.slack_people.find(ANA) is None
    assert sent(vocatech) == []


def test_text_of_a_new_guest_is_stopped_immediately(bot, slack, thread):
    schedule(slack, thread)
    slack.change_user(ANA, is_restricted=True)
    wait_for(lambda: says(slack, "Failed", WRITER_IS_GUEST))
    wait_for(lambda: "is a guest in Slack now" in str(slack.messages(direct(slack))))


def test_text_leaves_on_time_if_slack_does_not_say_who_is_a_member(
    bot, hands, slack, vocatech, thread
):
    schedule(slack, thread)
    slack.faults.add(Fault(path="/users.info", status=500))
    release(hands, 22 * HOUR)
    wait_for(lambda: len(sent(vocatech)) == 1)


def direct(slack):
    return slack.direct_channel(ADMIN)


def test_scheduled_text_to_an_erased_number_is_canceled(bot, hands, slack, vocatech, thread):
    schedule(slack, thread)
    now = hands.clock.now()
    bot.store.database.write(lambda db: erase_number(db, Tombstone(MARIA, now, ADMIN)))
    release(hands, 22 * HOUR)
    time.sleep(0.3)
    assert sent(vocatech) == []
    assert not bot.store.scheduled_texts.writers()


def test_retention_keeps_a_text_that_waits_for_its_time(bot, hands, slack, thread):
    schedule(slack, thread)
    bot.store.retention.apply({"texts": hands.clock.now() + DAY})
    assert len(bot.store.scheduled_texts.of_writer(ANA, limit=9)) == 1


def test_restart_at_its_time_sends_it_once(bot, start_bot, hands, slack, vocatech, thread):
    schedule(slack, thread)
    bot.bot.stop()
    hands.ahead += 21.1 * HOUR
    hands.take(start_bot(slack_admins=ADMIN, clock=hands.clock))
    wait_for(lambda: says(slack, "It is ready.", "Delivered"))
    assert sent(vocatech) == ["It is ready."]


def test_restored_backup_does_not_repeat_a_scheduled_text_that_left_early(
    bot, start_bot, hands, slack, vocatech, thread, tmp_path
):
    line = schedule(slack, thread)
    backup = back_up(tmp_path / "bot.db", tmp_path / "backup.gz", now=hands.clock.now())
    slack.click(ANA, CHANNEL, line["ts"], "change_scheduled")
    view = open_view_with(slack, "Change message")
    slack.click_in_view(ANA, view["id"], {"action_id": "choose_send_time"}, "now")
    wait_for(lambda: slack.open_view(ANA)["submit"]["text"] == "Send")
    send(slack, slack.open_view(ANA))
    wait_for(lambda: sent(vocatech) == ["It is ready."])
    bot.bot.stop()
    restore(backup, tmp_path / "bot.db", now=hands.clock.now())
    hands.ahead += 60
    again = hands.take(start_bot(slack_admins=ADMIN, clock=hands.clock))
    [text] = again.store.scheduled_texts.of_writer(ANA, limit=9)
    release(hands, 22 * HOUR)
    reply = wait_for(
        lambda: (
            (found := again.store.texts.find(text.text_id).reply)
            and found.state not in (SendState.SCHEDULED, SendState.QUEUED)
            and found
        )
    )
    assert (reply.state, reply.reason) == (SendState.REFUSED, SENT_ELSEWHERE)
    assert sent(vocatech) == ["It is ready."]


def test_scheduling_from_a_card_claims_the_missed_call(bot, slack, vocatech):
    call_id = a_missed_call(vocatech)
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    view = choose(slack, open_modal(slack, message, "reply_to_call"), MORNING)
    send(slack, view)
    wait_for(lambda: card(slack, call_id, "Claimed by Ana", "Scheduled"))
    assert sent(vocatech) == []


def reach(bot, hands, slack, vocatech):
    call = vocatech.ring(from_=MARIA).answer().hang_up()
    wait_for(lambda: bot.store.calls.find(call.id) and bot.store.calls.find(call.id).is_over)


def close(bot, hands, slack, vocatech):
    [call] = bot.store.calls.latest_with([MARIA], limit=1)
    assert bot.store.claims.call_back(call.call_id, BEN, now=hands.clock.now())


def answer(bot, hands, slack, vocatech):
    vocatech.receive_text(MARIA, "Never mind, thank you")
    wait_for(lambda: says(slack, "Never mind"))


def reach_and_rename(bot, hands, slack, vocatech):
    reach(bot, hands, slack, vocatech)
    [contact] = bot.store.contacts.with_number(MARIA)
    named = replace(contact, fields={**contact.fields, "First Name": "Mary"})
    bot.store.contacts.save(named, now=hands.clock.now() + 60)


def reach_and_edit_template(bot, hands, slack, vocatech):
    reach(bot, hands, slack, vocatech)
    template = bot.store.templates.for_missed()
    assert bot.store.templates.save(replace(template, body="Sorry, we'll call you."))


def report_late(bot, hands, slack, vocatech):
    """Report that the call wasn't missed."""
    [call] = bot.store.calls.latest_with([MARIA], limit=1)
    late = event("call.answered", call.call_id, remote_number=MARIA)
    assert post_webhook(bot.url, late, stamp=int(hands.clock.now())).status_code == 200
    wait_for(lambda: bot.store.calls.find(call.call_id).outcome is Outcome.ANSWERED)


HANDLES = [report_late, reach, close, answer, reach_and_rename, reach_and_edit_template]


@pytest.mark.parametrize("handle", HANDLES)
def test_words_for_a_missed_call_do_not_leave_once_it_was_handled(
    bot, hands, slack, vocatech, handle
):
    call_id = a_missed_call(vocatech)
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    send(slack, choose(slack, open_modal(slack, message, "reply_to_call"), MORNING))
    wait_for(lambda: says(slack, "sorry that we missed your call", "Scheduled"))
    view = fill_in(slack, open_modal(slack, message, "reply_to_call"), "The offer: $50")
    send(slack, choose(slack, view, MORNING))
    hands.ahead += 20 * HOUR
    handle(bot, hands, slack, vocatech)
    release(hands, 1.1 * HOUR)
    wait_for(lambda: says(slack, "The offer", "Delivered"))
    not_sent = ("sorry that we missed", "Not sent", "the call was handled in the meantime")
    wait_for(lambda: says(slack, *not_sent))
    assert sent(vocatech) == ["The offer: $50"]


def schedule_apology(slack, vocatech, call_id):
    """Schedule the text of the template for a missed call, and return its line."""
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    send(slack, choose(slack, open_modal(slack, message, "reply_to_call"), MORNING))
    return wait_for(lambda: says(slack, "sorry that we missed your call", "Scheduled"))[0]


def is_not_sent(slack):
    not_sent = ("sorry that we missed", "Not sent", "the call was handled in the meantime")
    return says(slack, *not_sent)


def test_words_for_a_missed_call_do_not_leave_after_a_callback_that_was_unknown_before(
    bot, hands, slack, vocatech
):
    call_id = a_missed_call(vocatech)
    wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    hands.ahead += 60
    callback = vocatech.ring(to=MARIA, direction="outgoing").answer()  # only listed, at its end
    hands.ahead += 60
    schedule_apology(slack, vocatech, call_id)
    hands.ahead += 60
    callback.hang_up()
    hands.do("catch up", ahead=hands.ahead + 60)
    assert bot.store.calls.find(callback.id).outcome is Outcome.ANSWERED
    release(hands, 21.1 * HOUR)
    wait_for(lambda: is_not_sent(slack))
    assert sent(vocatech) == []


def test_words_for_a_missed_call_do_not_leave_before_the_calls_of_the_meantime_are_read(
    start_bot, hands, slack, vocatech
):
    first = hands.take(start_bot(slack_admins=ADMIN, clock=hands.clock))
    wait_for(first.store.contacts.count)
    schedule_apology(slack, vocatech, a_missed_call(vocatech))
    first.bot.stop()
    hands.ahead += 20 * HOUR
    vocatech.ring(from_=MARIA).answer().hang_up()
    hands.ahead += 2 * HOUR
    vocatech.faults.add(Fault(path="/calls", status=503))
    second = hands.take(start_bot(slack_admins=ADMIN, clock=hands.clock))
    wait_for(second.bot.services.text_poller.caught_up.is_set)
    hands.do("release scheduled texts")
    assert not is_not_sent(slack)
    vocatech.faults.clear()
    hands.do("catch up")
    hands.do("release scheduled texts")
    wait_for(lambda: is_not_sent(slack))
    assert sent(vocatech) == []


def fail_apology(slack, vocatech):
    """Send the words for a missed call, which fails; return the line with Send again."""
    call_id = a_missed_call(vocatech)
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    vocatech.messages.fail_next()
    send(slack, open_modal(slack, message, "reply_to_call"))
    [line] = wait_for(lambda: says(slack, "sorry that we missed your call", "Failed"))
    return line


def test_words_for_a_missed_call_that_are_sent_again_do_not_leave_once_it_was_handled(
    bot, hands, slack, vocatech
):
    line = fail_apology(slack, vocatech)
    send(slack, choose(slack, open_modal(slack, line, "send_again"), MORNING))
    wait_for(lambda: says(slack, "sorry that we missed your call", "Scheduled"))
    hands.ahead += 60
    reach(bot, hands, slack, vocatech)
    release(hands, 21.1 * HOUR)
    wait_for(lambda: is_not_sent(slack))
    assert len(vocatech.messages.ids()) == 1


def test_form_to_send_words_for_a_missed_call_again_says_that_it_was_handled(
    bot, hands, slack, vocatech
):
    line = fail_apology(slack, vocatech)
    hands.ahead += 60
    reach(bot, hands, slack, vocatech)
    view = open_modal(slack, line, "send_again")
    assert "Someone talked to this caller in the meantime." in str(view)
    send(slack, view)
    view = open_view_with(slack, "Select Send once more")
    assert sent(vocatech)[1:] == []
    send(slack, view)
    wait_for(lambda: len(sent(vocatech)) == 2)


def test_words_for_a_missed_call_leave_if_they_are_changed_to_now(bot, hands, slack, vocatech):
    line = schedule_apology(slack, vocatech, a_missed_call(vocatech))
    hands.ahead += 60
    answer(bot, hands, slack, vocatech)
    slack.click(ANA, CHANNEL, line["ts"], "change_scheduled")
    view = open_view_with(slack, "Change message")
    slack.click_in_view(ANA, view["id"], {"action_id": "choose_send_time"}, "now")
    wait_for(lambda: slack.open_view(ANA)["submit"]["text"] == "Send")
    send(slack, slack.open_view(ANA))
    wait_for(lambda: says(slack, "sorry that we missed your call", "Delivered"))
    assert len(sent(vocatech)) == 1


def test_form_to_change_words_for_a_missed_call_says_that_it_was_handled(
    bot, hands, slack, vocatech
):
    line = schedule_apology(slack, vocatech, a_missed_call(vocatech))
    hands.ahead += 60
    close(bot, hands, slack, vocatech)
    slack.click(ANA, CHANNEL, line["ts"], "change_scheduled")
    view = open_view_with(slack, "Ben Whitaker called this caller back after this message was")
    # Who reads this and still wants it to be sent gets what they want.
    send(slack, pick_time(slack, hands.clock.now() + 2 * HOUR))
    wait_for(lambda: bot.store.scheduled_texts.of_writer(ANA, limit=2)[0].version > 0)
    release(hands, 2.1 * HOUR)
    wait_for(lambda: says(slack, "sorry that we missed your call", "Delivered"))
    assert view


def test_form_from_before_the_upgrade_is_still_sent(bot, slack, vocatech, thread):
    view = open_modal(slack, thread, "reply_to_text")
    old = {"token": "old", "number": MARIA, "channel": CHANNEL}
    slack.views.opened(ANA, view["id"])["private_metadata"] = json.dumps(old)
    fill_in(slack, view, "Hi")
    send(slack, slack.open_view(ANA))
    wait_for(lambda: sent(vocatech) == ["Hi"])


def test_state_of_a_scheduled_text_is_no_delivery(bot, slack, thread):
    schedule(slack, thread)
    [text] = [one for one in bot.store.texts.written_between(0, 9e9) if one.reply.slack_user == ANA]
    assert text.reply.state is SendState.SCHEDULED
    assert text.is_scheduled
    assert not replace(text, reply=None).is_scheduled


# Around the store


@pytest.fixture
def scheduled_store(store):
    """Return a store with three texts: one queued, one due an hour ago, and one in an hour."""
    for text_id, send_at in (("queued", None), ("due", 9_000.0), ("planned", 16_200.0)):
        draft = Draft(text_id, MARIA, "+12125550115", "Hi", ANA, send_at=send_at, zone="UTC")
        store.send_queue.add(draft, now=5_000.0)
    return store


def states(store):
    return {one.text_id: one.reply.state for one in store.texts.written_between(0, 9e9)}


def test_restored_backup_sends_no_text_that_may_have_left_since(scheduled_store):
    scheduled_store.database.write(
        lambda db: mark_restored(db.conn, taken_at=6_000.0, now=12_600.0)
    )
    assert states(scheduled_store) == {
        "queued": SendState.UNCONFIRMED,
        "due": SendState.UNCONFIRMED,
        "planned": SendState.SCHEDULED,
    }


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 from replies where step = 'scheduled' and send_at <= 1 limit 1",
        "select distinct slack_user from replies where step = 'scheduled'",
        "select * from replies where step = 'scheduled' and slack_user = 'U1' order by send_at",
        (
            "select zone from replies where number = '+1' and zone is not null"
            " order by written_at desc limit 1"
        ),
        "select subject_kind, subject from posts where channel = 'C1' and ts = '1.0'",
    ],
)
def test_queries_use_an_index(store, sql):
    rows = store.database.rows(f"explain query plan {sql}")
    plan = " ".join(row["detail"] for row in rows)
    assert "INDEX" in plan
    assert "SCAN replies USING INDEX replies_scheduled" in plan or "SCAN" not in plan


@pytest.mark.parametrize("can_text", [True, False])
def test_guests_schedule_only_if_they_may_text_and_change_nothing(can_text):
    guests = Guests(None, None, None, frozenset(), can_text=can_text)
    view = {"view": {"type": "modal", "private_metadata": "{}"}}
    for action_id in ("choose_send_time", "choose_send_zone", "send_in_morning"):
        click = {"type": "block_actions", "actions": [{"action_id": action_id}], **view}
        assert guests._may(click) is can_text
    for action_id in ("choose_send_zone", "fill_in_template"):
        assert guests._may({"type": "block_suggestion", "action_id": action_id}) is can_text
    assert not guests._may({"type": "block_suggestion", "action_id": "choose_number"})
    for action_id in ("change_scheduled", "scheduled_menu", "show_scheduled"):
        on_message = {"container": {"type": "message"}, "channel": {"id": CHANNEL}}
        click = {"type": "block_actions", "actions": [{"action_id": action_id}], **on_message}
        assert not guests._may(click)
    for kind in ("shortcut", "message_action"):
        assert not guests._may({"type": kind, "callback_id": "new_sms"})
