"""The form of a routing rule: drawn and parsed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.models.people import Person
from bot.models.rules import (
    DIRECTIONS,
    MAX_CALLS,
    MAX_MINUTES,
    MAX_NAME,
    MAX_RULES,
    MAX_SECONDS,
    OUTCOMES,
    SENTIMENTS,
    Conditions,
    Rule,
)
from bot.people.words import person_in_words
from bot.phone_numbers import is_whole, normalise
from bot.ui.action_ids import CHOOSE_RULE_PEOPLE, DELETE_RULE, SAVE_RULE
from bot.ui.blocks import (
    Json,
    actions,
    asked_first,
    button,
    form,
    header,
    note,
    option,
    plain,
)
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

WEBHOOK = "webhook"

MAX_OPTIONS, MAX_OPTION_LENGTH = 100, 150

MAX_TYPED = 2_000

_THEN = {"stops": "Stop", GOES_ON: "Continue with the rules below"}

_QUIET = {AT_ONCE: "Post immediately"}

_SEVERAL = "Separate with commas."

_OUTCOMES = {
    "answered": "Answered",
    "missed": "Missed",
    "voicemail": "Missed, with voicemail",
    "unanswered": "Outgoing, no answer",
}


@dataclass(frozen=True)
class Choices:
    """What menus offer: people, company numbers (E.164), and names of the rest."""

    people: Sequence[Person] = ()
    lines: Sequence[str] = ()
    fields: Sequence[str] = ()
    outcomes: Sequence[str] = ()
    endpoints: Sequence[str] = ()


def render_rule_form(
    rule: Rule, place: int, choices: Choices, *, locale: Locale, token: str
) -> Json:
    """Return the form; a rule without an ID (0) is new.

    A form with the same `token` is saved once, however often it is sent.
    """
    when = rule.when
    blocks = [
        _text(NAME, "Name", rule.name, limit=MAX_NAME, optional=False),
        header("Post to"),
        note("Choose a channel or a person."),
        channel_field(CHANNEL, "Channel", "" if rule.slack_user else rule.channel, optional=True),
        _person(PERSON, "Person", rule.slack_user),
        header("Conditions"),
        note("A call must meet all conditions that you fill in. Without conditions, all calls do."),
        _many("directions", "Direction", {one: one.capitalize() for one in DIRECTIONS}, when),
        _many("outcomes", "Kind of call", {str(one): _OUTCOMES[one] for one in OUTCOMES}, when),
        _extensions(when, choices),
        *_lines(when, choices, locale),
        _text("callers", "Caller", listed(when.callers, locale), hint=_CALLERS),
        *_fields(when, choices),
        _many("sentiments", "Sentiment", {one: one.capitalize() for one in SENTIMENTS}, when),
        *_set_outcomes(when, choices),
        _text("words", "Keywords", listed(when.words), hint=_WORDS),
        number_field("at_least", "Minimum length", when.at_least, MAX_SECONDS, hint=_SECONDS),
        number_field("at_most", "Maximum length", when.at_most, MAX_SECONDS, hint=_SECONDS),
        number_field("waited", "Minimum wait", when.waited, MAX_SECONDS, hint=_WAIT),
        number_field("calls", "Repeat calls", when.calls, MAX_CALLS, hint=_REPEATS),
        number_field("minutes", "Repeat period", when.minutes, MAX_MINUTES, hint="In minutes."),
        header("When this rule matches"),
        radio(THEN, "Next rules", _THEN, GOES_ON if rule.goes_on else "stops"),
        _person(MENTION, "Mention", rule.mention, hint="In the thread of the call's card."),
        ticks(QUIET, "Quiet hours", _QUIET, [AT_ONCE] * rule.at_once),
        *_webhook(rule, choices),
        number_field(PLACE, "Position", place, MAX_RULES, least=1, hint=_POSITION),
    ]
    if rule.rule_id:
        blocks.append(_delete(rule))
    metadata = json.dumps({"token": token, "rule_id": rule.rule_id, "look": rule.fingerprint})
    title = "Edit rule" if rule.rule_id else "New rule"
    return form(title, blocks, callback_id=SAVE_RULE, metadata=metadata)


_CALLERS = f"Numbers, or words of the name. {_SEVERAL}"

_WORDS = (
    f"In the summary, the transcript, or the caller's name. {_SEVERAL} One is enough. Whole words"
    " only; no wildcards."
)

_SET_OUTCOMES = "The rule acts when someone sets one of these on the card, not when the call ends."

_SECONDS = "In seconds."

_WAIT = "How long the caller waited, in seconds."

_REPEATS = "Matches this call number from the same caller, and later ones. Such as 3."

_WEBHOOK_HINT = "Sends matching calls there, once they are over."

_POSITION = "Rules run top to bottom."


def people_choices(people: Sequence[Person], typed: str) -> list[Json]:
    """Return the extensions that have every typed word in their name."""
    words = typed.casefold().split()
    found = {one.extension: person_in_words(one) for one in people if one.extension}
    return [
        option(name, extension)
        for extension, name in found.items()
        if all(word in name.casefold() for word in words)
    ][:MAX_OPTIONS]


def listed(values: Sequence[str], locale: Locale | None = None) -> str:
    """Return values as a field shows them."""
    return ", ".join((locale.number(one) or one) if locale else one for one in values)


def _text(
    block_id: str,
    label: str,
    value: str,
    *,
    limit: int = MAX_TYPED,
    optional: bool = True,
    hint: str = _SEVERAL,
) -> Json:
    element: Json = {"type": "plain_text_input", "max_length": limit}
    if value:
        element["initial_value"] = value[:limit]
    return field(block_id, label, element, optional=optional, hint=hint if optional else "")


def _many(block_id: str, label: str, words: Mapping[str, str], when: Conditions) -> Json:
    options = [option(word, value) for value, word in words.items()]
    return field(block_id, label, _menu(options, getattr(when, block_id)))


def _menu(options: list[Json], chosen: Sequence[str]) -> Json:
    element: Json = {
        "type": "multi_static_select",
        "placeholder": plain("Any"),
        "options": options[:MAX_OPTIONS],
    }
    initial = [one for one in options[:MAX_OPTIONS] if one["value"] in chosen]
    return {**element, "initial_options": initial} if initial else element


def _extensions(when: Conditions, choices: Choices) -> Json:
    element: Json = {
        "type": "multi_external_select",
        "action_id": CHOOSE_RULE_PEOPLE,
        "min_query_length": 0,
        "placeholder": plain("Any"),
    }
    names = {one.extension: person_in_words(one) for one in choices.people if one.extension}
    if when.extensions:
        element["initial_options"] = [
            option(names.get(one, f"ext. {one}"), one) for one in when.extensions[:MAX_OPTIONS]
        ]
    return field("extensions", "Extension", element)


def _lines(when: Conditions, choices: Choices, locale: Locale) -> list[Json]:
    known = list(dict.fromkeys([*when.lines, *choices.lines]))
    options = [option(locale.number(one) or one, one) for one in known]
    return [field("lines", "Company number", _menu(options, when.lines))] if options else []


def _set_outcomes(when: Conditions, choices: Choices) -> list[Json]:
    known = list(dict.fromkeys([*when.set_outcomes, *choices.outcomes]))
    options = [option(one, one) for one in known]
    menu = _menu(options, when.set_outcomes)
    return [field("set_outcomes", "Outcome set", menu, hint=_SET_OUTCOMES)] if options else []


def _fields(when: Conditions, choices: Choices) -> list[Json]:
    own = [when.field] if when.field else []
    known = [
        one for one in dict.fromkeys([*own, *choices.fields]) if 0 < len(one) <= MAX_OPTION_LENGTH
    ]
    if not known:
        return []
    options = [option(one, one) for one in known[:MAX_OPTIONS]]
    menu: Json = {"type": "static_select", "placeholder": plain("Any"), "options": options}
    if when.field:
        menu["initial_option"] = options[0]
    values = _text("values", "Field value", listed(when.values))
    return [field("field", "Contact field", menu), values]


def _person(block_id: str, label: str, slack_user: str | None, *, hint: str = "") -> Json:
    element: Json = {"type": "users_select", "placeholder": plain("No one")}
    if slack_user:
        element["initial_user"] = slack_user
    return field(block_id, label, element, hint=hint)


def _webhook(rule: Rule, choices: Choices) -> list[Json]:
    own = [rule.webhook] if rule.webhook else []
    options = [option(name, name) for name in dict.fromkeys([*own, *choices.endpoints])]
    menu: Json = {"type": "static_select", "placeholder": plain("None"), "options": options}
    if own:
        menu["initial_option"] = options[0]
    return [field(WEBHOOK, "Webhook", menu, hint=_WEBHOOK_HINT)] if options else []


def _delete(rule: Rule) -> Json:
    lost = f"You can't restore “{rule.name}”."
    confirm = asked_first("Delete this rule?", lost, yes="Delete", no="Cancel", style="danger")
    delete = button("Delete rule", DELETE_RULE, str(rule.rule_id), confirm=confirm, style="danger")
    return actions(delete, block_id="delete")


@dataclass(frozen=True)
class SubmittedRule:
    """A submitted form. Of `channel` and `slack_user`, one is needed."""

    rule: Rule
    place: int
    channel: str | None
    slack_user: str | None


def parse_rule_form(view: Json, before: Rule | None, region: str) -> SubmittedRule:
    """Parse a submitted form; numbers without a country code belong to `region`."""

    def words(block_id: str) -> tuple[str, ...]:
        typed = state_of(view, block_id).get("value") or ""
        known: tuple[str, ...] = getattr(before.when, block_id) if before else ()
        # Values from a file may contain commas, and more than fit into the field.
        if typed == listed(known)[:MAX_TYPED]:
            return known
        typed, marks = clean(typed).replace("\n", ","), ""
        # Values of a contact's field are compared as a whole, with such characters in them.
        if block_id != "values":
            typed, marks = typed.replace(";", ","), _QUOTATION_MARKS
        several = (" ".join(one.strip(f" \t{marks}").split()) for one in typed.split(","))
        return tuple(dict.fromkeys(one for one in several if one))

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
        set_outcomes=ticked_in(view, "set_outcomes"),
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
        webhook=chosen_in(view, WEBHOOK) or None,
    )
    return SubmittedRule(rule, number_in(view, PLACE) or MAX_RULES, channel, slack_user)


# Searches have quotation marks around words, so people type them here, too.
_QUOTATION_MARKS = '"“”„‟«»'


def _number_or_name(typed: str, region: str) -> str:
    number = normalise(typed, region)
    return number if number and is_whole(number) else typed
