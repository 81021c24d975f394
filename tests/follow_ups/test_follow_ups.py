"""Follow-ups: set in a form, sent once at their time, finished, snoozed, and handed back."""

import json
import threading
import time
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import NotAllowed
from bot.models.channels import ChannelSettings, QuietHours
from bot.models.customers.follow_ups import Closing, FollowUp, Topic
from bot.models.people import Mentions, Preference
from bot.outgoing_webhooks.payloads import follow_up_data
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.store import Store
from tests.conftest import CHANNEL, after_sync, read_calls, wait_for
from tests.support.webhooks import ended, send

pytestmark = [pytest.mark.any_rate, pytest.mark.calendar]

MARIA, OMAR = "+12125550123", "+13125550131"
CONTACT = {"First Name": "Maria", "Last Name": "Lopez", "Phone": "(212) 555-0123"}
HOUR, DAY = 3_600.0, 86_400.0
SEND, CLOSE = "send follow-ups", "close settled follow-ups"


@pytest.fixture
def vocatech():
    with FakeVocatech(backoff=(0.1, 0.2), contacts=[CONTACT]) as fake:
        yield fake


@pytest.fixture
def bot(start_bot, hands, slack):
    slack.state.users[ANA]["tz"] = "America/New_York"
    slack.state.users[BEN]["tz"] = "Europe/Berlin"
    running = hands.take(start_bot(slack_admins=ADMIN, clock=hands.clock))
    store = running.store
    wait_for(lambda: store.contacts.count() and store.slack_people.find(BEN))
    read_calls(running)
    return running


def set_up(bot, *, owner=ANA, by=None, due=-1.0, age=0.0, **more):
    """Store a follow-up that is due some seconds from now; return its ID."""
    now = bot.bot.services.clock.now()
    topic = more.pop("topic", Topic(number=MARIA))
    new = FollowUp(0, owner, by or owner, now + due, now, topic, **more)
    assert bot.store.follow_ups.add(new, token=f"t{time.monotonic_ns()}", now=now - age)
    return max(one.follow_up_id for one in bot.store.follow_ups.all_between(0.0, now + 1.0))


def reminders(slack, user=ANA):
    """Return a person's direct messages about follow-ups, the oldest first."""
    found = slack.messages(slack.direct_channel(user))
    return [one for one in found if "ollow-up" in one["text"]]


def reminder(slack, user=ANA, words="Follow-up: "):
    return wait_for(lambda: next((m for m in reminders(slack, user) if words in str(m)), None))


def labels(message):
    row = next(block for block in message["blocks"] if block["type"] == "actions")
    return [(one.get("text") or one["placeholder"])["text"] for one in row["elements"]]


def menu_of(message):
    """Return the ID of the block with the menu; Slack keeps a choice for as long as it stays."""
    return next(one["block_id"] for one in message["blocks"] if one["type"] == "actions")


def press(slack, message, action, value=None, user=ANA):
    return slack.click(user, slack.direct_channel(user), message["ts"], action, value)


def chosen(message, start):
    """Return the value of a choice in the snooze menu."""
    row = next(block for block in message["blocks"] if block["type"] == "actions")
    options = next(one["options"] for one in row["elements"] if "options" in one)
    return next(one["value"] for one in options if one["value"].startswith(start))


def contact_form(slack, user=ANA):
    """Open the form from a contact; return its view."""
    slack.type_command(user, CHANNEL, "/contact", "maria")
    shown = [m for m in slack.messages(CHANNEL) if m.get("is_ephemeral")][-1]
    slack.click(user, CHANNEL, shown["ts"], "remind_of_contact")
    return wait_for(lambda: slack.open_view(user))


def modal(slack, user=ANA):
    view = wait_for(lambda: slack.open_view(user))
    slack.views.close_all(user)
    return json.dumps(view, ensure_ascii=False)


def mine(bot, user=ANA):
    return bot.store.follow_ups.listed(user, limit=99)


def local(moment, zone="America/New_York"):
    return f"{datetime.fromtimestamp(moment, ZoneInfo(zone)):%H:%M}"


def audit(bot):
    return [(one.slack_user, one.what) for one in bot.store.audit.latest()[::-1]]


# --- the form


def test_form_sets_a_reminder_for_tomorrow_in_ones_own_zone(bot, slack):
    view = contact_form(slack)
    assert "Maria Lopez" in str(view["blocks"][0])
    fields = [one for one in view["blocks"] if (one.get("element") or {}).get("focus_on_load")]
    assert [one["label"]["text"] for one in fields] == ["When"]
    slack.submit_view(ANA, view["id"], {"note": {"note": "Ask about the oak"}})
    [one] = wait_for(lambda: mine(bot))
    assert (one.owner, one.created_by, one.note) == (ANA, ANA, "Ask about the oak")
    assert (local(one.due_at), one.topic) == ("09:00", Topic(contact_id=1, number=MARIA))
    said = wait_for(lambda: (v := slack.open_view(ANA)) and "Reminder set" in str(v) and v)
    assert "Vocatech will remind you about Maria Lopez on " in str(said)
    assert audit(bot) == [(ANA, "follow-up set")]


def test_typed_time_for_a_colleague_is_in_their_zone_and_confirmed(bot, slack):
    view = contact_form(slack)
    values = {"owner": {"owner": BEN}, "time": {"time": "tomorrow 3pm"}}
    slack.submit_view(ANA, view["id"], values)
    [one] = wait_for(lambda: mine(bot, BEN))
    assert (local(one.due_at, "Europe/Berlin"), one.created_by) == ("15:00", ANA)
    said = modal(slack)
    assert "Vocatech will remind Ben Whitaker about Maria Lopez" in said
    assert "3:00 PM CE" in said


def test_reminders_for_a_morning_or_night_come_before_work_or_after_midnight(bot, slack):
    for typed, at in (("tomorrow morning at 6", "06:00"), ("tomorrow night at 1", "01:00")):
        view = contact_form(slack)
        slack.submit_view(ANA, view["id"], {"time": {"time": typed}})
        assert at in wait_for(lambda: [local(one.due_at) for one in mine(bot)])
        slack.views.close_all(ANA)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("yesterday 9am", "is in the past"), ("soon", "isn't a time"), ("today", "needs a time")],
)
def test_wrong_times_are_explained_at_the_field_with_an_example(bot, slack, typed, said):
    view = contact_form(slack)
    answer = slack.submit_view(ANA, view["id"], {"time": {"time": typed}})
    assert said in answer["errors"]["time"]
    assert "For example" in answer["errors"]["time"]
    assert mine(bot) == []


def test_guests_apps_and_former_members_are_not_accepted(bot, slack):
    view = contact_form(slack)
    bot.store.slack_people.remove(BEN)
    answer = slack.submit_view(ANA, view["id"], {"owner": {"owner": BEN}})
    assert "Guests, apps, and former members" in answer["errors"]["owner"]
    assert mine(bot, BEN) == []


def test_form_submitted_twice_sets_one_follow_up(bot, slack):
    view = contact_form(slack)
    service = bot.bot.services.follow_ups
    state = {"when": {"when": {"selected_option": {"value": "2h"}}}}
    state["owner"] = {"owner": {"selected_user": ANA}}
    sent = {**view, "state": {"values": state}}
    for _ in range(2):
        assert not service.submit(sent, by=ANA).errors
    assert len(mine(bot)) == 1


def test_card_menu_opens_the_form_and_done_keeps_the_card(bot, slack):
    send(bot.url, ended("c", status="missed", remote_number=OMAR))
    wait_for(lambda: slack.posted_call_ids(CHANNEL) == ["c"])
    [card] = slack.messages(CHANNEL)
    slack.click(ANA, CHANNEL, card["ts"], "card_menu", "remind c")
    view = wait_for(lambda: slack.open_view(ANA))
    slack.submit_view(ANA, view["id"])
    [one] = wait_for(lambda: mine(bot))
    assert one.topic == Topic("c", number=OMAR)


def test_form_from_a_conversation_and_a_call_knows_the_caller(bot, slack):
    service = bot.bot.services.follow_ups
    send(bot.url, ended("c", status="missed", remote_number=OMAR))
    wait_for(lambda: bot.store.calls.find("c"))
    about_call = json.dumps(service.form_for_call("c", by=ANA))
    assert about_call.count("(312) 555-0131") == 1
    assert "talks to the caller on the phone" in about_call
    assert "Maria Lopez" in str(service.form_for_thread(MARIA, by=ANA))
    assert "no longer stored" in str(service.form_for_call("gone", by=ANA))
    assert "no longer stored" in str(service.form_for_thread("gone", by=ANA))
    assert "deleted" in str(service.form_for_contact(99, by=ANA))


# --- the reminder


def test_reminder_comes_once_with_facts_and_buttons(bot, slack, hands):
    send(bot.url, ended("c", status="missed", remote_number=MARIA))
    wait_for(lambda: bot.store.calls.find("c"))
    set_up(bot, by=BEN, note="Quote for the oak", topic=Topic("c", number=MARIA))
    for _ in range(3):
        hands.do(SEND)
    message = reminder(slack)
    assert message["text"] == "Follow-up: Maria Lopez, (212) 555-0123. Quote for the oak"
    assert labels(message) == ["Done", "Snooze", "Reply via SMS", "Open"]
    assert "Missed call" in str(message)
    assert "Set by Ben" in str(message)
    assert len(reminders(slack)) == 1


def test_reminder_of_a_contact_names_a_number_that_the_contact_still_has(bot, slack, hands):
    [maria] = bot.store.contacts.with_number(MARIA)
    set_up(bot, topic=Topic(contact_id=maria.contact_id, number=MARIA), due=60.0)
    # Omar gets her old number.
    bot.store.contacts.save(replace(maria, numbers=("+12125550199",)), now=after_sync())
    omar = replace(maria, contact_id=991, fields={"First Name": "Omar"})
    bot.store.contacts.save(omar, now=after_sync())
    hands.do(SEND, ahead=120.0)
    shown = reminder(slack, words="Follow-up: Maria Lopez, (212) 555-0199")
    assert "555-0123" not in str(shown)
    press(slack, shown, "reply_to_text")
    view = modal(slack)
    assert "Maria Lopez" in view
    assert "(212) 555-0199" in view
    [listed] = mine(bot)
    payload = follow_up_data(listed, bot.store, is_shown=True)
    assert (payload["number"], payload["name"]) == ("+12125550199", "Maria Lopez")


def test_settings_saved_while_the_direct_message_opens_are_kept(bot, slack, hands):
    set_up(bot)

    def save_settings(method, _params):
        if method == "conversations.open":
            bot.store.preferences.set(ANA, Preference(Mentions.NEVER))

    slack.before_method = save_settings
    hands.do(SEND)
    reminder(slack)
    assert bot.store.preferences.of(ANA).mentions is Mentions.NEVER


def test_nothing_is_sent_before_its_time(bot, slack, hands):
    set_up(bot, due=HOUR)
    hands.do(SEND)
    assert bot.store.follow_ups.listed(ANA, limit=1)[0].reminded_at is None
    hands.do(SEND, ahead=HOUR + 1)
    reminder(slack)


def test_done_updates_the_message_and_the_home(bot, slack, hands):
    set_up(bot)
    hands.do(SEND)
    press(slack, reminder(slack), "follow_up_done")
    reminder(slack, words="Follow-up done by Ana Torres")
    assert mine(bot) == []
    assert audit(bot) == [(ANA, "follow-up set"), (ANA, "follow-up done")]


def test_snooze_sends_a_new_message_later(bot, slack, hands):
    set_up(bot)
    hands.do(SEND)
    message = reminder(slack)
    press(slack, message, "snooze_follow_up", chosen(message, "hour"))
    reminder(slack, words="snoozed by Ana Torres")
    hands.do(SEND)
    assert len(reminders(slack)) == 1
    hands.do(SEND, ahead=HOUR + 60)
    wait_for(lambda: len(reminders(slack)) == 2)
    assert labels(reminder(slack))[0] == "Done"


def test_other_time_can_be_chosen_again_after_the_form_was_closed(bot, slack, hands):
    set_up(bot)
    hands.do(SEND)
    seen = set()
    for _ in range(2):
        message = wait_for(
            lambda: reminder(slack) if menu_of(reminder(slack)) not in seen else None
        )
        seen.add(menu_of(message))
        press(slack, message, "snooze_follow_up", chosen(message, "other"))
        assert "Edit follow-up" in modal(slack)
    wait_for(lambda: menu_of(reminder(slack)) not in seen)
    assert labels(reminder(slack))[:2] == ["Done", "Snooze"]
    assert mine(bot)[0].version == 1


def test_snooze_until_another_time_opens_the_form(bot, slack, hands):
    set_up(bot, note="Old note")
    hands.do(SEND)
    message = reminder(slack)
    press(slack, message, "snooze_follow_up", chosen(message, "other"))
    view = wait_for(lambda: slack.open_view(ANA))
    assert "Edit follow-up" in str(view)
    assert "Keep " not in str(view)
    slack.submit_view(ANA, view["id"], {"time": {"time": "in 3 hours"}})
    wait_for(lambda: mine(bot)[0].version == 2)
    assert mine(bot)[0].note == "Old note"
    reminder(slack, words="snoozed")


def test_reminder_sent_to_a_user_id_is_edited_after_a_click(bot, slack, hands):
    slack.faults.add(Fault(path="conversations.open", status=503))
    set_up(bot)
    hands.do(SEND)
    message = reminder(slack)
    slack.faults.clear()
    press(slack, message, "follow_up_done")
    reminder(slack, words="Follow-up done")


def test_quiet_hours_of_a_person_hold_the_reminder(bot, slack, hands):
    direct = slack.direct_channel(ANA)
    now = hands.clock.now()
    minute = int(now // 60) % (24 * 60)
    quiet = QuietHours("UTC", (minute - 5) % (24 * 60), (minute + 60) % (24 * 60))
    bot.store.preferences.set(ANA, Preference(channel=direct))
    bot.store.channels.set(ChannelSettings(direct, quiet=quiet))
    set_up(bot)
    set_up(bot, owner=BEN)
    hands.do(SEND)
    reminder(slack, BEN)
    assert reminders(slack) == []
    hands.do(SEND, ahead=2 * HOUR)
    reminder(slack)


def test_members_only_get_reminders(bot, slack, hands):
    set_up(bot)
    bot.store.slack_people.remove(ANA)
    hands.do(SEND)
    assert bot.store.follow_ups.listed(ANA, limit=1)[0].reminded_at is None


def test_a_restart_repeats_no_reminder(bot, slack, hands, start_bot):
    set_up(bot)
    hands.do(SEND)
    reminder(slack)
    bot.bot.stop()
    read_calls(hands.take(start_bot(slack_admins=ADMIN, clock=hands.clock)))
    hands.do(SEND)
    set_up_again = hands.bot.services.store.follow_ups.listed(ANA, limit=9)
    assert len(set_up_again) == 1
    assert len(reminders(slack)) == 1


def test_follow_up_that_ends_before_it_is_posted_is_not_posted(bot, slack, hands):
    follow_up_id = set_up(bot)
    bot.store.follow_ups.queue_reminders({ANA: slack.direct_channel(ANA)}, now=hands.clock.now())
    bot.store.follow_ups.close(follow_up_id, Closing.DONE, by=BEN, now=hands.clock.now())
    bot.bot.workers.wake()
    wait_for(lambda: bot.store.posts.channels_with_work() == [])
    assert reminders(slack) == []


# --- two people


def test_of_two_who_finish_at_the_same_time_the_second_sees_the_first(bot, slack):
    follow_up_id = set_up(bot, by=BEN)
    service, results = bot.bot.services.follow_ups, {}
    start = threading.Barrier(2)

    def finish(user):
        start.wait()
        results[user] = service.finish(follow_up_id, by=user)

    both = [threading.Thread(target=finish, args=[user]) for user in (ANA, BEN)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    [conflict] = [view for view in results.values() if view]
    assert "already marked this follow-up as done" in str(conflict)
    assert [what for _, what in audit(bot)].count("follow-up done") == 1


def test_snooze_after_a_colleague_was_faster_is_explained(bot):
    follow_up_id = set_up(bot, by=BEN)
    service = bot.bot.services.follow_ups
    assert service.snooze(follow_up_id, 1, "hour", by=BEN) is None
    assert service.snooze(follow_up_id, 1, "tomorrow", by=BEN) is None  # a second click
    assert "moved this follow-up to" in str(service.snooze(follow_up_id, 1, "tomorrow", by=ANA))
    assert service.finish(follow_up_id, by=ANA) is None
    assert "Ana Torres already marked" in str(service.snooze(follow_up_id, 2, "hour", by=BEN))
    assert service.finish(follow_up_id, by=ANA) is None
    assert "already marked" in str(service.edit_form(follow_up_id, by=BEN))


def test_form_that_a_colleague_overtook_saves_nothing(bot, slack):
    follow_up_id = set_up(bot, by=BEN)
    service = bot.bot.services.follow_ups
    view = service.edit_form(follow_up_id, by=ANA)
    assert service.snooze(follow_up_id, 1, "hour", by=BEN) is None
    state = {"time": {"time": {"value": "in 5 hours"}}, "owner": {"owner": {"selected_user": ANA}}}
    saved = service.submit({**view, "state": {"values": state}}, by=ANA)
    assert "Someone changed this follow-up" in saved.errors["time"]
    assert mine(bot)[0].version == 2


def test_note_that_a_colleague_changed_is_not_overwritten(bot, slack):
    follow_up_id = set_up(bot, by=BEN, due=DAY, note="Ask about the oak")
    service = bot.bot.services.follow_ups
    older, view = (service.edit_form(follow_up_id, by=user) for user in (ANA, BEN))

    def submit(view, owner, note, by):
        values = {"owner": {"selected_user": owner}, "note": {"value": note}}
        values["when"] = {"selected_option": {"value": "keep"}}
        state = {"values": {name: {name: one} for name, one in values.items()}}
        return service.submit({**view, "state": state}, by=by)

    assert not submit(view, ANA, "Ask about the ash", BEN).errors
    saved = submit(older, ANA, "Ask about the oak and the price", ANA)
    assert "Someone changed this follow-up" in saved.errors["time"]
    assert [(one.note, one.version) for one in mine(bot)] == [("Ask about the ash", 1)]
    seen = bot.store.follow_ups.find(follow_up_id)
    outdated, now = replace(seen, note="Ask about the oak"), bot.bot.services.clock.now()
    assert not bot.store.follow_ups.change(outdated, seen, by=ANA, token="t", now=now)
    assert not submit(service.edit_form(follow_up_id, by=ANA), ANA, "Both", ANA).errors
    assert mine(bot)[0].note == "Both"


def test_only_its_owner_creator_and_admins_change_a_follow_up(bot, slack):

    follow_up_id = set_up(bot, owner=ANA, by=ANA)
    service = bot.bot.services.follow_ups
    for attempt in (
        lambda: service.finish(follow_up_id, by=BEN),
        lambda: service.delete(follow_up_id, by=BEN),
        lambda: service.snooze(follow_up_id, 1, "hour", by=BEN),
        lambda: service.edit_form(follow_up_id, by=BEN),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert mine(bot)[0].is_open
    assert audit(bot)[-1] == (BEN, "not allowed: change a follow-up that someone else has")
    assert service.finish(follow_up_id, by=ADMIN) is None


# --- lists


def test_list_shows_overdue_ones_first_and_its_menu_works(bot, slack, hands):
    set_up(bot, due=DAY, note="Later one")
    set_up(bot, due=-DAY, note="Late one")
    set_up(bot, owner=BEN, by=ANA, due=HOUR, note="For Ben")
    set_up(bot, owner=BEN, note="Not mine")
    slack.type_command(ANA, CHANNEL, "/vocatech", "follow-ups")
    view = wait_for(lambda: slack.open_view(ANA))
    said = json.dumps(view)
    assert said.index("Late one") < said.index("For Ben") < said.index("Later one")
    assert "Not mine" not in said
    assert said.count("*Overdue*") == 1
    first = view["blocks"][0]["accessory"]["options"]
    assert [one["text"]["text"] for one in first][:2] == ["Mark as done", "Snooze until tomorrow"]
    menu = {"action_id": "follow_up_menu", "block_id": view["blocks"][0]["block_id"]}
    slack.click_in_view(ANA, view["id"], menu, first[0]["value"])
    wait_for(lambda: "Late one" not in str(slack.open_view(ANA)))


def test_thousands_are_paged(bot, slack):
    now = bot.bot.services.clock.now()
    rows = [(ANA, ANA, now + n, now, MARIA, f"n{n}", 0) for n in range(3_000)]
    bot.store.database.write(
        lambda db: db.conn.executemany(
            "insert into follow_ups (owner, created_by, due_at, created_at, number, note,"
            " ends_with_talk) values (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    )
    service = bot.bot.services.follow_ups
    last = service.list_view(ANA, page=150)
    assert "n2999" in str(last)
    assert "Page 150 of 150" in str(last)
    assert service.list_view(ANA, page=9_999) == last
    home = bot.bot.services.home
    home.show(ANA)
    assert "Follow-ups (3,000)" in str(slack.home_view(ANA))
    assert "Show 2,995 more" in str(slack.home_view(ANA))


def test_home_lists_follow_ups_with_what_is_overdue(bot, slack):
    set_up(bot, due=-HOUR, by=BEN, note="Call about the oak")
    bot.bot.services.home.show(ANA)
    said = str(slack.home_view(ANA))
    assert "1 follow-up overdue" in said
    assert "Set by Ben" in said
    assert "Call about the oak" in said


# --- how they end without a click


def test_a_conversation_closes_it_on_request(bot, slack, hands):
    set_up(bot, ends_with_talk=True, age=HOUR)
    set_up(bot, ends_with_talk=False, age=HOUR, note="stays")
    hands.do(SEND)
    wait_for(lambda: len(reminders(slack)) == 2)
    send(bot.url, ended("talk", status="answered", remote_number=MARIA))
    wait_for(lambda: bot.store.calls.find("talk"))
    hands.do(CLOSE)
    reminder(slack, words="closed after a call")
    assert [one.note for one in mine(bot)] == ["stays"]


def test_missed_calls_and_earlier_conversations_close_nothing(bot, slack, hands):
    send(bot.url, ended("before", status="answered", remote_number=MARIA))
    set_up(bot, ends_with_talk=True)
    send(bot.url, ended("missed", status="missed", remote_number=MARIA))
    wait_for(lambda: bot.store.calls.find("missed"))
    hands.do(CLOSE)
    assert len(mine(bot)) == 1


def test_only_conversations_after_the_request_close_it(bot, slack, hands):
    follow_up_id = set_up(bot, due=DAY, age=HOUR)
    send(bot.url, ended("earlier", status="answered", remote_number=MARIA))
    wait_for(lambda: bot.store.calls.find("earlier"))
    slack.type_command(ANA, CHANNEL, "/vocatech", "follow-ups")
    view = wait_for(lambda: slack.open_view(ANA))
    slack.click_in_view(ANA, view["id"], "follow_up_menu", f"edit {follow_up_id} 1")
    form = wait_for(lambda: (v := slack.open_view(ANA)) and v["id"] != view["id"] and v)
    slack.submit_view(ANA, form["id"], {"talk": {"talk": ["talk"]}})
    wait_for(lambda: mine(bot)[0].ends_with_talk)
    hands.do(CLOSE)
    assert len(mine(bot)) == 1
    later = ended("later", status="answered", remote_number=MARIA)
    later["data"]["start_time"] = later["data"]["end_time"]
    send(bot.url, later)
    wait_for(lambda: bot.store.calls.find("later"))
    hands.do(CLOSE)
    assert mine(bot) == []


def test_conversation_on_another_number_of_the_contact_closes_it(bot, slack, hands):
    [maria] = bot.store.contacts.with_number(MARIA)
    bot.store.contacts.save(replace(maria, numbers=(MARIA, OMAR)), now=after_sync())
    about = Topic(contact_id=maria.contact_id, number=MARIA)
    set_up(bot, ends_with_talk=True, age=HOUR, topic=about)
    set_up(bot, ends_with_talk=True, age=HOUR, note="about the number only")
    send(bot.url, ended("talk", status="answered", remote_number=OMAR))
    wait_for(lambda: bot.store.calls.find("talk"))
    hands.do(CLOSE)
    assert [one.note for one in mine(bot)] == ["about the number only"]


def test_a_conversation_before_its_time_leaves_nothing_to_remind_of(bot, slack, hands):
    set_up(bot, ends_with_talk=True, age=HOUR)
    send(bot.url, ended("talk", status="answered", remote_number=MARIA))
    wait_for(lambda: bot.store.calls.find("talk"))
    hands.do(SEND)
    assert mine(bot) == []
    assert reminders(slack) == []


def test_a_deactivated_owner_hands_follow_ups_back(bot, slack, hands):
    set_up(bot, owner=BEN, by=ANA, note="from Ana")
    set_up(bot, owner=BEN, note="his own")
    hands.do(SEND)
    reminder(slack, BEN)
    slack.change_user(BEN, deleted=True)
    wait_for(lambda: [one.note for one in mine(bot, ADMIN)] == ["his own"])
    assert [one.owner for one in mine(bot)] == [ANA]
    hands.do(SEND)
    reminder(slack, ANA, "from Ana")
    reminder(slack, ADMIN, "his own")
    wait_for(
        lambda: "2 follow-ups were handed back" in str(slack.messages(slack.direct_channel(ADMIN)))
    )
    assert audit(bot).count(("Slack", "follow-up handed back")) == 2


def test_an_owner_who_becomes_a_guest_hands_follow_ups_back(bot, slack):
    set_up(bot, owner=BEN, by=ANA)
    slack.change_user(BEN, is_restricted=True)
    wait_for(lambda: [one.owner for one in mine(bot)] == [ANA])


def test_follow_up_of_an_owner_who_became_a_guest_while_the_app_was_off_is_handed_back(
    bot, slack, hands
):
    set_up(bot, owner=BEN, by=ANA)
    slack.state.users[BEN]["is_restricted"] = True  # without an event
    hands.do(SEND)
    wait_for(lambda: [one.owner for one in mine(bot)] == [ANA])
    reminder(slack, ANA)
    assert reminders(slack, BEN) == []
    told = wait_for(lambda: slack.messages(slack.direct_channel(ADMIN)))
    assert "is a guest in Slack now. 1 follow-up was handed back" in str(told)


def test_an_erased_number_closes_and_empties_its_follow_ups(bot, slack, hands):
    send(bot.url, ended("c", status="missed", remote_number=MARIA))
    wait_for(lambda: bot.store.calls.find("c"))
    follow_up_id = set_up(bot, topic=Topic("c", number=MARIA), note="Secret plan")
    waiting = set_up(bot, due=HOUR, note="Secret, too")
    contact = set_up(bot, due=HOUR, topic=Topic(contact_id=1, number=OMAR), note="Her office")
    other = set_up(bot, due=HOUR, topic=Topic(number=OMAR), note="Stays")
    hands.do(SEND)
    reminder(slack)
    assert bot.store.erasures.held(MARIA).follow_ups == 3
    exported = dict(bot.store.erasures.everything(MARIA))["follow_ups"]
    assert {one["note"] for one in exported} == {"Secret plan", "Secret, too", "Her office"}
    bot.store.erasures.erase(MARIA, by="terminal", now=hands.clock.now())
    bot.bot.workers.wake()
    wait_for(lambda: "Erased on request" in str(slack.messages(slack.direct_channel(ANA))))
    for one in (follow_up_id, waiting, contact):
        found = bot.store.follow_ups.find(one)
        assert (found.closing, found.note, found.topic) == (Closing.ERASED, "", Topic())
    assert bot.store.follow_ups.find(other).note == "Stays"
    assert "was deleted" in str(bot.bot.services.follow_ups.finish(follow_up_id, by=ANA))


def test_closed_and_long_overdue_follow_ups_expire_with_the_calls(bot, hands):
    now = hands.clock.now()
    old, done, kept = set_up(bot, due=-100 * DAY), set_up(bot, due=-90 * DAY), set_up(bot)
    bot.store.follow_ups.queue_reminders({ANA: ANA}, now=now)
    bot.store.follow_ups.close(done, Closing.DONE, by=ANA, now=now - 60 * DAY)
    bot.store.retention.delete("calls", before=now - 30 * DAY)
    assert [bot.store.follow_ups.find(one) is None for one in (old, done, kept)] == [
        True,
        True,
        False,
    ]
    left = bot.store.database.rows("select detail from notices where kind = 'follow-up'")
    assert [json.loads(row["detail"])["follow_up_id"] for row in left] == [kept]


def test_two_processes_queue_each_reminder_once(bot, hands, tmp_path):
    for _ in range(20):
        set_up(bot)
    other = Store.open(next(tmp_path.glob("*.db")))
    found = []
    now = hands.clock.now()

    def queue(store):
        found.extend(store.follow_ups.queue_reminders({ANA: "D1"}, now=now))

    both = [threading.Thread(target=queue, args=[one]) for one in (bot.store, other)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    other.close()
    assert len(found) == len(set(found)) == 20


def test_lists_are_read_by_index_however_many_others_there_are(bot):
    now = bot.bot.services.clock.now()
    rows = [(f"U{n % 50}", f"U{n % 70}", now + n, now, "", 0) for n in range(5_000)]
    bot.store.database.write(
        lambda db: db.conn.executemany(
            "insert into follow_ups (owner, created_by, due_at, created_at, note, ends_with_talk)"
            " values (?, ?, ?, ?, ?, ?)",
            rows,
        )
    )
    mine = [n for n in range(5_000) if "U7" in {f"U{n % 50}", f"U{n % 70}"}]
    assert bot.store.follow_ups.count("U7") == len(mine)
    page = bot.store.follow_ups.listed("U7", skip=20, limit=20)
    assert [round(one.due_at - now) for one in page] == mine[20:40]
    steps = {"count": 0}

    def note():
        steps["count"] += 1

    reader = bot.store.database._reader()
    reader.set_progress_handler(note, 100)
    bot.store.follow_ups.listed("U7", limit=20)
    reader.set_progress_handler(None, 0)
    assert steps["count"] < 50  # a scan takes more than 500


def test_admins_see_and_change_the_follow_ups_of_a_mentioned_person(bot, slack):
    for _ in range(21):
        set_up(bot, owner=BEN, due=HOUR)
    mine_only = set_up(bot, owner=ADMIN, due=HOUR, note="My own")
    slack.type_command(ADMIN, CHANNEL, "/vocatech", f"follow-ups <@{BEN}>")
    shown = "Follow-ups of Ben Whitaker"
    view = wait_for(lambda: (v := slack.open_view(ADMIN)) and shown in str(v) and v)
    assert "For Ben Whitaker" in str(view)
    assert "My own" not in str(view)
    slack.click_in_view(ADMIN, view["id"], "turn_follow_ups_page:2")
    view = wait_for(lambda: (v := slack.open_view(ADMIN)) and "Page 2 of 2" in str(v) and v)
    assert shown in str(view)
    last = mine(bot, BEN)[-1]
    slack.click_in_view(
        ADMIN, view["id"], "follow_up_menu", f"done {last.follow_up_id} {last.version}"
    )
    wait_for(lambda: "Page 2" not in str(slack.open_view(ADMIN)))
    assert shown in str(slack.open_view(ADMIN))
    assert len(mine(bot, BEN)) == 20
    assert bot.store.follow_ups.find(mine_only).is_open
    answer = slack.type_command(ANA, CHANNEL, "/vocatech", f"follow-ups <@{BEN}>")
    assert "Only admins can see follow-ups of other people" in str(answer.body)
    assert audit(bot)[-1] == (ANA, "not allowed: see follow-ups of other people")
    slack.type_command(ANA, CHANNEL, "/vocatech", f"follow-ups <@{ANA}>")
    wait_for(lambda: "No follow-ups. To add one" in str(slack.open_view(ANA)))
    for typed in ("follow-ups @ben", "follow-ups ben", "follow-ups of Ben Whitaker"):
        answer = slack.type_command(ANA, CHANNEL, "/vocatech", typed)
        assert "/vocatech follow-ups @Ben" in str(answer.body)


def test_guests_set_and_see_no_follow_ups(bot, slack):
    slack.add_user("U0GUEST001", "Gil Guest", "gil@example.com", rank="guest")
    answer = slack.type_command("U0GUEST001", CHANNEL, "/vocatech", "follow-ups")
    assert "Guests of this workspace" in answer["text"]
    send(bot.url, ended("c", status="missed", remote_number=OMAR))
    wait_for(lambda: slack.posted_call_ids(CHANNEL) == ["c"])
    [card] = [one for one in slack.messages(CHANNEL) if one.get("metadata")]
    slack.click("U0GUEST001", CHANNEL, card["ts"], "card_menu", "remind c")
    assert slack.open_view("U0GUEST001") is None or "Guests" in str(slack.open_view("U0GUEST001"))
