"""Length of a text in characters and segments.

The alphabet, its extension and the sizes are those of 3GPP TS 23.038 (6.2.1, 6.2.1.1) and TS 23.040
(9.2.3.24.1): one segment holds 160 septets or 70 UTF-16 units, one of several 153 or 67. The
libraries on PyPI only translate, or are old and untyped; the table is short.
"""

from dataclasses import dataclass

MOST_UNUSUAL = 3

GSM_7, UCS_2 = "GSM-7", "UCS-2"

# In the order of the standard, without the escape (0x1B).
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)

# Each of these is an escape and one more septet.
_EXTENSION = frozenset("\f^{}\\[~]|€")

_LAST_IN_ONE_UNIT = "\uffff"  # what comes after it takes a surrogate pair

_WHOLE = {GSM_7: 160, UCS_2: 70}

_PART = {GSM_7: 153, UCS_2: 67}


@dataclass(frozen=True)
class Length:
    """How long a text is.

    `characters` are code points, `encoding` is "GSM-7" or "UCS-2", and `unusual` holds the first
    few characters, each once, without which it would have been GSM-7. No text has no segments.
    """

    characters: int
    segments: int
    encoding: str = GSM_7
    unusual: tuple[str, ...] = ()


def measure(text: str) -> Length:
    """Measure a text, as a network would that knows no tables but the usual ones."""
    unusual = dict.fromkeys(c for c in text if c not in _BASIC and c not in _EXTENSION)
    encoding = UCS_2 if unusual else GSM_7
    sizes = [2 if (c > _LAST_IN_ONE_UNIT if unusual else c in _EXTENSION) else 1 for c in text]
    if sum(sizes) <= _WHOLE[encoding]:
        segments = 1 if text else 0
    else:
        segments = _count_parts(sizes, _PART[encoding])
    return Length(len(text), segments, encoding, tuple(unusual)[:MOST_UNUSUAL])


def _count_parts(sizes: list[int], room: int) -> int:
    """Count the parts; an escape stays with its character, and a surrogate with the other."""
    parts, left = 1, room
    for size in sizes:
        if size > left:
            parts, left = parts + 1, room
        left -= size
    return parts


def length_in_words(length: Length, most: int) -> str:
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
