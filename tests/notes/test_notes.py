"""Notes on calls and contacts: written, shown, found, changed, hidden, deleted."""

import json
import sqlite3
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.channels import ChannelSettings, Mute, Visibility
from bot.models.customers.notes import CALL, MAX_NOTE, NUMBER, NoteTarget
from bot.notes.form import pieces, text_of
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.store.customers.notes import Notes
from bot.store.privacy.retention import RetentionStore
from tests.conftest import CHANNEL, read_calls, wait_for
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.any_rate
MARIA, SALES = "+12125550142", "C0SALES001"
LONG = "The oak table in the hall needs a second coat. " * 220


@pytest.fixture
def bot(start_bot):
    started = start_bot(slack_admins=ADMIN)
    wait_for(lambda: started.store.slack_people.find(BEN))
    send(started.url, ended("c", remote_number=MARIA, remote_name="Maria Lopez", summary="Oak"))
    return started


def card(slack):
    return wait_for(lambda: [m for m in slack.messages(CHANNEL) if m.get("metadata")])[0]


def thread(slack):
    return json.dumps(slack.thread(CHANNEL, card(slack)["ts"])[1:], ensure_ascii=False)


def open_form(slack, user=ANA):
    slack.views.close_all(user)
    slack.click(user, CHANNEL, card(slack)["ts"], "card_menu", "note c")
    return wait_for(lambda: slack.open_view(user))


def write(slack, words, user=ANA):
    view = open_form(slack, user)
    answer = slack.submit_view(user, view["id"], {"text": {"text": words}})
    assert (answer.status, answer.problem) == (200, "")
    return answer


def note_message(slack, words):
    def found():
        replies = slack.thread(CHANNEL, card(slack)["ts"])[1:]
        return next((m for m in replies if words in json.dumps(m, ensure_ascii=False)), None)

    return wait_for(found)


def choose(slack, user, words, what):
    [note_id] = [row["note_id"] for row in rows(slack)]
    message = note_message(slack, words)
    slack.views.close_all(user)
    slack.click(user, CHANNEL, message["ts"], "note_menu", f"{what} {note_id}")


def rows(slack):
    return slack.store_of_test.database.rows("select * from customer_notes order by note_id")


@pytest.fixture(autouse=True)
def _store_for_rows(bot, slack):
    slack.store_of_test = bot.store


def test_note_appears_in_the_thread_of_the_card(bot, slack):
    write(slack, "Gate code is 4711")
    shown = json.dumps(note_message(slack, "Gate code is 4711"))
    assert "Note by Ana Torres" in shown
    [note] = bot.store.notes.of_call("c", limit=5)
    assert (note.written_by, note.number, note.writer_name) == (ANA, MARIA, "Ana Torres")
    assert ("added a note", "call c") in [(e.what, e.detail) for e in bot.store.audit.latest()]


def test_note_appears_in_the_thread_of_a_card_that_comes_later(bot, slack):
    slack.add_channel(SALES, "sales")
    write(slack, "Gate code is 4711")
    note_message(slack, "Gate code is 4711")
    slack.type_command(BEN, SALES, "/calls", "")
    shown = next(m for m in slack.messages(SALES) if m.get("is_ephemeral"))
    slack.click(BEN, SALES, shown["ts"], "open_call", "c")
    view = wait_for(lambda: slack.open_view(BEN))
    assert slack.click_in_view(BEN, view["id"], "share_call").ok
    there = wait_for(lambda: [m for m in slack.messages(SALES) if m.get("metadata")])[0]
    [noted] = wait_for(lambda: slack.thread(SALES, there["ts"])[1:])
    assert "4711" in str(noted)
    [note_id] = [row["note_id"] for row in rows(slack)]
    slack.views.close_all(ANA)
    slack.click(ANA, SALES, noted["ts"], "note_menu", f"delete {note_id}")
    slack.submit_view(ANA, wait_for(lambda: slack.open_view(ANA))["id"], {})
    wait_for(lambda: "4711" not in str(slack.thread(SALES, there["ts"])) + thread(slack))


def test_note_on_a_call_in_a_summary_names_the_caller_in_its_thread(bot, slack):
    card(slack)
    now = time.time()
    bot.store.channels.set_mute(Mute(CHANNEL, now + 900, ANA))
    for call_id, name in (("d", "Dora Lind"), ("e", "Ed Moss")):
        send(bot.url, ended(call_id, remote_number="+12125550177", remote_name=name))
    wait_for(lambda: bot.store.posts.why("d", CHANNEL) and bot.store.posts.why("e", CHANNEL))
    add_note(bot, "d", "Written at night")
    bot.store.channels.set_mute(Mute(CHANNEL, now - 1, ANA))
    bot.bot.workers.wake()
    summary = wait_for(lambda: [m for m in slack.messages(CHANNEL) if "2 calls" in m["text"]])[0]
    add_note(bot, "e", "Written in the morning")
    for words, name in (("at night", "Dora Lind"), ("in the morning", "Ed Moss")):
        noted = wait_for(lambda words=words: in_thread(slack, summary, words))
        assert name in noted["text"]
        assert name in str(noted["blocks"][0])
        assert "(212) 555-0177" in str(noted["blocks"][0])
    add_note(bot, "c", "On a card")
    assert "Maria" not in str(note_message(slack, "On a card"))


def add_note(bot, call_id, body):
    number = bot.store.calls.find(call_id).remote_number
    target = NoteTarget(CALL, call_id)
    bot.store.notes.add(target, body, number=number, by=ANA, writer_name="Ana", now=time.time())
    bot.bot.workers.wake()


def in_thread(slack, head, words):
    replies = slack.thread(CHANNEL, head["ts"])[1:]
    return next((one for one in replies if words in str(one)), None)


def test_form_submitted_twice_adds_one_note(bot, slack):
    view = open_form(slack)
    for _ in range(2):
        bot.bot.services.notes.save(
            {**view, "state": {"values": {"text": {"text": {"rich_text_value": rich("Once")}}}}},
            by=ANA,
        )
    assert len(bot.store.notes.of_call("c", limit=5)) == 1


def test_note_that_could_not_be_stored_can_be_sent_again(bot, slack, monkeypatch):
    def fail(*_, **__):
        raise sqlite3.OperationalError("disk I/O error")

    values = {"text": {"text": {"rich_text_value": rich("Call back")}}}
    view = {**open_form(slack), "state": {"values": values}}
    with monkeypatch.context() as patch:
        patch.setattr(Notes, "add", fail)
        with pytest.raises(sqlite3.OperationalError):
            bot.bot.services.notes.save(view, by=ANA)
    bot.bot.services.notes.save(view, by=ANA)
    assert len(bot.store.notes.of_call("c", limit=5)) == 1


def rich(text):
    piece = {"type": "text", "text": text}
    section = {"type": "rich_text_section", "elements": [piece]}
    return {"type": "rich_text", "elements": [section]}


def test_note_of_ten_thousand_characters_is_kept_whole(bot, slack):
    write(slack, LONG.strip())
    [note] = bot.store.notes.of_call("c", limit=5)
    assert (note.body, len(note.body) > 10_000) == (LONG.strip(), True)
    message = note_message(slack, "The oak table")
    slack.views.close_all(BEN)
    slack.click(BEN, CHANNEL, message["ts"], "show_note", str(note.note_id))
    view = wait_for(lambda: slack.open_view(BEN))
    shown = said_in(view)
    [button] = [one for one in elements(view) if one["action_id"].startswith("turn_note_page")]
    slack.click_in_view(BEN, view["id"], button["action_id"], button["value"])
    wait_for(lambda: slack.open_view(BEN)["hash"] != view["hash"])
    shown += said_in(slack.open_view(BEN))
    assert shown.replace(" ", "") == LONG.replace(" ", "")


def elements(view):
    return [
        one for block in view["blocks"] for one in block.get("elements", ()) if "action_id" in one
    ]


def said_in(view):
    texts = [
        one for block in view["blocks"] if block["type"] == "rich_text" for one in block["elements"]
    ]
    return "".join(piece["text"] for part in texts for piece in part["elements"])


@pytest.mark.parametrize(("typed", "problem"), [("   ", "Enter"), ("x" * (MAX_NOTE + 1), "20,001")])
def test_unusable_note_is_refused_at_its_field(slack, typed, problem):
    view = open_form(slack)
    answer = slack.submit_view(ANA, view["id"], {"text": {"text": typed}})
    assert problem in answer["errors"]["text"]
    assert rows(slack) == []


def test_writer_edits_a_note_and_the_message_changes(bot, slack):
    write(slack, "Call after nine")
    choose(slack, ANA, "Call after nine", "edit")
    view = wait_for(lambda: slack.open_view(ANA))
    assert "Call after nine" in json.dumps(view)
    slack.submit_view(ANA, view["id"], {"text": {"text": "Call after ten"}})
    message = note_message(slack, "Call after ten")
    assert "edited" in json.dumps(message)
    assert "after nine" not in thread(slack)


def test_only_the_writer_and_admins_change_a_note(bot, slack):
    write(slack, "Mine")
    choose(slack, BEN, "Mine", "edit")
    wait_for(lambda: "Only admins can change notes of other people" in str(slack.messages(CHANNEL)))
    assert slack.open_view(BEN) is None
    choose(slack, ADMIN, "Mine", "edit")
    assert wait_for(lambda: slack.open_view(ADMIN))


def test_change_after_someone_elses_change_is_refused(bot, slack):
    write(slack, "First")
    choose(slack, ANA, "First", "edit")
    view = wait_for(lambda: slack.open_view(ANA))
    [note] = bot.store.notes.of_call("c", limit=1)
    bot.store.notes.change(note, "Second", by=ADMIN, now=time.time())
    answer = slack.submit_view(ANA, view["id"], {"text": {"text": "Third"}})
    assert "changed or deleted this note" in answer["errors"]["text"]
    assert bot.store.notes.find(note.note_id).body == "Second"


def test_note_that_its_writer_changed_is_asked_about_again(bot, slack):
    write(slack, "First")
    choose(slack, ADMIN, "First", "delete")
    view = wait_for(lambda: slack.open_view(ADMIN))
    [note] = bot.store.notes.of_call("c", limit=1)
    bot.store.notes.change(note, "Second", by=ANA, now=time.time())
    slack.submit_view(ADMIN, view["id"], {})
    view = slack.open_view(ADMIN)
    assert "Someone changed this note a moment ago" in str(view)
    assert "Second" in str(view)
    slack.submit_view(ADMIN, view["id"], {})
    assert rows(slack) == []


def test_deleted_note_leaves_its_text_nowhere(bot, slack, tmp_path):
    write(slack, "Delete me please")
    choose(slack, ANA, "Delete me please", "delete")
    view = wait_for(lambda: slack.open_view(ANA))
    slack.submit_view(ANA, view["id"], {})
    wait_for(lambda: "Ana Torres deleted this note" in thread(slack))
    assert "Delete me please" not in thread(slack)
    assert rows(slack) == []
    found = bot.store.database.row(
        "select count(*) as n from note_words where note_words match 'please'"
    )
    assert found["n"] == 0


def test_note_is_hidden_where_transcripts_are(bot, slack):
    hides = ChannelSettings(CHANNEL, shown=Visibility(transcript=False))
    write(slack, "Shown at first")
    note_message(slack, "Shown at first")
    bot.store.channels.set(hides)
    bot.bot.services.wake()
    wait_for(lambda: "doesn't show notes" in thread(slack))
    assert "Shown at first" not in thread(slack)
    write(slack, "Never shown", BEN)
    wait_for(lambda: bot.metric("posts_pending") == 0)
    assert "Never shown" not in thread(slack)


def test_stale_button_shows_nothing_of_a_note_that_is_hidden_by_now(bot, slack):
    write(slack, LONG.strip())
    message = note_message(slack, "The oak table")
    bot.store.channels.set(ChannelSettings(CHANNEL, shown=Visibility(transcript=False)))
    slack.click(BEN, CHANNEL, message["ts"], "show_note", "1")
    shown = str(wait_for(lambda: slack.open_view(BEN)))
    assert "doesn't show notes" in shown
    assert "oak" not in shown


def test_number_in_a_note_is_masked_where_numbers_are(bot, slack):
    masks = ChannelSettings(CHANNEL, shown=Visibility(whole_numbers=False))
    bot.store.channels.set(masks)
    write(slack, "Call back on 212 555 0199")
    message = json.dumps(note_message(slack, "Call back on"), ensure_ascii=False)
    assert "0199" in message
    assert "555 0199" not in message


def test_search_finds_words_of_notes(bot, slack):
    read_calls(bot)
    write(slack, "Prefers walnut, not oak")
    wait_for(lambda: bot.store.database.row("select 1 from indexed_calls where call_id = 'c'"))
    for typed in ('"walnut"', '"prefers walnut" Maria', '"walnut" "not oak" 212 555 0142'):
        answer = json.dumps(slack.type_command(BEN, CHANNEL, "/calls", typed), ensure_ascii=False)
        assert "Maria Lopez" in answer, typed
        assert "Note:" in answer
    answer = json.dumps(slack.type_command(BEN, CHANNEL, "/calls", '"walnut" outgoing'))
    assert "No calls match" in answer


def test_search_shows_notes_on_contacts(bot, slack):
    bot.store.notes.add(NoteTarget(NUMBER, MARIA), "Allergic to varnish", number=MARIA, by=ANA,
                        writer_name="Ana Torres", now=time.time())  # fmt: skip
    answer = json.dumps(slack.type_command(BEN, CHANNEL, "/calls", '"varnish"'))
    assert "Allergic to varnish" in answer


def test_call_modal_shows_notes(bot, slack):
    write(slack, "In the modal, too")
    view = bot.bot.services.claims.redraw({"call_id": "c", "channel": None})
    assert "In the modal, too" in json.dumps(view)


def test_erased_number_takes_its_notes_along(bot, slack, tmp_path):
    write(slack, "A wedding in May")
    note_message(slack, "A wedding in May")
    bot.store.notes.add(NoteTarget(NUMBER, MARIA), "Wedding, again", number=MARIA, by=ANA,
                        writer_name=None, now=time.time())  # fmt: skip
    assert bot.store.erasures.held(MARIA).notes == 2
    about = dict(bot.store.erasures.everything(MARIA))
    assert [one["body"] for one in about["customer_notes"]] == [
        "A wedding in May",
        "Wedding, again",
    ]
    bot.store.erasures.erase(MARIA, by=ADMIN, now=time.time())
    wait_for(lambda: "wedding" not in thread(slack).lower())
    assert rows(slack) == []
    dump = "\n".join(
        bot.store.database.row("select group_concat(hex(block)) as b from note_words_data")
    )
    assert b"wedding".hex().upper() not in dump


def test_notes_expire_with_their_calls(bot, slack):
    write(slack, "Old news")
    late = time.time() + 10 * 86_400
    RetentionStore(bot.store.database).apply({"calls": late})
    assert rows(slack) == []


def test_card_of_a_call_that_is_no_longer_stored_takes_no_note_and_says_so(bot, slack):
    view = open_form(slack)
    old = json.loads(json.dumps(card(slack)))
    RetentionStore(bot.store.database).apply({"calls": time.time() + 60})
    assert bot.store.calls.find("c") is None
    answer = slack.submit_view(ANA, view["id"], {"text": {"text": "Gate code is 4711"}})
    assert "no longer stored" in answer["errors"]["text"]
    assert rows(slack) == []
    slack.state.put(slack.state.channels[CHANNEL], old)
    for action, value in (
        ("card_menu", "note c"),
        ("card_menu", "history c"),
        ("card_menu", "no_client c"),
        ("card_menu", "spam c"),
        ("open_contact", "c"),
    ):
        slack.views.close_all(ANA)
        slack.click(ANA, CHANNEL, old["ts"], action, value)
        shown = wait_for(lambda: slack.open_view(ANA))
        assert "no longer stored" in str(shown), (action, value)
        assert not shown.get("submit")


def test_rich_text_becomes_plain_text():
    said = {
        "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": "Hi "}, {"type": "user", "user_id": "U1"},
                {"type": "emoji", "name": "tada", "unicode": "1f389"},
                {"type": "link", "url": "https://a.example", "text": "here"},
                {"type": "text", "text": "\n"}]},
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}]},
            {"type": "rich_text_list", "style": "ordered", "offset": 1, "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]}]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "a\nb"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
        ]
    }  # fmt: skip
    assert text_of(said) == "Hi <@U1>🎉here (https://a.example)\n  • one\n2. two\n> a\n> b\nx = 1"


@given(st.text(max_size=400), st.integers(2, 50))
def test_pieces_are_short_and_lose_nothing(text, most):
    found = pieces(text, most)
    assert "".join(found) == text
    assert all(len(one) <= most for one in found)


def test_target_survives_as_a_value():
    assert NoteTarget.parse(NoteTarget(CALL, "a b").value) == NoteTarget(CALL, "a b")
