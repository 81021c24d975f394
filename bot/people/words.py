"""How people are named in answers and lists."""

from bot.models.people import Person, SlackPerson
from bot.ui.mrkdwn import name_of, shorten


def person_in_words(person: Person) -> str:
    """Return a name with the extension, short enough for an option."""
    name = shorten(name_of(person.name or ""), 45)
    extension = name_of(person.extension or "")[:12]
    if name and extension:
        return f"{name} (ext. {extension})"
    return name or (f"Extension {extension}" if extension else "Unnamed person")


def slack_person_in_words(person: SlackPerson) -> str:
    """Return a name with the email address, if there is one."""
    name = name_of(person.name or "") or "Unnamed person"
    return f"{name}, {name_of(person.email)}" if person.email else f"{name}, no email address"


def describe_unlink(person: Person | None, *, is_oneself: bool) -> str:
    """Return the answer after a link to `person` was removed; None where there was none."""
    who = "You" if is_oneself else "They"
    again = "To link an extension, type /vocatech link."
    if person is None:
        verb = "weren't linked to an extension, and won't be linked by email address"
        return f"{who} {verb}. {again}"
    return f"{who}'re no longer linked to {person_in_words(person)}. {again}"
