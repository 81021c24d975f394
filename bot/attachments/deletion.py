"""Job that deletes files of erased numbers in Slack until Slack has deleted all of them."""

from collections.abc import Callable

from bot.health.service import resolve_incident
from bot.models.health import FILES_KEPT
from bot.store import Store

SECONDS_BETWEEN_TRIES = 3_600.0


def retry_file_deletions(
    *,
    store: Store,
    tell_admins: Callable[[str, str, dict[str, str]], None],
    wake: Callable[[], None],
) -> float:
    """Retry what Slack refused to delete, and report it to admins; return no extra pause."""
    if refused := store.erasures.refused_files():
        detail = {"count": f"{len(refused):,}", "reason": refused[0]}
        tell_admins(FILES_KEPT, FILES_KEPT, detail)
        store.erasures.retry_files()
        wake()
    elif not store.erasures.has_files_to_delete():
        resolve_incident(FILES_KEPT, store=store)
    return 0.0
