"""Examples of missed calls: reassigning, reminders, and conflicts."""

from bot.calls.claim_section import ClaimSection
from bot.missed_calls.messages import (
    render_assigned,
    render_channel_reminder,
    render_escalation,
    render_owner_reminder,
)
from bot.missed_calls.modals import describe_claim, render_conflict, render_reassign_form
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group

CLAIMED = ClaimSection(is_open=True, owner="Ben Whitaker")

CLAIMS = Group(
    "Callbacks",
    (
        Example("Reassign", "From the menu of a claimed card.",
                lambda: render_reassign_form("call-2", facts.BEN, caller="Theresa Dubois",
                                             below={})),
        Example("Assigned", "A direct message to the new owner.",
                lambda: render_assigned("n", facts.MISSED, by=facts.ANA, locale=LOCALE)),
        Example("Claimed by a colleague", "After Claim, if someone else was faster.",
                lambda: render_conflict(describe_claim(CLAIMED))),
        Example("Reminder to the owner", "Half an hour after Claim, within business hours.",
                lambda: render_owner_reminder("n", facts.MISSED, locale=LOCALE)),
        Example("Reminder to the channel", "Under the card of an unclaimed call.",
                lambda: render_channel_reminder("n", facts.MISSED, mention=facts.ANA,
                                                locale=LOCALE)),
        Example("Escalation", "To the person in ESCALATE_TO, if reminders had no effect.",
                lambda: render_escalation("n", facts.MISSED, owner="Ben Whitaker", locale=LOCALE)),
        Example("The longest escalation", "With names of the maximum length.",
                lambda: render_escalation("n", facts.LONGEST, owner=facts.LONG_NAME,
                                          locale=LOCALE)),
    ),
)  # fmt: skip
