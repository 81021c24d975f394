"""Owns how the length of a text is said, while it is written."""

from bot.sms_segments import GSM_7, Length


def in_words(length: Length, most: int) -> str:
    """Say how long a text is, of at most so many characters, and what makes it costly."""
    said = f"{length.characters:,} of {most:,} characters"
    if length.characters > most:
        return f"{said}, {length.characters - most:,} too many"
    if not length.segments:
        return said
    said += f", {length.segments} segment{'' if length.segments == 1 else 's'}"
    if length.encoding == GSM_7 or length.segments == 1:
        return said
    seen = [one for one in length.unusual if one.isprintable() and not one.isspace()]
    because = ", ".join(f"“{one}”" for one in seen) or "a character that is not seen"
    return f"{said}, because of {because}"
