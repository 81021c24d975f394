"""Modals of rules: the list, the form, and a trial run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.health.messages import explain_refusal
from bot.models.rules import Rule
from bot.rules.form import Choices, render_rule_form
from bot.rules.modals import MAX_TRIED, Fallback, Tried, render_rules_modal, render_tried
from bot.rules.router import Router
from bot.rules.validation import deleted_endpoints, deleted_outcomes
from bot.rules.words import render_why_modal
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.ui.formatting import Locale

Json = dict[str, Any]
BROKEN_SECONDS = 7 * 86_400.0


@dataclass(frozen=True)
class RulePresenter:
    """Rules as admins see them."""

    store: Store
    router: Router
    locale: Locale
    now: Callable[[], float]

    def list(self, *, page: int = 1, notice: str = "") -> Json:
        """Return the list modal."""
        routes, book = self.router.routes, self.store.rules.book()
        return render_rules_modal(
            book,
            Fallback(routes.default_channel, routes.channel_by_line),
            broken=self.broken_channels(),
            locale=self.locale,
            deleted=deleted_outcomes(book.rules, self.store.outcomes.all()),
            endpoints_gone=deleted_endpoints(book.rules, self.store.endpoints.names()),
            page=page,
            notice=notice,
        )

    def form(self, rule: Rule) -> Json:
        """Return the form; a rule without an ID (0) is new."""
        company = self.store.people.company()
        choices = Choices(
            self.store.people.all(),
            company.numbers if company else (),
            [one.name for one in self.store.contacts.fields()],
            [one.name for one in self.store.outcomes.all()],
            self.store.endpoints.names(),
        )
        place = self.store.rules.book().place_of(rule.rule_id)
        return render_rule_form(rule, place, choices, locale=self.locale, token=make_token())

    def trial_run(self) -> Json:
        """Return the modal that compares where the last calls went and would go now."""
        tried = []
        for call in self.store.calls.latest(MAX_TRIED):
            rules, would = self.router.try_rules(call)
            tried.append(Tried(call, would, self.store.posts.channels_of(call.call_id), rules))
        return render_tried(tried, locale=self.locale)

    def explain(self, call_id: str, channel: str) -> Json:
        """Return the modal that explains why a call is in a channel."""
        why = self.store.posts.why(call_id, channel)
        shown = self.store.channels.shown_in(channel)
        return render_why_modal(why, shown=shown, locale=self.locale)

    def broken_channels(self) -> dict[str, str]:
        """Return why channels take no posts, by channel."""
        found = self.store.incidents.broken_channels(self.now() - BROKEN_SECONDS)
        return {one.channel: explain_refusal(one.reason or "an error")[0] for one in found}
