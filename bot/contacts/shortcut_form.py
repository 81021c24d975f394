"""Modals of the shortcuts: recipients, contacts, searches, and the customers of a message."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.models.customers.notes import CALL, CONTACT, NUMBER, NoteTarget
from bot.phone_numbers import is_whole
from bot.texts.modals import Recipient, recipient_label
from bot.ui.action_ids import (
    CHOOSE_NUMBER,
    CHOOSE_TARGET,
    CREATE_CONTACT,
    LOOK_UP_FORM,
    REPLY_TO_TEXT,
    SEARCH_CALLS_FORM,
)
from bot.ui.blocks import Json, actions, button, form, option, plain, says, words_modal
from bot.ui.formatting import Locale
from bot.ui.inputs import field, state_of
from bot.ui.mrkdwn import name_of, shorten

TYPED = "typed"
MAX_TYPED = 200
MAX_TARGETS = 50
# A modal's metadata holds 3,000 characters of JSON, where quotes, line breaks, and emoji take two.
MAX_KEPT = 1_400
LOOK_UP, NOTE = "look up", "note"
TITLES = {LOOK_UP: "Look up", NOTE: "Save as note"}


@dataclass(frozen=True)
class Target:
    """A customer that a message means: by a call, a contact, or only a number (E.164)."""

    number: str
    name: str | None = None
    contact_id: int | None = None
    call_id: str | None = None

    @property
    def note_target(self) -> NoteTarget:
        """What a note about it belongs to."""
        if self.call_id is not None:
            return NoteTarget(CALL, self.call_id)
        if self.contact_id is not None:
            return NoteTarget(CONTACT, str(self.contact_id))
        return NoteTarget(NUMBER, self.number)


def render_new_sms(*, said: str = "") -> Json:
    """Return the modal that asks for the recipient; `said` comes first."""
    menu = {
        "type": "external_select",
        "action_id": CHOOSE_NUMBER,
        "placeholder": plain("Name or phone number", 150),
        "min_query_length": 2,
        "focus_on_load": True,
    }
    shown = words_modal("New message", blocks=[actions(menu, block_id="to")])
    first = says(said or "Choose a recipient.")
    return {**shown, "blocks": [first, *shown["blocks"]]}


def render_look_up(*, said: str = "") -> Json:
    """Return the modal that asks for a contact; `said` comes first."""
    asked = field(
        TYPED,
        "Contact",
        {"type": "plain_text_input", "max_length": MAX_TYPED, "focus_on_load": True},
        optional=False,
        hint="A name, phone number, company, or email address",
    )
    view = form("Look up a contact", _after(said, asked), callback_id=LOOK_UP_FORM, metadata="{}")
    return {**view, "submit": plain("Look up")}


def render_search_calls() -> Json:
    """Return the modal that asks for calls, in the words of /calls."""
    asked = field(
        TYPED,
        "Calls",
        {"type": "plain_text_input", "max_length": MAX_TYPED, "focus_on_load": True},
        hint='Such as missed today, Maria Lopez last week, or week "delivery date". Leave it empty'
        " for the latest calls.",
    )
    view = form("Search calls", [asked], callback_id=SEARCH_CALLS_FORM, metadata="{}")
    return {**view, "submit": plain("Search")}


def render_choose_target(
    targets: Sequence[Target], *, kind: str, text: str, locale: Locale, seen_in: str = ""
) -> Json:
    """Return the choice between several customers; `text` is the message, for a note.

    `seen_in` is the channel with the message.

    The text comes back in the modal's metadata. A longer one is cut there, and the form says so.
    """
    menu = {
        "type": "static_select",
        "action_id": CHOOSE_TARGET,
        "placeholder": plain("Choose a customer", 150),
        "options": [_option(one, locale) for one in targets[:MAX_TARGETS]],
    }
    cut = " A long message is shortened here." if kind == NOTE and len(text) > MAX_KEPT else ""
    shown = words_modal(TITLES[kind], f"The message is about more than one customer.{cut}")
    known = {"kind": kind, "text": shorten(text, MAX_KEPT), "seen_in": seen_in}
    metadata = json.dumps(known, ensure_ascii=False)
    blocks = [*shown["blocks"], actions(menu, block_id="target")]
    return {**shown, "blocks": blocks, "private_metadata": metadata}


def parse_target(value: str) -> Target:
    """Return the target in the value of an option."""
    known = json.loads(value)
    return Target(known["n"], contact_id=known.get("c"), call_id=known.get("l"))


def typed_in(view: Json) -> str:
    """Return what was typed in a form of a shortcut."""
    return str(state_of(view, TYPED).get("value") or "").strip()


def recipient_options(recipients: Sequence[Recipient], locale: Locale) -> list[Json]:
    """Return the options of the recipient menu."""
    return [option(recipient_label(one, locale), one.value) for one in recipients]


def render_unknown_number(number: str, calls: Sequence[Json], *, locale: Locale) -> Json:
    """Return what is known about a number (E.164) of no contact; `calls` are its latest."""
    said = f"{locale.number(number)} isn't in your contacts."
    text = [button("Reply via SMS", REPLY_TO_TEXT, number)] if is_whole(number) else []
    create = button("Add contact", CREATE_CONTACT, number)
    return words_modal("Look up", said, blocks=[actions(*text, create, block_id="do"), *calls])


def render_nothing_found(*, kind: str) -> Json:
    """Return the answer if a message to be saved as a note is about no customer."""
    said = "No phone number or contact was found in this message. Open the contact to add a note."
    return words_modal(TITLES[kind], said)


def _after(said: str, block: Json) -> list[Json]:
    return [says(said), block] if said else [block]


def _option(one: Target, locale: Locale) -> Json:
    number = locale.number(one.number)
    name = shorten(name_of(one.name or ""), 50)
    value = {"n": one.number, "c": one.contact_id, "l": one.call_id}
    kept = json.dumps({key: known for key, known in value.items() if known is not None})
    label = ", ".join(part for part in (name, number) if part) or "Unknown number"
    return option(label, kept)
