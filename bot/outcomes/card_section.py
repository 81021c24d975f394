"""The outcome on a call card: the menu, and a line with the person who set it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.models.outcomes import NO_OUTCOME, CallOutcome
from bot.ui.action_ids import CHOOSE_OUTCOME
from bot.ui.blocks import Json, option, plain
from bot.ui.mrkdwn import name_of

MAX_ID = 140  # an option's value has at most 150 characters
PLACEHOLDER, REMOVE = "Outcome", "No outcome"


@dataclass(frozen=True)
class OutcomeSection:
    """The outcomes to choose from, and the current one with the name of the person who set it."""

    choices: Sequence[CallOutcome] = ()
    current: CallOutcome | None = None
    set_by: str | None = None


NO_OUTCOMES = OutcomeSection()


def outcome_menu(call_id: str, shown: OutcomeSection) -> list[Json]:
    """Return the menu with the current outcome selected; nothing if there are no outcomes.

    The action ID says which outcome the menu shows. Slack would otherwise keep a person's own
    choice on the screen, and the handler couldn't tell that someone else was faster.
    """
    if len(call_id) > MAX_ID or not (shown.choices or shown.current):
        return []
    choices = list(shown.choices)
    if shown.current and shown.current not in choices:
        choices.insert(0, shown.current)
    options = {
        one.outcome_id: option(name_of(one.name), f"{one.outcome_id} {call_id}") for one in choices
    }
    current = shown.current.outcome_id if shown.current else NO_OUTCOME
    menu: Json = {
        "type": "static_select",
        "action_id": f"{CHOOSE_OUTCOME}:{current}",
        "placeholder": plain(PLACEHOLDER),
        "options": list(options.values()),
    }
    if shown.current:
        menu["initial_option"] = options[current]
        menu["options"].append(option(REMOVE, f"{NO_OUTCOME} {call_id}"))
    return [menu]


def outcome_line(shown: OutcomeSection) -> str:
    """Return the current outcome with the person who set it; empty if there is none."""
    if shown.current is None:
        return ""
    by = f"  ·  {name_of(shown.set_by)}" if shown.set_by else ""
    return f"Outcome: {name_of(shown.current.name)}{by}"
