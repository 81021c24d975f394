"""The card of a contact: name, fields, numbers, and the last calls and texts."""

import json
from collections.abc import Sequence
from typing import Any

from bot.calls.words import headline, our_side
from bot.models.calls import Call
from bot.models.contacts import Contact, ContactField
from bot.models.customers.notes import CONTACT
from bot.models.texts import Text, recipient_value
from bot.phone_numbers import is_whole
from bot.texts.words import body_of, status_of
from bot.ui.action_ids import (
    ADD_NOTE,
    CHOOSE_AGAIN,
    CONTACT_MODAL,
    DELETE_CONTACT,
    EDIT_CONTACT,
    REMIND_OF_CONTACT,
    REPLY_TO_TEXT,
    SHOW_TIMELINE,
)
from bot.ui.blocks import (
    Json,
    actions,
    asked_first,
    bullets,
    button,
    line,
    moment,
    paragraph,
    plain,
    rich,
    says,
)
from bot.ui.formatting import Locale, span
from bot.ui.mrkdwn import clean, escape, name_of, shorten

MAX_FIELDS = 25
MAX_VALUE = 300
MAX_TEXT = 120
MAX_SPAM = 5
NAMELESS = "Unnamed contact"


def render_contact_answer(
    contact: Contact,
    calls: Sequence[Call],
    texts: Sequence[Text],
    fields: Sequence[ContactField],
    *,
    locale: Locale,
    is_admin: bool,
    notes: Sequence[Json] = (),
    spam: Sequence[str] = (),
) -> Json:
    """Return a contact as the answer to a command, visible only to the user.

    `spam` are its numbers (E.164) that are marked as spam.
    """
    blocks = [*_spam(spam, locale), *_card(contact, calls, texts, fields, locale), *notes]
    blocks.append(_buttons(contact, is_admin=is_admin, shared_number=None))
    numbers = ", ".join(locale.number(number) for number in contact.numbers[:3])
    text = f"{title_of(contact)}{f', {numbers}' if numbers else ''}."
    return {"response_type": "ephemeral", "text": escape(text), "blocks": blocks}


def render_contact_modal(
    contact: Contact,
    calls: Sequence[Call],
    texts: Sequence[Text],
    fields: Sequence[ContactField],
    *,
    locale: Locale,
    is_admin: bool,
    said: str | None = None,
    shared_number: str | None = None,
    notes: Sequence[Json] = (),
    spam: Sequence[str] = (),
    seen_in: str = "",
) -> Json:
    """Return the modal of a contact; `said` at the top is what was just done.

    `shared_number` is a number (E.164) that other contacts have, too, so another can be chosen.
    `notes` are the blocks of the latest notes, `spam` its numbers that are marked as spam.
    `seen_in` is the channel with the message that it was opened from.
    """
    done = [rich(paragraph(line(said)), block_id="said")] if said else []
    buttons = _buttons(contact, is_admin=is_admin, shared_number=shared_number)
    card = [*_spam(spam, locale), *_card(contact, calls, texts, fields, locale)]
    known = json.dumps({"contact_id": contact.contact_id, "seen_in": seen_in})
    return view("Contact", [*done, *card, *notes, buttons], private_metadata=known)


def view(title: str, blocks: list[Json], **more: Any) -> Json:
    """Return a modal with a button that closes it."""
    return {
        "type": "modal",
        "callback_id": CONTACT_MODAL,
        "title": plain(title),
        "close": plain("Close"),
        "blocks": blocks,
        **more,
    }


def title_of(contact: Contact) -> str:
    """Return the name of a contact, or a label if it has none."""
    return name_of(contact.name or "") or NAMELESS


def line_of(contact: Contact, locale: Locale) -> str:
    """Return a contact in one line: name, company, first number."""
    company = name_of(contact.company or "")
    number = locale.number(next(iter(contact.numbers), None))
    parts = [title_of(contact), company if company != title_of(contact) else "", number]
    return ", ".join(name_of(part) for part in parts if name_of(part))


def _card(
    contact: Contact,
    calls: Sequence[Call],
    texts: Sequence[Text],
    fields: Sequence[ContactField],
    locale: Locale,
) -> list[Json]:
    shown = shown_fields(contact, fields, locale)
    lines = [paragraph(line(title_of(contact), bold=True))]
    lines += [
        paragraph(line(f"{name}: ", bold=True), line(shorten(value, MAX_VALUE)))
        for name, value in shown[:MAX_FIELDS]
    ]
    if (more := len(shown) - MAX_FIELDS) > 0:
        rest = "1 more field is" if more == 1 else f"{more} more fields are"
        lines.append(paragraph(line(f"{rest} in the Vocatech portal.")))
    return [rich(*lines, block_id="contact"), _calls(calls, locale), *_texts(texts, locale)]


def _spam(numbers: Sequence[str], locale: Locale) -> list[Json]:
    """Say why calls from a contact don't appear, since nothing else in Slack does."""
    if not numbers:
        return []
    shown = [locale.number(one) or one for one in numbers[:MAX_SPAM]]
    listed = " and ".join([*filter(None, [", ".join(shown[:-1])]), shown[-1]])
    marked = "it's marked" if len(shown) == 1 else "they're marked"
    words = (
        f"⚠️ Calls and texts from {listed} aren't posted: {marked} as spam. To undo this, type"
        " /vocatech callers."
    )
    return [says(words, block_id="spam")]


def shown_fields(
    contact: Contact, fields: Sequence[ContactField], locale: Locale
) -> list[tuple[str, str]]:
    """Return the fields that the company shows, in its order; all if that is unknown."""
    order = fields or [ContactField(name) for name in contact.fields]
    found = []
    for one in order:
        value = clean(contact.fields.get(one.name, "")).strip()
        if one.is_phone:
            parts = [part.strip() for part in value.split(";")]
            value = ", ".join(locale.number(part) for part in parts if part)
        if one.is_shown and value:
            found.append((name_of(one.name) or "Field", value))
    return found


def _calls(calls: Sequence[Call], locale: Locale) -> Json:
    if not calls:
        none = line("No calls yet.", italic=True)
        return rich(paragraph(none), block_id="calls")
    listed = bullets(*(_call(call, locale) for call in calls))
    return rich(paragraph(line("Last calls", bold=True)), listed, block_id="calls")


def _call(call: Call, locale: Locale) -> Json:
    _, what, _ = headline(call)
    parts = [what, our_side(call)]
    if call.is_over and call.seconds and not call.needs_a_call_back:
        parts.append(span(call.seconds))
    words = line(", ".join(part for part in parts if part), bold=call.needs_a_call_back)
    if call.started_at is None:
        return paragraph(words)
    at = moment(call.started_at, locale.plain_moment(call.started_at))
    return paragraph(at, line(" · "), words)


def _texts(texts: Sequence[Text], locale: Locale) -> list[Json]:
    if not texts:
        return []
    lines = [_text(text, locale) for text in texts]
    return [rich(paragraph(line("Last texts", bold=True)), bullets(*lines), block_id="texts")]


def _text(text: Text, locale: Locale) -> Json:
    at = [moment(text.at, locale.plain_moment(text.at)), line(" · ")] if text.at else []
    status = status_of(text)
    who = "Received" if text.is_incoming else "Sent"
    words = f"{who}: {body_of(text, MAX_TEXT)}{f' · {status}' if status else ''}"
    return paragraph(*at, line(words))


def _buttons(contact: Contact, *, is_admin: bool, shared_number: str | None) -> Json:
    value = str(contact.contact_id)
    number = next(filter(is_whole, contact.numbers), None)
    text = (
        [button("Reply via SMS", REPLY_TO_TEXT, recipient_value(number, contact.contact_id))]
        if number
        else []
    )
    remind = button("Remind me", REMIND_OF_CONTACT, value)
    add_note = button("Add note", ADD_NOTE, f"{CONTACT} {value}")
    history = button("History", SHOW_TIMELINE, f"{CONTACT} {value}")
    buttons = [*text, history, add_note, remind, button("Edit", EDIT_CONTACT, value)]
    if shared_number:
        about = json.dumps({"number": shared_number})
        buttons.append(button("Wrong contact?", CHOOSE_AGAIN, about))
    if is_admin:
        words = "The next step shows what is deleted and asks for confirmation."
        confirm = asked_first(
            "Delete this contact?", words, yes="Continue", no="Cancel", style="danger"
        )
        buttons.append(button("Delete", DELETE_CONTACT, value, style="danger", confirm=confirm))
    return actions(*buttons, block_id="contact_buttons")
