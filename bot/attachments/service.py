"""Owns how what was sent along with texts shows in Slack, and what becomes of what does not."""

from collections.abc import Callable

from bot.attachments.messages import render_media
from bot.health.service import resolve_incident
from bot.models.attachments import Attachment
from bot.models.health import FILES_SCOPE, SCOPE_MISSING, incident_name
from bot.models.outbox import Post
from bot.store import Store
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import name_of

# For how long something is asked for, or offered to Slack, before it is given up.
PATIENCE = 86_400.0
FILES_INCIDENT = incident_name(SCOPE_MISSING, FILES_SCOPE)
NOT_ALLOWED = "an admin must allow this app to show files, and install it again"
_NEVER_TAKEN = {
    "file_uploads_disabled": "this workspace does not allow files",
    "file_type_not_allowed": "this workspace does not allow such files",
    "file_upload_size_restricted": "it is larger than this workspace allows",
    "storage_limit_reached": "this workspace has no room for files left",
}


def show_media(
    subject: str, *, store: Store, locale: Locale, may_be_a_repeat: bool
) -> Message | None:
    """Give what was sent along; None where it is not to be shown any more."""
    media = _named(subject, store)
    text = store.texts.find(media.text_id) if media else None
    if media is None or media.content is None or text is None:
        return None
    return render_media(media, media.content, text, locale=locale, may_be_a_repeat=may_be_a_repeat)


def note_file_refused(
    post: Post,
    reason: str,
    *,
    store: Store,
    now: Callable[[], float],
    tell_admins: Callable[..., object],
) -> None:
    """Note that Slack does not take a file: for now, or for good."""
    media = _named(post.subject, store)
    if media is None:
        return
    words = _NEVER_TAKEN.get(reason) or f"Slack answers {name_of(reason)}"
    if reason == "missing_scope":
        words = NOT_ALLOWED
        tell_admins(FILES_INCIDENT, SCOPE_MISSING, {"scope": FILES_SCOPE})
    if reason in _NEVER_TAKEN or now() - post.created_at > PATIENCE:
        store.media.refuse(media.text_id, media.place, words)
    else:
        store.media.hold(media.text_id, media.place, words)


def put_away_shown(store: Store) -> None:
    """Drop what stands where it shall, and note that Slack takes files again."""
    if store.media.put_away():
        resolve_incident(FILES_INCIDENT, store=store)


def _named(subject: str, store: Store) -> Attachment | None:
    text_id, _, place = subject.rpartition(" ")
    return store.media.find(text_id, int(place))
