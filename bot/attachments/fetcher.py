"""Fetching: what came along with texts is got from Vocatech, to be shown in their threads."""

from collections.abc import Callable

import structlog

from bot.attachments.service import PATIENCE, put_away_shown
from bot.clock import Clock, Timing
from bot.errors import ApiError, MediaRefused, NotFound, TooManyRequests, may_pass
from bot.models.attachments import Attachment, is_alive
from bot.store import Store
from bot.vocatech.client import VocatechClient
from bot.vocatech.downloads import Download

log = structlog.get_logger()
# Not longer, since what comes in meanwhile is due at once.
LONGEST_WAIT = 1.0
LONGEST_PAUSE = 3600.0


def is_anything_to_fetch(*, store: Store) -> bool:
    """Say whether something is to be fetched, or to be put away."""
    return store.media.is_anything_open()


def fetch_next(
    *,
    store: Store,
    vocatech: VocatechClient,
    clock: Clock,
    timing: Timing,
    wake: Callable[[], None],
) -> float:
    """Fetch one thing that came along with a text; give the seconds until there is more to do."""
    put_away_shown(store)
    media = store.media.next_wanted()
    now = clock.now()
    if media is None:
        wake()
        return 0.0
    # After a clock was set back, the moment may lie further ahead than any pause is long.
    if 0 < (wait := media.try_at - now) <= LONGEST_PAUSE:
        return min(wait, LONGEST_WAIT)
    try:
        found = _fetch(media, store, vocatech)
    except ApiError as error:
        _go_on_after(error, media, store, now, timing.media_retry)
    else:
        store.media.keep(media, found.content, found.content_type, now=clock.now())
    wake()
    return 0.0


def _fetch(media: Attachment, store: Store, vocatech: VocatechClient) -> Download:
    text = store.texts.find(media.text_id)
    if text is None or media.place >= len(text.attachments):
        raise NotFound
    one = text.attachments[media.place]
    if one.attachment_id:
        found = vocatech.media.fetch(one.attachment_id)
    elif one.url:
        found = vocatech.downloads.fetch(one.url)
    else:
        raise NotFound
    if not found.content:
        raise MediaRefused("it is empty")
    if is_alive(found.content, found.content_type):
        raise MediaRefused("it is not what it says it is")
    return found


def _go_on_after(
    error: ApiError, media: Attachment, store: Store, now: float, first: float
) -> None:
    log.info("media_not_fetched", kind=type(error).__name__, tries=media.tries)
    if may_pass(error) and now - media.wanted_since < PATIENCE:
        pause = min(LONGEST_PAUSE, first * 2.0**media.tries)
        if isinstance(error, TooManyRequests):
            pause = max(pause, error.retry_after or 0.0)
        store.media.try_later(media, at=now + pause)
    else:
        store.media.refuse(media.text_id, media.place, _why(error))


def _why(error: ApiError) -> str:
    """Say in half a sentence why something could not be had; no word of it is from outside."""
    if isinstance(error, MediaRefused):
        return str(error)
    if isinstance(error, NotFound):
        return "Vocatech does not have it"
    return "Vocatech did not give it for a day" if may_pass(error) else "Vocatech does not give it"
