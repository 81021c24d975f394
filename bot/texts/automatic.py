"""Calls that need no automatic text."""

from bot.models.calls import Call, Direction, Outcome
from bot.store import Store


def is_handled(call: Call, store: Store, *, but: str = "") -> bool:
    """Return whether a call is spam, claimed, or followed by another call or any text.

    `but` is the ID of a text that doesn't count.
    """
    if call.remote_number is None or store.claims.of(call.call_id):
        return True
    if store.screening.is_spam(call.remote_number):
        return True
    [latest] = store.calls.latest_with([call.remote_number], limit=1) or [call]
    if latest.call_id != call.call_id:
        # One text a day answers all missed calls, and a waiting one is it.
        # A call that still rings may be missed, too, and no other text would follow.
        is_ringing = latest.outcome is Outcome.RINGING and latest.direction is Direction.INCOMING
        is_missed_again = bool(but) and (latest.needs_a_call_back or is_ringing)
        return not is_missed_again or is_handled(latest, store, but=but)
    texts = store.texts.latest_with([call.remote_number], limit=2)
    last = next((text.at or 0.0 for text in texts if text.text_id != but), None)
    return last is not None and last >= (call.started_at or 0.0)
