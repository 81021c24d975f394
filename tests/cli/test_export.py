"""Exports: complete, streamed, and safe to open in a spreadsheet."""

import csv
import io
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.export import harmless
from bot.cli.main import main
from bot.models.contacts import Contact
from bot.models.customers.follow_ups import FollowUp, Topic
from bot.models.customers.notes import NUMBER, NoteTarget
from bot.models.events import Event
from bot.models.texts import Platform, TextReport, TextSource
from bot.sandbox.slack.workspace import ANA, BEN
from bot.store.customers.outcomes import SetResult
from bot.vocatech.events import parse_event
from tests.conftest import settings_for
from tests.support.webhooks import ended

MARIA, OTHER = "+12125550142", "+12125550177"
SIGNS = "=+-@|＝﹦＋﹢－﹣＠﹫−｜"


@pytest.fixture
def exported(slack, vocatech, tmp_path, monkeypatch, capsys, store):
    given_settings = settings_for(slack, vocatech, tmp_path)
    names = ("slack_bot_token", "slack_signing_secret", "slack_default_channel")
    for name in (*names, "vocatech_api_key", "vocatech_api_url", "database_url"):
        value = getattr(given_settings, name)
        secret = getattr(value, "get_secret_value", lambda value=value: value)
        monkeypatch.setenv(name.upper(), str(secret()))
    (tmp_path / ".env").write_text("")
    now = time.time()
    call = ended("c1", remote_number=MARIA, remote_name="＝cmd()", summary="|calc")
    store.calls.save(parse_event(json.dumps(call).encode(), region="US"), now=now)
    other = ended("c2", remote_number=OTHER)
    store.calls.save(parse_event(json.dumps(other).encode(), region="US"), now=now)
    text = TextReport("m1", True, None, Platform.SMS, None, MARIA, None, now, "Hello")
    store.calls.save(Event("e", "message.received", "{}", None, text, TextSource.TOLD), now=now)
    store.contacts.save(Contact(7, {"name": "@Maria", "note": "a\nb"}, (MARIA,)), now=now)
    store.notes.add(
        NoteTarget(NUMBER, MARIA), "=1+1", number=MARIA, by=ANA, writer_name="@Ana", now=now
    )
    store.audit.note(ANA, "did something", "+1 to it", now=now)

    def run(*words):
        code = main(["export", *words, "--env-file", str(tmp_path / ".env")])
        return code, capsys.readouterr().out

    return run


def table(output):
    return list(csv.DictReader(io.StringIO(output, newline="")))


def test_calls_are_exported_without_active_formulas(exported, store):
    assert store.outcomes.set("c1", 1, seen=0, by=ANA, now=time.time()) is SetResult.DONE
    code, output = exported("calls", "--since", "2d")
    rows = {row["call_id"]: row for row in table(output)}
    assert code == 0
    assert (rows["c1"]["name"], rows["c1"]["number"]) == ("'＝cmd()", MARIA)
    assert rows["c1"]["summary"] == "'|calc"
    assert (rows["c1"]["set_outcome"], rows["c1"]["set_by"]) == ("Quote sent", ANA)
    assert rows["c1"]["set_at"]
    assert rows["c2"]["number"] == OTHER
    assert rows["c2"]["set_outcome"] == ""


@pytest.mark.parametrize("what", ["calls", "texts", "contacts", "notes", "audit"])
def test_json_lines_are_unchanged_values(exported, what):
    code, output = exported(what, "--format", "jsonl")
    assert code == 0
    for line in output.splitlines():
        assert "'" not in json.dumps(json.loads(line))


def test_contacts_have_a_column_for_each_field(exported):
    [row] = table(exported("contacts")[1])
    assert row == {"contact_id": "7", "numbers": MARIA, "name": "'@Maria", "note": "a\nb"}


def test_notes_are_exported(exported):
    [row] = table(exported("notes")[1])
    assert (row["slack_user"], row["name"], row["words"]) == (ANA, "'@Ana", "'=1+1")


def test_follow_ups_are_exported(exported, store):
    new = FollowUp(0, ANA, BEN, 2.0, 1.0, Topic("c1", 7, MARIA), "=Call back")
    assert store.follow_ups.add(new, token="t", now=time.time())
    [row] = table(exported("follow-ups")[1])
    assert (row["owner"], row["created_by"], row["number"]) == (ANA, BEN, MARIA)
    assert (row["note"], row["contact_id"]) == ("'=Call back", "7")
    assert row["closing"] == ""


def test_audit_log_is_exported(exported):
    [_, row] = table(exported("audit")[1])
    assert (row["slack_user"], row["detail"]) == (ANA, "'+1 to it")


def test_person_export_has_everything_about_a_number_and_nothing_else(exported):
    code, output = exported("person", "(212) 555-0142")
    known = json.loads(output)
    assert code == 0
    assert known["number"] == MARIA
    assert [one["call_id"] for one in known["calls"]] == ["c1"]
    assert known["calls"][0]["facts"]["summary"] == "|calc"
    assert [one["facts"]["body"] for one in known["texts"]] == ["Hello"]
    assert [one["fields"]["name"] for one in known["contacts"]] == ["@Maria"]
    assert [one["body"]["data"]["call_id"] for one in known["events"]] == ["c1"]
    assert [one["body"] for one in known["customer_notes"]] == ["=1+1"]
    assert OTHER not in output


@pytest.mark.parametrize("typed", [[], ["maria"], ["101"]])
def test_person_export_refuses_what_is_no_number(exported, typed):
    assert exported("person", *typed)[0] == 2


@given(
    st.sampled_from(["", " ", "\u200b", "\t", "\r", "\n", "\u00a0"]),
    st.sampled_from(SIGNS),
    st.text(),
)
def test_cell_never_begins_like_a_formula(space, sign, rest):
    assert harmless(f"{space}{sign}{rest}").startswith("'")


@given(st.text(alphabet=st.characters(whitelist_categories=("Lu", "Ll", "Nd"))))
def test_ordinary_words_are_unchanged(words):
    assert harmless(words) == words
