"""Modals of follow-ups: the list, confirmations, and conflicts."""

import json

from bot.follow_ups.home_section import follow_up_row
from bot.models.customers.follow_ups import ListedFollowUp
from bot.ui.action_ids import FOLLOW_UPS_MODAL, TURN_FOLLOW_UPS_PAGE
from bot.ui.blocks import Json, actions, divider, note, words_modal
from bot.ui.formatting import Locale
from bot.ui.lists import ListPage, list_modal

ROWS_A_PAGE = 20
NONE = (
    "No follow-ups. To add one, select Remind me… in the More menu of a call card, or Remind me on"
    " a contact or in a conversation."
)
GONE = "This follow-up was deleted. Nothing was changed."


def render_follow_ups_modal(
    page: ListPage[ListedFollowUp], *, locale: Locale, notice: str = ""
) -> Json:
    """Return a page of the reader's follow-ups, the one due first on top."""
    rows = [follow_up_row(one, locale) for one in page.rows]
    buttons = page.buttons(TURN_FOLLOW_UPS_PAGE, back="Earlier", more="Later")
    if page.count > 1:
        rows += [divider(), note(f"Page {page.number:,} of {page.count:,}")]
    return list_modal(
        "Follow-ups",
        [*(rows or [note(NONE)]), *([actions(*buttons)] if buttons else [])],
        notice=notice,
        callback_id=FOLLOW_UPS_MODAL,
        metadata=json.dumps({"page": page.number}),
    )


def render_follow_up_set(words: str) -> Json:
    """Return the confirmation, which says when the reminder comes."""
    return words_modal("Reminder set", words)


def render_follow_up_conflict(words: str) -> Json:
    """Return the answer to a click that came too late."""
    return words_modal("Already updated", words)
