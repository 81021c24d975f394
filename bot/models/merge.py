"""Conflict-free merge of reports from several sources, in any order and any number.

Each fact has the authority of its source. Of two facts with the same name, the greater
(authority, content) wins. Taking the greater is commutative, associative, and idempotent, so the
same reports give the same result in any order.
"""

import json
from collections.abc import Mapping
from typing import Any

Fields = dict[str, tuple[int, Any]]
"""Known facts: the authority and the plain JSON value, by name."""


def merge_reports(known: Fields, reported: Mapping[str, tuple[int, Any]]) -> Fields:
    """Return the known facts after one more report; None values are ignored."""
    facts = dict(known)
    for name, (authority, value) in reported.items():
        if value is None:
            continue
        fact = (int(authority), value)
        if name not in facts or _weight(fact) > _weight(facts[name]):
            facts[name] = fact
    return facts


def _weight(fact: tuple[int, Any]) -> tuple[int, int, str]:
    """Order by authority, then length, then content (deterministic tie-break)."""
    authority, value = fact
    text = json.dumps(value, sort_keys=True)
    if isinstance(value, int | float):
        return authority, round(value * 1000), text
    return authority, len(text), text
