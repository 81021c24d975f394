"""Indexing: what was said in calls that changed is taken into the search, soon after."""

from bot.store import Store

SECONDS_BETWEEN_LOOKS = 3.0
CALLS_A_LOOK = 200
# Then other jobs have their turn; what is left is found by the next look.
MOST_LOOKS = 50


def index_calls(*, store: Store) -> float:
    """Take in what changed since the last time; gives no pause beyond the time between looks."""
    for _ in range(MOST_LOOKS):
        if store.call_search.index_changed(CALLS_A_LOOK) < CALLS_A_LOOK:
            break
    return 0.0
