"""Parsing of phone numbers: one form to compare, one form to read."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import Leniency, ValidationResult

LONGEST_EXTENSION = 6

# No written number is longer; what is longer is cut before it costs any time.
LONGEST_NUMBER = 60

LONGEST_FIELD = 500

# Withheld numbers arrive as words, and from some carriers as the digits of these words on a
# keypad, with a plus (seen in public bug reports of other phone systems).
_WITHHELD = (
    *("anonymous", "blocked", "callerid", "noname", "nonumber", "private", "restricted"),
    *("unavailable", "unknown", "unlisted", "withheld"),
)

_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")

_PLACEHOLDERS = frozenset(word.translate(_KEYPAD) for word in _WITHHELD)

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

_DASHES = "‐‑‒–—―−﹘﹣－ー"

_SIGNS = re.compile(r"[\d+().\-/ ]+")

_EXTENSION = re.compile(
    r"\s*(?:[;,]?\s*(?:ext(?:ension)?|extn|durchwahl|poste)\b[.:=]?|x|#|;ext=)\s*(\d{1,7})\b",
    re.IGNORECASE,
)

_VANITY = re.compile(r"\+?\(?\d[\d().\- ]*(?:[A-Z][A-Z\d.\- ]*|(?<=[\d-])[A-Za-z][A-Za-z\d.\-]*)")

_SCHEME = re.compile(r"(?:tel|sms|callto|sips?|whatsapp):/{0,2}", re.IGNORECASE)

# The groups of digits at the beginning of a text, with what people write between them.
_RUN = re.compile(r"[+(]?[ (]*\d[\d().\-/ ]*")

_AFTER = re.compile(r"[\s,;:.]*")

# Mexico dropped the 1 of mobiles in 2019; WhatsApp still sends it.
_MEXICAN_MOBILE = re.compile(r"^\+\s*52\s*1(?=(?:\D*\d){10}\D*$)")

_NORTH_AMERICA = 1  # the one calling code where every number has the same length


@dataclass(frozen=True)
class LeadingNumber:
    """The number that a text begins with: in E.164, its extension, and where the rest begins."""

    number: str
    extension: str | None
    end: int


class EndUnclear(Exception):
    """More than one number can be read at the beginning of a text: `choices`, in E.164."""

    def __init__(self, choices: list[str]) -> None:
        """Keep the numbers that the text may begin with."""
        super().__init__(f"{len(choices)} numbers can be read")
        self.choices = choices


def normalise(number: str | None, region: str) -> str | None:
    """Return E.164 (`+12125550123`), or the text as it came when it is no phone number.

    `region` is the ISO 3166 country in which numbers without a country code are read. A
    placeholder for a withheld number is None.
    """
    text = clean(number)[:LONGEST_NUMBER] if number else ""
    if not text or _is_placeholder(text, region):
        return None
    return parse_number(text, region) or text


def clean(text: str) -> str:
    """Return a text without invisible characters, with plain digits, dashes and spaces."""
    return "".join(char for char, _ in _cleaned(text)).strip()


def parse_number(text: str, region: str) -> str | None:
    """Return the number (E.164) that a whole text is, or None.

    An extension after it is left out. Letters on a keypad are read where the text begins with
    digits (`1-800-GOT-JUNK`). Where the national reading is no number, an international one
    without its plus is (`4915112345678`).
    """
    return _parse_text(clean(text)[:LONGEST_NUMBER], region)


def parse_numbers(field: str, region: str) -> tuple[str, ...]:
    """Return the numbers (E.164, each once) in a field that people filled in.

    A field may hold several, parted by `;` (observed), commas, slashes or lines, and labels such
    as "(mobile)" or "home:".
    """
    lines = re.split(
        r"[;\n\r|]|\s[/,]\s|,\s", "".join(char for char, _ in _cleaned(field[:LONGEST_FIELD]))
    )
    numbers = (number for line in lines for number in _find_numbers(line.strip(), region))
    return tuple(dict.fromkeys(numbers))


def split_number(text: str, region: str) -> LeadingNumber | None:
    """Return the number that a text begins with, or None where it begins with none.

    The number ends where the person ended it: at a comma, a line or a letter, after digits
    without spaces that are a number, or where the groups are those in which the number's country
    writes it; never simply at the longest reading. Raises EndUnclear where several ends remain.
    """
    cleaned = _cleaned(text)
    plain = "".join(char for char, _ in cleaned)
    begin = len(plain) - len(plain.lstrip())
    if scheme := _SCHEME.match(plain, begin):
        begin = scheme.end()
    run = _RUN.match(plain, begin)
    if run is None:
        return None
    ends = _possible_ends(plain, run)
    found = _choose(plain, begin, ends, region)
    if found is None:
        return None
    number, end = found
    extension = _EXTENSION.match(plain, end)
    if extension:
        end = extension.end()
    end = _AFTER.match(plain, end).end()  # type: ignore[union-attr]  # it matches nothing, too
    original = cleaned[end][1] if end < len(cleaned) else len(text)
    return LeadingNumber(number, extension[1] if extension else None, original)


def begins_like_number(text: str) -> bool:
    """Return whether a text begins with digits or a plus, as a number does, and has no letters."""
    plain = clean(text)
    return bool(_RUN.match(plain)) and not any(char.isalpha() for char in plain)


def lacks_area_code(text: str, region: str) -> bool:
    """Return whether a text is a local number, which needs an area code to be reached."""
    try:
        parsed = phonenumbers.parse(clean(text)[:LONGEST_NUMBER], region)
    except phonenumbers.NumberParseException:
        return False
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    digits = sum(map(str.isdigit, text))
    return reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY and digits > LONGEST_EXTENSION


def _possible_ends(plain: str, run: re.Match[str]) -> list[int]:
    """Return where the number at the beginning may end, shortest first."""
    ends = []
    for digit in re.finditer(r"\d[).]*(?=(.?))", plain[run.start() : run.end() + 1]):
        after = digit[1]
        # No number ends inside of `212-555`.
        if not after or after.isspace() or not (after.isdigit() or after in "()./-"):
            ends.append(run.start() + digit.end())
    return [end for end in dict.fromkeys(ends) if end <= run.end()]


def _choose(plain: str, begin: int, ends: list[int], region: str) -> tuple[str, int] | None:
    """Return the number and its end, among all ends that make a number."""
    read = [(_parse_text(plain[begin:end].strip(), region), end) for end in ends]
    numbers = [(number, end) for number, end in read if number]
    valid = [(number, end) for number, end in numbers if is_valid(number)]
    found = valid or numbers
    if len(found) < 2:  # noqa: PLR2004 (nothing to choose)
        return found[0] if found else None
    if " " not in plain[begin : found[0][1]].strip():
        return found[0]
    alike = [(n, end) for n, end in found if _is_written_so(n, plain[begin:end], region)]
    rest = plain[alike[0][1] :].strip(" .,;:") if alike else ""
    # `030 123456 78` alone is one number written in an unusual way rather than a text "78".
    if len(alike) == 1 and (not rest or not _SIGNS.fullmatch(rest)):
        return alike[0]
    if plain[ends[-1] :].lstrip(" ").startswith((",", ";", ":", "\n")) and ends[-1] == found[-1][1]:
        return found[-1]  # the person ended the number there
    raise EndUnclear([number for number, _ in found])


def _is_written_so(number: str, written: str, region: str) -> bool:
    """Return whether the groups of digits are those in which the number's country writes it."""
    parsed = phonenumbers.parse(number, region)
    groups = re.findall(r"\d+", written)
    formats = phonenumbers.PhoneNumberFormat
    return any(
        groups == re.findall(r"\d+", phonenumbers.format_number(parsed, style))
        for style in (formats.NATIONAL, formats.INTERNATIONAL)
    )


def _cleaned(text: str) -> list[tuple[str, int]]:
    """Return the plain characters of a text, each with its place in the original."""
    plain = []
    for place, char in enumerate(text):
        kind = unicodedata.category(char)
        if char in _DASHES:
            plain.append(("-", place))
        elif kind == "Zs":
            plain.append((" ", place))
        elif kind == "Cf" or "︀" <= char <= "️":  # direction marks, joiners, variants
            continue
        elif kind == "Nd":
            plain.append((str(unicodedata.decimal(char)), place))
        else:
            folded = unicodedata.normalize("NFKC", char)
            plain.append((folded if len(folded) == 1 else char, place))
    return plain


@lru_cache(maxsize=4096)
def _parse_text(text: str, region: str) -> str | None:
    body = _SCHEME.sub("", text, count=1)
    if "@" in body:  # a SIP address; one whose user is a number with a plus is that number
        body, _, _ = body.partition("@")
        if not body.startswith("+"):
            return None
    if found := _EXTENSION.search(body):
        rest = body[found.end() :].strip()
        body = body if rest else body[: found.start()]
    body = body.strip(" ,;:")
    if _SIGNS.fullmatch(body):
        return _parse_digits(body, region)
    if _VANITY.fullmatch(body) and sum(map(str.isdigit, body)) > 2:  # noqa: PLR2004 (1-800, 0800)
        number = _parse_digits(phonenumbers.convert_alpha_characters_in_number(body), region)
        return number if number and is_valid(number) else None
    return None


def _parse_digits(text: str, region: str) -> str | None:
    # Elsewhere than in the US short numbers parse too, but ours are extensions.
    if sum(map(str.isdigit, text)) <= LONGEST_EXTENSION:
        return None
    if text.startswith("+"):
        abroad = parse_possible(_MEXICAN_MOBILE.sub("+52", text), region)
        return _in_e164(abroad) if abroad else None
    national = parse_possible(text, region)
    digits = phonenumbers.normalize_digits_only(text)
    code = phonenumbers.country_code_for_region(region)
    # `4915112345678`: at home people write 0 first, so the digits begin with the country's code.
    has_prefix = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) == "0"
    is_abroad = has_prefix and digits.startswith(str(code))
    is_sure = code == _NORTH_AMERICA or (national and phonenumbers.is_valid_number(national))
    if national and is_sure and not is_abroad:
        return _in_e164(national)
    for without in (digits.removeprefix("00"), digits):
        abroad = None if without.startswith("0") else parse_possible(f"+{without}", region)
        if abroad and phonenumbers.is_valid_number(abroad):
            return _in_e164(abroad)
    return _in_e164(national) if national else None


def parse_possible(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    """Return a number whose length is possible, or None."""
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    # A local number without its area code is possible, too, but no one can be reached by it.
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    return parsed if reason == ValidationResult.IS_POSSIBLE else None


def _in_e164(parsed: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _find_numbers(line: str, region: str) -> list[str]:
    whole = _parse_text(line[:LONGEST_NUMBER], region)
    if whole and is_valid(whole):
        return [whole]
    for leniency in (Leniency.VALID, Leniency.POSSIBLE):
        text = " ".join(word for word in line.split() if "@" not in word)
        matches = phonenumbers.PhoneNumberMatcher(text, region, leniency=leniency)
        found = [_parse_text(match.raw_string, region) for match in matches]
        if numbers := [number for number in found if number]:
            return numbers
    parts = (part.strip() for part in re.split(r"[,/]", line))
    return [whole] if whole else [n for part in parts if (n := _parse_text(part, region))]


def _is_placeholder(text: str, region: str) -> bool:
    digits = phonenumbers.normalize_digits_only(text)
    if digits not in _PLACEHOLDERS or not _SIGNS.fullmatch(text):
        return False
    national = None if text.startswith("+") else parse_possible(text, region)
    return national is None or not phonenumbers.is_valid_number(national)


def is_whole(number: str) -> bool:
    """Return whether this is a phone number in E.164, not an extension or another text."""
    return bool(_E164.fullmatch(number))


def format_number(number: str | None, region: str) -> str | None:
    """Return the number as people in `region` write it; foreign ones with their country code."""
    return _display(number.strip()[:LONGEST_NUMBER], region) if number else None


@lru_cache(maxsize=4096)
def _display(number: str, region: str) -> str | None:
    text = _parse_text(clean(number), region)
    if text is None:
        return number or None
    parsed = phonenumbers.parse(text, region)
    at_home = phonenumbers.country_code_for_region(region) == parsed.country_code
    formats = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        parsed, formats.NATIONAL if at_home else formats.INTERNATIONAL
    )


@lru_cache(maxsize=4096)
def is_valid(number: str) -> bool:
    """Return whether a number (E.164) is in use, by its country's numbering plan as known here.

    Plans grow: a number that called or texted exists, even if the tables don't know it.
    """
    parsed = parse_possible(number, "ZZ")
    return parsed is not None and phonenumbers.is_valid_number(parsed)
