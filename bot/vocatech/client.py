"""Owns our requests to Vocatech: its limits, its pages and its errors."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx

from bot.errors import (
    AnswerTooLarge,
    ApiError,
    KeyExpired,
    KeyRefused,
    NotFound,
    RequestRefused,
    TooManyRequests,
    Unavailable,
)
from bot.pace import Pace

PAGE_SIZES = (500, 50, 5)  # smaller ones where transcripts make an answer too large
MOST_PAGES = 1_000
MOST_ANSWER_BYTES = 32 * 1024 * 1024
# The documented minute, and a second for the way there: requests may bunch up on it.
MINUTE = 61.0
REQUESTS_A_MINUTE = 60
SEARCHES_A_MINUTE = 30
LEFT_FOR_PEOPLE = 20


class VocatechClient:
    """The API under `base_url`, asked below its limits; waits its turn where it must."""

    def __init__(
        self,
        http: httpx.Client,
        *,
        monotonic: Callable[[], float],
        wait: Callable[[float], object],
    ) -> None:
        """Keep the HTTP client (with base address and key) and the ways to tell time and wait."""
        self._http = http
        self._monotonic = monotonic
        self._wait = wait
        self._requests = Pace(REQUESTS_A_MINUTE, MINUTE)
        self._searches = Pace(SEARCHES_A_MINUTE, MINUTE)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def quota_left(self) -> int:
        """How many requests fit right now."""
        return self._requests.free(self._monotonic())

    def calls_between(self, first: date, last: date) -> Iterator[list[dict[str, Any]]]:
        """Give the calls of these days, both included, page by page, as Vocatech words them.

        `GET /calls` (parameters documented, answer observed). Counts as a search. A page that
        repeats the one before it ends the list, as does a page without rows. Where a page is too
        large to read, all is asked for again in smaller ones, so a row may come twice.
        Raises ApiError.
        """
        for size in PAGE_SIZES:
            try:
                yield from self._pages_of_calls(first, last, size)
            except AnswerTooLarge:
                if size == PAGE_SIZES[-1]:
                    raise
            else:
                return

    def _pages_of_calls(self, first: date, last: date, size: int) -> Iterator[list[dict[str, Any]]]:
        before: list[dict[str, Any]] = []
        for page in range(1, MOST_PAGES + 1):
            answer = self._get(
                "/calls",
                start_date=first.isoformat(),
                end_date=last.isoformat(),
                direction="any",
                status="any",
                page=page,
                limit=size,
            )
            rows = _rows(answer, "calls")
            if not rows or rows == before:
                return
            yield rows
            if page >= _total_pages(answer):
                return
            before = rows

    def _get(self, path: str, **query: Any) -> Any:
        self._take_turn()
        try:
            with self._http.stream("GET", path, params=query) as response:
                body = _read(response)
        except httpx.HTTPError as error:
            raise Unavailable(type(error).__name__) from error
        if not response.is_success:
            raise judge(response.status_code, body, response.headers)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise Unavailable("the answer is not JSON") from None

    def _take_turn(self) -> None:
        """Wait until one more search fits, with requests left for people."""
        while True:
            now = self._monotonic()
            pause = self._searches.wait(now)
            if pause <= 0:
                pause = self._requests.try_take(now, leave=LEFT_FOR_PEOPLE)
            if pause <= 0:
                self._searches.try_take(now)
                return
            if self._wait(pause):
                raise Unavailable("shutting down")


def judge(status: int, body: bytes, headers: httpx.Headers) -> ApiError:
    """Tell what a refusal means.

    A 401 for a bad key and one "with a specific code" for an expired one are documented, the
    place and the word of that code are assumed.
    """
    said = _said(body)
    if status == httpx.codes.UNAUTHORIZED:
        return KeyExpired(said) if "expired" in said.lower() else KeyRefused(said)
    if status == httpx.codes.NOT_FOUND:
        return NotFound(said)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return TooManyRequests(_retry_after(headers))
    if httpx.codes.is_client_error(status):
        return RequestRefused(f"{status}: {said}")
    return Unavailable(f"status {status}")


def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MOST_ANSWER_BYTES:
            raise AnswerTooLarge
    return bytes(body)


def _said(body: bytes) -> str:
    """Find the words of an error wherever they sit (assumed: code, error.code, error, message)."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(answer, dict):
        return ""
    error = answer.get("error")
    inner = error if isinstance(error, dict) else {"error": error}
    words = [answer.get("code"), *(inner.get(n) for n in ("code", "error", "message"))]
    words.append(answer.get("message"))
    return " ".join(word for word in words if isinstance(word, str))[:300]


def _retry_after(headers: httpx.Headers) -> float:
    """Read Retry-After in seconds (assumed); a minute where there is none."""
    try:
        return min(max(float(headers.get("retry-after", "60")), 1.0), 3600.0)
    except ValueError:
        return 60.0


def _rows(answer: Any, name: str) -> list[dict[str, Any]]:
    rows = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise Unavailable(f"the answer has no {name}")
    return [row for row in rows if isinstance(row, dict)]


def _total_pages(answer: Any) -> int:
    meta = answer.get("meta")
    pages = meta.get("total_pages") if isinstance(meta, dict) else None
    return pages if isinstance(pages, int) else MOST_PAGES


def day_of(moment: float) -> date:
    """Give the UTC day of a moment in unix seconds."""
    return datetime.fromtimestamp(moment, UTC).date()
