"""Guests of the workspace: they see and do only what their channels allow."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.channels import FOR_OUTSIDERS, ChannelSettings
from bot.models.contacts import Contact
from bot.models.customers.notes import CALL, NoteTarget
from bot.models.rules import How, Why
from bot.models.screening import ScreenKind
from bot.people.guests import CARD_MENUS, Guests
from bot.sandbox.http import Fault
from bot.sandbox.slack.payloads import message_source, who_and_where
from bot.sandbox.slack.workspace import ADMIN, ANA
from bot.ui.action_ids import (
    CLAIM_CALL,
    FILL_IN_TEMPLATE,
    OPEN_CALL,
    OPEN_TRANSCRIPT,
    REPLY_TO_CALL,
    SHOW_MY_CALLS,
    TURN_TRANSCRIPT_PAGE,
)
from tests.conftest import CHANNEL, after_sync, read_calls, wait_for
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.any_rate

ELSEWHERE = "C0ELSE0001"
GUEST = "U0GUEST001"
LINE = "150"
SECRET = "the merger closes in May"
ONLY_MEMBERS = "Guests of this workspace can't do this"


@pytest.fixture(params=["guest", "single-channel guest"])
def rank(request):
    return request.param


@pytest.fixture
def start(slack, start_bot, rank):
    """Return a function that starts the app with one call here and a secret one elsewhere."""
    slack.add_channel(ELSEWHERE, "elsewhere", private=True)
    slack.add_user(GUEST, "Gil Guest", "gil@example.com", rank=rank)

    def started(**changes):
        bot = start_bot(slack_routes=f"{LINE}={ELSEWHERE}", **changes)
        wait_for(lambda: bot.store.slack_people.find(ANA))
        read_calls(bot)
        send(
            bot.url,
            ended("here", status="missed", extension="101", summary="Asks for a catalog."),
        )
        said = {"summary": SECRET, "transcription": f"Ana: {SECRET}"}
        number = {"remote_number": "+13125550177", "extension": LINE}
        send(bot.url, ended("secret", status="missed", **number, **said))
        wait_for(lambda: slack.posted_call_ids(CHANNEL) and slack.posted_call_ids(ELSEWHERE))
        bot.store.call_search.index_changed()
        return bot

    return started


@pytest.fixture
def guest_bot(start):
    return start()


def card(slack, channel):
    return next(one for one in slack.messages(channel) if one.get("metadata"))


def press(slack, channel, action_id, value, *, user=GUEST, source=None, **more):
    """Click a button that may be out of date, as its message or view named it."""
    shown = {} if source is None else source
    where = message_source(slack.state.channels[channel], card(slack, CHANNEL))
    return slack.sender.interact(
        {
            "type": "block_actions",
            **who_and_where(slack.state.users[user]),
            **(shown or where),
            "trigger_id": slack.new_trigger(user),
            "response_url": slack.response_urls.make(channel, user),
            "actions": [
                {"action_id": action_id, "block_id": "b", "type": "button", "value": value, **more}
            ],
        }
    )


def told(slack, channel=CHANNEL):
    return [one["text"] for one in slack.messages(channel) if one.get("for_user") == GUEST]


def calls(slack, typed="", *, user=GUEST, channel=CHANNEL):
    answer = slack.type_command(user, channel, "/calls", typed)
    assert answer.ok
    assert not answer.problem
    return json.dumps(answer)


@pytest.mark.parametrize(
    "typed", ["", "today", "missed", "merger", '"merger closes"', "312 555 0177"]
)
def test_guests_find_only_the_calls_of_their_channel(guest_bot, slack, typed):
    assert "secret" not in (found := calls(slack, typed))
    assert SECRET not in found
    assert "555-0177" not in found.replace("(312) 555-0177", "") or "No calls match" in found


@pytest.mark.parametrize("typed", ["312 555 0177", "102", "ext 102", "Lopes", "Hidden Person"])
def test_guests_are_not_told_who_has_a_number_or_which_names_are_known(guest_bot, slack, typed):
    known = Contact(9_400, {"First Name": "Hidden", "Last Name": "Person"}, ("+13125550177",))
    guest_bot.store.contacts.save(known, now=after_sync())
    found = calls(slack, typed)
    assert "No calls match" in found
    assert "Hidden Person" not in found.replace(typed, "")
    assert "Ben Whitaker" not in found
    assert "The name is known" not in found


def test_guests_find_the_calls_of_their_channel(guest_bot, slack):
    assert '"here"' in calls(slack).replace("\\", "")
    assert '"here"' in calls(slack, '"catalog"').replace("\\", "")
    assert "1 call" in calls(slack)
    assert '"secret"' in calls(slack, user=ANA).replace("\\", "")


@pytest.mark.parametrize("action_id", [OPEN_CALL, OPEN_TRANSCRIPT, CLAIM_CALL])
def test_guests_open_and_claim_no_call_of_another_channel(guest_bot, slack, action_id):
    press(slack, CHANNEL, action_id, "secret")
    wait_for(lambda: ONLY_MEMBERS in str(told(slack)))
    assert slack.open_view(GUEST) is None
    assert guest_bot.store.claims.of("secret") is None


def test_guests_turn_no_page_of_a_transcript_of_another_channel(guest_bot, slack):
    value = json.dumps({"call_id": "secret", "page": 1, "seen_in": CHANNEL})
    press(slack, CHANNEL, f"{TURN_TRANSCRIPT_PAGE}:1", value)
    wait_for(lambda: ONLY_MEMBERS in str(told(slack)))


def test_guests_read_and_claim_a_call_of_their_channel(guest_bot, slack):
    press(slack, CHANNEL, OPEN_TRANSCRIPT, "here")
    wait_for(lambda: "Asks for a catalog" in str(slack.open_view(GUEST)))
    press(slack, CHANNEL, CLAIM_CALL, "here")
    wait_for(lambda: guest_bot.store.claims.of("here"))


@pytest.mark.parametrize(
    ("command", "typed"),
    [
        *(("/contact", "Maria"), ("/contact", "new"), ("/sms", "+12125550123 Hi"), ("/sms", "")),
        *(("/vocatech", word) for word in ("status", "link", "settings", "digest now", "mute 1h")),
        *(("/vocatech", word) for word in ("templates", "rules", "channels", "unlink")),
        *(("/vocatech", word) for word in ("outcomes", "callers")),
    ],
)
def test_guests_use_no_other_command(guest_bot, slack, command, typed):
    answer = slack.type_command(GUEST, CHANNEL, command, typed)
    assert ONLY_MEMBERS in answer["text"]
    assert slack.open_view(GUEST) is None
    entry = guest_bot.store.audit.latest(1)[0]
    assert (entry.slack_user, entry.what) == (GUEST, "not allowed: use this as a guest")


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("choose_outcome:0", "1 here"),
        ("card_menu", "spam here"),
        ("card_menu", "no_client here"),
        ("caller_menu", "not_customer +12125550123"),
        ("unmark_number", "+13125550188"),
    ],
)
def test_guests_set_no_outcome_and_mark_no_number(guest_bot, slack, action_id, value):
    store = guest_bot.store
    store.screening.mark("+13125550188", ScreenKind.SPAM, by=ANA, now=1.0)
    press(slack, CHANNEL, action_id, value, selected_option={"value": value})
    wait_for(lambda: ONLY_MEMBERS in str(told(slack)))
    assert slack.open_view(GUEST) is None
    assert store.outcomes.of("here") is None
    assert [one.number for one in store.screening.listed(9)] == ["+13125550188"]


def test_guests_find_no_outcomes_where_summaries_are_hidden(guest_bot, slack):
    store = guest_bot.store
    store.outcomes.set("here", 1, seen=0, by=ANA, now=1.0)
    assert "Outcome: Quote sent" in calls(slack, "outcome:quote")
    store.channels.set(ChannelSettings(CHANNEL, shown=FOR_OUTSIDERS))
    assert "Outcome" not in calls(slack)
    assert "hides outcomes" in calls(slack, "outcome:quote")


def test_guests_get_help(guest_bot, slack):
    assert ONLY_MEMBERS not in str(slack.type_command(GUEST, CHANNEL, "/vocatech", "help"))
    assert ONLY_MEMBERS not in str(slack.type_command(GUEST, CHANNEL, "/calls", "help"))


def test_the_home_of_a_guest_has_no_calls(guest_bot, slack):
    slack.send_event({"type": "app_home_opened", "user": GUEST, "tab": "home"})
    shown = str(wait_for(lambda: slack.home_view(GUEST)))
    assert "guest" in shown
    assert "555-0123" not in shown
    source = {"view": {**slack.home_view(GUEST)}, "container": {"type": "view"}}
    press(slack, CHANNEL, SHOW_MY_CALLS, "today", source=source)
    wait_for(
        lambda: ONLY_MEMBERS in str(told(slack)) or ONLY_MEMBERS in str(slack.open_view(GUEST))
    )


def test_guests_send_texts_only_if_an_admin_allows_it(start, slack):
    start(guests_can_text=True)
    press(slack, CHANNEL, REPLY_TO_CALL, "secret")
    wait_for(lambda: ONLY_MEMBERS in str(told(slack)))
    assert slack.open_view(GUEST) is None
    press(slack, CHANNEL, REPLY_TO_CALL, "here")
    wait_for(lambda: slack.open_view(GUEST))


def test_guests_send_no_texts_by_default(guest_bot, slack):
    press(slack, CHANNEL, REPLY_TO_CALL, "here")
    wait_for(lambda: ONLY_MEMBERS in str(told(slack)))
    assert slack.open_view(GUEST) is None


def test_guests_see_no_more_than_their_channel_shows(guest_bot, slack):
    guest_bot.store.channels.set(ChannelSettings(CHANNEL, shown=FOR_OUTSIDERS))
    assert "555-0123" not in calls(slack)
    assert "hides summaries" in calls(slack, '"catalog"')
    press(slack, CHANNEL, OPEN_CALL, "here")
    shown = str(wait_for(lambda: slack.open_view(GUEST)))
    assert "Asks for" not in shown
    assert "555-0123" not in shown


def test_modals_of_guests_offer_only_what_guests_can_use(start, slack):
    bot = start(guests_can_text=True)
    note = NoteTarget(CALL, "here")
    body = "Gate 4711. " * 100
    bot.store.notes.add(note, body, number=None, by=ANA, writer_name=None, now=1.0)
    press(slack, CHANNEL, OPEN_CALL, "here")
    view = wait_for(lambda: slack.open_view(GUEST))
    assert "Gate 4711" in str(view)
    assert offered(view) == {REPLY_TO_CALL}
    slack.click_in_view(GUEST, view["id"], REPLY_TO_CALL, "here")
    form = wait_for(lambda: shown if (shown := slack.open_view(GUEST)) != view else None)
    sending = {"choose_send_time", "choose_send_zone", "send_in_morning"}
    fields = {FILL_IN_TEMPLATE, "type_reply", "choose_line"}
    assert fields <= offered(form) <= fields | sending
    slack.views.close_all(ANA)
    press(slack, CHANNEL, OPEN_CALL, "here", user=ANA)
    wait_for(lambda: {"card_menu", "note_menu", "show_note"} <= offered(slack.open_view(ANA) or {}))
    slack.type_command(ANA, CHANNEL, "/sms", "+12125550123")
    wait_for(lambda: {"show_timeline", "record_opt_out"} <= offered(slack.open_view(ANA)))
    slack.views.close_all(GUEST)
    slack.type_command(GUEST, CHANNEL, "/sms", "+12125550123")
    form = wait_for(lambda: slack.open_view(GUEST))
    assert offered(form) <= fields | sending


def offered(view):
    """Return the buttons, menus, and fields of a view by action ID."""
    found = [
        one
        for block in view.get("blocks", ())
        for one in (*block.get("elements", ()), block.get("accessory"), block.get("element"))
    ]
    return {one["action_id"] for one in found if one and "action_id" in one}


def test_an_unknown_person_is_a_guest_while_slack_does_not_answer(guest_bot, slack):
    slack.add_user("U0NEWONE1", "Nia New", "nia@example.com")
    slack.faults.add(Fault("users.info", status=500, body={}, times=1))
    assert ONLY_MEMBERS in slack.type_command("U0NEWONE1", CHANNEL, "/sms", "")["text"]
    assert ONLY_MEMBERS not in slack.type_command("U0NEWONE1", CHANNEL, "/sms", "")["text"]


def test_the_admins_of_the_settings_are_no_guests(start, slack):
    slack.add_user("U0BOSS0001", "Bo Boss", "bo@example.com", rank="guest")
    start(slack_admins=f"{ADMIN},U0BOSS0001")
    answer = slack.type_command("U0BOSS0001", CHANNEL, "/vocatech", "status")
    assert ONLY_MEMBERS not in str(answer)


class Nothing:
    """A store that has no posts."""

    def is_shown(self, *_):
        return False


@given(
    body=st.fixed_dictionaries(
        {"type": st.sampled_from(["block_actions", "view_submission", "block_suggestion", "x"])},
        optional={"channel": st.just({"id": CHANNEL}), "view": st.just({"type": "home"})},
    ),
    action=st.fixed_dictionaries(
        {"action_id": st.sampled_from([OPEN_CALL, CLAIM_CALL, *CARD_MENUS, "x", REPLY_TO_CALL])},
        optional={"value": st.text(), "selected_option": st.just({"value": "release c"})},
    ),
)
def test_no_click_on_a_call_that_is_not_shown_is_allowed(body, action):
    store = type("Store", (), {"posts": Nothing()})()
    guests = Guests(store, None, None, frozenset(), can_text=True)
    assert not guests._may({**body, "actions": [action]})


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("card_menu", "note here"),
        ("card_menu", "history here"),
        ("add_note", "call here"),
        ("note_menu", "edit 1"),
        ("show_note", "1"),
        ("show_timeline", "call here"),
    ],
)
def test_guests_write_and_open_no_notes(guest_bot, slack, action_id, value):
    press(slack, CHANNEL, action_id, value, selected_option={"value": value})
    wait_for(lambda: ONLY_MEMBERS in str(told(slack)))
    assert slack.open_view(GUEST) is None


@pytest.mark.parametrize("typed", ['"catalog"', '"gate"', "outcome:quote"])
def test_guests_find_nothing_said_in_a_call_that_may_belong_elsewhere(guest_bot, slack, typed):
    store = guest_bot.store
    store.notes.add(
        NoteTarget(CALL, "here"), "Gate 4711", number=None, by=ANA, writer_name=None, now=1.0
    )
    store.outcomes.set("here", 1, seen=0, by=ANA, now=1.0)
    assert '"here"' in calls(slack, typed).replace("\\", "")
    unplaced = json.dumps(asdict(Why(How.UNPLACED)))
    store.database.write(lambda db: db.execute("update posts set why = ?", [unplaced]))
    assert '"here"' not in (found := calls(slack, typed).replace("\\", ""))
    assert " 4711" not in found
    assert '"here"' in (listed := calls(slack).replace("\\", ""))
    assert "Quote sent" not in listed
