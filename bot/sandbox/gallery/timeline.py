"""Examples of the timeline of a caller."""

from dataclasses import replace

from bot.models.customers.follow_ups import Closing, FollowUp, Topic
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.sandbox.gallery.notes import LONGEST, NOTE
from bot.timeline.modals import (
    CallShown,
    FollowUpShown,
    NoteShown,
    TextShown,
    TimelinePage,
    render_timeline,
)

OPEN = FollowUp(
    1, facts.ANA, facts.ANA, facts.NOW + 86_400, facts.NOW,
    topic=Topic(number="+12125550123"), note="Ask whether the handles fit.",
)  # fmt: skip
DONE = replace(OPEN, closing=Closing.DONE, closed_by=facts.ANA, closed_at=facts.NOW + 3_600)
PAGE = TimelinePage(
    "call call-1",
    "Maria Lopez  ·  (212) 555-0123",
    (
        FollowUpShown(OPEN, "Ana Torres"),
        NoteShown(NOTE, "Ana Torres"),
        TextShown(facts.TEXT_OUT, "Ana Torres"),
        TextShown(facts.TEXT_IN),
        CallShown(facts.CALL),
        CallShown(facts.MISSED, "Claimed by Ben Whitaker", "Quote sent", "(212) 555-0123"),
        FollowUpShown(DONE, "Ana Torres"),
    ),
    note_value="number +12125550123",
)
LONG = replace(
    PAGE,
    about=facts.LONG_NAME[:80],
    entries=[NoteShown(LONGEST, facts.LONG_NAME)] * 14
    + [TextShown(facts.LONGEST_TEXT, facts.LONG_NAME)],
    page=3,
    has_more=True,
)
HIDDEN = replace(
    PAGE, withholds=True,
    entries=(TextShown(facts.TEXT_IN, hides_body=True), CallShown(facts.CALL)),
)  # fmt: skip

TIMELINES = Group(
    "History of a caller",
    (
        Example("History", "After History in the menu of a card, on a contact, or in /sms.",
                lambda: render_timeline(PAGE, locale=LOCALE)),
        Example("History without entries", "A number that no one has called or texted.",
                lambda: render_timeline(replace(PAGE, entries=()), locale=LOCALE)),
        Example("History in a shared channel", "Opened in a channel that hides what was said.",
                lambda: render_timeline(HIDDEN, locale=LOCALE)),
        Example("The longest history", "Fifteen entries at their limits, with more pages.",
                lambda: render_timeline(LONG, locale=LOCALE)),
    ),
)  # fmt: skip
