"""The choice of the default channel from a list."""

from collections.abc import Sequence

from bot.doctor.model import make_plain
from bot.slack.setup_client import ListedChannel

MOST_SHOWN = 40


def list_choices(channels: Sequence[ListedChannel]) -> list[str]:
    """Return the numbered lines to choose from."""
    lines = [f"{number:>4}  {_label(one)}" for number, one in enumerate(channels[:MOST_SHOWN], 1)]
    if len(channels) > MOST_SHOWN:
        lines.append(f"      and {len(channels) - MOST_SHOWN:,} more; enter a name")
    return lines


def _label(one: ListedChannel) -> str:
    state = "private" if one.is_private else "" if one.is_member else "joins when chosen"
    return f"#{make_plain(one.name)}" + (f" ({state})" if state else "")


def find_channel(channels: Sequence[ListedChannel], typed: str) -> ListedChannel | None:
    """Return the channel with this number in the list, name, or ID."""
    if typed.isascii() and typed.isdecimal() and 1 <= int(typed[:9]) <= len(channels[:MOST_SHOWN]):
        return channels[int(typed[:9]) - 1]
    name = typed.removeprefix("#").strip().casefold()
    return next((c for c in channels if name == c.name.casefold() or typed == c.channel), None)
