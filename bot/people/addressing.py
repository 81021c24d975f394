"""Names in texts to customers: those of contacts that hold nothing but a person's name.

A contact's name is written for colleagues: it may hold a note, a company, or someone else. A text
without a name does no harm, unlike one with a note. So a name is left out unless each of its words
is written the way names are.
"""

import html
import re
import unicodedata

from bot.models.templates import TITLES

# No name is longer, and a longer one would cost time.
_LONGEST = 200
_MOST_WORDS = 4
_MOST_GIVEN_NAMES = 2

# Notes, and short forms such as "Mimi". Without them, the rest may be a name.
_IN_BRACKETS = re.compile(
    r"""
      \([^()]*\)                  # (pays late)
    | \[[^][]*\]                  # [VIP]
    | \{[^{}]*\}                  # {vip}
    | <[^<>]*>                    # <plumber>
    | （[^（）]*） | 【[^【】]*】
    | \*+[^*]*\*+                 # *VIP*
    | (?<!\w)_[^_]*_(?!\w)        # _vip_
    | ["“”„«»][^"“”„«»]*["“”„«»]
    """,
    re.VERBOSE,
)
_PARTICLES = frozenset(
    (
        *("al", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "la"),
        *("le", "los", "mac", "san", "st", "ten", "van", "von", "zu"),
    )
)
_SUFFIXES = frozenset(
    (
        *("jr", "sr", "ii", "iii", "iv", "2nd", "3rd", "md", "phd", "esq", "mba", "dds", "cpa"),
        *("rn", "dvm", "do", "jd", "pe"),
    )
)
_JOINING = frozenset(("and", "y", "e", "et", "und", "&"))
_OTHERS = frozenset(("dent", "jur", "med", "phil", "vet"))
_BESIDE_NAMES = _PARTICLES | _SUFFIXES | _JOINING | _OTHERS | TITLES
# With one of these, it may be no name, or that of a company.
_NOT_IN_NAMES = frozenset(
    (
        # What people, networks, and imports write where there is no name.
        *("anonymous", "blocked", "caller", "client", "contact", "customer", "na", "nan", "none"),
        *("null", "private", "restricted", "spam", "tbd", "test", "toll", "unavailable"),
        *("undefined", "unknown", "wireless"),
        # Notes, and kinds of numbers.
        *("apartment", "apt", "call", "cell", "dnc", "don't", "dont", "fax", "flat", "home"),
        *("house", "lot", "mobile", "new", "not", "number", "office", "old", "phone", "room"),
        *("show", "suite", "unit", "vip", "work"),
        *("corp", "corporation", "gmbh", "inc", "incorporated", "limited", "llc", "llp", "ltd"),
        *("plc", "pllc", "pty", "sarl", "sons", "srl"),
    )
)
# With one of these, also in brackets, it may be someone else's: `Ben Lopez (wife)`.
_RELATIVES = frozenset(
    (
        *("assistant", "aunt", "boyfriend", "brother", "caregiver", "dad", "daughter", "father"),
        *("girlfriend", "grandfather", "grandma", "grandmother", "grandpa", "guardian"),
        *("husband", "mom", "mother", "mum", "parent", "parents", "secretary", "sister"),
        *("spouse", "uncle", "wife"),
    )
)
_POSSESSIVE = re.compile(r"\w[’']s(?!\w)|\w[’'](?!\w)", re.IGNORECASE)
# Imports from web pages leave them, as in `O&#39;Neil`.
_ENTITY = re.compile(r"&#?\w+;")
# What colleagues have in their own name: pronouns, and behind it their department, or where they
# are.
_PRONOUNS = re.compile(r"\b(?:she|he|they)(?:/\w+)+", re.IGNORECASE)
_BEHIND_NAME = re.compile(r"\s[-–—·•@~]|[-–—]\s|[|/:;([{\0]")
# As in O'Neil, Anna-Lena, Marcel·la, and J.R.
_MARKS_IN_WORDS = frozenset("'’-‐‑·.")
# Accents, vowels of Hindi and Thai, and joiners, as in Persian.
_WITHIN = frozenset(("Mn", "Mc", "Cf"))
_OF_EMOJI = frozenset("\u200d\ufe0f")


def name_to_address(name: str) -> str | None:
    """Return the name to address a person by, or None if it may hold anything else.

    `Maria Lopez (pays late)` and `Lopez, Maria` are Maria Lopez; `Maria Lopez, pays late` is None.
    """
    if len(name) > _LONGEST:
        return None
    name = _ENTITY.sub(lambda found: html.unescape(found[0]), name)
    plain = _replace_emoji(_IN_BRACKETS.sub(" ", name), " ")
    if _has_one_of(_RELATIVES, name) or _has_one_of(_NOT_IN_NAMES, plain):
        return None
    if re.search(r"\bson\b", name) or _POSSESSIVE.search(name):  # Son is also a name
        return None
    return _in_order(*(part.split() for part in plain.split(",")))


def name_to_sign(name: str) -> str:
    """Return the name that a colleague signs with, without notes; empty if there are only notes.

    `ana (she/her) - on leave` is ana: they chose how to write it.
    """
    plain = _PRONOUNS.sub(" ", _IN_BRACKETS.sub(" ", name[:_LONGEST]))
    parts = (" ".join(one.split()) for one in _BEHIND_NAME.split(_replace_emoji(plain, "\0")))
    first = next(filter(None, parts), "")
    return name_to_address(first) or first.partition(",")[0].strip()


def _has_one_of(words: frozenset[str], text: str) -> bool:
    return not words.isdisjoint(re.findall(r"[\w']+", text.casefold().replace("’", "'")))


def _replace_emoji(text: str, instead: str) -> str:
    return "".join(
        instead if char in _OF_EMOJI or unicodedata.category(char) in {"So", "Sk"} else char
        for char in text
    )


def _in_order(first: list[str], *others: list[str]) -> str | None:
    """Return the parts of a name between commas as it is said, or None if they may be no name."""
    given = [part for part in others if not all(_plain(word) in _SUFFIXES for word in part)]
    if not all(map(_is_name, [first, *given])):
        return None
    if not given:
        return ", ".join(" ".join(part) for part in [first, *others] if part)
    # No one knows how `García López, María` is addressed.
    is_last_name = all(word.casefold() in _PARTICLES for word in first[:-1])
    if not is_last_name or len(others) > 1 or len(given[0]) > _MOST_GIVEN_NAMES:
        return None
    return " ".join([*given[0], *first])


def _is_name(words: list[str]) -> bool:
    """Return whether each word is written the way names are, such as `Jan van der Berg`.

    What is in lower case, such as `pizza place`, is as likely to be a note.
    """
    names = [word for word in words if not _is_beside_names(word)]
    if not 0 < len(names) <= _MOST_WORDS or _plain(words[-1]) in _JOINING:
        return False
    is_letter = len(names) == 1 and len(_plain(names[0])) == 1 and names[0].isascii()
    return not is_letter and all(_has_letters_only(word) and not word.islower() for word in names)


def _is_beside_names(word: str) -> bool:
    """Return whether a word stands beside names; Al and Van in capitals are names."""
    plain = _plain(word)
    return plain in _BESIDE_NAMES and (word.islower() or plain not in _PARTICLES)


def _has_letters_only(word: str) -> bool:
    """Return whether a word has nothing but letters, and the marks that names have."""
    is_initial = len(_plain(word)) == 1 or "." in word[:-1]
    return (
        word[0].isalpha()
        and (word[-1] not in _MARKS_IN_WORDS or (word[-1] == "." and is_initial))
        and all(
            char.isalpha() or char in _MARKS_IN_WORDS or unicodedata.category(char) in _WITHIN
            for char in word
        )
    )


def _plain(word: str) -> str:
    return word.casefold().replace(".", "")
