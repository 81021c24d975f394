"""What is known of something that several sources tell of, in any order, any number of times.

Each fact carries the authority of its source, and of two that name the same thing the greater
(authority, content) stays. Taking the greater is commutative, associative and idempotent, so
the same reports give the same knowledge however they arrive.
"""

import json
from collections.abc import Mapping
from typing import Any

Fields = dict[str, tuple[int, Any]]
"""What is known: by fact name, the authority behind it and the plain JSON value."""


def merge_reports(known: Fields, told: Mapping[str, tuple[int, Any]]) -> Fields:
    """Give what is known after one more report; None tells nothing."""
    facts = dict(known)
    for name, (authority, value) in told.items():
        if value is None:
            continue
        fact = (int(authority), value)
        if name not in facts or _weight(fact) > _weight(facts[name]):
            facts[name] = fact
    return facts


def _weight(fact: tuple[int, Any]) -> tuple[int, int, str]:
    """Order two facts: authority first, then the fuller, then anything that is always the same."""
    authority, value = fact
    text = json.dumps(value, sort_keys=True)
    if isinstance(value, int | float):
        return authority, round(value * 1000), text
    return authority, len(text), text
