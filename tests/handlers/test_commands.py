"""What hurried people type is answered clearly, without IDs, and never means something else."""

import json
import re
import time

import pytest

from bot.app import build
from bot.models.contacts import Contact
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES
from tests.conftest import (
    CHANNEL,
    QUICK,
    RunningBot,
    after_sync,
    read_calls,
    settings_for,
    wait_for,
)

ID = re.compile(r"\b[UCWSGD]0[A-Z0-9]{5,}\b|subteam", re.IGNORECASE)


@pytest.fixture(scope="module")
def slack():
    with FakeSlack(scopes=frozenset(SCOPES), limits=False) as fake:
        yield fake


@pytest.fixture(scope="module")
def running(slack, tmp_path_factory):
    with FakeVocatech() as vocatech:
        folder = tmp_path_factory.mktemp("commands")
        app = build(settings_for(slack, vocatech, folder, slack_admins=ADMIN), timing=QUICK)
        app.start()
        one = RunningBot(app)
        slack.connect(one.url)
        wait_for(lambda: one.store.slack_people.find(BEN) and one.store.people.all())
        yield one
        one.http.close()
        app.stop()


@pytest.fixture
def bot(running, slack):
    """The one app, with no form open and its channel not muted."""
    running.store.mutes.lift(CHANNEL, by=ANA, now=time.time())
    for user in (ANA, ADMIN):
        slack.views.close_all(user)
    return running


def texts_in(found):
    """Yield what people read in blocks: texts, not the values of buttons."""
    if isinstance(found, list):
        for one in found:
            yield from texts_in(one)
    elif isinstance(found, dict):
        if isinstance(found.get("text"), str):
            yield found["text"]
        yield from texts_in([one for key, one in found.items() if key not in {"value", "text"}])
        yield from texts_in(found.get("text") if isinstance(found.get("text"), dict) else None)


def ask(slack, command, typed, user=ANA):
    """Type a command, and return the text of the private answer; empty if a form opened."""
    answer = slack.type_command(user, CHANNEL, command, typed)
    assert (answer.status, answer.problem) == (200, "")
    said = json.loads(answer.body) if answer.body.strip() else {}
    assert said.get("response_type") in {None, "ephemeral"}
    if "Fetching" in said.get("text", ""):
        said = wait_for(lambda: _newest_answer(slack))
    return "".join(texts_in(said.get("blocks"))) if said.get("blocks") else said.get("text", "")


def _newest_answer(slack):
    private = [one for one in slack.messages(CHANNEL) if one.get("is_ephemeral")]
    return None if "Fetching" in private[-1]["text"] else private[-1]


@pytest.mark.parametrize("command", ["/calls", "/contact", "/sms", "/vocatech"])
@pytest.mark.parametrize("typed", ["help", "HELP!", "?", "-h", "--help", "help me", "please help"])
def test_every_command_answers_help(bot, slack, command, typed):
    assert command in ask(slack, command, typed)
    assert re.search("How to use|Vocatech commands", ask(slack, command, typed))


@pytest.mark.parametrize("typed", ["digest help", "help digest", "digest ?", "digest --help"])
def test_help_is_for_the_subcommand(bot, slack, typed):
    said = ask(slack, "/vocatech", typed)
    assert "How to use /vocatech digest" in said
    assert "/vocatech digest preview" in said
    assert "/contact" not in said


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dgest on", "/vocatech digest"),
        ("unmute", "/vocatech mute off"),
        ("snooze 2h", "/vocatech mute"),
        ("preferences", "/vocatech settings"),
        ("hlep", "/vocatech help"),
        ("channel", "/vocatech channels"),
        ("erase 212 555 0123", "/vocatech forget"),
        ("block 212 555 0123", "/vocatech callers"),
        ("employees", "/vocatech users"),
        ("/calls today", "/calls"),
        ("sms 2125550123 hi", "/sms"),
        ("/vocatech staus", "/vocatech status"),
    ],
)
def test_unknown_subcommand_suggests_what_was_meant(bot, slack, typed, meant):
    assert f"Did you mean {meant}?" in ask(slack, "/vocatech", typed)


def test_name_with_a_title_suggests_the_name_without_it(bot, slack):
    known = Contact(9_400, {"First Name": "Rosa", "Last Name": "Quill"}, ("+12125550149",))
    bot.store.contacts.save(known, now=after_sync())
    for typed in ("Mrs. Quill", "ms quill", "Dr. Rosa Quill"):
        assert "Did you mean Rosa Quill?" in ask(slack, "/contact", typed)
        assert "Did you mean Rosa Quill?" in ask(slack, "/sms", f"{typed} it is ready")
    assert "Did you mean /calls Quill?" in ask(slack, "/calls", "calls from Mrs. Quill")


def test_sms_names_everyone_whom_a_title_may_mean(bot, slack):
    for number, first in enumerate(("Uwe", "Ines", "Otto", "Elke", "Kurt")):
        known = Contact(9_420 + number, {"First Name": first, "Last Name": "Quabeck"}, ())
        bot.store.contacts.save(known, now=after_sync())
        said = ask(slack, "/sms", "Herr Quabeck it is ready")
        named = [one for one in ("Uwe", "Ines", "Otto", "Elke") if f"{one} Quabeck" in said]
        assert len(named) == (number + 1 if number < 4 else 0), said
    assert "Did you mean Quabeck?" in said
    assert ask(slack, "/sms", "Quabek it is ready").count(" Quabeck or ") == 3


def test_name_of_the_command_typed_twice_is_left_out(bot, slack):
    assert "All systems operational" in ask(slack, "/vocatech", "/vocatech status")


@pytest.mark.parametrize("user", [ANA, ADMIN])
@pytest.mark.parametrize(
    "mark",
    [
        *("<@U0BEN0001>", "<@U0BEN0001|ben>", "<@U0NOBODY1>", "<#C0CALLS001>"),
        *("<#C0CALLS001|calls>", "<!subteam^S0123456789>", "<!here>", "#calls"),
    ],
)
@pytest.mark.parametrize(
    "typed",
    [
        *("/vocatech {}", "/vocatech digest {}", "/vocatech digest on {}", "/vocatech mute {} 2h"),
        *("/vocatech mute 2h {}", "/vocatech settings {}", "/vocatech status {}"),
        *("/vocatech unlink 101 {}", "/calls {}", "/calls {} delivery", "/contact {}", "/sms {}"),
        *("/sms {} hi", "/vocatech digest preview {}", "/vocatech templates {}"),
    ],
)
def test_a_mention_where_it_makes_no_sense_is_refused_without_ids(bot, slack, user, mark, typed):
    command, _, rest = typed.format(mark).partition(" ")
    said = ask(slack, command, rest, user)
    # Slack shows `<@U…>` in a message as a name.
    assert not ID.search(re.sub(r"<@U\w+>", "", said)), said
    assert said
    assert not bot.store.channels.mute(CHANNEL, now=time.time())
    assert slack.open_view(user) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lsat week", "last week"),
        ("thsi week missed", "this week missed"),
        ("yesterdy missed", "yesterday missed"),
        ("lastweek", "last week"),
        ("misssed today", "missed today"),
        ("heute", "today"),
        ("ayer", "yesterday"),
        ("voicemial", "voicemail"),
    ],
)
def test_misspelt_searches_are_suggested_as_a_whole(bot, slack, typed, meant):
    assert f"Did you mean /calls {meant}?" in ask(slack, "/calls", typed)


@pytest.mark.parametrize("typed", ["mute off please", "mute stop", "mute end", "mute cancel"])
def test_a_mute_is_ended_in_the_words_that_people_use(bot, slack, typed):
    assert "is muted until" in ask(slack, "/vocatech", "mute 2 weeks")
    assert bot.store.channels.mute(CHANNEL, now=time.time() + 13 * 86_400)
    assert "no longer muted" in ask(slack, "/vocatech", typed)


@pytest.mark.parametrize(
    "typed", ["link me", "link me to 101", "link ext 101", "link x101", "link my extension"]
)
def test_oneself_is_linked_in_the_words_that_people_use(bot, slack, typed):
    assert ask(slack, "/vocatech", typed) == ""
    assert "Link extension" in json.dumps(wait_for(lambda: slack.open_view(ANA)))


def test_a_name_after_an_at_sign_that_is_no_mention_is_explained(bot, slack):
    said = ask(slack, "/vocatech", "link @Ben", ADMIN)
    assert "“@Ben” isn't a mention. Choose the person from Slack's list." in said
    assert "/vocatech unlink @Ana" in ask(slack, "/vocatech", "unlink Ben")


@pytest.mark.parametrize("typed", ["9" * 24, "9" * 9000, "0000000000", "9-11", "101 102"])
def test_digits_that_are_no_number_never_find_all_calls(bot, slack, typed):
    read_calls(bot)
    said = ask(slack, "/calls", typed)
    assert re.search("isn't a phone number|isn't an extension|No calls match", said), said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("digest of", "Did you mean /vocatech digest off?"),
        ("digest off now", "Use only one of on, off, now, and preview."),
        ("digest now yesterday", "Only a preview can be about past days."),
        ("digest on tomorrow 9am", "Digests are posted on days of the week."),
        ("digest off until next week", "Digests are posted on days of the week."),
        ("digest on 13 pm", "“13 pm” isn't a time of day"),
        ("mute 10s", "a mute lasts from 1 minute"),
        ("mute 2:30", "Put until before “2:30”, or give it a unit, such as 2h 30m."),
    ],
)
def test_an_unclear_command_changes_nothing_and_says_what_is_unclear(bot, slack, typed, said):
    assert said in ask(slack, "/vocatech", typed, ADMIN)
    assert not bot.store.channels.mute(CHANNEL, now=time.time())
    assert not [plan for plan in bot.store.digests.plans() if plan.is_on]


@pytest.fixture
def contacts(bot):
    """Contacts whose names and notes are easily mistaken for words of a text."""
    for number, (name, phone, note) in enumerate(
        [
            ("Mei Ito", "+12125550131", "Ask about the meeting"),
            ("Rosa Alvarez", "+12315550132", "rosa@a.example"),
            ("Theo Park", "+12125550133", ""),
        ]
    ):
        first, last = name.split()
        fields = {"First Name": first, "Last Name": last, "Notes": note, "Email": note}
        bot.store.contacts.save(Contact(700 + number, fields, (phone,)), now=after_sync())


def written(slack):
    """Return the recipient and the message of the form that opened."""
    view = wait_for(lambda: slack.open_view(ANA))
    said = " ".join(texts_in(view["blocks"]))
    elements = [block.get("element", {}) for block in view["blocks"]]
    values = [one["initial_value"] for one in elements if "initial_value" in one]
    return said, values[0] if values else view["private_metadata"]  # where one is chosen first


@pytest.mark.parametrize(
    ("typed", "name", "message"),
    [
        ("Mei it is ready", "Mei Ito", "it is ready"),
        ("Mei I am late", "Mei Ito", "I am late"),
        ("mei ito, I am late", "Mei Ito", "I am late"),
        ("to Rosa hello", "Rosa Alvarez", "hello"),
        ("send sms to Theo Park hi", "Theo Park", "hi"),
        ("rosa@a.example hi", "Rosa Alvarez", "hi"),
    ],
)
def test_a_text_goes_to_the_name_and_loses_no_word(contacts, slack, typed, name, message):
    assert ask(slack, "/sms", typed) == ""
    said, body = written(slack)
    assert name in said
    assert body == message


@pytest.mark.parametrize(
    "typed",
    [
        "the meeting is at 5",
        "meeting is at 5",
        "I am late",
        "a quick hello",
        "-h",
        "b@a.example hi",
        "555 0132",
    ],
)
def test_a_text_is_never_addressed_by_notes_or_single_letters(contacts, slack, typed):
    assert ask(slack, "/sms", typed) != ""
    assert slack.open_view(ANA) is None


def test_a_misspelt_recipient_is_suggested(contacts, slack):
    assert "Did you mean Rosa Alvarez?" in ask(slack, "/sms", "Alvares hello")


@pytest.mark.parametrize(("typed", "found"), [("123", False), ("231", True), ("0132", True)])
def test_a_contact_is_found_by_the_digits_that_people_see(contacts, slack, typed, found):
    assert ("Rosa" in ask(slack, "/contact", typed)) is found
