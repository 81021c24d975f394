"""Owns what jobs mean for troubles: one that fails every time, and one that is no more."""

from collections.abc import Callable, Iterable

from bot.health.spells import Spells
from bot.models.health import JOB_FAILING, name_of_trouble
from bot.outbox.notices import all_is_well
from bot.store import Store

SECONDS_TO_TELL = 1_800.0


def note_job(
    job: str,
    error: Exception | None,
    *,
    store: Store,
    spells: Spells,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> None:
    """Take in how a job went; after half an hour in which each try failed, the admins are told."""
    name = name_of_trouble(JOB_FAILING, job)
    if error is None:
        spells.end(name)
        all_is_well(name, store=store)
    elif spells.go_on(name) >= SECONDS_TO_TELL:
        tell_admins(name, JOB_FAILING, {"job": job, "error": type(error).__name__})


def forget_what_nobody_looks_at(jobs: Iterable[str], *, store: Store) -> None:
    """Forget troubles whose job is none of these any more, since the settings have changed."""
    known = set(jobs)
    for trouble in store.troubles.open():
        if trouble.job and trouble.job not in known:
            store.notes.forget(trouble.name)
