"""App Home: what it shows, to which people, and when it is published."""

import time

import pytest

from bot.clock import Timing
from bot.intervals import Interval
from bot.models.calls import Direction, Report, Source, Stage
from bot.models.events import Event
from bot.models.people import SlackPerson
from bot.sandbox.company.model import HOSTILE_NAMES
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.store.ingest import Hold
from bot.ui.mrkdwn import literal
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, send

# The content is tested, not the rate.
pytestmark = [pytest.mark.any_rate, pytest.mark.calendar]

MARIA, TOM = "+12125550123", "+12125550199"


def open_home(slack, user, *, tab="home", seen=None):
    """Send the event of an opened Home, with the view that is shown already."""
    event = {"type": "app_home_opened", "user": user, "channel": "D1", "tab": tab}
    answer = slack.send_event(event | ({"view": seen} if seen else {}))
    assert answer.status == 200


def home_of(slack, user):
    """Return the Home as it is now: without a shown view it's always published."""
    seen = slack.home_view(user)
    before = seen and seen["hash"]
    open_home(slack, user)
    return wait_for(lambda: (v := slack.home_view(user)) and v["hash"] != before and v)


def home_saying(slack, user, words):
    """Open the Home until it shows some words; unlike `home_of`, it may show them already."""

    def find():
        open_home(slack, user)
        view = slack.home_view(user)
        return view if view and words in str(view) else None

    return wait_for(find)


def published(slack):
    return [call for call in slack.calls if call[1] == "views.publish"]


def keep_call(store, call_id, *, hours_ago, number=MARIA, **facts):
    """Store a call that ended before the app started."""
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
    """The app, with Ana linked manually to extension 104 and in the time zone UTC."""
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


def test_home_without_a_link_offers_one_and_lists_commands(bot, slack):
    bot.store.links.link(BEN, None, how="hand", now=time.time())
    shown = str(home_of(slack, BEN))
    assert "'action_id': 'link_me'" in shown
    for command in ("/calls", "/contact", "/sms", "/vocatech"):
        assert command in shown
    assert "System status" not in shown
    assert "My day" not in shown


def test_home_without_calls_explains_its_empty_groups(ana, slack):
    shown = str(home_of(slack, ANA))
    for words in ("No callbacks.", "No unclaimed calls.", "No calls yet today.", "all caught up"):
        assert words in shown
    name = ana.store.people.find("usr_104").name
    assert f"{name} (ext. 104)" in shown


def test_home_lists_each_caller_once_with_the_number_of_missed_calls(ana, slack):
    keep_call(ana.store, "m1", hours_ago=30, remote_name="Maria *Lopez*")
    keep_call(ana.store, "m2", hours_ago=29, remote_name="Maria *Lopez*")
    keep_call(ana.store, "t1", hours_ago=20, number=TOM)
    view = home_of(slack, ANA)
    shown = str(view)
    assert "Missed calls to you (2)" in shown
    assert "*Maria ∗Lopez∗*  (212) 555-0123\\n:red_circle: 2 missed calls" in shown
    values = [
        block["accessory"]["value"]
        for block in view["blocks"]
        if block.get("accessory", {}).get("action_id") == "claim_call"
    ]
    assert values == ["t1", "m2"]


def test_home_lists_a_caller_in_one_group_and_names_the_colleague_who_claimed(ana, slack):
    keep_call(ana.store, "m1", hours_ago=3, remote_name="Maria Lopez")
    keep_call(ana.store, "t1", hours_ago=2, number=TOM, remote_name="Tom Reed")
    ana.store.claims.take("m1", ANA, now=time.time())
    ana.store.claims.take("t1", ADMIN, now=time.time())
    shown = str(home_of(slack, ANA))
    assert shown.index("Your callbacks (1)") < shown.index("Maria Lopez") < shown.index("Tom Reed")
    assert shown.index("Missed calls to you (1)") < shown.index("Tom Reed")
    assert "Claimed by Robin Park" in shown
    assert "No unclaimed calls." in shown


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
def test_a_caller_waits_until_a_colleague_talks_to_them(ana, then, waits):
    keep_call(ana.store, "missed", hours_ago=4)
    keep_call(ana.store, "then", **{"hours_ago": 2, **then})
    day = Interval(time.time() - 86_400, time.time())
    numbers, found = ana.store.missed_calls.callers(day, "104", listed=10)
    assert (numbers, len(found)) == ((1, 1) if waits else (0, 0))


def test_missed_calls_before_the_last_conversation_do_not_count(ana):
    keep_call(ana.store, "a", hours_ago=6)
    keep_call(ana.store, "b", hours_ago=5, answered=True)
    keep_call(ana.store, "c", hours_ago=4)
    keep_call(ana.store, "old", hours_ago=24 * 8, number=TOM)
    week = Interval(time.time() - 7 * 86_400, time.time())
    _, [one] = ana.store.missed_calls.callers(week, "104", listed=10)
    assert (one.tries, one.call.call_id) == (1, "c")


def test_my_day_begins_at_midnight_in_the_readers_zone(ana, slack):
    begun = time.time() % 86_400 / 3600
    for number in range(7):
        keep_call(ana.store, f"d{number}", hours_ago=begun * number / 8, answered=number > 0)
    keep_call(ana.store, "yesterday", hours_ago=begun + 1, answered=True)
    shown = str(home_of(slack, ANA))
    assert "*7* calls  ·  *1* missed  ·  *0* SMS sent" in shown
    assert "Show all 7 calls" in shown
    slack.click_in_view(ANA, slack.home_view(ANA)["id"], "show_my_calls")
    listed = str(wait_for(lambda: slack.open_view(ANA)))
    assert all(f"d{number}" in listed for number in range(7))
    assert "yesterday" not in listed


def test_home_is_published_again_only_when_it_changed(ana, slack):
    first = home_of(slack, ANA)
    wait_for(lambda: ana.store.home_pages.view_hash(ANA))
    for _ in range(3):
        open_home(slack, ANA, seen=first)
    time.sleep(0.2)
    assert len(published(slack)) == 1
    keep_call(ana.store, "m1", hours_ago=1)
    open_home(slack, ANA, seen=first)
    wait_for(lambda: "Missed calls to you (1)" in str(slack.home_view(ANA)))
    assert slack.home_view(ANA)["id"] == first["id"]
    assert len(published(slack)) == 2


def test_home_is_published_when_slack_shows_none_though_it_is_unchanged(ana, slack):
    seen = home_of(slack, ANA)
    wait_for(lambda: ana.store.home_pages.view_hash(ANA))
    open_home(slack, ANA)
    wait_for(lambda: slack.home_view(ANA)["hash"] != seen["hash"])
    assert len(published(slack)) == 2


def test_messages_tab_publishes_nothing(ana, slack):
    open_home(slack, ANA, tab="messages")
    time.sleep(0.2)
    assert published(slack) == []


def test_admin_sees_the_system_status(ana, slack):
    wait_for(lambda: ana.metric("polls_total"))
    send(ana.url, ended("c"))
    shown = str(home_of(slack, ADMIN))
    for words in (
        "All systems operational",
        "All channels OK",
        "*Vocatech API key*\\n:white_check_mark: Valid",
        "*Webhook subscription*\\n:white_check_mark: Managed manually",
        "1 person in Slack isn't linked to an extension",
        "show_unmatched",
        "No rules. Every call goes to its number's channel or the default channel.",
    ):
        assert words in shown
    assert "Not tested yet" not in shown


def test_admin_sees_problems_and_how_to_fix_them(ana, slack):
    wait_for(lambda: ana.metric("polls_total"))

    def home_with_problems():
        # A request that is still under way may succeed, which ends a problem.
        for name in ("key refused", "webhooks unwell", "webhooks silent"):
            ana.store.key_values.set_moment(name, time.time())
        shown = str(home_of(slack, ADMIN))
        return "3 problems" in shown and shown

    shown = wait_for(home_with_problems)
    for words in (
        "VOCATECH_API_KEY",
        "PUBLIC_URL",
        "no webhooks for them",
        "Nothing is lost",
    ):
        assert words in shown
    assert "All systems operational" not in shown


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_in_home_get_no_formatting_mention_link_or_emoji(name):
    assert not set("*_~`:<>") & set(literal(name).replace("&lt;", "").replace("&gt;", ""))


def test_admin_opens_all_problems_and_checks_one_there(ana, slack):
    wait_for(lambda: ana.metric("polls_total"))
    for name in ("webhooks silent", *(f"held C0GONE{number:04}" for number in range(10))):
        ana.store.key_values.set_moment(name, time.time())
    view = home_of(slack, ADMIN)
    assert "11 problems" in str(view)
    assert slack.click_in_view(ADMIN, view["id"], "show_admin_list", "problems").status == 200
    modal = wait_for(lambda: slack.open_view(ADMIN))
    assert str(modal).count("'try_channel'") == 10
    slack.click_in_view(ADMIN, modal["id"], "look_again", "webhooks silent")
    wait_for(lambda: "Checking now." in str(slack.open_view(ADMIN)))


def test_of_two_simultaneous_openings_the_newer_view_stays(ana, slack):
    first = home_of(slack, ANA)
    wait_for(lambda: ana.store.home_pages.view_hash(ANA))
    keep_call(ana.store, "older", hours_ago=2, number=TOM)
    slack.faults.add(Fault(path="views.publish", delay=0.4, times=1))
    open_home(slack, ANA, seen=first)
    time.sleep(0.2)  # the older view is being published
    keep_call(ana.store, "newer", hours_ago=1, number=MARIA)
    open_home(slack, ANA, seen=first)
    wait_for(lambda: len(published(slack)) == 3)
    assert "Missed calls to you (2)" in str(slack.home_view(ANA))


def test_admin_retries_an_unavailable_channel(start_bot, slack):
    bot = start_bot(slack_admins=ADMIN, timing=Timing(held_retry=300.0))
    slack.archive(CHANNEL)
    send(bot.url, ended("c"))
    view = home_saying(slack, ADMIN, "the channel is archived")
    assert "1 post is queued; nothing is lost." in str(view)
    slack.state.channels[CHANNEL].is_archived = False
    before = len(published(slack))
    assert slack.click_in_view(ADMIN, view["id"], "try_channel", CHANNEL).status == 200
    wait_for(lambda: slack.posted_call_ids(CHANNEL) == ["c"])
    # The retry may be over before the view is published.
    told = ("Trying again.", "All channels OK")
    wait_for(lambda: any(one in str(published(slack)[before:]) for one in told))
    assert bot.store.audit.latest()[0].what == "tried a channel again"
    wait_for(lambda: bot.store.key_values.moment(f"held {CHANNEL}") is None)
    home_saying(slack, ADMIN, "All channels OK")


def test_a_former_admins_button_changes_nothing(start_bot, slack):
    bot = start_bot(slack_admins=ADMIN)
    wait_for(lambda: bot.store.slack_people.find(BEN))
    person = SlackPerson(BEN, "Ben", None, "UTC", is_admin=True)
    bot.store.slack_people.replace([person])
    bot.store.key_values.set_moment(f"held {CHANNEL}", time.time())
    view = home_of(slack, BEN)
    bot.store.slack_people.replace([])
    slack.click_in_view(BEN, view["id"], "try_channel", CHANNEL)
    wait_for(lambda: "System status" not in str(slack.home_view(BEN)))
    assert [one.what for one in bot.store.audit.latest()] == ["not allowed: try a channel again"]


def test_skipped_posts_are_shown_and_retried(start_bot, slack):
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
    [broken] = bot.store.incidents.broken_channels(0.0)
    assert (broken.reason, broken.parked, broken.waiting) == ("msg_too_long", 1, 0)
    assert "1 post was skipped." in str(home_of(slack, ADMIN))
    assert bot.store.incidents.retry_dead_letters(CHANNEL) == 1
