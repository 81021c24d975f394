"""Examples of digests, and of answers to /vocatech digest."""

from dataclasses import replace
from datetime import date, timedelta

from bot.digests.generator import MOST_CONTACTS, MOST_MISSED, MOST_PEOPLE
from bot.digests.messages import (
    render_digest,
    render_no_plan,
    render_plan,
    render_posted_now,
    render_switched_off,
)
from bot.models.callback_times import CallbackTimes
from bot.models.digest_schedule import Cadence, DigestPlan, Period
from bot.models.digests import Digest, Hour, Missed, PersonTotals, TopContact, Totals
from bot.models.outcomes import OutcomeCount
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group

ZONE = "America/New_York"
WEEK = Period(date(2026, 11, 16), date(2026, 11, 22))
_A_DAY = (0, 0, 0, 0, 0, 0, 0, 0, 6, 19, 24, 21, 9, 12, 20, 22, 17, 8, 1, 0, 0, 0, 0, 0)
FRIDAY = facts.NOW - 3 * 86_400
TOTALS = Totals(
    incoming=118,
    outgoing=41,
    internal=6,
    answered=101,
    missed=17,
    talk_seconds=9 * 3600 + 1500,
    hours=tuple(Hour(n - n // 3 - n // 6, n // 6, n // 3) for n in _A_DAY),
    sentiments=(("positive", 52), ("neutral", 34), ("negative", 8)),
)
BEFORE = replace(TOTALS, incoming=104, outgoing=48, answered=81, missed=23, talk_seconds=30_000)
DIGEST = Digest(
    "d",
    Cadence.WEEKLY,
    WEEK,
    ZONE,
    TOTALS,
    before=BEFORE,
    callers=3,
    missed=(
        Missed(
            "call-2",
            "Maria Lopez",
            "(212) 555-0123",
            FRIDAY + 80 * facts.MINUTE,
            has_voicemail=False,
            tries=2,
        ),
        Missed(
            "call-3",
            "Oakwood Timber Yard",
            "(646) 555-0142",
            FRIDAY - 25 * facts.MINUTE,
            has_voicemail=True,
            tries=1,
        ),
        Missed("call-5", "(718) 555-0133", None, FRIDAY - 86_400, has_voicemail=False, tries=1),
    ),
    spam_calls=7,
    callbacks=facts.CALLBACKS,
    callbacks_before=CallbackTimes(30, 26, 19, 1_980),
    outcomes=(
        OutcomeCount("Quote sent", 14, 9),
        OutcomeCount("Appointment", 11, 13),
        OutcomeCount("Wrong number", 2, 0),
    ),
    people=(
        PersonTotals("Ana Torres", 44, 5, 18, 14_400),
        PersonTotals("Ben Whitaker", 31, 7, 15, 11_000),
        PersonTotals("Clara Lindqvist", 26, 5, 8, 8_500),
    ),
    contacts=(TopContact("Maria Lopez", 6), TopContact("Blue Door Realty", 5)),
    trend=tuple(
        (date(2026, 9, 28) + timedelta(weeks=at), calls, calls // 8)
        for at, calls in enumerate((131, 140, 122, 151, 149, 160, 152, 159))
    ),
    next_run=facts.NOW + 7 * 86_400 - 90 * facts.MINUTE,
)
QUIET = replace(DIGEST, totals=Totals(), callers=0, missed=(), people=(), contacts=())
LONGEST = replace(
    DIGEST,
    callers=1_000,
    missed=tuple(
        Missed(
            f"call-{at}", facts.LONG_NAME, "(212) 555-0123", facts.NOW, has_voicemail=True, tries=99
        )
        for at in range(MOST_MISSED)
    ),
    people=tuple(PersonTotals(f"{at} {facts.LONG_NAME}", 9, 9, 9, 9) for at in range(MOST_PEOPLE)),
    contacts=tuple(TopContact(facts.LONG_NAME, 9) for _ in range(MOST_CONTACTS)),
    per_person=True,
    skipped=12,
)
PLAN = DigestPlan(facts.CHANNEL, ZONE)

DIGESTS = Group(
    "Digests",
    (
        Example("Weekly digest", "On Mondays.",
                lambda: render_digest(DIGEST, locale=LOCALE)),
        Example("Digest without charts", "In a workspace without charts.",
                lambda: replace(message := render_digest(DIGEST, locale=LOCALE),
                                blocks=message.plain_blocks, stand_ins={})),
        Example("Daily digest", "Each morning, with numbers for each person.",
                lambda: render_digest(
                    replace(DIGEST, cadence=Cadence.DAILY, per_person=True, trend=(),
                            period=Period(date(2026, 11, 20), date(2026, 11, 20))),
                    locale=LOCALE)),
        Example("Personal digest", "About one's own calls.",
                lambda: render_digest(replace(DIGEST, is_personal=True, people=()),
                                      locale=LOCALE)),
        Example("Quiet digest", "Without calls.",
                lambda: render_digest(QUIET, locale=LOCALE)),
        Example("The longest digest", "All lists at their limits.",
                lambda: render_digest(LONGEST, locale=LOCALE, may_be_a_repeat=True)),
        Example("Digest scheduled", "After /vocatech digest on.",
                lambda: render_plan(PLAN, facts.NOW, is_private=True)),
        Example("No digest scheduled", "After /vocatech digest.", lambda: render_no_plan(PLAN)),
        Example("Digest off", "After /vocatech digest off.",
                lambda: render_switched_off(PLAN)),
        Example("Digest queued", "After /vocatech digest now.",
                lambda: render_posted_now(PLAN, WEEK, is_new=True)),
        Example("Digest already posted", "After /vocatech digest now, again.",
                lambda: render_posted_now(PLAN, WEEK, is_new=False)),
    ),
)  # fmt: skip
