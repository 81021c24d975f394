"""Opens App Homes through the front door: what stands there, for whom, and when it is published."""

import time

import pytest

from bot.clock import Timing
from bot.intervals import Interval
from bot.models.calls import Direction, Report, Source, Stage
from bot.models.events import Event
from bot.models.people import SlackPerson
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.store.ingest import Hold
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, send

# About what is posted, not about how much at a time.
pytestmark = [pytest.mark.any_rate, pytest.mark.calendar]

MARIA, TOM = "+12125550123", "+12125550199"


def open_home(slack, user, *, tab="home", seen=None):
    """Open the Home as Slack tells of it, with what stands there already."""
    event = {"type": "app_home_opened", "user": user, "channel": "D1", "tab": tab}
    answer = slack.send_event(event | ({"view": seen} if seen else {}))
    assert answer.status == 200


def home_of(slack, user):
    """Give the Home as it is now: to whom nothing is shown yet it is published, changed or not."""
    seen = slack.home_view(user)
    before = seen and seen["hash"]
    open_home(slack, user)
    return wait_for(lambda: (v := slack.home_view(user)) and v["hash"] != before and v)


def home_saying(slack, user, words):
    """Open the Home until it says something; unlike `home_of`, it may have said so before."""

    def find():
        open_home(slack, user)
        view = slack.home_view(user)
        return view if view and words in str(view) else None

    return wait_for(find)


def published(slack):
    return [call for call in slack.calls if call[1] == "views.publish"]


def keep_call(store, call_id, *, hours_ago, number=MARIA, **facts):
    """Put a call into the store that was over before the bot came."""
    answered = facts.pop("answered", False)
    known = {
        "direction": Direction.INCOMING,
        "remote_number": number,
        "our_side": ["104", "Ana Costa"],
        "started_at": time.time() - hours_ago * 3600,
        "ended_at": time.time() - hours_ago * 3600 + 60,
        "stage": Stage.ENDED,
        "status": "answered" if answered else "missed",
        **facts,
    }
    event = Event(f"e-{call_id}", "listed", "{}", Report(call_id, Source.LISTED, known))
    store.calls.save_all([(event, Hold.QUIET)], now=time.time())


@pytest.fixture
def ana(slack, start_bot):
    """The bot, with Ana linked by hand with extension 104; her day is that of UTC."""
    slack.state.users[ANA]["tz"] = "UTC"
    bot = start_bot()
    wait_for(lambda: bot.store.people.find("usr_104"))
    bot.store.links.link(ANA, "usr_104", how="hand", now=time.time())
    bot.store.slack_people.replace(
        [
            SlackPerson(ANA, "Ana Costa", "ana@example.com", "UTC"),
            SlackPerson(ADMIN, "Robin Park", "robin@example.com", "UTC", is_admin=True),
        ]
    )
    return bot


def test_whoever_has_no_link_is_shown_how_to_get_one_and_what_to_type(bot, slack):
    bot.store.links.link(BEN, None, how="hand", now=time.time())
    shown = str(home_of(slack, BEN))
    assert "'action_id': 'link_me'" in shown
    for command in ("/calls", "/contact", "/sms", "/vocatech"):
        assert command in shown
    assert "For admins" not in shown
    assert "Waiting for a call back" not in shown


def test_a_day_without_calls_is_a_friendly_one(ana, slack):
    shown = str(home_of(slack, ANA))
    assert "No missed call is waiting for you." in shown
    assert "No calls yet today." in shown
    name = ana.store.people.find("usr_104").name
    assert f"You are linked with {name}, ext. 104." in shown


def test_who_waits_for_a_call_back_stands_there_once_with_how_often_they_tried(ana, slack):
    keep_call(ana.store, "m1", hours_ago=30, remote_name="Maria *Lopez*")
    keep_call(ana.store, "m2", hours_ago=29, remote_name="Maria *Lopez*")
    keep_call(ana.store, "t1", hours_ago=20, number=TOM)
    view = home_of(slack, ANA)
    shown = str(view)
    assert "2 people have tried to reach you" in shown
    assert "{'type': 'plain_text', 'text': 'Maria *Lopez*  ·  tried 2 times'" in shown
    values = [
        block["accessory"]["value"]
        for block in view["blocks"]
        if block.get("accessory", {}).get("action_id") == "open_call"
    ]
    assert values[:2] == ["t1", "m2"]


def test_nobody_stands_there_twice_and_a_colleague_who_takes_care_is_named(ana, slack):
    keep_call(ana.store, "m1", hours_ago=3, remote_name="Maria Lopez")
    keep_call(ana.store, "t1", hours_ago=2, number=TOM, remote_name="Tom Reed")
    ana.store.claims.take("m1", ANA, now=time.time())
    ana.store.claims.take("t1", ADMIN, now=time.time())
    shown = str(home_of(slack, ANA))
    assert shown.index("You call back") < shown.index("Maria Lopez") < shown.index("Tom Reed")
    assert "Somebody has tried to reach you" in shown
    assert "Tom Reed  ·  Robin Park takes care of it" in shown
    assert "Nobody has taken these yet" not in shown


@pytest.mark.parametrize(
    ("then", "waits"),
    [
        ({"direction": Direction.OUTGOING, "answered": True}, False),
        ({"direction": Direction.OUTGOING, "answered": True, "our_side": ["105", "Ben"]}, False),
        ({"direction": Direction.OUTGOING}, True),
        ({"answered": True}, False),
        ({"answered": True, "our_side": ["105", "Ben"]}, False),
        ({"our_side": ["105", "Ben"]}, True),
        ({"direction": Direction.OUTGOING, "answered": True, "hours_ago": 5}, True),
        ({"direction": Direction.OUTGOING, "answered": True, "number": TOM}, True),
    ],
)
def test_a_number_waits_until_somebody_of_ours_talked_with_it(ana, then, waits):
    keep_call(ana.store, "missed", hours_ago=4)
    keep_call(ana.store, "then", **{"hours_ago": 2, **then})
    day = Interval(time.time() - 86_400, time.time())
    numbers, found = ana.store.open_calls.callers(day, "104", listed=10)
    assert (numbers, len(found)) == ((1, 1) if waits else (0, 0))


def test_tries_before_the_last_conversation_count_no_more(ana):
    keep_call(ana.store, "a", hours_ago=6)
    keep_call(ana.store, "b", hours_ago=5, answered=True)
    keep_call(ana.store, "c", hours_ago=4)
    keep_call(ana.store, "old", hours_ago=24 * 8, number=TOM)
    week = Interval(time.time() - 7 * 86_400, time.time())
    _, [one] = ana.store.open_calls.callers(week, "104", listed=10)
    assert (one.tries, one.call.call_id) == (1, "c")


def test_the_day_is_counted_from_midnight_where_the_reader_is(ana, slack):
    begun = time.time() % 86_400 / 3600
    for number in range(7):
        keep_call(ana.store, f"d{number}", hours_ago=begun * number / 8, answered=number > 0)
    keep_call(ana.store, "yesterday", hours_ago=begun + 1, answered=True)
    shown = str(home_of(slack, ANA))
    assert "7 calls so far, 1 of them missed." in shown
    assert "2 more: type /calls mine today" in shown


def test_a_home_is_published_again_only_when_it_changed(ana, slack):
    first = home_of(slack, ANA)
    wait_for(lambda: ana.store.homes.look(ANA))
    for _ in range(3):
        open_home(slack, ANA, seen=first)
    time.sleep(0.2)
    assert len(published(slack)) == 1
    keep_call(ana.store, "m1", hours_ago=1)
    open_home(slack, ANA, seen=first)
    wait_for(lambda: "Somebody has tried to reach you" in str(slack.home_view(ANA)))
    assert slack.home_view(ANA)["id"] == first["id"]
    assert len(published(slack)) == 2


def test_where_slack_shows_nothing_yet_the_home_is_published_though_it_looks_the_same(ana, slack):
    seen = home_of(slack, ANA)
    wait_for(lambda: ana.store.homes.look(ANA))
    open_home(slack, ANA)
    wait_for(lambda: slack.home_view(ANA)["hash"] != seen["hash"])
    assert len(published(slack)) == 2


def test_the_tab_with_the_messages_needs_nothing(ana, slack):
    open_home(slack, ANA, tab="messages")
    time.sleep(0.2)
    assert published(slack) == []


def test_an_admin_sees_how_the_bot_is_doing(ana, slack):
    wait_for(lambda: ana.metric("polls_total"))
    send(ana.url, ended("c"))
    shown = str(home_of(slack, ADMIN))
    for words in (
        "All is well.",
        "Every channel takes my posts.",
        "*API key*\\naccepted",
        "*Webhook subscription*\\nmade by hand",
        "1 person in Slack is not linked with anybody at Vocatech.",
        "show_unmatched",
        "There are no rules: every call goes where the settings say.",
    ):
        assert words in shown
    assert "not yet" not in shown


def test_an_admin_sees_what_is_wrong_and_what_mends_it(ana, slack):
    wait_for(lambda: ana.metric("polls_total"))
    for name in ("key refused", "webhooks unwell", "webhooks silent"):
        ana.store.notes.set_moment(name, time.time())
    shown = str(home_of(slack, ADMIN))
    for words in (
        "VOCATECH_API_KEY",
        "PUBLIC_URL",
        "no webhook with them",
        "Nothing is lost",
    ):
        assert words in shown
    assert "All is well." not in shown


def test_of_two_openings_at_once_the_newer_page_stays(ana, slack):
    first = home_of(slack, ANA)
    wait_for(lambda: ana.store.homes.look(ANA))
    keep_call(ana.store, "older", hours_ago=2, number=TOM)
    slack.faults.add(Fault(path="views.publish", delay=0.4, times=1))
    open_home(slack, ANA, seen=first)
    time.sleep(0.2)  # the older page is on its way
    keep_call(ana.store, "newer", hours_ago=1, number=MARIA)
    open_home(slack, ANA, seen=first)
    wait_for(lambda: len(published(slack)) == 3)
    assert "2 people have tried to reach you" in str(slack.home_view(ANA))


def test_an_admin_has_a_broken_channel_tried_again_at_once(start_bot, slack):
    bot = start_bot(slack_admins=ADMIN, timing=Timing(held_retry=300.0))
    slack.archive(CHANNEL)
    send(bot.url, ended("c"))
    view = home_saying(slack, ADMIN, "the channel is archived")
    assert "1 post waits; nothing is lost." in str(view)
    slack.state.channels[CHANNEL].is_archived = False
    before = len(published(slack))
    assert slack.click_in_view(ADMIN, view["id"], "try_channel", CHANNEL).status == 200
    wait_for(lambda: slack.posted_call_ids(CHANNEL) == ["c"])
    # The try may be over before the page is drawn.
    told = ("I am trying again right now", "Every channel takes my posts.")
    wait_for(lambda: any(one in str(published(slack)[before:]) for one in told))
    assert bot.store.audit.latest()[0].what == "tried a channel again"
    wait_for(lambda: bot.store.notes.moment(f"held {CHANNEL}") is None)
    home_saying(slack, ADMIN, "Every channel takes my posts.")


def test_somebody_without_rights_changes_nothing_with_a_button_from_former_days(start_bot, slack):
    bot = start_bot(slack_admins=ADMIN)
    wait_for(lambda: bot.store.slack_people.find(BEN))
    person = SlackPerson(BEN, "Ben", None, "UTC", is_admin=True)
    bot.store.slack_people.replace([person])
    bot.store.notes.set_moment(f"held {CHANNEL}", time.time())
    view = home_of(slack, BEN)
    bot.store.slack_people.replace([])
    slack.click_in_view(BEN, view["id"], "try_channel", CHANNEL)
    wait_for(lambda: "For admins" not in str(slack.home_view(BEN)))
    assert [one.what for one in bot.store.audit.latest()] == ["not allowed: try a channel again"]


def test_posts_that_were_put_aside_are_shown_and_taken_up_again(start_bot, slack):
    bot = start_bot(slack_admins=ADMIN)
    send(bot.url, ended("c"))
    wait_for(lambda: bot.metric("messages_posted_total") == 1)
    slack.archive(CHANNEL)
    bot.store.database.write(
        lambda db: db.execute(
            "update posts set parked = 'msg_too_long', ts = null, announced = 0,"
            " sending_since = null"
        )
    )
    [broken] = bot.store.troubles.broken_channels(0.0)
    assert (broken.reason, broken.parked, broken.waiting) == ("msg_too_long", 1, 0)
    assert "1 post was put aside." in str(home_of(slack, ADMIN))
    assert bot.store.troubles.take_up(CHANNEL) == 1
