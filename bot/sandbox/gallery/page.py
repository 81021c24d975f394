"""Owns the page of the gallery: each example drawn as in the workspace, with when people see it."""

from base64 import b64encode
from functools import cache
from typing import Final

from bot.sandbox.gallery import GROUPS, Example
from bot.sandbox.gallery.example import Json
from bot.sandbox.gallery.fixtures import ANA, BEN, CHANNEL, NOW, ROBIN, SALES
from bot.sandbox.page.block_html import BlockHtml
from bot.ui.message import File, Message

USERS: Final = {ROBIN: "Robin Park", ANA: "Ana Torres", BEN: "Ben Whitaker"}
CHANNELS: Final = {CHANNEL: "calls", SALES: "sales"}


class _Names:
    """Whom the examples name."""

    def users(self) -> dict[str, str]:
        """Give people by id."""
        return USERS

    def channels(self) -> dict[str, str]:
        """Give channels by id."""
        return CHANNELS


@cache
def draw_gallery() -> str:
    """Draw the page; it is always the same."""
    draw = BlockHtml(_Names())
    groups = [
        (
            group.title,
            [(example, _kind(example), _drawn(example, draw)) for example in group.examples],
        )
        for group in GROUPS
    ]
    return draw.page(template="gallery.html", groups=groups)


def _kind(example: Example) -> str:
    shown = example.make()
    return "message" if isinstance(shown, Message) else str(shown.get("type", "private"))


def _drawn(example: Example, draw: BlockHtml) -> str:
    shown = example.make()
    if isinstance(shown, Message):
        blocks = [_picture(shown.file)] if shown.file else shown.blocks
        return draw.message({**_POST, "text": shown.text, "blocks": blocks})
    if shown.get("type") == "modal":
        # Or the page would begin at the last field that wants to be typed in.
        return draw.modal(shown).replace(" autofocus", "")
    if shown.get("type") == "home":
        return draw.home(shown)
    return draw.message({**_POST, **shown, "is_ephemeral": True})


_POST: Final = {"ts": f"{NOW:.6f}", "bot_id": "B1"}


def _picture(file: File) -> Json:
    """Give a file as a picture that needs no server."""
    address = f"data:image/png;base64,{b64encode(file.content).decode()}"
    title = {"type": "plain_text", "text": file.title}
    return {"type": "image", "image_url": address, "alt_text": file.title, "title": title}
