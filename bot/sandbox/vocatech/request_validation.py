"""Strict checks of a request's method, query, and body."""

import json
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.sandbox.http import HttpRequest, HttpResponse

USUAL_A_PAGE: Final = 100
DIRECTIONS: Final = ("incoming", "outgoing", "any")
PHONE: Final = r"^\+[1-9][0-9]{6,14}$"

RequestFunction = Callable[[HttpRequest], HttpResponse]
# Returns an error message that follows the field name, or None.
Check = Callable[[Any], str | None]


class RequestError(Exception):
    """A rejected request, with its response."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        error = {"error": {"code": code, "message": message}}
        self.answer = HttpResponse(status, error, headers or {})


class PathNotFound(RequestError):
    """The path does not exist."""

    def __init__(self, message: str = "No such address.") -> None:
        super().__init__(404, "not_found", message)


class BadRequest(RequestError):
    """The query or the whole body is invalid."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "bad_request", message)


class InvalidBody(RequestError):
    """A field of the body is invalid."""

    def __init__(self, message: str) -> None:
        super().__init__(422, "invalid", message)


def by_method(request: HttpRequest, acts: Mapping[str, RequestFunction]) -> HttpResponse:
    """Call the function for the request's method; raise `RequestError` if there is none."""
    act = acts.get(request.method)
    if act is None:
        message = f"{request.method} cannot be done here."
        raise RequestError(405, "method_not_allowed", message, {"Allow": ", ".join(acts)})
    return act(request)


def check_query(request: HttpRequest, known: Collection[str] = ()) -> Mapping[str, str]:
    """Return the query; raise BadRequest for unknown or repeated parameters."""
    if unknown := sorted(set(request.query) - set(known)):
        raise BadRequest(f"unknown parameter: {', '.join(unknown)}")
    if request.repeated:
        raise BadRequest(f"given more than once: {', '.join(request.repeated)}")
    return request.query


def read_days(query: Mapping[str, str], today: date) -> tuple[str, str]:
    """Return `start_date` and `end_date`, each of them today by default."""
    start, end = _day(query, "start_date", today), _day(query, "end_date", today)
    if start > end:
        raise BadRequest("start_date is after end_date")
    return start, end


def _day(query: Mapping[str, str], name: str, today: date) -> str:
    value = query.get(name, today.isoformat())
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise BadRequest(f"{name} must be a date written YYYY-MM-DD")


def read_word(query: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    """Return a parameter that has a fixed set of values; the default is `any`."""
    value = query.get(name, "any")
    if value not in allowed:
        raise BadRequest(f"{name} must be one of {', '.join(allowed)}")
    return value


def read_number(query: Mapping[str, str], name: str, usual: int, most: int) -> int:
    """Return a parameter that is an integer from 1."""
    value = query.get(name, str(usual))
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= most:
        raise BadRequest(f"{name} must be a whole number from 1 to {most}")
    return int(value)


def read_page(query: Mapping[str, str]) -> int:
    """Return the requested page, from 1."""
    return read_number(query, "page", 1, 1_000_000)


def make_page(
    name: str,
    shown: Sequence[Any],
    *,
    query: Mapping[str, Any],
    total: int,
    page: int,
    limit: int = USUAL_A_PAGE,
) -> HttpResponse:
    """Return a response with one page of a list: the query, the items, and `meta`."""
    pages = math.ceil(total / limit)
    meta = {"page": page, "limit": limit, "total_pages": pages, f"total_{name}": total}
    return HttpResponse(200, {"query": query, name: shown, "meta": meta})


def read_object(request: HttpRequest) -> dict[str, Any]:
    """Return the body, which must be a strictly valid JSON object."""
    try:
        body = json.loads(request.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body


def _refuse_constant(name: str) -> None:
    message = f"{name} is not JSON"
    raise ValueError(message)


def read_fields(
    request: HttpRequest, checks: Mapping[str, Check], *, needed: Collection[str] = ()
) -> dict[str, Any]:
    """Return the checked fields of the body; the request must have no query."""
    check_query(request)
    given = read_object(request)
    if unknown := sorted(set(given) - set(checks)):
        raise InvalidBody(f"unknown field: {', '.join(unknown)}")
    if missing := [name for name in needed if name not in given]:
        raise InvalidBody(f"missing field: {', '.join(missing)}")
    for name, value in given.items():
        if wrong := checks[name](value):
            raise InvalidBody(f"{name} {wrong}")
    return given


def is_flag(value: Any) -> str | None:
    """Check for true or false."""
    return None if isinstance(value, bool) else "must be true or false"


def is_text(*, most: int) -> Check:
    """Check for text that is not blank, up to `most` characters."""

    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return "must be a string"
        if not value.strip():
            return "must not be empty"
        return f"must be at most {most} characters" if len(value) > most else None

    return check


def is_like(pattern: str, words: str) -> Check:
    """Check for text that matches a pattern; `words` describe it."""

    def check(value: Any) -> str | None:
        # fullmatch, because `$` also matches before a final newline.
        fits = isinstance(value, str) and re.fullmatch(pattern.strip("^$"), value)
        return None if fits else f"must be {words}"

    return check


def is_one_of(allowed: Collection[str], words: str = "") -> Check:
    """Check for one of the allowed values; `words` describe them."""
    wrong = f"must be {words or 'one of ' + ', '.join(allowed)}"

    def check(value: Any) -> str | None:
        return None if isinstance(value, str) and value in allowed else wrong

    return check
