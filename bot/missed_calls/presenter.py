"""Owns what people are told of missed calls beside the cards; nothing of what is settled."""

from bot.missed_calls.messages import (
    render_channel_reminder,
    render_escalation,
    render_handed_over,
    render_owner_reminder,
)
from bot.people.lookup import find_mentions
from bot.people.names import slack_name, with_contact_name
from bot.store import Store
from bot.store.claims import HANDED_OVER
from bot.store.outbox.notices import Notice
from bot.ui.formatting import Locale
from bot.ui.message import Message

OWNER, CHANNEL, NAMED = "remind owner", "remind channel", "remind named"
CLAIM_NOTICES = (HANDED_OVER, OWNER, CHANNEL, NAMED)


def present_reminder(notice: Notice, *, store: Store, locale: Locale) -> Message | None:
    """Give the message for a notice; None where the call is settled, or another's by now."""
    call = store.calls.find(notice.detail["call_id"])
    if call is None or not call.is_to_be_called_back:
        return None
    standing = store.open_calls.standing(call)
    owner = standing.claim.slack_user if standing.claim else None
    if standing.ending or (notice.kind != NAMED and owner != notice.detail["owner"]):
        return None
    named, notice_id = with_contact_name(call, store), notice.notice_id
    if notice.kind == HANDED_OVER:
        return render_handed_over(notice_id, named, by=notice.detail["by"], locale=locale)
    if notice.kind == OWNER:
        return render_owner_reminder(notice_id, named, locale=locale)
    if notice.kind == CHANNEL:
        mention = find_mentions(call, store)
        return render_channel_reminder(notice_id, named, mention=mention, locale=locale)
    name = (slack_name(owner, store) or "A colleague") if owner else None
    return render_escalation(notice_id, named, owner=name, locale=locale)
