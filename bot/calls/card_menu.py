"""The menu "More" of a call card: one table of its entries.

To add an entry, add a row to `ENTRIES`, and its handler to `card_menu` in
`handlers/__init__.py`. Never change a key: posted cards keep their menus.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.calls.card_context import CardContext
from bot.models.calls import Call, Direction
from bot.phone_numbers import is_whole
from bot.ui.action_ids import CARD_MENU
from bot.ui.blocks import Json, option, option_group, select_menu

ADD_NOTE, REMIND, HAND_OVER, RELEASE = "note", "remind", "hand_over", "release"
NOT_CUSTOMER, SPAM, UNMARK = "no_client", "spam", "unmark"
WHY, MUTE, HISTORY = "why", "mute", "history"
THIS_CALL, THIS_CALLER, THIS_CHANNEL = "This call", "This caller", "This channel"
MAX_ID = 140  # an option's value has at most 150 characters: a key, a space, and the call ID


@dataclass(frozen=True)
class MenuContext:
    """What decides about an entry. A card in a modal isn't `in_channel`."""

    call: Call
    shown_with: CardContext
    in_channel: bool


@dataclass(frozen=True)
class MenuEntry:
    """An entry: its group, the first word of its value (at most 9 characters), and its label."""

    group: str
    key: str
    label: str
    is_shown: Callable[[MenuContext], bool]


def _always(_: MenuContext) -> bool:
    return True


def _is_claimed(menu: MenuContext) -> bool:
    shown = menu.shown_with.callback
    return shown.is_open and shown.owner is not None and not shown.is_said


def _is_in_channel(menu: MenuContext) -> bool:
    return menu.in_channel


def _is_unknown(menu: MenuContext) -> bool:
    """Return whether the caller can be marked: not a contact, and the number isn't withheld."""
    shown = menu.shown_with
    return _has_number(menu) and not (shown.has_contact or shown.screened)


def _is_marked(menu: MenuContext) -> bool:
    return menu.shown_with.screened is not None


def _has_number(menu: MenuContext) -> bool:
    is_outside = menu.call.direction is not Direction.INTERNAL
    return is_outside and is_whole(menu.call.remote_number or "")


# In the order of the menu.
ENTRIES = (
    MenuEntry(THIS_CALL, ADD_NOTE, "Add note…", _always),
    MenuEntry(THIS_CALL, REMIND, "Remind me…", _always),
    MenuEntry(THIS_CALL, HAND_OVER, "Reassign…", _is_claimed),
    MenuEntry(THIS_CALL, RELEASE, "Release", _is_claimed),
    MenuEntry(THIS_CALLER, HISTORY, "History", _has_number),
    MenuEntry(THIS_CALLER, NOT_CUSTOMER, "Not a customer", _is_unknown),
    MenuEntry(THIS_CALLER, SPAM, "Mark as spam…", _is_unknown),
    MenuEntry(THIS_CALLER, UNMARK, "Remove mark", _is_marked),
    MenuEntry(THIS_CHANNEL, WHY, "Why is this here?", _is_in_channel),
    MenuEntry(THIS_CHANNEL, MUTE, "Mute this channel…", _is_in_channel),
)


def card_menu(call: Call, shown_with: CardContext, *, in_channel: bool) -> list[Json]:
    """Return the menu; an empty list if it would have no entries."""
    if len(call.call_id) > MAX_ID:
        return []
    menu = MenuContext(call, shown_with, in_channel)
    shown = [entry for entry in ENTRIES if entry.is_shown(menu)]
    groups = [
        option_group(
            group,
            [option(one.label, f"{one.key} {call.call_id}") for one in shown if one.group == group],
        )
        for group in dict.fromkeys(entry.group for entry in shown)
    ]
    return [select_menu("More", CARD_MENU, groups)] if groups else []


def chosen_in(value: str) -> tuple[str, str]:
    """Return the key and the call ID of a chosen option."""
    key, _, call_id = value.partition(" ")
    return key, call_id
