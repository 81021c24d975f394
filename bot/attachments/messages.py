"""Owns what people read of things sent along with texts."""

from collections.abc import Sequence

from bot.calls.card import REPEAT_NOTE
from bot.models.attachments import MOST_SHOWN, Media, NotShown, name_file
from bot.models.texts import Text
from bot.texts.words import kind_of
from bot.ui.formatting import Locale
from bot.ui.message import File, Message, name_of, shorten

MOST_WORDS = 900


def render_media(
    media: Media, content: bytes, text: Text, *, locale: Locale, may_be_a_repeat: bool = False
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


def words_for_missing(text: Text, not_shown: Sequence[NotShown]) -> str:
    """Say what came along with a text and is not shown, and why; empty where nothing is missing."""
    said = [
        f"{name_of(one.filename or '') or f'A {kind_of(one.content_type)}'}: {one.reason}"
        for one in not_shown
    ]
    if text.is_incoming and len(text.attachments) > MOST_SHOWN:
        said.append(f"more than {MOST_SHOWN} came at once")
    if not said:
        return ""
    return f"Not shown here, but in the Vocatech app. {shorten('; '.join(said), MOST_WORDS)}."
