"""Contact search: how text is split into words, and how a query becomes FTS5 expressions."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.models.contacts import Contact

MOST_WORDS = 500  # of a contact, beside its names
MOST_WORDS_ASKED = 16
# Fewer are in nearly every number, and no number has more.
FEWEST_DIGITS, MOST_DIGITS = 3, 40
# From so many on, a zero before them is probably a trunk prefix, which E.164 leaves out.
NATIONAL_DIGITS = 8
_ASCII_WORD = re.compile("[a-z0-9]+")


class _Parts(dict[int, str]):
    """What becomes of each character: letters, digits and emoji stay, accents go, others part."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        kind = unicodedata.category(letter)[0]
        if kind in "LN" or (kind == "S" and not letter.isascii()):
            part = letter
        else:
            part = "" if kind == "M" else " "
        self[code] = part
        return part


_PARTS = _Parts()


def cut_words(text: str) -> list[str]:
    """Cut a text into words as they are compared: without case, accents and punctuation."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return folded.translate(_PARTS).split()


def read_digits(number: str) -> str:
    """Give the digits of a number."""
    return "".join(sign for sign in number if sign in "0123456789")


@dataclass(frozen=True)
class Findable:
    """By what a contact is found: `names` (of person and company), other `words`, and `digits`."""

    names: str
    words: str
    digits: str


def make_findable(contact: Contact) -> Findable:
    """Give each word of a contact once, and its numbers in digits."""
    names = _once(cut_words(f"{contact.name or ''} {contact.company or ''}"))
    words = _once(word for value in contact.fields.values() for word in cut_words(value))
    others = [word for word in words if word not in names][:MOST_WORDS]
    digits = " ".join(read_digits(number) for number in contact.numbers)
    return Findable(" ".join(names), " ".join(others), digits)


@dataclass(frozen=True)
class Search:
    """What somebody searches: words as they were typed, and the part of a number among them."""

    words: tuple[str, ...]
    digits: str | None

    def steps(self) -> list[tuple[str, str | None]]:
        """Give what to ask, the best first: an expression on words, and one on digits.

        Whole words come before beginnings, and names before whatever else is in a contact.
        """
        steps: list[tuple[str, str | None]] = []
        if self.words:
            steps += [
                (_expression(self.words, columns, mark), None)
                for mark in ("", "*")
                for columns in ("{names} : ", "")
            ]
        if self.digits:
            others = [word for word in self.words if not _is_digits(word)]
            steps.append((_expression(others, "", "*") if others else "", f'"{self.digits}"'))
        return steps


def read_search(text: str) -> Search:
    """Read what somebody typed; nothing in it is taken as an instruction to FTS5."""
    words = cut_words(text)
    digits = "".join(word for word in words if _is_digits(word))
    if len(digits) >= NATIONAL_DIGITS:
        digits = digits.lstrip("0")
    is_part_of_a_number = FEWEST_DIGITS <= len(digits) <= MOST_DIGITS
    return Search(_once(words)[:MOST_WORDS_ASKED], digits if is_part_of_a_number else None)


def _expression(words: Iterable[str], columns: str, mark: str) -> str:
    # In quotes everything is data; no word that was cut holds a quote itself.
    quoted = [f'"{word}"{mark}' for word in words]
    return f"{columns}({' AND '.join(quoted)})"


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _is_digits(word: str) -> bool:
    return word.isascii() and word.isdigit()
