"""Slack's side pane: what each person sees of a call or a contact, and what they do there."""

import json
import re
import time

import pytest

from bot.models.channels import FOR_OUTSIDERS, ChannelSettings, Visibility
from bot.models.contacts import Contact
from bot.models.customers.notes import CALL, CONTACT, NoteTarget
from bot.models.health import PANE_OPENED
from bot.sandbox.http import Fault
from bot.sandbox.slack.state import OTHER_TEAM
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN, FakeSlack
from bot.slack.history import Wanted, find_messages, payload_of
from bot.slack.manifest import SCOPES
from bot.ui.action_ids import (
    ADD_NOTE,
    CALLED_BACK,
    CLAIM_CALL,
    EDIT_CONTACT,
    OPEN_TRANSCRIPT,
    REMIND_OF_CONTACT,
    REPLY_TO_CALL,
    SHOW_TIMELINE,
)
from bot.ui.message import Message
from tests.conftest import CHANNEL, after_sync, wait_for
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.any_rate
MARIA = "+12125550142"
SUMMARY, TRANSCRIPT = "Asks about the oak table", "Maria: is the oak table ready"
QUOTE = 1
GUEST, OUTSIDER = "U0GUEST001", "U0OTHER001"


@pytest.fixture
def slack():
    # No time passes between a click and its answer, so that no trigger expires on a busy machine.
    with FakeSlack(scopes=frozenset(SCOPES), limits=False, clock=lambda: 0.0) as fake:
        yield fake


@pytest.fixture
def bot(start_bot, slack):
    slack.add_user(GUEST, "Gil Guest", "gil@example.com", rank="guest")
    slack.add_user(OUTSIDER, "Olga Outside", "olga@partner.example", team=OTHER_TEAM)
    started = start_bot(work_objects=True, slack_admins=ADMIN)
    wait_for(lambda: started.store.slack_people.find(BEN))
    return started


def add_maria(bot):
    maria = Contact(7, {"First Name": "Maria", "Last Name": "Lopez", "Phone": MARIA}, [MARIA])
    bot.store.contacts.save(maria, now=after_sync())


def miss(bot, call_id="c", **more):
    said = {"summary": SUMMARY, "transcription": TRANSCRIPT}
    missed = ended(call_id, status="missed", remote_number=MARIA, **said, **more)
    assert send(bot.url, missed).status_code == 200


def card(slack, call_id="c", channel=CHANNEL):
    def found():
        about = {"call_id": call_id}
        for one in slack.messages(channel):
            if (one.get("metadata") or {}).get("event_payload") == about:
                return one
        return None

    return wait_for(found)


def open_pane(slack, user=ANA, call_id="c", channel=CHANNEL):
    assert slack.open_pane(user, channel, card(slack, call_id, channel)["ts"]).ok
    return answered(slack, user)


def answered(slack, user):
    pane = wait_for(lambda: (p := slack.pane(user)) and (p.entity or p.error) and p)
    assert not slack.state.dropped_entities
    return pane


def fields(pane):
    listed = pane.entity["entity_payload"]["custom_fields"]
    known = ("value", "user", "entity_ref")
    return {one["key"]: next(one[name] for name in known if name in one) for one in listed}


def buttons(pane):
    parts = pane.entity["entity_payload"].get("actions", {}).values()
    return [one["text"] for part in parts for one in part]


def audited(bot):
    rows = bot.store.database.rows("select * from audit")
    return [(one["slack_user"], one["detail"]) for one in rows if "side pane" in str(dict(one))]


def test_card_has_no_entity_unless_it_is_switched_on(start_bot, slack):
    bot = start_bot()
    miss(bot)
    posted = card(slack)
    assert "entities" not in posted["metadata"]
    slack.sender.event({"type": "entity_details_requested", "user": ANA, "trigger_id": "t"})
    assert not slack.counts["entity.presentDetails"]


def test_pane_of_a_call_shows_everything_about_it(bot, slack):
    add_maria(bot)
    miss(bot, "before")
    miss(bot, local_name="Ana Torres", extension="101")
    bot.store.outcomes.set("before", QUOTE, seen=0, by=ANA, now=2.0)
    bot.store.notes.add(
        NoteTarget(CALL, "c"), "Gate code 4711", number=MARIA, by=BEN, writer_name="Ben", now=2.0
    )
    card(slack)
    pane = open_pane(slack)
    assert pane.entity["external_ref"] == {"id": "c", "type": "call"}
    attributes = pane.entity["entity_payload"]["attributes"]
    assert attributes["title"]["text"] == "Missed call from Maria Lopez"
    shown = fields(pane)
    assert shown["status"] == "Missed, unclaimed"
    assert shown["number"] == "(212) 555-0142"
    assert shown["summary"] == SUMMARY
    assert "Gate code 4711" in shown["notes"]
    assert "Note by Ben Whitaker" in shown["history"]
    assert shown["history"].count("Missed call") == 1
    assert "Outcome: Quote sent" in shown["history"]
    # Times are in the viewer's own zone, in the form of all dates in Slack.
    lines = [one.partition("  ·  ")[0] for one in shown["history"].splitlines()]
    assert all(re.fullmatch(r"\w{3} \d+, \d{4} at \d+:\d\d [AP]M", one) for one in lines)
    assert re.match(r"Ben Whitaker, \w{3} \d+, \d{4} at \d+:\d\d [AP]M:\n", shown["notes"])
    assert pane.entity["entity_comments"] == {"count": 1, "latest_timestamp": 2}
    assert buttons(pane)[:3] == ["Claim", "Reply via SMS", "Transcript"]
    assert slack.follow_pane(ANA, "contact").ok
    contact = answered(slack, ANA)
    assert contact.entity["external_ref"] == {"id": "7", "type": "contact"}
    assert "Note by Ben Whitaker" in fields(contact)["history"]
    assert MARIA[-4:] in json.dumps(contact.entity["entity_payload"]["custom_fields"])


def test_buttons_of_the_pane_act_and_show_the_new_state(bot, slack):
    miss(bot)
    open_pane(slack)
    assert slack.click_in_pane(ANA, CLAIM_CALL).ok
    wait_for(lambda: fields(slack.pane(ANA))["status"] == "Claimed by Ana Torres")
    assert fields(slack.pane(ANA))["owner"] == {"user_id": ANA}
    assert "Claim" not in buttons(slack.pane(ANA))
    # A colleague whose pane still has the button sees who was faster.
    wait_for(lambda: "Claimed by Ana Torres" in json.dumps(card(slack)["metadata"]["entities"]))
    assert slack.click_in_pane(ANA, OPEN_TRANSCRIPT).ok
    wait_for(lambda: TRANSCRIPT.partition(": ")[2] in json.dumps(slack.open_view(ANA) or {}))
    slack.views.close_all(ANA)
    assert slack.click_in_pane(ANA, REPLY_TO_CALL).ok
    form = wait_for(lambda: slack.open_view(ANA))
    assert CHANNEL in form["private_metadata"]  # where the text appears, too
    assert slack.click_in_pane(ANA, CALLED_BACK).ok
    wait_for(lambda: fields(slack.pane(ANA))["status"] == "Marked as called back by Ana Torres")
    edited = wait_for(lambda: "called back" in json.dumps(card(slack)["metadata"]) and card(slack))
    assert edited["metadata"]["event_payload"] == {"call_id": "c"}
    assert bot.store.claims.of("c") is None or bot.store.claims.of("c").slack_user == ANA


def test_guests_and_external_people_see_what_their_channel_shows(bot, slack):
    slack.share(CHANNEL)
    wait_for(lambda: bot.store.channels.shown_in(CHANNEL) == FOR_OUTSIDERS)
    slack.add_channel("C0ELSE0001", "elsewhere", private=True)
    add_maria(bot)
    miss(bot)
    bot.store.notes.add(
        NoteTarget(CALL, "c"), "Gate code 4711", number=MARIA, by=BEN, writer_name="Ben", now=2.0
    )
    # Slack shows the card a moment before the app knows that it is there.
    wait_for(lambda: bot.store.posts.is_shown("c", CHANNEL))
    for user in (GUEST, OUTSIDER):
        pane = open_pane(slack, user)
        shown = json.dumps(pane.entity)
        assert {*fields(pane)} <= {"status", "number", "colleague", "started"}
        assert "555-0" not in shown
        assert "0142" in fields(pane)["number"]
        assert "actions" not in shown
        assert "entity_comments" not in shown
        assert slack.open_comments(user).ok
        wait_for(lambda user=user: slack.pane(user).error == "restricted")
    # Neither by another channel, nor by none, as Slack's search does it.
    for where in ({"channel": "C0ELSE0001"}, {"channel": slack.direct_channel(GUEST)}, {}):
        pane = slack.pane(GUEST)
        pane.entity, pane.error = None, ""
        trigger = {"trigger_id": slack.entities.trigger(GUEST, pane)}
        about = {"external_ref": {"id": "c", "type": "call"}, "user": GUEST}
        slack.send_event({"type": "entity_details_requested", **about, **trigger, **where})
        wait_for(lambda pane=pane: pane.error == "restricted")
    wait_for(lambda: len(audited(bot)) == 3)
    assert {*audited(bot)} == {(GUEST, "call c")}
    # A colleague sees the number, to call back, but not what the channel hides.
    assert slack.open_pane(ANA, CHANNEL, card(slack)["ts"]).ok
    colleague = answered(slack, ANA)
    assert fields(colleague)["number"] == "(212) 555-0142"
    assert not {"summary", "notes", "outcome"} & {*fields(colleague)}
    assert "Gate code" not in json.dumps(colleague.entity)
    assert "Transcript" not in buttons(colleague)


def test_entity_in_a_message_never_has_a_number(bot, slack, vocatech):
    bot.store.channels.set(ChannelSettings(CHANNEL, shown=Visibility(whole_numbers=False)))
    miss(bot, remote_name=f"Call {MARIA}")
    vocatech.receive_text(MARIA, "Hello")
    add_maria(bot)
    wait_for(lambda: len(slack.messages(CHANNEL)) == 2)
    bot.store.channels.set(ChannelSettings(CHANNEL))
    send(bot.url, ended("whole", status="missed", remote_number=MARIA))
    for one in [card(slack), card(slack, "whole")]:
        assert MARIA[-7:] not in re.sub(r"\D", "", json.dumps(one["metadata"]["entities"]))
        assert "•" in json.dumps(one["metadata"], ensure_ascii=False) or "Maria" in json.dumps(one)


def open_contact_in_thread(bot, slack, vocatech):
    """Have Maria write; open her side pane from the first message of the thread and return it."""
    add_maria(bot)
    vocatech.receive_text(MARIA, "Hello")
    head = wait_for(lambda: slack.messages(CHANNEL))[0]
    wait_for(lambda: bot.store.posts.subject_at(CHANNEL, head["ts"]))
    assert slack.open_pane(ANA, CHANNEL, head["ts"]).ok
    assert "Hello" in fields(answered(slack, ANA))["history"]
    return head


def test_head_of_a_thread_opens_the_contact(bot, slack, vocatech):
    head = open_contact_in_thread(bot, slack, vocatech)
    bot.store.channels.set(ChannelSettings(CHANNEL, shown=FOR_OUTSIDERS))
    assert slack.open_pane(GUEST, CHANNEL, head["ts"]).ok
    limited = answered(slack, GUEST)
    assert [*fields(limited)] == ["numbers"]
    assert "555" not in fields(limited)["numbers"]
    bot.store.contacts.drop(7)
    assert slack.refresh_pane(ANA).ok
    wait_for(lambda: slack.pane(ANA).error == "not_found")


def test_erased_call_has_no_entity_and_no_details(bot, slack):
    add_maria(bot)
    miss(bot)
    open_pane(slack)
    bot.store.erasures.erase(MARIA, by=ADMIN, now=time.time())
    bot.bot.workers.wake()
    wait_for(lambda: "entities" not in card(slack)["metadata"])
    assert slack.refresh_pane(ANA).ok
    wait_for(lambda: slack.pane(ANA).error == "not_found")
    assert slack.write_comment(ANA, "Too late").ok
    wait_for(lambda: "no longer stored" in slack.pane(ANA).error)
    assert not bot.store.database.rows("select 1 from customer_notes")


def test_erased_contact_has_no_entity_and_no_details(bot, slack, vocatech):
    head = open_contact_in_thread(bot, slack, vocatech)
    assert slack.write_comment(ANA, "Gate code 4711").ok
    wait_for(lambda: bot.store.notes.count_of(NoteTarget(CONTACT, "7")) == 1)
    [note] = bot.store.notes.page_of(NoteTarget(CONTACT, "7"), limit=1)
    bot.store.erasures.erase(MARIA, by=ADMIN, now=after_sync())
    bot.bot.workers.wake()
    wait_for(lambda: "entities" not in str(slack.messages(CHANNEL)[0].get("metadata")))
    erased = ("Maria", "Hello", "Gate code", "555-0142", MARIA)
    assert not [one for one in erased if one in json.dumps(slack.messages(CHANNEL))]
    # Of the pane that is still open, nothing works any more, and nothing fails.
    pane = slack.pane(ANA)
    assert slack.refresh_pane(ANA).ok
    wait_for(lambda: pane.error == "not_found")
    for comment_id in ("", str(note.note_id)):
        pane.error = ""
        assert slack.write_comment(ANA, "Too late", comment_id).ok
        wait_for(lambda: "no longer stored" in pane.error or "was deleted" in pane.error)
    pane.comments = None
    assert slack.open_comments(ANA).ok
    wait_for(lambda: pane.comments == [])
    pane.error = ""
    with pytest.raises(LookupError, match="no Work Object"):
        slack.open_pane(BEN, CHANNEL, head["ts"])
    for action in (ADD_NOTE, SHOW_TIMELINE, REMIND_OF_CONTACT, EDIT_CONTACT):
        slack.views.close_all(ANA)
        assert slack.click_in_pane(ANA, action).ok, action
        view = wait_for(lambda: slack.open_view(ANA))
        assert not [
            one for one in ("Maria", "Hello", "4711", MARIA[-4:]) if one in json.dumps(view)
        ]
    assert not bot.store.database.rows("select 1 from customer_notes")


def test_notes_are_comments(bot, slack):
    miss(bot)
    open_pane(slack)
    assert slack.open_comments(ANA).ok
    wait_for(lambda: slack.pane(ANA).comments == [])
    assert slack.write_comment(ANA, "Gate code 4711").ok
    [saved] = wait_for(lambda: slack.pane(ANA).comments)
    assert saved["comment"] == {"value": "Gate code 4711"}
    wait_for(lambda: "Gate code 4711" in json.dumps(slack.thread(CHANNEL, card(slack)["ts"])))
    assert slack.write_comment(ANA, "Gate code 0815", saved["id"]).ok
    wait_for(lambda: "0815" in str(slack.pane(ANA).comments))
    assert bot.store.notes.find(int(saved["id"])).body == "Gate code 0815"
    # Only the writer and admins change it, whatever the client sends.
    open_pane(slack, BEN)
    assert slack.open_comments(BEN).ok
    [seen] = wait_for(lambda: slack.pane(BEN).comments)
    assert (seen["can_edit"], seen["can_delete"]) == (False, False)
    assert slack.delete_comment(BEN, seen["id"]).ok
    wait_for(lambda: slack.pane(BEN).error)
    assert bot.store.notes.find(int(saved["id"]))
    assert slack.write_comment(ANA, "   ").ok
    wait_for(lambda: slack.pane(ANA).error == "Enter a note.")
    assert slack.delete_comment(ANA, saved["id"]).ok
    wait_for(lambda: slack.pane(ANA).comments == [])
    assert bot.store.notes.find(int(saved["id"])) is None


def test_comment_that_cannot_be_saved_is_answered(bot, slack, monkeypatch):
    miss(bot)
    open_pane(slack)
    assert slack.open_comments(ANA).ok
    wait_for(lambda: slack.pane(ANA).comments == [])

    def fail(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr(type(bot.store.notes), "add", fail)
    slack.write_comment(ANA, "Gate code 4711")
    wait_for(lambda: "Something went wrong" in slack.pane(ANA).error)


def test_comments_come_in_pages(bot, slack):
    miss(bot)
    for number in range(25):
        bot.store.notes.add(
            *(NoteTarget(CALL, "c"), f"Note {number}"),
            number=MARIA,
            by=BEN,
            writer_name="Ben",
            now=float(number),
        )
    open_pane(slack)
    assert slack.open_comments(ANA).ok
    wait_for(lambda: len(slack.pane(ANA).comments or []) == 20)
    assert slack.open_comments(ANA).ok
    wait_for(lambda: len(slack.pane(ANA).comments or []) == 25)
    said = [one["comment"]["value"] for one in slack.pane(ANA).comments]
    assert said == [f"Note {number}" for number in reversed(range(25))]
    assert slack.pane(ANA).cursor == ""


@pytest.mark.parametrize("kept", ["both", "entities", "event", "none"])
def test_unconfirmed_card_is_found_however_slack_keeps_its_metadata(bot, slack, kept):
    slack.state.keeps_metadata = kept
    slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
    miss(bot)
    wait_for(lambda: bot.metric("messages_posted_total") == 1)
    assert len(slack.messages(CHANNEL)) == 1
    if kept == "none":
        # Refused, of which the first answer was lost; then the cards have no Work Objects.
        miss(bot, "second")
        assert "entities" not in card(slack, "second")["metadata"]
        assert slack.counts["chat.postMessage invalid_metadata_schema"] == 2


def test_app_home_of_admins_says_when_the_pane_was_opened(bot, slack):
    slack.send_event({"type": "app_home_opened", "user": ADMIN, "tab": "home"})
    wait_for(lambda: "On, not used yet" in json.dumps(slack.home_view(ADMIN) or {}))
    miss(bot)
    open_pane(slack)
    wait_for(lambda: bot.store.key_values.moment(PANE_OPENED))
    slack.send_event({"type": "app_home_opened", "user": ADMIN, "tab": "home"})
    wait_for(lambda: "Last used " in json.dumps(slack.home_view(ADMIN)))


def test_late_and_broken_requests_are_answered_or_logged(bot, slack):
    miss(bot)
    pane = open_pane(slack)
    about = {"type": "entity_details_requested", "user": ANA}
    for broken in (
        {"external_ref": {"id": "gone", "type": "call"}},
        {"external_ref": {"id": "9" * 30, "type": "contact"}},
        {"external_ref": {"id": "1", "type": "other"}},
        {"external_ref": 7, "link": "x"},
        {},
    ):
        pane.error = ""
        trigger_id = slack.entities.trigger(ANA, pane)
        slack.send_event({**about, **broken, "trigger_id": trigger_id, "channel": CHANNEL})
        wait_for(lambda: pane.error == "not_found")
    # By the address alone, as Slack's search sends it.
    pane.error, pane.entity = "", None
    trigger_id = slack.entities.trigger(ANA, pane)
    slack.send_event({**about, "link": {"url": pane.url}, "trigger_id": trigger_id})
    wait_for(lambda: pane.entity)
    # A trigger that is used up, or unknown: nothing is shown, and the app still works.
    before = slack.counts["entity.presentDetails"]
    for used in (trigger_id, "unknown"):
        event = {**about, "external_ref": pane.external_ref, "trigger_id": used}
        assert slack.send_event(event).ok
    refused = ("exchanged_trigger_id", "invalid_trigger_id")
    wait_for(lambda: all(slack.counts[f"entity.presentDetails {one}"] for one in refused))
    assert slack.counts["entity.presentDetails"] == before + 2
    # Something fails here: the person is told, and it works again afterwards.
    bot.store.database.write(lambda db: db.execute("alter table claims rename to gone"))
    assert slack.refresh_pane(ANA).ok
    wait_for(lambda: pane.error == "internal_error")
    bot.store.database.write(lambda db: db.execute("alter table gone rename to claims"))
    assert slack.refresh_pane(ANA).ok
    wait_for(lambda: not pane.error)


def test_pane_works_over_socket_mode(start_bot, slack):
    token = slack.app_token
    bot = start_bot(work_objects=True, slack_app_token=token, slack_signing_secret=None)
    wait_for(lambda: slack.sender.socket and slack.sender.socket.is_connected())
    slack.connect("http://127.0.0.1:9")
    wait_for(lambda: bot.store.slack_people.find(ANA))
    miss(bot)
    assert fields(open_pane(slack))["status"] == "Missed, unclaimed"


def test_message_with_only_a_work_object_is_recognized():
    def message(kind, key, text):
        return Message(text, [], [], {"event_type": "e", "event_payload": {}}, entities=(
            {"external_ref": {"id": key, "type": kind}},
        ))  # fmt: skip

    def found(kind, key, text, **metadata):
        kept = {"entities": [{"external_ref": {"id": key, "type": kind}}], **metadata}
        return {"bot_id": "B1", "ts": "1.0", "text": text, "metadata": kept}

    def is_found(wanted, there):
        return bool(find_messages([there], [Wanted(1, wanted)], bot_id="B1"))

    assert is_found(message("call", "c", "Now"), found("call", "c", "Before"))
    assert not is_found(message("call", "c", "Now"), found("call", "d", "Now"))
    assert not is_found(message("call", "c", "Now"), found("call", "c", "Now", event_type="other"))
    # A contact with two numbers has two threads.
    assert is_found(message("contact", "7", "Hello"), found("contact", "7", "Hello"))
    assert not is_found(message("contact", "7", "Hello"), found("contact", "7", "Another"))
    assert payload_of(found("call", "c", "")) == {"call_id": "c"}
    assert payload_of(found("contact", "7", "")) == {}
    assert payload_of(found("call", "c", "", event_payload={"call_ids": ["a"]})) == {
        "call_ids": ["a"]
    }
