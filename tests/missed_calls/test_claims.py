"""Missed calls in Slack: claim, release, reassign, mark as called back, reopen."""

import contextlib
import json
import threading
import time

import pytest

from bot.sandbox.block_kit.check import check_blocks
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.store import Store
from tests.conftest import CHANNEL, wait_for
from tests.home.test_home import home_of
from tests.missed_calls.test_open_calls import NOON, call_event, new_number
from tests.missed_calls.test_open_calls import save as keep

pytestmark = pytest.mark.calendar

MARIA = "+12125550142"


def card(slack, call_id, *words):
    """Return the card of a call once it contains all these words."""

    def found():
        for message in slack.messages(CHANNEL):
            about = message.get("metadata", {}).get("event_payload", {})
            if about.get("call_id") == call_id and all(word in str(message) for word in words):
                return message
        return None

    return wait_for(found)


def labels(message):
    buttons = [one for block in message["blocks"] for one in block.get("elements", ())]
    return [one["text"]["text"] for one in buttons if one["type"] == "button"]


def press(slack, user, call_id, action_id, value=None):
    slack.click(user, CHANNEL, card(slack, call_id)["ts"], action_id, value)


def modal_of(slack, user):
    """Return the content of a user's modal, and close it."""
    view = wait_for(lambda: slack.open_view(user))
    slack.views.close_all(user)
    return json.dumps(view, ensure_ascii=False)


def audit_of(bot):
    return [(one.slack_user, one.what) for one in bot.store.audit.latest()[::-1]]


@pytest.fixture
def bot(start_bot):
    started = start_bot(slack_admins=ADMIN)
    wait_for(lambda: started.store.slack_people.find(BEN))
    return started


@pytest.fixture
def missed(bot, slack, vocatech):
    """Return the id of a missed call with a card."""
    call = vocatech.ring(from_=MARIA, ago=600).hang_up(after=10)
    card(slack, call.id, "Missed call")
    return call.id


def test_claim_shows_the_owner_on_the_card(bot, slack, missed):
    before = card(slack, missed, "Claim")
    assert labels(before) == ["Claim", "Reply via SMS", "Add contact"]
    assert "Ana" not in str(before)
    press(slack, ANA, missed, "claim_call")
    with contextlib.suppress(LookupError):  # pressed twice, if the button is still there
        press(slack, ANA, missed, "claim_call")
    taken = card(slack, missed, "Claimed by Ana Torres")
    assert slack.open_view(ANA) is None
    assert taken["text"].endswith("Claimed by Ana Torres.")
    assert labels(taken) == ["Mark as called back", "Reply via SMS", "Add contact"]
    assert not check_blocks(taken["blocks"], "message")
    assert bot.store.claims.of(missed).slack_user == ANA
    assert audit_of(bot) == [(ANA, "claimed a call")]


def test_second_claim_shows_the_owner(bot, slack, missed):
    bot.store.claims.take(missed, ANA, now=NOON)  # without waking the workers, so the card is stale
    press(slack, BEN, missed, "claim_call")
    assert "Ana Torres already claimed" in modal_of(slack, BEN)
    card(slack, missed, "Claimed by Ana Torres")
    assert bot.store.claims.of(missed).slack_user == ANA


def test_owner_releases_a_call_and_a_colleague_claims_it(bot, slack, missed):
    press(slack, ANA, missed, "claim_call")
    card(slack, missed, "Claimed by")
    press(slack, BEN, missed, "card_menu", f"release {missed}")
    wait_for(lambda: "Only admins can" in str(slack.messages(CHANNEL)))
    assert bot.store.claims.of(missed).slack_user == ANA
    press(slack, ANA, missed, "card_menu", f"release {missed}")
    card(slack, missed, "'Claim'")
    press(slack, BEN, missed, "claim_call")
    card(slack, missed, "Claimed by Ben Whitaker")
    press(slack, ADMIN, missed, "card_menu", f"release {missed}")
    card(slack, missed, "'Claim'")
    assert audit_of(bot) == [
        (ANA, "claimed a call"),
        (BEN, "not allowed: release a call that someone else claimed"),
        (ANA, "released a call"),
        (BEN, "claimed a call"),
        (ADMIN, "released a call"),
    ]


def reassign_modal(slack, user, call_id):
    press(slack, user, call_id, "card_menu", f"hand_over {call_id}")
    return wait_for(lambda: slack.open_view(user))


def test_call_is_reassigned_once_and_the_new_owner_gets_a_direct_message(bot, slack, missed):
    press(slack, ANA, missed, "claim_call")
    card(slack, missed, "Claimed by")
    view = reassign_modal(slack, ANA, missed)
    assert "(212) 555-0142" in str(view)
    for wrong, said in ((ANA, "already"), ("U0BOT0001", "Guests, apps")):
        answer = slack.submit_view(ANA, view["id"], {"whom": {"whom": wrong}})
        assert said in answer["errors"]["whom"]
    slack.submit_view(ANA, view["id"], {"whom": {"whom": BEN}})
    assert slack.open_view(ANA) is None
    card(slack, missed, "Claimed by Ben Whitaker")
    wait_for(lambda: slack.messages(slack.direct_channel(BEN)))
    [message] = slack.messages(slack.direct_channel(BEN))
    assert "You were assigned the missed call from (212) 555-0142." in message["text"]
    assert labels(message) == ["Mark as called back", "Open"]
    assert not check_blocks(message["blocks"], "message")
    view = reassign_modal(slack, ADMIN, missed)
    bot.store.claims.hand_over(missed, BEN, ANA, by=BEN, now=NOON)
    answer = slack.submit_view(ADMIN, view["id"], {"whom": {"whom": ADMIN}})
    assert "Ana Torres already claimed" in answer["errors"]["whom"]
    slack.submit_view(ADMIN, view["id"], {"whom": {"whom": ANA}})  # the current owner
    assert slack.open_view(ADMIN) is None
    assert audit_of(bot) == [
        (ANA, "claimed a call"),
        (ANA, "handed a call over"),
        (BEN, "handed a call over"),
    ]


def test_only_owner_and_admins_reassign(bot, slack, missed):
    press(slack, ANA, missed, "claim_call")
    card(slack, missed, "Claimed by")
    press(slack, BEN, missed, "card_menu", f"hand_over {missed}")
    wait_for(lambda: "Only admins can" in str(slack.messages(CHANNEL)))
    view = reassign_modal(slack, ANA, missed)
    bot.store.claims.hand_over(missed, ANA, BEN, by=ANA, now=NOON)
    answer = slack.submit_view(ANA, view["id"], {"whom": {"whom": ADMIN}})
    assert "Ben Whitaker already claimed" in answer["errors"]["whom"]


def test_call_marked_as_called_back_can_be_reopened(bot, slack, missed):
    press(slack, ANA, missed, "claim_call")
    card(slack, missed, "Claimed by")
    press(slack, ANA, missed, "called_back")
    done = card(slack, missed, "Marked as called back by Ana Torres", "white_check_mark")
    assert labels(done) == ["Reply via SMS", "Add contact", "Reopen"]
    bot.store.claims.reopen(missed, BEN, now=NOON)
    press(slack, ANA, missed, "reopen_call")  # already reopened
    card(slack, missed, "Claimed by Ana Torres", "red_circle")
    bot.store.claims.call_back(missed, ADMIN, now=NOON)
    press(slack, BEN, missed, "called_back")
    assert "Marked as called back by Robin Park" in modal_of(slack, BEN)


def test_card_of_a_call_that_is_no_longer_stored_says_so_when_reopened(bot, slack, missed):
    press(slack, ANA, missed, "claim_call")
    card(slack, missed, "called_back")
    press(slack, ANA, missed, "called_back", missed)
    shown = card(slack, missed, "reopen_call")
    bot.store.retention.apply({"calls": time.time() + 60})
    slack.click(BEN, CHANNEL, shown["ts"], "reopen_call")
    assert "no longer stored" in modal_of(slack, BEN)


def test_polled_callback_closes_the_call_and_an_unanswered_one_does_not(start_bot, slack, vocatech):
    start_bot(poll_seconds=1)
    call = vocatech.ring(from_=MARIA, ago=600).hang_up(after=10)
    card(slack, call.id, "'Claim'")
    person = vocatech.company.people[0]
    vocatech.ring(to=MARIA, direction="outgoing", ago=400, person=person).hang_up(after=20)
    card(slack, call.id, f"{person.name} called back  ·  no answer", "'Claim'")
    back = vocatech.ring(to=MARIA, direction="outgoing", ago=300, person=person).answer(after=5)
    back.hang_up(after=60)
    shown = card(slack, call.id, f"Called back by {person.name}", "white_check_mark")
    assert labels(shown) == ["Reply via SMS", "Add contact"]
    assert "no answer" not in str(shown)
    press(slack, ANA, call.id, "reply_to_call")  # and a text doesn't claim a closed call
    wait_for(lambda: slack.open_view(ANA))


def test_second_call_that_is_answered_closes_the_first(bot, slack, vocatech, missed):
    person = vocatech.company.people[1]
    vocatech.ring(from_=MARIA, ago=100, person=person).answer(after=5).hang_up(after=60)
    card(slack, missed, f"Called again and reached {person.name}")
    assert bot.store.claims.take(missed, ANA, now=NOON) is None


def test_call_modal_has_the_same_buttons_and_is_updated(bot, slack, missed):
    home_of(slack, ANA)
    view = slack.home_view(ANA)
    slack.click_in_view(ANA, view["id"], "claim_call", missed)
    view = wait_for(lambda: "callback_menu" in str(v := slack.home_view(ANA)) and v)
    slack.click_in_view(ANA, view["id"], "callback_menu", f"open {missed}")
    modal = wait_for(lambda: slack.open_view(ANA))
    slack.click_in_view(ANA, modal["id"], "card_menu", f"release {missed}")
    wait_for(lambda: "claim_call" in str(slack.open_view(ANA)))
    slack.click_in_view(ANA, modal["id"], "claim_call", missed)
    wait_for(lambda: "Claimed by Ana Torres" in str(slack.open_view(ANA)))
    slack.click_in_view(ANA, modal["id"], "card_menu", f"hand_over {missed}")
    form = wait_for(lambda: (v := slack.open_view(ANA)) and v["id"] != modal["id"] and v)
    slack.submit_view(ANA, form["id"], {"whom": {"whom": BEN}})
    wait_for(lambda: "Claimed by Ben Whitaker" in str(slack.open_view(ANA)))
    slack.click_in_view(ANA, modal["id"], "called_back", missed)
    wait_for(lambda: "Marked as called back by Ana Torres" in str(slack.open_view(ANA)))


def test_reopening_counts_the_calls_on_the_card_of_a_later_one(bot, slack, vocatech, missed):
    press(slack, ANA, missed, "claim_call")
    card(slack, missed, "called_back")
    press(slack, ANA, missed, "called_back")
    card(slack, missed, "reopen_call")
    later = vocatech.ring(from_=MARIA, ago=300).hang_up(after=10)
    assert "2 missed calls" not in str(card(slack, later.id, "claim_call"))
    press(slack, ANA, missed, "reopen_call")
    card(slack, later.id, "2 missed calls from this caller")


def menu_in_home(slack, user):
    """Wait until a person's Home has the menu of a callback; return the view."""
    return wait_for(lambda: "callback_menu" in str(v := slack.home_view(user)) and v)


def test_home_lists_your_callbacks_and_unclaimed_calls(bot, slack, missed):
    view = home_of(slack, ANA)
    assert "Unclaimed (1)" in str(view)
    assert "No callbacks." in str(view)
    slack.click_in_view(ANA, view["id"], "claim_call", missed)
    view = menu_in_home(slack, ANA)
    assert "Your callbacks (1)" in str(view)
    assert "No unclaimed calls." in str(view)
    assert "callback_menu" not in str(home_of(slack, BEN))
    slack.click_in_view(ANA, view["id"], "callback_menu", f"done {missed}")
    wait_for(lambda: "No callbacks." in str(slack.home_view(ANA)))


def test_callback_menu_in_home_releases_and_reassigns(bot, slack, missed):
    view = home_of(slack, ANA)
    slack.click_in_view(ANA, view["id"], "claim_call", missed)
    view = menu_in_home(slack, ANA)
    slack.click_in_view(ANA, view["id"], "callback_menu", f"release {missed}")
    wait_for(lambda: "Unclaimed (1)" in str(slack.home_view(ANA)))
    slack.click_in_view(ANA, view["id"], "claim_call", missed)
    view = menu_in_home(slack, ANA)
    slack.click_in_view(ANA, view["id"], "callback_menu", f"hand_over {missed}")
    form = wait_for(lambda: slack.open_view(ANA))
    slack.submit_view(ANA, form["id"], {"whom": {"whom": BEN}})
    wait_for(lambda: "No callbacks." in str(slack.home_view(ANA)))
    assert bot.store.claims.of(missed).slack_user == BEN


def test_callback_menu_in_home_opens_a_reply(bot, slack, missed):
    view = home_of(slack, ANA)
    slack.click_in_view(ANA, view["id"], "claim_call", missed)
    view = menu_in_home(slack, ANA)
    slack.click_in_view(ANA, view["id"], "callback_menu", f"reply {missed}")
    wait_for(lambda: (v := slack.open_view(ANA)) and v["callback_id"] == "send_reply")


def test_a_claim_in_the_full_list_updates_the_list_and_home(bot, slack, missed):
    view = home_of(slack, ANA)
    more = {"type": "button", "action_id": "show_callbacks", "value": "unclaimed"}
    slack.sender.interact(press_in_home(slack, ANA, view, more))
    modal = wait_for(lambda: slack.open_view(ANA))
    assert modal["title"]["text"] == "Unclaimed calls"
    slack.click_in_view(ANA, modal["id"], "claim_listed", missed)
    wait_for(lambda: "No unclaimed calls" in str(slack.open_view(ANA)))
    menu_in_home(slack, ANA)


def press_in_home(slack, user, view, action):
    """Return the payload of a button that the Home only has when its lists are long."""
    return {
        "type": "block_actions",
        "user": {"id": user, "team_id": "T0TEAM001"},
        "team": {"id": "T0TEAM001"},
        "trigger_id": slack.new_trigger(user),
        "container": {"type": "view", "view_id": view["id"]},
        "view": {name: value for name, value in view.items() if name != "user"},
        "actions": [{**action, "block_id": "b"}],
    }


ROUNDS = 1_000


def race(store, rounds=ROUNDS):
    """Claim the same calls by two people at the same time; return both results of each round."""
    events = [call_event(new_number(), 0, "missed", call_id=f"race{n}") for n in range(rounds)]
    store.calls.save_all([(one, None) for one in events], now=NOON)
    gate, heard = threading.Barrier(2), {ANA: [], BEN: []}

    def claim(user):
        for one in events:
            gate.wait()
            heard[user].append(store.claims.take(one.report.call_id, user, now=NOON).slack_user)

    people = [threading.Thread(target=claim, args=[user]) for user in heard]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return list(zip(heard[ANA], heard[BEN], strict=True))


def test_exactly_one_of_two_concurrent_claims_wins_a_thousand_times(tmp_path):
    store = Store.open(tmp_path / "bot.db")
    outcomes = race(store)
    assert len(outcomes) == ROUNDS
    assert all(to_ana == to_ben for to_ana, to_ben in outcomes)  # both get the same winner
    won = [to_ana for to_ana, _ in outcomes]
    assert [store.claims.of(f"race{n}").slack_user for n in range(ROUNDS)] == won
    assert len(store.audit.latest(2 * ROUNDS)) == ROUNDS
    store.close()


def test_unknown_and_answered_calls_cannot_be_claimed(tmp_path):
    store = Store.open(tmp_path / "bot.db")
    assert store.claims.take("no such call", ANA, now=NOON) is None
    [talk] = keep(store, call_event(new_number(), 0, "talk"))
    assert store.claims.take(talk, ANA, now=NOON) is None
    assert not store.claims.call_back(talk, ANA, now=NOON)
    assert not store.claims.release(talk, ANA, by=ANA, now=NOON)
    store.close()
