"""The work queues: one for each channel and endpoint, and some for texts, files, and events."""

from functools import partial

from bot.attachments import fetcher
from bot.outbox import routing
from bot.outgoing_webhooks import sender as webhook_sender
from bot.server.workers import (
    ATTACHMENTS_QUEUE,
    STEPS_QUEUE,
    TEXTS_QUEUE,
    UNCONFIRMED_TEXTS_QUEUE,
    UNREAD_EVENTS_QUEUE,
    Queue,
    Queues,
)
from bot.services import Services
from bot.sync import unread_events
from bot.texts import sender


def make_queues(s: Services) -> Queues:
    """Return the queues; each has one function to check for work and one to do the next item."""
    return Queues(
        named={
            UNREAD_EVENTS_QUEUE: Queue(
                partial(unread_events.has_unread, store=s.store),
                partial(
                    unread_events.read_next_events,
                    store=s.store,
                    metrics=s.metrics,
                    clock=s.clock,
                    load=s.webhook_load,
                    region=s.settings.default_region,
                    opt_out_words=tuple(s.settings.opt_out_words),
                    wake=s.wake,
                ),
            ),
            TEXTS_QUEUE: Queue(
                partial(sender.has_sendable, store=s.store, text_poller=s.text_poller),
                partial(
                    sender.send_next_text,
                    store=s.store,
                    vocatech=s.vocatech,
                    metrics=s.metrics,
                    clock=s.clock,
                    timing=s.timing,
                    failpoint=s.failpoint,
                    run_now=s.run_now,
                    tell_admins=s.tell_admins,
                    why_not_now=s.scheduled.why_not_now,
                ),
            ),
            ATTACHMENTS_QUEUE: Queue(
                partial(fetcher.has_work, store=s.store),
                partial(
                    fetcher.fetch_next,
                    store=s.store,
                    vocatech=s.vocatech,
                    clock=s.clock,
                    timing=s.timing,
                    wake=s.wake,
                ),
            ),
            UNCONFIRMED_TEXTS_QUEUE: Queue(
                partial(sender.has_unconfirmed, store=s.store),
                partial(
                    sender.check_unconfirmed,
                    store=s.store,
                    text_poller=s.text_poller,
                    clock=s.clock,
                    timing=s.timing,
                ),
            ),
            STEPS_QUEUE: Queue(s.step_reporter.has_work, s.step_reporter.report_next),
        },
        find_channels=partial(
            routing.channels_with_work,
            store=s.store,
            router=s.router,
            routes=s.default_routes,
            clock=s.clock,
        ),
        work_in_channel=partial(
            routing.deliver_next,
            store=s.store,
            outbox=s.outbox,
            locale=s.locale,
            sharing=s.shared_channels,
            has_work_objects=s.settings.work_objects,
            recovery=s.card_recovery,
            turns=s.turns,
        ),
        find_endpoints=partial(webhook_sender.endpoints_with_work, store=s.store, clock=s.clock),
        work_for_endpoint=partial(
            webhook_sender.deliver_next,
            store=s.store,
            receivers=s.receivers,
            metrics=s.metrics,
            clock=s.clock,
            failpoint=s.failpoint,
        ),
    )
