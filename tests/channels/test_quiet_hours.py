"""Quiet hours, mutes and bursts: what is held back, what comes of it, and what is let through."""

import itertools
import time
from dataclasses import replace

import pytest

from bot.app import build
from bot.models.channels import ChannelSettings, Mute, QuietHours
from bot.models.rules import Conditions, Rule
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES
from bot.store.send_queue import Draft
from tests.conftest import CHANNEL, QUICK, RunningBot, settings_for, wait_for
from tests.support.views import said
from tests.support.webhooks import ended, event, send

pytestmark = pytest.mark.calendar

numbers = itertools.count(1)
MARIA = "+12125550123"


@pytest.fixture(scope="module")
def slack():
    with FakeSlack(scopes=frozenset(SCOPES), limits=False) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def vocatech():
    with FakeVocatech() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def bot(slack, vocatech, tmp_path_factory):
    settings = settings_for(slack, vocatech, tmp_path_factory.mktemp("quiet"), slack_admins=ADMIN)
    bot = build(settings, timing=replace(QUICK, post_seconds=0.01))
    bot.start()
    one = RunningBot(bot)
    slack.connect(one.url)
    vocatech.connect(f"{one.url}/vocatech/webhooks")
    wait_for(lambda: one.store.slack_people.find(ANA) and one.store.people.all())
    yield one
    one.http.close()
    bot.stop()


@pytest.fixture
def channel(slack, bot):
    """A channel of its own, to which all calls go."""
    name = f"C0QUIET{next(numbers):03}"
    slack.add_channel(name, name.lower())
    rules(bot, rule(1, name))
    return name


def rule(rule_id, channel, *, at_once=False, mention=None, **asked):
    return Rule(
        rule_id,
        f"Rule {rule_id}",
        channel,
        when=Conditions(**asked),
        goes_on=bool(asked),
        mention=mention,
        at_once=at_once,
    )


def rules(bot, *wanted):
    assert bot.store.rules.replace(bot.store.rules.book(), wanted, by=ADMIN, now=time.time())


def mute(bot, channel, seconds=3_600):
    bot.store.channels.set_mute(Mute(channel, time.time() + seconds, ANA))


def let_go(bot, channel):
    mute(bot, channel, seconds=-1)
    bot.bot.workers.wake()


def taken_in(bot, call_id):
    """Wait until a call has been routed."""
    sql = "select 1 from calls where call_id = ? and routed = version"
    wait_for(lambda: bot.store.database.row(sql, [call_id]))


def come(bot, *call_ids, **facts):
    for call_id in call_ids:
        send(bot.url, ended(call_id, **{"status": "answered", **facts}))
        taken_in(bot, call_id)


def delete(slack, channel, message):
    slack.state.drop(slack.state.channels[channel], message["ts"])


def the_one(slack, channel, *words):
    """Wait for the one message of a channel, saying these words."""

    def find():
        shown = slack.messages(channel)
        return shown if len(shown) == 1 and all(word in said(shown) for word in words) else None

    return wait_for(find)[0]


def told_of(message):
    return message["metadata"]["event_payload"]["call_ids"]


def test_calls_of_quiet_hours_become_one_message_with_missed_calls_first(bot, slack, channel):
    mute(bot, channel)
    come(bot, f"{channel}a", remote_name="Ada")
    come(bot, f"{channel}b", status="missed", remote_name="Maria Lopez")
    come(bot, f"{channel}c", remote_name="Cyd")
    assert slack.messages(channel) == []
    let_go(bot, channel)
    message = the_one(slack, channel, "3 calls while this channel was quiet, 1 missed.")
    assert sorted(told_of(message)) == [f"{channel}{letter}" for letter in "abc"]
    shown = said(message["blocks"])
    assert shown.index("Maria Lopez") < shown.index("Ada") < shown.index("Cyd")
    come(bot, f"{channel}d")
    wait_for(lambda: len(slack.messages(channel)) == 2)


def test_a_single_call_of_quiet_hours_gets_its_own_card(bot, slack, channel):
    mute(bot, channel)
    come(bot, f"{channel}a")
    let_go(bot, channel)
    assert the_one(slack, channel)["metadata"]["event_payload"] == {"call_id": f"{channel}a"}


def test_quiet_hours_defer_posts_like_a_mute(bot, slack, channel):
    quiet = QuietHours("Europe/Berlin", 0, 0, (0, 1, 2, 3, 4, 5, 6))
    bot.store.channels.set(ChannelSettings(channel, quiet))
    come(bot, f"{channel}a", f"{channel}b")
    assert slack.messages(channel) == []
    bot.store.channels.set(ChannelSettings(channel))
    bot.bot.workers.wake()
    the_one(slack, channel, "2 calls while this channel was quiet")


def test_rate_limited_cards_stay_queued_when_the_channel_is_muted(bot, slack, channel):
    slack.faults.add(Fault(path="chat.postMessage", status=429))
    come(bot, *(f"{channel}{letter}" for letter in "abc"))
    assert slack.type_command(ANA, channel, "/vocatech", "mute 2h").ok
    slack.faults.clear()
    wait_for(lambda: bot.metric("posts_pending") == 0)
    assert [one["text"] for one in slack.messages(channel) if "muted" not in one["text"]] == []
    assert slack.type_command(ANA, channel, "/vocatech", "mute off").ok
    wait_for(lambda: "3 calls while this channel was quiet" in said(slack.messages(channel)))
    assert slack.posted_call_ids(channel) == [f"{channel}{letter}" for letter in "abc"]


def test_an_unknown_zone_defers_no_calls(bot, slack, channel):
    bot.store.channels.set(ChannelSettings(channel, QuietHours("Mars/Olympus", 0, 0, (0, 1, 2))))
    come(bot, f"{channel}a")
    assert the_one(slack, channel)["metadata"]["event_payload"] == {"call_id": f"{channel}a"}


def test_later_facts_update_the_batch_message_only(bot, slack, channel):
    mute(bot, channel)
    missed = {"status": "missed", "remote_number": "+12125550187"}
    come(bot, f"{channel}a", **missed)
    come(bot, f"{channel}b")
    let_go(bot, channel)
    message = the_one(slack, channel, "1 missed")
    assert slack.click(ANA, channel, message["ts"], "open_calls").status == 200
    listed = wait_for(lambda: slack.open_view(ANA))
    assert slack.click_in_view(ANA, listed["id"], "open_call", f"{channel}a").status == 200
    card = wait_for(lambda: (v := slack.open_view(ANA)) and v["id"] != listed["id"] and v)
    assert slack.click_in_view(ANA, card["id"], "claim_call", f"{channel}a").status == 200
    the_one(slack, channel, "Claimed by")


def test_sharing_a_call_of_a_batch_links_to_the_batch_message(bot, slack, channel):
    mute(bot, channel)
    come(bot, f"{channel}a", f"{channel}b", remote_number="+12125550188")
    let_go(bot, channel)
    ts = the_one(slack, channel)["ts"]
    wait_for(lambda: bot.store.posts.place_of(f"{channel}a", channel) == (ts, None))
    assert not bot.store.posts.share(f"{channel}a", channel, by=ANA, now=time.time())
    # A reminder goes into its thread.
    [place] = bot.store.reminders.places(f"{channel}a")
    sql = "select ts from posts where post_id = ?"
    assert bot.store.database.row(sql, [place.post_id])["ts"] == ts


def test_a_rule_can_post_during_quiet_hours(bot, slack, channel):
    rules(
        bot,
        rule(1, channel, at_once=True, outcomes=("missed",)),
        rule(2, channel, at_once=True, mention=ANA, words=("lawyer",)),
        rule(3, channel),
    )
    mute(bot, channel)
    come(bot, f"{channel}a", f"{channel}b")
    come(bot, f"{channel}c", status="missed")
    wait_for(lambda: slack.posted_call_ids(channel) == [f"{channel}c"])
    send(bot.url, event("call.transcription", f"{channel}a", summary="He calls his lawyer."))
    wait_for(lambda: slack.posted_call_ids(channel) == [f"{channel}c", f"{channel}a"])
    head = next(one for one in slack.messages(channel) if f"{channel}a" in said(one["metadata"]))
    wait_for(lambda: ANA in said(slack.thread(channel, head["ts"])))
    let_go(bot, channel)
    wait_for(lambda: slack.posted_call_ids(channel)[-1] == f"{channel}b")


def test_alerts_of_deferred_calls_are_in_the_batch_message(bot, slack, channel):
    rules(bot, rule(1, channel, mention=ANA, outcomes=("missed",)), rule(2, channel))
    mute(bot, channel)
    come(bot, f"{channel}a", status="missed", remote_name="Maria Lopez")
    come(bot, f"{channel}b")
    let_go(bot, channel)
    message = the_one(slack, channel, "(rule “Rule 1”)")
    assert f'"user_id": "{ANA}"' in said(message)
    # Alerts for cards that never come don't stay in the queue.
    due = "select * from posts where channel = ? and announced < wanted and parked is null"
    wait_for(lambda: not bot.store.database.rows(f"{due} and bundle is null", [channel]))


def test_a_batch_message_mentions_every_person(bot, slack, channel):
    people = [f"U0PERSON{number:02}" for number in range(12)]
    named = [rule(n, channel, mention=one, outcomes=("missed",)) for n, one in enumerate(people, 2)]
    rules(bot, *named, rule(1, channel))
    mute(bot, channel)
    come(bot, f"{channel}a", f"{channel}b", status="missed")
    let_go(bot, channel)
    shown = said(the_one(slack, channel, "16 more"))
    assert [one for one in people if one not in shown] == []


def test_deferred_texts_are_posted_in_their_threads(bot, slack, vocatech, channel):
    mute(bot, CHANNEL)
    vocatech.receive_text(MARIA, "Are you open?")
    wait_for(bot.store.batches.channels_with_deferred)
    wait_for(lambda: CHANNEL not in bot.store.posts.channels_with_work())
    assert bot.metric("posts_deferred") == 2  # the text, and the head of its thread
    assert not [one for one in slack.messages(CHANNEL) if "Are you open?" in said(one)]
    let_go(bot, CHANNEL)
    wait_for(lambda: [one for one in slack.messages(CHANNEL) if "Are you open?" in said(one)])


def test_automatic_texts_are_deferred_too(bot, slack, channel):
    mute(bot, CHANNEL)
    body = "Sorry that we missed you."
    draft = Draft("by-itself", "+12125550166", "+12125550100", body, slack_user=None)
    assert bot.store.send_queue.add(draft, now=time.time())
    bot.bot.workers.wake()
    wait_for(lambda: bot.metric("posts_deferred") == 2 and bot.metric("posts_pending") == 0)
    assert body not in said(slack.messages(CHANNEL))
    let_go(bot, CHANNEL)
    wait_for(lambda: body in said(slack.messages(CHANNEL)))


def test_calls_above_the_limit_per_minute_become_one_message(bot, slack, channel):
    bot.store.channels.set(ChannelSettings(channel, most_a_minute=3))
    come(bot, *(f"{channel}{letter}" for letter in "abc"))
    come(bot, f"{channel}d", f"{channel}e", remote_name="<!here>")
    come(bot, f"{channel}f", status="missed")
    wait_for(lambda: "3 more calls within a minute, 1 missed." in said(slack.messages(channel)))
    shown = slack.messages(channel)
    assert len(shown) == 4
    assert told_of(shown[-1]) == [f"{channel}{letter}" for letter in "def"]
    slack.views.close_all(ANA)
    assert slack.click(ANA, channel, shown[-1]["ts"], "open_calls").status == 200
    listed = wait_for(lambda: slack.open_view(ANA))
    assert len(listed["blocks"]) == 3


def test_a_later_mention_is_in_the_thread_of_the_batch_message(bot, slack, channel):
    rules(bot, rule(1, channel, mention=ANA, words=("lawyer",)), rule(2, channel))
    bot.store.channels.set(ChannelSettings(channel, most_a_minute=1))
    come(bot, f"{channel}a", f"{channel}b")
    send(bot.url, event("call.transcription", f"{channel}b", summary="He calls his lawyer."))
    told = wait_for(lambda: [m for m in slack.messages(channel) if f"{channel}b" in said(m)])[0]
    wait_for(lambda: ANA in said(slack.thread(channel, told["ts"])[1:]))


def test_a_burst_that_grows_while_unconfirmed_is_posted_once(bot, slack, channel):
    bot.store.channels.set(ChannelSettings(channel, most_a_minute=1))
    come(bot, f"{channel}a")
    wait_for(lambda: slack.posted_call_ids(channel))
    slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
    come(bot, f"{channel}b", f"{channel}c")
    message = wait_for(lambda: [m for m in slack.messages(channel) if f"{channel}c" in said(m)])[0]
    assert told_of(message) == [f"{channel}b", f"{channel}c"]
    wait_for(lambda: bot.metric("posts_pending") == 0)
    assert len(slack.messages(channel)) == 2


def test_a_call_that_joins_a_deleted_message_is_still_posted(bot, slack, channel):
    bot.store.channels.set(ChannelSettings(channel, most_a_minute=1))
    come(bot, f"{channel}a", f"{channel}b")
    wait_for(lambda: len(slack.messages(channel)) == 2 and bot.metric("posts_pending") == 0)
    delete(slack, channel, slack.messages(channel)[1])
    come(bot, f"{channel}c")
    wait_for(lambda: [m for m in slack.messages(channel) if f"{channel}c" in said(m)])
    # Deleted once more, and with no further call, it stays away.
    delete(slack, channel, slack.messages(channel)[1])
    send(bot.url, event("call.transcription", f"{channel}b", remote_name="Ada"))
    parked = "select 1 from posts where channel = ? and parked = 'message_not_found'"
    wait_for(lambda: bot.store.database.row(parked, [channel]))
    assert slack.posted_call_ids(channel) == [f"{channel}a"]


def test_deferred_posts_survive_a_restart_and_are_posted_once(slack, tmp_path):
    slack.add_channel("C0AGAIN001", "again")
    with FakeVocatech() as vocatech:
        settings = settings_for(slack, vocatech, tmp_path, slack_default_channel="C0AGAIN001")
        for call_id in ("again0", "again1"):
            bot = build(settings, timing=QUICK)
            bot.start()
            one = RunningBot(bot)
            mute(one, "C0AGAIN001")
            come(one, call_id)
            one.http.close()
            bot.stop()
        bot = build(settings, timing=QUICK)
        bot.services.store.channels.set_mute(Mute("C0AGAIN001", 0.0, ANA))
        bot.start()
        assert told_of(the_one(slack, "C0AGAIN001")) == ["again0", "again1"]
        bot.stop()
