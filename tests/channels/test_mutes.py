"""Muting a channel: from a card, by command, by several people at once, and lifted again."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import build
from bot.channels.command_parsing import SPANS, parse_mute_until
from bot.channels.modals import render_mute_modal, render_muted
from bot.errors import NotUnderstood
from bot.models.channels import Mute
from bot.sandbox.block_kit.check import check_blocks, check_view
from bot.sandbox.slack.payloads import state_of
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES
from bot.store.outbox.posts import Post, Subject
from bot.ui.formatting import Locale
from tests.conftest import CHANNEL, QUICK, RunningBot, settings_for, wait_for
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.calendar

HOUR, DAY = 3_600.0, 86_400.0
PRIVATE = "C0PRIVATE1"
MUTED = "muted this channel until"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def slack():
    with FakeSlack(scopes=frozenset(SCOPES), deadline=60.0) as stand_in:
        stand_in.add_channel(PRIVATE, "private", private=True, member=False)
        yield stand_in


@pytest.fixture(scope="module")
def running(slack, tmp_path_factory):
    with FakeVocatech() as vocatech:
        settings = settings_for(slack, vocatech, tmp_path_factory.mktemp("mutes"))
        bot = build(settings, timing=QUICK)
        bot.start()
        one = RunningBot(bot)
        slack.connect(one.url)
        wait_for(lambda: one.store.slack_people.find(ANA) and one.store.people.all())
        send(one.url, ended("c"))
        wait_for(lambda: slack.posted_call_ids(CHANNEL))
        yield one
        one.http.close()
        bot.stop()


@pytest.fixture
def bot(running, slack):
    """The one bot, with its channel not muted and an empty audit."""
    running.store.mutes.lift(CHANNEL, by=ANA, now=time.time())
    running.store.database.write(lambda db: db.execute("delete from audit"))
    for user in (ANA, BEN):
        slack.views.close_all(user)
    return running


def card(slack):
    [shown] = [one for one in slack.messages(CHANNEL) if "card_menu" in json.dumps(one)]
    return shown


def mute_form(slack, user):
    answer = slack.click(user, CHANNEL, card(slack)["ts"], "card_menu", "mute c")
    assert (answer.status, answer.problem) == (200, "")
    return wait_for(lambda: slack.open_view(user))


def mute(slack, user, span):
    answer = slack.submit_view(user, mute_form(slack, user)["id"], {"span": {"span": span}})
    assert (answer.status, answer.problem, answer.body) == (200, "", "")


def ask(slack, typed, user=ANA, channel=CHANNEL):
    return json.loads(slack.type_command(user, channel, "/vocatech", typed).body or "{}")


def told(slack, words, channel=CHANNEL, *, ts=None, but=None):
    """Return the last message, or the one with `ts`, once it has these words."""

    def find():
        everybodys = [one for one in slack.messages(channel) if not one.get("is_ephemeral")]
        meant = [one for one in everybodys if ts in (None, one["ts"])][-1:]
        return [one for one in meant if words in one["text"] and one["ts"] != but]

    return wait_for(find)[0]


def held_until(bot, channel=CHANNEL):
    mute = bot.store.channels.mute(channel, now=time.time())
    return mute and mute.until


def deeds(bot):
    return [(one.slack_user, one.what, one.detail) for one in bot.store.audit.latest()][::-1]


# Until when


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        *[("1h", HOUR), ("for 2 hours", 2 * HOUR), ("1h 30 min", 1.5 * HOUR), ("3 Days", 3 * DAY)],
        *[("2 weeks", 14 * DAY), ("a week", 7 * DAY), ("2w", 14 * DAY), ("1 month", 30 * DAY)],
        *[
            ("two hours", 2 * HOUR),
            ("an hour", HOUR),
            ("half an hour", HOUR / 2),
            ("２h", 2 * HOUR),
        ],
        *[("1.5 hours", 1.5 * HOUR), ("1,5h", 1.5 * HOUR), ("1½ hours", 1.5 * HOUR)],
        *[("2 hrs.", 2 * HOUR), ("2h30", 2.5 * HOUR), ("an hour and a half", 1.5 * HOUR)],
        *[("1h, 30 min", 1.5 * HOUR), ("for 2 hours please", 2 * HOUR), ("“2h”", 2 * HOUR)],
        *[("2 h and 5 min", 2 * HOUR + 300), ("２h", 2 * HOUR), ("1h30m", 1.5 * HOUR)],
    ],
)
def test_durations_are_parsed_as_people_write_them(typed, seconds):
    assert parse_mute_until(typed, 1_000.0, BERLIN) == 1_000.0 + seconds


# A Monday at 3 PM.
MONDAY = datetime(2026, 11, 30, 15, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("until 5pm", "2026-11-30 17:00"),
        ("until 17:00", "2026-11-30 17:00"),
        ("until 5", "2026-11-30 17:00"),
        ("till noon", "2026-12-01 12:00"),
        ("until tomorrow 9am", "2026-12-01 09:00"),
        ("until tomorrow morning", "2026-12-01 08:00"),
        ("until friday", "2026-12-04 08:00"),
        ("until next monday", "2026-12-07 08:00"),
        ("until 24.12.", "2026-12-24 08:00"),
        ("until dec 24", "2026-12-24 08:00"),
        ("until 2026-12-24", "2026-12-24 08:00"),
        ("today", "2026-12-01 00:00"),
        ("the rest of the day", "2026-12-01 00:00"),
        ("until end of day", "2026-12-01 00:00"),
        ("until the end of the day", "2026-12-01 00:00"),
        ("until end of week", "2026-12-07 08:00"),
        ("until the end of the week", "2026-12-07 08:00"),
        *[(night, "2026-12-01 08:00") for night in ("tonight", "for tonight", "for the night")],
        ("for the evening", "2026-12-01 08:00"),
        *[("tomorrow", "2026-12-01 08:00"), ("5pm", "2026-11-30 17:00")],
        ("this week", "2026-12-07 08:00"),
        ("this afternoon", "2026-11-30 18:00"),
        ("until tonight at 12", "2026-12-01 00:00"),
        ("until tomorrow morning at 6", "2026-12-01 06:00"),
        ("until friday the 4th", "2026-12-04 08:00"),
    ],
)
def test_the_end_of_a_mute_is_parsed_as_people_write_it(typed, until):
    found = parse_mute_until(typed, MONDAY.timestamp(), BERLIN, "DE")
    assert f"{datetime.fromtimestamp(found, BERLIN):%Y-%m-%d %H:%M}" == until


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("90", "“90” needs a unit, such as 90 min or 90 h."),
        ("in 5", "“in 5” needs a unit, such as 5 min or 5 h."),
        ("until 17h", "“until 17h” may be a time or a duration."),
        ("8h30", "“8h30” may be a time or a duration."),
        ("14 h 30", "“14 h 30” may be a time or a duration."),
        ("until monday dec 24", "Dec 24, 2026 is a Thursday, not a Monday."),
        ("until yesterday", "“until yesterday” is in the past."),
        ("31 days", "“31 days” is out of range"),
        ("5 weeks", "“5 weeks” is out of range"),
        ("forever", "“forever” is out of range: a mute lasts from 1 minute to 30 days."),
        ("until christmas", "“until christmas” isn't a duration or a time."),
        ("@ben", "isn't a duration or a time."),
        *[
            (typed, f"“{typed}” may be when the mute begins. A mute always begins immediately.")
            for typed in ("at 5pm", "in 2 hours", "in 30 min", "for lunch", "lunch", "monday")
        ],
        *[
            (typed, f"“{typed}” may be when the mute begins. A mute always begins immediately.")
            for typed in ("next week", "on friday", "for monday", "dec 24", "over the weekend")
        ],
        ("in 2 hours", "Leave out “in” to mute for 2 hours."),
        ("next week", "Put until before the time when it ends."),
    ],
)
def test_what_is_no_end_of_a_mute_is_refused_with_the_reason(typed, said):
    with pytest.raises(NotUnderstood, match=r"^This channel wasn't muted\.") as error:
        parse_mute_until(typed, MONDAY.timestamp(), BERLIN)
    assert said in error.value.reason


@pytest.mark.parametrize(
    ("typed", "day", "hour", "until"),
    [
        ("over the weekend", 4, 15, "2026-12-07 08:00"),  # a Friday
        ("weekend", 6, 9, "2026-12-07 08:00"),
        ("weekend", 4, 9, None),
        ("tonight", 1, 12, "2026-12-02 08:00"),
        ("tonight", 1, 9, None),
        ("tonight", 1, 1, "2026-12-01 08:00"),
        ("overnight", 1, 4, "2026-12-01 08:00"),
        ("this afternoon", 1, 7, "2026-12-01 18:00"),
        ("this afternoon", 1, 5, None),
        ("tomorrow morning", 1, 9, None),
    ],
)
def test_part_of_a_day_is_refused_hours_before_it_begins(typed, day, hour, until):
    now = datetime(2026, 12, day, hour, tzinfo=BERLIN).timestamp()
    if until is None:
        with pytest.raises(NotUnderstood, match="may be when the mute begins"):
            parse_mute_until(typed, now, BERLIN)
    else:
        found = datetime.fromtimestamp(parse_mute_until(typed, now, BERLIN), BERLIN)
        assert f"{found:%Y-%m-%d %H:%M}" == until


@pytest.mark.parametrize("evening", [(2026, 3, 28, 17, 0), (2026, 10, 24, 23, 59)])
def test_tomorrow_is_at_eight_in_the_users_zone_across_clock_changes(evening):
    now = datetime(*evening, tzinfo=BERLIN)
    until = datetime.fromtimestamp(
        parse_mute_until("until tomorrow", now.timestamp(), BERLIN), BERLIN
    )
    assert (until.day, until.hour, until.minute) == (now.day + 1, 8, 0)


@given(st.text(max_size=80) | st.from_regex(re.compile(r"\d{0,9} ?[mhdx]", re.ASCII)))
def test_any_text_is_a_time_within_a_month_or_an_error_with_an_example(typed):
    try:
        until = parse_mute_until(typed, 0.0, BERLIN)
    except NotUnderstood as error:
        until, said = 1.0, str(error)
    else:
        said = ""
    assert 0 < until <= 30 * DAY
    assert said == "" or "/vocatech mute 2h" in said


# In Slack


def test_a_number_without_unit_mutes_nothing_and_an_afternoon_its_own_end(bot, slack):
    wrong = ("until 17h", "17h30", "until monday dec 8, 2026", "in 5", "in 2 hours", "at 5 PM")
    for typed in (*(f"mute {one}" for one in wrong), "mute for lunch", "mute next week"):
        assert "This channel wasn't muted." in str(ask(slack, typed))
    assert held_until(bot) is None


def test_anyone_can_mute_a_channel_and_its_members_see_it(bot, slack):
    mute(slack, ANA, "4h")
    assert held_until(bot) == pytest.approx(time.time() + 4 * HOUR, abs=60)
    first = told(slack, MUTED)
    assert not check_blocks(first["blocks"], "message")
    assert f'"user_id": "{ANA}"' in json.dumps(first)
    [(who, what, detail)] = deeds(bot)
    assert (who, what, detail[:10]) == (ANA, "channel muted", CHANNEL)
    answer = slack.click(BEN, CHANNEL, first["ts"], "lift_mute")
    assert (answer.status, answer.problem) == (200, "")
    shown = told(slack, "someone unmuted it", ts=first["ts"])
    assert "lift_mute" not in json.dumps(shown)
    assert held_until(bot) is None
    assert deeds(bot)[1:] == [(BEN, "mute lifted", CHANNEL)]


def test_calls_of_a_muted_channel_are_posted_as_one_message_afterwards(bot, slack):
    mute(slack, ANA, "1h")
    notice = told(slack, MUTED)
    for n in range(3):
        send(bot.url, ended(f"waits-{n}", remote_number=f"+1212555018{n}"))
    wait_for(lambda: not bot.store.calls.to_route())
    wait_for(lambda: bot.store.posts.waiting() == 0)
    assert slack.messages(CHANNEL)[-1]["ts"] == notice["ts"]
    slack.click(BEN, CHANNEL, notice["ts"], "lift_mute")
    told(slack, "someone unmuted it", ts=notice["ts"])
    last = wait_for(lambda: [one for one in slack.messages(CHANNEL) if one["ts"] > notice["ts"]])
    assert [about(one) for one in last] == [["waits-0", "waits-1", "waits-2"]]


def about(message):
    return sorted(message["metadata"]["event_payload"]["call_ids"])


def test_of_two_simultaneous_mutes_the_later_wins(bot, slack):
    forms = {user: mute_form(slack, user) for user in (ANA, BEN)}
    spans = {ANA: "1h", BEN: "3d"}
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda user: slack.submit_view(
                    user, forms[user]["id"], {"span": {"span": spans[user]}}
                ),
                forms,
            )
        )
    assert [(one.status, one.problem) for one in answers] == [(200, "")] * 2
    last = bot.store.channels.mute(CHANNEL, now=time.time())
    assert last.until == pytest.approx(time.time() + {ANA: HOUR, BEN: 3 * DAY}[last.by], abs=60)
    wait_for(lambda: bot.store.posts.waiting() == 0)
    two = slack.messages(CHANNEL)[-2:]
    assert sorted("lift_mute" in json.dumps(one) for one in two) == [False, True]
    offered = next(one for one in two if "lift_mute" in json.dumps(one))
    assert last.by in json.dumps(offered)
    assert len(deeds(bot)) == 2


def test_a_form_sent_twice_mutes_once(bot, slack):
    view = mute_form(slack, ANA)
    shown = {**view, "state": state_of(view, {"span": {"span": "1h"}})}
    twice = {"type": "view_submission", "user": {"id": ANA}, "view": shown}
    for _ in range(2):
        assert slack.sender.interact(twice).status == 200
    assert len(deeds(bot)) == 1


def test_the_form_of_a_muted_channel_shows_the_mute_and_an_unmute_button(bot, slack):
    mute(slack, BEN, "1h")
    first = told(slack, MUTED)
    view = mute_form(slack, ANA)
    assert f'"user_id": "{BEN}"' in json.dumps(view)
    slack.click_in_view(ANA, view["id"], "lift_mute")
    wait_for(lambda: "no longer muted" in json.dumps(slack.open_view(ANA)))
    assert held_until(bot) is None
    told(slack, "someone unmuted")
    slack.sender.interact(pressed(slack, first))
    wait_for(lambda: "isn't muted" in json.dumps(slack.open_view(BEN)))
    assert len(deeds(bot)) == 2


def pressed(slack, message):
    """Return a click on a button of an older message."""
    action = {"action_id": "lift_mute", "block_id": "b", "type": "button", "value": CHANNEL}
    slack.views.close_all(BEN)
    return {
        "type": "block_actions",
        "user": {"id": BEN},
        "trigger_id": slack.new_trigger(BEN),
        "channel": {"id": CHANNEL},
        "message": message,
        "actions": [action],
    }


def test_a_channel_is_muted_and_unmuted_by_command(bot, slack):
    assert "isn't muted" in ask(slack, "mute off")["text"]
    assert "is muted until" in ask(slack, "mute 2h")["text"]
    assert held_until(bot) == pytest.approx(time.time() + 2 * HOUR, abs=60)
    first = told(slack, MUTED)
    ask(slack, "mute for 3 days", BEN)
    second = told(slack, MUTED, but=first["ts"])
    told(slack, "muted it again", ts=first["ts"])
    assert "no longer muted" in ask(slack, "mute OFF")["text"]
    told(slack, "unmuted it", ts=second["ts"])


def test_the_mute_command_without_a_time_opens_the_form(bot, slack):
    assert ask(slack, "mute") == {}
    view = wait_for(lambda: slack.open_view(ANA))
    slack.submit_view(ANA, view["id"], {"span": {"span": "tomorrow"}})
    zone = ZoneInfo(bot.store.slack_people.find(ANA).zone)
    assert datetime.fromtimestamp(held_until(bot), zone).strftime("%H:%M") == "08:00"


@pytest.mark.parametrize("typed", ["soon", "0m", "31d", "2 weeks <!channel>", "x" * 400])
def test_an_invalid_duration_is_answered_with_an_example(bot, slack, typed):
    said = ask(slack, f"mute {typed}")["text"]
    assert "This channel wasn't muted" in said
    assert "For example: /vocatech mute 2h" in said
    assert "<!channel>" not in said
    assert held_until(bot) is None


def test_a_channel_without_the_app_is_not_muted(bot, slack):
    assert "Vocatech isn't in this channel" in ask(slack, "mute 2h", channel=PRIVATE)["text"]
    ask(slack, "mute", channel=PRIVATE)
    view = wait_for(lambda: slack.open_view(ANA))
    answer = slack.submit_view(ANA, view["id"], {"span": {"span": "1h"}})
    assert "Vocatech isn't in this channel" in answer["errors"]["span"]
    assert held_until(bot, PRIVATE) is None


def test_muting_a_direct_channel_is_not_audited(bot, slack):
    direct = slack.direct_channel(ADMIN)
    ask(slack, "mute 1h", ADMIN, direct)
    told(slack, MUTED, direct)
    assert held_until(bot, direct)
    ask(slack, "mute off", ADMIN, direct)
    assert held_until(bot, direct) is None
    assert deeds(bot) == []


def test_a_notice_found_after_a_lost_answer_is_still_updated(bot):
    store = bot.store
    store.mutes.begin(Mute("C0NOWHERE1", 200.0, ANA), token="t", now=100.0)
    [row] = store.database.rows("select * from posts where channel = 'C0NOWHERE1'")
    assert store.mutes.lift("C0NOWHERE1", by=BEN, now=101.0)
    post = Post(
        row["post_id"], Subject.NOTICE, row["subject"], "C0NOWHERE1", 2, 0, None, None, 100.0, 100.0
    )
    store.posts.mark_reconciled(post, ts="1.1")
    [row] = store.database.rows("select * from posts where channel = 'C0NOWHERE1'")
    assert (row["announced"], row["wanted"]) == (1, 2)
    store.posts.mark_dead_letter(row["post_id"], "no such channel")


@given(st.text(max_size=300), st.floats(0, 4e9), st.sampled_from([None, "lifted", "replaced"]))
def test_every_form_and_notice_is_valid_block_kit(name, until, ended):
    held = Mute(CHANNEL, until, ANA)
    for mute in (None, held):
        assert check_view(render_mute_modal(CHANNEL, mute, token="t", locale=Locale())) == []
    notice = render_muted("n", held, name=name, ended=ended, ended_by=BEN, locale=Locale())
    assert check_blocks(notice.blocks, "message") == []
    assert check_blocks(notice.plain_blocks, "message") == []
    assert "<" not in notice.text


def test_the_offered_durations_can_be_typed():
    assert all(parse_mute_until(typed, 0.0, BERLIN) > 0 for typed in SPANS)
