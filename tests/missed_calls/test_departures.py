"""People who are deactivated in Slack: their calls, rules, link, and digest."""

import time

import pytest

from bot.models.customers.follow_ups import FollowUp, Topic
from bot.models.health import CLOCK_WRONG
from bot.models.people import Mentions, Preference
from bot.models.rules import Rule, Rulebook
from bot.people.lookup import admins_to_notify
from bot.people.messages import render_person_left
from bot.people.slack_sync import UserSyncProgress, read_person, sync_slack_users
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.any_rate


@pytest.fixture
def left(start_bot, slack):
    """The app with a missed call that Ana claimed, and rules for her and about her."""
    bot = start_bot(slack_admins=ADMIN)
    store = bot.store
    wait_for(lambda: store.links.person_of(ANA) and store.slack_people.find(BEN))
    send(bot.url, ended("hers", status="missed"))
    send(bot.url, ended("his", status="missed", remote_number="+13125550177"))
    wait_for(lambda: sorted(slack.posted_call_ids(CHANNEL)) == ["hers", "his"])
    store.claims.take("hers", ANA, now=1.0)
    store.claims.take("his", BEN, now=1.0)
    rules = [
        Rule(1, "Hers", slack.direct_channel(ANA), slack_user=ANA, goes_on=True),
        Rule(2, "About her", CHANNEL, mention=ANA, goes_on=True),
        Rule(3, "About him", CHANNEL, mention=BEN),
    ]
    assert store.rules.replace(Rulebook(), rules, by=ADMIN, now=1.0)
    store.preferences.set(ANA, Preference(Mentions.ALL, slack.direct_channel(ANA)))
    return bot


def direct_messages(slack, user):
    return [one["text"] for one in slack.messages(slack.direct_channel(user))]


def is_free(bot, slack):
    store = bot.store
    wait_for(lambda: store.claims.of("hers") is None)
    wait_for(lambda: "deactivated" in str(direct_messages(slack, ADMIN)))
    [card] = [
        one
        for one in slack.messages(CHANNEL)
        if (one.get("metadata") or {}).get("event_payload", {}).get("call_id") == "hers"
    ]
    wait_for(lambda: "is still unclaimed" in str(slack.thread(CHANNEL, card["ts"])))
    wait_for(lambda: "Claimed by Ana" not in str(slack.thread(CHANNEL, card["ts"])))
    assert store.claims.of("his").slack_user == BEN
    assert [one.name for one in store.rules.book().rules] == ["About her", "About him"]
    assert [one.mention for one in store.rules.book().rules] == [None, BEN]
    assert store.links.person_of(ANA) is None
    assert store.preferences.of(ANA).direct is None
    told = direct_messages(slack, ADMIN)[-1]
    for part in ("Ana Torres was deactivated", "1 missed call is unclaimed", "“Hers”"):
        assert part in told
    assert ANA not in told


def test_calls_of_a_deactivated_owner_are_open_again(left, slack):
    slack.change_user(ANA, deleted=True)
    is_free(left, slack)
    assert left.store.slack_people.find(ANA) is None


def test_problems_reach_the_admins_of_the_workspace_if_the_only_named_one_left(start_bot, slack):
    bot = start_bot(slack_admins=BEN)
    wait_for(lambda: bot.store.slack_people.find(BEN))
    send(bot.url, ended("his", status="missed"))
    wait_for(lambda: slack.posted_call_ids(CHANNEL))
    bot.store.claims.take("his", BEN, now=1.0)
    slack.change_user(BEN, deleted=True)
    wait_for(lambda: "Ben Whitaker was deactivated" in str(direct_messages(slack, ADMIN)))
    bot.bot.services.tell_admins(CLOCK_WRONG, CLOCK_WRONG, {"minutes": "5", "side": "ahead of"})
    bot.bot.services.wake()
    wait_for(lambda: "clock" in str(direct_messages(slack, ADMIN)))


def test_problems_reach_only_a_named_guest_who_is_active(start_bot, slack):
    slack.add_user("U0GUEST001", "Gil Guest", "gil@example.com", rank="guest")
    bot = start_bot(slack_admins="U0GUEST001")
    wait_for(lambda: bot.store.slack_people.find(BEN))
    services = bot.bot.services
    assert admins_to_notify(["U0GUEST001"], bot.store, services.slack) == ["U0GUEST001"]
    assert admins_to_notify(["U0NOBODY01"], bot.store, services.slack) == [ADMIN, "U0NOBODY01"]
    assert admins_to_notify([], bot.store, services.slack) == [ADMIN]


def change_sent(slack, user, seconds_ago, zone="Europe/Rome"):
    """Send an event from some time ago, as Slack does again after a failure."""
    ts = f"{time.time() - seconds_ago:.6f}"
    slack.send_event({"type": "user_change", "user": {**user, "tz": zone}, "event_ts": ts})


def test_late_event_brings_no_one_back_who_left(left, slack):
    ana, ben = dict(slack.state.users[ANA]), dict(slack.state.users[BEN])
    slack.change_user(ANA, deleted=True)
    is_free(left, slack)
    change_sent(slack, ana, 1)
    slack.state.users[BEN] |= {"deleted": True}  # without an event: the app was off
    left.store.slack_people.remove(BEN)
    change_sent(slack, ben, 300)
    slack.change_user(ADMIN, tz="Europe/Vienna")
    wait_for(lambda: left.store.slack_people.find(ADMIN).zone == "Europe/Vienna")
    wait_for(lambda: left.store.claims.of("his") is None)
    assert left.store.slack_people.find(ANA) is None
    assert left.store.slack_people.find(BEN) is None


def test_the_daily_sync_frees_the_calls_of_deactivated_owners(left, slack):
    slack.state.users[ANA]["deleted"] = True
    services = left.bot.services
    for _ in range(2):  # the second run finds nothing more to do
        sync_slack_users(
            slack=services.slack,
            store=left.store,
            clock=services.clock,
            progress=UserSyncProgress(),
            on_gone=services.departures.free_work_of_all,
            report=lambda _: None,
        )
        is_free(left, slack)
    assert str(direct_messages(slack, ADMIN)).count("deactivated") == 1


def test_the_daily_sync_stops_the_work_of_new_guests(left, slack):
    slack.state.users[ANA]["is_restricted"] = True
    services = left.bot.services
    sync_slack_users(
        slack=services.slack,
        store=left.store,
        clock=services.clock,
        progress=UserSyncProgress(),
        on_gone=services.departures.free_work_of_all,
        on_guests=services.departures.free_work_of_guests,
        report=lambda _: None,
    )
    assert left.store.links.person_of(ANA) is None
    assert left.store.claims.of("hers").slack_user == ANA


def test_owner_who_was_deactivated_while_the_app_was_off_owns_nothing_after_the_start(
    left, start_bot, slack
):
    left.bot.stop()
    slack.state.users[ANA]["deleted"] = True
    restarted = start_bot(slack_admins=ADMIN)
    is_free(restarted, slack)
    assert restarted.store.slack_people.find(ANA) is None


def test_member_who_became_a_guest_while_the_app_was_off_is_one_after_the_start(
    left, start_bot, slack
):
    left.bot.stop()
    slack.state.users[ANA]["is_restricted"] = True
    restarted = start_bot(slack_admins=ADMIN)
    wait_for(lambda: restarted.store.slack_people.find(ANA) is None)
    assert "Guests" in slack.type_command(ANA, CHANNEL, "/contact", "Maria")["text"]
    wait_for(lambda: restarted.store.links.person_of(ANA) is None)


def test_a_changed_profile_frees_nothing(left, slack):
    slack.change_user(ANA, tz="Europe/Vienna", real_name="Ana Torres-Lind")
    wait_for(lambda: left.store.slack_people.find(ANA).zone == "Europe/Vienna")
    assert left.store.claims.of("hers").slack_user == ANA
    assert left.store.links.person_of(ANA)
    assert len(left.store.rules.book().rules) == 3


def test_a_member_who_becomes_a_guest_loses_access_immediately(left, slack):
    slack.change_user(ANA, is_restricted=True)
    wait_for(lambda: left.store.slack_people.find(ANA) is None)
    assert "Guests" in slack.type_command(ANA, CHANNEL, "/contact", "Maria")["text"]
    assert left.store.links.person_of(ANA) is None
    assert left.store.claims.of("hers").slack_user == ANA
    # A rule for her would show her calls of channels that guests aren't in.
    assert [one.name for one in left.store.rules.book().rules] == ["About her", "About him"]
    wait_for(lambda: "is a guest in Slack now" in str(direct_messages(slack, ADMIN)))
    assert "“Hers”" in direct_messages(slack, ADMIN)[-1]
    slack.change_user(ANA, is_restricted=False)
    wait_for(lambda: left.store.links.person_of(ANA))


@pytest.mark.parametrize("by", ["event", "sync"])
def test_an_admin_in_the_settings_keeps_their_work_as_a_guest(start_bot, slack, by):
    bot = start_bot(slack_admins=f"{ADMIN},{ANA}")
    store, departures = bot.store, bot.bot.services.departures
    wait_for(lambda: store.links.person_of(ANA))
    new = FollowUp(0, ANA, ANA, time.time() + 900, time.time(), Topic(number="+13125550177"))
    store.follow_ups.add(new, token="t", now=time.time())
    slack.state.users[ANA] |= {"is_restricted": True}
    guest = slack.state.users[ANA]
    if by == "event":
        departures.note_change(guest)
    else:
        departures.free_work_of_guests({ANA: read_person(guest)})
    assert store.follow_ups.owners() == {ANA}


def test_people_who_join_are_known_immediately(left, slack):
    slack.add_user("U0JOINED1", "Jo Joined", "jo@example.com")
    user = slack.state.users["U0JOINED1"]
    slack.send_event({"type": "team_join", "user": user, "event_ts": "1.0"})
    wait_for(lambda: left.store.slack_people.find("U0JOINED1"))


@pytest.mark.parametrize("rules", [[], ["A <!here>"], [f"R{at}" for at in range(9)]])
def test_the_message_to_admins_is_escaped_and_short(rules):
    message = render_person_left(
        "n", name="<!channel>", calls=2, rules=rules, mentions=rules, has_digest=True
    )
    assert "<!" not in message.text
    assert len(message.text) < 600


def test_admins_learn_what_became_of_the_work_of_a_new_guest():
    said = render_person_left("n", name="Ana", follow_ups=1, scheduled=2, is_guest=True).text
    assert said.startswith("Ana is a guest in Slack now. 1 follow-up was handed back")
    assert "2 scheduled messages weren't sent." in said
