"""Missed calls that still need the company's text, sent automatically or by a person."""

from collections.abc import Callable

from bot.models.calls import Call, Direction, Outcome
from bot.phone_numbers import forms_of
from bot.store import Store

LATEST_TEXTS = 5
# Callers may try several of the company's numbers.
LATEST_CALLS = 10


def is_handled(
    call: Call,
    store: Store,
    *,
    but: str = "",
    passes_over: Callable[[Call], bool] = lambda _: False,
) -> bool:
    """Return whether a call is spam, claimed, answered, or followed by a call or any text.

    `but` is the ID of a text that doesn't count. Later calls that `passes_over` is true for don't
    count, either.
    """
    if call.remote_number is None or store.claims.of(call.call_id):
        return True
    # Vocatech may say only later that it was answered. One that rings may still be missed.
    if not (call.is_to_be_called_back or call.outcome is Outcome.RINGING):
        return True
    if store.screening.is_spam(call.remote_number):
        return True
    numbers = forms_of(call.remote_number)
    known = store.calls.latest_with(numbers, limit=LATEST_CALLS)
    latest = next((one for one in known if not passes_over(one)), call)
    if latest.call_id != call.call_id:
        # One text a day answers all missed calls, and a waiting one is it.
        # A call that still rings may be missed, too, and no other text would follow.
        is_ringing = latest.outcome is Outcome.RINGING and latest.direction is Direction.INCOMING
        is_missed_again = bool(but) and (latest.needs_a_call_back or is_ringing)
        return not is_missed_again or is_handled(latest, store, but=but)
    texts = store.texts.latest_with(numbers, limit=2)
    last = next((text.at or 0.0 for text in texts if text.text_id != but), None)
    return last is not None and last >= (call.started_at or 0.0)


def ended_at(call: Call, unknown: float) -> float:
    """Return when a call ended (unix seconds), or `unknown` if no report says it."""
    if call.ended_at is None and call.seconds is not None:
        return (call.started_at or unknown) + call.seconds
    return call.ended_at or unknown


def words_for_missed(call: Call, store: Store) -> str:
    """Return the company's template for a missed call; empty if it no longer fits.

    That is if they were called back, or if any text went to them since, maybe the same one
    automatically.
    """
    template = store.templates.for_missed() if call.needs_a_call_back else None
    if template is None or store.missed_calls.standing(call, counts_others=False).ending:
        return ""
    begun = call.started_at or 0.0
    texts = store.texts.latest_with(forms_of(call.remote_number or ""), limit=LATEST_TEXTS)
    since = (one for one in texts if not one.is_incoming and (one.at or 0.0) >= begun)
    return template.body if all(one.has_failed or one.is_canceled for one in since) else ""
