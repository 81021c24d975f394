"""The check of messages and views: total sizes, IDs, and the blocks allowed in each."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from bot.sandbox.block_kit.blocks import BLOCKS
from bot.sandbox.block_kit.schema import (
    PLAIN,
    Json,
    Rule,
    anything,
    by_type,
    flag,
    listing,
    objects_of,
    problem,
    shape,
    string,
    text,
)

Surface: TypeAlias = Literal["message", "modal", "home"]

_EVERYWHERE: Final = (
    *("divider", "header", "section", "context", "actions", "image", "rich_text", "video"),
)
_ALLOWED: Final[Mapping[Surface, Sequence[str]]] = {
    "message": (
        *_EVERYWHERE,
        *("context_actions", "markdown", "table", "data_table", "data_visualization"),
        *("card", "carousel", "container", "task_card", "plan"),
    ),
    "modal": (*_EVERYWHERE, "input", "alert"),
    "home": (*_EVERYWHERE, "input"),
}
_MOST: Final[Mapping[Surface, int]] = {"message": 50, "modal": 100, "home": 100}
_MOST_OF_A_TYPE: Final = {"table": 1, "data_visualization": 2}
_MOST_MARKDOWN: Final = 12_000


def check_blocks(
    blocks: object, surface: Surface, *, at: str = "/blocks", missing: Sequence[str] = ()
) -> list[str]:
    """Return the errors in blocks; the workspace rejects `missing` types."""
    allowed = tuple(kind for kind in _ALLOWED[surface] if kind not in missing)
    found = list(listing(by_type(BLOCKS, allowed), _MOST[surface], least=0)(blocks, at))
    known = objects_of({"blocks": blocks}, "blocks")
    return [*found, *_sums(known, at), *_repeated_ids(known, at)]


def _sums(blocks: Sequence[Json], at: str) -> Iterator[str]:
    inner = [child for block in blocks for child in objects_of(block, "child_blocks")]
    counts = Counter(str(block.get("type")) for block in (*blocks, *inner))
    for kind, most in _MOST_OF_A_TYPE.items():
        if counts[kind] > most:
            yield problem(f"no more than {most} {kind} blocks allowed", at)
    markdown = sum(len(str(b.get("text", ""))) for b in blocks if b.get("type") == "markdown")
    if markdown > _MOST_MARKDOWN:
        yield problem(f"must be less than {_MOST_MARKDOWN + 1} characters of markdown", at)


def _repeated_ids(blocks: Sequence[Json], at: str) -> Iterator[str]:
    ids = Counter(str(block["block_id"]) for block in blocks if block.get("block_id"))
    yield from (problem(f"block_id already exists: {i}", at) for i, n in ids.items() if n > 1)
    for number, block in enumerate(blocks):
        inside = objects_of(block, "elements") if block.get("type") == "actions" else []
        actions = Counter(str(one["action_id"]) for one in inside if one.get("action_id"))
        for name, times in actions.items():
            if times > 1:
                yield problem(f"`action_id` already exists: {name}", f"{at}/{number}/elements")


_VIEW: Final[Mapping[str, Rule]] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_VIEWS: Final[Mapping[str, Rule]] = {
    "modal": shape(
        {"type": anything, "title": text(24, PLAIN), "blocks": anything},
        {**_VIEW, "submit": text(24, PLAIN), "close": text(24, PLAIN), "clear_on_close": flag}
        | {"notify_on_close": flag, "submit_disabled": flag},
    ),
    "home": shape({"type": anything, "blocks": anything}, _VIEW),
}


def check_view(view: object, *, missing: Sequence[str] = ()) -> list[str]:
    """Return the errors in a modal or App Home."""
    found = list(by_type(_VIEWS)(view, "/view"))
    if not isinstance(view, dict) or view.get("type") not in tuple(_VIEWS) or "blocks" not in view:
        return found
    surface: Surface = "modal" if view["type"] == "modal" else "home"
    found += check_blocks(view["blocks"], surface, at="/view/blocks", missing=missing)
    asks = any(block.get("type") == "input" for block in objects_of(view, "blocks"))
    if surface == "modal" and asks and not view.get("submit"):
        found.append(problem("missing required field: submit", "/view"))
    return found
