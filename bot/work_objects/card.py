"""Work Objects in the metadata of messages: what Slack shows below a card.

Slack drops an entity without a word if it lacks a required key, so everything is built here.
"""

from bot.calls.claim_section import ClaimSection
from bot.calls.words import headline, other_party
from bot.contacts.messages import title_of
from bot.models.calls import Call, Outcome
from bot.models.contacts import Contact
from bot.ui.blocks import Json
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import clean, shorten
from bot.work_objects.masking import mask_entity
from bot.work_objects.references import CALL, CONTACT, Reference

# The type of an entity must never change. Each thing that Slack knows as a task has an assignee and
# a due date, which most calls don't have, so both are plain items.
ITEM = "slack#/entities/item"
STRING, TIMESTAMP, USER, ENTITY = (
    "string",
    "slack#/types/timestamp",
    "slack#/types/user",
    "slack#/types/entity_ref",
)
MAX_TITLE, MAX_LONG = 150, 2_900
_LABELS = {CALL: "Call", CONTACT: "Contact"}
RED, YELLOW, GREEN, GRAY, BLUE = "red", "yellow", "green", "gray", "blue"
_STATES = {
    Outcome.RINGING: ("Ringing", BLUE),
    Outcome.IN_PROGRESS: ("On a call", BLUE),
    Outcome.ANSWERED: ("Answered", GREEN),
    Outcome.OVER: ("Over", GRAY),
    Outcome.UNANSWERED: ("Unanswered", GRAY),
    Outcome.MISSED: ("Missed", RED),
    Outcome.VOICEMAIL: ("Voicemail", RED),
}


def render_call_entity(call: Call, callback: ClaimSection, locale: Locale) -> Json:
    """Return the entity of a call for its card.

    Everyone in the channel and each app there can read metadata, so numbers are always masked.
    """
    fields = [state_field(call, callback), *time_fields(call)]
    return mask_entity(entity(Reference(CALL, call.call_id), title_of_call(call, locale), fields))


def render_contact_entity(contact: Contact) -> Json:
    """Return the entity of a contact for the head of its thread, without any number."""
    return mask_entity(entity(reference_of(contact), title_of(contact), []))


def reference_of(contact: Contact) -> Reference:
    """Return the reference to a contact."""
    return Reference(CONTACT, str(contact.contact_id))


def entity(about: Reference, title: str, fields: list[Json], **more: Json) -> Json:
    """Return an entity; `more` is added to its payload."""
    # Slack's own library leaves empty lists out, too.
    listed = {"custom_fields": fields, "display_order": [one["key"] for one in fields]}
    return {
        "entity_type": ITEM,
        "url": about.url,
        "external_ref": about.external_ref,
        "entity_payload": {
            "attributes": {
                "title": {"text": text_of(title, MAX_TITLE)},
                "display_type": _LABELS[about.kind],
                "product_name": "Vocatech",
            },
            **(listed if fields else {}),
            **more,
        },
    }


def title_of_call(call: Call, locale: Locale) -> str:
    """Return the kind of a call and the other party, such as `Missed call from Maria Lopez`."""
    _, what, preposition = headline(call)
    return " ".join(word for word in (what, preposition, other_party(call, locale)) if word)


def state_field(call: Call, callback: ClaimSection) -> Json:
    """Return the state of a call, with a color."""
    text, color = _STATES[call.outcome]
    if callback.done:
        text, color = callback.done, GREEN
    elif callback.owner:
        text, color = f"Claimed by {callback.owner}", YELLOW
    elif callback.is_open:
        text, color = f"{text}, unclaimed", RED
    return string_field("status", "Status", text, tag_color=color)


def time_fields(call: Call) -> list[Json]:
    """Return when a call started, if that is known."""
    if call.started_at is None:
        return []
    value = int(call.started_at)
    return [{"key": "started", "label": "Started", "type": TIMESTAMP, "value": value}]


def string_field(key: str, label: str, text: str, **more: object) -> Json:
    """Return a field of text; Slack reads no markup in it."""
    return {"key": key, "label": label, "type": STRING, "value": text_of(text, MAX_LONG), **more}


def text_of(text: str, most: int) -> str:
    """Return a text cleaned and shortened, never empty."""
    return shorten(clean(text).strip(), most) or "–"
