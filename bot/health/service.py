"""Incidents: opened once, resolved, and kept for failing jobs."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.clock import Clock
from bot.models.health import JOB_FAILING, incident_name
from bot.slack.client import SlackClient
from bot.store import Store


class OngoingSince:
    """Spells of trouble, by name; on the monotonic clock, since the other one may jump."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Begin with nothing wrong."""
        self._monotonic = monotonic
        self._began: dict[str, float] = {}

    def record(self, name: str) -> float:
        """Note that something is wrong, now as at every look before; give the seconds so far."""
        now = self._monotonic()
        return now - self._began.setdefault(name, now)

    def clear(self, name: str) -> None:
        """Note that it is not wrong any more."""
        self._began.pop(name, None)


SECONDS_TO_TELL = 1_800.0


def report_job_result(
    job: str,
    error: Exception | None,
    *,
    store: Store,
    ongoing: OngoingSince,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> None:
    """Take in how a job went; after half an hour in which each try failed, the admins are told."""
    name = incident_name(JOB_FAILING, job)
    if error is None:
        ongoing.clear(name)
        resolve_incident(name, store=store)
    elif ongoing.record(name) >= SECONDS_TO_TELL:
        tell_admins(name, JOB_FAILING, {"job": job, "error": type(error).__name__})


def forget_orphaned_incidents(jobs: Iterable[str], *, store: Store) -> None:
    """Forget troubles whose job is none of these any more, since the settings have changed."""
    known = set(jobs)
    for trouble in store.troubles.open():
        if trouble.job and trouble.job not in known:
            store.notes.forget(trouble.name)


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
) -> None:
    """Have every admin told by direct message, once until `resolve_incident(name)`.

    Where nobody is known to tell (Slack does not answer), the next call tries again.
    """
    if not store.notices.is_notified(name):
        store.notices.notify(name, kind, dict(detail), admins or slack.admins(), now=clock.now())


def resolve_incident(name: str, *, store: Store) -> bool:
    """Note that the trouble is over; say whether there was any."""
    return store.notes.moment(name) is not None and store.notes.forget(name)
