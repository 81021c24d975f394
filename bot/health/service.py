"""Opening and resolving incidents, and incidents of failing jobs."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.clock import Clock
from bot.health.unstored import UnstoredIncidents
from bot.models.health import (
    ABOUT_DATABASE,
    DISK_FULL,
    JOB_FAILING,
    PEOPLE_UNKNOWN,
    incident_name,
)
from bot.people.lookup import admins_to_notify
from bot.slack.client import SlackClient
from bot.store import Store
from bot.store.database.damage import is_disk_full


class OngoingSince:
    """How long problems have lasted, by name; on the monotonic clock, which never jumps."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Start without any problem; `monotonic` returns seconds."""
        self._monotonic = monotonic
        self._began: dict[str, float] = {}

    def record(self, name: str) -> float:
        """Note that a problem was found again; return the seconds since it was first found."""
        now = self._monotonic()
        return now - self._began.setdefault(name, now)

    def clear(self, name: str) -> None:
        """Note that a problem is over."""
        self._began.pop(name, None)


SECONDS_TO_REPORT = 1_800.0


def report_job_result(
    job: str,
    error: Exception | None,
    *,
    store: Store,
    ongoing: OngoingSince,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> None:
    """Record a job's result; open an incident when every run for half an hour has failed.

    A full disk is reported immediately.
    """
    name = incident_name(JOB_FAILING, job)
    if error is None:
        ongoing.clear(name)
        resolve_incident(name, store=store)
        return
    if is_disk_full(error):
        tell_admins(DISK_FULL, DISK_FULL, {"free": "0"})
    if ongoing.record(name) >= SECONDS_TO_REPORT:
        tell_admins(name, JOB_FAILING, {"job": job, "error": type(error).__name__})


def forget_orphaned_incidents(jobs: Iterable[str], *, store: Store) -> None:
    """Delete incidents of jobs that no longer exist because the settings changed."""
    known = set(jobs)
    for incident in store.incidents.open():
        if incident.job and incident.job not in known:
            store.key_values.forget(incident.name)


def report_user_sync(
    reason: str | None, *, store: Store, tell_admins: Callable[[str, str, dict[str, str]], None]
) -> None:
    """Open an incident while Slack's list of people can't be read; without a reason, resolve it."""
    if reason is None:
        resolve_incident(PEOPLE_UNKNOWN, store=store)
    else:
        tell_admins(PEOPLE_UNKNOWN, PEOPLE_UNKNOWN, {"reason": reason})


TellAdmins = Callable[[str, str, Mapping[str, Any]], None]


def open_incident(
    name: str,
    kind: str,
    detail: Mapping[str, Any],
    *,
    store: Store,
    slack: SlackClient,
    admins: list[str],
    clock: Clock,
    unstored: UnstoredIncidents,
) -> None:
    """Open an incident: send every admin one direct message until `resolve_incident(name)`.

    If no admin is known because Slack doesn't respond, the next call tries again. A problem of the
    database is reported without it, since it may not be able to store the message.
    """
    is_told = False
    try:
        if store.notices.is_notified(name):
            return
        receivers = admins_to_notify(admins, store, slack)
    except sqlite3.Error:
        if kind not in ABOUT_DATABASE:
            raise
        receivers = admins or slack.admins()
    if kind in ABOUT_DATABASE:
        is_told = unstored.report(name, kind, detail, receivers)
    try:
        now = clock.now()
        store.notices.notify(name, kind, dict(detail), receivers, is_told=is_told, now=now)
    except sqlite3.Error:
        if not is_told:
            raise
    else:
        unstored.forget(name)


def resolve_incident(name: str, *, store: Store) -> bool:
    """Resolve an incident; return whether it was open."""
    return store.key_values.moment(name) is not None and store.key_values.forget(name)
