"""Digests at the wire: typed, clicked, posted by the clock, refused, and printed."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cli.main import main
from bot.clock import Clock
from bot.digests.generator import DigestGenerator
from bot.digests.messages import render_digest
from bot.digests.service import SECONDS_TO_TELL
from bot.intervals import Interval
from bot.models.digest_schedule import EVERY_DAY, DigestPlan
from bot.models.health import CATCH_UP, POST_DIGESTS
from bot.sandbox.block_kit.check import check_blocks
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from tests.conftest import CHANNEL, read_calls, settings_for, wait_for
from tests.home.test_home import home_of
from tests.support.digest_calls import call_row, put_calls
from tests.support.hands import jobs_of

# About what is posted, not about how much at a time.
pytestmark = [pytest.mark.any_rate, pytest.mark.calendar]

OTHER = "C0OTHER001"
DAY = 86_400.0


# A Wednesday: the digest of the day before is of a working day.
NOON = datetime(2026, 9, 16, 12, tzinfo=ZoneInfo("America/New_York")).timestamp()


class MovedClock:
    """A clock that starts on a Wednesday at noon, `ahead` by as many seconds as a test says."""

    def __init__(self):
        self.ahead = 0.0
        self.began = time.monotonic()
        self.clock = Clock(now=self.now)

    def now(self):
        return NOON + time.monotonic() - self.began + self.ahead


@pytest.fixture
def moved(slack, vocatech):
    made = MovedClock()
    slack.wall_time = made.now
    vocatech.clock = lambda: datetime.fromtimestamp(made.now(), UTC)
    return made


@pytest.fixture
def bot(start_bot, slack, moved):
    """The bot with calls of yesterday; its admin is Robin, and Ana has extension 101."""
    slack.add_channel(OTHER, "other")
    running = start_bot(slack_admins=ADMIN, clock=moved.clock)
    wait_for(lambda: running.store.links.person_of(ANA))
    read_calls(running)
    noon = NOON - DAY
    put_calls(
        running.store,
        [
            call_row("m1", noon, outcome="missed", name="Maria *Lopez*", number="+12125550123"),
            call_row("m2", noon + 60, outcome="missed", name="Maria *Lopez*"),
            call_row("a1", noon + 3600, number="+12125550177", sentiment="positive"),
            call_row("o1", noon + 7200, number="+12125550178", direction="outgoing"),
            call_row(
                "b1", noon + 9000, outcome="voicemail", number="+12125550179", extension="102"
            ),
        ],
    )
    return running


def ask(slack, typed, user=ADMIN, channel=CHANNEL):
    answer = slack.type_command(user, channel, "/vocatech", f"digest {typed}".strip())
    assert answer.status == 200
    assert not answer.problem
    return json.dumps(answer, ensure_ascii=False)


def digests_in(slack, channel):
    return [
        message
        for message in slack.messages(channel)
        if (message.get("metadata") or {}).get("event_type") == "vocatech_digest"
    ]


def private_to_somebody(slack):
    return wait_for(
        lambda: next((one for one in slack.messages(CHANNEL) if one.get("is_ephemeral")), None)
    )


def look(bot):
    """Let the clock's job look now, as it does every some seconds."""
    jobs_of(bot.bot)[POST_DIGESTS]()
    bot.bot.workers.wake()


def maker_of(bot):
    return DigestGenerator(bot.store, bot.bot.services.locale)


def told(slack, user):
    return [one["text"] for one in slack.messages(slack.direct_channel(user))]


def test_own_digest_without_an_extension_says_how_to_link_one(bot, slack):
    bot.store.links.link(BEN, None, how="hand", now=time.time())
    said = ask(slack, "on me", user=BEN)
    assert "You're not linked to an extension yet. To link yours, type /vocatech link." in said


def test_scheduled_digest_is_posted_once_a_day(bot, slack, moved):
    said = ask(slack, "on daily 0:00 UTC people")
    assert "every day at 12:00 AM (UTC), with numbers for each person" in said
    assert "Next: " in said
    assert "every day at 12:00 AM (UTC)" in ask(slack, "", user=BEN)
    moved.ahead = DAY
    put_calls(bot.store, [call_row("t1", NOON, outcome="missed", name="Tom <!channel>")])
    for _ in range(3):
        look(bot)
    [message] = wait_for(lambda: digests_in(slack, CHANNEL))
    look(bot)
    time.sleep(0.2)
    assert len(digests_in(slack, CHANNEL)) == 1
    types = [block["type"] for block in message["blocks"]]
    assert {"data_visualization", "table", "header"} <= set(types)
    assert "'value': 't1'" in str(message["blocks"])
    assert bot.store.audit.latest()[0].what == "switched a digest on"
    moved.ahead = 8 * DAY
    jobs_of(bot.bot)[CATCH_UP]()
    look(bot)
    [_, late] = wait_for(lambda: len(found := digests_in(slack, CHANNEL)) == 2 and found)
    assert "6 earlier digests were skipped" in str(late["blocks"])
    assert late["text"].startswith("A quiet day: no calls on ")
    assert "Digests for this channel are off" in ask(slack, "off")
    moved.ahead = 9 * DAY
    look(bot)
    assert "No digest is scheduled for this channel" in ask(slack, "")
    assert len(digests_in(slack, CHANNEL)) == 2


def test_preview_is_private_and_equals_the_digest(bot, slack, moved):
    ask(slack, "preview people UTC", user=BEN)
    seen = private_to_somebody(slack)
    assert seen["for_user"] == BEN
    assert digests_in(slack, CHANNEL) == []
    maker = maker_of(bot)
    plan = maker.usual_plan(CHANNEL)
    assert (
        seen["text"]
        == render_digest(maker.preview(plan, moved.now()), locale=bot.bot.services.locale).text
    )
    assert bot.store.digests.plans() == []


def test_now_posts_a_digest_once(bot, slack):
    assert "Posting the digest for" in ask(slack, "now")
    wait_for(lambda: digests_in(slack, CHANNEL))
    assert "was already posted" in ask(slack, "now")
    assert len(digests_in(slack, CHANNEL)) == 1


def test_now_twice_is_one_audit_entry(bot, slack):
    for _ in range(3):
        ask(slack, "now")
    wait_for(lambda: digests_in(slack, CHANNEL))
    assert [one.what for one in bot.store.audit.latest()].count("posted a digest") == 1


@pytest.mark.parametrize("channel", ["C0SECRET01", "G0GROUPDM1"])
@pytest.mark.parametrize("typed", ["on", "on weekdays 8:30", "now"])
def test_a_digest_is_refused_where_the_app_is_missing(bot, slack, channel, typed):
    slack.add_channel(channel, "secret", private=True, member=False)
    answer = str(slack.type_command(ADMIN, channel, "/vocatech", f"digest {typed}"))
    assert "isn't in this channel" in answer
    assert "/invite @Vocatech" in answer
    assert bot.store.digests.plans() == []


def test_ones_own_digest_needs_no_invitation_to_a_private_channel(bot, slack):
    slack.add_channel("C0SECRET01", "privategroup", private=True, member=False)
    answer = str(slack.type_command(ANA, "C0SECRET01", "/vocatech", "digest on me daily 9 AM"))
    assert "Digest for you" in answer
    assert "/invite" not in answer


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        *((zone, "doesn't say when clocks change") for zone in ("GMT+2", "utc-5", "UTC+05:30")),
        *((zone, "doesn't say when clocks change") for zone in ("Etc/GMT+2", "+2", "GMT+0200")),
        *((zone, "America/New_York") for zone in ("EST", "Eastern", "et", "EDT")),
        *(
            ("MST", "America/Denver or America/Phoenix"),
            ("HST", "Pacific/Honolulu"),
            ("pst", "America/Los_Angeles"),
        ),
        *(("Central", "America/Chicago"), ("CEST", "Europe/Berlin"), ("BST", "Europe/London")),
    ],
)
def test_a_zone_without_clock_changes_is_a_question(bot, slack, zone, words):
    assert words in ask(slack, f"on weekdays 8:30 {zone}")
    assert bot.store.digests.plans() == []


def test_number_in_a_monthly_digest_is_a_question(bot, slack):
    for typed, number in (("on monthly 15", 15), ("on monthly on the 5", 5)):
        assert f"Is “{number}” a day or a time?" in ask(slack, typed)
    assert bot.store.digests.plans() == []
    ask(slack, "on monthly at 9")
    assert [one.minute for one in bot.store.digests.plans()] == [9 * 60]


def test_early_hour_without_am_or_pm_is_a_question(bot, slack):
    for typed, said in (("on fridays at 4", "“4”"), ("on weekdays 5:30", "“5:30”")):
        assert f"Is {said} in the morning or in the afternoon?" in ask(slack, typed)
    assert bot.store.digests.plans() == []
    for typed, minute in (
        ("on 5:30 am", 330),
        ("on at 4pm", 960),
        ("on 05:30", 330),
        ("on 7", 420),
    ):
        ask(slack, typed)
        assert [one.minute for one in bot.store.digests.plans()] == [minute], typed


def test_off_with_days_leaves_the_digest_on(bot, slack):
    ask(slack, "on daily 8:30")
    before = bot.store.digests.plans()
    for typed in ("off weekends", "off on friday", "off 8:30", "off people", "off monthly"):
        assert "Off switches the whole digest off" in ask(slack, typed)
    assert bot.store.digests.plans() == before
    assert "off" in ask(slack, "off.")
    assert not [one for one in bot.store.digests.plans() if one.is_on]


def test_only_admins_change_channel_digests(bot, slack):
    for typed in ("on weekdays 8:30", "off", "now"):
        assert "Only admins can change the digests of channels" in ask(slack, typed, user=BEN)
    assert bot.store.digests.plans() == []
    assert bot.store.audit.latest()[0].what == "not allowed: change the digests of channels"


def test_unclear_command_is_answered_with_an_example(bot, slack):
    for typed, words in (
        ("on 25:00", "“25:00” isn't a time of day"),
        ("on Mars/Olympus", "time zone “Mars/Olympus”"),
        ("on montag", "Use mon, tue"),
        ("gibberish", "“gibberish” isn't a day"),
        ("on a", "Something is missing after “a”"),
        ("on daily at", "Something is missing after “at”"),
        ("on mon and", "Something is missing after “and”"),
    ):
        said = ask(slack, typed)
        assert words in said
        assert "/vocatech digest on weekdays" in said
    assert bot.store.digests.plans() == []


def test_personal_digest_covers_own_calls(bot, slack, moved):
    assert "No digest is scheduled for you" in ask(slack, "me", user=ANA)
    assert "Digest for you: every day" in ask(slack, "on daily 0:00 UTC me", user=ANA)
    moved.ahead = DAY
    put_calls(
        bot.store,
        [
            call_row("t1", NOON, extension="101", number="+12125550188"),
            call_row("t2", NOON, extension="102", number="+12125550189"),
        ],
    )
    look(bot)
    direct = slack.direct_channel(ANA)
    [message] = wait_for(lambda: digests_in(slack, direct))
    assert message["text"].startswith("Digest of your calls, ")
    assert ": 1 call, 1 in;" in message["text"]
    assert "Your callbacks" in str(message["blocks"])
    assert "Maria *Lopez*" in str(message["blocks"])
    assert "'m2'" in str(message["blocks"])
    assert "b1" not in str(message["blocks"])
    assert "Digests for you are off" in ask(slack, "off me", user=ANA)


def test_person_without_extension_gets_the_way_to_link(bot, slack, moved):
    bot.store.links.link(BEN, None, how="hand", now=moved.now())
    for typed in ("on me", "preview me"):
        assert "/vocatech link" in ask(slack, typed, user=BEN)


def test_refused_block_types_are_replaced_and_remembered(bot, slack, moved):
    slack.refused_block_types.add("data_visualization")
    bot.store.digests.set_plan(maker_of(bot).usual_plan(CHANNEL))
    ask(slack, "on daily UTC people")
    ask(slack, "now")
    [message] = wait_for(lambda: digests_in(slack, CHANNEL))
    types = [block["type"] for block in message["blocks"]]
    assert "table" in types
    assert "data_visualization" not in types
    assert "Calls by hour" in str(message["blocks"])
    tries = len([one for one in slack.calls if one[1] == "chat.postMessage"])
    assert tries == 2
    wait_for(lambda: bot.store.key_values.moment("unknown block data_visualization"))
    slack.refused_block_types.add("table")
    ask(slack, "on daily UTC people", channel=OTHER)
    ask(slack, "now", channel=OTHER)
    [message] = wait_for(lambda: digests_in(slack, OTHER))
    assert "By person" in str(message["blocks"])
    wait_for(lambda: bot.store.key_values.moment("unknown block table"))
    for block_type in ("table", "data_visualization"):  # a week and a day later
        bot.store.key_values.set_moment(f"unknown block {block_type}", moved.now() - 8 * DAY)
    slack.refused_block_types.clear()
    slack.state.channels[OTHER].messages.clear()
    bot.store.database.write(lambda db: db.execute("delete from digests"))
    bot.store.database.write(lambda db: db.execute("delete from posts"))
    ask(slack, "now", channel=OTHER)
    [message] = wait_for(lambda: digests_in(slack, OTHER))
    assert "table" in [block["type"] for block in message["blocks"]]


def test_preview_works_without_new_block_types(bot, slack):
    slack.refused_block_types.update({"data_visualization", "table"})
    ask(slack, "preview people")
    seen = private_to_somebody(slack)
    assert "Calls by hour" in str(seen["blocks"])


def test_a_lost_answer_does_not_make_a_second_digest(bot, slack):
    slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
    ask(slack, "now")
    wait_for(lambda: bot.metric("unconfirmed_posts_resolved_total"))
    assert len(digests_in(slack, CHANNEL)) == 1
    wait_for(lambda: bot.store.posts.waiting() == 0)


def test_closed_channel_holds_only_its_own_digest(bot, slack, moved):
    for channel in (CHANNEL, OTHER):
        ask(slack, "on daily 0:00 UTC", channel=channel)
    slack.archive(CHANNEL)
    moved.ahead = DAY
    look(bot)
    wait_for(lambda: digests_in(slack, OTHER))
    wait_for(lambda: bot.store.key_values.moment(f"held {CHANNEL}"))
    moved.ahead = 2 * DAY
    look(bot)
    assert not any("does not come through" in one for one in told(slack, ADMIN))
    slack.state.channels[CHANNEL].is_archived = False
    bot.bot.workers.run_now(CHANNEL)
    [message] = wait_for(lambda: digests_in(slack, CHANNEL))
    assert "1 earlier digest was skipped" in str(message["blocks"])


def test_failing_digest_is_retried_reported_and_isolated(bot, slack, moved):
    for channel in (CHANNEL, OTHER):
        ask(slack, "on daily 0:00 UTC", channel=channel)
    spoil = "update digest_plans set zone = ? where channel = ?"
    bot.store.database.write(lambda db: db.execute(spoil, ["Gone/Zone", CHANNEL]))
    moved.ahead = DAY
    look(bot)
    wait_for(lambda: digests_in(slack, OTHER) and bot.store.posts.waiting() == 0)
    assert "(Gone/Zone)" in str(home_of(slack, ADMIN))
    assert told(slack, ADMIN) == []
    moved.ahead = DAY + SECONDS_TO_TELL + 1
    for _ in range(2):
        look(bot)
    [words] = wait_for(lambda: told(slack, ADMIN))
    assert f"The digest for <#{CHANNEL}> couldn't be posted" in words
    bot.store.database.write(lambda db: db.execute(spoil, ["UTC", CHANNEL]))
    look(bot)
    wait_for(lambda: digests_in(slack, CHANNEL))
    assert bot.store.key_values.moment(f"digest {CHANNEL}") is None


def test_digest_refused_by_slack_is_reported_to_an_admin(bot, slack, moved):
    refused = {"ok": False, "error": "invalid_arguments"}
    slack.faults.add(Fault(path="chat.postMessage", status=200, body=refused))
    ask(slack, "on daily UTC")
    ask(slack, "now")
    wait_for(lambda: bot.metric("web_api_errors_total"))
    slack.faults.clear()
    bot.store.database.write(lambda db: db.execute("update posts set parked = 'invalid_arguments'"))
    moved.ahead = SECONDS_TO_TELL + 1
    look(bot)
    wait_for(lambda: any("Slack has not taken it" in one for one in told(slack, ADMIN)))


def test_the_home_shows_digests_with_switches(bot, slack):
    ask(slack, "on weekly mon 9:00 Europe/Berlin")
    view = home_of(slack, ADMIN)
    assert f"<#{CHANNEL}>  ·  every Monday at 9:00 AM (Europe/Berlin)\\nNext: <!date" in str(view)
    assert slack.click_in_view(ADMIN, view["id"], "switch_digest", f"off {CHANNEL}").status == 200
    wait_for(lambda: "Switch on" in str(slack.home_view(ADMIN)))
    assert not bot.store.digests.plan(CHANNEL).is_on
    slack.click_in_view(ADMIN, view["id"], "switch_digest", f"on {CHANNEL}")
    wait_for(lambda: bot.store.digests.plan(CHANNEL).is_on)


def test_home_switches_own_digest_but_not_a_channels(bot, slack):
    view = home_of(slack, ANA)
    assert "Your digest" in str(view)
    assert "Off. When on, it's posted every weekday at 8:30 AM" in str(view)
    slack.click_in_view(ANA, view["id"], "switch_digest", f"on {ANA}")
    wait_for(lambda: "Switch off" in str(slack.home_view(ANA)))
    assert bot.store.digests.plan(ANA).is_on
    rank = "update slack_people set is_admin = ? where slack_user = ?"
    bot.store.database.write(lambda db: db.execute(rank, [1, ANA]))
    ask(slack, "on weekly mon 9:00")
    view = home_of(slack, ANA)
    assert "System status" in str(view)
    bot.store.database.write(lambda db: db.execute(rank, [0, ANA]))
    slack.click_in_view(ANA, view["id"], "switch_digest", f"off {CHANNEL}")
    wait_for(lambda: "System status" not in str(slack.home_view(ANA)))
    assert bot.store.digests.plan(CHANNEL).is_on


def test_the_operator_prints_a_digest_of_any_day(
    bot, slack, vocatech, tmp_path, capsys, monkeypatch
):
    env = settings_file(slack, vocatech, tmp_path)
    words = ["digest", "--channel", CHANNEL, "--env-file", str(env)]
    bot.store.backfills.note_held([Interval(0.0, NOON)])
    assert main([*words, "--period", "2026-09-15", "--print"]) == 0
    printed = capsys.readouterr().out
    assert (
        "5 calls, 4 in and 1 out; 25% answered. 3 missed. 2 callers haven't been called back."
        in printed
    )
    assert "Maria *Lopez*  ·  (212) 555-0123  ·  2 missed calls" in printed
    assert "Incoming: 4, ▲ 4 vs. the day before" in printed
    assert digests_in(slack, CHANNEL) == []
    for _ in range(2):
        assert main([*words, "--period", "month"]) == 0
    bot.bot.workers.wake()
    wait_for(lambda: digests_in(slack, CHANNEL))
    assert "It was already posted." in capsys.readouterr().out
    for wrong in (["--period", "someday"], ["--channel", "#calls"]):
        with pytest.raises(SystemExit) as ended:
            main([*words, *wrong])
        assert ended.value.code == 2


def test_a_digest_of_a_day_that_is_not_over_leaves_the_scheduled_one_to_come(
    start_bot, slack, vocatech, tmp_path, capsys, hands
):
    running = hands.take(start_bot(clock=hands.clock))
    read_calls(running)
    plan = DigestPlan(CHANNEL, "UTC", weekdays=EVERY_DAY, minute=0, since=time.time())
    running.store.digests.set_plan(plan)
    env = settings_file(slack, vocatech, tmp_path)
    words = ["digest", "--channel", CHANNEL, "--period", "today", "--env-file", str(env)]
    for said in ("posts it within seconds", "was already posted"):
        assert main(words) == 0
        assert said in capsys.readouterr().out
    running.bot.workers.wake()
    wait_for(lambda: digests_in(slack, CHANNEL))
    put_calls(running.store, [call_row("t1", time.time(), outcome="missed", name="Tom")])
    hands.do(POST_DIGESTS, ahead=DAY)
    early, whole = wait_for(lambda: digests_in(slack, CHANNEL)[1:] and digests_in(slack, CHANNEL))
    assert "Tom" not in json.dumps(early)
    assert "Tom" in json.dumps(whole)


def settings_file(slack, vocatech, folder):
    file = folder / "env"
    file.write_text(
        f"SLACK_BOT_TOKEN={slack.token}\nSLACK_SIGNING_SECRET={slack.signing_secret}\n"
        f"SLACK_DEFAULT_CHANNEL={CHANNEL}\nVOCATECH_API_KEY={vocatech.key}\n"
        f"DATABASE_URL={settings_for(slack, vocatech, folder).database_url}\nTIMEZONE=UTC\n"
    )
    return file


def test_every_answer_is_valid_in_slack(bot, slack):
    for typed in ("", "on", "now", "now", "off", "off", "on me", "me", "off me"):
        said = slack.type_command(ADMIN, CHANNEL, "/vocatech", f"digest {typed}")
        assert not said.problem
        if "blocks" in said:
            assert check_blocks(said["blocks"], "message") == []


def test_a_digest_posted_early_is_not_named_as_the_next_one(bot, slack, moved):
    evening = int(datetime(2026, 9, 16, 17, 45, tzinfo=ZoneInfo("America/New_York")).timestamp())
    today, tomorrow, later = (str(evening + days * int(DAY)) for days in (0, 1, 3))
    assert today in ask(slack, "on daily 5:45 PM America/New_York")
    ask(slack, "preview")
    assert today in json.dumps(private_to_somebody(slack))
    assert "Posting the digest for" in ask(slack, "now")
    assert tomorrow in ask(slack, "")
    assert today not in ask(slack, "")
    moved.ahead = 3 * DAY
    assert later in ask(slack, "")


def test_a_preview_of_a_day_that_has_not_begun_in_its_zone_says_so(bot, slack, moved):
    bot.store.digests.set_plan(DigestPlan(CHANNEL, "America/New_York", since=NOON - DAY))
    people = [replace(one, zone="Asia/Tokyo") for one in bot.store.slack_people.all()]
    bot.store.slack_people.replace(people)
    said = ask(slack, "preview today")  # in Tokyo it is Thursday
    assert "It isn't Sep 17, 2026 in America/New_York yet, so there are no calls." in said
    assert "/vocatech digest preview yesterday" in said
    assert ask(slack, "preview yesterday") == "{}"
    wait_for(lambda: "Sep 16" in json.dumps(slack.messages(CHANNEL)))


def test_a_preview_of_days_before_the_installation_says_that_they_are_not_stored(bot, slack):
    assert ask(slack, "preview last month") == "{}"
    said = json.dumps(private_to_somebody(slack))
    assert "No calls in August 2026 are stored." in said
    assert "type `/calls 2026-08-01..2026-08-31`" in said


def test_a_preview_shows_the_days_that_were_typed(bot, slack):
    assert ask(slack, "preview last week") == "{}"
    said = json.dumps(private_to_somebody(slack))
    assert "the week of Sep 7 to Sep 13, 2026" in said
    assert ask(slack, "preview 1.-10.9.") == "{}"
    wait_for(lambda: "Tue, Sep 1 to Thu, Sep 10, 2026" in json.dumps(slack.messages(CHANNEL)))
    assert ask(slack, "preview sep 2 to 9") == "{}"
    wait_for(lambda: "Wed, Sep 2 to Wed, Sep 9, 2026" in json.dumps(slack.messages(CHANNEL)))
    assert digests_in(slack, CHANNEL) == []
