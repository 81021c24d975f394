"""Kinds of calls as people type them: `missed calls`, `voicemail`, `unclaimed`, `incoming`."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.models.calls import Direction

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
    "mine": _MINE,
    "my": _MINE,
    "my own": _MINE,
}
KNOWN_KINDS = tuple(_KINDS)
_MOST_WORDS = 2


def parse_kind(words: Sequence[str]) -> tuple[Mapping[str, Any], int] | None:
    """Return what the first words change in a query, and how many words that took; else None."""
    plain = [word.lower().strip(",;.:!?").replace("voice-mail", "voicemail") for word in words]
    for used in range(min(_MOST_WORDS, len(plain)), 0, -1):
        if changes := _KINDS.get(" ".join(plain[:used])):
            return changes, used
    return None
