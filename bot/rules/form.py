"""The form of a rule: drawn and parsed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.models.people import Person
from bot.models.rules import (
    DIRECTIONS,
    MOST_CALLS,
    MOST_MINUTES,
    MOST_NAME,
    MOST_RULES,
    MOST_SECONDS,
    OUTCOMES,
    SENTIMENTS,
    Conditions,
    Rule,
)
from bot.people.words import person_in_words
from bot.phone_numbers import is_whole, normalise
from bot.ui.action_ids import CHOOSE_RULE_PEOPLE, DELETE_RULE, SAVE_RULE
from bot.ui.blocks import Json, button, form, option, plain
from bot.ui.formatting import Locale
from bot.ui.inputs import (
    channel_field,
    chosen_in,
    field,
    number_field,
    number_in,
    radio,
    state_of,
    ticked_in,
    ticks,
)
from bot.ui.mrkdwn import clean

NAME, CHANNEL, PERSON, PLACE = "name", "channel", "person", "place"

THEN, MENTION, QUIET = "then", "mention", "quiet"

GOES_ON, AT_ONCE = "goes_on", "at_once"

MOST_CHOICES, LONGEST_OPTION = 100, 150

MOST_TYPED = 2_000

_THEN = {
    "stops": "Stop: the rules below are not asked",
    GOES_ON: "Go on: the rules below are asked too",
}

_QUIET = {AT_ONCE: "Post it at once all the same"}

_SEVERAL = "Several with commas."

_END = {
    "answered": "Answered",
    "missed": "Missed",
    "voicemail": "Missed, with voicemail",
    "unanswered": "Ours, not picked up",
}


@dataclass(frozen=True)
class Choices:
    """What can be chosen from: our people, our numbers (E.164), fields of contacts."""

    people: Sequence[Person] = ()
    lines: Sequence[str] = ()
    fields: Sequence[str] = ()


def render_rule_form(
    rule: Rule, place: int, choices: Choices, *, locale: Locale, token: str
) -> Json:
    """Give the form; a rule without an id (0) is new.

    `token` stands for this showing of the form: sent twice, it is done once.
    """
    when = rule.when
    blocks = [
        _text(NAME, "Name", rule.name, most=MOST_NAME, optional=False),
        _place_to_post(rule),
        _person(PERSON, "… or directly to a person", rule.slack_user),
        _many("directions", "Direction", {one: one.capitalize() for one in DIRECTIONS}, when),
        _many("outcomes", "Outcome", {str(one): _END[one] for one in OUTCOMES}, when),
        _people(when, choices),
        *_lines(when, choices, locale),
        _text("callers", "Their number, or words of their name", listed(when.callers, locale)),
        *_fields(when, choices),
        _many("sentiments", "Mood", {one: one.capitalize() for one in SENTIMENTS}, when),
        _text("words", "Words that are said", listed(when.words), hint=_WORDS),
        number_field("at_least", "At least so many seconds long", when.at_least, MOST_SECONDS),
        number_field("at_most", "At most so many seconds long", when.at_most, MOST_SECONDS),
        number_field(
            "waited", "Who calls waits at least so many seconds", when.waited, MOST_SECONDS
        ),
        number_field(
            "calls", "A repeated caller: this call or a later one", when.calls, MOST_CALLS
        ),
        number_field("minutes", "… within so many minutes", when.minutes, MOST_MINUTES),
        radio(THEN, "Where it catches a call", _THEN, GOES_ON if rule.goes_on else "stops"),
        _person(MENTION, "Mention somebody under the card", rule.mention),
        ticks(QUIET, "Where it is quiet hours, or muted", _QUIET, [AT_ONCE] * rule.at_once),
        number_field(PLACE, "Place among the rules", place, MOST_RULES, least=1),
    ]
    if rule.rule_id:
        blocks.append(_delete(rule))
    metadata = json.dumps({"token": token, "rule_id": rule.rule_id, "look": rule.look})
    title = "Edit rule" if rule.rule_id else "New rule"
    return form(title, blocks, callback_id=SAVE_RULE, metadata=metadata)


_WORDS = (
    "In the summary, the transcript or their name. Several with commas, of which one is enough;"
    " whole words, and every sign means itself."
)


def people_choices(people: Sequence[Person], typed: str) -> list[Json]:
    """Give those with an extension of whom every typed word is a part."""
    words = typed.casefold().split()
    found = {one.extension: person_in_words(one) for one in people if one.extension}
    return [
        option(name, extension)
        for extension, name in found.items()
        if all(word in name.casefold() for word in words)
    ][:MOST_CHOICES]


def listed(values: Sequence[str], locale: Locale | None = None) -> str:
    """Give values as they stand in a field."""
    return ", ".join((locale.number(one) or one) if locale else one for one in values)


def _text(
    block_id: str,
    label: str,
    value: str,
    *,
    most: int = MOST_TYPED,
    optional: bool = True,
    hint: str = _SEVERAL,
) -> Json:
    element: Json = {"type": "plain_text_input", "max_length": most}
    if value:
        element["initial_value"] = value[:most]
    return field(block_id, label, element, optional=optional, hint=hint if optional else "")


def _many(block_id: str, label: str, words: Mapping[str, str], when: Conditions) -> Json:
    options = [option(word, value) for value, word in words.items()]
    return field(block_id, label, _menu(options, getattr(when, block_id)))


def _menu(options: list[Json], chosen: Sequence[str]) -> Json:
    element: Json = {
        "type": "multi_static_select",
        "placeholder": plain("Any"),
        "options": options[:MOST_CHOICES],
    }
    initial = [one for one in options[:MOST_CHOICES] if one["value"] in chosen]
    return {**element, "initial_options": initial} if initial else element


def _people(when: Conditions, choices: Choices) -> Json:
    element: Json = {
        "type": "multi_external_select",
        "action_id": CHOOSE_RULE_PEOPLE,
        "min_query_length": 0,
        "placeholder": plain("Anybody"),
    }
    names = {one.extension: person_in_words(one) for one in choices.people if one.extension}
    if when.extensions:
        element["initial_options"] = [
            option(names.get(one, f"ext. {one}"), one) for one in when.extensions[:MOST_CHOICES]
        ]
    return field("extensions", "Our person or extension", element)


def _lines(when: Conditions, choices: Choices, locale: Locale) -> list[Json]:
    known = list(dict.fromkeys([*when.lines, *choices.lines]))
    options = [option(locale.number(one) or one, one) for one in known]
    return [field("lines", "Our number", _menu(options, when.lines))] if options else []


def _fields(when: Conditions, choices: Choices) -> list[Json]:
    own = [when.field] if when.field else []
    known = [
        one for one in dict.fromkeys([*own, *choices.fields]) if 0 < len(one) <= LONGEST_OPTION
    ]
    if not known:
        return []
    options = [option(one, one) for one in known[:MOST_CHOICES]]
    menu: Json = {"type": "static_select", "placeholder": plain("Any"), "options": options}
    if when.field:
        menu["initial_option"] = options[0]
    values = _text("values", "… is one of these", listed(when.values))
    return [field("field", "A field of the contact", menu), values]


def _place_to_post(rule: Rule) -> Json:
    channel = "" if rule.slack_user else rule.channel
    return channel_field(CHANNEL, "To this channel", channel, optional=True)


def _person(block_id: str, label: str, slack_user: str | None) -> Json:
    element: Json = {"type": "users_select", "placeholder": plain("Nobody")}
    if slack_user:
        element["initial_user"] = slack_user
    return field(block_id, label, element)


def _delete(rule: Rule) -> Json:
    confirm = {
        "title": plain("Delete this rule?", 100),
        "text": plain(f"“{rule.name}” cannot be brought back.", 300),
        "confirm": plain("Delete", 30),
        "deny": plain("Keep it", 30),
        "style": "danger",
    }
    delete = button("Delete this rule", DELETE_RULE, str(rule.rule_id), confirm=confirm)
    return {"type": "actions", "block_id": "delete", "elements": [{**delete, "style": "danger"}]}


@dataclass(frozen=True)
class Written:
    """What was filled in: the rule, its place, and to whom or where; one of both is needed."""

    rule: Rule
    place: int
    channel: str | None
    slack_user: str | None


def read_rule_form(view: Json, before: Rule | None, region: str) -> Written:
    """Give what stands in a submitted form; `region` is where numbers without a code are read."""

    def words(block_id: str) -> tuple[str, ...]:
        typed = state_of(view, block_id).get("value") or ""
        known: tuple[str, ...] = getattr(before.when, block_id) if before else ()
        # From a file there may be commas in them, and more than fit into the field.
        if typed == listed(known)[:MOST_TYPED]:
            return known
        several = clean(typed).replace("\n", ",").split(",")
        return tuple(dict.fromkeys(" ".join(one.split()) for one in several if one.strip()))

    callers = (_number_or_name(one, region) for one in words("callers"))
    when = Conditions(
        directions=ticked_in(view, "directions"),
        outcomes=ticked_in(view, "outcomes"),
        extensions=ticked_in(view, "extensions"),
        lines=ticked_in(view, "lines"),
        callers=tuple(dict.fromkeys(callers)),
        field=chosen_in(view, "field"),
        values=words("values"),
        sentiments=ticked_in(view, "sentiments"),
        words=words("words"),
        at_least=number_in(view, "at_least"),
        at_most=number_in(view, "at_most"),
        waited=number_in(view, "waited"),
        calls=number_in(view, "calls"),
        minutes=number_in(view, "minutes"),
    )
    channel = state_of(view, CHANNEL).get("selected_conversation")
    slack_user = state_of(view, PERSON).get("selected_user")
    rule = Rule(
        before.rule_id if before else 0,
        " ".join(clean(state_of(view, NAME).get("value") or "").split()),
        channel or "",
        slack_user,
        when,
        goes_on=chosen_in(view, THEN) == GOES_ON,
        mention=state_of(view, MENTION).get("selected_user"),
        is_on=before.is_on if before else True,
        at_once=AT_ONCE in ticked_in(view, QUIET),
    )
    return Written(rule, number_in(view, PLACE) or MOST_RULES, channel, slack_user)


def _number_or_name(typed: str, region: str) -> str:
    number = normalise(typed, region)
    return number if number and is_whole(number) else typed
