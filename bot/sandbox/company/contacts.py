"""The company's contact fields, and generated contacts."""

import random
from typing import Any, Final

from bot.sandbox.company.model import (
    ABROAD,
    FIRMS,
    FIRST_NAMES,
    HOSTILE_NAMES,
    LAST_NAMES,
    Caller,
    DemoCompany,
)

Fields = dict[str, str]

# Name, whether it contains phone numbers, and whether an import matches by it.
_FIELDS: Final = (
    ("First Name", False, False),
    ("Last Name", False, False),
    ("Company", False, False),
    ("Phone", True, True),
    ("Mobile", True, False),
    ("Email", False, False),
    ("Notes", False, False),
)
NOTES: Final = (
    "Prefers a call back after 4 pm.",
    "Ordered twice this year.",
    "Ask about the delivery in March.\nThe gate code is on the order.",
    "Spricht lieber Deutsch.",
    "",
)
WAYS: Final = ("+1{}{}{}", "({}) {}-{}", "{}-{}-{}", "+1 {} {} {}", "{}.{}.{}")
# Enough area codes for a hundred thousand contacts.
AREAS: Final = (
    *("201", "202", "203", "205", "206", "207", "208", "209", "210", "213", "214", "215"),
    *("216", "217", "218", "219", "224", "225", "228", "229", "231", "234", "239"),
)


def make_contact_fields() -> list[dict[str, Any]]:
    """Return the company's fields as `GET /contacts/fields` lists them."""
    usual = {"reports_enabled": True, "hide_no_data": False, "show_in_fields": True}
    return [
        {"id": 41 + place, "name": name, "order": place, "is_phone": phone, "is_match": match}
        | usual
        | {"is_integration": False}
        for place, (name, phone, match) in enumerate(_FIELDS)
    ]


def make_contacts(
    company: DemoCompany, *, seed: int = 1, count: int = 60, hostile: bool = False
) -> list[Fields]:
    """Return generated contacts, first the known callers; the seed decides.

    Some share a number, have several in one field or none, or live abroad. `hostile` adds hostile
    names at the end, beyond the count.
    """
    rng = random.Random(seed)
    known = [_from_caller(rng, caller) for caller in company.callers if caller.name is not None]
    made = known[:count]
    while len(made) < count:
        made.append(_make_contact(rng, len(made), made))
    if hostile:
        made += [
            {"First Name": name, "Phone": f"+1212555{500 + place:04}"}
            for place, name in enumerate(HOSTILE_NAMES)
        ]
    return made


def _from_caller(rng: random.Random, caller: Caller) -> Fields:
    name = caller.name or ""
    if name in FIRMS:
        return {"Company": name, "Phone": caller.number}
    first, _, last = name.partition(" ")
    fields = {"First Name": first, "Last Name": last, "Phone": caller.number}
    return fields | _filled("Notes", rng.choice(NOTES))


def _make_contact(rng: random.Random, place: int, made: list[Fields]) -> Fields:
    first, last = rng.choice(FIRST_NAMES.split()), rng.choice(LAST_NAMES.split())
    fields = {"First Name": first, "Last Name": last}
    fields |= _filled("Company", rng.choice(("", "", *FIRMS)))
    fields |= _filled("Phone", _make_numbers(rng, place, made))
    if rng.random() < 0.3:
        fields["Mobile"] = _make_number(rng, place, "556")
    if rng.random() < 0.5:
        fields["Email"] = f"contact{place}@example.com"
    return fields | _filled("Notes", rng.choice(NOTES))


def _make_numbers(rng: random.Random, place: int, made: list[Fields]) -> str:
    chance = rng.random()
    if chance < 0.06:
        return ""
    if chance < 0.12 and made:
        return made[rng.randrange(len(made))].get("Phone", "")
    if chance < 0.20:
        return rng.choice(ABROAD).format(place % 100)
    own = _make_number(rng, place, "555")
    return f"{own};{_make_number(rng, place, '557')}" if chance < 0.32 else own


def _make_number(rng: random.Random, place: int, exchange: str) -> str:
    area, line = AREAS[place % len(AREAS)], 160 + place // len(AREAS)
    return rng.choice(WAYS).format(area, exchange, f"{line % 10_000:04}")


def _filled(name: str, value: str) -> Fields:
    return {name: value} if value else {}
