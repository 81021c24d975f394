"""Threads, lines and notices about texts."""

from collections.abc import Sequence
from typing import Any

from bot.models.attachments import NotShown
from bot.models.opt_outs import OptOutKeyword
from bot.models.texts import Text
from bot.phone_numbers import is_whole
from bot.texts.words import (
    MOST_QUOTED,
    sentence,
    state_of,
    them_in_words,
    way_of,
    words_for_missing,
    words_of,
    writer_of,
)
from bot.ui.action_ids import (
    BELIEVE_TEXT,
    CONVERSATION_METADATA,
    NOTICE_METADATA,
    OPEN_CONTACT_OF_NUMBER,
    REPLY_TO_TEXT,
    SEND_AGAIN,
    TAKE_BACK,
    TEXT_METADATA,
)
from bot.ui.blocks import (
    Json,
    actions,
    asked_first,
    button,
    context,
    emoji,
    line,
    moment,
    mrkdwn,
    note,
    paragraph,
    person,
    plain,
    quote,
    rich,
    says,
)
from bot.ui.formatting import Locale
from bot.ui.message import REPEAT_NOTE, Message
from bot.ui.mrkdwn import escape, name_of, shorten


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
    if text.wish is OptOutKeyword.STOP:
        notes.append("They want no more texts. Nothing is sent there until they write START.")
    if text.wish is OptOutKeyword.START:
        notes.append("They want texts again.")
    notes.append(words_for_missing(text, not_shown))
    notes += [REPEAT_NOTE] if may_be_a_repeat else []
    words = "  ·  ".join(note for note in notes if note)
    if not words:
        return []
    leaves_at = text.reply.leaves_at if text.reply and text.is_waiting else None
    when = [mrkdwn(locale.moment(leaves_at))] if leaves_at else []
    return [context(plain(words), *when)]


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
        *_head_buttons(
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
    return [rich(who, quote(line(words_of(last, MOST_QUOTED))))]


def _opted_out(at: float | None, locale: Locale) -> list[Json]:
    if at is None:
        return []
    words = "They asked for no more texts on "
    since = moment(at, locale.plain_moment(at))
    return [rich(paragraph(emoji("no_entry"), line(f" {words}"), since, line(".")))]


def _head_buttons(number: str, handle: str, *, can_reply: bool, has_contact: bool) -> list[Json]:
    if not is_whole(number):
        return []  # a short code, or a name: nobody can be reached there
    reply = [button("Reply via SMS", REPLY_TO_TEXT, handle)] if can_reply else []
    label = "Contact" if has_contact else "Add contact"
    return [actions(*reply, button(label, OPEN_CONTACT_OF_NUMBER, handle))]


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
