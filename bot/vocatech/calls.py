"""Calls API and paged lists of past calls."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from bot.errors import AnswerTooLarge, ApiError, ListUnending
from bot.models.events import Event
from bot.vocatech.events import read_listed_call
from bot.vocatech.http import HttpClient
from bot.vocatech.pages import MOST_PAGES, Page, read_pages
from bot.vocatech.rate_limiter import SEARCHES


@dataclass(frozen=True)
class ListedCalls:
    """A page of calls, each with its event and facts; every call has a start time.

    `unreadable` are the rows, as JSON, that can't be parsed or have no start time.
    """

    calls: list[tuple[Event, dict[str, Any]]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def began_in(self, start: float, end: float) -> Iterator[tuple[Event, dict[str, Any]]]:
        """Yield the calls with `start` <= start time < `end` (unix seconds)."""
        return (one for one in self.calls if start <= one[1]["started_at"] < end)


def read_calls(
    pages: Iterator[Page], *, region: str, must_end: bool = False
) -> Iterator[ListedCalls]:
    """Parse calls page by page, up to the first page without new calls.

    A server that ignores `page` may repeat the same calls with freshly signed URLs. Such a list
    may be incomplete, so with `must_end` it raises ListUnending.
    """
    seen: set[str] = set()
    for page in pages:
        if page.number == 1:
            seen = set()  # the list may have restarted with smaller pages
        listed = _read(page, region)
        ids = {event.report.call_id for event, _ in listed.calls if event.report}
        if ids and ids <= seen:
            if must_end:
                raise ListUnending("the pages of calls repeat")
            return
        seen |= ids
        yield listed
        if page.number == MOST_PAGES != page.pages:
            # A permanent error: a retry would take another half hour.
            raise ApiError("the list of calls does not end")


def _read(page: Page, region: str) -> ListedCalls:
    listed = ListedCalls(unreadable=[json.dumps(row) for row in page.odd])
    for row in page.rows:
        event = read_listed_call(row, region=region)
        if event.report and event.report.facts["started_at"] is not None:
            listed.calls.append((event, dict(event.report.facts)))
        else:
            listed.unreadable.append(event.body)
    return listed


PAGE_SIZES = (500, 50, 5)  # smaller pages if transcripts make a response too large

DAY = timedelta(days=1)


@dataclass(frozen=True)
class CallsApi:
    """`GET /calls`; each page counts as a call search, of which 30 a minute are allowed."""

    http: HttpClient

    def between(
        self,
        first: date,
        last: date,
        *,
        direction: Literal["incoming", "outgoing", "any"] = "any",
        status: Literal["answered", "missed", "any"] = "any",
        search: str | None = None,
        must_end: bool = False,
    ) -> Iterator[Page]:
        """Yield the raw calls from `first` to `last`, both included, page by page.

        The filters are documented, the response is observed; `search` matches call ID, name, and
        extension. If a page is too large, the list restarts with smaller pages, so a row may
        appear twice. With `must_end`, repeating pages raise ListUnending. Which time zone
        Vocatech's days are in is unknown. Raises ApiError.
        """
        query: dict[str, Any] = {
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
            "direction": direction,
            "status": status,
        }
        if search:
            query["search"] = search
        for size in PAGE_SIZES:
            try:
                yield from self._pages(query, size, must_end=must_end)
            except AnswerTooLarge:
                if size == PAGE_SIZES[-1]:
                    raise
            else:
                return

    def find(self, call_id: str, day: date) -> dict[str, Any] | None:
        """Return one raw call from around that day, or None.

        There is no endpoint for a single call (observed), so this searches. Raises ApiError.
        """
        for page in self.between(day - DAY, day + DAY, search=call_id):
            for row in page.rows:
                if row.get("call_id") == call_id:
                    return row
        return None

    def _pages(self, query: dict[str, Any], size: int, *, must_end: bool) -> Iterator[Page]:
        return read_pages(
            lambda number: self.http.get("/calls", SEARCHES, **query, page=number, limit=size),
            "calls",
            must_end=must_end,
        )
