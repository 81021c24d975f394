"""Building of the services from the settings; nothing talks to Slack or Vocatech yet."""

import threading
from collections.abc import Callable
from functools import partial

import structlog

from bot.attachments.service import record_upload_refused
from bot.business_hours import BusinessHours
from bot.calls.catch_up import CatchUp
from bot.calls.gap_fill import GapFiller
from bot.calls.service import CallSearchService
from bot.calls.sharing import CallSharingService
from bot.channels.presenter import ChannelPresenter
from bot.channels.service import ChannelService, MuteService
from bot.channels.slack_connect import SharedChannels
from bot.clock import Clock, CompanyZone, Timing, zone_names
from bot.config import Settings
from bot.contacts.presenter import ContactPresenter
from bot.contacts.service import ContactService
from bot.digests.generator import DigestGenerator
from bot.digests.service import DigestService
from bot.erasures.service import ErasureService
from bot.follow_ups.reminders import FollowUpReminders
from bot.follow_ups.service import FollowUpService
from bot.health.recovery import CardRecovery
from bot.health.service import OngoingSince, TellAdmins, open_incident, resolve_incident
from bot.health.unstored import UnstoredIncidents
from bot.home.presenter import HomePresenter
from bot.mcp.service import McpService
from bot.mcp.tools import McpTools
from bot.missed_calls.callback_times import CallbackMeter
from bot.missed_calls.departures import Departures
from bot.missed_calls.service import ClaimService
from bot.models.health import CHANNEL_HELD, incident_name
from bot.models.outbox import Post
from bot.models.rules import DefaultRoutes
from bot.notes.service import NoteService
from bot.outbox.delivery import ChannelDelivery
from bot.outbox.edit_budget import EditBudget
from bot.outcomes.service import OutcomeListService, OutcomeService
from bot.outgoing_webhooks.client import ReceiverClient
from bot.outgoing_webhooks.service import EndpointService
from bot.people.external_users import ExternalUsers
from bot.people.guests import Guests
from bot.people.permissions import Permissions
from bot.people.service import PeopleService
from bot.people.slack_sync import Newcomers
from bot.phone_numbers import normalise
from bot.rules.presenter import RulePresenter
from bot.rules.router import Router
from bot.rules.service import RuleService
from bot.screening.service import ScreeningService
from bot.server.metrics import Metrics
from bot.server.workers import TEXTS_QUEUE, WorkerPool
from bot.services import Services, no_failpoint
from bot.services.gauges import measure
from bot.services.slack_surfaces import build_slack_surfaces, build_workflow_steps
from bot.slack import app as slack_app
from bot.slack.api_health import ApiHealth
from bot.slack.client import SlackClient
from bot.slack.connections import SlackConnections
from bot.slack.slow_forms import SlowForms
from bot.store import Store
from bot.sync.subscription import PATH, SubscriptionKeeper
from bot.templates.presenter import TemplatePresenter
from bot.templates.service import TemplateService
from bot.texts.opt_outs import OptOutService
from bot.texts.policy import TextPolicy
from bot.texts.polling import TextPoller
from bot.texts.scheduled import ScheduledTextService
from bot.texts.send_times import SendTimes
from bot.texts.service import TextService
from bot.timeline.presenter import TimelinePresenter
from bot.ui.formatting import Locale
from bot.users.service import UserDirectory, UserService
from bot.vocatech.client import make_vocatech
from bot.work_objects.presenter import WorkObjectPresenter
from bot.work_objects.service import WorkObjectService

log = structlog.get_logger()


def build_services(
    settings: Settings,
    workers: WorkerPool,
    *,
    store: Store,
    clock: Clock,
    timing: Timing,
    stopping: threading.Event,
    failpoint: Callable[[str], None] = no_failpoint,
) -> Services:
    """Build the parts of a bot; nothing talks to Slack or Vocatech yet."""
    metrics, api_health, wake = Metrics(), ApiHealth(), workers.wake
    region = settings.default_region
    zone = company_zone(settings, store)
    locale = Locale(region, zone)
    slack_connections = SlackConnections(timing.slack_timeout, workers.turns.given_up)
    client = slack_app.make_watched_client(
        settings, slack_connections, api_health=api_health, clock=clock
    )
    slack = SlackClient(client, store.key_values, clock.now, api_health)
    vocatech = make_vocatech(
        settings,
        ledger=store.request_log,
        clock=clock,
        wait=stopping.wait,
        on_limit=metrics.over_limit.inc,
    )
    tell_admins = partial(
        open_incident,
        store=store,
        slack=slack,
        admins=settings.slack_admins,
        clock=clock,
        unstored=UnstoredIncidents(slack, clock),
    )
    permissions = Permissions(tuple(settings.slack_admins), store, clock)
    guests = Guests(
        store, slack, clock, frozenset(settings.slack_admins), can_text=settings.guests_can_text
    )
    departures = Departures(store, slack, guests, clock, settings.slack_admins, wake)
    default_routes = make_routes(settings)
    router = Router(store, default_routes)
    business_hours = BusinessHours.read(settings.business_hours)
    meter = CallbackMeter(store, business_hours, locale, shows_people=settings.person_numbers)
    digest_generator = DigestGenerator(store, locale, meter)
    channel_presenter = ChannelPresenter(store, locale, clock.now)
    templates = TemplatePresenter(store, permissions, locale)
    contact_presenter = ContactPresenter(store, permissions, locale)
    rule_presenter = RulePresenter(store, router, locale, clock.now)
    mutes = MuteService(store, slack, locale, clock, wake)
    home = HomePresenter(
        store=store,
        slack=slack,
        vocatech=vocatech,
        permissions=permissions,
        guests=guests,
        locale=locale,
        clock=clock,
        generator=digest_generator,
        meter=meter,
        channel_presenter=channel_presenter,
        surfaces=build_slack_surfaces(settings, store, clock),
        expects_webhooks=settings.has_webhooks,
    )
    text_policy = TextPolicy(
        store,
        clock,
        from_number=normalise(settings.vocatech_from_number, region),
        regions=tuple(dict.fromkeys([region, *settings.text_regions])),
        sends_whatsapp=settings.whatsapp_sending,
    )
    texts = TextService(
        store,
        vocatech,
        clock,
        locale,
        templates,
        text_policy,
        SendTimes(store, clock, locale, text_policy, business_hours),
        guests,
        send_texts=partial(workers.run_now, TEXTS_QUEUE),
        wake=wake,
    )
    calls = CallSearchService(store, GapFiller(vocatech, store, clock, region), clock, locale)
    digests = DigestService(store, slack, digest_generator, permissions, clock, wake)
    newcomers, mcp_tools = Newcomers(store), McpTools(store, calls, digests, clock, locale)
    follow_ups = FollowUpService(store, permissions, clock, locale, wake)
    notes = NoteService(store, permissions, clock, locale, wake)
    timelines, external_users = TimelinePresenter(store, clock, locale), ExternalUsers(store, slack)
    workflow_steps, step_reporter = build_workflow_steps(
        settings,
        workers,
        store=store,
        permissions=permissions,
        newcomers=newcomers,
        texts=texts,
        follow_ups=follow_ups,
        calls=calls,
        clock=clock,
        timing=timing,
        locale=locale,
    )
    measure(metrics, store, vocatech)
    return Services(
        settings=settings,
        clock=clock,
        timing=timing,
        locale=locale,
        zone=zone,
        metrics=metrics,
        store=store,
        slack=slack,
        slack_connections=slack_connections,
        vocatech=vocatech,
        outbox=ChannelDelivery(
            posts=store.posts,
            slack=slack,
            clock=clock,
            timing=timing,
            metrics=metrics,
            failpoint=failpoint,
            edits=EditBudget(store.posts),
            on_held=partial(_note_held, tell_admins=tell_admins),
            on_open=partial(_note_open, store=store),
            on_file_refused=partial(
                record_upload_refused, store=store, now=clock.now, tell_admins=tell_admins
            ),
        ),
        wake=wake,
        turns=workers.turns,
        run_now=workers.run_now,
        tell_admins=tell_admins,
        permissions=permissions,
        default_routes=default_routes,
        router=router,
        calls=calls,
        call_sharing=CallSharingService(store, slack, clock, locale, workers.run_now),
        claims=ClaimService(store, permissions, clock, locale, wake),
        follow_ups=follow_ups,
        follow_up_reminders=FollowUpReminders(
            store, slack, clock, wake, failpoint, departures.check
        ),
        notes=notes,
        timelines=timelines,
        contacts=ContactService(
            store,
            vocatech,
            permissions,
            contact_presenter,
            clock,
            # No channel has an empty name, so the workers look for channels with changed cards.
            wake=partial(workers.run_now, ""),
        ),
        contact_presenter=contact_presenter,
        erasures=ErasureService(store, permissions, locale, clock),
        texts=texts,
        scheduled=ScheduledTextService(store, texts, clock, failpoint, departures.check),
        opt_outs=OptOutService(store, clock, locale, permissions, wake),
        catch_up=CatchUp(clock.monotonic),
        text_poller=TextPoller(vocatech, store, metrics, clock, settings.opt_out_words, wake),
        templates=TemplateService(store, permissions, templates, clock, settings.text_back),
        template_presenter=templates,
        digests=digests,
        digest_generator=digest_generator,
        rules=RuleService(store, slack, permissions, rule_presenter, clock, region),
        outcomes=OutcomeService(store, clock, wake),
        outcome_list=OutcomeListService(store, permissions, clock, wake),
        screening=ScreeningService(store, permissions, clock, locale, wake),
        channels=ChannelService(store, slack, permissions, channel_presenter, mutes, clock, wake),
        mutes=mutes,
        shared_channels=SharedChannels(store, slack, clock, tell_admins),
        external_users=external_users,
        newcomers=newcomers,
        guests=guests,
        departures=departures,
        home=home,
        people=PeopleService(store, slack, permissions, clock, locale, home.refresh, wake),
        users=UserService(
            store, UserDirectory(store, vocatech, clock), permissions, clock, home.refresh
        ),
        mcp=McpService(store, mcp_tools.all(), permissions, clock),
        work_objects=WorkObjectService(
            store,
            slack,
            WorkObjectPresenter(store, locale, timelines),
            notes,
            guests,
            external_users,
            clock,
        ),
        workflow_steps=workflow_steps,
        step_reporter=step_reporter,
        endpoints=EndpointService(
            store,
            permissions,
            clock,
            locale,
            wake,
            allows_private=settings.webhooks_to_private_addresses,
        ),
        receivers=ReceiverClient(settings.webhooks_to_private_addresses),
        slow_forms=SlowForms(slack, store.submissions, clock),
        subscription=SubscriptionKeeper(
            vocatech.webhooks,
            store.subscriptions,
            url=f"{settings.public_url}{PATH}",
            has_given_secrets=bool(settings.vocatech_webhook_secrets),
            clock=clock,
        ),
        card_recovery=CardRecovery(store, slack, clock),
        business_hours=business_hours,
        text_back_lines=frozenset(
            normalise(line, region) or line for line in settings.text_back_lines
        ),
        ongoing=OngoingSince(clock.monotonic),
        started=clock.now(),
        failpoint=failpoint,
    )


def company_zone(settings: Settings, store: Store) -> CompanyZone:
    """Return the time zone in the settings, else the one that Vocatech named last, else UTC."""
    zone = CompanyZone.named(settings.timezone)
    company = store.people.company()
    if not settings.has_timezone and company and company.time_zone in zone_names():
        zone.become(str(company.time_zone))
    return zone


def make_routes(settings: Settings) -> DefaultRoutes:
    """Return the routes that the settings name."""
    region = settings.default_region
    channel_by_line = {
        normalise(line, region) or line: channel for line, channel in settings.slack_routes.items()
    }
    return DefaultRoutes(settings.slack_default_channel, channel_by_line, settings.post_ringing)


def _note_held(post: Post, reason: str, *, tell_admins: TellAdmins) -> None:
    detail = {"channel": post.channel, "reason": reason}
    tell_admins(incident_name(CHANNEL_HELD, post.channel), CHANNEL_HELD, detail)


def _note_open(channel: str, *, store: Store) -> None:
    if resolve_incident(incident_name(CHANNEL_HELD, channel), store=store):
        log.info("channel_open_again", channel=channel)
