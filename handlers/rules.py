"""Rules: what their list and their form set off, for admins."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt import Ack

from bot.clock import Clock
from bot.models.rules import Rule, Rulebook
from bot.people.permissions import CHANGE_ROUTING, Permissions
from bot.rules.form import CHANNEL, NAME, PERSON, Written, people_choices, read_rule_form
from bot.rules.presenter import RulePresenter
from bot.rules.validation import never, what_is_wrong
from bot.slack.client import SlackClient
from bot.slack.membership import can_post, direct_channel
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.ui.command_text import CommandText
from bot.ui.mrkdwn import name_of

GONE = "This rule was deleted meanwhile. Nothing was changed."

MEANWHILE = "Somebody changed the rules meanwhile, so nothing was done. This is how they are now."

CHANGED = (
    "Somebody changed the rules since you opened the form. Nothing was saved: please close it, look"
    " at the rule, and change it once more."
)

NOT_THERE = (
    "I cannot post in this channel. Please type /invite @Vocatech there, and save once more; what"
    " you filled in stays."
)

BOTH = "Please choose either a channel or a person."

NO_ANSWER = "Slack did not let me write to this person. Please save once more, or choose another."

Json = dict[str, Any]


@dataclass(frozen=True)
class RuleHandlers:
    """Routing rules."""

    slack: SlackClient
    permissions: Permissions
    rule_presenter: RulePresenter
    store: Store
    clock: Clock
    refresh_home: Callable[[str], None]
    region: str

    def show_rules(self, ack: Ack, body: Json) -> None:
        """Open the list."""
        ack()
        self.permissions.need_admin(body["user"]["id"], CHANGE_ROUTING)
        self.slack.show_modal(body, self.rule_presenter.list())

    def turn_rules_page(self, ack: Ack, action: Json, body: Json) -> None:
        """Show another page of the list."""
        ack()
        self.permissions.need_admin(body["user"]["id"], CHANGE_ROUTING)
        self.slack.update_modal(
            body["view"]["id"], self.rule_presenter.list(page=int(action["value"])), seen_hash=None
        )

    def try_rules(self, ack: Ack, body: Json) -> None:
        """Show where the last calls would have gone."""
        ack()
        self.permissions.need_admin(body["user"]["id"], CHANGE_ROUTING)
        self.slack.show_modal(body, self.rule_presenter.tried())

    def new_rule(self, ack: Ack, body: Json) -> None:
        """Open an empty form."""
        ack()
        self.permissions.need_admin(body["user"]["id"], CHANGE_ROUTING)
        self.slack.show_modal(body, self.rule_presenter.form(Rule(0, "", ""), token=make_token()))

    def offer_rule_people(self, ack: Ack, payload: Json) -> None:
        """Give the extensions that fit what was typed."""
        ack(options=people_choices(self.store.people.all(), payload.get("value", "")))

    def change_rule(self, ack: Ack, action: Json, body: Json) -> None:
        """Edit, move or switch the rule whose menu was opened."""
        ack()
        user, view = body["user"]["id"], body["view"]
        deed, key = action["selected_option"]["value"].split()
        book = self.store.rules.book()
        rule = book.find(int(key))
        self.permissions.need_admin(user, CHANGE_ROUTING, rule.name if rule else key)
        if rule and deed == "edit":
            self.slack.show_modal(body, self.rule_presenter.form(rule, token=make_token()))
            return
        seen = json.loads(view["private_metadata"])
        said = GONE if rule is None else MEANWHILE
        if rule and seen["version"] == book.version:
            rules, done = _do(deed, rule, book)
            if self.store.rules.replace(book, rules, by=user, now=self.clock.now()):
                self.store.audit.note(user, f"rule {done}", rule.name, now=self.clock.now())
                said = f"“{name_of(rule.name)}” is {done}."
        _show_list(view["id"], self.slack, self.rule_presenter, said, page=seen["page"])
        self.refresh_home(user)

    def delete_rule(self, ack: Ack, action: Json, body: Json) -> None:
        """Delete the rule whose form is open, and show the list without it."""
        ack()
        user, view = body["user"]["id"], body["view"]
        book = self.store.rules.book()
        rule = book.find(int(action["value"]))
        self.permissions.need_admin(user, CHANGE_ROUTING, rule.name if rule else "")
        said = "This rule was deleted already."
        if rule:
            said = MEANWHILE
            if rule.look == json.loads(view["private_metadata"])[
                "look"
            ] and self.store.rules.replace(
                book, book.without(rule.rule_id), by=user, now=self.clock.now()
            ):
                self.store.audit.note(user, "rule deleted", rule.name, now=self.clock.now())
                said = f"“{name_of(rule.name)}” is deleted."
        # In place of the form, of which nothing is left, and in the list below.
        for shown in (view.get("previous_view_id"), view["id"]):
            _show_list(shown, self.slack, self.rule_presenter, said)
        self.refresh_home(user)

    def save_rule(self, ack: Ack, body: Json, view: Json) -> None:
        """Check what was filled in, keep it, and show it in the list below."""
        user, told = body["user"]["id"], json.loads(view["private_metadata"])
        book = self.store.rules.book()
        before = book.find(told["rule_id"])
        written = read_rule_form(view, before, self.region)
        self.permissions.need_admin(user, CHANGE_ROUTING, written.rule.name)
        rule, wrong = _check(written, book, before, told, self.slack)
        rules, now = book.with_rule(rule, written.place), self.clock.now()
        said = f"“{name_of(rule.name)}” is saved.{_warn(rules, rule)}"
        if not wrong:
            if self.store.rules.replace(book, rules, by=user, now=now, token=told["token"]):
                self.store.audit.note(user, f"rule {_done(before)}", rule.name, now=now)
            else:
                wrong = {NAME: CHANGED}
        # Asked last: what the same form did a moment ago is not wrong with it now.
        if wrong and not self.store.submissions.knows(told["token"]):
            shown = {block["block_id"] for block in view["blocks"]}
            errors = {part if part in shown else NAME: why for part, why in wrong.items()}
            ack(response_action="errors", errors=errors)
            return
        ack()
        _show_list(view["previous_view_id"], self.slack, self.rule_presenter, said)
        self.refresh_home(user)

    def open_rules(self, asked: CommandText) -> None:
        """Open the list of rules."""
        self.permissions.need_admin(asked.asker, CHANGE_ROUTING)
        asked.ack()
        self.slack.open_modal(asked.trigger_id, self.rule_presenter.list())


def _check(
    written: Written, book: Rulebook, before: Rule | None, told: Json, slack: SlackClient
) -> tuple[Rule, dict[str, str]]:
    """Give the rule with where it posts, and what to mend by field."""
    rule = written.rule
    if told["rule_id"] and (before is None or before.look != told["look"]):
        return rule, {NAME: CHANGED if before else GONE}
    wrong = what_is_wrong(rule, book.without(rule.rule_id))
    if bool(written.channel) is bool(written.slack_user):
        wrong[PERSON if written.channel else CHANNEL] = BOTH
    if wrong:
        return rule, wrong
    if written.slack_user:
        direct = direct_channel(slack, written.slack_user)
        return replace(rule, channel=direct or ""), {} if direct else {PERSON: NO_ANSWER}
    return rule, {} if can_post(slack, rule.channel) else {CHANNEL: NOT_THERE}


def _do(deed: str, rule: Rule, book: Rulebook) -> tuple[Sequence[Rule], str]:
    """Give the rules after something was done to one, and what it is then."""
    place = book.place_of(rule.rule_id)
    if deed == "switch":
        done = "switched off" if rule.is_on else "switched on"
        return book.with_rule(replace(rule, is_on=not rule.is_on), place), done
    step, done = (-1, "moved up") if deed == "up" else (1, "moved down")
    return book.with_rule(rule, place + step), done


def _done(before: Rule | None) -> str:
    return "changed" if before else "created"


def _warn(rules: Sequence[Rule], rule: Rule) -> str:
    """Say what follows from a rule that was saved: that it, or another, never matches."""
    idle = never(rules)
    names = [one.name for one in rules if one.rule_id in idle]
    # By its name: a new rule has its number from the book, where a form sent twice may have two.
    own = next(
        (idle[one.rule_id] for one in rules if one.rule_id in idle and one.name == rule.name), None
    )
    if own:
        return f" But it never matches: {own}."
    return f" Now these never match: {', '.join(map(name_of, names[:5]))}." if names else ""


def _show_list(
    view_id: str | None, slack: SlackClient, rule_views: RulePresenter, said: str, *, page: int = 1
) -> None:
    """Bring the list up to date, if it is still open."""
    slack.refresh_modal(view_id, rule_views.list(page=page, said=said))
