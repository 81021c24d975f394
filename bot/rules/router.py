"""Routing of calls: by rules, else by the default routes, and to people who want their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import NamedTuple

from bot.models.calls import Call, Direction, Outcome
from bot.models.rules import DefaultRoutes, How, Rule, Rulebook, Why
from bot.people.lookup import direct_channels_for
from bot.people.names import contacts_of
from bot.rules.matching import CompiledRules, RuleSubject, is_described, is_unknown, narrowed
from bot.store import Store


class Alert(NamedTuple):
    """A Slack user to mention in the thread of a call's card, and the rule that asks for it."""

    channel: str
    slack_user: str
    rule_id: int
    why: Why


class WebhookCall(NamedTuple):
    """A rule that sends matching calls to an endpoint, by its name."""

    endpoint: str
    rule_id: int
    rule: str


class Routed(NamedTuple):
    """The channels that show a call, each with the reason, and the people to mention.

    `webhooks` are the endpoints that get it.
    `is_waiting`: the call is over, and a fact that decides its channel isn't known yet.
    """

    places: dict[str, Why]
    alerts: tuple[Alert, ...] = ()
    webhooks: tuple[WebhookCall, ...] = ()
    is_waiting: bool = False


@dataclass
class Router:
    """The stored rules, with the default routes of the settings below them.

    `routes` also decide where texts go, and when a call is shown first.
    """

    store: Store
    routes: DefaultRoutes
    _compiled: tuple[Rulebook, CompiledRules] = field(
        default=(Rulebook(), CompiledRules(())), init=False
    )

    def route(self, call: Call) -> Routed:
        """Return where a call is shown in its current state; nowhere if too early, or spam."""
        if self._is_too_early(call) or self._is_spam(call):
            return Routed({})
        seen = to_subject(call, self.store)
        rules, is_open = self._compiled_rules().match(seen)
        routed = self._by_rules(rules, seen)
        # While a rule may still match the call, the default routes don't apply.
        if not rules and not is_open:
            routed = Routed(self._by_routes(call))
        routed = routed._replace(is_waiting=call.is_over and not routed.places)
        for channel in direct_channels_for(call, self.store):
            routed.places.setdefault(channel, Why(How.OWN))
        return routed

    def route_outcome(self, call: Call, outcome: str) -> Routed:
        """Return where rules post a call because someone set this outcome, and who is mentioned."""
        seen = replace(to_subject(call, self.store), set_outcome=outcome)
        return self._by_rules(self._compiled_rules().match_outcome(seen), seen)

    def route_without_line(self) -> Routed:
        """Return where a call is shown if its line stays unknown."""
        return Routed({self.routes.default_channel: Why(How.UNPLACED)})

    def channels_for(self, call: Call) -> list[str]:
        """Return the channels for a call, without direct messages for people's own missed calls."""
        return [one for one, why in self.route(call).places.items() if why.how is not How.OWN]

    def try_rules(self, call: Call) -> tuple[list[Rule], list[str]]:
        """Return the rules that match a call, and where it would go."""
        rules, _ = self._compiled_rules().match(to_subject(call, self.store))
        channels = [one.channel for one in rules] or self.routes.channels_for(call)
        return rules, list(dict.fromkeys(channels))

    def _is_spam(self, call: Call) -> bool:
        """Return whether the caller is spam; calls that colleagues make to it are shown."""
        is_call_of_ours = call.direction is Direction.OUTGOING
        return not is_call_of_ours and self.store.screening.is_spam(call.remote_number)

    def _is_too_early(self, call: Call) -> bool:
        return call.outcome is Outcome.RINGING and not self.routes.post_ringing

    def _by_routes(self, call: Call) -> dict[str, Why]:
        """Return the channels by the default routes; none while the line decides and is unknown."""
        channels = self.routes.channels_for(call)
        named = self.routes.named_channels_for(call)
        needed = self._compiled_rules().lines | self.routes.lines
        if named or not any(is_unknown(name, call) for name in needed):
            return dict.fromkeys(channels, Why(How.FALLBACK))
        # Only what a whole report lacks may stay unknown, and a missed call must not wait for it.
        return dict.fromkeys(channels, Why(How.UNPLACED)) if is_described(call) else {}

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
        webhooks = (WebhookCall(one.webhook, one.rule_id, one.name) for one in rules if one.webhook)
        return Routed(places, tuple(alerts), tuple(webhooks))

    def _compiled_rules(self) -> CompiledRules:
        book = self.store.rules.book()
        if self._compiled[0] is not book:
            self._compiled = (book, CompiledRules(book.rules))
        return self._compiled[1]


def to_subject(call: Call, store: Store) -> RuleSubject:
    """Return a call as rules see it."""
    # Several rules may need the same count.
    count = cache(partial(_count_calls, call, store))
    return RuleSubject(call, partial(contacts_of, call.remote_number, store), count)


def _count_calls(call: Call, store: Store, minutes: int) -> int:
    if call.remote_number is None or call.started_at is None:
        return 1
    after = call.started_at - minutes * 60
    return store.calls.incoming_from(call.remote_number, after=after, until=call.started_at)
