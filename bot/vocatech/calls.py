"""The Calls family, and lists of past calls."""

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
    """A page of calls, each with what is told of it; every one has a start.

    `unreadable` are the rows, in JSON, that make no sense or name no start.
    """

    calls: list[tuple[Event, dict[str, Any]]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def began_in(self, start: float, end: float) -> Iterator[tuple[Event, dict[str, Any]]]:
        """Give those that began from one moment on and before another (unix seconds)."""
        return (one for one in self.calls if start <= one[1]["started_at"] < end)


def read_calls(
    pages: Iterator[Page], *, region: str, must_end: bool = False
) -> Iterator[ListedCalls]:
    """Read page by page; a page that brings no new call ends the list, as an empty one does.

    A server that does not know `page` may give the same calls with addresses signed anew. Such a
    list may lack calls: with `must_end` ListUnending is raised for it.
    """
    seen: set[str] = set()
    for page in pages:
        if page.number == 1:
            seen = set()  # it may have begun anew, with smaller pages
        listed = _read(page, region)
        ids = {event.report.call_id for event, _ in listed.calls if event.report}
        if ids and ids <= seen:
            if must_end:
                raise ListUnending("the pages of calls repeat")
            return
        seen |= ids
        yield listed
        if page.number == MOST_PAGES != page.pages:
            # Not one that may pass: to try it again would take another half an hour.
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


PAGE_SIZES = (500, 50, 5)  # smaller ones where transcripts make an answer too large

DAY = timedelta(days=1)


@dataclass(frozen=True)
class CallsApi:
    """`GET /calls`; each page counts as a call search, thirty of which fit into a minute."""

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
        """Give the calls of these days, both included, as Vocatech words them, page by page.

        The filters are documented, the answer is observed; `search` looks into call id, name and
        extension. Where a page is too large to read, all is asked for again in smaller ones, so a
        row may come twice. With `must_end` ListUnending is raised for pages that repeat. Whose day
        it is on their side is unknown. Raises ApiError.
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
        """Give one call of about that day, as Vocatech words it, or None.

        There is no address for a single call (observed), so it is searched for. Raises ApiError.
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
