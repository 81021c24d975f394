"""Entities, compared with the classes of Slack's own library: Slack drops unknown keys silently."""

import pytest
from slack_sdk.models import metadata as library

from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE
from bot.sandbox.gallery.side_pane import CALL, CONTACT, MARIA, OPEN
from bot.work_objects.card import render_call_entity, render_contact_entity
from bot.work_objects.view import render_call_details, render_contact_details

ENTITIES = {
    "card": render_call_entity(facts.MISSED, OPEN, LOCALE),
    "thread": render_contact_entity(MARIA),
    "call": render_call_details(CALL, locale=LOCALE),
    "contact": render_contact_details(CONTACT, locale=LOCALE),
}


def check(kind, given):
    """Have the library take an object; return its copy of it."""
    made = kind(**given)
    assert made.additional_attributes == {}, kind.__name__
    copy = made.to_dict()  # raises for values that Slack doesn't know
    assert copy == given
    return copy


@pytest.mark.parametrize("name", ENTITIES)
def test_entity_is_one_of_slacks_library(name):
    # The guide to comments has this key, and the library has nothing about comments yet.
    given = {key: one for key, one in ENTITIES[name].items() if key != "entity_comments"}
    check(library.EntityMetadata, given)
    check(library.ExternalRef, given["external_ref"])
    payload = check(library.EntityPayload, given["entity_payload"])
    check(library.EntityAttributes, payload["attributes"])
    check(library.EntityTitle, payload["attributes"]["title"])
    for field in payload.get("custom_fields", []):
        check(library.EntityCustomField, field)
        if "user" in field:
            check(library.EntityUserIDField, field["user"])
        if "entity_ref" in field:
            check(library.EntityRefField, field["entity_ref"])
    for buttons in check(library.EntityActions, payload.get("actions", {})).values():
        for button in buttons:
            check(library.EntityActionButton, button)
