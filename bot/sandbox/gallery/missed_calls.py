"""Owns the examples about calling back: reminders, handing over, escalation."""

from bot.missed_calls.messages import (
    render_channel_reminder,
    render_escalation,
    render_handed_over,
    render_owner_reminder,
)
from bot.missed_calls.modals import render_hand_over
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group

CLAIMS = Group(
    "Calling back",
    (
        Example("Hand over", "From the menu of a claimed card.",
                lambda: render_hand_over("call-2", facts.BEN, who="Theresa Dubois", below={})),
        Example("Handed over", "To whoever gets it, directly.",
                lambda: render_handed_over("n", facts.MISSED, by=facts.ANA, locale=LOCALE)),
        Example("Reminder to the owner", "Half an hour after Claim, within business hours.",
                lambda: render_owner_reminder("n", facts.MISSED, locale=LOCALE)),
        Example("Reminder to the channel", "Under a card that nobody has taken.",
                lambda: render_channel_reminder("n", facts.MISSED, mention=facts.ANA,
                                                locale=LOCALE)),
        Example("Escalation", "To the person of ESCALATE_TO, when all else was no use.",
                lambda: render_escalation("n", facts.MISSED, owner="Ben Whitaker", locale=LOCALE)),
        Example("The longest escalation", "Names as long as they can be.",
                lambda: render_escalation("n", facts.LONGEST, owner=facts.LONG_NAME,
                                          locale=LOCALE)),
    ),
)  # fmt: skip
