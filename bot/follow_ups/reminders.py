"""Job that reminds people of their follow-ups, and closes those that a conversation settled."""

from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.clock import Clock
from bot.models.follow_ups import Closing
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, classify
from bot.store import Store
from bot.store.customers.follow_ups import Conversation

log = structlog.get_logger()
# A reminder leaves within 20 seconds of its time.
SECONDS_BETWEEN_RUNS = 5.0
SECONDS_BETWEEN_CLOSINGS = 30.0


def send_follow_ups(
    *,
    store: Store,
    slack: SlackClient,
    clock: Clock,
    wake: Callable[[], None],
    failpoint: Callable[[str], None],
) -> float:
    """Queue the reminders that are due, except in quiet hours; return no pause."""
    now = clock.now()
    owners = store.follow_ups.due_owners(now=now)
    if not owners:
        return 0.0
    for settled in store.follow_ups.settled(due_by=now):
        _close(settled, store=store, now=now)
    channels = {one: _direct_channel(one, store, slack) for one in owners if _is_member(one, store)}
    awake = {
        owner: channel
        for owner, channel in channels.items()
        if not store.channels.is_quiet(channel, now=now)
    }
    failpoint("before reminder")
    queued = store.follow_ups.queue_reminders(awake, now=now)
    failpoint("reminder queued")
    if queued:
        log.info("follow_up_reminders_queued", count=len(queued))
        wake()
    return 0.0


def close_settled_follow_ups(*, store: Store, clock: Clock, wake: Callable[[], None]) -> float:
    """Close the follow-ups whose caller someone talked to since; return no pause."""
    settled = store.follow_ups.settled()
    for one in settled:
        _close(one, store=store, now=clock.now())
    if settled:
        wake()
    return 0.0


def _close(settled: Conversation, *, store: Store, now: float) -> None:
    call = store.calls.find(settled.call_id)
    by = store.links.slack_user_of(call.extension) if call and call.extension else None
    if store.follow_ups.close(settled.follow_up_id, Closing.TALK, by=by, now=now):
        log.info("follow_up_closed", call_id=settled.call_id)


def _is_member(slack_user: str, store: Store) -> bool:
    """Return whether a person may get company data; everyone before the first sync of people."""
    return store.slack_people.find(slack_user) is not None or not store.slack_people.all()


def _direct_channel(slack_user: str, store: Store, slack: SlackClient) -> str:
    """Return a person's direct message channel, or their user ID if Slack doesn't say.

    Slack has a history only for channels, and a post without an answer is searched for there.
    """
    preference = store.preferences.of(slack_user)
    if preference.channel:
        return preference.channel
    try:
        channel = slack.open_direct(slack_user)
    except FAILURES as error:
        log.warning("direct_channel_not_opened", reason=classify(error).reason)
        return slack_user
    store.preferences.set(slack_user, replace(preference, channel=channel))
    return channel
