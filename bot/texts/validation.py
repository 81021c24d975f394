"""The noun "writing": a text that somebody is about to write, and what stands in its way."""

from collections.abc import Collection, Sequence

from bot.models.texts import MOST_CHARACTERS
from bot.phone_numbers import is_emergency, is_same_country, is_valid, is_whole, may_be_mobile


def blocked_because(  # noqa: PLR0911 (a line for each reason)
    number: str, *, ours: Collection[str], regions: Sequence[str]
) -> str | None:
    """Say why nobody can write to a number, or None where one can.

    `ours` are the company's own numbers (E.164), `regions` the countries (ISO 3166) to which texts
    go, our own first.
    """
    if is_emergency(number, regions[0]):
        return "This is an emergency number. Texts from here do not reach them: please call."
    if not is_whole(number):
        return "This is no whole phone number, so no text can go there."
    if not is_valid(number):
        return "There is no such number, so no text can go there. Please look at its digits."
    if number in ours:
        return "This is one of your company's own numbers."
    if not any(is_same_country(number, region) for region in regions):
        return (
            f"This number is of another country. Texts go to {' and '.join(regions)} only, as long"
            " as an admin names no more countries in TEXT_REGIONS."
        )
    if not may_be_mobile(number):
        return "This is a landline, which gets no texts."
    return None


def what_is_wrong_with(words: str) -> str | None:
    """Say what is wrong with the words of a text, or None."""
    if not words.strip():
        return "Please write something: a text without words is not sent."
    if (over := len(words.strip()) - MOST_CHARACTERS) > 0:
        many = "1 character" if over == 1 else f"{over:,} characters"
        return f"{many} too many: a text has at most {MOST_CHARACTERS:,}."
    return None
