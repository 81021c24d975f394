"""Owns the head of the thread with a number."""

from bot.calls.card import REPEAT_NOTE
from bot.models.texts import Text
from bot.phone_numbers import is_whole
from bot.texts.messages import when_of
from bot.texts.words import (
    MOST_QUOTED,
    sentence,
    state_of,
    them_in_words,
    way_of,
    words_of,
    writer_of,
)
from bot.ui.action_ids import CONVERSATION_METADATA, OPEN_CONTACT_OF_NUMBER, REPLY_TO_TEXT
from bot.ui.blocks import Json, actions, button, emoji, line, moment, note, paragraph, rich, says
from bot.ui.formatting import Locale
from bot.ui.message import Message, escape, name_of


def render_conversation(
    number: str,
    last: Text,
    *,
    name: str | None,
    sender: str | None,
    opted_out_at: float | None,
    has_contact: bool,
    locale: Locale,
    handle: str = "",
    may_be_a_repeat: bool = False,
) -> Message:
    """Show the head of a conversation as it stands: with whom, and the last text.

    `name` is the contact's, `sender` that of our person who wrote the last text, `opted_out_at`
    when (unix seconds) they asked for no more texts, `handle`
    what the buttons carry instead of the number.
    """
    them = them_in_words(name or last.remote_name, number, locale)
    shown = locale.number(number)
    facts = [shown if shown != them else "", _our_line(last, locale), way_of(last)]
    first = paragraph(emoji("speech_balloon"), line(" Texts with "), line(them, bold=True))
    about = "  ·  ".join(fact for fact in facts if fact)
    blocks = [
        rich(first, *([paragraph(line(about))] if about else [])),
        *_last(last, them, sender, locale),
        *_opted_out(opted_out_at, locale),
        *_buttons(
            number, handle or number, can_reply=opted_out_at is None, has_contact=has_contact
        ),
        *([note(REPEAT_NOTE)] if may_be_a_repeat else []),
    ]
    text = sentence(last, them=them, sender=sender)
    buttons = [block for block in blocks if block["type"] == "actions"]
    return Message(
        escape(text),
        blocks,
        [says(text), *buttons],
        {"event_type": CONVERSATION_METADATA, "event_payload": {"number": number}},
    )


def _our_line(text: Text, locale: Locale) -> str:
    ours = name_of(locale.number(text.company_number))
    return f"on {ours}" if ours else ""


def _last(last: Text, them: str, sender: str | None, locale: Locale) -> list[Json]:
    state = state_of(last)
    who = paragraph(
        line(writer_of(last, them=them, sender=sender)),
        *when_of(last, locale),
        *([line(f"  ·  {state}")] if state else []),
    )
    quote = {"type": "rich_text_quote", "elements": [line(words_of(last, MOST_QUOTED))]}
    return [rich(who, quote)]


def _opted_out(at: float | None, locale: Locale) -> list[Json]:
    if at is None:
        return []
    words = "They asked for no more texts on "
    since = moment(at, locale.plain_moment(at))
    return [rich(paragraph(emoji("no_entry"), line(f" {words}"), since, line(".")))]


def _buttons(number: str, handle: str, *, can_reply: bool, has_contact: bool) -> list[Json]:
    if not is_whole(number):
        return []  # a short code, or a name: nobody can be reached there
    reply = [button("Reply via SMS", REPLY_TO_TEXT, handle)] if can_reply else []
    label = "Contact" if has_contact else "Add contact"
    return [actions(*reply, button(label, OPEN_CONTACT_OF_NUMBER, handle))]
