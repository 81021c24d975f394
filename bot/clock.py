"""Clocks, time zone names, timeouts and waits, clock skew."""

import difflib
import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo, available_timezones


@dataclass(frozen=True)
class Clock:
    """`now` returns unix seconds; `monotonic` returns seconds that never jump."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all time zones. They are some 600 files, so they are read once."""
    return frozenset(available_timezones())


class CompanyZone(ZoneInfo):
    """The company's time zone, which may become known only while the app runs.

    It is passed to all parts at the start, so that they follow a change without a restart.
    """

    _current: ZoneInfo

    @classmethod
    def named(cls, name: str) -> Self:
        """Return a new zone that begins as the one with an IANA name."""
        zone = cls.no_cache(name)
        zone.become(name)
        return zone

    def become(self, name: str) -> None:
        """Be the zone with this IANA name from now on."""
        self._current = ZoneInfo(name)

    @property
    def key(self) -> str:
        """The IANA name."""
        return self._current.key

    def utcoffset(self, dt: datetime | None, /) -> timedelta | None:
        """Return the offset of the current zone."""
        return self._current.utcoffset(dt)

    def dst(self, dt: datetime | None, /) -> timedelta | None:
        """Return the daylight saving time of the current zone."""
        return self._current.dst(dt)

    def tzname(self, dt: datetime | None, /) -> str | None:
        """Return the abbreviation of the current zone."""
        return self._current.tzname(dt)

    def fromutc(self, dt: datetime, /) -> datetime:
        """Return the local time of a time in UTC."""
        current = self._current
        return current.fromutc(dt.replace(tzinfo=current)).replace(tzinfo=self)

    def __str__(self) -> str:
        """Return the IANA name."""
        return self.key


@dataclass(frozen=True)
class Timing:
    """Seconds that depend on other services; tests shorten them.

    `post_seconds`: between two posts in a channel, as Slack requires. `slack_timeout`: limit of a
    request to Slack. `grace`: how long after that Slack may still post. `second_look`: between two
    searches in a channel's history. `held_retry`: between two attempts in a channel that refuses
    posts. `text_request`: how long a text may still be on its way after its process died.
    `text_looks`: between searches for a text whose answer was lost; after the last one a person is
    asked. `aside`: how long a failed post lets others go first, doubled each time. `file_look`:
    between two searches for a file, since Slack shows a file some time after it accepted it.
    `media_retry`: until an attachment is requested again, doubled each time.
    """

    post_seconds: float = 1.0
    slack_timeout: float = 10.0
    grace: float = 5.0
    second_look: float = 3.0
    held_retry: float = 300.0
    text_request: float = 30.0
    text_looks: tuple[float, ...] = (2.0, 5.0, 15.0, 40.0)
    aside: float = 2.0
    file_look: float = 30.0
    media_retry: float = 15.0


# What people call zones whose clocks change. As IANA names, EST, MST and HST never do, and the
# sign of Etc/GMT+2 is that of POSIX: it is two hours *behind* UTC.
MEANT_ZONES = {
    name: zone
    for names, zone in (
        ("eastern et est edt east", "America/New_York"),
        ("central ct cst cdt", "America/Chicago"),
        ("mountain mt mst mdt", "America/Denver"),
        ("pacific pt pst pdt", "America/Los_Angeles"),
        ("akst akdt", "America/Anchorage"),
        ("hst hdt", "Pacific/Honolulu"),
        ("ast adt atlantic", "America/Halifax"),
        ("bst", "Europe/London"),
        ("cest", "Europe/Berlin"),
        ("eest", "Europe/Athens"),
        ("west", "Europe/Lisbon"),
        ("ist", "Asia/Kolkata"),
        ("jst", "Asia/Tokyo"),
        ("aest aedt", "Australia/Sydney"),
    )
    for name in names.split()
}
# In Arizona, clocks don't change.
_ALSO_MEANT = {"mst": ["America/Phoenix"]}
# In IANA names, these are parts of a country: Brazil/East, Australia/North. As a city of that name
# alone, they would be taken for another one.
_PARTS_OF_COUNTRIES = frozenset({"center", "easter", "general", "north", "south", "west"})
# Cities that share their name with a larger one, which has another zone.
_NAMESAKES = {"san_juan": "America/Puerto_Rico", "la_paz": "America/Mazatlan"}
_OFFSET = re.compile(r"(?:etc/)?(?:utc|gmt)?([+\-\u2212])(\d{1,2})(?::?([0-5]\d))?")
MOST_HOURS_OFF = 14


def parse_zone(typed: str, zones: Collection[str]) -> tuple[str | None, list[str]]:
    """Return the matching zone, in any case, or else a list of similar zones.

    A city alone is enough if it is unique; `zones` are the known names. Offsets such as GMT+2 and
    abbreviations such as EST match none, because they don't say when clocks change.
    """
    wanted = "_".join(typed.lower().split())
    name = wanted.removesuffix("_time").removesuffix("_standard").removesuffix("_daylight")
    if meant := MEANT_ZONES.get(name):
        return None, [meant, *_ALSO_MEANT.get(name, [])]
    if is_offset(typed):
        return None, []
    named = [zone for zone in zones if zone.lower() == wanted]
    cities = [zone for zone in zones if "/" in zone and zone.lower().endswith(f"/{wanted}")]
    cities += [_NAMESAKES[wanted]] if wanted in _NAMESAKES else []
    is_sure = len(cities) == 1 and wanted not in _PARTS_OF_COUNTRIES
    if found := named or (cities if is_sure else []):
        return found[0], []
    return None, sorted(cities) or difflib.get_close_matches(typed, zones, n=1)


def has_city(typed: str, zones: Collection[str]) -> bool:
    """Return whether one of these time zones is that of a city."""
    return any(one.lower().endswith(f"/{typed.lower().replace(' ', '_')}") for one in zones)


def is_offset(typed: str) -> bool:
    """Return whether a text is an offset from UTC, such as GMT+2 or +05:30, and not a zone."""
    found = _OFFSET.fullmatch("".join(typed.lower().split()))
    return found is not None and int(found[2]) <= MOST_HOURS_OFF


# Slack, Vocatech and this app reject a signature that is five minutes off.
SKEW_TO_MENTION, SKEW_TOO_LARGE = 60, 240


def seconds_ahead(date: str | None, now: float) -> float | None:
    """Return how many seconds our clock is ahead of a `Date` header; None if it has no date."""
    try:
        # The header is truncated to whole seconds.
        return now - parsedate_to_datetime(date or "").timestamp() - 0.5
    except (TypeError, ValueError, OverflowError):
        return None
