"""The noun "snippet": some words of a summary or transcript around what was searched."""

import re
from typing import NamedTuple

# Around each hit; no text that is searched holds them.
HIT, END_OF_HIT = "\x02", "\x03"
_HIT = re.compile(f"{HIT}([^{END_OF_HIT}]*){END_OF_HIT}")


class Snippet(NamedTuple):
    """Where words were found: the text around them, each hit between HIT and END_OF_HIT."""

    is_summary: bool
    text: str

    def parts(self) -> list[tuple[str, bool]]:
        """Give the text in parts, each with whether it was searched."""
        return [(part, place % 2 == 1) for place, part in enumerate(_HIT.split(self.text)) if part]
