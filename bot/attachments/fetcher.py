"""Worker that downloads attachments of texts from Vocatech."""

from collections.abc import Callable

import structlog

from bot.attachments.service import MAX_ATTEMPT_SECONDS, clean_up_shown
from bot.clock import Clock, Timing
from bot.errors import ApiError, MediaRefused, NotFound, TooManyRequests, may_pass
from bot.models.attachments import Attachment, is_executable
from bot.store import Store
from bot.vocatech.client import VocatechClient
from bot.vocatech.downloads import Download

log = structlog.get_logger()
# Short, because new attachments must be downloaded immediately.
MAX_WAIT = 1.0
MAX_PAUSE = 3600.0


def has_work(*, store: Store) -> bool:
    """Return whether an attachment must be downloaded or cleaned up."""
    return store.attachments.is_anything_open()


def fetch_next(
    *,
    store: Store,
    vocatech: VocatechClient,
    clock: Clock,
    timing: Timing,
    wake: Callable[[], None],
) -> float:
    """Download one attachment; return the seconds until the next one is due."""
    clean_up_shown(store)
    attachment = store.attachments.next_wanted()
    now = clock.now()
    if attachment is None:
        wake()
        return 0.0
    # After the clock was set back, the time may be further ahead than any pause is long.
    if 0 < (wait := attachment.try_at - now) <= MAX_PAUSE:
        return min(wait, MAX_WAIT)
    try:
        found = _fetch(attachment, store, vocatech)
    except ApiError as error:
        _record_failure(error, attachment, store, now, timing.media_retry)
    else:
        store.attachments.keep(attachment, found.content, found.content_type, now=clock.now())
    wake()
    return 0.0


def _fetch(attachment: Attachment, store: Store, vocatech: VocatechClient) -> Download:
    text = store.texts.find(attachment.text_id)
    if text is None or attachment.place >= len(text.attachments):
        raise NotFound
    one = text.attachments[attachment.place]
    if one.attachment_id:
        found = vocatech.media.fetch(one.attachment_id)
    elif one.url:
        found = vocatech.downloads.fetch(one.url)
    else:
        raise NotFound
    if not found.content:
        raise MediaRefused("the file is empty")
    if is_executable(found.content, found.content_type):
        raise MediaRefused("the file isn't what its type says")
    return found


def _record_failure(
    error: ApiError, attachment: Attachment, store: Store, now: float, first_pause: float
) -> None:
    log.info("attachment_download_failed", kind=type(error).__name__, tries=attachment.tries)
    if may_pass(error) and now - attachment.wanted_since < MAX_ATTEMPT_SECONDS:
        pause = min(MAX_PAUSE, first_pause * 2.0**attachment.tries)
        if isinstance(error, TooManyRequests):
            pause = max(pause, error.retry_after or 0.0)
        store.attachments.try_later(attachment, at=now + pause)
    else:
        store.attachments.refuse(attachment.text_id, attachment.place, _why(error))


def _why(error: ApiError) -> str:
    """Return a phrase with the reason, which contains no text from outside."""
    if isinstance(error, MediaRefused):
        return str(error)
    if isinstance(error, NotFound):
        return "Vocatech no longer has it"
    return "download failed for 24 hours" if may_pass(error) else "Vocatech refused the download"
