"""Checks of a text before it is sent: the recipient and the body."""

from collections.abc import Collection, Sequence

from bot.models.texts import MAX_CHARACTERS
from bot.phone_numbers import (
    is_emergency,
    is_premium,
    is_same_country,
    is_valid,
    is_whole,
    may_be_mobile,
)
from bot.ui.emoji import find_custom_emoji

EMERGENCY = "Emergency numbers can't receive messages. Please call instead."


def validate_recipient(  # noqa: PLR0911 (a line for each reason)
    number: str,
    *,
    company_numbers: Collection[str],
    regions: Sequence[str],
    has_texted_us: bool = False,
    has_called_us: bool = False,
) -> str | None:
    """Return why a number can't be texted, or None if it can.

    `company_numbers` are in E.164. `regions` are the allowed countries (ISO 3166), the company's
    own first. A number that called us exists, and one that texted us can be texted, even if
    the numbering tables disagree: they are always older than the newest numbers.
    """
    if is_emergency(number, regions[0]):
        return EMERGENCY
    if not is_whole(number):
        return "This isn't a complete phone number."
    if number in company_numbers:
        return "This is one of your company's own numbers."
    if is_premium(number):
        return "This is a premium-rate number, which can't be texted."
    if has_texted_us:
        return None
    if not has_called_us and not is_valid(number):
        return "Invalid phone number. Please check the digits."
    if not any(is_same_country(number, region) for region in regions):
        return (
            "International texting isn't enabled for this country. An admin can allow more"
            " countries."
        )
    if not may_be_mobile(number):
        return "This is a landline, which can't receive messages."
    return None


def validate_body(body: str) -> str | None:
    """Return what is wrong with the body of a text, or None."""
    if not body.strip():
        return "Please enter a message."
    if (over := len(body.strip()) - MAX_CHARACTERS) > 0:
        excess = "1 character" if over == 1 else f"{over:,} characters"
        return f"{excess} over the limit of {MAX_CHARACTERS:,}."
    if code := find_custom_emoji(body):
        return f"SMS can't show {code}, an emoji of your workspace. Please remove it."
    return None
