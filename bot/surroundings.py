"""Owns what is known around a call, for its card: its number, its texts, who takes care of it."""

from bot.calls import Call
from bot.render.call_card import Around
from bot.store import Store
from bot.who import contacts_of, name_in_slack


def around(call: Call, store: Store) -> Around:
    """Give what its card shows beside the call itself."""
    claim = store.claims.of(call.call_id)
    reply = store.texts.latest_about(call.call_id)
    written = reply.reply if reply else None
    return Around(
        has_contact=bool(contacts_of(call.remote_number, store)),
        claimed_by=(name_in_slack(claim.slack_user, store) or "A colleague") if claim else None,
        reply=reply,
        reply_by=name_in_slack(written.slack_user, store) if written else None,
        is_opted_out=store.opt_outs.of(call.remote_number) is not None,
    )
