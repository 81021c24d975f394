"""The Calls endpoint."""

import copy
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.vocatech.call_model import CallRecord, has_ended, was_answered
from bot.sandbox.vocatech.request_validation import (
    DIRECTIONS,
    USUAL_A_PAGE,
    PathNotFound,
    by_method,
    check_query,
    make_page,
    read_days,
    read_number,
    read_page,
    read_word,
)

MOST_A_PAGE: Final = 500
_STATUSES: Final = ("answered", "missed", "any")
_KNOWN: Final = {"start_date", "end_date", "direction", "status", "search", "page", "limit"}


@dataclass(frozen=True)
class CallListQuery:
    """The checked query of `GET /calls`."""

    start_date: str
    end_date: str
    direction: str = "any"
    status: str = "any"
    search: str = ""
    page: int = 1
    limit: int = USUAL_A_PAGE

    def takes(self, call: CallRecord, zone: tzinfo) -> bool:
        """Return whether a call matches; its day is that of its start in `zone`."""
        start = datetime.fromisoformat(str(call["start_time"]))
        if not self.start_date <= start.astimezone(zone).date().isoformat() <= self.end_date:
            return False
        if self.direction not in ("any", call["direction"]):
            return False
        if self.status != "any" and (self.status == "answered") != was_answered(call):
            return False
        return not self.search or _is_found(call, self.search)


def _is_found(call: CallRecord, search: str) -> bool:
    exact = [call["call_id"]]
    names = [call.get("remote_name")]
    for place in (call, *call.get("journey", ())):
        exact.append(place.get("extension"))
        names.append(place.get("extension_name"))
    within = any(search.casefold() in name.casefold() for name in names if name)
    return search in exact or within


def read_query(request: HttpRequest, today: date) -> CallListQuery:
    """Return the checked query of `GET /calls`."""
    given = check_query(request, _KNOWN)
    start, end = read_days(given, today)
    return CallListQuery(
        start_date=start,
        end_date=end,
        direction=read_word(given, "direction", DIRECTIONS),
        status=read_word(given, "status", _STATUSES),
        search=given.get("search", ""),
        page=read_page(given),
        limit=read_number(given, "limit", USUAL_A_PAGE, MOST_A_PAGE),
    )


class FakeCalls:
    """All calls; hold `lock` to change one."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.lock = threading.RLock()
        self.lists_live_calls = False
        self.zone: tzinfo = UTC
        self._clock = clock
        self._calls: dict[str, CallRecord] = {}

    def add(self, call: CallRecord) -> None:
        """Add or replace a call."""
        with self.lock:
            self._calls[call["call_id"]] = call

    def get(self, call_id: str) -> CallRecord:
        """Return a copy of a call."""
        with self.lock:
            return copy.deepcopy(self._calls[call_id])

    def ids(self) -> list[str]:
        """Return the IDs of all calls, oldest first."""
        with self.lock:
            return list(self._calls)

    def answer(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Answer a request; `rest` is the path after `/v1/calls`."""
        if rest:
            raise PathNotFound
        return by_method(request, {"GET": self._list})

    def _list(self, request: HttpRequest) -> HttpResponse:
        query = read_query(request, self._clock().astimezone(self.zone).date())
        with self.lock:
            listed = [
                call
                for call in reversed(self._calls.values())
                if (self.lists_live_calls or has_ended(call)) and query.takes(call, self.zone)
            ]
            listed.sort(key=lambda call: str(call["start_time"]), reverse=True)
            first = (query.page - 1) * query.limit
            shown = copy.deepcopy(listed[first : first + query.limit])
        return make_page(
            "calls",
            shown,
            query=asdict(query),
            total=len(listed),
            page=query.page,
            limit=query.limit,
        )
