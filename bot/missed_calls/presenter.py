"""Notices about missed calls, loaded and rendered; closed calls give no new ones."""

from bot.missed_calls.messages import (
    render_assigned,
    render_channel_reminder,
    render_escalation,
    render_owner_reminder,
)
from bot.people.lookup import find_mentions
from bot.people.names import slack_name, with_contact_name
from bot.store import Store
from bot.store.claims import HANDED_OVER
from bot.store.outbox.notices import Notice
from bot.ui.formatting import Locale
from bot.ui.message import Message

OWNER, CHANNEL, ESCALATION = "remind owner", "remind channel", "remind named"
CLAIM_NOTICES = (HANDED_OVER, OWNER, CHANNEL, ESCALATION)


def present_reminder(
    notice: Notice, *, is_new: bool, store: Store, locale: Locale
) -> Message | None:
    """Return the message of a notice; None if it's new and isn't needed any more.

    It isn't if the call is closed or has another owner by now. One that was posted stays, and its
    numbers are masked if its channel is shared by now.
    """
    call = store.calls.find(notice.detail["call_id"])
    if call is None or (is_new and not call.is_to_be_called_back):
        return None
    state = store.missed_calls.standing(call)
    owner = state.claim.slack_user if state.claim else None
    is_settled = state.ending or (notice.kind != ESCALATION and owner != notice.detail["owner"])
    if is_new and is_settled:
        return None
    named, notice_id = with_contact_name(call, store), notice.notice_id
    if notice.kind == HANDED_OVER:
        return render_assigned(notice_id, named, by=notice.detail["by"], locale=locale)
    if notice.kind == OWNER:
        return render_owner_reminder(notice_id, named, locale=locale)
    if notice.kind == CHANNEL:
        mention = find_mentions(call, store)
        return render_channel_reminder(notice_id, named, mention=mention, locale=locale)
    name = (slack_name(owner, store) or "a colleague") if owner else None
    return render_escalation(notice_id, named, owner=name, locale=locale)
