"""What hurried people type is answered clearly, without IDs, and never means something else."""

import json
import re
import time

import pytest

from bot.app import build
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES
from tests.conftest import CHANNEL, QUICK, RunningBot, settings_for, wait_for

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
        ("hilfe", "/vocatech help"),
        ("channel", "/vocatech channels"),
        ("/calls today", "/calls"),
        ("sms 2125550123 hi", "/sms"),
        ("/vocatech staus", "/vocatech status"),
    ],
)
def test_unknown_subcommand_suggests_what_was_meant(bot, slack, typed, meant):
    assert f"Did you mean {meant}?" in ask(slack, "/vocatech", typed)


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
