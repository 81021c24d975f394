"""Owns where a call goes: by the rules, where none catches it by the settings, and to oneself."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import NamedTuple

from bot.models.calls import Call, Outcome
from bot.models.rules import DefaultRoutes, How, Rule, Rulebook, Why
from bot.people.lookup import direct_channels_for
from bot.people.names import contacts_of
from bot.rules.matching import Ready, RuleSubject, narrowed
from bot.store import Store


class Alert(NamedTuple):
    """Somebody (a Slack user) to be told of a call where its card stands, by which rule."""

    channel: str
    slack_user: str
    rule_id: int
    why: Why


class Routed(NamedTuple):
    """The channels that shall show a call, each with the reason, and who is to be told."""

    places: dict[str, Why]
    alerts: tuple[Alert, ...] = ()


@dataclass
class Router:
    """The rules of the store above the routes of the settings.

    `routes` still decide about texts, and from when on a call is shown.
    """

    store: Store
    routes: DefaultRoutes
    _ready: tuple[Rulebook, Ready] = field(default=(Rulebook(), Ready(())), init=False)

    def route(self, call: Call) -> Routed:
        """Choose where a call is shown as it stands now; nowhere while it is too early."""
        if self._is_too_early(call):
            return Routed({})
        seen = look_at(call, self.store)
        rules, is_open = self._ready_rules().ask(seen)
        routed = self._by_rules(rules, seen)
        # While a rule may yet catch a call that goes on, nobody else need hear of it.
        if not rules and not is_open:
            routed = Routed(dict.fromkeys(self.routes.channels_for(call), Why(How.FALLBACK)))
        for channel in direct_channels_for(call, self.store):
            routed.places.setdefault(channel, Why(How.OWN))
        return routed

    def channels_for(self, call: Call) -> list[str]:
        """Give the channels for a call, but for those of people who want what they missed."""
        return [one for one, why in self.route(call).places.items() if why.how is not How.OWN]

    def try_rules(self, call: Call) -> tuple[list[Rule], list[str]]:
        """Say which rules catch a call, and where it would go."""
        rules, _ = self._ready_rules().ask(look_at(call, self.store))
        channels = [one.channel for one in rules] or self.routes.channels_for(call)
        return rules, list(dict.fromkeys(channels))

    def _is_too_early(self, call: Call) -> bool:
        return call.outcome is Outcome.RINGING and not self.routes.post_ringing

    def _by_rules(self, rules: Sequence[Rule], seen: RuleSubject) -> Routed:
        whys = [Why(How.RULE, rule.name, narrowed(rule.when, seen)) for rule in rules]
        at_once = {rule.channel for rule in rules if rule.at_once}
        places: dict[str, Why] = {}
        for rule, why in zip(rules, whys, strict=True):
            places.setdefault(rule.channel, replace(why, at_once=rule.channel in at_once))
        alerts = (
            Alert(rule.channel, rule.mention, rule.rule_id, why)
            for rule, why in zip(rules, whys, strict=True)
            if rule.mention
        )
        return Routed(places, tuple(alerts))

    def _ready_rules(self) -> Ready:
        book = self.store.rules.book()
        if self._ready[0] is not book:
            self._ready = (book, Ready(book.rules))
        return self._ready[1]


def look_at(call: Call, store: Store) -> RuleSubject:
    """Give a call as rules see it."""
    # Several rules ask the same.
    count = cache(partial(_count_calls, call, store))
    return RuleSubject(call, partial(contacts_of, call.remote_number, store), count)


def _count_calls(call: Call, store: Store, minutes: int) -> int:
    if call.remote_number is None or call.started_at is None:
        return 1
    after = call.started_at - minutes * 60
    return store.calls.incoming_from(call.remote_number, after=after, until=call.started_at)
