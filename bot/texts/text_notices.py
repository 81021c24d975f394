"""Owns the words to whoever wrote a text, in its thread or alone: that it needs them."""

from bot.models.texts import Text
from bot.texts.words import state_of, them_in_words, words_of
from bot.ui.action_ids import NOTICE_METADATA
from bot.ui.blocks import Json, line, paragraph, person, rich, says
from bot.ui.formatting import Locale
from bot.ui.message import Message, escape, shorten

MOST_REPEATED = 80


def render_text_trouble(
    notice_id: str, *, text: Text, slack_user: str, name: str | None, locale: Locale
) -> Message:
    """Tell whoever wrote a text that it needs them; it stands in the same thread."""
    them = them_in_words(name or text.remote_name, text.number, locale)
    state, words = state_of(text), shorten(words_of(text), MOST_REPEATED)
    what = f"your text to {them} needs a look, please. {state}. You wrote: {words}"
    said = paragraph(person(slack_user), line(f", {what}"))
    return _notice(notice_id, f"Y{what[1:]}", said)


def render_two_texts(
    notice_id: str, *, other: str, name: str | None, number: str, words: str, locale: Locale
) -> Message:
    """Tell whoever wrote to a number that `other` (a Slack user) wrote there right afterwards."""
    them = them_in_words(name, number, locale)
    what = f"wrote to {them} as well, right after you: {shorten(words, 300)}"
    return _notice(notice_id, f"Somebody {what}", paragraph(person(other), line(f" {what}")))


def _notice(notice_id: str, plainly: str, said: Json) -> Message:
    return Message(
        escape(plainly),
        [rich(said)],
        [says(plainly)],
        {"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )
