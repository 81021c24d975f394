"""SMS length: characters, segments, and encoding.

The alphabet, its extension and the sizes are those of 3GPP TS 23.038 (6.2.1, 6.2.1.1) and TS 23.040
(9.2.3.24.1): one segment holds 160 septets or 70 UTF-16 units, one of several 153 or 67. The
libraries on PyPI only translate, or are old and untyped; the table is short.
"""

from dataclasses import dataclass

MAX_REPORTED = 3

GSM_7, UCS_2 = "GSM-7", "UCS-2"

# In the order of the standard, without the escape (0x1B).
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)

# Each of these is an escape and one more septet.
_EXTENSION = frozenset("\f^{}\\[~]|€")

_LAST_IN_ONE_UNIT = "\uffff"  # what comes after it takes a surrogate pair

_SINGLE = {GSM_7: 160, UCS_2: 70}

_MULTIPART = {GSM_7: 153, UCS_2: 67}


@dataclass(frozen=True)
class Length:
    """Length of a text.

    `characters` counts code points, `encoding` is "GSM-7" or "UCS-2", and `non_gsm` holds the first
    few distinct characters that rule out GSM-7. An empty text has no segments.
    """

    characters: int
    segments: int
    encoding: str = GSM_7
    non_gsm: tuple[str, ...] = ()


def measure(text: str) -> Length:
    """Return the length of a text, with the default alphabet and no national language tables."""
    non_gsm = dict.fromkeys(c for c in text if c not in _BASIC and c not in _EXTENSION)
    encoding = UCS_2 if non_gsm else GSM_7
    sizes = [2 if (c > _LAST_IN_ONE_UNIT if non_gsm else c in _EXTENSION) else 1 for c in text]
    if sum(sizes) <= _SINGLE[encoding]:
        segments = 1 if text else 0
    else:
        segments = _count_parts(sizes, _MULTIPART[encoding])
    return Length(len(text), segments, encoding, tuple(non_gsm)[:MAX_REPORTED])


def _count_parts(sizes: list[int], room: int) -> int:
    """Return the number of segments; escape sequences and surrogate pairs are never split."""
    parts, left = 1, room
    for size in sizes:
        if size > left:
            parts, left = parts + 1, room
        left -= size
    return parts


def describe_length(length: Length, limit: int) -> str:
    """Return the length with its limit, and which characters increase the number of segments."""
    said = f"{length.characters:,} / {limit:,} characters"
    if length.characters > limit:
        return f"{said}  ·  {length.characters - limit:,} over the limit"
    if not length.segments:
        return said
    said += f"  ·  {length.segments} segment{'' if length.segments == 1 else 's'}"
    if length.encoding == GSM_7 or length.segments == 1:
        return said
    visible = [one for one in length.non_gsm if one.isprintable() and not one.isspace()]
    if not visible:
        return f"{said} (contains an invisible non-GSM character)"
    return f"{said} (contains non-GSM characters: {' '.join(visible)})"
