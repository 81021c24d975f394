"""Guests and what colleagues add to calls and callers: they see and change none of it."""

import json

import pytest

from bot.models.customers.follow_ups import FollowUp, Topic
from bot.models.customers.notes import CALL, NoteTarget
from bot.sandbox.slack.payloads import message_source, who_and_where
from bot.sandbox.slack.workspace import ANA
from bot.store.send_queue import Draft
from bot.ui.shortcuts import GLOBAL_SHORTCUTS, MESSAGE_SHORTCUTS
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.any_rate
GUEST = "U0GUEST001"
CALLER = "+12125550123"
REFUSED = "not allowed: use this as a guest"
# Buttons and menus of modals and messages that were never shown to a guest, with their values.
FORGED = (
    *(("card_menu", f"{key} c") for key in ("note", "remind", "history", "unmark", "hand_over")),
    *(("add_note", "call c"), ("note_menu", "edit 1"), ("note_menu", "delete 1")),
    *(("show_note", "1"), ("turn_note_page:1", '{"note_id": 1, "page": 0}')),
    *(("show_timeline", "call c"), ("turn_timeline_page", '{"subject": "call c", "page": 0}')),
    *(("remind_of_number", CALLER), ("remind_of_contact", "1"), ("show_follow_ups", "all")),
    *(("follow_up_done", "1 1"), ("snooze_follow_up", "hour 1 1"), ("follow_up_menu", "done 1 1")),
    *(("show_scheduled", "scheduled"), ("scheduled_menu", "cancel t")),
    *(("scheduled_menu", "change t"), ("change_scheduled", "t"), ("take_back", "t")),
    *(("show_callers", "callers"), ("show_outcomes", "outcomes")),
    *(("show_users", "users"), ("new_user", "new"), ("edit_user", "1")),
)
NOTE = {"token": "n", "target": "call c", "below": {}}
FORMS = (
    *(("save_note", NOTE), ("save_note", {**NOTE, "note_id": 1, "version": 1})),
    *(("delete_note", {**NOTE, "note_id": 1, "version": 1}), ("save_user", {"token": "u"})),
    *(("save_follow_up", {"token": "f", "topic": {"call_id": "c"}}), ("save_outcome", {})),
    ("replace_outcome", {"call_id": "c", "outcome_id": 1, "seen": 0, "below": {}}),
)


@pytest.fixture
def bot(start_bot, slack):
    """Start the app with a call in the guest's channel that has everything a colleague can add."""
    slack.add_user(GUEST, "Gil Guest", "gil@example.com", rank="guest")
    started = start_bot()
    wait_for(lambda: started.store.slack_people.find(ANA))
    send(started.url, ended("c", status="missed"))
    wait_for(lambda: slack.posted_call_ids(CHANNEL))
    store, now = started.store, started.bot.services.clock.now()
    about = NoteTarget(CALL, "c")
    store.notes.add(about, "Secret", number=CALLER, by=ANA, writer_name="Ana", now=now)
    topic = Topic("c", number=CALLER)
    store.follow_ups.add(FollowUp(0, ANA, ANA, now + 9_000, now, topic), token="f", now=now)
    ours = "+12125550100"
    draft = Draft(
        "t", CALLER, ours, "Secret", ANA, channel=CHANNEL, send_at=now + 9_000, zone="UTC"
    )
    store.send_queue.add(draft, now=now)
    return started


def test_guests_see_and_change_nothing_that_colleagues_add(bot, slack):
    store = bot.store
    card = next(one for one in slack.messages(CHANNEL) if one.get("metadata"))
    who = who_and_where(slack.state.users[GUEST])
    place = message_source(slack.state.channels[CHANNEL], card)
    tried = 0

    def expect_refused():
        nonlocal tried
        tried += 1
        wait_for(lambda: len(refused()) == tried)
        view = slack.open_view(GUEST)  # after a shortcut, it says why not
        assert view is None or "Guests of this workspace" in str(view)

    def refused():
        latest = store.audit.latest(2 * len(FORGED))
        return [one for one in latest if (one.slack_user, one.what) == (GUEST, REFUSED)]

    for action_id, value in FORGED:
        action = {"action_id": action_id, "block_id": "b", "value": value}
        slack.sender.interact(
            {
                "type": "block_actions",
                **who,
                **place,
                "trigger_id": slack.new_trigger(GUEST),
                "response_url": slack.response_urls.make(CHANNEL, GUEST),
                "actions": [{**action, "type": "button", "selected_option": {"value": value}}],
            }
        )
        expect_refused()
    for callback_id, known in FORMS:
        view = {
            "id": "V1",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": json.dumps(known),
            "blocks": [],
            "state": {"values": {}},
        }
        slack.sender.interact({"type": "view_submission", **who, "view": view})
        expect_refused()
    for one in GLOBAL_SHORTCUTS:
        slack.use_shortcut(GUEST, one.callback_id)
        expect_refused()
    for one in MESSAGE_SHORTCUTS:
        slack.use_message_shortcut(GUEST, CHANNEL, card["ts"], one.callback_id)
        expect_refused()
    for typed in ("users", "follow-ups", "callers", "outcomes"):
        slack.type_command(GUEST, CHANNEL, "/vocatech", typed)
        expect_refused()
    [note] = store.notes.of_call("c", limit=9)
    assert (note.body, note.version) == ("Secret", 1)
    assert store.follow_ups.find(1).is_open
    assert store.follow_ups.count(GUEST) == 0
    assert store.scheduled_texts.find("t")
    assert store.outcomes.of("c") is None
