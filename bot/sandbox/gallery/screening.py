"""Examples of screening: marked numbers and unknown callers."""

from dataclasses import replace

from bot.models.screening import UnknownCaller
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.screening.modals import (
    HAS_CONTACT,
    MARKED_A_PAGE,
    MAX_UNKNOWN,
    MarkedRow,
    render_callers_modal,
    render_screening_problem,
    render_spam_question,
)
from bot.ui.lists import ListPage

NAMELESS = replace(facts.MISSED, remote_name=None)
ROWS = (MarkedRow(facts.SPAM, "Ben Whitaker"), MarkedRow(facts.SUPPLIER, "Ana Torres"))
MARKED = ListPage(ROWS, 1, 1, 0)

SCREENING = Group(
    "Unknown callers",
    (
        Example("Callers", "After /vocatech callers.",
                lambda: render_callers_modal(MARKED, unknown=None, locale=LOCALE)),
        Example("Callers, for admins", "With the numbers that call most often.",
                lambda: render_callers_modal(
                    MARKED, locale=LOCALE, notice="Mark “Spam” of (212) 555-0188 removed.",
                    unknown=(UnknownCaller(NAMELESS, 12, 5),
                             UnknownCaller(replace(facts.ABROAD), 1, 0)))),
        Example("No marked numbers", "Before anyone marked one.",
                lambda: render_callers_modal(
                    ListPage((), 1, 1, 0), unknown=(), locale=LOCALE)),
        Example("The longest list of callers", "As much as a page holds.",
                lambda: render_callers_modal(
                    ListPage(ROWS[:1] * MARKED_A_PAGE, 2, 13, MARKED_A_PAGE), locale=LOCALE,
                    unknown=(UnknownCaller(facts.LONGEST, 999, 99),) * MAX_UNKNOWN)),
        Example("Mark as spam", "After Mark as spam… in the menu of a card.",
                lambda: render_spam_question("+14155550157", below={}, locale=LOCALE)),
        Example("Number of a contact", "If someone added a contact in between.",
                lambda: render_screening_problem(HAS_CONTACT)),
    ),
)  # fmt: skip
