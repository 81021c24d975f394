"""Buttons that record or lift an opt-out by hand."""

from bot.ui.action_ids import LIFT_OPT_OUT, RECORD_OPT_OUT
from bot.ui.blocks import Json, asked_first, button


def record_button(handle: str, *, is_asked_for: bool = False) -> Json:
    """Return the button that records an opt-out; `handle` is a number or the ID of a text.

    It asks first unless the contact asked for it.
    """
    if is_asked_for:
        return button("Record opt-out", RECORD_OPT_OUT, handle)
    confirm = asked_first(
        "Record an opt-out?",
        "No more messages are sent to this number until the contact replies START, or someone"
        " lifts the opt-out.",
        yes="Record opt-out",
        no="Cancel",
    )
    return button("Record opt-out", RECORD_OPT_OUT, handle, confirm=confirm)


def lift_button(handle: str) -> Json:
    """Return the button that lifts an opt-out; `handle` is a number or the ID of a text."""
    confirm = asked_first(
        "Lift the opt-out?",
        "Only lift it if the contact agreed to receive messages again.",
        yes="Lift opt-out",
        no="Cancel",
    )
    return button("Lift opt-out", LIFT_OPT_OUT, handle, confirm=confirm)
