"""Owns since when the bot looks for calls and tells of them by itself."""

from bot.store import Store

COVERED = "calls covered until"
TEXTS_COVERED = "texts covered until"
INSTALLED = "installed at"
# A fresh install shows the last minutes, so that a test call just made is seen.
FIRST_LOOK_BACK = 15 * 60.0
# Whose day it is on Vocatech's side is unknown, so a day more is asked for on each side.
DAY = 86_400.0


def synced_until(name: str, store: Store, *, now: float) -> float | None:
    """Give a moment that was noted, in unix seconds; one that lies ahead is now.

    It was noted while the clock was wrong, and until then no call would be found or told of.
    """
    moment = store.notes.moment(name)
    return None if moment is None else min(moment, now)


def reported_from(store: Store, *, now: float) -> float:
    """Give the moment in unix seconds after which a call that ended is for the bot to tell of.

    What it has seen of them already is in the store; it has yet to come to the others.
    """
    installed = synced_until(INSTALLED, store, now=now) or now
    covered = synced_until(COVERED, store, now=now) or installed
    return max(installed - FIRST_LOOK_BACK, covered - DAY)
