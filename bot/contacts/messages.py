"""Owns the card of a contact: name, the company's own fields, numbers and the last calls."""

import json
from collections.abc import Sequence
from typing import Any

from bot.calls.words import headline, our_side
from bot.models.calls import Call
from bot.models.contacts import Contact, ContactField
from bot.models.texts import Text
from bot.phone_numbers import is_whole
from bot.texts.words import body_of, status_of
from bot.ui.action_ids import (
    CHOOSE_AGAIN,
    CONTACT_MODAL,
    DELETE_CONTACT,
    EDIT_CONTACT,
    REPLY_TO_TEXT,
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
)
from bot.ui.formatting import Locale, span
from bot.ui.mrkdwn import clean, escape, name_of, shorten

MOST_FIELDS = 25
MOST_VALUE = 300
MOST_OF_A_TEXT = 120
NAMELESS = "Contact without a name"


def render_contact_answer(
    contact: Contact,
    calls: Sequence[Call],
    texts: Sequence[Text],
    fields: Sequence[ContactField],
    *,
    locale: Locale,
    is_admin: bool,
) -> Json:
    """Answer a command with a contact, for the asker alone."""
    blocks = _card(contact, calls, texts, fields, locale)
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
) -> Json:
    """Show a contact in a modal; `said` is what has just been done, above everything else.

    `shared_number` is the number (E.164) that others have too, so that another can be chosen.
    """
    done = [rich(paragraph(line(said)), block_id="said")] if said else []
    buttons = _buttons(contact, is_admin=is_admin, shared_number=shared_number)
    return view("Contact", [*done, *_card(contact, calls, texts, fields, locale), buttons])


def view(title: str, blocks: list[Json], **more: Any) -> Json:
    """Give a modal with a button to close it."""
    return {
        "type": "modal",
        "callback_id": CONTACT_MODAL,
        "title": plain(title),
        "close": plain("Close"),
        "blocks": blocks,
        **more,
    }


def title_of(contact: Contact) -> str:
    """Give the name of a contact, or words for one without."""
    return name_of(contact.name or "") or NAMELESS


def line_of(contact: Contact, locale: Locale) -> str:
    """Give a contact in one line: name, company, the first number."""
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
    shown = _shown(contact, fields, locale)
    lines = [paragraph(line(title_of(contact), bold=True))]
    lines += [
        paragraph(line(f"{name}: ", bold=True), line(shorten(value, MOST_VALUE)))
        for name, value in shown[:MOST_FIELDS]
    ]
    if (more := len(shown) - MOST_FIELDS) > 0:
        rest = "1 more field is" if more == 1 else f"{more} more fields are"
        lines.append(paragraph(line(f"{rest} in Vocatech's portal.")))
    return [rich(*lines, block_id="contact"), _calls(calls, locale), *_texts(texts, locale)]


def _shown(
    contact: Contact, fields: Sequence[ContactField], locale: Locale
) -> list[tuple[str, str]]:
    """Give what the company shows of its contacts, in its order; everything if that is unknown."""
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
        none = line("No calls with them are known here.", italic=True)
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
    state = status_of(text)
    who = "They" if text.is_incoming else "We"
    words = f"{who}: {body_of(text, MOST_OF_A_TEXT)}{f' · {state}' if state else ''}"
    return paragraph(*at, line(words))


def _buttons(contact: Contact, *, is_admin: bool, shared_number: str | None) -> Json:
    value = str(contact.contact_id)
    number = next(filter(is_whole, contact.numbers), None)
    text = [button("Text", REPLY_TO_TEXT, number)] if number else []
    buttons = [*text, button("Edit", EDIT_CONTACT, value)]
    if shared_number:
        about = json.dumps({"number": shared_number})
        buttons.append(button("Somebody else", CHOOSE_AGAIN, about))
    if is_admin:
        words = "You are asked once more, and told what is lost, before it is done."
        confirm = asked_first(
            "Delete this contact?", words, yes="Go on", no="Keep it", style="danger"
        )
        buttons.append(button("Delete", DELETE_CONTACT, value, style="danger", confirm=confirm))
    return actions(*buttons, block_id="contact_buttons")
