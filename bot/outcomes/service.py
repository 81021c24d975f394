"""Services of outcomes: the list that admins keep, and setting one on a call."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.clock import Clock
from bot.models.outcomes import MAX_NAME, MAX_OUTCOMES, CallOutcome, folded_name
from bot.models.rules import Rule, Rulebook
from bot.outcomes.card_section import NO_OUTCOMES, OutcomeSection
from bot.outcomes.modals import (
    CALL_GONE,
    DELETED_OUTCOME,
    NAME,
    parse_outcome_form,
    render_outcome_conflict,
    render_outcome_form,
    render_outcome_problem,
    render_outcomes_modal,
)
from bot.people.names import slack_name
from bot.people.permissions import AdminAction, Permissions
from bot.slack.list_flow import Change
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.store.customers.outcomes import SetResult
from bot.ui.lists import EDIT, changed_by_someone, is_outdated, nothing_done
from bot.ui.mrkdwn import name_of

Json = dict[str, Any]
DELETED = "This outcome was deleted. Nothing was changed."
A_COLLEAGUE = "A colleague"
MOST_NAMED = 5
# Kinds of calls that Vocatech reports. An outcome with such a name would be mistaken for one.
RESERVED = frozenset(
    {
        *("missed", "answered", "voicemail", "unanswered", "unclaimed", "incoming", "outgoing"),
        *("internal", "mine", "open", "any", "none", "no outcome"),
    }
)


@dataclass(frozen=True)
class OutcomeListService:
    """The list of outcomes, which only admins change."""

    store: Store
    permissions: Permissions
    clock: Clock
    wake: Callable[[], None]

    def list_view(self, user: str, *, page: int = 1, notice: str = "") -> Json:  # noqa: ARG002
        """Return the list, which has one page; raises NotAllowed."""
        self.permissions.need_admin(user, AdminAction.CHANGE_OUTCOMES)
        outcomes = self.store.outcomes
        return render_outcomes_modal(outcomes.all(), outcomes.uses(), notice=notice)

    def new_form(self, user: str) -> Json:
        """Return an empty form; raises NotAllowed."""
        self.permissions.need_admin(user, AdminAction.CHANGE_OUTCOMES)
        return render_outcome_form(CallOutcome(None, ""), token=make_token())

    def change(self, user: str, action: str, key: str, metadata: str) -> Change:
        """Edit or delete an outcome; raises NotAllowed."""
        found = self.store.outcomes.find(int(key))
        self.permissions.need_admin(user, AdminAction.CHANGE_OUTCOMES, found.name if found else key)
        if found is None:
            return Change(DELETED)
        if action == EDIT:
            return Change(form=render_outcome_form(found, token=make_token()))
        if is_outdated(metadata, key, found.name):
            return Change(nothing_done("this outcome"))
        deleted = self.store.outcomes.delete(int(key), by=user, now=self.clock.now())
        self.wake()
        return Change(self._after_deleting(found) if deleted else DELETED)

    def _after_deleting(self, gone: CallOutcome) -> str:
        """Return what was done, and which rules still name the deleted outcome."""
        said, name = f"“{name_of(gone.name)}” deleted.", folded_name(gone.name)
        rules = [
            f"“{name_of(rule.name)}”"
            for rule in self.store.rules.book().rules
            if name in map(folded_name, rule.when.set_outcomes)
        ]
        if not rules:
            return said
        more = f" and {len(rules) - MOST_NAMED} more" if len(rules) > MOST_NAMED else ""
        return f"{said} Rules that still name it: {', '.join(rules[:MOST_NAMED])}{more}."

    def save(self, user: str, view: Json) -> Change:
        """Validate a submitted form and save the outcome; raises NotAllowed."""
        submitted, seen = parse_outcome_form(view), json.loads(view["private_metadata"])
        self.permissions.need_admin(user, AdminAction.CHANGE_OUTCOMES, submitted.name)
        errors = validate_outcome(submitted, self.store.outcomes.all())
        known = submitted.outcome_id
        before = None if known is None else self.store.outcomes.find(known)
        if known is not None and (before is None or before.name != seen["name"]):
            errors = {NAME: changed_by_someone("this outcome") if before else DELETED}
        now, notice = self.clock.now(), f"“{name_of(submitted.name)}” saved."
        if errors:
            return Change(notice, errors)
        with self.store.submissions.once(seen["token"], now=now) as is_new:
            if not is_new:
                return Change(notice)
            if not self.store.outcomes.save(submitted, by=user, now=now):
                return Change(DELETED)
            if before:
                self._rename_in_rules(before.name, submitted.name, user, now)
        self.wake()
        return Change(notice)

    def _rename_in_rules(self, old: str, new: str, user: str, now: float) -> None:
        """Let the rules for an outcome keep it under its new name."""
        while True:
            book = self.store.rules.book()
            rules = [
                replace(rule, when=replace(rule.when, set_outcomes=_renamed(rule, old, new)))
                for rule in book.rules
            ]
            if tuple(rules) == book.rules or self._replace(book, rules, user, now):
                return

    def _replace(self, book: Rulebook, rules: Sequence[Rule], user: str, now: float) -> bool:
        return self.store.rules.replace(book, rules, by=user, now=now)


@dataclass(frozen=True)
class OutcomeService:
    """Setting the outcome of a call; `wake` updates the cards.

    Methods return a modal that explains why nothing was changed, and None otherwise.
    """

    store: Store
    clock: Clock
    wake: Callable[[], None]

    def set(self, call_id: str, outcome_id: int, *, seen: int, by: str, below: Json) -> Json | None:
        """Set the outcome of a call for a Slack user who saw the outcome `seen` on its card.

        `below` is the metadata of the call modal from which it was set, or empty.
        """
        result = self.store.outcomes.set(
            call_id, outcome_id, seen=seen, by=by, now=self.clock.now()
        )
        self.wake()
        if result is SetResult.CONFLICT:
            return self._conflict(call_id, outcome_id, below)
        if result is SetResult.GONE:
            return render_outcome_problem(DELETED_OUTCOME)
        return render_outcome_problem(CALL_GONE) if result is SetResult.NO_CALL else None

    def _conflict(self, call_id: str, outcome_id: int, below: Json) -> Json:
        current = self.store.outcomes.of(call_id)
        name = (current and slack_name(current.set_by, self.store)) or A_COLLEAGUE
        wanted = self.store.outcomes.find(outcome_id)
        return render_outcome_conflict(call_id, wanted, current, set_by=name, below=below)


def outcome_section(call_id: str, store: Store, *, is_shown: bool = True) -> OutcomeSection:
    """Return what the card of a call shows; nothing in channels that hide what was said."""
    if not is_shown:
        return NO_OUTCOMES
    found = store.outcomes.of(call_id)
    return OutcomeSection(
        choices=store.outcomes.all(),
        current=found.outcome if found else None,
        set_by=slack_name(found.set_by, store) if found else None,
    )


def validate_outcome(outcome: CallOutcome, listed: Sequence[CallOutcome]) -> dict[str, str]:
    """Return errors by field; `listed` are the outcomes of the list."""
    others = [one for one in listed if one.outcome_id != outcome.outcome_id]
    name = folded_name(outcome.name)
    if not 0 < len(outcome.name) <= MAX_NAME or not name_of(outcome.name):
        return {NAME: f"Enter a name of 1 to {MAX_NAME} characters, such as Quote sent."}
    if name in RESERVED:
        return {
            NAME: f"“{outcome.name}” already means a kind of call in searches. Choose another name."
        }
    if name in {folded_name(one.name) for one in others}:
        return {NAME: "Another outcome has this name. Choose a different name."}
    if len(others) >= MAX_OUTCOMES:
        return {NAME: f"The limit is {MAX_OUTCOMES} outcomes. Delete an outcome first."}
    return {}


def _renamed(rule: Rule, old: str, new: str) -> tuple[str, ...]:
    known = rule.when.set_outcomes
    return tuple(new if folded_name(one) == folded_name(old) else one for one in known)
