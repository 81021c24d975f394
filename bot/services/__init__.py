"""The parts of one bot, typed and built once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.business_hours import BusinessHours
from bot.calls.catch_up import CatchUp
from bot.calls.service import CallSearchService
from bot.calls.sharing import CallSharingService
from bot.channels.service import ChannelService, MuteService
from bot.channels.slack_connect import SharedChannels
from bot.clock import Clock, CompanyZone, Timing
from bot.config import Settings
from bot.contacts.presenter import ContactPresenter
from bot.contacts.service import ContactService
from bot.digests.generator import DigestGenerator
from bot.digests.service import DigestService
from bot.erasures.service import ErasureService
from bot.follow_ups.reminders import FollowUpReminders
from bot.follow_ups.service import FollowUpService
from bot.health.recovery import CardRecovery
from bot.health.refusals import RefusalCounter
from bot.health.service import OngoingSince, TellAdmins
from bot.home.presenter import HomePresenter
from bot.mcp.service import McpService
from bot.missed_calls.departures import Departures
from bot.missed_calls.service import ClaimService
from bot.models.rules import DefaultRoutes
from bot.notes.service import NoteService
from bot.outbox.delivery import ChannelDelivery
from bot.outcomes.service import OutcomeListService, OutcomeService
from bot.outgoing_webhooks.client import ReceiverClient
from bot.outgoing_webhooks.service import EndpointService
from bot.people.external_users import ExternalUsers
from bot.people.guests import Guests
from bot.people.permissions import Permissions
from bot.people.service import PeopleService
from bot.people.slack_sync import Newcomers
from bot.rules.router import Router
from bot.rules.service import RuleService
from bot.screening.service import ScreeningService
from bot.server.load import Load
from bot.server.metrics import Metrics
from bot.server.turns import Turns
from bot.server.workers import TEXTS_QUEUE
from bot.slack.client import SlackClient
from bot.slack.connections import SlackConnections
from bot.slack.modal_state import OpenModals
from bot.slack.slow_forms import SlowForms
from bot.store import Store
from bot.sync.subscription import SubscriptionKeeper
from bot.templates.presenter import TemplatePresenter
from bot.templates.service import TemplateService
from bot.texts.opt_outs import OptOutService
from bot.texts.polling import TextPoller
from bot.texts.scheduled import ScheduledTextService
from bot.texts.service import TextService
from bot.timeline.presenter import TimelinePresenter
from bot.ui.formatting import Locale
from bot.users.service import UserService
from bot.vocatech.client import VocatechClient
from bot.work_objects.service import WorkObjectService
from bot.workflow_steps.reporter import StepReporter
from bot.workflow_steps.service import WorkflowStepService


def no_failpoint(_: str) -> None:
    """Mark a point at which the process may be ended by a test; do nothing."""


@dataclass(frozen=True)
class Services:
    """Every part of a bot; one set for one company, with nothing shared between two of them.

    `wake` makes the workers look for work, `run_now` makes them work in one queue now.
    """

    settings: Settings
    clock: Clock
    timing: Timing
    locale: Locale
    zone: CompanyZone
    metrics: Metrics
    store: Store
    slack: SlackClient
    slack_connections: SlackConnections
    vocatech: VocatechClient
    outbox: ChannelDelivery
    wake: Callable[[], None]
    turns: Turns
    run_now: Callable[[str], None]
    tell_admins: TellAdmins
    permissions: Permissions
    default_routes: DefaultRoutes
    router: Router
    calls: CallSearchService
    call_sharing: CallSharingService
    claims: ClaimService
    follow_ups: FollowUpService
    follow_up_reminders: FollowUpReminders
    notes: NoteService
    timelines: TimelinePresenter
    contacts: ContactService
    contact_presenter: ContactPresenter
    erasures: ErasureService
    texts: TextService
    scheduled: ScheduledTextService
    opt_outs: OptOutService
    text_poller: TextPoller
    catch_up: CatchUp
    templates: TemplateService
    template_presenter: TemplatePresenter
    digests: DigestService
    digest_generator: DigestGenerator
    rules: RuleService
    outcomes: OutcomeService
    outcome_list: OutcomeListService
    screening: ScreeningService
    channels: ChannelService
    mutes: MuteService
    shared_channels: SharedChannels
    external_users: ExternalUsers
    newcomers: Newcomers
    guests: Guests
    departures: Departures
    home: HomePresenter
    people: PeopleService
    users: UserService
    mcp: McpService
    workflow_steps: WorkflowStepService
    step_reporter: StepReporter
    work_objects: WorkObjectService
    endpoints: EndpointService
    receivers: ReceiverClient
    slow_forms: SlowForms
    subscription: SubscriptionKeeper
    card_recovery: CardRecovery
    business_hours: BusinessHours
    text_back_lines: frozenset[str]
    ongoing: OngoingSince
    started: float
    failpoint: Callable[[str], None] = no_failpoint
    open_modals: OpenModals = field(default_factory=OpenModals)
    webhook_refusals: RefusalCounter = field(default_factory=RefusalCounter)
    slack_refusals: RefusalCounter = field(default_factory=RefusalCounter)
    webhook_load: Load = field(default_factory=Load)

    @property
    def late_after(self) -> float:
        """Seconds after its end at which a call that is first heard of counts as late."""
        return max(180.0, 3 * self.settings.seconds_between_polls)

    @property
    def remind_after(self) -> float:
        """Seconds until the first reminder of a missed call; 0 turns reminders off."""
        return self.settings.remind_after * 60.0

    @property
    def slack_host(self) -> str:
        """The host of Slack's API, which response addresses may name."""
        return urlsplit(self.settings.slack_api_url).hostname or ""

    def send_texts(self) -> None:
        """Start sending what is queued."""
        self.run_now(TEXTS_QUEUE)

    def close_connections(self) -> None:
        """Close the connections to Slack and Vocatech."""
        self.vocatech.close()
        self.slack_connections.close()
