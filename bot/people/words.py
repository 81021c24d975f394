"""Owns how people of ours are named in answers and lists."""

from bot.models.people import Person, SlackPerson
from bot.ui.mrkdwn import name_of, shorten


def person_in_words(person: Person) -> str:
    """Give a name with the extension, as short as a choice may be."""
    name = shorten(name_of(person.name or ""), 45)
    extension = name_of(person.extension or "")[:12]
    if name and extension:
        return f"{name} (ext. {extension})"
    return name or (f"Extension {extension}" if extension else "Somebody without a name")


def slack_person_in_words(person: SlackPerson) -> str:
    """Give a name with the e-mail address, where there is one."""
    name = name_of(person.name or "") or "Somebody without a name"
    return f"{name}, {name_of(person.email)}" if person.email else f"{name}, no e-mail address"
