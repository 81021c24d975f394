"""The details of a call or a contact in Slack's side pane."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.calls.card_context import CardContext
from bot.calls.claim_section import first_buttons, last_buttons
from bot.calls.words import other_number, our_side, summary_of, transcript_of, transfers
from bot.contacts.messages import shown_fields, title_of
from bot.models.calls import Call, Direction
from bot.models.contacts import Contact, ContactField
from bot.models.customers.notes import CALL as CALL_TARGET
from bot.models.customers.notes import CONTACT as CONTACT_TARGET
from bot.models.customers.notes import NoteTarget
from bot.models.texts import recipient_value
from bot.outcomes.card_section import outcome_line
from bot.phone_numbers import is_whole
from bot.timeline.modals import NoteShown, Shown
from bot.ui.action_ids import (
    ADD_NOTE,
    EDIT_CONTACT,
    OPEN_CONTACT,
    OPEN_TRANSCRIPT,
    REMIND_OF_CONTACT,
    REPLY_TO_CALL,
    REPLY_TO_TEXT,
    SHOW_TIMELINE,
)
from bot.ui.blocks import Json, button
from bot.ui.formatting import Locale, span
from bot.work_objects.card import (
    ENTITY,
    USER,
    entity,
    reference_of,
    state_field,
    string_field,
    time_fields,
    title_of_call,
)
from bot.work_objects.masking import mask_entity
from bot.work_objects.references import CALL, Reference
from bot.work_objects.words import history_lines, note_lines

MAX_PRIMARY, MAX_OVERFLOW, MAX_FIELDS = 2, 5, 12


@dataclass(frozen=True)
class PaneNotes:
    """How many notes there are, and the latest; `latest_at` is in unix seconds."""

    count: int = 0
    latest: Sequence[NoteShown] = ()
    latest_at: float | None = None


@dataclass(frozen=True)
class CallDetails:
    """What one person sees of a call.

    `owner` is the Slack user who claimed it. People with only the card (`is_card_only`) get no
    history, no notes, and no buttons; `notes` is None where notes aren't shown.
    """

    call: Call
    shown_with: CardContext
    owner: str | None = None
    contact: Contact | None = None
    notes: PaneNotes | None = None
    history: Sequence[Shown] = ()
    is_card_only: bool = False
    masks_numbers: bool = False


@dataclass(frozen=True)
class ContactDetails:
    """What one person sees of a contact; see CallDetails."""

    contact: Contact
    fields: Sequence[ContactField] = ()
    notes: PaneNotes | None = None
    history: Sequence[Shown] = ()
    is_card_only: bool = False
    masks_numbers: bool = False


def render_call_details(shown: CallDetails, *, locale: Locale) -> Json:
    """Return the entity of a call for the side pane."""
    call = shown.call
    fields = [
        state_field(call, shown.shown_with.callback),
        *_owner(shown.owner),
        *_text("number", "Number", other_number(call, locale)),
        *_contact(shown.contact),
        *_text("colleague", "Colleague", our_side(call)),
        *time_fields(call),
        *_text("duration", "Duration", _duration(call)),
        *_text("transfers", "Transfers", transfers(call)),
        *_text("outcome", "Outcome", outcome_line(shown.shown_with.outcome).partition(": ")[2]),
        *_text("sentiment", "Sentiment (AI-generated)", call.sentiment),
        *_text("summary", "Summary (AI-generated)", summary_of(call), is_long=True),
        *_extras(shown.notes, shown.history, locale),
    ]
    buttons = [] if shown.is_card_only else _call_buttons(call, shown.shown_with)
    details = entity(
        Reference(CALL, call.call_id), title_of_call(call, locale), fields, **_actions(buttons)
    )
    return _finished(details, shown.notes, masks_numbers=shown.masks_numbers)


def render_contact_details(shown: ContactDetails, *, locale: Locale) -> Json:
    """Return the entity of a contact for the side pane."""
    contact = shown.contact
    known = shown_fields(contact, shown.fields, locale)[:MAX_FIELDS]
    numbers = ", ".join(locale.number(one) for one in contact.numbers)
    fields = [
        string_field(f"field_{place}", name, value) for place, (name, value) in enumerate(known)
    ]
    if shown.is_card_only:
        fields = _text("numbers", "Numbers", numbers)
    fields += _extras(shown.notes, shown.history, locale)
    buttons = [] if shown.is_card_only else _contact_buttons(contact)
    details = entity(reference_of(contact), title_of(contact), fields, **_actions(buttons))
    return _finished(details, shown.notes, masks_numbers=shown.masks_numbers)


def _finished(details: Json, notes: PaneNotes | None, *, masks_numbers: bool) -> Json:
    details = mask_entity(details) if masks_numbers else details
    if notes is None:
        return details
    comments: Json = {"count": notes.count}
    if notes.latest_at is not None:
        comments["latest_timestamp"] = int(notes.latest_at)
    return {**details, "entity_comments": comments}


def _text(key: str, label: str, text: str | None, *, is_long: bool = False) -> list[Json]:
    if not text:
        return []
    return [string_field(key, label, text, **({"long": True} if is_long else {}))]


def _duration(call: Call) -> str | None:
    """Return how long the people talked; a missed call has only the time that it rang."""
    is_known = call.is_over and call.seconds and not call.needs_a_call_back
    return span(call.seconds) if is_known and call.seconds else None


def _owner(slack_user: str | None) -> list[Json]:
    if slack_user is None:
        return []
    user = {"user_id": slack_user}
    return [{"key": "owner", "label": "Owner", "type": USER, "user": user}]


def _contact(contact: Contact | None) -> list[Json]:
    if contact is None:
        return []
    about = reference_of(contact)
    link = {
        "entity_url": about.url,
        "external_ref": about.external_ref,
        "title": title_of(contact),
        "display_type": "Contact",
    }
    return [{"key": "contact", "label": "Contact", "type": ENTITY, "entity_ref": link}]


def _extras(notes: PaneNotes | None, history: Sequence[Shown], locale: Locale) -> list[Json]:
    latest = note_lines(notes.latest, locale) if notes else ""
    return [
        *_text("notes", "Latest notes", latest, is_long=True),
        *_text("history", "History", history_lines(history, locale), is_long=True),
    ]


def _call_buttons(call: Call, shown_with: CardContext) -> list[Json]:
    about = NoteTarget(CALL_TARGET, call.call_id).value
    buttons = first_buttons(call, shown_with.callback)
    can_be_reached = call.direction is not Direction.INTERNAL and is_whole(call.remote_number or "")
    if can_be_reached and call.is_over and not shown_with.is_opted_out:
        buttons.append(button("Reply via SMS", REPLY_TO_CALL, call.call_id))
    if transcript_of(call):
        buttons.append(button("Transcript", OPEN_TRANSCRIPT, call.call_id))
    buttons.append(button("Add note", ADD_NOTE, about))
    if shown_with.has_contact:
        buttons.append(button("Contact", OPEN_CONTACT, call.call_id))
    elif can_be_reached:
        buttons.append(button("Add contact", OPEN_CONTACT, call.call_id))
    buttons.append(button("History", SHOW_TIMELINE, about))
    return [*buttons, *last_buttons(call, shown_with.callback)]


def _contact_buttons(contact: Contact) -> list[Json]:
    value = str(contact.contact_id)
    about = NoteTarget(CONTACT_TARGET, value).value
    number = next(filter(is_whole, contact.numbers), None)
    handle = recipient_value(number, contact.contact_id) if number else ""
    return [
        *([button("Reply via SMS", REPLY_TO_TEXT, handle)] if handle else []),
        button("Add note", ADD_NOTE, about),
        button("History", SHOW_TIMELINE, about),
        button("Remind me", REMIND_OF_CONTACT, value),
        button("Edit", EDIT_CONTACT, value),
    ]


def _actions(buttons: Sequence[Json]) -> Json:
    """Return buttons as Slack has them below the pane: two in a row, five in a menu."""
    plain = [_action(one) for one in buttons]
    more = plain[MAX_PRIMARY : MAX_PRIMARY + MAX_OVERFLOW]
    if not plain:
        return {}
    return {
        "actions": {
            "primary_actions": plain[:MAX_PRIMARY],
            **({"overflow_actions": more} if more else {}),
        }
    }


def _action(shown: Json) -> Json:
    known: Json = {name: shown[name] for name in ("action_id", "value", "style") if name in shown}
    return {"text": shown["text"]["text"], **known}
