"""What people did with a call, packed into a block ID of its card.

After a restore of an older backup, only the cards in Slack still know it. Block IDs are invisible,
come back with the history, and earlier versions of the app ignore them. They hold IDs and times,
never names or numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

MAX_BLOCK_ID = 255  # Slack's limit
SEPARATOR = "|"


class Action(NamedTuple):
    """What a Slack user did, and when (unix seconds); `value` says what was chosen, if anything."""

    by: str
    at: float
    value: str = ""


@dataclass(frozen=True)
class CardState:
    """The claim, the mark as called back, the outcome's ID, the mark of the number, the opt-out.

    Only opt-outs that a colleague recorded: Vocatech knows the others.
    """

    claim: Action | None = None
    closing: Action | None = None
    outcome: Action | None = None
    mark: Action | None = None
    opt_out: Action | None = None


# The letters are in posted messages, so they stay as they are.
_NAMES: Mapping[str, str] = {
    "c": "claim",
    "d": "closing",
    "o": "outcome",
    "m": "mark",
    "x": "opt_out",
}


def pack_state(block_id: str, state: CardState) -> str:
    """Return a block ID that carries a state; what doesn't fit is left out."""
    packed = f"{block_id}{SEPARATOR}"
    for letter, name in _NAMES.items():
        action: Action | None = getattr(state, name)
        if action is None:
            continue
        value = f"@{action.value}" if action.value else ""
        part = f"{letter}={action.by}@{action.at:.3f}{value};"
        if len(packed) + len(part) <= MAX_BLOCK_ID:
            packed += part
    return packed


def unpack_state(block_id: str) -> CardState | None:
    """Return the state that a block ID carries; None if it carries none, or one of no known form.

    Parts of a later version of the app are left out.
    """
    _, separator, packed = block_id.partition(SEPARATOR)
    if not separator:
        return None
    found = {}
    for part in packed.split(";"):
        letter, _, action = part.partition("=")
        by, _, rest = action.partition("@")
        at, _, value = rest.partition("@")
        try:
            if letter in _NAMES and by:
                found[_NAMES[letter]] = Action(by, float(at), value)
        except ValueError:
            return None
    return CardState(**found)
