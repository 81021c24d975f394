"""The noun "template": a text that is written once and sent to many, with their names filled in."""

import re
from dataclasses import dataclass

MOST_NAME = 60
# Two blocks of a modal for each, of the hundred that Slack allows.
MOST_SHOWN = 48
_FIELD = re.compile(r"\{\s*(name|first\s+name|number|company|me)\s*\}", re.IGNORECASE)
# Stands for a field whose value is not known, until it and what belonged to it are taken out.
_GAP = "\0"
_MENDS = (
    (rf"[(\[“«\"'‘]\s*{_GAP}\s*[)\]”»\"'’]", _GAP),  # brackets around nothing
    (rf"{_GAP}(?:[\s,;:&/–—-]*{_GAP})+", _GAP),  # one gap for several
    (rf"^\s*{_GAP}[\s,;:.!?–—-]*", ""),  # at the beginning of a line
    (rf"(?<=[.!?])\s*{_GAP}[\s,;:–—-]+", " "),  # at the beginning of a sentence
    (rf"[\s,;:–—-]*{_GAP}(?=\s*[,;:.!?]|\s*$)", ""),  # before a sign, or at the end
    (rf"\s*{_GAP}", ""),
)


@dataclass(frozen=True)
class Template:
    """A template; `owner` is a Slack user, or None where it is the whole company's.

    `template_id` is None until it is kept. One of the company's may be for missed calls.
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
) -> str:
    """Give the text with `{name}`, `{first name}`, `{number}`, `{company}` and `{me}` filled in.

    What is not known is left out, with the comma or the space that belonged to it; a line of which
    nothing is left goes. Other braces stay as they were typed.
    """
    whole = _in_one_line(name)
    # A contact that is known by a number alone has nothing to be called by.
    whole = whole if any(letter.isalpha() for letter in whole) else ""
    known = {
        "name": whole,
        "first name": whole.partition(" ")[0].rstrip(","),
        "number": _in_one_line(number),
        "company": _in_one_line(company),
        "me": _in_one_line(sender),
    }
    lines = (_fill_line(line, known) for line in template.body.replace(_GAP, "").splitlines())
    return "\n".join(line for line in lines if line is not None).strip()


def says_something(template: Template) -> bool:
    """Say whether words are left where nothing is known that could be filled in."""
    return bool(fill(template, name=None, number=None, company=None, sender=None))


def _fill_line(line: str, known: dict[str, str]) -> str | None:
    filled = _FIELD.sub(lambda found: known[_in_one_line(found[1]).lower()] or _GAP, line)
    if _GAP not in filled:
        return filled
    for pattern, instead in _MENDS:
        filled = re.sub(pattern, instead, filled)
    return filled if filled.strip() else None


def _in_one_line(text: str | None) -> str:
    return " ".join((text or "").replace(_GAP, "").split())
