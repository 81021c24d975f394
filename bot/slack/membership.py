"""Time-limited checks of whether the app can post to a channel."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES

T = TypeVar("T")
# Slack waits three seconds for an acknowledgement, and this request happens before it.
MOST_SECONDS = 1.8


def can_post(slack: SlackClient, channel: str) -> bool:
    """Return whether the app is in a channel or just joined it; True if Slack doesn't say."""
    return _within(lambda: slack.can_enter(channel), otherwise=True)


def direct_channel(slack: SlackClient, slack_user: str) -> str | None:
    """Return the direct message channel with a person, or None if Slack doesn't say."""
    return _within(lambda: _open(slack, slack_user), otherwise=None)


def person_in_time(slack: SlackClient, slack_user: str) -> dict[str, Any] | None:
    """Return a Slack user object, or None if Slack is slow. Raises `FAILURES`."""
    return _within(lambda: slack.person(slack_user), otherwise=None)


def _open(slack: SlackClient, slack_user: str) -> str | None:
    try:
        return slack.open_direct(slack_user)
    except FAILURES:
        return None


def _within(ask: Callable[[], T], *, otherwise: T) -> T:
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(ask).result(MOST_SECONDS)
    except TimeoutError:
        return otherwise
    finally:
        pool.shutdown(wait=False)
