"""Owns the shape of a message on its way to Slack, and the rules for text from outside."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class File:
    """A file: Slack knows it by `name`, which no other has, and people by `title`."""

    name: str
    title: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Message:
    """A message: `text` is a full sentence, `plain_blocks` is what every workspace can show.

    One that shows a `file` has no blocks beside it, and carries no metadata.
    `stand_ins` are, by the id of a block of a new type, the blocks that say the same without it.
    """

    text: str
    blocks: list[dict[str, Any]]
    plain_blocks: list[dict[str, Any]]
    metadata: dict[str, Any] = field(default_factory=dict)
    file: File | None = None
    stand_ins: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def new_types(self) -> set[str]:
        """The types of block in it that a workspace may not know yet."""
        return {block["type"] for block in self.blocks if block.get("block_id") in self.stand_ins}

    def without(self, types: Collection[str]) -> list[dict[str, Any]]:
        """Give the blocks, with others in place of those of some types."""
        return [
            one
            for block in self.blocks
            for one in (
                self.stand_ins.get(block.get("block_id", ""), [block])
                if block["type"] in types
                else [block]
            )
        ]

    @property
    def look(self) -> str:
        """A short print of all that is seen; equal looks need no edit."""
        seen = json.dumps([self.text, self.blocks], sort_keys=True)
        return hashlib.sha256(seen.encode()).hexdigest()[:16]


REPEAT_NOTE = "This may be a repeat: Slack did not say whether the first one arrived."
