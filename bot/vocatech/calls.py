"""Owns the Calls family: every call of the company, with its journey and its summaries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from bot.errors import AnswerTooLarge
from bot.vocatech.http import Wire
from bot.vocatech.pages import Page, read_pages
from bot.vocatech.rate_limiter import SEARCHES

PAGE_SIZES = (500, 50, 5)  # smaller ones where transcripts make an answer too large
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calls:
    """`GET /calls`; each page counts as a call search, thirty of which fit into a minute."""

    wire: Wire

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
            lambda number: self.wire.get("/calls", SEARCHES, **query, page=number, limit=size),
            "calls",
            must_end=must_end,
        )
