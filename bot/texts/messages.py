"""Owns the line of a text in its thread: who wrote what, what became of it, what can be done."""

from collections.abc import Sequence
from typing import Any

from bot.attachments.messages import words_for_missing
from bot.calls.card import REPEAT_NOTE
from bot.models.attachments import NotShown
from bot.models.opt_out import Wish
from bot.models.texts import Text
from bot.texts.words import sentence, state_of, them_in_words, way_of, words_of, writer_of
from bot.ui.action_ids import BELIEVE_TEXT, SEND_AGAIN, TAKE_BACK, TEXT_METADATA
from bot.ui.blocks import (
    Json,
    actions,
    asked_first,
    button,
    line,
    moment,
    paragraph,
    person,
    plain,
    rich,
    says,
)
from bot.ui.formatting import Locale
from bot.ui.message import Message, escape


def render_text(
    text: Text,
    *,
    name: str | None,
    sender: str | None,
    not_shown: Sequence[NotShown] = (),
    locale: Locale,
    mention: str | None = None,
    may_be_a_repeat: bool = False,
) -> Message:
    """Show one text in its thread, and what became of it; `mention` is whom they answer.

    `not_shown` is what came along with it and does not stand in the thread.
    """
    them = them_in_words(name or text.remote_name, text.number, locale)
    said = sentence(text, them=them, sender=sender)
    blocks = [
        rich(*_line(text, them, sender, mention, locale)),
        *_closing(text, not_shown, locale, may_be_a_repeat=may_be_a_repeat),
        *_buttons(text),
    ]
    buttons = [block for block in blocks if block["type"] == "actions"]
    return Message(escape(said), blocks, [says(said), *buttons], text_metadata(text))


def text_metadata(text: Text) -> dict[str, Any]:
    """Give what a message about a text carries for machines; `text_id` never changes."""
    payload = {"message_id": text.message_id or text.text_id, "text_id": text.text_id}
    return {"event_type": TEXT_METADATA, "event_payload": payload}


def _line(
    text: Text, them: str, sender: str | None, mention: str | None, locale: Locale
) -> list[Json]:
    way = way_of(text)
    who = paragraph(
        line(writer_of(text, them=them, sender=sender), bold=True),
        *when_of(text, locale),
        *([line(f"  ·  {way}")] if way else []),
        *([line("  ·  for "), person(mention)] if mention else []),
    )
    return [who, paragraph(line(words_of(text)))]


def when_of(text: Text, locale: Locale) -> list[Json]:
    """Give the moment of a text, to follow its writer; nothing where it is not known."""
    if text.at is None:
        return []
    return [line("  ·  "), moment(text.at, locale.plain_moment(text.at))]


def _closing(
    text: Text, not_shown: Sequence[NotShown], locale: Locale, *, may_be_a_repeat: bool
) -> list[Json]:
    notes = [state_of(text)] if not text.is_incoming else []
    if text.wish is Wish.STOP:
        notes.append("They want no more texts. Nothing is sent there until they write START.")
    if text.wish is Wish.START:
        notes.append("They want texts again.")
    notes.append(words_for_missing(text, not_shown))
    notes += [REPEAT_NOTE] if may_be_a_repeat else []
    words = "  ·  ".join(note for note in notes if note)
    if not words:
        return []
    leaves_at = text.reply.leaves_at if text.reply and text.is_waiting else None
    when = [{"type": "mrkdwn", "text": locale.moment(leaves_at)}] if leaves_at else []
    return [{"type": "context", "elements": [plain(words), *when]}]


def _buttons(text: Text) -> list[Json]:
    if text.is_waiting:
        return [actions(button("Take back", TAKE_BACK, text.text_id))]
    if text.is_in_question:
        twice = asked_first(
            "Write it again?",
            "If it was sent after all, they get it twice.",
            yes="Write again",
            no="Leave it",
        )
        again = button("Send again", SEND_AGAIN, text.text_id, confirm=twice)
        return [actions(again, button("It was sent", BELIEVE_TEXT, text.text_id))]
    if text.has_failed and text.reply is not None:
        return [actions(button("Write again", SEND_AGAIN, text.text_id))]
    return []
