"""Owns showing the rules to an admin: their list, a form, and what they would have done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.health.messages import explain_refusal
from bot.models.rules import Rule
from bot.rules.form import Choices, render_rule_form
from bot.rules.modals import MOST_TRIED, Fallback, Tried, render_rules_modal, render_tried
from bot.rules.router import Router
from bot.rules.words import render_why_modal
from bot.store import Store
from bot.ui.formatting import Locale

Json = dict[str, Any]
BROKEN_SECONDS = 7 * 86_400.0


@dataclass(frozen=True)
class RulePresenter:
    """Rules, as admins see them."""

    store: Store
    router: Router
    locale: Locale
    now: Callable[[], float]

    def list(self, *, page: int = 1, said: str | None = None) -> Json:
        """Give the modal that lists them; `said` is what has just been done."""
        routes = self.router.routes
        return render_rules_modal(
            self.store.rules.book(),
            Fallback(routes.default_channel, routes.channel_by_line),
            broken=self.broken(),
            locale=self.locale,
            page=page,
            said=said,
        )

    def form(self, rule: Rule, *, token: str) -> Json:
        """Give the form; a rule without an id (0) is new."""
        company = self.store.people.company()
        choices = Choices(
            self.store.people.all(),
            company.numbers if company else (),
            [one.name for one in self.store.contacts.fields()],
        )
        place = self.store.rules.book().place_of(rule.rule_id)
        return render_rule_form(rule, place, choices, locale=self.locale, token=token)

    def tried(self) -> Json:
        """Give the modal that says where the last calls would have gone."""
        tried = []
        for call in self.store.calls.latest(MOST_TRIED):
            rules, would = self.router.try_rules(call)
            tried.append(Tried(call, would, self.store.posts.channels_of(call.call_id), rules))
        return render_tried(tried, locale=self.locale)

    def explain(self, call_id: str, channel: str) -> Json:
        """Return the modal that explains why a call is in a channel."""
        why = self.store.posts.why(call_id, channel)
        shown = self.store.channels.shown_in(channel)
        return render_why_modal(why, shown=shown, locale=self.locale)

    def broken(self) -> dict[str, str]:
        """Say of channels that take no posts why that is so."""
        found = self.store.troubles.broken_channels(self.now() - BROKEN_SECONDS)
        return {one.channel: explain_refusal(one.reason or "an error")[0] for one in found}
