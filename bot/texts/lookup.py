"""Recipient lookup for /sms: a phone number or a contact's name."""

import re
from collections.abc import Sequence

from bot.people.names import contacts_of
from bot.phone_numbers import is_whole, normalise
from bot.store import Store
from bot.texts.modals import MAX_RECIPIENTS, Recipient
from bot.ui.command_text import Token

MAX_WORDS_IN_NAME = 4

_NUMBER = re.compile(r"[+()\d][\d().\-/]*")


def find_recipients(
    tokens: Sequence[Token], store: Store, region: str
) -> tuple[list[Recipient], int]:
    """Return the recipients that the first tokens match, and how many tokens they used."""
    number, used = _leading_number(tokens, region)
    if number:
        name = next((one.name for one in contacts_of(number, store)), None)
        return [Recipient(number, name)], used
    # A quoted name is complete; otherwise the longest beginning that matches a contact is the name.
    longest = 1 if tokens[0].is_quoted else min(len(tokens), MAX_WORDS_IN_NAME)
    for length in range(longest, 0, -1):
        name = " ".join(token.text for token in tokens[:length])
        if contacts := store.contacts.search(name, limit=MAX_RECIPIENTS):
            found = [
                Recipient(number, contact.name, contact.contact_id)
                for contact in contacts
                for number in contact.numbers
                if is_whole(number)
            ]
            return found[:MAX_RECIPIENTS], length
    return [], 0


def _leading_number(tokens: Sequence[Token], region: str) -> tuple[str | None, int]:
    """Return the longest beginning that is one phone number, such as `212 555 0123`."""
    digits = 0
    while digits < len(tokens) and _NUMBER.fullmatch(tokens[digits].text):
        digits += 1
    for length in range(digits, 0, -1):
        number = normalise(" ".join(token.text for token in tokens[:length]), region)
        if number and is_whole(number):
            return number, length
    return None, 0
