"""Examples of Work Objects: below a card, and in the side pane."""

from dataclasses import replace

from bot.calls.card import render_call_card
from bot.calls.card_context import CardContext
from bot.calls.claim_section import ClaimSection
from bot.models.contacts import Contact, ContactField
from bot.models.outcomes import CallOutcome
from bot.outcomes.card_section import OutcomeSection
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group, Json
from bot.sandbox.gallery.notes import NOTE
from bot.sandbox.gallery.timeline import PAGE
from bot.timeline.modals import NoteShown
from bot.ui.message import Message
from bot.work_objects.card import render_call_entity, render_contact_entity
from bot.work_objects.comments import render_comment
from bot.work_objects.view import (
    CallDetails,
    ContactDetails,
    PaneNotes,
    render_call_details,
    render_contact_details,
)

CLAIMED = ClaimSection(is_open=True, owner="Ana Torres")
OPEN = ClaimSection(is_open=True)
MARIA = Contact(
    7,
    {"First Name": "Maria", "Last Name": "Lopez", "Company": "Oak & Sons", "Phone": "+12125550123"},
    ["+12125550123"],
)
FIELDS = [ContactField(name, is_phone=name == "Phone") for name in MARIA.fields]
NOTES = PaneNotes(1, [NoteShown(NOTE, "Ana Torres")], NOTE.at)
CONTEXT = CardContext(
    has_contact=True,
    callback=CLAIMED,
    outcome=OutcomeSection(current=CallOutcome(1, "Order"), set_by="Ben Whitaker"),
)
CALL = CallDetails(
    replace(facts.MISSED, remote_name="Maria Lopez", summary=facts.CALL.summary),
    CONTEXT,
    owner=facts.ANA,
    contact=MARIA,
    notes=NOTES,
    history=PAGE.entries,
)
CONTACT = ContactDetails(MARIA, FIELDS, notes=NOTES, history=PAGE.entries)


def _card() -> Message:
    card = render_call_card(facts.MISSED, locale=LOCALE, shown_with=CardContext(callback=OPEN))
    return replace(card, entities=(render_call_entity(facts.MISSED, OPEN, LOCALE),))


def _head() -> Message:
    return replace(_card(), blocks=[], text="Texts", entities=(render_contact_entity(MARIA),))


def _pane(entity: Json, *comments: Json) -> Json:
    shown = {"comments": list(comments), "can_post": True} if comments else {"comments": None}
    return {"type": "side_pane", "entity": entity, "error": "", **shown}


SIDE_PANE = Group(
    "Side pane",
    (
        Example("Card with a title", "With WORK_OBJECTS, below each card.", _card),
        Example("Thread with a contact", "With WORK_OBJECTS, below the head of a thread.", _head),
        Example("Call in the side pane", "After a click on the title of a card.",
                lambda: _pane(render_call_details(CALL, locale=LOCALE))),
        Example("Call in the side pane, for guests", "As guests and external people see it.",
                lambda: _pane(render_call_details(
                    CallDetails(CALL.call, CardContext(callback=OPEN), is_card_only=True,
                                masks_numbers=True), locale=LOCALE))),
        Example("Contact in the side pane", "After a click on the contact of a call.",
                lambda: _pane(render_contact_details(CONTACT, locale=LOCALE))),
        Example("Comments in the side pane", "Notes, as the pane shows them.",
                lambda: _pane(render_contact_details(CONTACT, locale=LOCALE),
                              render_comment(NOTE, writer="Ana Torres", can_change=True))),
    ),
)  # fmt: skip
