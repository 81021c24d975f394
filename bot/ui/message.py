"""Messages for Slack, with fallbacks for workspaces without new block types."""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any, Self


@dataclass(frozen=True)
class File:
    """A file: `name` is unique and identifies it to Slack; people see `title`."""

    name: str
    title: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Message:
    """A message: `text` is a complete sentence, `plain_blocks` work in every workspace.

    A message with a `file` has no blocks and no metadata. `stand_ins` are the blocks that replace
    one of a new type, by its block ID. `formerly` are the metadata payloads with which earlier
    versions of the app posted the same message. `entities` are Work Objects, which go into the
    metadata beside it. With `is_removal`, a posted `file` is deleted.
    """

    text: str
    blocks: list[dict[str, Any]]
    plain_blocks: list[dict[str, Any]]
    metadata: dict[str, Any] = field(default_factory=dict)
    file: File | None = None
    stand_ins: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    formerly: tuple[dict[str, Any], ...] = ()
    entities: tuple[dict[str, Any], ...] = ()
    is_removal: bool = False

    @property
    def new_types(self) -> set[str]:
        """The block types that a workspace may not support yet."""
        return {block["type"] for block in self.blocks if block.get("block_id") in self.stand_ins}

    def without(self, types: Collection[str]) -> list[dict[str, Any]]:
        """Return the blocks, with those of some types replaced."""
        return [
            one
            for block in self.blocks
            for one in (
                self.stand_ins.get(block.get("block_id", ""), [block])
                if block["type"] in types
                else [block]
            )
        ]

    def with_first_block(self, rename: Callable[[str], str]) -> Self:
        """Return the message with another ID for its first block."""
        shown, plain = (
            [{**one, "block_id": rename(one.get("block_id", ""))} for one in blocks[:1]]
            + blocks[1:]
            for blocks in (self.blocks, self.plain_blocks)
        )
        return replace(self, blocks=shown, plain_blocks=plain)

    @property
    def look(self) -> str:
        """A short print of all that is seen; equal looks need no edit."""
        # Without entities as before they existed, so that an upgrade edits no message.
        parts = [self.text, self.blocks, *([self.entities] if self.entities else [])]
        seen = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(seen.encode()).hexdigest()[:16]


REPEAT_NOTE = "This may be a duplicate: Slack didn't confirm the first post."
