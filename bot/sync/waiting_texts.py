"""Texts whose company number isn't known yet: which channel they belong to is unknown, too."""

import structlog

from bot.clock import Clock
from bot.models.rules import DefaultRoutes
from bot.store import Store
from bot.store.sync import WAITING_TEXT

log = structlog.get_logger()
# A customer's text must not wait longer, even if Vocatech's list can't be read.
MAX_SECONDS = 600.0


def place_waiting_texts(
    before: float, *, store: Store, routes: DefaultRoutes, clock: Clock
) -> None:
    """Show texts whose company number stays unknown in the default channel.

    `before` is when the previous poll began (unix seconds): a text that has waited since then is
    in neither of the last two lists, or they don't say more.
    """
    now = clock.now()
    for text_id, since in store.key_values.moments(WAITING_TEXT).items():
        routed = store.texts.routable(text_id)
        is_waiting = routed is not None and routed.text.company_number is None
        if is_waiting and before <= since and now - since < MAX_SECONDS:
            continue
        if routed is not None and is_waiting:
            places = [(routed, routes.channels_for_text(None), ())]
            store.texts.route(places, store.channels.held(now=now), now=now)
            log.info("text_posted_without_line", text_id=text_id)
        store.key_values.forget(WAITING_TEXT + text_id)
