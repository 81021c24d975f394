"""Owns the Calls family of the stand-in: the calls it knows and `GET /calls`."""

import copy
import math
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from bot.sandbox.http import Request, Response
from bot.sandbox.vocatech_call import Call, has_ended, was_answered

MOST_A_PAGE: Final = 500
USUAL_A_PAGE: Final = 100
_DIRECTIONS: Final = ("incoming", "outgoing", "any")
_STATUSES: Final = ("answered", "missed", "any")
_KNOWN: Final = {"start_date", "end_date", "direction", "status", "search", "page", "limit"}


class BadQueryError(Exception):
    """The query is not one that the API would take."""


@dataclass(frozen=True)
class CallQuery:
    """What a `GET /calls` asks for, after it was checked."""

    start_date: str
    end_date: str
    direction: str = "any"
    status: str = "any"
    search: str = ""
    page: int = 1
    limit: int = USUAL_A_PAGE

    def takes(self, call: Call, zone: tzinfo) -> bool:
        """Say whether a call is asked for; its day is that of its start in `zone`."""
        start = datetime.fromisoformat(str(call["start_time"]))
        if not self.start_date <= start.astimezone(zone).date().isoformat() <= self.end_date:
            return False
        if self.direction not in ("any", call["direction"]):
            return False
        if self.status != "any" and (self.status == "answered") != was_answered(call):
            return False
        return not self.search or _is_found(call, self.search)


def _is_found(call: Call, search: str) -> bool:
    exact = [call["call_id"]]
    names = [call.get("remote_name")]
    for place in (call, *call.get("journey", ())):
        exact.append(place.get("extension"))
        names.append(place.get("extension_name"))
    within = any(search.casefold() in name.casefold() for name in names if name)
    return search in exact or within


def read_query(given: Mapping[str, str], today: date) -> CallQuery:
    """Check the query parameters of `GET /calls`, strictly."""
    if unknown := sorted(set(given) - _KNOWN):
        message = f"unknown parameter: {', '.join(unknown)}"
        raise BadQueryError(message)
    query = CallQuery(
        start_date=_day(given, "start_date", today),
        end_date=_day(given, "end_date", today),
        direction=_word(given, "direction", _DIRECTIONS),
        status=_word(given, "status", _STATUSES),
        search=given.get("search", ""),
        page=_number(given, "page", 1, 1_000_000),
        limit=_number(given, "limit", USUAL_A_PAGE, MOST_A_PAGE),
    )
    if query.start_date > query.end_date:
        message = "start_date is after end_date"
        raise BadQueryError(message)
    return query


def _day(given: Mapping[str, str], name: str, today: date) -> str:
    value = given.get(name, today.isoformat())
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    message = f"{name} must be a date written YYYY-MM-DD"
    raise BadQueryError(message)


def _word(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = given.get(name, "any")
    if value not in allowed:
        message = f"{name} must be one of {', '.join(allowed)}"
        raise BadQueryError(message)
    return value


def _number(given: Mapping[str, str], name: str, usual: int, most: int) -> int:
    value = given.get(name, str(usual))
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= most:
        message = f"{name} must be a whole number from 1 to {most}"
        raise BadQueryError(message)
    return int(value)


class CallBook:
    """The calls that the stand-in knows; change one only while holding `lock`."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.lock = threading.RLock()
        self.lists_live_calls = False
        self.zone: tzinfo = UTC
        self._clock = clock
        self._calls: dict[str, Call] = {}

    def add(self, call: Call) -> None:
        """Keep a call, in place of one with the same id."""
        with self.lock:
            self._calls[call["call_id"]] = call

    def get(self, call_id: str) -> Call:
        """Give a copy of one call as it is now."""
        with self.lock:
            return copy.deepcopy(self._calls[call_id])

    def ids(self) -> list[str]:
        """Give the ids of all calls, in the order in which they were added."""
        with self.lock:
            return list(self._calls)

    def answer(self, request: Request, rest: str) -> Response:
        """Answer a request in this family; `rest` is what follows `/v1/calls` in its path."""
        if rest:
            return Response(404, {"error": {"code": "not_found", "message": "No such address."}})
        if request.method != "GET":
            return Response(405, {"error": {"code": "method_not_allowed"}}, {"Allow": "GET"})
        try:
            query = read_query(request.query, self._clock().astimezone(self.zone).date())
        except BadQueryError as error:
            return Response(400, {"error": {"code": "bad_request", "message": str(error)}})
        return Response(200, self._page(query))

    def _page(self, query: CallQuery) -> Mapping[str, object]:
        with self.lock:
            listed = [
                call
                for call in reversed(self._calls.values())
                if (self.lists_live_calls or has_ended(call)) and query.takes(call, self.zone)
            ]
            listed.sort(key=lambda call: str(call["start_time"]), reverse=True)
            first = (query.page - 1) * query.limit
            page = copy.deepcopy(listed[first : first + query.limit])
        meta = {
            "page": query.page,
            "limit": query.limit,
            "total_pages": math.ceil(len(listed) / query.limit),
            "total_calls": len(listed),
        }
        return {"query": asdict(query), "calls": page, "meta": meta}
