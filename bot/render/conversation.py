"""Owns the thread with a number: its head, and a line for each text."""

from collections.abc import Sequence
from typing import Any

from bot.media import NotShown
from bot.opt_out import Wish
from bot.phones import is_whole
from bot.render.call_card import REPEAT_NOTE
from bot.render.locale import Locale
from bot.render.media import words_for_missing
from bot.render.message import Message, escape, name_of, shorten
from bot.render.pieces import Json, button, line, moment, paragraph, plain, rich, says
from bot.render.text_words import MOST_QUOTED, is_waiting, state_of, way_of, words_of, writer_of
from bot.slack_ids import (
    BELIEVE_TEXT,
    CONVERSATION_METADATA,
    NOTICE_METADATA,
    OPEN_CONTACT_OF_NUMBER,
    REPLY_TO_TEXT,
    SEND_AGAIN,
    TAKE_BACK,
    TEXT_METADATA,
)
from bot.texts import Fate, Step, Text

MOST_SENTENCE = 600
MOST_REPEATED = 80


def render_conversation(
    number: str,
    last: Text,
    *,
    name: str | None,
    sender: str | None,
    opted_out_at: float | None,
    has_contact: bool,
    locale: Locale,
    may_be_a_repeat: bool = False,
) -> Message:
    """Show the head of a conversation as it stands: with whom, and the last text.

    `name` is the contact's, `sender` that of our person who wrote the last text, `opted_out_at`
    when (unix seconds) they asked for no more texts.
    """
    them = _them(name or last.remote_name, number, locale)
    shown = locale.number(number) or number
    facts = [shown if shown != them else "", _our_line(last, locale), way_of(last)]
    first = paragraph(_emoji("speech_balloon"), line(" Texts with "), line(them, bold=True))
    about = "  ·  ".join(fact for fact in facts if fact)
    blocks = [
        rich(first, *([paragraph(line(about))] if about else [])),
        *_last(last, them, sender, locale),
        *_opted_out(opted_out_at, locale),
        *_head_buttons(number, can_reply=opted_out_at is None, has_contact=has_contact),
        *([_note(REPEAT_NOTE)] if may_be_a_repeat else []),
    ]
    text = sentence(last, them=them, sender=sender)
    buttons = [block for block in blocks if block["type"] == "actions"]
    return Message(
        escape(text),
        blocks,
        [says(text), *buttons],
        {"event_type": CONVERSATION_METADATA, "event_payload": {"number": number}},
    )


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
    number = text.number or ""
    them = _them(name or text.remote_name, number, locale)
    said = sentence(text, them=them, sender=sender)
    blocks = [
        rich(*_line(text, them, sender, mention, locale)),
        *_closing(text, not_shown, locale, may_be_a_repeat=may_be_a_repeat),
        *_line_buttons(text),
    ]
    buttons = [block for block in blocks if block["type"] == "actions"]
    return Message(escape(said), blocks, [says(said), *buttons], text_metadata(text))


def text_metadata(text: Text) -> dict[str, Any]:
    """Give what a message about a text carries for machines; `text_id` never changes."""
    payload = {"message_id": text.message_id or text.text_id, "text_id": text.text_id}
    return {"event_type": TEXT_METADATA, "event_payload": payload}


def sentence(text: Text, *, them: str, sender: str | None) -> str:
    """Say in a whole sentence who wrote what to whom, and what became of it."""
    writer = writer_of(text, them=them, sender=sender)
    to = "" if text.is_incoming else f" to {them}"
    state = state_of(text)
    words = shorten(words_of(text), MOST_SENTENCE)
    return f"{writer} wrote{to}: {words}" + (f" ({state})" if state else "")


def _them(name: str | None, number: str, locale: Locale) -> str:
    return name_of(name or "") or name_of(locale.number(number) or number) or "Somebody"


def _our_line(text: Text, locale: Locale) -> str:
    ours = name_of(locale.number(text.company_number) or "")
    return f"on {ours}" if ours else ""


def _last(last: Text, them: str, sender: str | None, locale: Locale) -> list[Json]:
    state = state_of(last)
    who = paragraph(
        line(writer_of(last, them=them, sender=sender)),
        *_when(last, locale),
        *([line(f"  ·  {state}")] if state else []),
    )
    quote = {"type": "rich_text_quote", "elements": [line(words_of(last, MOST_QUOTED))]}
    return [rich(who, quote)]


def _line(
    text: Text, them: str, sender: str | None, mention: str | None, locale: Locale
) -> list[Json]:
    way = way_of(text)
    who = paragraph(
        line(writer_of(text, them=them, sender=sender), bold=True),
        *_when(text, locale),
        *([line(f"  ·  {way}")] if way else []),
        *([line("  ·  for "), {"type": "user", "user_id": mention}] if mention else []),
    )
    return [who, paragraph(line(words_of(text)))]


def _when(text: Text, locale: Locale) -> list[Json]:
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
    leaves_at = text.reply.leaves_at if is_waiting(text) and text.reply else None
    when = [{"type": "mrkdwn", "text": locale.moment(leaves_at)}] if leaves_at else []
    return [{"type": "context", "elements": [plain(words), *when]}]


def _opted_out(at: float | None, locale: Locale) -> list[Json]:
    if at is None:
        return []
    words = "They asked for no more texts on "
    since = moment(at, locale.plain_moment(at))
    return [rich(paragraph(_emoji("no_entry"), line(f" {words}"), since, line(".")))]


def _head_buttons(number: str, *, can_reply: bool, has_contact: bool) -> list[Json]:
    if not is_whole(number):
        return []  # a short code, or a name: nobody can be reached there
    reply = [button("Reply via SMS", REPLY_TO_TEXT, number)] if can_reply else []
    label = "Contact" if has_contact else "Add contact"
    return [_actions(*reply, button(label, OPEN_CONTACT_OF_NUMBER, number))]


def _line_buttons(text: Text) -> list[Json]:
    if text.reply is None or text.fate not in (None, Fate.FAILED):
        return []
    step, text_id = text.reply.step, text.text_id
    if is_waiting(text):
        return [_actions(button("Take back", TAKE_BACK, text_id))]
    if text.fate is None and step is Step.ASKED:
        again = button("Send again", SEND_AGAIN, text_id, confirm=_asking_twice())
        return [_actions(again, button("It was sent", BELIEVE_TEXT, text_id))]
    if text.has_failed:
        return [_actions(button("Write again", SEND_AGAIN, text_id))]
    return []


def _asking_twice() -> Json:
    return {
        "title": plain("Write it again?"),
        "text": plain("If it was sent after all, they get it twice."),
        "confirm": plain("Write again"),
        "deny": plain("Leave it"),
    }


def _actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def _note(words: str) -> Json:
    return {"type": "context", "elements": [plain(words)]}


def _emoji(name: str) -> Json:
    return {"type": "emoji", "name": name}


def render_text_trouble(
    notice_id: str, *, text: Text, slack_user: str, name: str | None, locale: Locale
) -> Message:
    """Tell whoever wrote a text that it needs them; it stands in the same thread."""
    them = _them(name or text.remote_name, text.number or "", locale)
    state, words = state_of(text), shorten(words_of(text), MOST_REPEATED)
    what = f"your text to {them} needs a look, please. {state}. You wrote: {words}"
    return Message(
        escape(what[:1].upper() + what[1:]),
        [rich(paragraph({"type": "user", "user_id": slack_user}, line(f", {what}")))],
        [says(what[:1].upper() + what[1:])],
        {"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )
