"""Service for attachments in Slack: rendering, refused uploads, and cleanup."""

from collections.abc import Callable

from bot.attachments.messages import removal_of, render_attachment
from bot.health.service import resolve_incident
from bot.models.attachments import Attachment
from bot.models.health import FILES_SCOPE, SCOPE_MISSING, incident_name
from bot.models.outbox import Post
from bot.store import Store
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import name_of

# How long downloads and uploads are retried.
MAX_ATTEMPT_SECONDS = 86_400.0
FILES_INCIDENT = incident_name(SCOPE_MISSING, FILES_SCOPE)
NOT_ALLOWED = "the app isn't allowed to upload files; an admin needs to reinstall it"
_PERMANENT = {
    "file_uploads_disabled": "this workspace doesn't allow file uploads",
    "file_type_not_allowed": "this workspace doesn't allow this type of file",
    "file_upload_size_restricted": "the file is larger than this workspace allows",
    "storage_limit_reached": "this workspace is out of file storage",
}


def present_attachment(
    subject: str, *, store: Store, locale: Locale, may_be_a_repeat: bool, is_new: bool
) -> Message | None:
    """Return the message with an attachment; None if there is nothing to upload any more.

    If its text was erased, the message deletes the file, unless the post `is_new`: then it
    certainly isn't in Slack.
    """
    text_id, _, place = subject.rpartition(" ")
    attachment = _find(subject, store)
    text = store.texts.find(text_id)
    if text is not None and text.is_erased:
        return None if is_new else removal_of(text_id, int(place))
    if attachment is None or attachment.content is None or text is None:
        return None
    return render_attachment(
        attachment, attachment.content, text, locale=locale, may_be_a_repeat=may_be_a_repeat
    )


def record_upload_refused(
    post: Post,
    reason: str,
    *,
    store: Store,
    now: Callable[[], float],
    tell_admins: Callable[..., object],
) -> None:
    """Record that Slack refused a file, temporarily or permanently."""
    attachment = _find(post.subject, store)
    if attachment is None:
        return
    words = _PERMANENT.get(reason) or f"Slack refused it ({name_of(reason)})"
    if reason == "missing_scope":
        words = NOT_ALLOWED
        tell_admins(FILES_INCIDENT, SCOPE_MISSING, {"scope": FILES_SCOPE})
    if reason in _PERMANENT or now() - post.created_at > MAX_ATTEMPT_SECONDS:
        store.attachments.refuse(attachment.text_id, attachment.place, words)
    else:
        store.attachments.hold(attachment.text_id, attachment.place, words)


def clean_up_shown(store: Store) -> None:
    """Drop the content of uploaded attachments, and resolve the incident about uploads."""
    if store.attachments.clean_up():
        resolve_incident(FILES_INCIDENT, store=store)


def _find(subject: str, store: Store) -> Attachment | None:
    text_id, _, place = subject.rpartition(" ")
    return store.attachments.find(text_id, int(place))
