"""Owns the pages in which Vocatech gives a list, read until they end or repeat."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.errors import AnswerUnreadable, ListUnending

MOST_PAGES = 1_000


@dataclass(frozen=True)
class Page:
    """One page of a list; `total` is how many rows the whole list has, where that is told.

    `odd` are those rows that are no objects.
    """

    rows: list[dict[str, Any]]
    number: int
    pages: int | None = None
    total: int | None = None
    odd: tuple[Any, ...] = ()


def read_pages(
    ask: Callable[[int], Any], name: str, *, may_be_bare: bool = False, must_end: bool = False
) -> Iterator[Page]:
    """Give the pages of a list, asked for by number from 1, whose rows stand under `name`.

    `may_be_bare`: the answer may be the rows alone.

    A page without rows ends the list, as does one that was given before: whoever does not know
    `page` gives the same one for ever. With `must_end` only the former will do, or the last page
    by the count of pages: ListUnending is raised for a page given before, and for too many. The
    page without rows is given, too: it may tell that there are none at all.
    """
    seen: set[int] = set()
    for number in range(1, MOST_PAGES + 1):
        answer = ask(number)
        bare = {name: answer} if may_be_bare and isinstance(answer, list) else answer
        page = _page(bare, name, number)
        print_of_it = hash(json.dumps([page.rows, page.odd], sort_keys=True))
        if not (page.rows or page.odd):
            yield from [page] if must_end else []
            return
        if print_of_it in seen:
            break
        seen.add(print_of_it)
        yield page
        if page.pages and number >= page.pages:  # no pages at all cannot be, with rows
            return
    if must_end:
        raise ListUnending(f"the pages of {name} repeat or do not end")


def _page(answer: Any, name: str, number: int) -> Page:
    """Read a page: `{<name>: […], meta: {total_pages, total_<name>}}` (observed)."""
    rows = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise AnswerUnreadable(f"the answer has no {name}")
    meta = answer.get("meta")
    told = meta if isinstance(meta, dict) else {}
    return Page(
        [row for row in rows if isinstance(row, dict)],
        number,
        _count(told.get("total_pages")),
        _count(told.get(f"total_{name}")),
        tuple(row for row in rows if not isinstance(row, dict)),
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
