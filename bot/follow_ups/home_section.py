"""Follow-ups in App Home and in their list: what is overdue comes first."""

from collections.abc import Sequence

from bot.models.customers.follow_ups import ListedFollowUp
from bot.ui.action_ids import FOLLOW_UP_MENU, SHOW_FOLLOW_UPS
from bot.ui.blocks import Json, actions, button, divider, header, mrkdwn, option, overflow, section
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import literal, name_of, shorten

MAX_FOLLOW_UPS = 5
MAX_NAME, MAX_NOTE_SHOWN = 60, 140
# The choices of the menu of a follow-up.
DONE, UNTIL_TOMORROW, EDIT, OPEN, DELETE = "done", "snooze", "edit", "open", "delete"
_CHOICES = {
    DONE: "Mark as done",
    UNTIL_TOMORROW: "Snooze until tomorrow",
    EDIT: "Edit…",
    OPEN: "Open",
    DELETE: "Delete",
}


def render_follow_ups(listed: Sequence[ListedFollowUp], count: int, locale: Locale) -> list[Json]:
    """Return the group of follow-ups in App Home; nothing if there are none."""
    if not count:
        return []
    blocks = [divider(), header(f"Follow-ups ({count:,})")]
    blocks += [follow_up_row(one, locale) for one in listed[:MAX_FOLLOW_UPS]]
    if count > MAX_FOLLOW_UPS:
        label = f"Show {count - MAX_FOLLOW_UPS:,} more"
        blocks.append(actions(button(label, SHOW_FOLLOW_UPS, "1")))
    return blocks


def follow_up_row(one: ListedFollowUp, locale: Locale) -> Json:
    """Return a row: the caller, the time and the owner, and the note."""
    first = f"*{literal(shorten(one.caller, MAX_NAME))}*"
    if one.number and one.number != one.caller:
        first += f"  {literal(one.number)}"
    due = locale.moment(one.follow_up.due_at)
    parts = [
        f":alarm_clock: *Overdue* since {due}" if one.is_overdue else f":alarm_clock: Due {due}"
    ]
    if one.owner:
        parts.append(f"For {literal(name_of(one.owner))}")
    if one.creator:
        parts.append(f"Set by {literal(name_of(one.creator))}")
    lines = [first, "  ·  ".join(parts)]
    if note := " ".join(one.follow_up.note.split()):
        lines.append(literal(shorten(note, MAX_NOTE_SHOWN)))
    return section(mrkdwn("\n".join(lines)), accessory=_menu(one))


def _menu(one: ListedFollowUp) -> Json:
    value = f"{one.follow_up.follow_up_id} {one.follow_up.version}"
    choices = [option(label, f"{what} {value}") for what, label in _CHOICES.items()]
    return overflow(FOLLOW_UP_MENU, choices)
