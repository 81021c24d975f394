"""Reminders on a fake clock: in business hours only, each stage once."""

from types import SimpleNamespace

import pytest

from bot.app import build
from bot.clock import Clock
from bot.missed_calls.presenter import CHANNEL as CHANNEL_LINE
from bot.outbox.rendering import show_post
from bot.sandbox.block_kit.check import check_blocks
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.store import Store
from bot.store.ingest import Hold
from bot.store.outbox.notices import Notice
from bot.store.sync import INSTALLED
from tests.conftest import CHANNEL, settings_for, wait_for
from tests.missed_calls.test_open_calls import NOON, announce, call_event, new_number, save
from tests.support.hands import jobs_of

pytestmark = pytest.mark.calendar

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
FIVE = 5 * HOUR  # five in the afternoon of that Monday, counted from noon: closing time


@pytest.fixture
def stage(slack, vocatech, tmp_path):
    """Return the job on a fake clock, with a real store."""
    settings = settings_for(slack, vocatech, tmp_path, escalate_to=ADMIN)
    time_now = [NOON]
    clock = Clock(lambda: time_now[0], lambda: time_now[0])
    bot = build(settings, clock=clock)
    store = bot.services.store
    store.key_values.set_moment(INSTALLED, NOON - DAY)
    bot.services.catch_up.finish()  # nothing happened before the start
    job, locale = jobs_of(bot)["remind of missed calls"], bot.services.locale

    def look(seconds):
        """Run the job at a time after noon."""
        time_now[0] = NOON + seconds
        job()

    def at(seconds):
        """Run the job at a time after noon; return what is posted: channel, thread, and text."""
        look(seconds)
        return posted(store, locale)

    yield SimpleNamespace(at=at, look=look, store=store, posted=lambda: posted(store, locale))
    bot.server.start()  # only what runs can be stopped
    bot.server.stop(timeout=2.0)
    bot.services.close_connections()
    store.close()


def posted(store, locale):
    """Post what is due, except cards, as the workers would."""
    found = []
    for channel in store.posts.channels_with_work():
        while post := store.posts.next_due(channel):
            message = show_post(post, store=store, locale=locale)
            if message is None:
                store.posts.mark_dead_letter(post.post_id, "nothing to show")
                continue
            if post.kind == "notice":
                assert not check_blocks(message.blocks, "message")
                found.append((channel, post.thread_ts, message.text))
            if post.ts:
                store.posts.mark_shown(post, shown="")
            else:
                store.posts.mark_posted(post, ts="1.0", shown="")
    return found


def missed(stage, at=0.0, number=None, **how):
    """Store a missed call at a time after noon, with its card in the channel."""
    [call_id] = save(stage.store, call_event(number or new_number(), at, "missed"), **how)
    announce(stage.store, {})
    return call_id


def test_channel_is_reminded_of_an_unclaimed_call_before_the_escalation(stage):
    missed(stage)
    assert stage.at(29 * MINUTE) == []
    [(channel, thread, words)] = stage.at(31 * MINUTE)
    assert (channel, thread) == (CHANNEL, "1.0")
    assert words.endswith("is still unclaimed.")
    assert "<!" not in words
    assert stage.at(32 * MINUTE) == []
    assert stage.at(59 * MINUTE) == []
    [(person, _, words)] = stage.at(61 * MINUTE)
    assert (person, words.endswith("Unclaimed.")) == (ADMIN, True)
    assert stage.at(4 * HOUR) == []


def test_owner_is_reminded_counted_from_the_claim(stage):
    call_id = missed(stage)
    stage.store.claims.take(call_id, ANA, now=NOON + 20 * MINUTE)
    assert stage.at(49 * MINUTE) == []
    [(person, _, words)] = stage.at(51 * MINUTE)
    assert (person, words.startswith("Reminder: please call back")) == (ANA, True)
    [(person, _, words)] = stage.at(81 * MINUTE)
    assert (person, words.endswith("Claimed by a colleague.")) == (ADMIN, True)


def test_new_owner_is_reminded_too_and_no_one_twice(stage):
    call_id = missed(stage)
    stage.store.claims.take(call_id, ANA, now=NOON)
    assert [one[0] for one in stage.at(31 * MINUTE)] == [ANA]
    stage.store.claims.hand_over(call_id, ANA, BEN, by=ANA, now=NOON + 40 * MINUTE)
    assert [one[0] for one in stage.at(41 * MINUTE)] == [BEN]  # that it is theirs
    assert [one[0] for one in stage.at(71 * MINUTE)] == [BEN]
    stage.store.claims.hand_over(call_id, BEN, ANA, by=BEN, now=NOON + 72 * MINUTE)
    assert [one[0] for one in stage.at(73 * MINUTE)] == [ANA]
    assert [one[0] for one in stage.at(180 * MINUTE)] == [ADMIN]


def test_escalation_person_is_not_notified_twice_of_an_own_call(stage):
    stage.store.claims.take(missed(stage), ADMIN, now=NOON)
    assert [one[0] for one in stage.at(31 * MINUTE)] == [ADMIN]
    assert stage.at(61 * MINUTE) == []


@pytest.mark.parametrize(
    "settle",
    [
        lambda store, call_id, number: save(store, call_event(number, 1200, "we")),
        lambda store, call_id, number: save(store, call_event(number, 1200, "talk")),
        lambda store, call_id, number: store.claims.call_back(call_id, ANA, now=NOON),
    ],
)
@pytest.mark.parametrize("moment", [31 * MINUTE, 61 * MINUTE])
def test_no_reminder_of_a_closed_call(stage, settle, moment):
    number = new_number()
    call_id = missed(stage, number=number)
    settle(stage.store, call_id, number)
    assert stage.at(moment) == []


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda claims, call_id: claims.call_back(call_id, BEN, now=NOON),
        lambda claims, call_id: claims.release(call_id, ANA, by=ANA, now=NOON),
    ],
)
def test_unposted_reminder_is_dropped_when_the_call_is_closed(stage, meanwhile):
    call_id = missed(stage)
    stage.store.claims.take(call_id, ANA, now=NOON)
    stage.posted()
    stage.look(31 * MINUTE)
    meanwhile(stage.store.claims, call_id)
    assert stage.posted() == []


def test_only_business_hours_count(stage):
    missed(stage, FIVE - 10 * MINUTE)
    assert stage.at(FIVE + 2 * HOUR) == []
    tomorrow = 21 * HOUR  # at nine
    assert stage.at(tomorrow + 19 * MINUTE) == []
    assert len(stage.at(tomorrow + 21 * MINUTE)) == 1


def test_call_missed_at_night_counts_from_the_morning(stage):
    missed(stage, FIVE + 4 * HOUR)
    assert stage.at(21 * HOUR + 29 * MINUTE) == []
    assert len(stage.at(21 * HOUR + 31 * MINUTE)) == 1


def test_reminders_survive_a_weekend_and_end_after_three_open_days(stage):
    friday = 4 * DAY
    missed(stage, friday + FIVE - MINUTE)
    assert len(stage.at(7 * DAY)) == 2  # on Monday at noon: the channel, and who is named
    missed(stage, 7 * DAY)
    assert stage.at(10 * DAY + HOUR) == []  # the bot was away until Thursday


def test_several_calls_of_one_caller_get_one_reminder(stage):
    number = new_number()
    missed(stage, number=number)
    missed(stage, 20 * MINUTE, number=number)
    assert len(stage.at(31 * MINUTE)) == 1
    missed(stage, 40 * MINUTE, number=number)
    assert [one[0] for one in stage.at(61 * MINUTE)] == [ADMIN]
    assert stage.at(3 * HOUR) == []
    save(stage.store, call_event(number, 4 * HOUR, "talk"))
    missed(stage, 4 * HOUR + MINUTE, number=number)  # and that is another matter
    assert len(stage.at(4 * HOUR + 40 * MINUTE)) == 1


def test_calls_before_installation_or_without_number_or_card_get_no_reminder(stage):
    missed(stage, hold=Hold.QUIET)
    missed(stage, number="anonymous")
    missed(stage, -2 * DAY)
    save(stage.store, call_event(new_number(), 0, "missed", call_id="in a summary"))
    stage.store.database.write(
        lambda db: db.execute("update calls set routed = version where call_id = 'in a summary'")
    )
    assert stage.at(3 * HOUR) == []


def test_two_processes_and_a_restart_remind_once(stage, tmp_path):
    call_id = missed(stage)
    stage.look(31 * MINUTE)
    other = Store.open(next(tmp_path.glob("*.db")))
    for store in (other, stage.store):
        notice = Notice("another", CHANNEL_LINE, {"call_id": call_id, "owner": None})
        assert not store.reminders.remind(call_id, CHANNEL_LINE, notice, ADMIN, owner=None, now=1.0)
    assert other.reminders.stages([call_id]) == {CHANNEL_LINE}
    other.close()
    stage.look(32 * MINUTE)
    assert len(stage.posted()) == 1


def test_reminder_appears_in_the_thread_and_in_the_channel(start_bot, slack, vocatech):
    always = {"business_hours": "Mon-Sun 0:00-24:00", "remind_after": 1}
    bot = start_bot(**always)
    call = vocatech.ring(from_="+12125550142", ago=90).hang_up(after=10)
    [card] = wait_for(lambda: slack.messages(CHANNEL))
    wait_for(lambda: bot.store.key_values.moment(INSTALLED))
    wait_for(lambda: bot.metric("polls_total"))
    bot.store.key_values.set_moment(INSTALLED, 1.0)
    bot.bot.stop()
    bot = start_bot(**always)
    line = wait_for(lambda: slack.thread(CHANNEL, card["ts"])[1:])[0]
    assert line["subtype"] == "thread_broadcast"
    assert line["text"] == "The missed call from (212) 555-0142 is still unclaimed."
    slack.click(ANA, CHANNEL, line["ts"], "claim_call")
    wait_for(lambda: "Claimed by" in str(slack.messages(CHANNEL)))
    assert bot.store.claims.of(call.id).slack_user == ANA
