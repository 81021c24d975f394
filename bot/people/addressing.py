"""Names to address customers by: those of contacts, without the notes of colleagues."""

import re
import unicodedata

# `(pays late)`, `[VIP]`, `{vip}`, `<plumber>`, `*VIP*`, `_vip_`, and `"Mimi"`.
_IN_BRACKETS = re.compile(
    r"\([^)]*\)?|\[[^\]]*\]?|\{[^}]*\}?|<[^>]*>?|（[^）]*）?|【[^】]*】?|\*+[^*]*\*+"
    r"|(?<!\w)_[^_]*_(?!\w)|[\"“”„«»][^\"“”„«»]*[\"“”„«»]?"
)

# What a note follows: `: owes $5`, ` - Acme`, ` -- VIP`, `/ Ben`, ` #12`, `. Owes`, `DO NOT TEXT`.
_BEFORE_NOTE = re.compile(
    r"\s[-‐‑·]|[-‐‑·]\s|--|[‒–—―]|[:;/\\|=~#+•>→…!?$%：；／、，]|\.\."
    r"|(?<=\w{4})(?<!\bprof)(?<!\bcapt)(?<!\bfrau)(?<!\bmsgr)\.\s"
    r"|\b(?:do not|don[’']?t|dnc|vip|c/o)\b",
    re.IGNORECASE,
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
# What people and networks write where there is no name.
_NO_NAME = frozenset(
    (
        *("anonymous", "blocked", "caller", "cell phone", "client", "contact", "customer", "na"),
        *("new contact", "no name", "none", "private", "private caller", "private number"),
        *("restricted", "spam", "test", "toll free", "toll free call", "toll free caller"),
        *("unavailable", "unknown", "unknown caller", "unknown name", "unknown number"),
        *("wireless", "wireless call", "wireless caller"),
    )
)
# In front of a number that is no part of a name.
_PLACES = frozenset(("apartment", "apt", "flat", "house", "lot", "room", "suite", "unit"))
# What people add to a name if someone has several numbers. In capitals, most are a part of a name,
# as in Nursing Home.
_LABELS = frozenset(("cell", "Cell", "CELL", "home", "mobile", "office", "phone", "work"))
_DASHES = frozenset("-‐‑‒–—―")
# A short word in capitals before a note, as in `ZZ - Maria`, is a mark rather than a name.
_LONGEST_MARK = 4
_MOST_GIVEN_NAMES = 2


def name_to_address(name: str) -> str | None:
    """Return the name to address a person by, or None if it is unclear which part that is.

    `Maria Lopez (pays late)`, `Maria Lopez, pays late`, and `Lopez, Maria` are Maria Lopez.
    """
    plain = " ".join(_IN_BRACKETS.sub(" ", name).split())
    parts = _BEFORE_NOTE.split(plain, maxsplit=1)
    head = _without_symbols(parts[0])
    is_mark = head.isupper() and len(head) <= _LONGEST_MARK
    is_letter = len(head) == 1 and head.isascii()
    if not head or is_letter or (is_mark and len(parts) > 1) or _is_label(head, plain):
        return None
    addressed = _in_order(*map(_without_label, head.split(",")))
    words = " ".join(re.findall(r"\w+", (addressed or "").casefold()))
    return None if words in _NO_NAME | _PLACES else addressed


def _is_label(head: str, plain: str) -> bool:
    """Return whether what a name begins with may be a note about it, as in `Debtor: Maria Lopez`.

    What follows looks like a name, then. A dash also follows a name, as in `Maria Lopez - Acme`.
    """
    found = _BEFORE_NOTE.search(plain)
    if not found:
        return False
    rest = _BEFORE_NOTE.split(plain[found.end() :], maxsplit=1)[0].split()
    is_loud = plain.isupper()
    if not rest or not all(_is_capitalized(word, is_loud=is_loud) for word in rest):
        return False
    sign, words = found[0].strip(), head.split()
    is_unlike_name = words[-1].islower() if len(words) > 1 else len(rest) > 1
    return sign == ":" or (set(sign) <= _DASHES and is_unlike_name)


def _is_capitalized(word: str, *, is_loud: bool) -> bool:
    """Return whether a word is written as names are; in a name in capitals, all are."""
    letters = word.strip(".,")
    return letters[:1].isupper() and (is_loud or not letters.isupper() or len(letters) == 1)


def _without_label(part: str) -> str:
    """Return a part of a name without the kind of its number behind it."""
    words = part.split()
    while len(words) > 1 and words[-1] in _LABELS:
        words.pop()
    return " ".join(words)


def _without_symbols(text: str) -> str:
    """Return a text without emoji and other signs, and without what begins with a number."""
    plain = "".join(
        " " if char in "*_" or unicodedata.category(char).startswith("S") else char for char in text
    )
    kept: list[str] = []
    for word in plain.split():
        is_suffix = word.casefold().strip(".,") in _SUFFIXES
        if any(char.isdigit() for char in word) and not is_suffix:
            break
        if word == "&" or any(char.isalpha() for char in word) or is_suffix:
            kept.append(word)
    return " ".join(kept).strip(" ,&")


def _in_order(first: str, *rest: str) -> str | None:
    """Return the parts of a name between commas as it is said; None if that is unclear."""
    others = [part for part in rest if part]
    suffixes = [part for part in others if _is_suffix(part)]
    if not first or len(suffixes) == len(others):
        return ", ".join([first, *suffixes]) if first else None
    words, given = first.split(), others[0].split()
    is_last_name = all(word.casefold() in _PARTICLES for word in words[:-1])
    is_note = given[0][0].islower() and not first[0].islower()
    if (
        is_last_name
        and not is_note
        and len(given) <= _MOST_GIVEN_NAMES
        and others[0] not in suffixes
    ):
        return f"{others[0]} {first}"
    # `Maria Lopez, pays late`; but no one knows how `García López, María` is addressed.
    return first if is_note and len(words) > 1 else None


def _is_suffix(part: str) -> bool:
    words = part.casefold().replace(".", "").split()
    return bool(words) and all(word in _SUFFIXES for word in words)
