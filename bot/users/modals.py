"""Modals of Vocatech users: the list, and what happened to a form."""

import json
from collections.abc import Collection, Mapping

from bot.models.people import Person
from bot.people.words import person_in_words
from bot.ui.action_ids import EDIT_USER, NEW_USER, TURN_USERS_PAGE, USERS_MODAL
from bot.ui.blocks import Json, actions, button, note, says, words_modal
from bot.ui.lists import ListPage, list_modal
from bot.ui.mrkdwn import name_of, shorten

PAGE_SIZE = 30
MAX_VALUE_LENGTH = 1_000
NO_USERS = (
    "No users are known yet. They're synced from Vocatech at startup and once a day. If this stays,"
    " check /vocatech status."
)
ONLY_FROM_CALLS = (
    "People without an Edit button are known only from calls: Vocatech didn't list its users. You"
    " can't change them here."
)
WHAT_FOR = "Changes made in the Vocatech portal appear here within a day."
SAVING = words_modal(
    "Saving…", "This may take a few seconds. If it doesn't finish, check with /vocatech users."
)
SENT_TWICE = words_modal(
    "Already submitted", "This form was already submitted and is saved only once."
)


def render_users_modal(
    page: ListPage[Person],
    *,
    total: int,
    linked: Mapping[str, str],
    typed: str = "",
    from_calls: Collection[str] = (),
    notice: str = "",
) -> Json:
    """List users, each with a button; `linked` are names in Slack by Vocatech user ID.

    `total` counts the users that match `typed`. `from_calls` are the IDs of people on the page who
    are known only from calls, so that they can't be changed.
    """
    blocks = [says(_count(total, typed)), actions(button("New user", NEW_USER, "new"))]
    blocks += [
        _row(one, linked.get(one.user_id), can_edit=one.user_id not in from_calls)
        for one in page.rows
    ]
    if turns := page.buttons(TURN_USERS_PAGE, back="Previous", more="Next"):
        blocks.append(actions(*turns))
    if from_calls:
        blocks.append(note(ONLY_FROM_CALLS))
    elif total:
        blocks.append(note(f"To search, type /vocatech users and a name. {WHAT_FOR}"))
    metadata = json.dumps({"page": page.number, "typed": typed}, ensure_ascii=False)
    return list_modal(
        "Vocatech users", blocks, notice=notice, callback_id=USERS_MODAL, metadata=metadata
    )


def render_user_saved(person: Person, *, is_new: bool, linked: str | None) -> Json:
    """Confirm a change; `linked` is the name in Slack of the linked person."""
    who = person_in_words(person)
    if not is_new:
        return words_modal("User saved", f"Saved: {who}.")
    words = f"{who} is a Vocatech user now."
    if linked:
        words += f" Linked to {name_of(linked)} in Slack."
    return words_modal(
        "User created", words, "To set up phones and passwords, use the Vocatech portal."
    )


def _count(total: int, typed: str) -> str:
    if typed:
        named = f"“{shorten(name_of(typed), 60)}”"
        if not total:
            return f"No user matches {named}. Search by name, extension, or email address."
        return f"1 user matches {named}." if total == 1 else f"{total:,} users match {named}."
    if not total:
        return NO_USERS
    return "1 user" if total == 1 else f"{total:,} users"


def _row(person: Person, linked: str | None, *, can_edit: bool) -> Json:
    parts = [name_of(person.email or "")]
    parts.append(f"linked to {name_of(linked)}" if linked else "not linked in Slack")
    words = f"{person_in_words(person)}\n{'  ·  '.join(part for part in parts if part)}"
    if not can_edit or len(person.user_id) > MAX_VALUE_LENGTH:
        return says(words)
    label = shorten(f"Edit {person_in_words(person)}", 75)
    edit = button("Edit", EDIT_USER, person.user_id, accessibility_label=label)
    return says(words, accessory=edit)
