"""Owns the building: every part of the bot is made here, once, and nowhere else."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import structlog

import handlers
from bot import ways_in
from bot.attachments.service import note_file_refused
from bot.clock import Clock, Timing
from bot.collaborators import bind, collaborators
from bot.config import Settings
from bot.health.service import (
    OngoingSince,
    all_is_well,
    forget_what_nobody_looks_at,
    report_job_result,
    tell_admins_once,
)
from bot.models.health import CHANNEL_HELD, KINDS, name_of_trouble
from bot.models.outbox import Post
from bot.models.rules import DefaultRoutes
from bot.outbox.delivery import ChannelDelivery
from bot.people.permissions import Permissions
from bot.phone_numbers import normalise
from bot.server.metrics import Metrics
from bot.server.scheduler import Scheduler
from bot.server.shutdown import shut_down_within
from bot.server.web import Server, WsgiApp
from bot.server.workers import WorkerPool
from bot.services import Services, pass_by
from bot.slack import app as slack_app
from bot.slack.api_health import ApiHealth
from bot.slack.client import SlackClient
from bot.slack.socket_mode import SocketMode
from bot.store import Store
from bot.ui.formatting import Locale
from bot.vocatech.client import make_vocatech

log = structlog.get_logger()
# Bolt has five threads, and a listener keeps its own while it waits for Vocatech: five people who
# wait for a slow answer would leave nobody to acknowledge what the sixth does.
LISTENER_THREADS = 64


@dataclass(frozen=True)
class Bot:
    """The whole bot, ready to `start`."""

    services: Services
    server: Server
    listeners: Executor
    lanes: WorkerPool
    schedule: Scheduler
    socket_mode: SocketMode | None
    stopping: threading.Event

    def start(self) -> None:
        """Open the door first: what Vocatech brings is safe before anything else works."""
        self.server.start()
        self.lanes.start()
        self.schedule.start()
        log.info("started", port=self.server.port)

    def stop(self) -> None:
        """Take nothing new, end what is being done, and close; within ten seconds, and once."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        shut_down_within(2.0, *self._doors())
        has_ended = shut_down_within(
            6.0, self.listeners.shutdown, self.schedule.stop, self.lanes.stop
        )
        self.services.vocatech.close()
        if has_ended:
            self.services.store.close()
        log.info("stopped")

    def _doors(self) -> list[Callable[[], None]]:
        """Give what closes each door through which something new comes in."""
        close_web = partial(self.server.stop, timeout=2.0)
        # A connection that was never made takes its time to close, and is then left to itself.
        return [close_web, self.socket_mode.close] if self.socket_mode else [close_web]


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    timing: Timing | None = None,
    boundary: Callable[[str], None] = pass_by,
) -> Bot:
    """Build the bot; raises StoreTooNew. Nothing talks to anybody before `start`."""
    clock, timing = clock or Clock(), timing or Timing()
    stopping = threading.Event()
    store = Store.open(settings.database_path)
    services = _services(settings, store, clock, timing, boundary, stopping)
    listeners = ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener")
    bolt = slack_app.make_bolt(settings, listeners)
    lanes = WorkerPool(clock.monotonic)
    socket_mode = slack_app.make_socket_mode(settings, bolt)
    parts = {
        **collaborators(services, wake=lanes.wake, hurry=lanes.hurry),
        "bolt": bolt,
        "is_signed": slack_app.make_signature_check(settings),
        "obstacles": partial(_obstacles, services),
        "connect": socket_mode.connect if socket_mode else None,
    }
    parts |= handlers.own_parts(parts)
    schedule = Scheduler(clock.monotonic, bind(report_job_result, parts))
    parts["hurry_job"] = schedule.hurry
    lanes.take_on(*ways_in.lanes(handlers.LANES, handlers.CHANNELS, parts))
    ways_in.listen(bolt, handlers.LISTENERS, parts)
    for name, seconds, do in ways_in.jobs(handlers.JOBS, parts):
        schedule.every(seconds, name, do)
    forget_what_nobody_looks_at(schedule.names(), store=store)
    paths = ways_in.paths(handlers.PATHS, parts)
    door = WsgiApp(paths, count_refusal=services.metrics.count_refusal)
    server = Server(door, host=settings.host, port=settings.port)
    return Bot(services, server, listeners, lanes, schedule, socket_mode, stopping)


def _services(
    settings: Settings,
    store: Store,
    clock: Clock,
    timing: Timing,
    boundary: Callable[[str], None],
    stopping: threading.Event,
) -> Services:
    metrics = Metrics()
    standing = ApiHealth()
    client = slack_app.make_watched_client(
        settings, timing.slack_timeout, standing=standing, clock=clock
    )
    slack = SlackClient(client, store.notes, clock.now, standing)
    vocatech = make_vocatech(
        settings,
        ledger=store.ledger,
        clock=clock,
        wait=stopping.wait,
        on_limit=metrics.over_limit.inc,
    )
    metrics.measure("waiting", "Posts and edits to be done.", store.posts.waiting)
    metrics.measure("held", "Posts held back while it is quiet.", store.bundles.held)
    metrics.measure("quota_left", "Requests to Vocatech that fit right now.", vocatech.quota_left)
    metrics.measure_each(
        "troubles", "What is wrong right now, by kind of trouble.", KINDS, store.troubles.count
    )

    tell_admins = partial(
        tell_admins_once, store=store, slack=slack, admins=settings.slack_admins, clock=clock
    )

    def hold(post: Post, reason: str) -> None:
        detail = {"channel": post.channel, "reason": reason}
        tell_admins(name_of_trouble(CHANNEL_HELD, post.channel), CHANNEL_HELD, detail)

    outbox = ChannelDelivery(
        posts=store.posts,
        slack=slack,
        clock=clock,
        timing=timing,
        metrics=metrics,
        boundary=boundary,
        on_held=hold,
        on_open=lambda channel: _note_open(channel, store),
        on_file_refused=partial(
            note_file_refused, store=store, now=clock.now, tell_admins=tell_admins
        ),
    )
    return Services(
        settings=settings,
        store=store,
        slack=slack,
        vocatech=vocatech,
        rights=Permissions(tuple(settings.slack_admins), store, clock),
        outbox=outbox,
        routes=make_routes(settings),
        locale=Locale(settings.default_region, settings.zone),
        metrics=metrics,
        clock=clock,
        timing=timing,
        spells=OngoingSince(clock.monotonic),
        boundary=boundary,
    )


def make_routes(settings: Settings) -> DefaultRoutes:
    """Make the routes from the settings."""
    region = settings.default_region
    channel_by_line = {
        normalise(line, region) or line: channel for line, channel in settings.slack_routes.items()
    }
    return DefaultRoutes(settings.slack_default_channel, channel_by_line, settings.post_ringing)


def _note_open(channel: str, store: Store) -> None:
    if all_is_well(name_of_trouble(CHANNEL_HELD, channel), store=store):
        log.info("channel_open_again", channel=channel)


def _obstacles(services: Services) -> list[str]:
    """Name what keeps the bot from its work."""
    checks: dict[str, Callable[[], bool]] = {
        "database": services.store.is_writable,
        "slack": lambda: services.slack.has_been_reached,
    }
    found = [name for name, is_well in checks.items() if not is_well()]
    return found + [one.name for one in services.store.troubles.open() if one.kind.stops]
