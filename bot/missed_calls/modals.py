"""Owns the modal in which a claimed call is handed over, and the words for who was too late."""

import json

from bot.calls.claim_section import ClaimSection
from bot.ui.action_ids import HAND_OVER_MODAL
from bot.ui.blocks import Json, form, plain
from bot.ui.mrkdwn import name_of

WHOM = "whom"
NOT_A_COLLEAGUE = (
    "I know nobody here by that name: guests, apps and people who left cannot take a call over."
)
THEIRS_ALREADY = "They take care of it already. Please choose somebody else."


def render_hand_over(call_id: str, owner: str, *, who: str, below: Json) -> Json:
    """Ask to whom a call goes that `owner` (a Slack user) has; `who` is the caller's name.

    `below` is what the modal under it was made from, if the button was in one.
    """
    choose = {"type": "users_select", "action_id": WHOM, "placeholder": plain("A colleague")}
    field = {
        "type": "input",
        "block_id": WHOM,
        "label": plain(f"Who calls {name_of(who)} back?"),
        "hint": plain("They are told directly. All missed calls of this number go with it."),
        "element": choose,
    }
    metadata = json.dumps({"call_id": call_id, "owner": owner, "below": below})
    view = form("Hand over", [field], callback_id=HAND_OVER_MODAL, metadata=metadata)
    return {**view, "submit": plain("Hand over")}


def words_for_standing(shown: ClaimSection) -> str:
    """Say to whoever was too late how a call stands by now."""
    if shown.done:
        return f"This is done already. {name_of(shown.done)}."
    if shown.owner:
        return f"{name_of(shown.owner)} was faster and takes care of it."
    if shown.is_open:
        return "Nobody takes care of it right now. Its card offers to claim it."
    return "There is nobody to be called back for this call."
