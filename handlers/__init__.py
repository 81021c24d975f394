"""Everything that can set the bot off, on one screen, and what each way in needs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from re import Pattern
from typing import Any
from urllib.parse import urlsplit

from slack_bolt import App

from bot.app_home import AppHome
from bot.call_lists import CallLists
from bot.contact_changes import ContactChanges
from bot.contact_views import ContactViews
from bot.look_back import LookBack
from bot.notices import tell_admins_once
from bot.services import Services
from bot.slack_ids import (
    CHOOSE_AGAIN,
    CHOOSE_CONTACT,
    CHOOSE_EXTENSION,
    CHOOSE_NUMBER,
    CONFIRM_DELETE,
    CREATE_CONTACT,
    DELETE_CONTACT,
    EDIT_CONTACT,
    LINK_ME,
    LINK_MODAL,
    LINK_PERSON,
    OPEN_CALL,
    OPEN_CALLS,
    OPEN_CONTACT,
    OPEN_TRANSCRIPT,
    SAVE_CONTACT,
    SETTINGS_MODAL,
    SHARE_CALL,
    SHOW_CONTACT,
    SHOW_UNMATCHED,
    TRY_CHANNEL,
    TURN_CALLS_PAGE,
    TURN_TRANSCRIPT_PAGE,
)
from bot.slash_commands import CALLS, CONTACT, SMS, VOCATECH
from bot.subscription import PATH, Upkeep
from bot.web import Request, Table
from handlers.address_book import SECONDS_BETWEEN_LOOKS, look_through_address_book
from handlers.announcements import announce_next, channels_with_work
from handlers.call_indexing import SECONDS_BETWEEN_LOOKS as SECONDS_BETWEEN_INDEXING
from handlers.call_indexing import index_calls
from handlers.call_sharing import open_call, share_call
from handlers.call_views import open_calls, open_transcript, turn_transcript_page
from handlers.calls_command import list_calls, turn_calls_page
from handlers.catch_up import catch_up
from handlers.contact_command import (
    answer_contact_command,
    choose_contact,
    offer_choice,
    open_contact_of_call,
    show_contact,
)
from handlers.contact_deletion import ask_about_deleting, delete_contact
from handlers.contact_forms import create_contact, edit_contact, open_form, save_contact
from handlers.errors import explain_error
from handlers.health import say_alive, say_ready, show_metrics
from handlers.hearing import notice_silence
from handlers.home import show_home, try_channel_again
from handlers.housekeeping import keep_house
from handlers.linking import offer_extensions, open_link, save_link, show_unmatched
from handlers.own_settings import save_settings
from handlers.people import SECONDS_BETWEEN_PAGES, Roll, match_slack_people
from handlers.provider_webhooks import receive_webhook
from handlers.slack_requests import answer_slack
from handlers.sms_command import choose_number, open_sms
from handlers.subscription import SECONDS_BETWEEN_TRIES, keep_subscription
from handlers.vocatech_command import answer_vocatech

DAY = 86_400.0
Reactions = dict[str | Pattern[str], Callable[..., None]]


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


def listen(bolt: App, s: Services, *, hurry: Callable[[str], None]) -> None:
    """What people set off in Slack, over HTTP or Socket Mode alike.

    `hurry` has a channel worked on at once.
    """
    slack_host = urlsplit(s.settings.slack_api_url).hostname or ""
    bolt.error(partial(explain_error, slack=s.slack, slack_host=slack_host))
    show: dict[str, Any] = {"store": s.store, "slack": s.slack, "locale": s.locale}
    # Whatever changes what somebody's Home shows, such as a link, calls `home.show(slack_user)`.
    home = AppHome(
        store=s.store,
        slack=s.slack,
        vocatech=s.vocatech,
        rights=s.rights,
        locale=s.locale,
        clock=s.clock,
        expects_webhooks=s.settings.has_webhooks,
    )
    commands: Reactions = {}
    clicks: Reactions = {
        OPEN_TRANSCRIPT: partial(open_transcript, **show),
        re.compile(f"^{TURN_TRANSCRIPT_PAGE}:"): partial(turn_transcript_page, **show),
        OPEN_CALLS: partial(open_calls, **show),
    }
    clicks[TRY_CHANNEL] = partial(
        try_channel_again, home=home, rights=s.rights, store=s.store, clock=s.clock, hurry=hurry
    )
    submissions: Reactions = {}
    _listen_for_calls(s, commands, clicks, hurry)
    _listen_for_contacts(s, commands, clicks, submissions, hurry)
    choices: Reactions = {CHOOSE_EXTENSION: partial(offer_extensions, store=s.store)}
    _listen_for_people(s, home, commands, clicks, submissions)
    events: Reactions = {"app_home_opened": partial(show_home, home=home)}
    tables: list[tuple[Callable[..., Any], Reactions]] = [
        (bolt.command, commands),
        (bolt.action, clicks),
        (bolt.view, submissions),
        (bolt.options, choices),
        (bolt.event, events),
    ]
    for listener, table in tables:
        for name, react in table.items():
            listener(name)(react)


def _listen_for_calls(
    s: Services, commands: Reactions, clicks: Reactions, hurry: Callable[[str], None]
) -> None:
    """What people set off about calls that they ask for."""
    look_back = LookBack(s.vocatech, s.store, s.clock, s.settings.default_region)
    lists = CallLists(s.store, look_back, s.clock, s.locale)
    show: dict[str, Any] = {"store": s.store, "slack": s.slack, "locale": s.locale}
    commands[CALLS.name] = partial(list_calls, lists=lists)
    clicks[re.compile(f"^{TURN_CALLS_PAGE}:")] = partial(turn_calls_page, lists=lists)
    clicks[OPEN_CALL] = partial(open_call, **show)
    clicks[SHARE_CALL] = partial(share_call, clock=s.clock, hurry=hurry, **show)


def _listen_for_contacts(
    s: Services,
    commands: Reactions,
    clicks: Reactions,
    submissions: Reactions,
    hurry: Callable[[str], None],
) -> None:
    """What people set off about contacts."""
    views = ContactViews(s.store, s.rights, s.locale)
    # No channel by that name: those with cards to make anew are found when they are looked for.
    changes = ContactChanges(s.store, s.vocatech, s.clock, wake=partial(hurry, ""))
    show: dict[str, Any] = {"store": s.store, "views": views, "slack": s.slack}
    change: dict[str, Any] = {"changes": changes, "slack": s.slack}
    new = partial(open_form, region=s.locale.region, **change)
    commands[CONTACT.name] = partial(
        answer_contact_command, store=s.store, views=views, open_form=new
    )
    clicks[OPEN_CONTACT] = partial(open_contact_of_call, open_form=new, **show)
    clicks[SHOW_CONTACT] = partial(show_contact, **show)
    clicks[CHOOSE_AGAIN] = partial(offer_choice, **show)
    clicks[CHOOSE_CONTACT] = partial(choose_contact, changes=changes, **show)
    clicks[CREATE_CONTACT] = partial(create_contact, open_form=new)
    clicks[EDIT_CONTACT] = partial(edit_contact, **change)
    clicks[DELETE_CONTACT] = partial(ask_about_deleting, rights=s.rights, **change)
    submissions[SAVE_CONTACT] = partial(save_contact, views=views, **change)
    submissions[CONFIRM_DELETE] = partial(delete_contact, rights=s.rights, **change)


def _listen_for_people(
    s: Services, home: AppHome, commands: Reactions, clicks: Reactions, submissions: Reactions
) -> None:
    """What people set off about themselves, and about who is who."""
    show: dict[str, Any] = {"store": s.store, "slack": s.slack}
    link: dict[str, Any] = {**show, "rights": s.rights}
    change: dict[str, Any] = {"clock": s.clock, "refresh_home": home.refresh}
    commands[VOCATECH.name] = partial(
        answer_vocatech,
        **link,
        **change,
        vocatech=s.vocatech,
        locale=s.locale,
        has_webhooks=s.settings.has_webhooks,
    )
    commands[SMS.name] = partial(open_sms, **show, locale=s.locale)
    clicks[CHOOSE_NUMBER] = partial(choose_number, **show, locale=s.locale)
    clicks[LINK_ME] = clicks[LINK_PERSON] = partial(open_link, **link)
    clicks[SHOW_UNMATCHED] = partial(show_unmatched, **link)
    submissions[LINK_MODAL] = partial(save_link, **link, **change)
    submissions[SETTINGS_MODAL] = partial(save_settings, **show)


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
        Job(
            "match people",
            SECONDS_BETWEEN_PAGES,
            partial(match_slack_people, slack=s.slack, store=s.store, clock=s.clock, roll=Roll()),
        ),
        Job("index calls", SECONDS_BETWEEN_INDEXING, partial(index_calls, store=s.store)),
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
