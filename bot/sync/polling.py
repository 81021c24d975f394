"""Polling of Vocatech for calls and texts that no webhook reported."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from bot.calls.catch_up import CatchUp
from bot.clock import Clock
from bot.errors import ApiError, KeyRefused, RequestRefused, ShuttingDown, TooManyRequests
from bot.health.service import OngoingSince, resolve_incident
from bot.intervals import Interval
from bot.models.calls import RoutableCall
from bot.models.events import Event
from bot.models.health import KEY_REFUSED, VOCATECH_AWAY
from bot.models.outbox import CATCH_UP
from bot.rules.alerts import enqueue_alerts
from bot.rules.router import Router
from bot.server.metrics import Metrics
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, classify
from bot.slack.history import payload_of
from bot.store import Store
from bot.store.database.restore_marks import RESTORED_AT, RESTORED_FROM
from bot.store.ingest import Hold, Saved
from bot.store.outbox.notices import Notice
from bot.store.sync import (
    COVERED,
    FIRST_LOOK_BACK,
    INSTALLED,
    TEXTS_COVERED,
    WAITING_CALL,
    synced_until,
)
from bot.sync.waiting_texts import place_waiting_texts
from bot.texts.polling import TextPoller
from bot.vocatech.client import VocatechClient, day_of, listed_from
from bot.vocatech.events import read_listed_call

log = structlog.get_logger()
MOST_SINGLE_POSTS = 10
CALLS_A_SUMMARY = 100
# Webhooks and summaries about calls from before a restore arrive within this time.
SECONDS_OF_RECOVERY = 3_600.0
# Vocatech is sometimes unavailable for a few minutes, which admins don't need to know.
SECONDS_BEFORE_ALERT = 1_800.0


def poll_calls(
    *,
    vocatech: VocatechClient,
    store: Store,
    router: Router,
    metrics: Metrics,
    clock: Clock,
    region: str,
    late_after: float,
    catch_up: CatchUp,
    wake: Callable[[], None],
    text_poller: TextPoller,
    ongoing: OngoingSince,
    tell_admins: Callable[[str, str, dict[str, str]], None],
    slack: SlackClient,
) -> float:
    """Store all new calls and texts; return 0.0, as no pause is needed beyond the interval.

    `late_after`: a call that ended more than this many seconds before it was first seen is late.
    More than MOST_SINGLE_POSTS late calls appear in one summary.
    """
    # Separately, so that a failure of one list doesn't affect the other.
    covered = store.key_values.moment(COVERED)
    texts_covered = store.key_values.moment(TEXTS_COVERED)
    calls = partial(_poll_calls, vocatech, store, metrics, clock, region, late_after, catch_up)
    texts = partial(_poll_texts, text_poller, store, clock)
    errors = [error for error in (_attempt(calls, metrics), _attempt(texts, metrics)) if error]
    if any(isinstance(error, KeyRefused) for error in errors):
        tell_admins(KEY_REFUSED, KEY_REFUSED, {})
    elif not errors:
        ongoing.clear(VOCATECH_AWAY)
        for name in (KEY_REFUSED, VOCATECH_AWAY):
            resolve_incident(name, store=store)
    elif (
        not isinstance(errors[0], ShuttingDown)
        and ongoing.record(VOCATECH_AWAY) >= SECONDS_BEFORE_ALERT
    ):
        tell_admins(VOCATECH_AWAY, VOCATECH_AWAY, {"reason": _why(errors[0])})
    release_posted_calls(store=store, router=router, slack=slack)
    release_late_calls(store=store, router=router, clock=clock)
    if store.key_values.moment(COVERED) != covered:
        place_waiting_calls(covered or 0.0, store=store, router=router, clock=clock)
    place_waiting_texts(
        (texts_covered or 0.0) if store.key_values.moment(TEXTS_COVERED) != texts_covered else 0.0,
        store=store,
        routes=router.routes,
        clock=clock,
    )
    if not errors:
        end_recovery(store=store, clock=clock)
    wake()
    return 0.0


def _why(error: ApiError) -> str:
    if isinstance(error, RequestRefused):
        return "it rejects the requests"
    if isinstance(error, TooManyRequests):
        return "its rate limit is reached"
    return "it can't be reached or gives no valid response"


def _attempt(poll: Callable[[], None], metrics: Metrics) -> ApiError | None:
    try:
        poll()
    except ShuttingDown as error:
        return error
    except ApiError as error:
        refused = isinstance(error, KeyRefused)
        metrics.api_errors.labels("key refused" if refused else type(error).__name__).inc()
        log.warning("poll_failed", error=type(error).__name__, reason=str(error))
        return error
    return None


def _poll_calls(
    vocatech: VocatechClient,
    store: Store,
    metrics: Metrics,
    clock: Clock,
    region: str,
    late_after: float,
    catch_up: CatchUp,
) -> None:
    now = clock.now()
    installed = synced_until(INSTALLED, store.key_values, now=now)
    if installed is None:
        installed = now
        store.key_values.set_moment(INSTALLED, installed)
    # The time zone of Vocatech's days is unknown, so one more day is requested on each side.
    day = timedelta(days=1)
    if covered := synced_until(COVERED, store.key_values, now=now):
        first = day_of(covered) - day
    else:
        # West of UTC, the day of the installation may have begun on the day before.
        first = day_of(installed) - 2 * day
        store.backfills.note_held([Interval(listed_from(first), installed)])
    for page in vocatech.calls.between(first, day_of(now) + day):
        events = [
            (event, _hold(event, now=now, installed=installed, late_after=late_after))
            for event in _readable(page.rows, region)
        ]
        for result in store.calls.save_all(events, now=now):
            if result is not Saved.DUPLICATE:
                metrics.stored.labels("poll", result).inc()
    store.key_values.set_moment(COVERED, now)
    catch_up.finish()
    metrics.polls.inc()


def _poll_texts(text_poller: TextPoller, store: Store, clock: Clock) -> None:
    now = clock.now()
    since = (
        synced_until(TEXTS_COVERED, store.key_values, now=now)
        or synced_until(INSTALLED, store.key_values, now=now)
        or now
    )
    text_poller.ingest(since, now)
    store.key_values.set_moment(TEXTS_COVERED, now)
    text_poller.caught_up.set()


def _readable(rows: list[dict[str, Any]], region: str) -> list[Event]:
    events = [read_listed_call(row, region=region) for row in rows]
    return [event for event in events if event.report is not None]


def _hold(event: Event, *, now: float, installed: float, late_after: float) -> Hold | None:
    facts: Mapping[str, Any] = event.report.facts if event.report else {}
    ended = facts.get("ended_at")
    if ended is None:
        return None
    if ended < installed - FIRST_LOOK_BACK:
        return Hold.QUIET
    return Hold.LATE if ended < now - late_after else None


def release_posted_calls(*, store: Store, router: Router, slack: SlackClient) -> None:
    """After a restore, release the late calls that have a card already, which is then updated.

    The others are treated like any late calls: many of them are shown in one summary.
    """
    since = store.key_values.moment(RESTORED_FROM)
    late = store.calls.late() if since else []
    if since is None or not late:
        return
    channels = {channel for call in late for channel in router.channels_for(call)}
    posted = {one for channel in channels for one in _posted_calls(slack, channel, since)}
    store.calls.release(call.call_id for call in late if call.call_id in posted)


def _posted_calls(slack: SlackClient, channel: str, since: float) -> set[str]:
    """Return the calls that we posted in a channel since a time (unix seconds)."""
    found = set[str]()
    try:
        for message in slack.own_messages(channel, since=since):
            payload = payload_of(message)
            found |= {payload.get("call_id", ""), *payload.get("call_ids", ())}
    except FAILURES as error:
        log.warning("history_not_read", channel=channel, reason=classify(error).reason)
    return found - {""}


def end_recovery(*, store: Store, clock: Clock) -> None:
    """Stop searching the history for every new post once all calls before a restore are known."""
    restored = store.key_values.moment(RESTORED_AT)
    if restored is None or clock.now() - restored < SECONDS_OF_RECOVERY:
        return
    store.key_values.forget(RESTORED_FROM)
    store.key_values.forget(RESTORED_AT)
    store.card_states.forget_kept()
    log.info("recovery_ended", restored=restored)


def release_late_calls(*, store: Store, router: Router, clock: Clock) -> None:
    """Release a few late calls for single posts, or put more into one summary per channel."""
    late = store.calls.late()
    if not late:
        return
    if len(late) <= MOST_SINGLE_POSTS:
        store.calls.release(call.call_id for call in late)
        return
    by_channel: dict[str, list[str]] = {}
    for call in late:
        for channel in router.channels_for(call):
            by_channel.setdefault(channel, []).append(call.call_id)
    notices = [
        (Notice(f"{CATCH_UP} {channel} {some[0]}", CATCH_UP, {"call_ids": some}), channel)
        for channel, call_ids in by_channel.items()
        for some in _slices(call_ids)
    ]
    now = clock.now()
    held = store.channels.held(now=now)
    store.notices.summarise(notices, [call.call_id for call in late], held, now=now)
    # After the summaries, because mentions appear in their threads.
    routed = [(RoutableCall(call, 0), router.route(call)) for call in late]
    alerted = {alert.channel for _, where in routed for alert in where.alerts}
    receptions = store.channels.receptions(alerted, now=now)
    enqueue_alerts(routed, receptions, store=store, now=now)
    log.info("late_calls_summarized", calls=len(late), summaries=len(notices))


def place_waiting_calls(before: float, *, store: Store, router: Router, clock: Clock) -> None:
    """Show calls whose line stays unknown in the default channel, without what was said.

    `before` is when the previous poll began (unix seconds): a call that has waited since then is
    in neither of the last two lists.
    """
    for call_id, since in store.key_values.moments(WAITING_CALL).items():
        call = store.calls.find(call_id)
        is_waiting = call is not None and router.route(call).is_waiting
        if is_waiting and since >= before:
            continue
        if call is not None and is_waiting:
            now = clock.now()
            places = router.route_without_line().places
            receptions = store.channels.receptions(places, now=now)
            store.posts.place_waiting(call_id, places, receptions, now=now)
            log.info("call_posted_without_line", call_id=call_id)
        store.key_values.forget(WAITING_CALL + call_id)


def _slices(call_ids: list[str]) -> list[list[str]]:
    return [call_ids[at : at + CALLS_A_SUMMARY] for at in range(0, len(call_ids), CALLS_A_SUMMARY)]
