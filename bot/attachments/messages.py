"""Messages with attachments of texts."""

from bot.models.attachments import Attachment, name_file, name_without_extension
from bot.models.texts import Text
from bot.texts.words import kind_of
from bot.ui.formatting import Locale
from bot.ui.message import REPEAT_NOTE, File, Message
from bot.ui.mrkdwn import name_of


def render_attachment(
    attachment: Attachment,
    content: bytes,
    text: Text,
    *,
    locale: Locale,
    may_be_a_repeat: bool = False,
) -> Message:
    """Render an attachment, with the time of its text.

    Slack reads markup in the message, so it contains nothing from outside.
    """
    kind = kind_of(attachment.content_type)
    when = f", {locale.moment(text.at)}" if text.at is not None else ""
    words = f"This {kind} was attached to a message{when}."
    title = name_of(attachment.filename or "") or kind.capitalize()
    return Message(
        f"{words} {REPEAT_NOTE}" if may_be_a_repeat else words,
        [],
        [],
        file=File(
            name_file(attachment.text_id, attachment.place, attachment.content_type), title, content
        ),
    )


def removal_of(text_id: str, place: int) -> Message:
    """Return the message that deletes a posted attachment, since its text was erased."""
    name = name_without_extension(text_id, place)
    return Message("", [], [], file=File(name, "", b""), is_removal=True)
