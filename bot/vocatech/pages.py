"""Reading of paged lists until they end or repeat."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.errors import AnswerUnreadable, ListUnending

MOST_PAGES = 1_000


@dataclass(frozen=True)
class Page:
    """One page of a list; `total` is the row count of the whole list, if the response has it.

    `odd` are the rows that are not objects.
    """

    rows: list[dict[str, Any]]
    number: int
    pages: int | None = None
    total: int | None = None
    odd: tuple[Any, ...] = ()


def read_pages(
    ask: Callable[[int], Any], name: str, *, may_be_bare: bool = False, must_end: bool = False
) -> Iterator[Page]:
    """Yield the pages of a list, requested by number from 1; the rows are under `name`.

    With `may_be_bare`, the response may be the array of rows alone.

    An empty page ends the list, and so does a repeated page: a server that ignores `page` returns
    the same page forever. With `must_end`, only an empty page or the last page by count ends it;
    a repeated page, or too many pages, raise ListUnending. The empty page is yielded, too, since
    it may say that the list has no rows at all.
    """
    seen: set[int] = set()
    for number in range(1, MOST_PAGES + 1):
        answer = ask(number)
        bare = {name: answer} if may_be_bare and isinstance(answer, list) else answer
        page = _page(bare, name, number)
        page_hash = hash(json.dumps([page.rows, page.odd], sort_keys=True))
        if not (page.rows or page.odd):
            yield from [page] if must_end else []
            return
        if page_hash in seen:
            break
        seen.add(page_hash)
        yield page
        if page.pages and number >= page.pages:  # a count of 0 can't be right, with rows
            return
    if must_end:
        raise ListUnending(f"the pages of {name} repeat or do not end")


def _page(answer: Any, name: str, number: int) -> Page:
    """Parse a page: `{<name>: […], meta: {total_pages, total_<name>}}` (observed)."""
    rows = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise AnswerUnreadable(f"the response has no {name}")
    meta = answer.get("meta")
    counts = meta if isinstance(meta, dict) else {}
    return Page(
        [row for row in rows if isinstance(row, dict)],
        number,
        _count(counts.get("total_pages")),
        _count(counts.get(f"total_{name}")),
        tuple(row for row in rows if not isinstance(row, dict)),
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
