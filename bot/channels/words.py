"""Quiet hours and other channel settings in words."""

from bot.digests.words import listed
from bot.models.channels import ChannelSettings, QuietHours, Visibility
from bot.models.digest_schedule import DAY_NAMES
from bot.ui.formatting import clock_time

SHOWN = {
    "summary": "Summary",
    "transcript": "Transcript (opens in a window)",
    "whole_numbers": "Full phone numbers",
}

_HIDDEN = {
    "summary": "no summary",
    "transcript": "no transcript",
    "whole_numbers": "only the last digits of phone numbers",
}


def quiet_in_words(quiet: QuietHours) -> str:
    """Return the quiet hours, such as `Quiet from 6:00 PM to 8:00 AM (UTC)`."""
    spans = []
    if quiet.start != quiet.end:
        spans.append(f"from {clock_time(quiet.start)} to {clock_time(quiet.end)}")
    if quiet.days:
        spans.append(f"all day on {listed([DAY_NAMES[day] for day in sorted(quiet.days)])}")
    return f"Quiet {', and '.join(spans) or 'never'} ({quiet.zone})"


def settings_in_words(settings: ChannelSettings) -> list[str]:
    """Return one line per setting; nothing for the defaults."""
    lines = [quiet_in_words(settings.quiet)] if settings.quiet else []
    if settings.most_a_minute:
        cards = "1 card" if settings.most_a_minute == 1 else f"{settings.most_a_minute} cards"
        lines.append(f"Up to {cards} per minute; more calls share one message")
    if settings.shown:
        lines.append(f"Cards show {_shown_in_words(settings.shown)}")
    return lines


def _shown_in_words(shown: Visibility) -> str:
    hidden = [words for name, words in _HIDDEN.items() if not getattr(shown, name)]
    return listed(hidden) if hidden else "everything, to external members as well"
