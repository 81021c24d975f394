"""After a restore of an older state nothing is posted or sent a second time."""

import time
from collections import Counter

import pytest

from bot.models.texts import SendState
from bot.sandbox.slack.workspace import ANA
from bot.store.database.backup import back_up
from bot.store.database.restore import restore
from bot.store.send_queue import Draft
from tests.conftest import CHANNEL, wait_for

pytestmark = pytest.mark.any_rate
THEM = "+12125550142"


def posted(slack):
    return Counter(slack.posted_call_ids(CHANNEL))


def make_calls(vocatech, number):
    return [vocatech.ring(ago=60).answer(after=5).hang_up(after=30).id for _ in range(number)]


def text(bot, vocatech, text_id, body):
    draft = Draft(text_id, THEM, vocatech.company.numbers[0], body, slack_user=ANA)
    bot.store.send_queue.add(draft, now=time.time())
    bot.bot.services.wake()


@pytest.mark.parametrize("missed_calls", [3, 15])
def test_calls_and_texts_of_lost_hours_are_not_duplicated(
    start_bot, slack, vocatech, tmp_path, missed_calls
):
    database = tmp_path / "bot.db"
    bot = start_bot()
    before = make_calls(vocatech, 3)
    wait_for(lambda: set(posted(slack)) >= {*before})
    text(bot, vocatech, "queued-before", "See you at nine.")
    backup = back_up(database, tmp_path / "backups", now=time.time())
    wait_for(lambda: len(vocatech.sent_texts(THEM)) == 1)
    lost = make_calls(vocatech, missed_calls)
    text(bot, vocatech, "written-after", "See you at ten.")
    wait_for(lambda: len(vocatech.sent_texts(THEM)) == 2)
    wait_for(lambda: set(posted(slack)) >= {*lost})
    bot.bot.stop()

    restore(backup, database, now=time.time())
    bot = start_bot()
    while_away = make_calls(vocatech, 2)
    wait_for(lambda: set(posted(slack)) >= {*while_away})
    wait_for(lambda: bot.metric("posts_pending") == 0 and not bot.store.send_queue.unconfirmed())
    assert posted(slack) == Counter([*before, *lost, *while_away])
    assert Counter(one["body"] for one in vocatech.sent_texts(THEM)) == Counter(
        ["See you at nine.", "See you at ten."]
    )
    threads = [m["ts"] for m in slack.messages(CHANNEL) if m.get("reply_count")]
    lines = [m["text"] for ts in threads for m in slack.thread(CHANNEL, ts)[1:]]
    assert len(threads) == 1
    assert sorted("nine" in line for line in lines) == [False, True], lines
    [reply] = [one.reply for one in bot.store.texts.written_between(0, time.time() + 1)]
    assert reply.state in (SendState.SENT, SendState.NEEDS_CONFIRMATION)
