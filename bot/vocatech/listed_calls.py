"""Owns the reading of a list of past calls: page by page, until it ends or repeats."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.errors import ApiError, ListUnending
from bot.models.events import Event
from bot.vocatech.events import read_listed_call
from bot.vocatech.pages import MOST_PAGES, Page


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
