"""Parsing of phone numbers: one form to compare, one form to read."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import ValidationResult

from bot.phone_numbers.placeholders import is_ip_address, is_placeholder

LONGEST_EXTENSION = 6

# No written number is longer; what is longer is cut before it costs any time.
LONGEST_NUMBER = 60

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

_DASHES = "‐‑‒–—―−﹘﹣－ー"

_DOTS = "·•∙⋅․・･"

SIGNS = re.compile(r"[\d+().\-/ ]+")

_PLUS_INSIDE = re.compile(r"\d.*\+")

# A few spaces only: runs of any length beside each other would take hours to try.
EXTENSION = re.compile(
    r"\s{0,3}(?:[;,]?\s{0,3}(?:ext(?:ension)?|extn|durchwahl|poste)\s{0,3}[.:=]?|x|#|;ext=)"
    r"\s{0,3}(\d{1,7})\b",
    re.IGNORECASE,
)

_VANITY = re.compile(r"\+?\(?\d[\d().\- ]*(?:[A-Z][A-Z\d.\- ]*|(?<=[\d-])[A-Za-z][A-Za-z\d.\-]*)")

# A word on the keys of a phone has three letters or more; a lone O or l is a typing error, and the
# digits of `212-555-XXXX` are hidden.
_KEY_WORD = re.compile(r"^(?!.*xxx).*[a-z]{3}", re.IGNORECASE)

SCHEME = re.compile(r"(?:tel|sms|callto|sips?|whatsapp):/{0,2}", re.IGNORECASE)

# `sip:+12125550138;cpc=ordinary`, but not its `;ext=4`.
_PARAMETERS = re.compile(r";(?!ext=)[a-z][a-z-]*(?:=[^;]*)?", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[^<>]*<([^<>]+)>")

# Mexico dropped the 1 of mobiles in 2019; WhatsApp still sends it.
_MEXICAN_MOBILE = re.compile(r"^\+\s*52\D*1(?=(?:\D*\d){10}\D*$)")
# So did it with what people dialed before mobiles and other areas.
_MEXICAN_PREFIX = re.compile(r"^\(?0(?:1|44|45)\)?(?=(?:\D*\d){10}\D*$)")

# Brazil's `(0xx31)` and `0 XX 31`: dial the code of any carrier there.
CARRIER = re.compile(r"\b0 ?xx ?(?=\d\d\b)", re.IGNORECASE)

_INDIA = 91
_NORTH_AMERICA = 1  # the one calling code where every number has the same length


@lru_cache(maxsize=4096)  # a call is reported several times
def normalise(number: str | None, region: str) -> str | None:
    """Return E.164 (`+12125550123`), or the text as it came when it is no phone number.

    `region` is the ISO 3166 country in which numbers without a country code are read. A
    placeholder for a withheld number is None.
    """
    text = clean(number)[:LONGEST_NUMBER] if number else ""
    if not text:
        return None
    if SIGNS.fullmatch(text):
        digits = phonenumbers.normalize_digits_only(text)
        if is_placeholder(digits, parse_possible(text, region)):
            return None
    return parse_number(text, region) or text


def clean(text: str) -> str:
    """Return a text without invisible characters, with plain digits, dashes and spaces."""
    if text.isascii():
        return text.strip()
    return "".join(char for char, _ in cleaned_characters(text)).strip()


def parse_number(text: str, region: str) -> str | None:
    """Return the number (E.164) that a whole text is, or None.

    An extension after it is left out. Letters on a keypad are read where the text begins with
    digits (`1-800-GOT-JUNK`). Where the national reading is no number, an international one
    without its plus is (`4915112345678`).
    """
    return parse_text(clean(text)[:LONGEST_NUMBER], region)


def lacks_area_code(text: str, region: str) -> bool:
    """Return whether a text is a local number, which needs an area code to be reached."""
    try:
        parsed = phonenumbers.parse(clean(text)[:LONGEST_NUMBER], region)
    except phonenumbers.NumberParseException:
        return False
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    digits = sum(map(str.isdigit, text))
    return reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY and digits > LONGEST_EXTENSION


def cleaned_characters(text: str) -> list[tuple[str, int]]:
    """Return the plain characters of a text, each with its place in the original."""
    plain = []
    for place, char in enumerate(text):
        kind = unicodedata.category(char)
        if char in _DASHES:
            plain.append(("-", place))
        elif char in _DOTS:
            plain.append((".", place))
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
def parse_text(text: str, region: str) -> str | None:
    """Return the number (E.164) that a cleaned text is, or None."""
    if found := _IN_BRACKETS.fullmatch(text):  # "Maria" <sip:+12125550138>
        text = found[1]
    body = CARRIER.sub("0", _PARAMETERS.sub("", SCHEME.sub("", text, count=1)))
    if "@" in body:  # a SIP address; one whose user is a number with a plus is that number
        body, _, _ = body.partition("@")
        if not body.startswith("+"):
            return None
    if found := EXTENSION.search(body):
        rest = body[found.end() :].strip()
        body = body if rest else body[: found.start()]
    body = body.strip(" ,;:")
    if is_ip_address(body) and not _is_written_so(body, region):
        return None
    if SIGNS.fullmatch(body):
        # The 1 of `1. +353 22 12307` counts a list.
        return None if _PLUS_INSIDE.search(body) else _parse_digits(body, region)
    if _VANITY.fullmatch(body) and _KEY_WORD.search(body) and sum(map(str.isdigit, body)) > 2:  # noqa: PLR2004 (1-800, 0800)
        number = _parse_digits(phonenumbers.convert_alpha_characters_in_number(body), region)
        return number if number and is_valid(number) else None
    return None


def _parse_digits(text: str, region: str) -> str | None:
    # Elsewhere than in the US short numbers parse too, but ours are extensions.
    if sum(map(str.isdigit, text)) <= LONGEST_EXTENSION:
        return _parse_short(text, region)
    text = text.lstrip("( ") if "+" in text else text
    if region == "MX":
        text = _MEXICAN_PREFIX.sub("", text)
    if text.startswith("+"):
        abroad = parse_possible(_MEXICAN_MOBILE.sub("+52", text), region)
        return _in_e164(abroad) if abroad else None
    national = parse_possible(text, region)
    digits = phonenumbers.normalize_digits_only(text)
    code = phonenumbers.country_code_for_region(region)
    # `4915112345678`: at home people write 0 first, so the digits begin with the country's code.
    has_prefix = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) == "0"
    is_abroad = has_prefix and digits.startswith(str(code))
    # There, no area code begins with 00: `0050 031234` is one of the Falklands.
    has_length_only = code == _NORTH_AMERICA and not digits.startswith("00")
    is_sure = has_length_only or (national and phonenumbers.is_valid_number(national))
    # Brazil dials a carrier behind 00, but people also write `0055 11` for +55 11.
    is_home = national is not None and national.country_code == code
    if national and is_home and is_sure and not is_abroad:
        return _in_e164(national)
    if code == _NORTH_AMERICA and _begins_with_one(text, region):
        return None
    for without in (digits.removeprefix("00"), digits, without_prefix_abroad(digits, region)):
        written = _MEXICAN_MOBILE.sub("+52", f"+{without}")
        abroad = None if without.startswith("0") else parse_possible(written, region)
        if abroad and phonenumbers.is_valid_number(abroad):
            return _in_e164(abroad)
    return _in_e164(national) if national else None


def _begins_with_one(text: str, region: str) -> bool:
    """Return whether a number of the region is followed by more digits.

    `415-555-0162/3` are two numbers, although its digits are one of Switzerland, too.
    """
    begins = (text[: found.end()] for found in re.finditer(r"\d(?=\D)", text))
    parsed = (parse_possible(one, region) for one in begins)
    return any(one is not None and phonenumbers.is_valid_number(one) for one in parsed)


def without_prefix_abroad(digits: str, region: str) -> str:
    """Return digits without 00, or what people in a region dial before another country's code."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
    prefix = (plan and plan.international_prefix) or "00"
    return re.sub(rf"^(?:{prefix}|00)", "", digits)


def _parse_short(text: str, region: str) -> str | None:
    """Return a number of a country where all numbers are short, such as Andorra's 312 345."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
    landline = plan.fixed_line if plan else None
    if landline is None or max(landline.possible_length or (15,)) > LONGEST_EXTENSION:
        return None
    parsed = parse_possible(text, region)
    return _in_e164(parsed) if parsed and phonenumbers.is_valid_number(parsed) else None


def _is_written_so(text: str, region: str) -> bool:
    """Return whether a text with dots is a number in the groups in which its country writes it."""
    parsed = parse_possible(text, region)
    return parsed is not None and is_grouped_so(parsed, text)


def is_grouped_so(number: phonenumbers.PhoneNumber, written: str) -> bool:
    """Return whether the groups of digits are those in which the number's country writes it."""
    groups = re.findall(r"\d+", written)
    return groups in (*groups_at_home(number), groups_abroad(number))


def groups_at_home(number: phonenumbers.PhoneNumber) -> list[list[str]]:
    """Return the groups of digits, without the country code, in which its country writes it."""
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    # The tables have the 0 of `098765 43210`, which India leaves out.
    ways = (written, written.removeprefix("0")) if number.country_code == _INDIA else (written,)
    return [re.findall(r"\d+", way) for way in ways]


def groups_abroad(number: phonenumbers.PhoneNumber) -> list[str]:
    """Return the groups of digits in which a number is written with its country code."""
    style = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return re.findall(r"\d+", phonenumbers.format_number(number, style))


@lru_cache(maxsize=4096)
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


def is_whole(number: str) -> bool:
    """Return whether this is a phone number in E.164, not an extension or another text."""
    return bool(_E164.fullmatch(number))


def format_number(number: str | None, region: str) -> str | None:
    """Return the number as people in `region` write it; foreign ones with their country code."""
    return _display(number.strip()[:LONGEST_NUMBER], region) if number else None


def format_for(number: str, reader: str) -> str:
    """Return a number (E.164) as the person with another number dials it."""
    parsed = parse_possible(reader, "ZZ")
    region = phonenumbers.region_code_for_country_code(parsed.country_code or 0) if parsed else "ZZ"
    return _display(number, region) or number


@lru_cache(maxsize=4096)
def _display(number: str, region: str) -> str | None:
    text = parse_text(clean(number), region)
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
