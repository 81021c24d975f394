"""The watch over Socket Mode: connects, connects again, and notices when that fails for long."""

from collections.abc import Callable

import structlog

from bot.health.spells import Spells
from bot.models.health import SOCKET_LOST
from bot.outbox.notices import all_is_well
from bot.slack.client import SlackPoster
from bot.store import Store

log = structlog.get_logger()
SECONDS_BETWEEN_LOOKS = 10.0
SECONDS_TO_TELL = 600.0


def watch_socket_mode(
    *,
    connect: Callable[[], str | None],
    slack: SlackPoster,
    store: Store,
    spells: Spells,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Connect if there is no connection, which `connect` tries; gives no pause beyond the period.

    After some minutes without one the admins are told, if Slack takes posts at all.
    """
    reason = connect()
    if reason is None:
        spells.end(SOCKET_LOST)
        all_is_well(SOCKET_LOST, store=store)
        return 0.0
    if spells.go_on(SOCKET_LOST) >= SECONDS_TO_TELL:
        log.error("socket_mode_lost", reason=reason)
        if slack.standing.refused is None:
            tell_admins(SOCKET_LOST, SOCKET_LOST, {"reason": reason})
    return 0.0
