"""Owns making sure that we can post somewhere, while somebody waits for the answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES

T = TypeVar("T")
# Slack waits three seconds for us, and we ask it in the meantime.
MOST_SECONDS = 1.8


def can_post(slack: SlackClient, channel: str) -> bool:
    """Say whether we are in a channel, or have just entered it; True where Slack does not say."""
    return _within(lambda: slack.can_enter(channel), otherwise=True)


def direct_channel(slack: SlackClient, slack_user: str) -> str | None:
    """Give the direct channel with somebody; None where Slack does not say."""
    return _within(lambda: _open(slack, slack_user), otherwise=None)


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
