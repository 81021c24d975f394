"""A full disk while the app runs: what was there stays, and an admin is told."""

import json
import sqlite3

import pytest

from bot.sandbox.slack.workspace import ADMIN
from bot.vocatech.events import parse_event
from tests.conftest import wait_for
from tests.support.full_disk import fill_disk, free_disk
from tests.support.webhooks import event as webhook

pytestmark = pytest.mark.any_rate
DAY = 86_400.0
WORDS = " ".join(f"word{number}" for number in range(400))


def told(slack):
    """Return what an admin was told about the disk."""
    texts = [message["text"] for message in slack.messages(slack.direct_channel(ADMIN))]
    return [text for text in texts if text.startswith("The disk ")]


@pytest.fixture
def bot(start_bot, hands):
    return hands.take(start_bot(slack_admins=ADMIN, clock=hands.clock, retention_calls=30))


def save_calls(bot, hands, count):
    """Store calls with transcripts in the search index."""
    at = hands.clock.now()
    for number in range(count):
        facts = {"start_time": at - 60, "end_time": at, "duration": 60, "transcript": WORDS}
        told = webhook("call.ended", f"old{number}", **facts)
        bot.store.calls.save(parse_event(json.dumps(told).encode(), region="US"), now=at)
    bot.store.call_search.index_changed()


def old_calls(bot):
    sql = "select call_id from calls where call_id like 'old%'"
    return [row["call_id"] for row in bot.store.database.rows(sql)]


def test_purge_on_a_full_disk_deletes_nothing_and_is_reported(bot, hands, slack):
    run_now = bot.bot.scheduler.run_now
    save_calls(bot, hands, 30)
    hands.ahead = 40 * DAY
    fill_disk(bot.store.database)
    for _ in range(3):
        run_now("delete expired data")
        [text] = wait_for(lambda: told(slack))
    assert text.startswith("The disk with the app's database has only 0 MB left.")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        hands.do("delete expired data")
    assert len(old_calls(bot)) == 30
    free_disk(bot.store.database)
    wait_for(lambda: run_now("delete expired data") or old_calls(bot) == [])
    assert not bot.store.database.rows("select 1 from call_words where call_words match 'word1'")
    assert bot.store.database.find_damage() is None
    assert len(told(slack)) == 1
