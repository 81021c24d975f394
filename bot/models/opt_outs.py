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

# Not `cancel`, `end` or `quit`, which people also write about appointments.
_SENTENCES = ("unsubscribe", "stopall", "stop all", "opt out", "optout", "revoke", "remove me")
_AFTER_STOP = r"(?: (?:please|pls|plz|now|it|this|thanks|thank you|already|stop|immediately))*"
_POLITE = re.compile(
    rf"^(?:(?:ok|okay|hi|hello|no|please|pls|plz|just) )*stop{_AFTER_STOP}$"
    r"|\b(?:stop|quit|cease)(?: (?:all|the|these|those|your|with|it))*"
    r" (?:text\w*|messag\w*|sms\w*|sending|send|contacting|spamm?\w*)\b"
    r"|\b(?:do not|don t|dont|never|no longer)(?: (?:want|wish|like))?(?: (?:to|you|any|ever))*"
    r" (?:text|message|sms|contact|send me|receive|get|be texted|be contacted)\b"
    r".*\b(?:me|us|this number|again|texts|messages|anymore)\b"
    r"|\bno more (?:text|message|sms)\w*"
    r"|\b(?:take|remove|delete) (?:me|us|my number|this number) (?:off|from)\b"
    r"|\b(?:unsubscribe|opt)(?: (?:me|us))?(?: out)? (?:me|us|from|of|please)\b"
    r"|\b(?:unsubscribe|opt) (?:me|us)\b|\bopt(?:ing)? out\b"
)
_END_OF_SENTENCE = re.compile(r"[.!?\n;,:–—]+|\s-+\s")

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


def asks_to_stop(body: str | None) -> bool:
    """Return whether a text may ask for no more texts, in other words than a keyword alone.

    Colleagues see a hint and decide, since sentences can be misread.
    """
    sentences = map(_normalize, _END_OF_SENTENCE.split(body or ""))
    return any(one in _SENTENCES or _POLITE.search(one) for one in sentences if one)


def _normalize(text: str) -> str:
    """Return the words in lower case, with composed accents and narrow letters."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
