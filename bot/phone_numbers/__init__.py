"""Phone numbers: parsing what people type and Vocatech sends, and what numbering plans say."""

from bot.phone_numbers.fields import parse_numbers
from bot.phone_numbers.leading import (
    EndUnclear,
    LeadingNumber,
    begins_like_number,
    split_number,
)
from bot.phone_numbers.numbering_plans import (
    forms_of,
    is_emergency,
    is_premium,
    is_same_country,
    may_be_mobile,
)
from bot.phone_numbers.parsing import (
    LONGEST_EXTENSION,
    clean,
    format_for,
    format_number,
    is_valid,
    is_whole,
    lacks_area_code,
    normalise,
    parse_number,
)

__all__ = [
    "LONGEST_EXTENSION",
    "EndUnclear",
    "LeadingNumber",
    "begins_like_number",
    "clean",
    "format_for",
    "format_number",
    "forms_of",
    "is_emergency",
    "is_premium",
    "is_same_country",
    "is_valid",
    "is_whole",
    "lacks_area_code",
    "may_be_mobile",
    "normalise",
    "parse_number",
    "parse_numbers",
    "split_number",
]
