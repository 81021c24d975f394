"""The noun "time zone": found by its IANA name, or by its city, as people type it."""

import difflib
from collections.abc import Collection


def find_zone(typed: str, zones: Collection[str]) -> tuple[str | None, list[str]]:
    """Give the zone that is meant, in any case of letters, and else those that may be meant.

    A city alone will do where there is only one such; `zones` are the names that are known.
    """
    wanted = "_".join(typed.lower().split())
    named = [zone for zone in zones if zone.lower() == wanted]
    cities = [zone for zone in zones if "/" in zone and zone.lower().endswith(f"/{wanted}")]
    if found := named or (cities if len(cities) == 1 else []):
        return found[0], []
    return None, sorted(cities) or difflib.get_close_matches(typed, zones, n=1)
