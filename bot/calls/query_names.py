"""Names of people and companies in a search: what is part of them, and what isn't."""

import re
from collections.abc import Callable, Sequence
from itertools import takewhile

from bot.calls.outcome_parsing import PREFIX, parse_kind
from bot.errors import NotUnderstood
from bot.phone_numbers import is_same_country, is_valid, parse_number
from bot.ui.command_text import Token
from bot.ui.time_patterns import AROUND_WORDS

# Words around a name that are no part of it: `calls from Ana`.
FILLERS = frozenset(
    {
        *("a", "all", "and", "any", "anybody", "anyone", "at", "by", "call", "called", "calling"),
        *("calls", "did", "every", "everybody", "everyone", "everything", "find", "for", "from"),
        *("get", "give", "have", "in", "list", "of", "on", "please", "search", "show", "that"),
        *("the", "there", "to", "was", "were", "what", "which", "who", "with"),
    }
)
# Before or after a kind, a day, or a person, these are no names: `not missed`, `today or monday`.
_EXCLUDING = frozenset({"except", "excluding", "minus", "no", "non", "not", "without"})
PERIODS = frozenset({"month", "quarter", "week", "year", "q1", "q2", "q3", "q4"})
# Words before what was said in a call, and an extension.
BEFORE_PHRASES = frozenset({"about", "containing", "mention", "mentioning", "mentions", "saying"})
EXTENSION = re.compile(r"(?:ext\.?|extension|x)\s*(\d{1,6})", re.IGNORECASE)
_LIKE_EXTENSION = re.compile(r"[1-9]\d{2,5}")
# Not brackets or a plus, with which a phone number begins.
_AROUND_NAME = "\"“”„‘’'«»`*_[]{},;!?¿¡"
_JOINING = frozenset("&+-/")
_POSSESSIVE = re.compile(r"['’]s$")
# Before a time of day, but also before a number that begins like one.
_BEFORE_CLOCKS = frozenset({"after", "at", "before", "from", "since", "till", "until"})
_LIKE_CLOCK = re.compile(r"\(?\d{1,4}\)?")
_DIGITS = re.compile(r"[\d().\-/]+")
_MOST_GROUPS = 5  # of digits: `06 12 34 56 78`
MOST_WORDS_OF_NAME = 6
# A longer text isn't about a name; each lookup takes a fraction of a millisecond.
MOST_TOKENS, _MOST_LOOKUPS = 20, 40


def find_known_names(
    tokens: Sequence[Token], means: Callable[[Sequence[Token]], int], is_name: Callable[[str], bool]
) -> dict[int, int]:
    """Return where names begin that have words for kinds or times in them, and their lengths.

    Such names are `Ruby Tuesday`, `3 Day Blinds`, and `Internal Medicine`: if someone has one, it
    is the name. `means` returns how many of the first tokens mean a kind of call or a time.
    """
    if len(tokens) > MOST_TOKENS:
        return {}
    starts = range(len(tokens))
    meant = {at for start in starts for at in range(start, start + means(tokens[start:]))}
    asked: dict[str, bool] = {}

    def is_known(place: int, end: int) -> bool:
        words = " ".join(one.text for one in tokens[place:end])
        if words not in asked:
            asked[words] = len(asked) < _MOST_LOOKUPS and is_name(words)
        return asked[words]

    found: dict[int, int] = {}
    place = 0
    while place < len(tokens):
        for length in range(_words_from(tokens, place), 1, -1):
            end = place + length
            # For most searches, one lookup is enough: no name has `lopez last` in it.
            edges = (at for at in range(place, end - 1) if (at in meant) != (at + 1 in meant))
            if (
                _may_be_name(tokens, meant, place, length)
                and all(is_known(at, at + 2) for at in edges)
                and is_known(place, end)
            ):
                found[place] = length
                break
        place += found.get(place, 1)
    return found


def _words_from(tokens: Sequence[Token], place: int) -> int:
    """Return how many words come next, up to the longest name."""
    words = tokens[place : place + MOST_WORDS_OF_NAME]
    others = (at for at, one in enumerate(words) if one.is_quoted or one.is_mention or one.is_place)
    return next(others, len(words))


def _may_be_name(tokens: Sequence[Token], meant: set[int], place: int, length: int) -> bool:
    """Return whether some of the words mean a kind or a time, and others don't.

    With @ before them, all may: `@Friday Night`.
    """
    words = [one.text for one in tokens[place : place + length]]
    if is_filler(words[0]) or is_filler(words[-1]):
        return False
    several = [at in meant and word[0] != "@" for at, word in enumerate(words, place)]
    return any(several) and not all(several)


def begins_extension(words: Sequence[str]) -> bool:
    """Return whether the first two words are an extension: `ext 102`."""
    return len(words) > 1 and EXTENSION.fullmatch(" ".join(words[:2])) is not None


def is_no_count(words: Sequence[str]) -> bool:
    """Return whether a number before a word such as `week` is an extension: `101 week`."""
    singular = words[1].lower().strip(AROUND_WORDS) if len(words) > 1 else ""
    return singular in PERIODS and _LIKE_EXTENSION.fullmatch(words[0]) is not None


def begins_other_part(words: Sequence[str]) -> bool:
    """Return whether an outcome, an extension, or what was said comes next."""
    first = words[0].lower()
    return (
        first.startswith(PREFIX)
        or (first in BEFORE_PHRASES and len(words) > 1)
        or begins_extension(words)
        or EXTENSION.fullmatch(first) is not None
    )


def is_filler(word: str) -> bool:
    """Return whether a word is no part of a name that it comes before or after."""
    return word.lower().strip(f".{AROUND_WORDS}") in FILLERS


def join_names(names: Sequence[str], *, is_all: bool) -> str:
    """Return the name that the other words are; signs alone count if `is_all` that was typed."""
    kept = _without_fillers(names)
    plain = [name.strip(_AROUND_NAME) for name in kept]
    words = " ".join(name for name in plain if any(map(str.isalnum, name)) or name in _JOINING)
    return words if any(map(str.isalnum, words)) else (" ".join(kept) if is_all else "")


def _without_fillers(names: Sequence[str]) -> Sequence[str]:
    """Return a name without the words before and after it that are no part of it."""
    kept = list(names)
    while kept and is_filler(kept[0]):
        kept.pop(0)
    while kept and is_filler(kept[-1]):
        kept.pop()
    return kept


def refuse_alternatives(tokens: Sequence[Token], at_names: Sequence[int]) -> None:
    """Refuse `or` beside a kind, a day, or a person, and words that exclude one."""
    known = {*range(len(tokens))} - {*at_names}
    for place in at_names:
        word = tokens[place].text.lower().strip(AROUND_WORDS)
        is_surname = word == "no" and place - 1 in at_names  # `Dr No missed`
        if word in _EXCLUDING and place + 1 in known and not is_surname:
            raise NotUnderstood(
                f"Searches find calls and can't leave any out, so “{word}” isn't understood.",
                "/calls answered today",
            )
        if word == "or" and known & {place - 1, place + 1}:
            raise NotUnderstood(
                "Searches can't look for one thing “or” another. Search for each of them.",
                "/calls missed today",
            )


def last_begins_number(words: Sequence[str], used: int, region: str) -> bool:
    """Return whether the last of `used` words isn't a time of day, but begins a phone number.

    `from 0121 496 0123` has one number of the UK, not a time and the number 496 0123. Without 00,
    only numbers of `region` count: `from 9 212-555-0138` may be one of Pakistan, too.
    """
    is_clock = used > 1 and words[used - 2].lower() in _BEFORE_CLOCKS
    if not (is_clock and _LIKE_CLOCK.fullmatch(words[used - 1])):
        return False
    digits = [*takewhile(_DIGITS.fullmatch, words[used - 1 : used + _MOST_GROUPS])]
    has_code = digits[0].startswith("00")
    read = (parse_number(" ".join(digits[:end]), region) for end in range(2, len(digits) + 1))
    return any(
        number and is_valid(number) and (has_code or is_same_country(number, region))
        for number in read
    )


def name_in(words: Sequence[str]) -> str:
    """Return the first word as part of a name: `Ana` of `Ana's missed calls`, not of `Macy's`."""
    name = words[0].removeprefix("@") or words[0]
    is_owner = len(words) > 1 and _is_about_calls(words[1])
    return _POSSESSIVE.sub("", name) if is_owner else name


def _is_about_calls(word: str) -> bool:
    return (
        word.lower().strip(f".{AROUND_WORDS}") in {"call", "calls"}
        or parse_kind([word]) is not None
    )
