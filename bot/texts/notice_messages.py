"""Notices to the writers of texts."""

from bot.models.texts import Text
from bot.texts.words import body_of, contact_label, failure_reason
from bot.ui.action_ids import NOTICE_METADATA
from bot.ui.blocks import Json, line, paragraph, person, quote, rich, says
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import escape, shorten

MAX_REPEATED = 80


def render_delivery_problem(
    notice_id: str,
    *,
    text: Text,
    is_unconfirmed: bool,
    slack_user: str,
    name: str | None,
    locale: Locale,
) -> Message:
    """Tell the writer that a text failed or is unconfirmed, in the same thread."""
    contact = contact_label(name or text.remote_name, text.number, locale)
    if is_unconfirmed:
        problem = "is unconfirmed: it may or may not have been sent"
    else:
        reason = failure_reason(text)
        problem = "wasn't delivered" + (f": {reason}" if reason else "")
    body = shorten(body_of(text), MAX_REPEATED)
    what = f"our message to {contact} {problem}"
    mention = paragraph(person(slack_user), line(f", y{what}."))
    return _notice(notice_id, f"Y{what}: {body}", mention, quote(line(body)))


def render_two_texts(
    notice_id: str, *, other: str, name: str | None, number: str, words: str, locale: Locale
) -> Message:
    """Tell the first writer that `other` (a Slack user) texted the same number right after."""
    contact = contact_label(name, number, locale)
    what, body = f"also texted {contact}, right after you", shorten(words, 300)
    mention = paragraph(person(other), line(f" {what}:"))
    return _notice(notice_id, f"A colleague {what}: {body}", mention, quote(line(body)))


def _notice(notice_id: str, text: str, *content: Json) -> Message:
    return Message(
        escape(text),
        [rich(*content)],
        [says(text)],
        {"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )
