"""Service for screening: mark numbers, remove marks, and list unknown callers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.calls.presenter import A_COLLEAGUE
from bot.clock import Clock
from bot.intervals import Interval
from bot.models.screening import ScreenKind
from bot.people.lookup import locale_for_user
from bot.people.names import contacts_of, slack_name
from bot.people.permissions import Permissions
from bot.phone_numbers import is_whole
from bot.screening.modals import (
    HAS_CONTACT,
    KIND_LABELS,
    MARKED_A_PAGE,
    MAX_UNKNOWN,
    WITHHELD,
    MarkedRow,
    render_callers_modal,
    render_screening_problem,
    render_spam_question,
)
from bot.store import Store
from bot.ui.formatting import Locale
from bot.ui.lists import ERASED_SINCE, ListPage

Json = dict[str, Any]
MONTH = 30 * 86_400.0


@dataclass(frozen=True)
class ScreeningService:
    """Marks of numbers, by anyone; `wake` updates the cards."""

    store: Store
    permissions: Permissions
    clock: Clock
    locale: Locale
    wake: Callable[[], None]

    def number_of(self, call_id: str) -> str | None:
        """Return the number of a call's other party."""
        call = self.store.calls.find(call_id)
        return call.remote_number if call else None

    def ask_about_spam(self, number: str | None, *, below: Json) -> Json:
        """Return the question before a number is marked as spam, or why it can't be."""
        problem = self._problem(number)
        if problem or number is None:
            return render_screening_problem(problem or WITHHELD)
        return render_spam_question(number, below=below, locale=self.locale)

    def mark(self, number: str | None, kind: ScreenKind, *, by: str) -> Json | None:
        """Mark a number for a Slack user; return a modal that says why not, or None."""
        problem = self._problem(number)
        if problem or number is None:
            return render_screening_problem(problem or WITHHELD)
        self.store.screening.mark(number, kind, by=by, now=self.clock.now())
        self.wake()
        return None

    def unmark(self, number: str | None, *, by: str) -> str:
        """Remove the mark of a number; return what was done."""
        kind = self.store.screening.unmark(number or "", by=by, now=self.clock.now())
        self.wake()
        shown = self.locale.number(number)
        if kind is None:
            return f"{shown} wasn't marked any more."
        return f"Mark “{KIND_LABELS[kind]}” of {shown} removed."

    def callers_view(self, viewer: str, *, page: int = 1, notice: str = "") -> Json:
        """Return a page of the marked numbers, the nearest one if it's outside the list.

        Admins see the most frequent unknown callers on the first page.
        """
        now, screening = self.clock.now(), self.store.screening
        pages = max(1, -(-sum(map(screening.count, ScreenKind)) // MARKED_A_PAGE))
        page = max(1, min(page, pages))
        unknown = None
        if page == 1 and self.permissions.is_admin(viewer):
            unknown = screening.frequent_unknown(Interval(now - MONTH, now), MAX_UNKNOWN)
        first = (page - 1) * MARKED_A_PAGE
        marked = [
            MarkedRow(one, slack_name(one.by, self.store) or A_COLLEAGUE)
            for one in screening.listed(MARKED_A_PAGE, first)
        ]
        return render_callers_modal(
            ListPage(marked, page, pages, first),
            unknown=unknown,
            notice=notice,
            locale=locale_for_user(viewer, store=self.store, locale=self.locale),
        )

    def _problem(self, number: str | None) -> str | None:
        """Return why a number can't be marked."""
        if number is None or not is_whole(number):
            return WITHHELD
        # A list or a question that was open since before must not bring the number back.
        if self.store.erasures.is_erased(number) and not self._is_known(number):
            return ERASED_SINCE
        return HAS_CONTACT if contacts_of(number, self.store) else None

    def _is_known(self, number: str) -> bool:
        return bool(self.store.calls.latest_with([number], limit=1))
