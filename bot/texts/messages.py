"""Messages about texts: the head of a thread, its lines, and notices to writers."""

from collections.abc import Sequence
from typing import Any

from bot.models.attachments import NotShown
from bot.models.opt_outs import OptOutKeyword
from bot.models.texts import Text
from bot.phone_numbers import is_whole
from bot.texts.opt_out_buttons import lift_button, record_button
from bot.texts.send_time_section import describe_send_time
from bot.texts.words import (
    MAX_QUOTED,
    body_of,
    contact_label,
    describe_missing,
    platform_label,
    sentence,
    status_of,
    writer_of,
)
from bot.ui.action_ids import (
    BELIEVE_TEXT,
    CHANGE_SCHEDULED,
    CONVERSATION_METADATA,
    NOTICE_METADATA,
    OPEN_CONTACT_OF_NUMBER,
    REMIND_OF_NUMBER,
    REPLY_TO_TEXT,
    SEND_AGAIN,
    SHOW_WHOLE_TEXT,
    TAKE_BACK,
    TEXT_METADATA,
)
from bot.ui.blocks import (
    MOST_WORDS,
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
    quote,
    rich,
    says,
)
from bot.ui.formatting import Locale
from bot.ui.message import REPEAT_NOTE, Message
from bot.ui.mrkdwn import escape

MAY_OPT_OUT = "This contact may have asked to opt out. If so, select Record opt-out."

STAYS_IN_SLACK = "Messages typed in this thread stay in Slack."


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
    """Render one text in its thread, with its status.

    `mention` is the Slack writer of the answered text. `not_shown` are its attachments
    that aren't in the thread.
    """
    if text.is_erased:
        return _erased(text_metadata(text))
    contact = contact_label(name or text.remote_name, text.number, locale)
    said = sentence(text, contact=contact, sender=sender)
    blocks = [
        rich(*_line(text, contact, sender, mention, locale)),
        *_notes(text, not_shown, locale, may_be_a_repeat=may_be_a_repeat),
        *_buttons(text),
    ]
    buttons = [block for block in blocks if block["type"] == "actions"]
    return Message(escape(said), blocks, [says(said), *buttons], text_metadata(text))


ERASED = "Erased on request"


def _erased(metadata: dict[str, Any]) -> Message:
    return Message(f"{ERASED}.", [note(ERASED)], [says(f"{ERASED}.")], metadata)


def render_erased_conversation(post_id: int) -> Message:
    """Render the head of a thread whose texts were erased."""
    payload = {"conversation": post_id}
    return _erased({"event_type": CONVERSATION_METADATA, "event_payload": payload})


def render_erased_notice(notice_id: str) -> Message:
    """Render a notice about something that was erased."""
    payload = {"notice_id": notice_id}
    return _erased({"event_type": NOTICE_METADATA, "event_payload": payload})


def text_metadata(text: Text) -> dict[str, Any]:
    """Return the metadata of a message about a text; `text_id` never changes."""
    payload = {"message_id": text.message_id or text.text_id, "text_id": text.text_id}
    return {"event_type": TEXT_METADATA, "event_payload": payload}


def _line(
    text: Text, contact: str, sender: str | None, mention: str | None, locale: Locale
) -> list[Json]:
    platform = platform_label(text)
    head = paragraph(
        line(writer_of(text, contact=contact, sender=sender), bold=True),
        *time_of(text, locale),
        *([line(f"  ·  {platform}")] if platform else []),
        *([line("  ·  for "), person(mention)] if mention else []),
    )
    return [head, paragraph(line(body_of(text)))]


def time_of(text: Text, locale: Locale) -> list[Json]:
    """Return a separator and the time of a text; empty if the time is unknown."""
    if text.at is None:
        return []
    return [line("  ·  "), moment(text.at, locale.plain_moment(text.at))]


def _notes(
    text: Text, not_shown: Sequence[NotShown], locale: Locale, *, may_be_a_repeat: bool
) -> list[Json]:
    leaves_at = text.reply.leaves_at if text.reply and text.is_queued else None
    notes = [status_of(text)]
    if text.opt_out is OptOutKeyword.STOP:
        notes.append("Opted out. No messages are sent until they reply START.")
    if text.opt_out is OptOutKeyword.START:
        notes.append("Opted back in.")
    notes.append(describe_missing(text, not_shown))
    notes += [REPEAT_NOTE] if may_be_a_repeat else []
    notes += ["sends"] if leaves_at else []
    if text.reply and text.is_scheduled and text.reply.send_at is not None:
        at = describe_send_time(text.reply.send_at, text.reply.zone or "UTC", locale)
        return [context(mrkdwn(f"{escape('  ·  '.join(filter(None, notes)))}  ·  sends {at}"))]
    said = "  ·  ".join(note for note in notes if note)
    if not said:
        return []
    if leaves_at:  # then nothing in it is from outside
        return [context(mrkdwn(f"{escape(said)} {locale.moment(leaves_at)}"))]
    return [note(said)]


def _buttons(text: Text) -> list[Json]:
    shown = _next_steps(text)
    if len(body_of(text)) > MOST_WORDS:
        shown.append(button("Show all", SHOW_WHOLE_TEXT, text.text_id))
    return [actions(*shown)] if shown else []


def _next_steps(text: Text) -> list[Json]:
    cancel = button("Cancel", TAKE_BACK, text.text_id)
    if text.is_scheduled:
        return [button("Change", CHANGE_SCHEDULED, text.text_id), cancel]
    if text.is_queued:
        return [cancel]
    if text.needs_confirmation:
        confirm = asked_first(
            "Send it again?",
            "The first message may have been sent. In that case the customer gets it twice.",
            yes="Send again",
            no="Cancel",
        )
        again = button("Send again", SEND_AGAIN, text.text_id, confirm=confirm)
        return [again, button("Mark as sent", BELIEVE_TEXT, text.text_id)]
    if text.has_failed and text.reply is not None:
        return [button("Send again", SEND_AGAIN, text.text_id)]
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
    may_want_to_opt_out: bool = False,
    conversation: str = "",
    may_be_a_repeat: bool = False,
) -> Message:
    """Render the head of a thread: the contact, the last text, and how to reply.

    `name` is the contact's, `sender` that of the Slack writer of the last text.
    `opted_out_at` is in unix seconds. `handle` is the value of the buttons instead of the number.
    `may_want_to_opt_out` offers to record an opt-out that was not a keyword.
    `conversation` is the opaque ID in the metadata.
    """
    contact = contact_label(name or last.remote_name, number, locale)
    shown = locale.number(number)
    facts = [shown if shown != contact else "", _our_number(last, locale), platform_label(last)]
    title = paragraph(
        emoji("speech_balloon"), line(" Conversation with "), line(contact, bold=True)
    )
    about = "  ·  ".join(fact for fact in facts if fact)
    can_reply = opted_out_at is None and is_whole(number)
    blocks = [
        rich(title, *([paragraph(line(about))] if about else [])),
        *_opted_out(opted_out_at, locale),
        *_last(last, sender, locale),
        *([says(MAY_OPT_OUT)] if may_want_to_opt_out else []),
        *_head_buttons(
            number,
            handle or number,
            can_reply=can_reply,
            has_contact=has_contact,
            is_out=opted_out_at is not None,
            may_want_to_opt_out=may_want_to_opt_out,
        ),
        note(f"{STAYS_IN_SLACK} {_how_to_reply(number, can_reply=can_reply)}".strip()),
        *([note(REPEAT_NOTE)] if may_be_a_repeat else []),
    ]
    text = sentence(last, contact=contact, sender=sender)
    buttons = [block for block in blocks if block["type"] in ("actions", "context")]
    return Message(
        escape(text),
        blocks,
        [says(text), *buttons],
        {"event_type": CONVERSATION_METADATA, "event_payload": {"conversation": conversation}},
    )


def _our_number(text: Text, locale: Locale) -> str:
    ours = locale.number(text.company_number)
    return f"via {ours}" if ours else ""


def _last(last: Text, sender: str | None, locale: Locale) -> list[Json]:
    """Render the last text; the contact's name is in the title and not repeated."""
    writer = line(writer_of(last, contact="Received", sender=sender))
    if last.is_scheduled and last.reply and last.reply.send_at is not None:
        at = last.reply.send_at  # the time when it was written would look like this one
        head = paragraph(writer, line("  ·  Scheduled for "), moment(at, locale.plain_moment(at)))
    else:
        status = status_of(last)
        known = [line(f"  ·  {status}")] if status else []
        head = paragraph(writer, *time_of(last, locale), *known)
    return [rich(head, quote(line(body_of(last, MAX_QUOTED))))]


def _opted_out(at: float | None, locale: Locale) -> list[Json]:
    if at is None:
        return []
    since = moment(at, locale.plain_moment(at))
    return [rich(paragraph(emoji("no_entry"), line(" Opted out", bold=True), line("  ·  "), since))]


def _head_buttons(
    number: str,
    handle: str,
    *,
    can_reply: bool,
    has_contact: bool,
    is_out: bool,
    may_want_to_opt_out: bool,
) -> list[Json]:
    if not is_whole(number):
        return []  # a short code or a name, which can't be a contact
    buttons = [button("Reply via SMS", REPLY_TO_TEXT, handle)] if can_reply else []
    buttons.append(
        button("Contact" if has_contact else "Add contact", OPEN_CONTACT_OF_NUMBER, handle)
    )
    buttons.append(button("Remind me", REMIND_OF_NUMBER, handle))
    if is_out:
        buttons.append(lift_button(handle))
    elif may_want_to_opt_out:
        buttons.append(record_button(handle, is_asked_for=True))
    return [actions(*buttons)]


def _how_to_reply(number: str, *, can_reply: bool) -> str:
    if can_reply:
        return "To answer the customer, select Reply via SMS."
    return "" if is_whole(number) else "This sender can't receive replies."
