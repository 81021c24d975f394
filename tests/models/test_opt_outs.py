"""Opt-out and opt-in keywords."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.opt_outs import START_WORDS, STOP_WORDS, OptOutKeyword, parse_opt_out

AROUND = st.text(" \t\n.,;:!?\"'“”«»()*_-–…🛑", max_size=4)


@given(st.sampled_from(STOP_WORDS), AROUND, AROUND, st.sampled_from(["NFC", "NFD"]), st.data())
def test_stop_word_alone_is_recognized_in_any_spelling(word, before, after, form, data):
    cases = data.draw(st.lists(st.booleans(), min_size=len(word), max_size=len(word)))
    written = "".join(c.upper() if up else c for c, up in zip(word, cases, strict=True))
    assert (
        parse_opt_out(before + unicodedata.normalize(form, written) + after) is OptOutKeyword.STOP
    )


@pytest.mark.parametrize("body", ["START", "unstop", " Start! ", "“UNSTOP”"])
def test_start_word_is_recognized(body):
    assert parse_opt_out(body) is OptOutKeyword.START
    assert parse_opt_out(body, own_words=START_WORDS) is OptOutKeyword.START


@pytest.mark.parametrize(
    "body",
    [
        *("please stop by at 5", "stop it", "the end", "END OF STORY", "nonstop", "stop start"),
        *("cancel my 3 pm", "STOP 2", "", None, "  ", "!!!", "🛑", "s t o p", "starting"),
    ],
)
def test_keyword_among_other_words_is_ignored(body):
    assert parse_opt_out(body, own_words=["!!!", ""]) is None


def test_own_keywords_count_too():
    own = ["BAJA", "no más", "Stopp"]
    for body in ("baja", "No  Más.", unicodedata.normalize("NFD", "NO MÁS"), "STOPP", "stop"):
        assert parse_opt_out(body, own_words=own) is OptOutKeyword.STOP
    assert parse_opt_out("baja") is None
