"""Opt-out keywords in texts: STOP, START, and their synonyms."""

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

# The keywords of carriers, and those of the FCC (47 CFR 64.1200(a)(10)).
STOP_WORDS = (
    *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "arret", "arrêt"),
    *("revoke", "opt out", "optout"),
)

START_WORDS = ("start", "unstop")

_WORD = re.compile(r"[^\W_]+")


class OptOutKeyword(StrEnum):
    """What the sender of a text asked for."""

    STOP = "stop"
    START = "start"


def parse_opt_out(body: str | None, *, own_words: Collection[str] = ()) -> OptOutKeyword | None:
    """Return the keyword that is the whole text, ignoring case and punctuation; otherwise None.

    `own_words` are the company's additional opt-out keywords.
    """
    said = _normalize(body or "")
    if not said:
        return None
    if said in START_WORDS:
        return OptOutKeyword.START
    is_stop = said in STOP_WORDS or said in map(_normalize, own_words)
    return OptOutKeyword.STOP if is_stop else None


def _normalize(text: str) -> str:
    """Return the words in lower case, with composed accents and narrow letters."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
