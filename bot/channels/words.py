"""Owns the words for quiet hours, and for what else is set for a channel."""

from bot.digests.words import listed
from bot.models.channels import ChannelSettings, QuietHours, Visibility
from bot.models.digest_schedule import DAY_NAMES
from bot.ui.formatting import clock_time

SHOWN = {
    "summary": "The summary",
    "transcript": "The transcript, in a window of its own",
    "whole_numbers": "Phone numbers in full",
}

_HIDDEN = {
    "summary": "no summary",
    "transcript": "no transcript",
    "whole_numbers": "only the last digits of numbers",
}


def quiet_in_words(quiet: QuietHours) -> str:
    """Say when it is quiet, such as `Quiet from 6:00 PM to 8:00 AM (UTC)`."""
    spans = []
    if quiet.start != quiet.end:
        spans.append(f"from {clock_time(quiet.start)} to {clock_time(quiet.end)}")
    if quiet.days:
        spans.append(f"all day on {listed([DAY_NAMES[day] for day in sorted(quiet.days)])}")
    return f"Quiet {', and '.join(spans) or 'never'} ({quiet.zone})"


def settings_in_words(settings: ChannelSettings) -> list[str]:
    """Say what is set, each in a line; nothing where all is as usual."""
    lines = [quiet_in_words(settings.quiet)] if settings.quiet else []
    if settings.most_a_minute:
        cards = "1 card" if settings.most_a_minute == 1 else f"{settings.most_a_minute} cards"
        lines.append(f"At most {cards} a minute; further calls share a message")
    if settings.shown:
        lines.append(f"Cards show {_shown_in_words(settings.shown)}")
    return lines


def _shown_in_words(shown: Visibility) -> str:
    hidden = [words for name, words in _HIDDEN.items() if not getattr(shown, name)]
    return listed(hidden) if hidden else "everything, also to outsiders"
