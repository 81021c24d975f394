"""Owns what people read of things sent along with texts."""

from bot.models.attachments import Attachment, name_file
from bot.models.texts import Text
from bot.texts.words import kind_of
from bot.ui.formatting import Locale
from bot.ui.message import REPEAT_NOTE, File, Message
from bot.ui.mrkdwn import name_of


def render_media(
    media: Attachment, content: bytes, text: Text, *, locale: Locale, may_be_a_repeat: bool = False
) -> Message:
    """Show what was sent along, and with which text.

    The words stand where Slack reads markup, so none of them is from outside.
    """
    kind = kind_of(media.content_type)
    when = f", {locale.moment(text.at)}" if text.at is not None else ""
    words = f"This {kind} came along with a text{when}."
    title = name_of(media.filename or "") or kind.capitalize()
    return Message(
        f"{words} {REPEAT_NOTE}" if may_be_a_repeat else words,
        [],
        [],
        file=File(name_file(media.text_id, media.place, media.content_type), title, content),
    )
