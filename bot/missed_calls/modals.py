"""Modals of missed calls: the reassign form, and conflicts."""

import json

from bot.calls.claim_section import ClaimSection
from bot.ui.action_ids import HAND_OVER_MODAL
from bot.ui.blocks import Json, form, plain, words_modal
from bot.ui.mrkdwn import name_of

ASSIGNEE = "whom"
NOT_A_MEMBER = "Please choose a member of this workspace. Guests, apps, and former members can't."
ALREADY_THEIRS = "They already claimed this call. Please choose someone else."


def render_reassign_form(call_id: str, owner: str, *, caller: str, below: Json) -> Json:
    """Render the form that reassigns a call of `owner` (a Slack user); `caller` is a name.

    `below` is the metadata of the call modal under it, or empty.
    """
    choose = {
        "type": "users_select",
        "action_id": ASSIGNEE,
        "placeholder": plain("Choose a person"),
    }
    field = {
        "type": "input",
        "block_id": ASSIGNEE,
        "label": plain("Assign to"),
        "hint": plain(
            f"They get a direct message and all open missed calls from {name_of(caller)}."
        ),
        "element": choose,
    }
    metadata = json.dumps({"call_id": call_id, "owner": owner, "below": below})
    view = form("Reassign call", [field], callback_id=HAND_OVER_MODAL, metadata=metadata)
    return {**view, "submit": plain("Reassign")}


def render_conflict(words: str) -> Json:
    """Render the answer to a button that came too late."""
    return words_modal("Already updated", words)


NO_LONGER_STORED = "This call is no longer stored here. Look for it in the Vocatech portal."


def describe_claim(shown: ClaimSection) -> str:
    """Return the current state of a call, for a user who was too late."""
    if shown.done:
        return f"This call is closed. {name_of(shown.done)}."
    if shown.owner:
        return f"{name_of(shown.owner)} already claimed this call."
    if shown.is_open:
        return "This call is unclaimed. You can claim it from its card."
    return "This call doesn't need a callback."
