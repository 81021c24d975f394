"""Examples of screening: marked numbers and unknown callers."""

from dataclasses import replace

from bot.models.screening import ScreenKind, UnknownCaller
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.screening.modals import (
    HAS_CONTACT,
    MAX_MARKED,
    MAX_UNKNOWN,
    MarkedRow,
    render_callers_modal,
    render_screening_problem,
    render_spam_question,
)

NAMELESS = replace(facts.MISSED, remote_name=None)
COUNT = {ScreenKind.SPAM: 1, ScreenKind.NOT_CUSTOMER: 1}
MARKED = (MarkedRow(facts.SPAM, "Ben Whitaker"), MarkedRow(facts.SUPPLIER, "Ana Torres"))

SCREENING = Group(
    "Unknown callers",
    (
        Example("Callers", "After /vocatech callers.",
                lambda: render_callers_modal(MARKED, COUNT, unknown=None, locale=LOCALE)),
        Example("Callers, for admins", "With the numbers that call most often.",
                lambda: render_callers_modal(
                    MARKED, COUNT, locale=LOCALE, notice="Mark “Spam” of (212) 555-0188 removed.",
                    unknown=(UnknownCaller(NAMELESS, 12, 5),
                             UnknownCaller(replace(facts.ABROAD), 1, 0)))),
        Example("No marked numbers", "Before anyone marked one.",
                lambda: render_callers_modal((), {}, unknown=(), locale=LOCALE)),
        Example("The longest list of callers", "All that fits.",
                lambda: render_callers_modal(
                    MARKED[:1] * MAX_MARKED, {ScreenKind.SPAM: 500}, locale=LOCALE,
                    unknown=(UnknownCaller(facts.LONGEST, 999, 99),) * MAX_UNKNOWN)),
        Example("Mark as spam", "After Mark as spam… in the menu of a card.",
                lambda: render_spam_question("+14155550157", below={}, locale=LOCALE)),
        Example("Number of a contact", "If someone added a contact in between.",
                lambda: render_screening_problem(HAS_CONTACT)),
    ),
)  # fmt: skip
