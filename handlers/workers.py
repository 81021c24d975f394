"""Everything that a change in the store triggers: one queue a channel, and queues for texts."""

from functools import partial

from bot.attachments import fetcher
from bot.outbox import dispatch
from bot.server.workers import DOUBTS_LANE, MEDIA_LANE, TEXTS_LANE, Queue, Queues
from bot.services import Services
from bot.texts import sender


def make_queues(s: Services) -> Queues:
    """Return the queues: what says whether one has work, and what does the next piece of it."""
    return Queues(
        named={
            TEXTS_LANE: Queue(
                partial(sender.has_queued, store=s.store),
                partial(
                    sender.send_next_text,
                    store=s.store,
                    vocatech=s.vocatech,
                    metrics=s.metrics,
                    clock=s.clock,
                    timing=s.timing,
                    boundary=s.boundary,
                    hurry=s.hurry,
                    tell_admins=s.tell_admins,
                ),
            ),
            MEDIA_LANE: Queue(
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
            DOUBTS_LANE: Queue(
                partial(sender.has_unconfirmed, store=s.store),
                partial(
                    sender.check_unconfirmed,
                    store=s.store,
                    text_poller=s.text_poller,
                    clock=s.clock,
                    timing=s.timing,
                ),
            ),
        },
        find_channels=partial(
            dispatch.channels_with_work,
            store=s.store,
            router=s.router,
            routes=s.default_routes,
            clock=s.clock,
        ),
        work_in_channel=partial(
            dispatch.deliver_next,
            store=s.store,
            outbox=s.outbox,
            locale=s.locale,
            sharing=s.shared_channels,
        ),
    )
