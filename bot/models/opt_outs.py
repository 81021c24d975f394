"""Opt-out keywords in texts: STOP, START and their synonyms."""

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

# Beside the words that networks know, those that the FCC names (47 CFR 64.1200(a)(10)).
STOP_WORDS = (
    *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "arret", "arrêt"),
    *("revoke", "opt out", "optout"),
)

START_WORDS = ("start", "unstop")

_WORD = re.compile(r"[^\W_]+")


class OptOutKeyword(StrEnum):
    """What somebody wishes."""

    STOP = "stop"
    START = "start"


def parse_opt_out(body: str | None, *, own_words: Collection[str] = ()) -> OptOutKeyword | None:
    """Give the wish that a text is, in any case and with any signs around, and nothing else in it.

    `own_words` are the company's own words for no more texts, beside the usual ones.
    """
    said = _fold(body or "")
    if not said:
        return None
    if said in START_WORDS:
        return OptOutKeyword.START
    return OptOutKeyword.STOP if said in STOP_WORDS or said in map(_fold, own_words) else None


def _fold(text: str) -> str:
    """Give the words alone; an accent is the same whether composed or not, a wide letter too."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
