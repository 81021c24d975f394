"""Slack's emoji names and their characters."""

import re
from typing import Final

from bot.ui.emoji import GLYPHS

SHORTCODE: Final = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-\d:)?")
__all__ = ["GLYPHS", "SHORTCODE", "with_glyphs"]


def with_glyphs(text: str) -> str:
    """Return text with known emoji names replaced by their characters."""
    return SHORTCODE.sub(lambda match: GLYPHS.get(match[1], match[0]), text)
