"""Examples of messages about several calls."""

from dataclasses import replace
from datetime import date

from bot.calls.summary_messages import (
    CallAlert,
    CallSummary,
    render_burst,
    render_calls_modal,
    render_catch_up_summary,
    render_quiet_summary,
)
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group

TODAY = date(2026, 11, 23)
FEW = CallSummary(
    (facts.MISSED, facts.CALL, facts.VOICEMAIL, facts.OUTGOING),
    "n",
    states={"call-2": "Claimed by Ben Whitaker"},
    alerts=(CallAlert(facts.BEN, "Angry customers", facts.MISSED),),
)
LONGEST = CallSummary(
    tuple(replace(facts.LONGEST, call_id=f"call-{at}") for at in range(100)),
    "n",
    states={f"call-{at}": facts.LONG_WORDS for at in range(100)},
    alerts=tuple(CallAlert(facts.BEN, facts.LONG_NAME, facts.LONGEST) for _ in range(100)),
)

SUMMARIES = Group(
    "Several calls in one message",
    (
        Example("While Vocatech was offline", "After an outage with many calls.",
                lambda: render_catch_up_summary(CallSummary(facts.MANY_CALLS, "n"), locale=LOCALE)),
        Example("During quiet hours", "In the morning, after quiet hours.",
                lambda: render_quiet_summary(FEW, locale=LOCALE, may_be_a_repeat=False)),
        Example("More calls within a minute", "In a channel with a limit of cards a minute.",
                lambda: render_burst(FEW, locale=LOCALE, may_be_a_repeat=False)),
        Example("The longest summary of calls", "100 calls, each with a mention.",
                lambda: render_quiet_summary(LONGEST, locale=LOCALE, may_be_a_repeat=True)),
        Example("All of them", "After Show all.",
                lambda: render_calls_modal(FEW.calls, FEW.states, today=TODAY, locale=LOCALE)),
        Example("All of 100 calls", "As many as a modal holds.",
                lambda: render_calls_modal(LONGEST.calls, LONGEST.states, today=TODAY,
                                           locale=LOCALE)),
    ),
)  # fmt: skip
