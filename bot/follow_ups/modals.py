"""Modals of follow-ups: the list, confirmations, and conflicts."""

import json

from bot.follow_ups.home_section import follow_up_row
from bot.models.customers.follow_ups import ListedFollowUp
from bot.ui.action_ids import FOLLOW_UPS_MODAL, TURN_FOLLOW_UPS_PAGE
from bot.ui.blocks import Json, actions, divider, note, says, words_modal
from bot.ui.formatting import Locale
from bot.ui.lists import ListPage, list_modal
from bot.ui.mrkdwn import name_of

ROWS_A_PAGE = 20
NONE = (
    "No follow-ups. To add one, select Remind me… in the More menu of a call card, or Remind me on"
    " a contact or in a conversation."
)
GONE = "This follow-up was deleted. Nothing was changed."


def render_follow_ups_modal(
    page: ListPage[ListedFollowUp],
    *,
    locale: Locale,
    of: str = "",
    name: str = "",
    notice: str = "",
) -> Json:
    """Return a page of follow-ups, the one due first on top.

    They are the reader's, or those `of` another Slack user with a `name`.
    """
    rows = [follow_up_row(one, locale) for one in page.rows]
    buttons = page.buttons(TURN_FOLLOW_UPS_PAGE, back="Earlier", more="Later")
    if page.count > 1:
        rows += [divider(), note(f"Page {page.number:,} of {page.count:,}")]
    about = [says(f"Follow-ups of {name_of(name)}, and those that they set")] if name else []
    none = "None." if name else NONE
    return list_modal(
        "Follow-ups",
        [*about, *(rows or [note(none)]), *([actions(*buttons)] if buttons else [])],
        notice=notice,
        callback_id=FOLLOW_UPS_MODAL,
        metadata=json.dumps({"page": page.number, "of": of}),
    )


def render_follow_up_set(words: str) -> Json:
    """Return the confirmation, which says when the reminder comes."""
    return words_modal("Reminder set", words)


def render_follow_up_conflict(words: str) -> Json:
    """Return the answer to a click that came too late."""
    return words_modal("Already updated", words)
