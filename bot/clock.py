"""The two clocks, time zones by name, waits on other services, clock skew."""

import difflib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from zoneinfo import available_timezones


@dataclass(frozen=True)
class Clock:
    """`now` gives unix seconds; `monotonic` gives seconds that never jump."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


@cache
def zone_names() -> frozenset[str]:
    """Give the names of all time zones; they are some 600 files, so they are looked at once."""
    return frozenset(available_timezones())


@dataclass(frozen=True)
class Timing:
    """Seconds that depend on others' behaviour; a test makes them short.

    `post_seconds`: from one post in a channel to the next, as Slack asks. `slack_timeout`: how long
    a request to Slack may take. `grace`: how long after that Slack may still be about to post.
    `second_look`: from one look into a channel to the next. `held_retry`: between two tries in a
    channel that refuses us. `text_request`: how long a text may still be on its way whose process
    died. `text_looks`: from one look for a text whose answer was lost to the next; after the last a
    person is asked. `aside`: how long a post that failed lets others go first, and twice as long
    each further time. `file_look`: from one look for a file to the next, since Slack shows a file
    some time after it said so. `media_retry`: until something sent along is asked for again,
    doubled each time.
    """

    post_seconds: float = 1.0
    slack_timeout: float = 10.0
    grace: float = 5.0
    second_look: float = 5.0
    held_retry: float = 300.0
    text_request: float = 30.0
    text_looks: tuple[float, ...] = (2.0, 5.0, 15.0, 40.0)
    aside: float = 2.0
    file_look: float = 30.0
    media_retry: float = 15.0


def parse_zone(typed: str, zones: Collection[str]) -> tuple[str | None, list[str]]:
    """Give the zone that is meant, in any case of letters, and else those that may be meant.

    A city alone will do where there is only one such; `zones` are the names that are known.
    """
    wanted = "_".join(typed.lower().split())
    named = [zone for zone in zones if zone.lower() == wanted]
    cities = [zone for zone in zones if "/" in zone and zone.lower().endswith(f"/{wanted}")]
    if found := named or (cities if len(cities) == 1 else []):
        return found[0], []
    return None, sorted(cities) or difflib.get_close_matches(typed, zones, n=1)


# Slack and Vocatech refuse, and we refuse, a signature that is five minutes off.
SKEW_TO_MENTION, SKEW_TOO_LARGE = 60, 240


def seconds_ahead(date: str | None, now: float) -> float | None:
    """Give by how many seconds our clock is ahead of a `Date` header; None where it tells none."""
    try:
        # The header is cut to whole seconds.
        return now - parsedate_to_datetime(date or "").timestamp() - 0.5
    except (TypeError, ValueError, OverflowError):
        return None
