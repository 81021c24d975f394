"""Edits are limited over the whole workspace, so the newest cards come first."""

import time

import pytest

from bot.outbox.edit_budget import EDITS_A_MINUTE, SECONDS_TO_YIELD, EditBudget
from bot.server.rate_limit import RateLimiter
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, event, send


def add_cards(store, channel, count):
    """Add posted cards that are out of date; return their IDs."""

    def work(db):
        return [
            db.execute(
                "insert into posts (subject_kind, subject, channel, wanted, announced, ts,"
                " created_at) values ('call', ?, ?, 2, 1, '1.0', 0) returning post_id",
                [f"{channel}-{number}", channel],
            ).fetchone()[0]
            for number in range(count)
        ]

    return store.database.write(work)


def test_newest_card_of_a_channel_is_edited_first(store):
    ids = add_cards(store, "C1", 3)
    assert store.posts.next_due("C1").post_id == ids[-1]
    assert store.posts.next_due("C1", but=[ids[-1]]).post_id == ids[-2]


def test_last_edits_belong_to_newer_cards_of_other_channels(store):
    add_cards(store, "OLD", 2)
    add_cards(store, "NEW", EDITS_A_MINUTE)
    budget = EditBudget(store.posts)
    old, new = store.posts.next_due("OLD"), store.posts.next_due("NEW")
    assert not budget.is_for_newer(old, 0.0)
    for number in range(EDITS_A_MINUTE - 1):
        assert budget.try_take(number / 10) == 0.0
    now = EDITS_A_MINUTE / 10
    assert budget.is_for_newer(old, now)
    assert not budget.is_for_newer(new, now)
    # The newer ones may be in a channel that is held.
    assert not budget.is_for_newer(old, now + SECONDS_TO_YIELD)


@pytest.mark.any_rate
def test_few_edits_are_spent_on_the_newest_cards(start_bot, slack):
    bot = start_bot()
    outbox = bot.bot.services.outbox
    outbox.edits.limiter = RateLimiter(1, 3600.0)
    outbox.edits.try_take(time.monotonic())
    calls = [f"c{number}" for number in range(6)]
    for call in calls:
        send(bot.url, event("call.answered", call))
        wait_for(lambda call=call: call in slack.posted_call_ids(CHANNEL))
    for call in calls:
        for summary in ("One.", "Two."):
            send(bot.url, event("call.transcription", call, summary=summary))
        send(bot.url, ended(call))
    wait_for(lambda: bot.metric("posts_pending") == 6)
    wait_for(lambda: not bot.store.calls.to_route())
    outbox.edits.limiter = RateLimiter(2, 3600.0)
    bot.bot.services.run_now(CHANNEL)
    wait_for(lambda: slack.counts["chat.update"] == 2)
    edited = [
        m["metadata"]["event_payload"]["call_id"]
        for m in slack.messages(CHANNEL)
        if m.get("edited")
    ]
    assert edited == calls[-2:]
