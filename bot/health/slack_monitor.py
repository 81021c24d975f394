"""Checks of Slack: token, scopes, clock, Socket Mode."""

from collections.abc import Callable

import structlog

from bot.clock import SKEW_TO_MENTION, SKEW_TOO_LARGE, Clock
from bot.health.service import OngoingSince, resolve_incident
from bot.models.health import (
    CLOCK_WRONG,
    KINDS,
    SCOPE_MISSING,
    SHARING_SCOPES,
    SLACK_AWAY,
    SOCKET_LOST,
    TOKEN_REFUSED,
    incident_name,
)
from bot.slack.client import SlackClient
from bot.store import Store

log = structlog.get_logger()

SECONDS_BETWEEN_LOOKS = 10.0

# Slack is checked every 10 seconds while it fails, else once a minute.
PAUSE_WHILE_OK = 50.0

# Slack is sometimes unavailable for some seconds, which isn't worth an incident.
SECONDS_AWAY = 60.0

# A machine that has slept corrects its clock automatically.
SECONDS_FOR_THE_CLOCK = 55.0

Tell = Callable[[str, str, dict[str, str]], None]


def check_slack(
    *, slack: SlackClient, store: Store, clock: Clock, ongoing: OngoingSince, tell_admins: Tell
) -> float:
    """Check Slack and report problems to admins; return the extra seconds until the next run.

    A rejected token and an unreachable Slack can't be reported in Slack: the log, `/readyz` and
    the metrics show them.
    """
    is_reached, api_health = slack.check_auth(), slack.api_health
    if api_health.refused:
        _note_token_rejected(api_health.refused, store, clock)
    _note_away(store, clock, ongoing, is_away=not is_reached and not api_health.refused)
    if not is_reached:
        return 0.0
    if resolve_incident(TOKEN_REFUSED, store=store):
        log.info("slack_token_accepted")
    _report_scopes(slack, store, tell_admins)
    _report_clock(api_health.ahead, store, ongoing, tell_admins)
    return PAUSE_WHILE_OK


def _note_away(store: Store, clock: Clock, ongoing: OngoingSince, *, is_away: bool) -> None:
    if not is_away:
        ongoing.clear(SLACK_AWAY)
        if resolve_incident(SLACK_AWAY, store=store):
            log.info("slack_reached_again")
    elif ongoing.record(SLACK_AWAY) >= SECONDS_AWAY and store.key_values.moment(SLACK_AWAY) is None:
        log.error("slack_unreachable")
        store.key_values.set_moment(SLACK_AWAY, clock.now())


def _note_token_rejected(reason: str, store: Store, clock: Clock) -> None:
    if store.key_values.moment(TOKEN_REFUSED) is None:
        log.error("slack_token_refused", reason=reason)
        store.key_values.set_moment(TOKEN_REFUSED, clock.now())


def _report_scopes(slack: SlackClient, store: Store, tell_admins: Tell) -> None:
    for scope in sorted(slack.api_health.missing - SHARING_SCOPES):
        log.warning("slack_scope_missing", scope=scope)
        tell_admins(incident_name(SCOPE_MISSING, scope), SCOPE_MISSING, {"scope": scope})
    for incident in store.incidents.open():
        is_granted = incident.detail.get("scope") in (slack.api_health.granted or ())
        if incident.kind is KINDS[SCOPE_MISSING] and is_granted:
            resolve_incident(incident.name, store=store)


def _report_clock(
    ahead: float | None, store: Store, ongoing: OngoingSince, tell_admins: Tell
) -> None:
    off = abs(ahead or 0.0)
    if off <= SKEW_TOO_LARGE:
        ongoing.clear(CLOCK_WRONG)
        if off <= SKEW_TO_MENTION:
            resolve_incident(CLOCK_WRONG, store=store)
        return
    if ongoing.record(CLOCK_WRONG) < SECONDS_FOR_THE_CLOCK:
        return
    side = "ahead of" if (ahead or 0.0) > 0 else "behind"
    log.warning("clock_wrong", seconds_ahead=round(ahead or 0.0))
    tell_admins(CLOCK_WRONG, CLOCK_WRONG, {"minutes": f"{off / 60:.0f}", "side": side})


SECONDS_TO_REPORT = 600.0


def check_socket_mode(
    *,
    connect: Callable[[], str | None],
    slack: SlackClient,
    store: Store,
    ongoing: OngoingSince,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Reconnect Socket Mode with `connect` if it is down; return no extra pause.

    After some minutes without a connection, it's reported to admins if Slack accepts posts.
    """
    reason = connect()
    if reason is None:
        ongoing.clear(SOCKET_LOST)
        resolve_incident(SOCKET_LOST, store=store)
        return 0.0
    if ongoing.record(SOCKET_LOST) >= SECONDS_TO_REPORT:
        log.error("socket_mode_lost", reason=reason)
        if slack.api_health.refused is None:
            tell_admins(SOCKET_LOST, SOCKET_LOST, {"reason": reason})
    return 0.0
