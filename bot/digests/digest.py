"""The digest: posted when the clock says so, and switched on and off in the App Home."""

import sqlite3
from collections.abc import Callable

import structlog
from slack_bolt import Ack

from bot.clock import Clock
from bot.digests.generator import DigestMaker, Told
from bot.digests.service import DigestAnswers
from bot.errors import NotAllowed
from bot.home.presenter import AppHome
from bot.models.digest_schedule import Plan
from bot.models.health import DIGEST_FAILED, name_of_trouble
from bot.outbox.notices import all_is_well
from bot.store import Store
from bot.ui.blocks import Json

log = structlog.get_logger()
SECONDS_BETWEEN_LOOKS = 20.0
# A digest is tried at every look; whoever can mend it is told within the hour.
SECONDS_TO_TELL = 1_800.0
FAILING = "failing digest"
# What the store, or what stands in it, may do to the making of one digest.
MISHAPS = (sqlite3.Error, ArithmeticError, LookupError, TypeError, ValueError, OSError)


def post_digests(
    *,
    store: Store,
    maker: DigestMaker,
    clock: Clock,
    wake: Callable[[], None],
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Have every digest posted that is due; one that fails does not hurt the next."""
    now, told, troubles = clock.now(), Told(), dict[str, str]()
    for plan in store.digests.plans():
        if reason := _decide(plan, store, maker, now, told):
            troubles[plan.channel] = reason
    for digest_id, channel in store.digests.overdue(now - SECONDS_TO_TELL):
        log.warning("digest_not_posted", digest=digest_id)
        troubles.setdefault(channel, "Slack has not taken it for half an hour")
    for plan in store.digests.plans():
        name = name_of_trouble(DIGEST_FAILED, plan.channel)
        if reason := troubles.get(plan.channel):
            tell_admins(name, DIGEST_FAILED, {"channel": plan.channel, "reason": reason})
        else:
            all_is_well(name, store=store)
    wake()
    return 0.0


def switch_digest(
    ack: Ack,
    action: Json,
    body: Json,
    *,
    answers: DigestAnswers,
    home: AppHome,
) -> None:
    """Switch a channel's digest, or one's own, on or off; raises NotAllowed or NotLinked."""
    ack()
    user = body["user"]["id"]
    wanted, _, channel = action["value"].partition(" ")
    try:
        answers.switch(user, channel, is_on=wanted == "on")
    except NotAllowed:
        home.show(user)  # without the button, which they had from when they were an admin
        raise
    home.show(user)


def _decide(plan: Plan, store: Store, maker: DigestMaker, now: float, told: Told) -> str | None:
    """Decide about one plan; give what keeps it from being done, once that has lasted a while."""
    name = f"{FAILING} {plan.channel}"
    try:
        if maker.decide(plan, now, told):
            log.info("digest_decided", channel=plan.channel, cadence=plan.cadence)
    except MISHAPS as error:
        since = store.notes.moment(name)
        if since is None:
            store.notes.set_moment(name, now)
        log.warning(
            "digest_failed",
            channel=plan.channel,
            error=type(error).__name__,
            exc_info=error if since is None else None,
        )
        is_old = since is not None and now - since >= SECONDS_TO_TELL
        return f"an error ({type(error).__name__})" if is_old else None
    if store.notes.moment(name) is not None:
        store.notes.forget(name)
    return None
