"""List modals with pages, and the sentences of their forms."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.ui.blocks import Json, button, says, words_modal

T = TypeVar("T")

EDIT, DELETE = "edit", "delete"

NOT_IN_CHANNEL = (
    "Vocatech can't post in this channel. Type /invite @Vocatech there, then save again. Your"
    " entries are kept."
)


# The error of a form about a caller who was erased in the meantime.
ERASED_SINCE = "Everything about this caller was erased on request. Nothing was saved or sent."


def changed_by_someone(what: str) -> str:
    """Return the error for a form about `what` that changed after the form was opened."""
    return (
        f"Someone changed {what} after you opened this form. Nothing was saved. Close the form and"
        " edit again."
    )


def look_of(entry: object) -> str:
    """Return a hash of an entry of a list; it differs if the entry was changed."""
    return hashlib.sha256(repr(entry).encode(errors="surrogatepass")).hexdigest()[:16]


def looks_of(entries: Mapping[int | str | None, object]) -> dict[str, str]:
    """Return the hashes of entries by their key, for the metadata of a list."""
    return {str(key): look_of(entry) for key, entry in entries.items()}


def is_outdated(metadata: str, key: str, entry: object) -> bool:
    """Return whether an entry was changed after a list with `looks_of` was shown."""
    seen = json.loads(metadata or "{}").get("looks", {})
    return key in seen and seen[key] != look_of(entry)


def nothing_done(what: str) -> str:
    """Return the notice for a click on an entry that changed after the list was shown."""
    return f"Someone changed {what} a moment ago, so nothing was done. The list below is current."


@dataclass(frozen=True)
class ListPage(Generic[T]):
    """One page of a list; pages count from 1."""

    rows: Sequence[T]
    number: int
    count: int
    first: int

    def buttons(self, action_id: str, *, back: str, more: str) -> list[Json]:
        """Return the buttons to the pages before and after this one."""
        turns = [(back, self.number - 1)] * (self.number > 1)
        turns += [(more, self.number + 1)] * (self.number < self.count)
        return [button(label, f"{action_id}:{to}", str(to)) for label, to in turns]


def paginate(rows: Sequence[T], number: int, *, size: int) -> ListPage[T]:
    """Return a page; a number outside the list becomes the nearest page."""
    count = max(1, -(-len(rows) // size))
    number = max(1, min(number, count))
    first = (number - 1) * size
    return ListPage(rows[first : first + size], number, count, first)


def list_modal(
    title: str, blocks: Sequence[Json], *, notice: str, callback_id: str, metadata: str = ""
) -> Json:
    """Return a list modal; `notice` says above the list what was just done."""
    done = [says(notice, block_id="said")] if notice else []
    view = words_modal(title, blocks=[*done, *blocks])
    return {**view, "callback_id": callback_id, "private_metadata": metadata}
