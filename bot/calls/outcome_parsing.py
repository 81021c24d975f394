"""Kinds of calls as people type them, and outcomes that people set.

Kinds are what Vocatech reports: `missed calls`, `voicemail`, `who called me`. Outcomes are
typed after a prefix, such as `outcome:appointment`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import NotUnderstood
from bot.models.calls import Direction
from bot.models.outcomes import folded_name
from bot.ui.clock_parsing import plain_words
from bot.ui.command_text import Token
from bot.ui.time_patterns import AROUND_WORDS

_INCOMING, _OUTGOING = {"direction": Direction.INCOMING}, {"direction": Direction.OUTGOING}
_MISSED: dict[str, Any] = {"missed": True}
_VOICEMAIL: dict[str, Any] = {"voicemail": True}
_UNANSWERED: dict[str, Any] = {"unanswered": True}
_UNCLAIMED: dict[str, Any] = {"unclaimed": True}
_ANSWERED: dict[str, Any] = {"answered": True}
_MINE: dict[str, Any] = {"mine": True}

# Changes to a query, by what was typed. "Call" and "calls" after a kind are left out before.
_KINDS: Mapping[str, Mapping[str, Any]] = {
    "missed": _MISSED,
    "voicemail": _VOICEMAIL,
    "voicemails": _VOICEMAIL,
    "voice mail": _VOICEMAIL,
    "voice mails": _VOICEMAIL,
    "vm": _VOICEMAIL,
    "unanswered": _UNANSWERED,
    "not answered": _UNANSWERED,
    "no answer": _UNANSWERED,
    "unclaimed": _UNCLAIMED,
    "not claimed": _UNCLAIMED,
    "open": _UNCLAIMED,
    "unassigned": _UNCLAIMED,
    "answered": _ANSWERED,
    "incoming": _INCOMING,
    "inbound": _INCOMING,
    "received": _INCOMING,
    "outgoing": _OUTGOING,
    "outbound": _OUTGOING,
    "internal": {"direction": Direction.INTERNAL},
    "no outcome": {"has_no_outcome": True},
    "without outcome": {"has_no_outcome": True},
    "mine": _MINE,
    "my": _MINE,
    "my own": _MINE,
    "me": _MINE,
    "by me": _MINE,
    "for me": _MINE,
    "of mine": _MINE,
    "to me": {**_MINE, **_INCOMING},
    "from me": {**_MINE, **_OUTGOING},
    "called me": {**_MINE, **_INCOMING},
    "who called": _INCOMING,
    "who called me": {**_MINE, **_INCOMING},
    "i called": {**_MINE, **_OUTGOING},
    "did i call": {**_MINE, **_OUTGOING},
    "i missed": {**_MINE, **_MISSED},
    "did i miss": {**_MINE, **_MISSED},
    "we missed": _MISSED,
    "did we miss": _MISSED,
    "i answered": {**_MINE, **_ANSWERED},
    # Requests, which change nothing.
    **{typed: {} for typed in ("show me", "list me", "find me", "give me", "tell me", "how many")},
    **{typed: {} for typed in ("can you", "could you", "can i see", "let me see", "so far")},
    **{typed: {} for typed in ("are there", "is there", "do we have", "did we have", "were there")},
    **{typed: {**_MINE} for typed in ("do i have", "did i have")},
    "i made": {**_MINE, **_OUTGOING},
    "made by": _OUTGOING,
    "last missed": _MISSED,
    "latest missed": _MISSED,
    **{typed: {} for typed in ("phone call", "phone calls")},
    **{typed: {} for typed in ("last call", "last calls", "latest", "newest", "recent")},
}
KNOWN_KINDS = tuple(kind for kind in _KINDS if " " not in kind)
_MOST_WORDS = 3
# `last 5 calls`: the list shows the latest ones anyway, page by page. `latest 101` is an extension.
_LATEST = re.compile(r"(?:last|latest|newest|recent) (?:\d{1,3} calls|\d{1,2}|[1-9]00)")
# Before a kind: `last 10 missed calls`.
_LATEST_OF_KIND = re.compile(r"last \d{1,3}|(?:latest|newest|recent) \d{1,2}")
PREFIX = "outcome:"
ANY, NONE = "any", "none"
_MOST_WORDS_OF_OUTCOME, _MOST_LISTED = 8, 6


def parse_kind(words: Sequence[str]) -> tuple[Mapping[str, Any], int] | None:
    """Return what the first words change in a query, and how many words that took; else None."""
    plain = [
        plain_words(word).strip(f".{AROUND_WORDS}").replace("voice-mail", "voicemail")
        for word in words[:_MOST_WORDS]
    ]
    for used in range(min(_MOST_WORDS, len(plain)), 0, -1):
        typed = " ".join(plain[:used])
        if (changes := _KINDS.get(typed)) is not None:
            return changes, used
        is_whole = used == len(plain) or used == _MOST_WORDS
        if is_whole and _LATEST.fullmatch(typed):
            return {}, used
        if _LATEST_OF_KIND.fullmatch(typed) and parse_kind(words[used:]):
            return {}, used
    return None


def parse_outcome(
    tokens: Sequence[Token], known: Sequence[str]
) -> tuple[Mapping[str, Any], int] | None:
    """Return what `outcome:…` changes in a query, and how many tokens that took; else None.

    `known` are the names of all outcomes. The beginning of a name is enough. Raises NotUnderstood
    for a name that none has.
    """
    first = tokens[0]
    if first.is_quoted or first.is_mention or not first.text.lower().startswith(PREFIX):
        return None
    rest = first.text[len(PREFIX) :]
    words = [rest] if rest else []
    used = 1
    if not rest and len(tokens) > 1 and not tokens[1].is_mention:
        words, used = [tokens[1].text], 2
        if tokens[1].is_quoted:
            return {"outcomes": _matching(tokens[1].text, known)}, used
    for more in tokens[used : used + _MOST_WORDS_OF_OUTCOME]:
        if more.is_quoted or more.is_mention:
            break
        words.append(more.text)
    for is_same in (str.__eq__, str.startswith):
        for count in range(len(words), 1, -1):
            name = folded_name(" ".join(words[:count]).rstrip(",;."))
            if found := tuple(one for one in known if is_same(folded_name(one), name)):
                return {"outcomes": found}, used + count - 1
    # `outcome:not answered` isn't `Not interested`, with a kind after it.
    kind = parse_kind(words) if words else None
    said = " ".join(words[: kind[1] if kind else 1]).rstrip(",;.")
    if said.lower() == NONE:
        return {"has_no_outcome": True}, used
    return {"outcomes": _matching(said, known)}, used


def _matching(typed: str, known: Sequence[str]) -> tuple[str, ...]:
    name = folded_name(typed)
    if name == ANY:
        return tuple(known)
    exact = tuple(one for one in known if folded_name(one) == name)
    if found := exact or tuple(one for one in known if name and folded_name(one).startswith(name)):
        return found
    if name and parse_kind([*name.split()]):
        raise NotUnderstood(
            f"“{typed}” is a kind of call, not an outcome that people set on cards.",
            f"/calls {name}",
        )
    listed = ", ".join(known[:_MOST_LISTED]) or "none yet"
    said = f"No outcome begins with “{typed}”." if typed else "Name an outcome after the colon."
    example = known[0].lower() if known else ANY
    raise NotUnderstood(f"{said} Outcomes: {listed}.", f"/calls {PREFIX}{example}")
