"""Sentences about why a list of calls may be incomplete."""

from collections.abc import Iterator

from bot.calls.catch_up import unread_since
from bot.calls.gap_fill import GapFillResult
from bot.errors import KeyRefused
from bot.models.health import KEY_REFUSED
from bot.store import Store
from bot.ui.error_messages import words_for
from bot.ui.formatting import Locale

SOME_MISSING = "Some days are missing from this list."
KEY_IS_REFUSED = (
    "Vocatech rejected the API key, so new calls may be missing here. Ask an admin to create a new"
    " key in the Vocatech portal, under Integrations."
)
LAST_READ = (
    "The app last read Vocatech's list of calls on {moment}, so newer calls may be missing here."
)
NEVER_READ = "The app hasn't read Vocatech's list of calls yet, so calls may be missing here."
FETCHED_IN_PART = (
    "Earlier days are missing, because one search fetches one month at most. Run it again to fetch"
    " more."
)


def describe_failures(
    result: GapFillResult | None,
    *,
    until: float | None,
    store: Store,
    locale: Locale,
    now: float,
) -> Iterator[str]:
    """Yield why calls may be missing from a list: `until` is the end of what was searched."""
    if result and result.is_busy:
        yield (
            f"{SOME_MISSING} Vocatech is fetching older calls for another person. Try again in a"
            " minute."
        )
    if result and result.error:
        yield words_for(result.error, kept=SOME_MISSING)
    is_refused = any(one.kind.name == KEY_REFUSED for one in store.incidents.open())
    if is_refused and not (result and isinstance(result.error, KeyRefused)):
        yield KEY_IS_REFUSED
    read = unread_since(until, store.key_values, now=now)
    if read is not None and not is_refused and not (result and result.error):
        yield LAST_READ.format(moment=locale.own_moment(read)) if read else NEVER_READ


def describe_rest(result: GapFillResult | None) -> list[str]:
    """Return that not everything was fetched, if so."""
    is_partial = result and result.has_more and not (result.error or result.is_busy)
    return [FETCHED_IN_PART] if is_partial else []
