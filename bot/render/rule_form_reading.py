"""Owns reading a rule back from the form in which it was written."""

from dataclasses import dataclass

from bot.phones import is_whole, normalise
from bot.render.message import clean
from bot.render.pieces import Json
from bot.render.rule_form import (
    AT_ONCE,
    CHANNEL,
    GOES_ON,
    MENTION,
    NAME,
    PERSON,
    PLACE,
    QUIET,
    THEN,
)
from bot.rules import MOST_RULES, Conditions, Rule


@dataclass(frozen=True)
class Written:
    """What was filled in: the rule, its place, and to whom or where; one of both is needed."""

    rule: Rule
    place: int
    channel: str | None
    slack_user: str | None


def read_rule_form(view: Json, before: Rule | None, region: str) -> Written:
    """Give what stands in a submitted form; `region` is where numbers without a code are read."""
    states = view["state"]["values"]

    def state(block_id: str) -> Json:
        return next(iter(states.get(block_id, {}).values()), {})

    def many(block_id: str) -> tuple[str, ...]:
        return tuple(one["value"] for one in state(block_id).get("selected_options") or ())

    def number(block_id: str) -> int | None:
        typed = str(state(block_id).get("value") or "")
        return int(typed) if typed.isdecimal() else None

    def words(block_id: str) -> tuple[str, ...]:
        typed = clean(state(block_id).get("value") or "").replace("\n", ",").split(",")
        return tuple(dict.fromkeys(" ".join(one.split()) for one in typed if one.strip()))

    chosen = state("field").get("selected_option") or {}
    callers = (_number_or_name(one, region) for one in words("callers"))
    when = Conditions(
        directions=many("directions"),
        outcomes=many("outcomes"),
        extensions=many("extensions"),
        lines=many("lines"),
        callers=tuple(dict.fromkeys(callers)),
        field=chosen.get("value") or "",
        values=words("values"),
        sentiments=many("sentiments"),
        words=words("words"),
        at_least=number("at_least"),
        at_most=number("at_most"),
        waited=number("waited"),
        calls=number("calls"),
        minutes=number("minutes"),
    )
    channel = state(CHANNEL).get("selected_conversation")
    slack_user = state(PERSON).get("selected_user")
    rule = Rule(
        before.rule_id if before else 0,
        " ".join(clean(state(NAME).get("value") or "").split()),
        channel or "",
        slack_user,
        when,
        goes_on=(state(THEN).get("selected_option") or {}).get("value") == GOES_ON,
        mention=state(MENTION).get("selected_user"),
        is_on=before.is_on if before else True,
        at_once=AT_ONCE in many(QUIET),
    )
    return Written(rule, number(PLACE) or MOST_RULES, channel, slack_user)


def _number_or_name(typed: str, region: str) -> str:
    number = normalise(typed, region)
    return number if number and is_whole(number) else typed
