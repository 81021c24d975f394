"""The job that keeps the search index of calls up to date."""

from collections.abc import Callable

import structlog

from bot.store import Store

log = structlog.get_logger()

# The version of the searchable text, and where the work of an upgrade continues.
REINDEXED_CALLS, REINDEXED_CONTACTS = "calls reindexed 2", "contacts reindexed 2"
# Older versions kept a copy of each call's text for the index.
SHARED_TEXTS = "call texts shared"

SECONDS_BETWEEN_RUNS = 3.0

# Of the conversion after an upgrade. A webhook waits for at most one step: 20 transcripts of 10 kB
# take some milliseconds.
ROWS_A_STEP = 20

CALLS_A_LOOK = 200

# Then other jobs have their turn; the next run indexes the rest.
MOST_LOOKS = 50

DONE = "done"


def index_calls(*, store: Store) -> float:
    """Index the calls that changed since the last run; return no extra pause.

    After an upgrade that changed the searchable text, index some older calls and contacts again:
    with a million calls that takes an hour, in a tenth of a processor.
    """
    for _ in range(MOST_LOOKS):
        is_last = store.call_search.index_changed(CALLS_A_LOOK) < CALLS_A_LOOK
        if is_last and not store.call_index.continue_rebuild():
            break
    for note, reindex in (
        (REINDEXED_CONTACTS, store.contacts.reindex),
        (REINDEXED_CALLS, store.call_search.reindex),
        (SHARED_TEXTS, store.call_index.share_texts),
    ):
        _continue(note, reindex, store)
    return 0.0


def check_index(*, store: Store) -> float:
    """Rebuild the index if it doesn't find the newest calls; return no extra pause."""
    if missing := store.call_index.missing():
        log.warning("call_index_damaged", missing=missing)
        store.call_index.start_rebuild()
    return 0.0


def _continue(note: str, reindex: Callable[[int, int], int | None], store: Store) -> None:
    place = store.key_values.text(note)
    for _ in range(MOST_LOOKS):
        if place == DONE:
            return
        last = reindex(int(place or -1), ROWS_A_STEP)
        place = DONE if last is None else str(last)
        store.key_values.set_text(note, place)
