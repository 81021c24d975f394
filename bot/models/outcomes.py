"""Outcomes that people set on calls, from a list that admins keep."""

from collections.abc import Iterable
from dataclasses import dataclass

MAX_NAME = 40
MAX_OUTCOMES = 48  # each takes two blocks of a modal, of the 100 that Slack allows
NO_OUTCOME = 0  # the ID in menus for a call without an outcome


@dataclass(frozen=True)
class CallOutcome:
    """One outcome of the list; `outcome_id` is None until it is saved.

    A deleted one stays on the calls that have it.
    """

    outcome_id: int | None
    name: str
    is_deleted: bool = False


@dataclass(frozen=True)
class OutcomeSetting:
    """The outcome of one call: the Slack user who set it, and when (unix seconds)."""

    outcome: CallOutcome
    set_by: str
    set_at: float


@dataclass(frozen=True)
class OutcomeCount:
    """How many calls of a period have an outcome, and of the period before it; None if unknown."""

    name: str
    calls: int
    before: int | None = None


def names_without(names: Iterable[str], listed: Iterable[CallOutcome]) -> tuple[str, ...]:
    """Return the names that no listed outcome has, because it was deleted."""
    known = {folded_name(one.name) for one in listed}
    return tuple(name for name in names if folded_name(name) not in known)


def folded_name(name: str) -> str:
    """Return a name as it is compared: without case, with hyphens as spaces."""
    return " ".join(name.replace("-", " ").replace("_", " ").casefold().split())
