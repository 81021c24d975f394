"""Everything that can set the bot off, on one screen, and what each way in needs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from re import Pattern
from urllib.parse import urlsplit

from slack_bolt import App

from bot.notices import tell_admins_once
from bot.services import Services
from bot.slack_ids import OPEN_CALLS, OPEN_TRANSCRIPT, TURN_TRANSCRIPT_PAGE
from bot.subscription import PATH, Upkeep
from bot.web import Request, Table
from handlers.address_book import SECONDS_BETWEEN_LOOKS, look_through_address_book
from handlers.announcements import announce_next, channels_with_work
from handlers.call_views import open_calls, open_transcript, turn_transcript_page
from handlers.catch_up import catch_up
from handlers.errors import explain_error
from handlers.health import say_alive, say_ready, show_metrics
from handlers.hearing import notice_silence
from handlers.housekeeping import keep_house
from handlers.provider_webhooks import receive_webhook
from handlers.slack_requests import answer_slack
from handlers.subscription import SECONDS_BETWEEN_TRIES, keep_subscription

DAY = 86_400.0


@dataclass(frozen=True)
class Job:
    """Something done every so many seconds; it gives the seconds to pause beyond that."""

    name: str
    seconds: float
    work: Callable[[], float]


def paths(
    s: Services,
    *,
    bolt: App,
    is_signed: Callable[[Request], bool],
    wake: Callable[[], None],
    obstacles: Callable[[], list[str]],
) -> Table:
    """What HTTP requests set off."""
    receive = partial(
        receive_webhook,
        secrets=s.settings.webhook_secrets,
        region=s.settings.default_region,
        store=s.store,
        metrics=s.metrics,
        clock=s.clock,
        wake=wake,
        boundary=s.boundary,
    )
    slack = partial(answer_slack, bolt=bolt, is_signed=is_signed, metrics=s.metrics)
    return {
        PATH: {"POST": receive},
        "/slack/events": {"POST": slack},
        "/healthz": {"GET": say_alive},
        "/readyz": {"GET": partial(say_ready, obstacles=obstacles)},
        "/metrics": {"GET": partial(show_metrics, metrics=s.metrics)},
    }


def listen(bolt: App, s: Services) -> None:
    """What people set off in Slack, over HTTP or Socket Mode alike."""
    slack_host = urlsplit(s.settings.slack_api_url).hostname or ""
    bolt.error(partial(explain_error, slack_host=slack_host))
    clicks: dict[str | Pattern[str], Callable[..., None]] = {
        OPEN_TRANSCRIPT: open_transcript,
        re.compile(f"^{TURN_TRANSCRIPT_PAGE}:"): turn_transcript_page,
        OPEN_CALLS: open_calls,
    }
    for action_id, react in clicks.items():
        bolt.action(action_id)(partial(react, store=s.store, slack=s.slack, locale=s.locale))


def lanes(s: Services) -> tuple[Callable[[], list[str]], Callable[[str], float]]:
    """What a change in the store sets off: find the channels with work, work in one of them."""
    find = partial(channels_with_work, store=s.store, routes=s.routes, clock=s.clock)
    work = partial(announce_next, store=s.store, outbox=s.outbox, locale=s.locale)
    return find, work


def jobs(s: Services, *, wake: Callable[[], None]) -> list[Job]:
    """What the clock sets off."""
    seconds = s.settings.seconds_between_polls

    def tell_admins(name: str, kind: str, detail: dict[str, str]) -> None:
        tell_admins_once(
            name,
            kind,
            detail,
            store=s.store,
            slack=s.slack,
            admins=s.settings.slack_admins,
            now=s.clock.now(),
        )

    poll = partial(
        catch_up,
        vocatech=s.vocatech,
        store=s.store,
        routes=s.routes,
        metrics=s.metrics,
        clock=s.clock,
        region=s.settings.default_region,
        late_after=max(180.0, 3 * seconds),
        wake=wake,
        tell_admins=tell_admins,
    )
    return [
        Job("catch up", seconds, poll),
        Job("keep house", DAY, partial(keep_house, store=s.store, clock=s.clock)),
        Job(
            "look through address book",
            SECONDS_BETWEEN_LOOKS,
            partial(
                look_through_address_book,
                vocatech=s.vocatech,
                store=s.store,
                metrics=s.metrics,
                clock=s.clock,
            ),
        ),
        *_webhook_jobs(s, tell_admins),
    ]


def _webhook_jobs(
    s: Services, tell_admins: Callable[[str, str, dict[str, str]], None]
) -> list[Job]:
    """What the clock sets off about webhooks, where there are to be any."""
    has_secrets = bool(s.settings.vocatech_webhook_secrets)
    found: list[Job] = []
    if s.settings.public_url:
        upkeep = Upkeep(
            s.vocatech.webhooks,
            s.store.subscriptions,
            url=s.settings.public_url + PATH,
            has_given_secrets=has_secrets,
            clock=s.clock,
        )
        keep = partial(
            keep_subscription,
            upkeep=upkeep,
            store=s.store,
            metrics=s.metrics,
            clock=s.clock,
            tell_admins=tell_admins,
        )
        found.append(Job("keep subscription", SECONDS_BETWEEN_TRIES, keep))
    if s.settings.has_webhooks:
        listen_on = partial(
            notice_silence,
            store=s.store,
            clock=s.clock,
            started=s.clock.now(),
            has_given_secrets=has_secrets,
            tell_admins=tell_admins,
        )
        found.append(Job("notice silence", s.settings.seconds_between_polls, listen_on))
    return found
