"""Recipient lookup for /sms: a phone number or a contact's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.models.contacts import Contact
from bot.people.names import contacts_of, slack_name, without_title
from bot.phone_numbers import (
    EndUnclear,
    LeadingNumber,
    begins_like_number,
    format_number,
    is_valid,
    is_whole,
    lacks_area_code,
    parse_number,
    split_number,
)
from bot.store import Store
from bot.store.search.contacts import make_findable
from bot.store.search.folding import cut_query
from bot.texts.modals import MAX_RECIPIENTS, Recipient
from bot.ui.command_text import Token, read_words, tokenize
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import name_of, shorten

MAX_WORDS_IN_NAME = 4
MAX_QUOTED = 80
MOST_SUGGESTED = 4
LEAST_OF_A_NAME = 2  # letters; one alone is a word such as `I` or `a`
_JOINING = frozenset({"and", "&", "+", "und", "y", "et"})
_DASHES = frozenset("-–—")
_BEFORE_SECOND = re.compile(r"(?:and|und|y|et|[&+/])\s+(?=\S)", re.IGNORECASE)
_BEFORE_RECIPIENT = re.compile(r"\s*(?:(?:to|text|sms|message|send)\s+)+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Addressed:
    """The recipients that typed text begins with, and the body after them.

    `typed` is the beginning as it was typed, `extension` the one after a number, `also` the name
    of a second contact, or a second number, that the body begins with. `unreachable` is the name of
    a contact who may be meant, too, but has no number.
    """

    recipients: Sequence[Recipient]
    typed: str
    body: str
    extension: str | None = None
    also: str = ""
    unreachable: str = ""


class ExtensionUnclear(EndUnclear):
    """After the number there is an extension, or else the message begins: `x2 tickets`."""


def find_recipients(typed: str, store: Store, region: str) -> Addressed:
    """Return the recipients that typed text begins with; raises EndUnclear."""
    found = _find(typed, store, region)
    is_known = found.recipients or found.unreachable
    before = None if is_known else _BEFORE_RECIPIENT.match(typed)
    return _find(typed[before.end() :], store, region) if before else found


def _find(typed: str, store: Store, region: str) -> Addressed:
    def read(text: str) -> str:
        return read_words(text, lambda user: slack_name(user, store))

    tokens, text = tokenize(typed), read(typed)
    if number := _leading_number(tokens, text, region):
        if number.unclear:
            raise ExtensionUnclear([number.unclear])
        name = next((one.name for one in contacts_of(number.number, store)), None)
        said, body = text[: number.end], text[number.end :].strip()
        also = _second_number(body, number.number, region)
        return Addressed([Recipient(number.number, name)], said, body, number.extension, also)
    # A quoted name is complete; otherwise the longest beginning that matches a contact is the name.
    for length in range(_longest_name(tokens), 0, -1):
        name = " ".join(token.text for token in tokens[:length])
        contacts = _find_by_name(name, store, has_body=length < len(tokens))
        if contacts := [one for one in contacts if _is_name_of(one, name)]:
            found = [
                Recipient(number, contact.name, contact.contact_id)
                for contact in contacts
                for number in contact.numbers
                if is_whole(number)
            ]
            also = _second_name(tokens[length - 1 :], contacts, store)
            body = read(typed[tokens[length - 1].end :])
            unreachable = _unreachable(name, contacts)
            return Addressed(found[:MAX_RECIPIENTS], name, body, None, also, unreachable)
    return Addressed([], text, "")


def _longest_name(tokens: Sequence[Token]) -> int:
    """Return how many words at most are a name: no more after a colon or a dash, and none twice."""
    if tokens[0].is_quoted:
        return 1
    known: set[str] = set()
    for at, token in enumerate(tokens[:MAX_WORDS_IN_NAME]):
        words = {*cut_query(token.text)}
        if words and words <= known:
            return at
        if token.text.endswith(":") or token.text in _DASHES:
            return at + 1
        known |= words
    return min(len(tokens), MAX_WORDS_IN_NAME)


def _is_name_of(contact: Contact, typed: str) -> bool:
    """Return whether what follows a comma belongs to the name, as in `Lopez, Maria`.

    That of a company may have a comma, as in `Acme, Inc.`, but in `Maria Lopez, Acme said yes`, the
    company begins the body.
    """
    after = typed.rpartition(",")[2] if "," in typed.rstrip(",") else ""
    is_of_person = {*cut_query(after)} <= {*cut_query(name_of(contact.name or ""))}
    return is_of_person or any(typed.lower() in one.lower() for one in contact.fields.values())


def _unreachable(typed: str, contacts: Sequence[Contact]) -> str:
    """Return the name of a contact with a typed name who has no number; empty if there is none.

    A second entry for the same person doesn't count.
    """
    reachable = [contact for contact in contacts if any(map(is_whole, contact.numbers))]
    names = {name_of(contact.name).casefold() for contact in reachable if contact.name}
    others = [one for one in contacts if one not in reachable and is_named(one, typed)]
    found = (name_of(one.name) for one in others if one.name)
    return next((name for name in found if name.casefold() not in names), "")


def find_named(typed: str, store: Store) -> list[Contact]:
    """Return the contacts whose name or email address a text is, even those without a number."""
    return [one for one in _find_by_name(typed, store, has_body=False) if is_named(one, typed)]


def is_named(contact: Contact, typed: str) -> bool:
    """Return whether a text is an email address or whole words of a name of a contact.

    A part of a name, such as Ben of Bennett, is enough only where someone sees who is meant.
    """
    if "@" in typed[1:]:
        return typed.strip().lower() in map(str.lower, contact.fields.values())
    words = cut_query(typed)
    return bool(words) and _has_name(make_findable(contact).names.split(), words, has_body=True)


def explain_end(unclear: EndUnclear, locale: Locale) -> str:
    """Return a sentence for a number that could end in several places."""
    if isinstance(unclear, ExtensionUnclear):
        said = unclear.choices[0]
        return (
            f"“{said}” could be an extension or the beginning of the message. Put a comma after the"
            f" phone number or after “{said}”."
        )
    choices = [locale.number(number) for number in unclear.choices]
    listed = f"{', '.join(choices[:-1])} or {choices[-1]}"
    return f"This could be {listed}. Write the phone number without spaces, then the message."


def example_of_end(unclear: EndUnclear) -> str:
    """Return a command in which it's clear where the number ends."""
    if isinstance(unclear, ExtensionUnclear):
        return "/sms (212) 555-0123, 10 AM works"
    return "/sms 2125550123 10 AM works"


def explain_no_one(typed: str, store: Store, region: str) -> str:
    """Return a sentence for typed text that begins with neither a number nor a contact's name."""
    digits = []
    tokens = tokenize(typed)
    for token in tokens:
        if not begins_like_number(token.text):
            break
        digits.append(token.text)
    number = shorten(name_of(" ".join(digits)), MAX_QUOTED)
    if digits and lacks_area_code(number, region):
        return f"“{number}” has no area code. Please add it."
    if digits:
        return f"“{number}” is not a phone number."
    if name := find_recipients(typed, store, region).unreachable:
        return f"{name} has no phone number. Add one to the contact first."
    said = shorten(read_words(typed), MAX_QUOTED)
    meant = _nearest_name(tokens, store)
    question = f" Did you mean {meant}?" if meant else ""
    return f"No phone number or contact matches “{said}”.{question}"


def _leading_number(tokens: Sequence[Token], text: str, region: str) -> LeadingNumber | None:
    if found := split_number(text, region):
        return found
    # A number in quotes, or one with letters, such as 1-800-GOT-JUNK.
    first = tokens[0].text
    number = parse_number(first, region)
    if number is None:
        return None
    at = text.find(first)
    end = at + len(first)
    return LeadingNumber(number, None, end + 1 if tokens[0].is_quoted else end)


def _find_by_name(name: str, store: Store, *, has_body: bool) -> list[Contact]:
    """Return the contacts with this name, company, or email address.

    Notes and digits of numbers don't count: no one means the person by them. If a body follows,
    words must be whole: `Mei it is ready` is a text to Mei, not to Mei Ito, and `the order` none to
    Theresa.
    """
    if "@" in name[1:]:
        found = store.contacts.search(name, limit=MAX_RECIPIENTS)
        typed = name.lower()
        return [one for one in found if typed in map(str.lower, one.fields.values())]
    words = cut_query(name)
    return [
        contact
        for contact in store.contacts.search_names(name, limit=MAX_RECIPIENTS)
        if _has_name(make_findable(contact).names.split(), words, has_body=has_body)
    ]


def _second_name(tokens: Sequence[Token], first: Sequence[Contact], store: Store) -> str:
    """Return the name of a second contact, as in `Maria, Ben see you`; empty if there is none.

    `tokens` begin with the end of the first name.
    """
    rest = list(tokens[1:])
    if rest and rest[0].text.lower() in _JOINING:
        rest.pop(0)
    elif not tokens[0].text.endswith((",", ";", "&", "+")):
        return ""
    for length in range(min(len(rest), MAX_WORDS_IN_NAME), 0, -1):
        name = " ".join(token.text for token in rest[:length])
        known = {one.contact_id for one in first}
        for contact in _find_by_name(name, store, has_body=True):
            if contact.contact_id not in known and contact.name:
                return contact.name
    return ""


def _second_number(body: str, first: str, region: str) -> str:
    """Return a second number, as in `212-555-0138, 212-555-0139 hi`; empty if there is none."""
    before = _BEFORE_SECOND.match(body)
    try:
        found = split_number(body[before.end() :] if before else body, region)
    except EndUnclear as unclear:
        number = unclear.choices[0]
    else:
        number = found.number if found else ""
    return (format_number(number, region) or "") if number != first and is_valid(number) else ""


def _has_name(names: Sequence[str], words: Sequence[str], *, has_body: bool) -> bool:
    return all(
        word in names
        or (
            not has_body
            and len(word) >= LEAST_OF_A_NAME
            and any(one.startswith(word) for one in names)
        )
        for word in words
    )


def _nearest_name(tokens: Sequence[Token], store: Store) -> str:
    """Return the names of contacts that the text almost begins with; empty if there is none.

    Of the many people named Lopez whom `Mr. Lopez` may mean, it names none, but returns `Lopez`.
    """
    is_title = len(tokens) > 1 and bool(without_title(f"{tokens[0].text} x"))
    for length in (2, 1):
        typed = " ".join(token.text for token in tokens[is_title : is_title + length])
        if is_title and (named := _find_by_name(typed, store, has_body=True)):
            return _names(named) if len(named) <= MOST_SUGGESTED else name_of(typed)
        if found := store.contacts.search_alike(typed, MOST_SUGGESTED):
            return _names(found)
    return ""


def _names(contacts: Sequence[Contact]) -> str:
    return " or ".join(dict.fromkeys(name_of(one.name) for one in contacts if one.name))
