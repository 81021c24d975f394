"""Opt-out and opt-in keywords."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.opt_outs import START_WORDS, STOP_WORDS, OptOutKeyword, asks_to_stop, parse_opt_out

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


@pytest.mark.parametrize(
    "body",
    [
        *("Stop. Thank you", "Please stop texting me", "STOP STOP", "STOP\n\nMaria Lopez\nAcme"),
        *(
            "Please stop",
            "stop please!",
            "Stop, thanks",
            "stop sending me messages",
            "STOP TEXTING",
        ),
        *("Do not text me again", "don't message me", "Don’t contact this number", "No more texts"),
        *("Take me off your list", "remove me from this list", "Unsubscribe me please"),
        *("I want to opt out", "Hi, please stop. I moved away.", "Unsubscribe. Maria"),
        "I don't want to receive any more messages",
    ],
)
def test_polite_stop_is_a_hint_and_no_keyword(body):
    assert asks_to_stop(body)
    assert parse_opt_out(body) is None


@pytest.mark.parametrize(
    "body",
    [
        *("cancel my appointment", "Cancel. I can't make it", "Please cancel my 3 pm", "The end."),
        *(
            "please stop by at 5",
            "I'll stop at the store",
            "Don't stop",
            "nonstop flight",
            "",
            None,
        ),
        *("Where does the bus stop?", "I quit my job", "Can you text me the address?", "STOP 2"),
        *("I don't get it", "Please send me the invoice", "Did you get my message?", "No, thanks"),
        *("Please remove the sofa", "We have the option to stop the order on Friday"),
    ],
)
def test_other_sentences_are_no_hint(body):
    assert not asks_to_stop(body)
