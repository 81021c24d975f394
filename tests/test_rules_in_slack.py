"""Rules in Slack: where calls go and why, and rules made, moved and tried by admins."""

import json
import time

import pytest

from bot.app import build
from bot.manifest import SCOPES
from bot.rules import Conditions, Rule
from bot.sandbox.slack import ADMIN, ANA, SlackStandIn
from bot.sandbox.vocatech import VocatechStandIn
from tests.conftest import CHANNEL, QUICK, RunningBot, settings_for, wait_for
from tests.provider import ended, event, send

SALES, SHOP, PRIVATE, OPEN = "C0SALES001", "C0SHOP0001", "C0PRIVATE1", "C0OPEN0001"


@pytest.fixture(scope="module")
def slack():
    with SlackStandIn(scopes=frozenset(SCOPES)) as stand_in:
        stand_in.add_channel(SALES, "sales")
        stand_in.add_channel(SHOP, "shop")
        stand_in.add_channel(OPEN, "open", member=False)
        stand_in.add_channel(PRIVATE, "private", private=True, member=False)
        yield stand_in


@pytest.fixture(scope="module")
def running(slack, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    with VocatechStandIn() as vocatech:
        settings = settings_for(slack, vocatech, folder, slack_admins=ADMIN, post_ringing=True)
        bot = build(settings, timing=QUICK)
        bot.start()
        one = RunningBot(bot)
        slack.connect(one.url)
        wait_for(lambda: one.store.slack_people.find(ANA) and one.store.people.all())
        yield one
        one.http.close()
        bot.stop()


@pytest.fixture
def bot(running, slack):
    """The one bot, without rules and with an empty audit."""
    running.store.database.write(lambda db: db.execute("delete from audit"))
    rule_with(running)
    for user in (ANA, ADMIN):
        slack.views.close_all(user)
    return running


def rule_with(bot, *rules):
    store = bot.store
    assert store.rules.replace(store.rules.book(), rules, by=ADMIN, now=time.time())


def a_rule(rule_id, name, channel, *, goes_on=False, mention=None, slack_user=None, **asked):
    return Rule(rule_id, name, channel, slack_user, Conditions(**asked), goes_on, mention)


def said(shown):
    return json.dumps(shown, ensure_ascii=False)


def top(slack, user, *words):
    def find():
        view = slack.open_view(user)
        return view if view and all(word in said(view) for word in words) else None

    return wait_for(find)


def card(slack, channel, call_id):
    def find():
        return [one for one in slack.messages(channel) if is_about(one, call_id)]

    return wait_for(find)[0]


def is_about(message, call_id):
    payload = message.get("metadata", {}).get("event_payload", {})
    return payload == {"call_id": call_id}


def where(slack, call_id, *channels):
    return [one for one in channels if call_id in slack.posted_call_ids(one)]


def why(slack, channel, call_id, *words, user=ANA):
    slack.views.close_all(user)
    shown = card(slack, channel, call_id)
    answer = slack.click(user, channel, shown["ts"], "call_menu", f"why {call_id}")
    assert (answer.status, answer.problem) == (200, "")
    return top(slack, user, "Why is this here?", *words)


# Where calls go


def test_a_call_goes_by_the_first_rules_that_catch_it_and_else_to_the_fallback(bot, slack):
    rule_with(
        bot,
        a_rule(1, "Every <!here> sale", SALES, lines=("+12125550100",), goes_on=True),
        a_rule(2, "Missed", SHOP, outcomes=("missed", "voicemail")),
    )
    send(bot.url, ended("both", group_number="(212) 555-0100", status="missed"))
    send(bot.url, ended("none", status="answered"))
    why(slack, SALES, "both", "Every <!here> sale", "on our number (212) 555-0100")
    why(slack, SHOP, "both", "“", "Missed", "missed")
    why(slack, CHANNEL, "none", "No rule caught this call")
    assert where(slack, "both", CHANNEL, SALES, SHOP) == [SALES, SHOP]
    assert where(slack, "none", CHANNEL, SALES, SHOP) == [CHANNEL]


def test_a_rule_about_words_fires_when_the_summary_comes_and_mentions_once(bot, slack):
    rule_with(
        bot,
        a_rule(1, "Refunds", CHANNEL, mention=ANA, words=("refund", "a.b")),
        a_rule(2, "B", SHOP),
    )
    send(bot.url, ended("late", status="answered"))
    card(slack, SHOP, "late")
    for n in range(2):
        told = event("call.transcription", "late", summary=f"She wants a REFUND {n}.")
        send(bot.url, {**told, "id": f"evt_{n}"})
    head = card(slack, CHANNEL, "late")
    thread = wait_for(lambda: slack.thread(CHANNEL, head["ts"])[1:])
    assert f'"user_id": "{ANA}"' in said(thread[0])
    assert "somebody says “refund”" in said(thread[0])
    why(slack, CHANNEL, "late", "somebody says “refund”")
    wait_for(lambda: bot.store.posts.waiting() == 0)
    assert len(slack.thread(CHANNEL, head["ts"])) == 2


def test_a_call_that_goes_on_is_shown_where_it_is_decided_already(bot, slack):
    rule_with(
        bot,
        a_rule(1, "Mine", SALES, extensions=("103",), goes_on=True),
        a_rule(2, "Missed", SHOP, outcomes=("missed",)),
    )
    send(bot.url, event("call.started", "on", extension="103", start_time=time.time()))
    send(bot.url, event("call.started", "off", extension="104", start_time=time.time()))
    card(slack, SALES, "on")
    assert where(slack, "on", CHANNEL, SHOP) == []
    send(bot.url, ended("off", extension="104", status="missed"))
    card(slack, SHOP, "off")
    assert where(slack, "off", CHANNEL, SALES) == []


def test_a_repeated_caller_is_noticed_and_counted_by_number(bot, slack):
    rule_with(bot, a_rule(1, "Again", SHOP, calls=3, minutes=30, directions=("incoming",)))
    for n in range(3):
        send(bot.url, ended(f"again-{n}", remote_number="+12125550177"))
    card(slack, SHOP, "again-2")
    card(slack, CHANNEL, "again-1")
    assert where(slack, "again-2", CHANNEL) == []


def test_a_card_shared_by_somebody_says_by_whom(bot, slack):
    send(bot.url, ended("shared"))
    card(slack, CHANNEL, "shared")
    bot.store.posts.share("shared", SHOP, by=ADMIN, now=time.time())
    send(bot.url, event("call.transcription", "shared", summary="Hello"))
    why(slack, SHOP, "shared", f'"user_id": "{ADMIN}"', "shared this call here")
