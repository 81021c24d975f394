"""The gallery's web page."""

import json
from base64 import b64encode
from functools import cache
from typing import Final

from bot.sandbox.gallery import GROUPS, Example
from bot.sandbox.gallery.example import Json
from bot.sandbox.gallery.fixtures import ANA, BEN, CHANNEL, LONG_NAME, NOW, ROBIN, SALES
from bot.sandbox.page.block_html import BlockHtml
from bot.ui.message import File, Message

USERS: Final = {ROBIN: "Robin Park", ANA: "Ana Torres", BEN: "Ben Whitaker"}
LONGEST_ORDINARY: Final = 14_000  # characters of JSON
CHANNELS: Final = {CHANNEL: "calls", SALES: "sales"}


class _ExampleNames:
    """The people and channels in the examples."""

    def users(self) -> dict[str, str]:
        """Return users' names by ID."""
        return USERS

    def channels(self) -> dict[str, str]:
        """Return channels' names by ID."""
        return CHANNELS


@cache
def draw_gallery() -> str:
    """Return the page; it is always the same."""
    draw = BlockHtml(_ExampleNames())
    groups = []
    for group in GROUPS:
        examples = sorted(group.examples, key=is_at_limit)
        drawn = [(one, _kind(one), is_at_limit(one), _drawn(one, draw)) for one in examples]
        groups.append((group.title, drawn))
    return draw.page(template="gallery.html", groups=groups)


def is_at_limit(example: Example) -> bool:
    """Return whether an example shows the longest, most, or hostile content."""
    shown = example.make()
    json_text = json.dumps(shown.blocks if isinstance(shown, Message) else shown)
    has_extreme_words = LONG_NAME.split("-")[0] in json_text or "evil.example" in json_text
    return has_extreme_words or len(json_text) > LONGEST_ORDINARY


def _kind(example: Example) -> str:
    shown = example.make()
    return "message" if isinstance(shown, Message) else str(shown.get("type", "private"))


def _drawn(example: Example, draw: BlockHtml) -> str:
    shown = example.make()
    if isinstance(shown, Message):
        blocks = [_picture(shown.file)] if shown.file else shown.blocks
        metadata = {"entities": list(shown.entities)}
        return draw.message({**_POST, "text": shown.text, "blocks": blocks, "metadata": metadata})
    if shown.get("type") == "side_pane":
        return draw.pane(shown)
    if shown.get("type") == "modal":
        # Otherwise the page would scroll to the last field with autofocus.
        return draw.modal(shown).replace(" autofocus", "")
    if shown.get("type") == "home":
        return draw.home(shown)
    return draw.message({**_POST, **shown, "is_ephemeral": True})


_POST: Final = {"ts": f"{NOW:.6f}", "bot_id": "B1"}


def _picture(file: File) -> Json:
    """Return an image block with the picture in its address."""
    address = f"data:image/png;base64,{b64encode(file.content).decode()}"
    title = {"type": "plain_text", "text": file.title}
    return {"type": "image", "image_url": address, "alt_text": file.title, "title": title}
