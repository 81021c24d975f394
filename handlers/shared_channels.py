"""Shared channels: Slack tells when people outside come in or leave, and is asked once a day."""

from collections.abc import Callable
from typing import Any

from bot.channels.slack_connect import Sharing
from bot.clock import Clock
from bot.store import Store

SECONDS_BETWEEN_LOOKS = 600.0


def look_who_shares(*, sharing: Sharing, wake: Callable[[], None]) -> float:
    """Ask Slack again of channels whose answer is old or missing; give seconds to pause longer."""
    pause = sharing.ask_again()
    wake()
    return pause


def note_shared(
    event: dict[str, Any], *, store: Store, clock: Clock, wake: Callable[[], None]
) -> None:
    """Note that outsiders came into a channel; what stands there shows less from now on."""
    store.channels.set_shared(str(event["channel"]), is_shared=True, now=clock.now())
    wake()


def note_unshared(
    event: dict[str, Any], *, store: Store, clock: Clock, wake: Callable[[], None]
) -> None:
    """Note that some outsiders left a channel, perhaps not all."""
    is_shared = bool(event.get("is_ext_shared", True))
    store.channels.set_shared(str(event["channel"]), is_shared=is_shared, now=clock.now())
    wake()
