"""One spelling of text for the index and for what is searched in it."""

import re
import unicodedata

# Scripts without spaces between words, and Hangul, where endings are attached to words.
_UNSPACED = (
    "\u0e00-\u0edf\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u3096\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
_EACH = re.compile(f"[{_UNSPACED}]")
_RUN = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
# FTS5 takes it as the end of a word; people do not see it.
BREAK = "\u200b"
_APOSTROPHES = re.compile("(?<=\\w)['’‘ʼʻ`´＇](?=\\w)")
_ASCII_WORD = re.compile("[a-z0-9]+")
_STROKED = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH (?:\w+ )*(?:STROKE|HOOK|BAR|CURL|TAIL)")
# Letters that Unicode does not decompose, as people without them type them.
_LETTERS = {
    "æ": "ae",
    "œ": "oe",
    "ß": "ss",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ŋ": "n",
    "ĸ": "k",
    "ə": "e",
    "ɛ": "e",
    "ƿ": "w",
    "ȷ": "j",
    "ʼ": "",
    "ʻ": "",
    "ʿ": "",
    "ʾ": "",
    "ґ": "г",
    # Arabic and Persian keyboards have different letters for the same ones.
    "ی": "ي",
    "ى": "ي",
    "ک": "ك",
    "ة": "ه",
    "ـ": "",
}
# Japanese names are typed in either kana.
_KATAKANA, _TO_HIRAGANA = range(ord("ァ"), ord("ヶ") + 1), ord("ァ") - ord("ぁ")


class _Parts(dict[int, str]):
    """Character map: keeps letters, digits and emoji, drops accents, separates at the rest."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        kind = unicodedata.category(letter)[0]
        if letter in _LETTERS:
            part = _LETTERS[letter]
        elif code in _KATAKANA:
            part = chr(code - _TO_HIRAGANA)
        elif stroked := _STROKED.match(unicodedata.name(letter, "")):
            part = stroked[1].lower()
        elif kind in "LN" or (kind == "S" and not letter.isascii()):
            part = letter
        else:
            part = "" if kind == "M" else " "
        self[code] = part
        return part


_PARTS = _Parts()


def _fold(text: str) -> str:
    """Return text without case, accents and punctuation."""
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", folded.translate(_PARTS))


def cut_words(text: str) -> list[str]:
    """Return the words of text to put into an index, without case, accents and punctuation.

    `O'Brien` is found as one word and as two. In scripts without spaces, each two neighboring
    characters are a word, and so is the last one.
    """
    words = _index_words(text)
    if _APOSTROPHES.search(text):
        joined = _index_words(_APOSTROPHES.sub("", text))
        words += [word for word in joined if word not in words]
    return words


def _index_words(text: str) -> list[str]:
    return [part for word in _fold(text).split() for part in _pairs(word, with_last=True)]


def cut_query(text: str) -> list[str]:
    """Return the words to search for, all of which are in the index of a matching text."""
    words = _fold(_APOSTROPHES.sub("", text)).split()
    return [part for word in words for part in _pairs(word, with_last=False)]


def _pairs(word: str, *, with_last: bool) -> list[str]:
    if not _EACH.search(word):
        return [word]
    parts: list[str] = []
    for run in _RUN.findall(word):
        if not _EACH.match(run):
            parts.append(run)
            continue
        parts += [run[at : at + 2] for at in range(len(run) - 1)]
        parts += [run[-1]] if with_last or len(run) == 1 else []
    return parts


def break_words(text: str) -> str:
    """Return text in which each character of a script without spaces is a word of its own."""
    if text.isascii():
        return text
    return _EACH.sub(lambda found: f"{BREAK}{found[0]}{BREAK}", text.replace(BREAK, ""))


def join_words(text: str) -> str:
    """Return a text as it was before `break_words`."""
    return text.replace(BREAK, "")
