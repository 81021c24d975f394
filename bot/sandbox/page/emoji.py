"""Slack's emoji names and their characters."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SHORTCODE: Final = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-\d:)?")
_LINES: Final = (Path(__file__).parent / "emoji.txt").read_text(encoding="utf-8").splitlines()
GLYPHS: Final[Mapping[str, str]] = dict(
    line.split(" ") for line in _LINES if not line.startswith("#")
)


def with_glyphs(text: str) -> str:
    """Return text with known emoji names replaced by their characters."""
    return SHORTCODE.sub(lambda match: GLYPHS.get(match[1], match[0]), text)
