"""Changes made in a modal also show in the list or the card from which it was opened."""

import pytest

from bot.models.customers.follow_ups import FollowUp, Topic
from bot.sandbox.slack.workspace import ADMIN, BEN
from bot.store.send_queue import Draft
from tests.conftest import CHANNEL, wait_for
from tests.home.test_home import home_of
from tests.missed_calls.test_claims import press_in_home
from tests.support.webhooks import ended, send

MARIA, UNKNOWN, GUEST = "+12125550142", "+13125550188", "U0GUEST001"
DAY = 86_400.0


@pytest.fixture
def bot(start_bot):
    started = start_bot(slack_admins=ADMIN)
    wait_for(lambda: started.store.slack_people.find(BEN) and started.store.contacts.fields())
    return started


def receive_missed_call(bot, call_id="missed", number=MARIA):
    send(bot.url, ended(call_id, status="missed", remote_number=number))
    wait_for(lambda: bot.store.calls.find(call_id))


def press(slack, action_id, value):
    """Press a button in Home; return the modal that it opens."""
    action = {"type": "button", "action_id": action_id, "value": value}
    slack.sender.interact(press_in_home(slack, ADMIN, home_of(slack, ADMIN), action))
    return wait_for(lambda: slack.open_view(ADMIN))


def above(slack, view):
    """Return the modal that is opened on top of another one."""
    return wait_for(lambda: (v := slack.open_view(ADMIN)) and v["id"] != view["id"] and v)


def choose(slack, view, action_id, value):
    """Choose something in a modal; return the modal that it opens on top."""
    slack.click_in_view(ADMIN, view["id"], action_id, value)
    return above(slack, view)


def wait_for_words(slack, view, words, *, shown=True):
    """Wait until the open modal is this one, and has some words in it, or hasn't any more."""
    wait_for(
        lambda: (
            (v := slack.open_view(ADMIN)) and v["id"] == view["id"] and (words in str(v)) == shown
        )
    )


def test_change_of_a_scheduled_message_shows_in_its_list(bot, slack):
    later = bot.bot.services.clock.now() + DAY
    draft = Draft("t1", MARIA, "+12125550115", "Old words.", ADMIN, send_at=later, zone="UTC")
    bot.store.send_queue.add(draft, now=later - DAY)
    listed = press(slack, "show_scheduled", "scheduled")
    assert "Old words." in str(listed)
    form = choose(slack, listed, "scheduled_menu", "change t1")
    slack.submit_view(ADMIN, form["id"], {"words:0": {"type_reply": "New words."}})
    wait_for_words(slack, listed, "New words.")


def test_change_of_a_follow_up_shows_in_its_list(bot, slack):
    now = bot.bot.services.clock.now()
    new = FollowUp(0, ADMIN, ADMIN, now + DAY, now, Topic(number=MARIA), "Old note")
    bot.store.follow_ups.add(new, token="t", now=now)
    slack.type_command(ADMIN, slack.direct_channel(ADMIN), "/vocatech", "follow-ups")
    listed = wait_for(lambda: slack.open_view(ADMIN))
    assert "Old note" in str(listed)
    form = choose(slack, listed, "follow_up_menu", "edit 1 1")
    slack.submit_view(ADMIN, form["id"], {"note": {"note": "New note"}})
    slack.close_view(ADMIN, form["id"])
    wait_for_words(slack, listed, "New note")


def test_reply_shows_in_the_call_and_in_home_below_it(bot, slack):
    receive_missed_call(bot)
    call = press(slack, "open_call", "missed")
    assert "claim_call" in str(call)
    form = choose(slack, call, "reply_to_call", "missed")
    slack.submit_view(ADMIN, form["id"], {"words:0": {"type_reply": "We call you at 3."}})
    slack.close_view(ADMIN, form["id"])
    wait_for_words(slack, call, "Claimed by")
    wait_for(lambda: "Your callbacks (1)" in str(slack.home_view(ADMIN)))


def test_opt_out_shows_in_the_call_below_its_form(bot, slack):
    receive_missed_call(bot)
    call = press(slack, "open_call", "missed")
    form = choose(slack, call, "reply_to_call", "missed")
    slack.click_in_view(ADMIN, form["id"], "record_opt_out", MARIA)
    wait_for(lambda: bot.store.opt_outs.of(MARIA))
    wait_for(lambda: "lift_opt_out" in str(slack.open_view(ADMIN)))
    slack.close_view(ADMIN, form["id"])
    wait_for_words(slack, call, "reply_to_call", shown=False)


def test_reassigned_call_leaves_the_list_and_home_below_it(bot, slack):
    receive_missed_call(bot)
    bot.store.claims.take("missed", ADMIN, now=bot.bot.services.clock.now())
    listed = press(slack, "show_callbacks", "mine")
    form = choose(slack, listed, "callback_menu", "hand_over missed")
    slack.submit_view(ADMIN, form["id"], {"whom": {"whom": BEN}})
    wait_for_words(slack, listed, "hand_over missed", shown=False)
    wait_for(lambda: "No callbacks." in str(slack.home_view(ADMIN)))


def test_call_that_is_settled_in_its_modal_leaves_the_list_and_home_below_it(bot, slack):
    receive_missed_call(bot)
    bot.store.claims.take("missed", ADMIN, now=bot.bot.services.clock.now())
    listed = press(slack, "show_callbacks", "mine")
    call = choose(slack, listed, "callback_menu", "open missed")
    slack.click_in_view(ADMIN, call["id"], "called_back", "missed")
    wait_for_words(slack, call, "Marked as called back")
    slack.close_view(ADMIN, call["id"])
    wait_for_words(slack, listed, "hand_over missed", shown=False)
    wait_for(lambda: "No callbacks." in str(slack.home_view(ADMIN)))


def test_caller_who_is_marked_in_the_call_leaves_the_list_and_home_below_it(bot, slack):
    receive_missed_call(bot, number=UNKNOWN)
    bot.store.claims.take("missed", ADMIN, now=bot.bot.services.clock.now())
    listed = press(slack, "show_callbacks", "mine")
    call = choose(slack, listed, "callback_menu", "open missed")
    question = choose(slack, call, "card_menu", "spam missed")
    slack.submit_view(ADMIN, question["id"], {})
    wait_for(lambda: "No callbacks." in str(slack.home_view(ADMIN)))
    wait_for_words(slack, call, "unmark missed")
    slack.close_view(ADMIN, call["id"])
    wait_for_words(slack, listed, "hand_over missed", shown=False)


def test_removed_mark_shows_in_the_home_below_the_call(bot, slack):
    receive_missed_call(bot, number=UNKNOWN)
    bot.store.claims.take("missed", ADMIN, now=bot.bot.services.clock.now())
    call = press(slack, "open_call", "missed")
    question = choose(slack, call, "card_menu", "spam missed")
    slack.submit_view(ADMIN, question["id"], {})
    wait_for(lambda: "No callbacks." in str(slack.home_view(ADMIN)))
    wait_for_words(slack, call, "unmark missed")
    slack.click_in_view(ADMIN, call["id"], "card_menu", "unmark missed")
    wait_for(lambda: "Your callbacks (1)" in str(slack.home_view(ADMIN)))


def test_caller_with_a_new_contact_leaves_the_list_below_its_form(bot, slack):
    receive_missed_call(bot, number=UNKNOWN)
    slack.type_command(ADMIN, slack.direct_channel(ADMIN), "/vocatech", "callers")
    listed = wait_for(lambda: slack.open_view(ADMIN))
    form = choose(slack, listed, "caller_menu", f"contact {UNKNOWN}")
    values = {"field:First Name": {"value": "Nina"}, "field:Last Name": {"value": "Berg"}}
    slack.submit_view(ADMIN, form["id"], values)
    wait_for(lambda: "Nina" in str(slack.open_view(ADMIN)))
    slack.close_view(ADMIN, form["id"])
    wait_for_words(slack, listed, UNKNOWN, shown=False)


def test_call_of_a_guest_keeps_what_guests_may_use_after_a_reply(start_bot, slack):
    slack.add_user(GUEST, "Gil Guest", "gil@example.com", rank="guest")
    bot = start_bot(guests_can_text=True)
    receive_missed_call(bot)
    wait_for(lambda: slack.messages(CHANNEL))
    slack.type_command(GUEST, CHANNEL, "/calls", "")
    listed = [one for one in slack.messages(CHANNEL) if one.get("is_ephemeral")][-1]
    slack.click(GUEST, CHANNEL, listed["ts"], "open_call", "missed")
    call = wait_for(lambda: slack.open_view(GUEST))
    slack.click_in_view(GUEST, call["id"], "reply_to_call", "missed")
    form = wait_for(lambda: (v := slack.open_view(GUEST)) and v["id"] != call["id"] and v)
    slack.submit_view(GUEST, form["id"], {"words:0": {"type_reply": "We call you at 3."}})
    wait_for(lambda: "Claimed by" in str(slack.messages(CHANNEL)))
    slack.close_view(GUEST, form["id"])
    assert slack.open_view(GUEST)["blocks"] == call["blocks"]
