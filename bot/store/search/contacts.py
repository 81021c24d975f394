"""Contact search: what of a contact is searched, and how a query becomes FTS5 expressions."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.models.contacts import Contact
from bot.store.search.folding import cut_query, cut_words

MOST_WORDS = 500  # of a contact, besides its names
MOST_WORDS_ASKED = 16
# Fewer digits are in nearly every number, and no number has more.
FEWEST_DIGITS, MOST_DIGITS = 3, 40
# From this length on, a leading zero is probably a trunk prefix, which E.164 omits.
NATIONAL_DIGITS = 8


def read_digits(number: str) -> str:
    """Return the digits of a number."""
    return "".join(sign for sign in number if sign in "0123456789")


@dataclass(frozen=True)
class Findable:
    """Searchable text of a contact: `names` (person and company), other `words`, and `digits`."""

    names: str
    words: str
    digits: str


def make_findable(contact: Contact) -> Findable:
    """Return each word of a contact once, and the digits of its numbers."""
    names = _once(cut_words(f"{contact.name or ''} {contact.company or ''}"))
    words = _once(word for value in contact.fields.values() for word in cut_words(value))
    others = [word for word in words if word not in names][:MOST_WORDS]
    digits = " ".join(read_digits(number) for number in contact.numbers)
    return Findable(" ".join(names), " ".join(others), digits)


@dataclass(frozen=True)
class Search:
    """A parsed query: its words, and the digits among them."""

    words: tuple[str, ...]
    digits: str | None

    def steps(self) -> list[tuple[str, str | None]]:
        """Return FTS5 expressions on words and on digits, the best match first.

        Whole words come before prefixes, and names before other fields.
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

    def name_steps(self) -> list[str]:
        """Return FTS5 expressions on names only, the best match first."""
        return [_expression(self.words, "{names} : ", mark) for mark in ("", "*") if self.words]


def read_search(text: str) -> Search:
    """Parse a query; nothing in it is taken as FTS5 syntax."""
    words = cut_query(text)
    digits = "".join(word for word in words if _is_digits(word))
    if len(digits) >= NATIONAL_DIGITS:
        digits = digits.lstrip("0")
    is_part_of_a_number = FEWEST_DIGITS <= len(digits) <= MOST_DIGITS
    return Search(_once(words)[:MOST_WORDS_ASKED], digits if is_part_of_a_number else None)


def _expression(words: Iterable[str], columns: str, mark: str) -> str:
    # In quotes everything is data, and words contain no quotes after the split.
    quoted = [f'"{word}"{mark}' for word in words]
    return f"{columns}({' AND '.join(quoted)})"


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _is_digits(word: str) -> bool:
    return word.isascii() and word.isdigit()
