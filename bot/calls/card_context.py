"""What a call card shows beside the call itself."""

from dataclasses import dataclass

from bot.calls.claim_section import NO_CALLBACK, ClaimSection
from bot.models.customers.timeline import NO_HISTORY, CallerHistory
from bot.models.screening import ScreenedNumber
from bot.models.texts import Text
from bot.outcomes.card_section import NO_OUTCOMES, OutcomeSection


@dataclass(frozen=True)
class CardContext:
    """Everything a card shows beside the call itself.

    `has_contact`: the number is in the address book. `callback` is the state of a missed call.
    `reply` is the last SMS sent from the card, by the colleague named `reply_by`; its text is shown
    if the card `quotes_reply`. `screened` is the mark of the number, made by the colleague named
    `screened_by`. `history` is what came before the call.
    """

    has_contact: bool = False
    callback: ClaimSection = NO_CALLBACK
    reply: Text | None = None
    quotes_reply: bool = True
    reply_by: str | None = None
    is_opted_out: bool = False
    history: CallerHistory = NO_HISTORY
    outcome: OutcomeSection = NO_OUTCOMES
    screened: ScreenedNumber | None = None
    screened_by: str | None = None


NO_CONTEXT = CardContext()
