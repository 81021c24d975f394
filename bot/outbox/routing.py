"""Routing of changed calls and texts into the outbox, and delivery of the next post."""

from collections.abc import Collection, Sequence
from functools import partial
from itertools import chain

from bot.channels.slack_connect import SharedChannels
from bot.clock import Clock
from bot.health.recovery import CardRecovery
from bot.models.rules import DefaultRoutes
from bot.models.texts import RoutableText
from bot.outbox.delivery import ChannelDelivery
from bot.outbox.rendering import show_post
from bot.rules.alerts import enqueue_alerts
from bot.rules.router import Router
from bot.rules.webhook_calls import enqueue_webhook_calls
from bot.server.turns import Turns
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.store.sync import WAITING_CALL, WAITING_TEXT
from bot.texts.presenter import delivery_problems
from bot.ui.formatting import Locale


def channels_with_work(
    *, store: Store, router: Router, routes: DefaultRoutes, clock: Clock
) -> list[str]:
    """Route what changed; return the channels with work."""
    _end_quiet_hours(store, clock.now())
    while changed := store.calls.to_route():
        routed = [(one, router.route(one.call)) for one in changed]
        now = clock.now()
        asked = {channel for _, where in routed for channel in where.places}
        receptions = store.channels.receptions(asked, now=now)
        # First, because routed calls aren't read again.
        for waiting in [seen.call for seen, where in routed if where.is_waiting]:
            store.key_values.begin_moment(WAITING_CALL + waiting.call_id, now)
        enqueue_alerts(routed, receptions, store=store, now=now)
        enqueue_webhook_calls(routed, store=store, now=now)
        store.posts.route([(one, where.places) for one, where in routed], receptions, now=now)
    _act_on_outcomes(store, router, clock.now())
    while texts := store.texts.to_route():
        chosen: list[tuple[RoutableText, Collection[str], Sequence[Notice]]] = []
        now = clock.now()
        threads = (store.texts.channels_with_threads(one.text.number or "") for one in texts)
        hiding = {
            channel
            for channel in {*chain.from_iterable(threads)}
            if not store.channels.shown_in(channel).summary
        }
        for one in texts:
            if routes.waits_for_line(one.text):
                store.key_values.begin_moment(WAITING_TEXT + one.text.text_id, now)
                chosen.append((one, [], []))
                continue
            # The channel from which a text was sent shows its outcome, too, with what it says.
            is_there = one.written_in and store.channels.shown_in(one.written_in).summary
            there = [one.written_in] if one.written_in and is_there else []
            channels = [*routes.channels_for_text(one.text.company_number), *there]
            chosen.append((one, channels, delivery_problems(one.text)))
        store.texts.route(chosen, store.channels.held(now=now), now=now, hiding=hiding)
    return store.posts.channels_with_work()


def _act_on_outcomes(store: Store, router: Router, now: float) -> None:
    """Run the rules for outcomes that people set."""
    while changed := store.outcomes.to_act():
        for one, setting in changed:
            where = router.route_outcome(one.call, setting.outcome.name)
            set_id = setting.outcome.outcome_id
            enqueue_webhook_calls([(one, where)], store=store, now=now, outcome=set_id)
            if where.places:
                receptions = store.channels.receptions({*where.places}, now=now)
                store.posts.add(one, where.places, receptions, now=now)
                enqueue_alerts(
                    [(one, where)],
                    receptions,
                    store=store,
                    now=now,
                    outcome=set_id,
                )
        store.outcomes.mark_acted((one.call.call_id, setting) for one, setting in changed)


def _end_quiet_hours(store: Store, now: float) -> None:
    """Release the batches of channels whose quiet hours are over."""
    if waiting := store.batches.channels_with_deferred():
        held = store.channels.held(now=now)
        for channel in waiting:
            if channel not in held:
                store.batches.release_deferred(channel, now=now)


def deliver_next(
    channel: str,
    *,
    store: Store,
    outbox: ChannelDelivery,
    locale: Locale,
    sharing: SharedChannels,
    recovery: CardRecovery,
    turns: Turns,
    has_work_objects: bool = False,
) -> float:
    """Post or edit the next thing in a channel; return the seconds until the next try.

    It takes one of the workers' turns, except while it waits for Slack. Nothing is posted before
    Slack has said whether people from other companies read the channel, nor edited after a restore
    before it has said what the cards show.
    """
    with turns.taken():
        if (pause := sharing.learn(channel) or recovery.learn(channel)) > 0:
            return pause
        render = partial(show_post, store=store, locale=locale, has_work_objects=has_work_objects)
        return outbox.do_next(channel, render)
