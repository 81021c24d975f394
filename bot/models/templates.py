"""Message templates, and filling in their placeholders."""

import re
from dataclasses import dataclass
from itertools import dropwhile

MAX_NAME = 60
# Each takes two blocks of a modal, of the 100 that Slack allows.
MAX_SHOWN = 48
# In one pair of braces or, as other tools write them, in two.
_FIELD = re.compile(
    r"\{{1,3}\s*(name|first[\s_-]+name|number|company|me|line|greeting)\s*\}{1,3}", re.IGNORECASE
)
_LIKE_FIELD = re.compile(r"\{\s*[a-z][a-z _-]{0,30}\}", re.IGNORECASE)
TITLES = frozenset(
    [
        *["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "rev", "ing"],
        *["capt", "msgr"],
        *["sr", "dott", "familie", "fam"],
        *["herr", "herrn", "hr", "hrn", "frau", "fr", "m", "mme", "mlle"],
        *["señor", "señora", "sra", "srta", "signora"],
    ]
)
# Between titles, or after one: `Mr. and Mrs.`, `Dr. med.`
_AFTER_TITLE = frozenset(["", "and", "und", "y", "et", "e", "med", "dent", "vet", "phil", "jur"])
_HOUSEHOLDS = frozenset(["family", "household", "residence"])
# Placeholder of an unknown value, until it is removed with the punctuation around it.
_GAP = "\0"
_CLEANUPS = (
    (rf"{_GAP}['’]s(?!\w)", _GAP),
    (rf"[(\[“«\"'‘]\s*{_GAP}\s*[)\]”»\"'’]", _GAP),  # brackets around nothing
    (rf"{_GAP}(?:[\s,;:&/–—-]*{_GAP})+", _GAP),  # one gap for several
    (rf"^\s*{_GAP}[\s,;:.!?–—-]*", ""),  # at the beginning of a line
    (rf"(?<=[.!?])\s*{_GAP}[\s,;:–—-]+", " "),  # at the beginning of a sentence
    (rf"[\s,;:–—-]*{_GAP}(?=\s*[,;:.!?]|\s*$)", ""),  # before punctuation, or at the end
    (rf"\s*{_GAP}", ""),
)


@dataclass(frozen=True)
class Template:
    """A template; `owner` is a Slack user, or None if everyone in the company can use it.

    `template_id` is None until it is saved. One company template may be for missed calls.
    """

    template_id: int | None
    owner: str | None
    name: str
    body: str
    is_for_missed: bool = False


def fill(
    template: Template,
    *,
    name: str | None,
    number: str | None,
    company: str | None,
    sender: str | None,
    line: str | None = None,
    greeting: str | None = None,
) -> str:
    """Return the text with its placeholders filled in.

    `sender` is for `{me}`, and `line`, the number it is sent from, for `{line}`. Unknown values
    are left out, with the comma or space next to them; empty lines are removed. Other braces are
    kept.
    """
    whole = _in_one_line(name)
    # A contact known only by a number has no name to use.
    whole = whole if any(letter.isalpha() for letter in whole) else ""
    known = {
        "name": whole,
        "first name": _first_name(whole),
        "number": _in_one_line(number),
        "company": _in_one_line(company),
        "me": _in_one_line(sender),
        "line": _in_one_line(line),
        "greeting": _in_one_line(greeting),
    }
    lines = (_fill_line(line, known) for line in template.body.replace(_GAP, "").splitlines())
    return "\n".join(line for line in lines if line is not None).strip()


def has_placeholder(body: str, name: str) -> bool:
    """Return whether a text contains a placeholder, such as `greeting`."""
    return any(_field_name(found[1]) == name for found in _FIELD.finditer(body))


def has_fixed_text(template: Template) -> bool:
    """Return whether text is left if no placeholder has a value."""
    return bool(fill(template, name=None, number=None, company=None, sender=None))


def find_unknown_placeholder(text: str) -> str | None:
    """Return what looks like a placeholder and is none, such as `{firstname}`, or None."""
    likely = (found[0] for found in _LIKE_FIELD.finditer(text))
    return next((one for one in likely if not _FIELD.fullmatch(one)), None)


def _fill_line(line: str, known: dict[str, str]) -> str | None:
    filled = _FIELD.sub(lambda found: known[_field_name(found[1])] or _GAP, line)
    if _GAP not in filled:
        return filled
    for pattern, instead in _CLEANUPS:
        filled = re.sub(pattern, instead, filled)
    return filled if filled.strip() else None


def _first_name(whole: str) -> str:
    """Return the first name; empty if there is only a last name, as of a household."""
    words = whole.split()
    if words and (words[0].casefold() == "the" or words[-1].casefold() in _HOUSEHOLDS):
        return ""
    first = words[0].casefold().strip(".,&") if words else ""
    before = {*TITLES, *_AFTER_TITLE} if first in TITLES else {""}
    names = [*dropwhile(lambda word: word.casefold().strip(".,&") in before, words)]
    has_only_last = len(names) < len(words) and len(names) == 1
    # In lower case, it belongs to a last name, such as `de la Cruz`.
    return "" if has_only_last or not names or names[0].islower() else names[0].rstrip(",")


def _field_name(typed: str) -> str:
    return " ".join(re.split(r"[\s_-]+", typed.lower()))


def _in_one_line(text: str | None) -> str:
    return " ".join((text or "").replace(_GAP, "").split())
