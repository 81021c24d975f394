"""Characters and segments of a text, compared with a slow model and the standard's figures."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms_segments import Length, describe_length, measure

EXTENDED = "^{}\\[~]|€\f"
ACCENTED = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà"


def simple_measure(text):
    """Repeatedly remove the longest prefix that fits into a segment."""
    usual = set(ACCENTED) | set(EXTENDED) | {chr(n) for n in range(32, 127)} | {"\n", "\r"}
    usual.discard("`")
    if set(text) <= usual:
        whole, part = 160, 153
        size = lambda piece: len("".join("\x1b" + c if c in EXTENDED else c for c in piece))  # noqa: E731
    else:
        whole, part = 70, 67
        size = lambda piece: len(piece.encode("utf-16-be", "surrogatepass")) // 2  # noqa: E731
    if size(text) <= whole:
        return int(bool(text))
    segments = 0
    while text:
        cut = next(n for n in range(len(text), 0, -1) if size(text[:n]) <= part)
        text, segments = text[cut:], segments + 1
    return segments


any_text = st.text(st.characters(min_codepoint=0, max_codepoint=sys.maxunicode))
short_alphabet = st.text("ab€{\n😀é`", max_size=500)


@given(any_text | short_alphabet)
def test_segments_match_the_simple_model(text):
    length = measure(text)
    assert length.segments == simple_measure(text)
    assert length.characters == len(text)


@pytest.mark.parametrize(
    ("text", "segments", "encoding"),
    [
        ("", 0, "GSM-7"),
        ("a" * 160, 1, "GSM-7"),
        ("a" * 161, 2, "GSM-7"),
        ("a" * 306, 2, "GSM-7"),
        ("a" * 307, 3, "GSM-7"),
        ("€" * 80, 1, "GSM-7"),
        ("a" * 152 + "€" + "a" * 152, 3, "GSM-7"),  # the escape isn't split off
        ("ж" * 70, 1, "UCS-2"),
        ("ж" * 71, 2, "UCS-2"),
        ("ж" * 134, 2, "UCS-2"),
        ("😀" * 35, 1, "UCS-2"),
        ("😀" * 66, 2, "UCS-2"),  # 33 pairs, none split
        ("😀" * 67, 3, "UCS-2"),
        ("ç", 1, "UCS-2"),  # the alphabet has only the capital letter
        ("\x1b", 1, "UCS-2"),
    ],
)
def test_sizes_match_the_standard(text, segments, encoding):
    assert (measure(text).segments, measure(text).encoding) == (segments, encoding)


def test_first_non_gsm_characters_are_reported_once():
    assert measure("“Hi” – “you” – 😀😀").non_gsm == ("“", "”", "–")
    assert measure("Hi {you}").non_gsm == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a" * 127, "127 / 1,600 characters  ·  1 segment"),
        ("a" * 200, "200 / 1,600 characters  ·  2 segments"),
        ("a" * 99 + "’", "100 / 1,600 characters  ·  2 segments (contains non-GSM characters: ’)"),
        (
            "a" * 99 + "\u200b",
            "100 / 1,600 characters  ·  2 segments (contains an invisible non-GSM character)",
        ),
        ("’", "1 / 1,600 characters  ·  1 segment"),
        ("", "0 / 1,600 characters"),
        ("a" * 1601, "1,601 / 1,600 characters  ·  1 over the limit"),
    ],
)
def test_length_is_described(text, words):
    assert describe_length(measure(text), 1600) == words


def test_default_length_is_gsm():
    assert Length(3, 1) == measure("abc")
