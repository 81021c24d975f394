"""Sentences about what is stored about a number."""

from bot.store.privacy.erasures import Held


def held_in_words(held: Held) -> str:
    """Return how much is stored, such as `12 calls, 3 messages, 1 contact`."""
    parts = [
        _counted(held.calls, "call"),
        _counted(held.texts, "message"),
        _counted(held.contacts, "contact"),
    ]
    if held.notes:
        parts.append(_counted(held.notes, "note"))
    if held.follow_ups:
        parts.append(_counted(held.follow_ups, "follow-up"))
    files = f", {_counted(held.files, 'file')} in Slack" if held.files else ""
    return f"{', '.join(parts)}{files}"


def not_a_number(typed: str) -> str:
    """Return why nothing is erased for something that isn't a whole phone number."""
    if not typed:
        return "Type the number to erase, such as /vocatech forget +1 212 555 0123."
    return (
        f"“{typed}” isn't a complete phone number, so nothing was erased. Type the whole number,"
        " such as /vocatech forget +1 212 555 0123."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
