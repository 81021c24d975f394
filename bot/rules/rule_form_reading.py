"""Owns reading a rule back from the form in which it was written."""

from dataclasses import dataclass

from bot.models.rules import MOST_RULES, Conditions, Rule
from bot.phone_numbers import is_whole, normalise
from bot.rules.form import (
    AT_ONCE,
    CHANNEL,
    GOES_ON,
    MENTION,
    MOST_TYPED,
    NAME,
    PERSON,
    PLACE,
    QUIET,
    THEN,
    listed,
)
from bot.ui.blocks import Json
from bot.ui.inputs import chosen_in, number_in, state_of, ticked_in
from bot.ui.message import clean


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
