"""Modals about people: links with extensions, personal settings."""

import json
from collections.abc import Collection, Sequence

from bot.models.channels import QuietHours
from bot.models.people import Mentions, Person, Preference, SlackPerson
from bot.people.words import person_in_words, slack_person_in_words
from bot.ui.action_ids import (
    CHOOSE_EXTENSION,
    LINK_MODAL,
    LINK_PERSON,
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

MOST_CHOICES = 100

MOST_ROWS = 80

LONGEST_VALUE = 150


def render_link_modal(slack_user: str, current: Person | None, *, is_oneself: bool) -> Json:
    """Ask for somebody's extension, from a list that can be searched."""
    ask = "Which extension is yours?" if is_oneself else "Which extension is theirs?"
    menu: Json = {
        "type": "external_select",
        "action_id": CHOOSE_EXTENSION,
        "min_query_length": 0,
        "placeholder": plain("A name, an extension or an e-mail address", 150),
    }
    if current:
        menu["initial_option"] = choice(current)
    who = rich(paragraph(line("For "), slack_name(slack_user)))
    field = {"type": "input", "block_id": EXTENSION, "label": plain(ask), "element": menu}
    metadata = json.dumps({"slack_user": slack_user})
    blocks = [field] if is_oneself else [who, field]
    return form("Link an extension", blocks, callback_id=LINK_MODAL, metadata=metadata)


def choice(person: Person, *, is_taken: bool = False) -> Json:
    """Give somebody as a choice; the value is the Vocatech user's id."""
    mark = " · linked already" if is_taken else ""
    return option(f"{person_in_words(person)}{mark}", person.user_id)


def choices(people: Sequence[Person], typed: str, *, taken: Collection[str]) -> list[Json]:
    """Give those with an extension of whom every typed word is a part, at most a hundred.

    `taken` are the ids of those who are linked to somebody else.
    """
    words = typed.casefold().split()
    found = [
        one
        for one in people
        if one.extension
        and len(one.user_id) <= LONGEST_VALUE
        and all(word in _searched(one) for word in words)
    ]
    return [choice(one, is_taken=one.user_id in taken) for one in found[:MOST_CHOICES]]


def render_linked(person: Person, *, was_taken_from: str | None = None) -> Json:
    """Confirm a link; `was_taken_from` is who in Slack had it before."""
    words = f"Linked with {person_in_words(person)}. /calls mine, mentions and App Home use it now."
    if was_taken_from is None:
        return words_modal("Linked", words)
    taken = paragraph(slack_name(was_taken_from), line(" had it, and is not linked any more."))
    return words_modal("Linked", words, blocks=[rich(taken)])


def render_unmatched_modal(slack: Sequence[SlackPerson], people: Sequence[Person]) -> Json:
    """List who in Slack has no extension, each with a button, and whose extension has nobody."""
    blocks = [says(f"In Slack, without an extension: {len(slack) or 'nobody'}.")]
    for one in slack[:MOST_ROWS]:
        label = shorten(slack_person_in_words(one), 200)
        blocks.append(says(label, accessory=button("Link", LINK_PERSON, one.slack_user)))
    if len(slack) > MOST_ROWS:
        blocks.append(says(f"And {len(slack) - MOST_ROWS} more; /vocatech link @name links any."))
    blocks.append(says(f"With an extension, without anybody in Slack: {len(people) or 'nobody'}."))
    if people:
        named = [paragraph(line(_with_email(one))) for one in people[:MOST_ROWS]]
        more = len(people) - MOST_ROWS
        named += [paragraph(line(f"and {more} more"))] if more > 0 else []
        blocks.append(rich(bullets(*named)))
    return words_modal("Unmatched people", blocks=blocks)


def _searched(person: Person) -> str:
    return " ".join(filter(None, (person.name, person.extension, person.email))).casefold()


def _with_email(person: Person) -> str:
    return ", ".join(filter(None, (person_in_words(person), person.email)))


MENTIONS, DIRECT = "mentions", "direct"

_MENTIONS: dict[str, str] = {
    Mentions.NEVER: "Never",
    Mentions.MISSED: "On calls that I missed",
    Mentions.ALL: "On calls that I missed or took",
}

_DIRECT = {DIRECT: "Also send me calls that I missed"}

_MEANWHILE = "Calls that I would send to you alone wait meanwhile and come together."


def render_settings_modal(
    preference: Preference,
    quiet: QuietHours | None,
    *,
    zone: str,
    is_linked: bool,
    unmatched: int | None,
) -> Json:
    """Ask for the preferences, and for quiet hours in the reader's own zone (an IANA name).

    `unmatched` is how many people are, for admins only.
    """
    blocks = [] if is_linked else [says(_UNLINKED)]
    blocks += [
        radio(MENTIONS, "Mention me on cards", _MENTIONS, preference.mentions),
        ticks(DIRECT, "Direct messages", _DIRECT, [DIRECT] * (preference.direct is not None)),
        *quiet_fields(
            quiet,
            label="My quiet hours, from",
            hint=f"In your time zone ({zone}). {_MEANWHILE}",
        ),
    ]
    if unmatched is not None:
        words = f"For admins: people in Slack who are not matched with an extension: {unmatched:,}."
        row = button("Show unmatched people", SHOW_UNMATCHED, "show")
        blocks += [says(words), actions(row)]
    return form("Your settings", blocks, callback_id=SETTINGS_MODAL, metadata="")


_UNLINKED = (
    "You are not linked with an extension yet, so nobody knows which calls are yours."
    " /vocatech link does that."
)
