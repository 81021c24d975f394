"""Slack's emoji names and their characters."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_LINES: Final = (Path(__file__).parent / "emoji.txt").read_text(encoding="utf-8").splitlines()
GLYPHS: Final[Mapping[str, str]] = dict(
    line.split(" ") for line in _LINES if not line.startswith("#")
)
# Names of digits or of two letters may be part of other text: `10:100:30` and `Ref:de:12`.
# Compiling a pattern of all known names would take 30 ms.
_NAMED: Final = re.compile(r":([^\s:]+):(?::skin-tone-([2-6])(?:-[2-6])?:)?")
_UNKNOWN: Final = re.compile(r"(?<![0-9]):([a-z][a-z0-9_+'-]+):")
# `https://x.example/a:b:c` has no emoji in it, but one may follow it.
_ADDRESS: Final = re.compile(r"https?://[^\s/:]+(?::\d+)?/\S*")
_GOES_ON: Final = re.compile(r"[\w/?=&%#.-]")
# `a4:5e:60:de:ad:be` and `2001:db8:a:b::1`, the addresses of devices, have no emoji in them.
_HEX_ADDRESS: Final = re.compile(
    r"(?<![\w:])[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,}:[0-9a-f]{1,4}(?![\w:])", re.IGNORECASE
)
_SHORTEST_SURE = 3
_VARIANT = "\ufe0f"
_SKIN_TONES: Final = "🏻🏼🏽🏾🏿"  # skin-tone-2 to skin-tone-6


def show_emoji(text: str) -> str:
    """Return text with Slack's emoji codes, such as `:+1::skin-tone-3:`, as characters."""
    parts: list[str] = []
    at = 0
    addresses = _addresses_in(text)
    while found := _NAMED.search(text, at):
        is_part = _is_part_of_word(found) or _is_in_address(found, addresses)
        if found[1] in GLYPHS and not is_part:
            parts += [text[at : found.start()], _character(found)]
            at = found.end()
        else:
            # The second colon may begin a known name, as in `:ta:tada:`, which Slack shows.
            parts.append(text[at : found.end(1)])
            at = found.end(1)
    return "".join([*parts, text[at:]])


def find_custom_emoji(text: str) -> str | None:
    """Return the first code of an emoji that only this workspace has, or None."""
    addresses = _addresses_in(text)
    codes = (one for one in _UNKNOWN.finditer(text) if _is_custom(one, addresses))
    return next((one[0] for one in codes), None)


def drop_custom_emoji(text: str) -> str:
    """Return text without the codes of emoji that only this workspace has."""
    addresses = _addresses_in(text)
    return re.sub(
        rf" ?{_UNKNOWN.pattern}",
        lambda one: "" if _is_custom(one, addresses) else one[0],
        text,
    )


def _is_custom(code: re.Match[str], addresses: list[re.Match[str]]) -> bool:
    return not _is_part_of_word(code) and not _is_in_address(code, addresses)


def _addresses_in(text: str) -> list[re.Match[str]]:
    return [*(_ADDRESS.finditer(text) if "://" in text else ()), *_HEX_ADDRESS.finditer(text)]


def _is_in_address(code: re.Match[str], addresses: list[re.Match[str]]) -> bool:
    """Return whether an address continues after what looks like a code."""
    inside = [one for one in addresses if one.start() <= code.start() < one.end()]
    goes_on = bool(_GOES_ON.match(code.string, code.end()))
    return any(goes_on or (one.re is _HEX_ADDRESS and code.end() < one.end()) for one in inside)


def _is_part_of_word(found: re.Match[str]) -> bool:
    """Return whether letters or digits around a name of few characters show that it is none."""
    text, begin, end = found.string, found.start(1) - 1, found.end()
    before, after = text[max(begin - 1, 0) : begin], text[end : end + 1]
    if found[1].isdigit():
        return before.isdigit() and after.isdigit()
    return len(found[1]) < _SHORTEST_SURE and before.isalnum() and after.isalnum()


def _character(found: re.Match[str]) -> str:
    glyph = GLYPHS[found[1]]
    if found[2] is None:
        return glyph
    # In a sequence, the tone belongs to the person, which comes first.
    return glyph[0] + _SKIN_TONES[int(found[2]) - 2] + glyph[1:].removeprefix(_VARIANT)
