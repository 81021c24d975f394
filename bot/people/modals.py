"""Modals about people: linked extensions, personal settings."""

import json
from collections.abc import Collection, Sequence

from bot.models.channels import QuietHours
from bot.models.people import Mentions, Person, Preference, SlackPerson
from bot.people.words import person_in_words, slack_person_in_words
from bot.ui.action_ids import (
    CHOOSE_EXTENSION,
    LINK_MODAL,
    LINK_PERSON,
    NEW_USER,
    SETTINGS_MODAL,
    SHOW_UNMATCHED,
)
from bot.ui.blocks import (
    Json,
    actions,
    bullets,
    button,
    form,
    line,
    option,
    paragraph,
    plain,
    rich,
    says,
    words_modal,
)
from bot.ui.blocks import person as slack_name
from bot.ui.inputs import quiet_fields, radio, ticks
from bot.ui.mrkdwn import shorten

EXTENSION = "extension"

MAX_OPTIONS = 100

MAX_ROWS = 80

# Each takes two of the 100 blocks of a modal.
MAX_UNLINKED = 45

MAX_VALUE_LENGTH = 150


def render_link_modal(slack_user: str, current: Person | None, *, is_oneself: bool) -> Json:
    """Return the form with a searchable list of extensions for a person."""
    label = "Your extension" if is_oneself else "Extension"
    menu: Json = {
        "type": "external_select",
        "action_id": CHOOSE_EXTENSION,
        "min_query_length": 0,
        "placeholder": plain("Name, extension, or email address", 150),
    }
    if current:
        menu["initial_option"] = _option(current)
    who = rich(paragraph(line("For "), slack_name(slack_user)))
    field = {"type": "input", "block_id": EXTENSION, "label": plain(label), "element": menu}
    metadata = json.dumps({"slack_user": slack_user})
    blocks = [field] if is_oneself else [who, field]
    return form("Link extension", blocks, callback_id=LINK_MODAL, metadata=metadata)


def _option(person: Person, *, is_taken: bool = False) -> Json:
    """Return a person as an option; its value is the Vocatech user ID."""
    mark = " · already linked" if is_taken else ""
    return option(f"{person_in_words(person)}{mark}", person.user_id)


def matching_options(people: Sequence[Person], typed: str, *, taken: Collection[str]) -> list[Json]:
    """Return at most 100 options: people with an extension who match every typed word.

    `taken` are the Vocatech user IDs of those who are linked to someone else.
    """
    words = typed.casefold().split()
    found = [
        one
        for one in people
        if one.extension
        and len(one.user_id) <= MAX_VALUE_LENGTH
        and all(word in _searched(one) for word in words)
    ]
    return [_option(one, is_taken=one.user_id in taken) for one in found[:MAX_OPTIONS]]


def render_linked(person: Person, *, was_taken_from: str | None = None) -> Json:
    """Confirm a link; `was_taken_from` is the Slack user who had the extension before."""
    words = f"Linked to {person_in_words(person)}. App Home, mentions, and /calls mine use it now."
    if was_taken_from is None:
        return words_modal("Linked", words)
    taken = paragraph(
        slack_name(was_taken_from), line(" had this extension and isn't linked anymore.")
    )
    return words_modal("Linked", words, blocks=[rich(taken)])


def render_unmatched_modal(slack: Sequence[SlackPerson], people: Sequence[Person]) -> Json:
    """Return the list of people without an extension, and of extensions without a person.

    For the former, an admin links an existing extension or creates a Vocatech user.
    """
    blocks = [says(f"In Slack without an extension: {len(slack):,}")]
    for one in slack[:MAX_UNLINKED]:
        link = button("Link", LINK_PERSON, one.slack_user)
        create = button("Create user", NEW_USER, one.slack_user)
        blocks += [says(shorten(slack_person_in_words(one), 200)), actions(link, create)]
    if len(slack) > MAX_UNLINKED:
        more = len(slack) - MAX_UNLINKED
        blocks.append(says(f"And {more:,} more. To link anyone, type /vocatech link @name."))
    blocks.append(says(f"Extensions without a person in Slack: {len(people):,}"))
    if people:
        named = [paragraph(line(_with_email(one))) for one in people[:MAX_ROWS]]
        more = len(people) - MAX_ROWS
        named += [paragraph(line(f"and {more} more"))] if more > 0 else []
        blocks.append(rich(bullets(*named)))
    return words_modal("People without a link", blocks=blocks)


def _searched(person: Person) -> str:
    return " ".join(filter(None, (person.name, person.extension, person.email))).casefold()


def _with_email(person: Person) -> str:
    return ", ".join(filter(None, (person_in_words(person), person.email)))


MENTIONS, DIRECT = "mentions", "direct"

_MENTIONS: dict[str, str] = {
    Mentions.NEVER: "Never",
    Mentions.MISSED: "On calls I missed",
    Mentions.ALL: "On calls I missed or answered",
}

_DIRECT = {DIRECT: "Also send me calls I missed"}

_WHILE_QUIET = "Your direct messages about calls are summarized afterwards."


def render_settings_modal(
    preference: Preference,
    quiet: QuietHours | None,
    *,
    zone: str,
    is_linked: bool,
    unmatched: int | None,
) -> Json:
    """Return the form with a person's settings; `zone` is theirs (an IANA name).

    `unmatched` counts the people without an extension, for admins only.
    """
    blocks = [] if is_linked else [says(_UNLINKED)]
    blocks += [
        radio(MENTIONS, "Mention me on call cards", _MENTIONS, preference.mentions),
        ticks(DIRECT, "Direct messages", _DIRECT, [DIRECT] * (preference.direct is not None)),
        *quiet_fields(
            quiet,
            label="My quiet hours, from",
            hint=f"In your time zone ({zone}). {_WHILE_QUIET}",
        ),
    ]
    if unmatched is not None:
        people = "1 person in Slack isn't" if unmatched == 1 else f"{unmatched:,} people aren't"
        link = button("Link people", SHOW_UNMATCHED, "show")
        blocks.append(says(f"For admins: {people} linked to an extension.", accessory=link))
    return form("Your settings", blocks, callback_id=SETTINGS_MODAL, metadata="")


_UNLINKED = (
    "You aren't linked to an extension, so no calls are assigned to you. To link yours, type"
    " /vocatech link."
)
