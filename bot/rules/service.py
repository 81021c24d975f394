"""Changes to routing rules in Slack: who may, what is checked, and what is saved."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.clock import Clock
from bot.missed_calls.modals import NOT_A_MEMBER
from bot.models.rules import Rule, Rulebook
from bot.people.permissions import AdminAction, Permissions
from bot.rules.form import (
    CHANNEL,
    NAME,
    PERSON,
    SubmittedRule,
    parse_rule_form,
    people_choices,
)
from bot.rules.modals import DOWN, SWITCH, UP
from bot.rules.presenter import RulePresenter
from bot.rules.validation import find_unreachable, parts_of_numbers, validate_rule
from bot.slack.client import SlackClient
from bot.slack.list_flow import Change
from bot.slack.membership import can_post, direct_channel
from bot.store import Store
from bot.ui.lists import DELETE, EDIT, NOT_IN_CHANNEL, changed_by_someone
from bot.ui.mrkdwn import name_of

DELETED = "This rule was deleted. Nothing was changed."

STALE_LIST = "Someone else changed the rules, so nothing was done. The list below is current."

CHANGED = changed_by_someone("this rule or the list of rules")

ONE_TARGET = "Choose a channel or a person, not both."

NO_TARGET = "Choose a channel or a person."

NO_DIRECT_CHANNEL = (
    "Slack didn't open a direct message with this person. Save again, or choose someone else."
)

PART_OF_NUMBER = (
    "“{}” isn't a complete phone number, and rules can't match parts of numbers. Enter complete"
    " numbers, or words of the name."
)

Json = dict[str, Any]


@dataclass(frozen=True)
class RuleService:
    """Routing rules, for admins."""

    store: Store
    slack: SlackClient
    permissions: Permissions
    presenter: RulePresenter
    clock: Clock
    region: str

    def list_view(self, user: str, *, page: int = 1, notice: str = "") -> Json:
        """Return the list; raises NotAllowed."""
        self.permissions.need_admin(user, AdminAction.CHANGE_ROUTING)
        return self.presenter.list(page=page, notice=notice)

    def new_form(self, user: str) -> Json:
        """Return an empty form; raises NotAllowed."""
        self.permissions.need_admin(user, AdminAction.CHANGE_ROUTING)
        return self.presenter.form(Rule(0, "", ""))

    def trial_run(self, user: str) -> Json:
        """Return where the last calls would go now; raises NotAllowed."""
        self.permissions.need_admin(user, AdminAction.CHANGE_ROUTING)
        return self.presenter.trial_run()

    def people_options(self, typed: str) -> list[Json]:
        """Return the extensions that match what was typed."""
        return people_choices(self.store.people.all(), typed)

    def change(self, user: str, action: str, key: str, metadata: str) -> Change:
        """Edit, move, switch or delete a rule, unless it changed since it was shown."""
        book = self.store.rules.book()
        rule = book.find(int(key))
        self.permissions.need_admin(user, AdminAction.CHANGE_ROUTING, rule.name if rule else key)
        if rule is None:
            return Change(DELETED)
        if action == EDIT:
            return Change(form=self.presenter.form(rule))
        seen = json.loads(metadata)
        # A list shows the version of all rules, a form the fingerprint of one.
        is_current = seen.get("version") == book.version
        if action == DELETE:
            is_current = seen.get("look") == rule.fingerprint
        rules, done = _apply(action, rule, book)
        if is_current and self.store.rules.replace(book, rules, by=user, now=self.clock.now()):
            self.store.audit.note(user, f"rule {done}", rule.name, now=self.clock.now())
            return Change(f"“{name_of(rule.name)}” {done}.")
        return Change(STALE_LIST)

    def save(self, user: str, view: Json) -> Change:
        """Validate a submitted form and save the rule; raises NotAllowed."""
        seen, book = json.loads(view["private_metadata"]), self.store.rules.book()
        before = book.find(seen["rule_id"])
        submitted = parse_rule_form(view, before, self.region)
        self.permissions.need_admin(user, AdminAction.CHANGE_ROUTING, submitted.rule.name)
        if seen["rule_id"] and (before is None or before.fingerprint != seen["look"]):
            rule, errors = submitted.rule, {NAME: CHANGED if before else DELETED}
        else:
            known = {user, before.slack_user if before else None}
            rule, errors = self._resolve_target(submitted, book, known)
        rules, now = book.with_rule(rule, submitted.place), self.clock.now()
        if not errors:
            if self.store.rules.replace(book, rules, by=user, now=now, token=seen["token"]):
                done = "changed" if before else "created"
                self.store.audit.note(user, f"rule {done}", rule.name, now=now)
            else:
                errors = {NAME: CHANGED}
        return Change(f"“{name_of(rule.name)}” saved.{_warning(rules, rule)}", errors)

    def _resolve_target(
        self, submitted: SubmittedRule, book: Rulebook, known: Collection[str | None]
    ) -> tuple[Rule, dict[str, str]]:
        """Return the rule with the channel that it posts in, and errors by field.

        Slack's menu of people offers apps and people from other companies, too. The people in
        `known` aren't checked.
        """
        rule = submitted.rule
        errors = self._check_callers(rule, book) | validate_rule(rule, book.without(rule.rule_id))
        if submitted.channel and submitted.slack_user:
            errors[PERSON] = ONE_TARGET
        elif not (submitted.channel or submitted.slack_user):
            errors[CHANNEL] = NO_TARGET
        elif submitted.slack_user and not (
            submitted.slack_user in known or self.store.slack_people.find(submitted.slack_user)
        ):
            errors[PERSON] = NOT_A_MEMBER
        if errors:
            return rule, errors
        if submitted.slack_user:
            direct = direct_channel(self.slack, submitted.slack_user)
            return replace(rule, channel=direct or ""), (
                {} if direct else {PERSON: NO_DIRECT_CHANNEL}
            )
        return rule, {} if can_post(self.slack, rule.channel) else {CHANNEL: NOT_IN_CHANNEL}

    def _check_callers(self, rule: Rule, book: Rulebook) -> dict[str, str]:
        """Return an error for a part of a number, which would match no caller."""
        before = book.find(rule.rule_id)
        for one in parts_of_numbers(rule.when, self.store.contacts.has_name):
            if before is None or one not in before.when.callers:
                return {"callers": PART_OF_NUMBER.format(name_of(one))}
        return {}


def _apply(action: str, rule: Rule, book: Rulebook) -> tuple[Sequence[Rule], str]:
    """Return the rules after an action, and the action in the past tense."""
    place = book.place_of(rule.rule_id)
    if action == SWITCH:
        done = "switched off" if rule.is_on else "switched on"
        return book.with_rule(replace(rule, is_on=not rule.is_on), place), done
    if action == DELETE:
        return book.without(rule.rule_id), "deleted"
    step, done = {UP: (-1, "moved up"), DOWN: (1, "moved down")}[action]
    return book.with_rule(rule, place + step), done


def _warning(rules: Sequence[Rule], rule: Rule) -> str:
    """Return a sentence if this rule, or others because of it, can never match."""
    idle = find_unreachable(rules)
    names = [one.name for one in rules if one.rule_id in idle]
    # By name: a new rule gets its ID from the book, and a form sent twice may have two.
    own = next(
        (idle[one.rule_id] for one in rules if one.rule_id in idle and one.name == rule.name), None
    )
    if own:
        return f" It never matches: {own}."
    return f" These rules now never match: {', '.join(map(name_of, names[:5]))}." if names else ""
