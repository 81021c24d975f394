"""Every button and form: used without permission, and an hour late."""

import json
import re
import time
from typing import NamedTuple

import pytest
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.contacts.modals import render_words_modal
from bot.models.customers.follow_ups import FollowUp
from bot.models.customers.notes import CALL, NoteTarget
from bot.models.outbox import Subject
from bot.models.texts import TextForm
from bot.sandbox.slack.payloads import state_of
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack import slow_forms
from bot.store.outbox.rows import insert_post
from bot.ui.action_ids import (
    ADD_NOTE,
    BELIEVE_TEXT,
    CALL_MENU,
    CALLBACK_MENU,
    CALLED_BACK,
    CALLER_MENU,
    CARD_MENU,
    CHANGE_SCHEDULED,
    CHANNEL_MENU,
    CHOOSE_AGAIN,
    CHOOSE_CONTACT,
    CHOOSE_EXTENSION,
    CHOOSE_NUMBER,
    CHOOSE_OUTCOME,
    CHOOSE_SEND_TIME,
    CHOOSE_SEND_ZONE,
    CHOOSE_TARGET,
    CLAIM_CALL,
    CLAIM_LISTED,
    CLAIM_MENU,
    CONFIRM_DELETE,
    CONFIRM_ERASURE,
    CREATE_CONTACT,
    DELETE_COMMENT,
    DELETE_CONTACT,
    DELETE_ENDPOINT,
    DELETE_NOTE,
    DELETE_OUTCOME,
    DELETE_RULE,
    DELETE_TEMPLATE,
    DISCARD_EVENTS,
    EDIT_COMMENT,
    EDIT_CONTACT,
    EDIT_ENDPOINT,
    EDIT_OUTCOME,
    EDIT_TEMPLATE,
    EDIT_USER,
    ENDPOINT_MENU,
    FILL_IN_TEMPLATE,
    FOLLOW_UP_DONE,
    FOLLOW_UP_MENU,
    HAND_OVER_MODAL,
    LIFT_MUTE,
    LIFT_OPT_OUT,
    LINK_ME,
    LINK_MODAL,
    LINK_PERSON,
    LOOK_AGAIN,
    LOOK_UP_FORM,
    MARK_SPAM,
    MUTE_MODAL,
    NEW_ENDPOINT,
    NEW_OUTCOME,
    NEW_RULE,
    NEW_TEMPLATE,
    NEW_USER,
    NOTE_MENU,
    OPEN_CALL,
    OPEN_CALLS,
    OPEN_CONTACT,
    OPEN_CONTACT_OF_NUMBER,
    OPEN_TRANSCRIPT,
    POST_COMMENT,
    RECORD_OPT_OUT,
    REMIND_OF_CONTACT,
    REMIND_OF_NUMBER,
    REOPEN_CALL,
    REPLACE_OUTCOME,
    REPLY_TO_CALL,
    REPLY_TO_TEXT,
    RETRY_EVENTS,
    RULE_MENU,
    SAVE_CHANNEL,
    SAVE_CONTACT,
    SAVE_ENDPOINT,
    SAVE_FOLLOW_UP,
    SAVE_NOTE,
    SAVE_OUTCOME,
    SAVE_RULE,
    SAVE_TEMPLATE,
    SAVE_USER,
    SCHEDULED_MENU,
    SEARCH_CALLS_FORM,
    SEND_AGAIN,
    SEND_IN_MORNING,
    SEND_REPLY,
    SET_UP_CHANNEL,
    SETTINGS_MODAL,
    SHARE_CALL,
    SHOW_ADMIN_LIST,
    SHOW_CALLBACKS,
    SHOW_CALLERS,
    SHOW_CHANNELS,
    SHOW_CONTACT,
    SHOW_ENDPOINTS,
    SHOW_EXAMPLE,
    SHOW_FAILED_EVENTS,
    SHOW_FOLLOW_UPS,
    SHOW_MY_CALLS,
    SHOW_NOTE,
    SHOW_OPT_OUTS,
    SHOW_OUTCOMES,
    SHOW_RULES,
    SHOW_SCHEDULED,
    SHOW_TIMELINE,
    SHOW_UNMATCHED,
    SHOW_USERS,
    SHOW_WHOLE_TEXT,
    SNOOZE_FOLLOW_UP,
    SWITCH_DIGEST,
    TAKE_BACK,
    TEST_ENDPOINT,
    TRY_CHANNEL,
    TRY_RULES,
    TURN_CALLERS_PAGE,
    TURN_CALLS_PAGE,
    TURN_CHANNELS_PAGE,
    TURN_FOLLOW_UPS_PAGE,
    TURN_NOTE_PAGE,
    TURN_RULES_PAGE,
    TURN_TIMELINE_PAGE,
    TURN_TRANSCRIPT_PAGE,
    TURN_USERS_PAGE,
    TYPE_REPLY,
    UNMARK_NUMBER,
)
from handlers import make_listeners
from tests.conftest import CHANNEL, wait_for
from tests.contacts.test_contacts import deeds, edit_form, fill, new_form, typed, view_with
from tests.support.webhooks import ended, send

HOUR = 3_600.0
BROKEN = "C0BROKEN01"
MARIA = {"First Name": "Maria", "Last Name": "Lopez", "Phone": "(212) 555-0123"}
EVERYONE = ""


class Try(NamedTuple):
    """What only an admin may do with it, and what it is pressed with, or sent with, here.

    `within` is the `private_metadata` of the modal, where that differs from a button's value.
    """

    refused: str
    value: object = ""
    state: object = None
    within: str | None = None


def pick(place, action, value):
    return {place: {action: {"type": "external_select", "selected_option": {"value": value}}}}


TEMPLATE = {
    "name": {"name": {"value": "Mine now"}},
    "text": {SHOW_EXAMPLE: {"value": "Bye"}},
    "use": {"use": {"selected_options": [{"value": "company"}]}},
}
MANAGE_USERS = "manage Vocatech users"
CHANGE_ROUTING = "change where calls go"
CHANGE_CHANNELS = "change channel settings"
CHANGE_OPT_OUTS = "record or lift opt-outs of other people's conversations"
CHANGE_COMPANYS = "change company templates"
CHANGE_OUTCOMES = "change call outcomes"
CHANGE_ENDPOINTS = "change outgoing webhooks"
CHANGE_FOLLOW_UPS = "change a follow-up that someone else has"
RELEASE, REASSIGN = (f"{what} a call that someone else claimed" for what in ("release", "reassign"))
WRITING = TextForm(token="e", number="+12125550123").to_metadata()
CHANGE_NOTES = "change notes of other people"
NOTE = {"token": "n", "target": "call c", "below": {}, "note_id": 1, "version": 1}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "Mine"}]}],
}
# For each handler: who may use it (everyone or admins), and the reason in the audit.
TRIES = {
    OPEN_CALL: Try(EVERYONE, "c"),
    OPEN_CALLS: Try(EVERYONE, "summary"),
    CALL_MENU: Try(EVERYONE, "why c"),
    SHARE_CALL: Try(EVERYONE, {"call_id": "c", "channel": CHANNEL}),
    CLAIM_CALL: Try(EVERYONE, "c"),
    CALLBACK_MENU: Try(RELEASE, "release c"),
    CLAIM_LISTED: Try(EVERYONE, "c"),
    SHOW_CALLBACKS: Try(EVERYONE, "unclaimed"),
    SHOW_MY_CALLS: Try(EVERYONE, "today"),
    SHOW_ADMIN_LIST: Try("see the system status", "problems"),
    CLAIM_MENU: Try(RELEASE, "release c"),
    CARD_MENU: Try(RELEASE, "release c"),
    HAND_OVER_MODAL: Try(
        REASSIGN,
        {"call_id": "c", "owner": ADMIN, "below": {}},
        {"whom": {"whom": {"type": "users_select", "selected_user": BEN}}},
    ),
    CALLED_BACK: Try(EVERYONE, "c"),
    REOPEN_CALL: Try(EVERYONE, "c"),
    MUTE_MODAL: Try(EVERYONE, {"channel": CHANNEL, "token": "m"}, pick("span", "span", "1h")),
    LIFT_MUTE: Try(EVERYONE, CHANNEL),
    TURN_CALLS_PAGE: Try(EVERYONE, {"typed": "", "page": 1}),
    OPEN_TRANSCRIPT: Try(EVERYONE, "c"),
    TURN_TRANSCRIPT_PAGE: Try(EVERYONE, {"call_id": "c", "page": 1}),
    OPEN_CONTACT: Try(EVERYONE, "c"),
    OPEN_CONTACT_OF_NUMBER: Try(EVERYONE, "+12125550123"),
    SHOW_CONTACT: Try(EVERYONE, "1"),
    CHOOSE_AGAIN: Try(EVERYONE, {"number": "+12125550123"}),
    CHOOSE_CONTACT: Try(EVERYONE, {"number": "+12125550123", "contact_id": 1}),
    CREATE_CONTACT: Try(EVERYONE, "Nina"),
    EDIT_CONTACT: Try(EVERYONE, "1"),
    CHOOSE_NUMBER: Try(EVERYONE, "+12125550123 1"),
    CHOOSE_TARGET: Try(EVERYONE, '{"n": "+12125550123"}', within='{"kind": "look up", "text": ""}'),
    LOOK_UP_FORM: Try(EVERYONE, {}, {"typed": {"typed": {"value": "Maria"}}}),
    SEARCH_CALLS_FORM: Try(EVERYONE, {}, {"typed": {"typed": {"value": "missed"}}}),
    LINK_ME: Try(EVERYONE),
    SHOW_TIMELINE: Try(EVERYONE, "call c"),
    TURN_TIMELINE_PAGE: Try(EVERYONE, {"subject": "call c", "page": 0}),
    ADD_NOTE: Try(EVERYONE, "call c"),
    NOTE_MENU: Try(CHANGE_NOTES, "edit 1"),
    SHOW_NOTE: Try(EVERYONE, "1"),
    TURN_NOTE_PAGE: Try(EVERYONE, {"note_id": 1, "page": 0}),
    SAVE_NOTE: Try(CHANGE_NOTES, NOTE, {"text": {"text": {"rich_text_value": RICH}}}),
    DELETE_NOTE: Try(CHANGE_NOTES, NOTE),
    REPLY_TO_CALL: Try(EVERYONE, "c"),
    REPLY_TO_TEXT: Try(EVERYONE, "+12125550123"),
    TYPE_REPLY: Try(EVERYONE, "Hello", within=WRITING),
    FILL_IN_TEMPLATE: Try(EVERYONE, "1", within=WRITING),
    CHOOSE_SEND_TIME: Try(EVERYONE, "morning", within=WRITING),
    CHOOSE_SEND_ZONE: Try(EVERYONE, "America/New_York", within=WRITING),
    SEND_IN_MORNING: Try(EVERYONE, "1795453200", within=WRITING),
    CHANGE_SCHEDULED: Try(EVERYONE, "no such text"),
    SCHEDULED_MENU: Try(EVERYONE, "cancel nothing"),
    SHOW_SCHEDULED: Try(EVERYONE, "scheduled"),
    SEND_AGAIN: Try(EVERYONE, "no such text"),
    TAKE_BACK: Try(EVERYONE, "no such text"),
    BELIEVE_TEXT: Try(EVERYONE, "no such text"),
    SHOW_WHOLE_TEXT: Try(EVERYONE, "no such text"),
    SEND_REPLY: Try(EVERYONE, json.loads(WRITING)),
    REMIND_OF_CONTACT: Try(EVERYONE, "1"),
    REMIND_OF_NUMBER: Try(EVERYONE, "+12125550123"),
    FOLLOW_UP_DONE: Try(CHANGE_FOLLOW_UPS, "1 1"),
    SNOOZE_FOLLOW_UP: Try(CHANGE_FOLLOW_UPS, "hour 1 1"),
    FOLLOW_UP_MENU: Try(CHANGE_FOLLOW_UPS, "delete 1 1"),
    SHOW_FOLLOW_UPS: Try(EVERYONE, "1"),
    TURN_FOLLOW_UPS_PAGE: Try(EVERYONE, "2", within='{"page": 1, "of": ""}'),
    SAVE_FOLLOW_UP: Try(
        CHANGE_FOLLOW_UPS, {"token": "f", "topic": {}, "follow_up_id": 1, "version": 1}
    ),
    NEW_TEMPLATE: Try(EVERYONE, "new"),
    SHOW_EXAMPLE: Try(EVERYONE, {"template_id": None, "token": "c"}, TEMPLATE),
    EDIT_TEMPLATE: Try(CHANGE_COMPANYS, "1"),
    DELETE_TEMPLATE: Try(CHANGE_COMPANYS, "1"),
    SAVE_TEMPLATE: Try(CHANGE_COMPANYS, {"template_id": 1, "token": "d"}, TEMPLATE),
    CHOOSE_OUTCOME: Try(EVERYONE, "1 c"),
    REPLACE_OUTCOME: Try(EVERYONE, {"call_id": "c", "outcome_id": 2, "seen": 1, "below": {}}),
    SHOW_CALLERS: Try(EVERYONE, "show"),
    TURN_CALLERS_PAGE: Try(EVERYONE, "2", within='{"page": 1}'),
    CALLER_MENU: Try(EVERYONE, "not_customer +12125550123"),
    MARK_SPAM: Try(EVERYONE, {"number": "+12125550123", "below": {"list": "V1"}}),
    UNMARK_NUMBER: Try(EVERYONE, "+12125550123"),
    SHOW_OUTCOMES: Try(CHANGE_OUTCOMES, "show"),
    NEW_OUTCOME: Try(CHANGE_OUTCOMES, "new"),
    EDIT_OUTCOME: Try(CHANGE_OUTCOMES, "1"),
    DELETE_OUTCOME: Try(CHANGE_OUTCOMES, "1"),
    SAVE_OUTCOME: Try(
        CHANGE_OUTCOMES,
        {"outcome_id": 1, "name": "Quote sent", "token": "o"},
        {"name": {"name": {"value": "Gone"}}},
    ),
    SHOW_ENDPOINTS: Try(CHANGE_ENDPOINTS, "show"),
    NEW_ENDPOINT: Try(CHANGE_ENDPOINTS, "new"),
    EDIT_ENDPOINT: Try(CHANGE_ENDPOINTS, "1"),
    DELETE_ENDPOINT: Try(CHANGE_ENDPOINTS, "1"),
    ENDPOINT_MENU: Try(CHANGE_ENDPOINTS, "rotate 1"),
    TEST_ENDPOINT: Try(CHANGE_ENDPOINTS, "1"),
    SHOW_FAILED_EVENTS: Try(CHANGE_ENDPOINTS, "1"),
    RETRY_EVENTS: Try(CHANGE_ENDPOINTS, "1"),
    DISCARD_EVENTS: Try(CHANGE_ENDPOINTS, "1"),
    SAVE_ENDPOINT: Try(CHANGE_ENDPOINTS, {"endpoint_id": 0, "version": 1, "token": "w"}),
    SHOW_RULES: Try(CHANGE_ROUTING, "show"),
    TURN_RULES_PAGE: Try(CHANGE_ROUTING, "1"),
    TRY_RULES: Try(CHANGE_ROUTING, "try"),
    NEW_RULE: Try(CHANGE_ROUTING, "new"),
    RULE_MENU: Try(CHANGE_ROUTING, "switch 1"),
    DELETE_RULE: Try(CHANGE_ROUTING, "1"),
    SAVE_RULE: Try(CHANGE_ROUTING, {"rule_id": 0, "look": "", "token": "r"}),
    SHOW_CHANNELS: Try(CHANGE_CHANNELS, "show"),
    TURN_CHANNELS_PAGE: Try(CHANGE_CHANNELS, "1"),
    SET_UP_CHANNEL: Try(CHANGE_CHANNELS, "new"),
    CHANNEL_MENU: Try(CHANGE_CHANNELS, f"usual {CHANNEL}"),
    SAVE_CHANNEL: Try(CHANGE_CHANNELS, {"channel": CHANNEL, "look": "", "token": "s"}),
    DELETE_CONTACT: Try("delete contacts", "1"),
    LINK_PERSON: Try("link someone else", ADMIN),
    SHOW_OPT_OUTS: Try("see opt-outs", "show"),
    RECORD_OPT_OUT: Try(CHANGE_OPT_OUTS, "+12125550123"),
    LIFT_OPT_OUT: Try(CHANGE_OPT_OUTS, "+12125550123"),
    SHOW_UNMATCHED: Try("see who is not matched", "show"),
    SHOW_USERS: Try(MANAGE_USERS, "home"),
    TURN_USERS_PAGE: Try(MANAGE_USERS, "2", within='{"page": 1, "typed": ""}'),
    NEW_USER: Try(MANAGE_USERS, "new"),
    EDIT_USER: Try(MANAGE_USERS, "usr_103"),
    SAVE_USER: Try(
        MANAGE_USERS,
        {"token": "u", "user_id": "usr_103", "seen": {}},
        {name: {name: {"value": name}} for name in ("first_name", "last_name", "extension")},
    ),
    DELETE_COMMENT: Try("change notes of other people", "1"),
    POST_COMMENT: Try(EVERYONE, {}),
    EDIT_COMMENT: Try(EVERYONE, {}),
    LOOK_AGAIN: Try("have something looked at again", "key refused"),
    TRY_CHANNEL: Try("try a channel again", BROKEN),
    SWITCH_DIGEST: Try("change the digests of channels", f"on {CHANNEL}"),
    SAVE_CONTACT: Try(EVERYONE, {"contact_id": 1, "token": "a"}),
    SETTINGS_MODAL: Try(
        EVERYONE,
        {},
        {
            "mentions": {"mentions": {"selected_option": {"value": "never"}}},
            "direct": {"direct": {"selected_options": []}},
        },
    ),
    CONFIRM_DELETE: Try("delete contacts", {"contact_id": 1, "token": "b"}),
    CONFIRM_ERASURE: Try("erase a number", {"number": "+12125550123", "token": "f"}),
    LINK_MODAL: Try(
        "link someone else",
        {"slack_user": ADMIN},
        pick("extension", CHOOSE_EXTENSION, "usr_103"),
    ),
}


def names_of(table):
    return {name if isinstance(name, str) else name.pattern.strip("^:") for name in table}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(slow_forms, "SECONDS_FOR_SLACK", 0.05)


@pytest.fixture
def vocatech():
    with FakeVocatech(backoff=(0.1, 0.2), contacts=[MARIA]) as stand_in:
        yield stand_in


def ready(bot):
    store = bot.store
    wait_for(lambda: store.contacts.count() and store.slack_people.find(BEN) and store.people.all())
    return bot


def gesture(slack, user, **more):
    """Return the common part of a payload, in a modal opened days ago."""
    slack.views.close_all(user)
    view = slack.views.show(user, render_words_modal("A form", "From former days."))
    who = {"user": {"id": user, "team_id": "T0TEAM001"}, "team": {"id": "T0TEAM001"}}
    shown = {name: value for name, value in view.items() if name != "user"}
    return {**who, "trigger_id": slack.new_trigger(user), "view": {**shown, **more}}


def press(slack, user, action_id, tried):
    value = tried.value
    told = value if isinstance(value, str) else json.dumps(value)
    shown = {"private_metadata": tried.within or told, "state": {"values": tried.state or {}}}
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": told}
    return slack.sender.interact(
        {
            "type": "block_actions",
            **gesture(slack, user, **shown),
            "response_url": slack.response_urls.make(CHANNEL, user),
            "container": {"type": "view"},
            "actions": [{**action, "selected_option": {"value": told}}],
        }
    )


def submit(slack, user, callback_id, tried):
    more = {"callback_id": callback_id, "private_metadata": json.dumps(tried.value)}
    more["state"] = {"values": tried.state or {}}
    return slack.sender.interact({"type": "view_submission", **gesture(slack, user, **more)})


def listeners_of(bot):
    return make_listeners(bot.bot.services, run_job_now=bot.bot.scheduler.run_now)


def test_every_handler_is_for_everyone_or_for_admins(start_bot):
    listeners = listeners_of(start_bot())
    assert set(TRIES) == names_of(listeners.actions) | names_of(listeners.submissions)


def test_non_admins_can_do_nothing_reserved_for_admins(start_bot, slack, vocatech):
    bot = ready(start_bot())
    send(bot.url, ended("c", transcription="Ana: hello"))
    wait_for(lambda: slack.posted_call_ids(CHANNEL) == ["c"])
    bot.store.database.write(
        lambda db: insert_post(db, Subject.CALL, "c", BROKEN, 1, 0.0, parked="msg_too_long")
    )
    template = bot.store.templates.find(1, slack_user=BEN)
    bot.store.claims.take("c", ADMIN, now=0.0)
    theirs = FollowUp(0, ADMIN, ADMIN, time.time() + HOUR, time.time())
    assert bot.store.follow_ups.add(theirs, token="theirs", now=time.time())
    bot.store.notes.add(
        NoteTarget(CALL, "c"), "Hers", number=None, by=ADMIN, writer_name=None, now=0.0
    )
    expected, listeners = [], listeners_of(bot)
    with capture_logs() as logs:
        for name, tried in TRIES.items():
            if name in names_of(listeners.submissions):
                answer = submit(slack, BEN, name, tried)
            else:
                full = f"{name}:1" if re.compile(f"^{name}:") in listeners.actions else name
                answer = press(slack, BEN, full, tried)
            assert answer.status == 200, name
            expected += [f"not allowed: {tried.refused}"] if tried.refused else []
            wait_for(lambda so_far=expected: refusals(bot) == so_far)
    assert not [line for line in logs if line["event"] == "slack_listener_failed"]
    assert 1 in vocatech.contacts
    assert bot.store.claims.of("c").slack_user == ADMIN
    assert bot.store.notes.find(1).body == "Hers"
    assert bot.store.links.person_of(ADMIN) is None
    assert bot.store.follow_ups.find(1).version == 1
    assert bot.store.follow_ups.find(1).is_open
    assert template
    assert bot.store.templates.find(1, slack_user=BEN) == template
    assert bot.store.posts.place_of("c", BROKEN) == (None, "msg_too_long")
    assert bot.store.digests.plans() == []
    assert refusals(bot) == expected  # and nothing for everyone was refused


def refusals(bot):
    entries = bot.store.audit.latest()[::-1]
    return [one.what for one in entries if one.what.startswith("not allowed")]


@pytest.fixture
def hours():
    """How many hours the bot's clock is ahead of the one on the wall: one number, to be changed."""
    return [0]


@pytest.fixture
def aging(start_bot, slack, hours):
    def later(clock):
        return lambda: clock() + hours[0] * HOUR

    slack.wall_time = later(time.time)
    return ready(
        start_bot(slack_admins=ADMIN, clock=Clock(later(time.time), later(time.monotonic)))
    )


def test_a_form_sent_again_after_an_hour_is_saved_once(aging, slack, vocatech, hours):
    form = new_form(slack)
    hours[0] = 1
    filled = {
        "values": state_of(form, fill(form, First_Name="Nina", Phone="212 555 0190"))["values"]
    }
    again = {name: form[name] for name in ("callback_id", "private_metadata", "blocks")}
    for said in ("Saving", "only once"):
        payload = gesture(slack, ANA, **again, state=filled)
        answer = slack.sender.interact({"type": "view_submission", **payload})
        assert said in str(answer)
        wait_for(lambda: deeds(aging) == [(ANA, "contact created")])
        hours[0] += 1
    assert len(vocatech.contacts) == 2
    assert deeds(aging) == [(ANA, "contact created")]


def test_forms_of_deleted_contacts_recreate_nothing(aging, slack, vocatech, hours):
    shown = typed(slack, "maria", user=ADMIN)
    form = edit_form(slack, "maria")
    slack.click(ADMIN, CHANNEL, shown["ts"], "delete_contact")
    question = view_with(slack, "can't undo this", user=ADMIN)
    hours[0] = 1
    vocatech.contacts.remove(1)
    slack.submit_view(ADMIN, question["id"])
    view_with(slack, "was deleted in Vocatech", user=ADMIN)
    slack.submit_view(ANA, form["id"], fill(form, First_Name="Mary"))
    view_with(slack, "was deleted in Vocatech")
    slack.click(ADMIN, CHANNEL, shown["ts"], "edit_contact")
    view_with(slack, "was deleted in Vocatech", user=ADMIN)
    assert len(vocatech.contacts) == 0
    assert deeds(aging) == []


def test_a_removed_extension_is_an_error_at_its_field(aging, slack, hours):
    slack.type_command(ANA, CHANNEL, "/vocatech", "link")
    view = wait_for(lambda: slack.open_view(ANA))
    hours[0] = 1
    kept = [one for one in aging.store.people.all() if one.extension != "103"]
    before = aging.store.links.person_of(ANA)
    aging.store.people.replace(kept)
    answer = slack.submit_view(ANA, view["id"], {"extension": {"choose_extension": "usr_103"}})
    assert "was deleted" in answer["errors"]["extension"]
    assert aging.store.links.person_of(ANA) == before
