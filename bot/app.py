"""Owns the building: every part of the bot is made here, once, and nowhere else."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import httpx
import structlog
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

import handlers
from bot.clock import Clock
from bot.config import Settings
from bot.lanes import Lanes
from bot.metrics import Metrics
from bot.notices import CHANNEL_HELD, all_is_well, tell_admins_once
from bot.outbox import Outbox, Timing
from bot.phones import normalise
from bot.render.locale import Locale
from bot.routing import Routes
from bot.schedule import Schedule
from bot.services import Services, pass_by
from bot.slack_poster import SlackPoster
from bot.socket_mode import WATCH_SECONDS, SocketMode
from bot.store import Store
from bot.store.posts import Post
from bot.vocatech.client import VocatechClient
from bot.web import FrontDoor, Request, Server

log = structlog.get_logger()
LONGEST_STAMP = 12
API_TIMEOUT = httpx.Timeout(20.0, connect=5.0)


@dataclass(frozen=True)
class Bot:
    """The whole bot, ready to `start`."""

    services: Services
    server: Server
    lanes: Lanes
    schedule: Schedule
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
        self.server.stop(timeout=2.0)
        if self.socket_mode:
            self.socket_mode.close()
        self.schedule.stop(timeout=1.0)
        self.services.vocatech.close()
        if self.lanes.stop(timeout=6.0):
            self.services.store.close()
        log.info("stopped")


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
    bolt = _bolt(settings)
    handlers.listen(bolt, services)
    find, work = handlers.lanes(services)
    lanes = Lanes(find=find, work=work, monotonic=clock.monotonic)
    schedule = Schedule(clock.monotonic)
    for job in handlers.jobs(services, wake=lanes.wake):
        schedule.every(job.seconds, job.name, job.work)
    schedule.every(WATCH_SECONDS, "greet Slack", services.slack.greet)
    socket_mode = _socket_mode(settings, bolt)
    if socket_mode:
        schedule.every(WATCH_SECONDS, "watch Socket Mode", socket_mode.watch)
    obstacles = partial(_obstacles, services)
    table = handlers.paths(
        services,
        bolt=bolt,
        is_signed=_slack_signature(settings),
        wake=lanes.wake,
        obstacles=obstacles,
    )
    door = FrontDoor(table, count_refusal=services.metrics.count_refusal)
    server = Server(door, host=settings.host, port=settings.port)
    return Bot(services, server, lanes, schedule, socket_mode, stopping)


def _services(
    settings: Settings,
    store: Store,
    clock: Clock,
    timing: Timing,
    boundary: Callable[[str], None],
    stopping: threading.Event,
) -> Services:
    metrics = Metrics()
    slack = SlackPoster(_web_client(settings, timing.slack_timeout))
    vocatech = _vocatech(settings, clock, stopping)
    metrics.measure("waiting", "Posts and edits to be done.", store.posts.waiting)
    metrics.measure("quota_left", "Requests to Vocatech that fit right now.", vocatech.quota_left)

    def hold(post: Post, reason: str) -> None:
        tell_admins_once(
            f"held {post.channel}",
            CHANNEL_HELD,
            {"channel": post.channel, "reason": reason},
            store=store,
            slack=slack,
            admins=settings.slack_admins,
            now=clock.now(),
        )

    outbox = Outbox(
        posts=store.posts,
        slack=slack,
        clock=clock,
        timing=timing,
        metrics=metrics,
        boundary=boundary,
        on_held=hold,
        on_open=lambda channel: _note_open(channel, store),
    )
    return Services(
        settings=settings,
        store=store,
        slack=slack,
        vocatech=vocatech,
        outbox=outbox,
        routes=Routes(
            settings.slack_default_channel,
            {
                normalise(line, settings.default_region) or line: channel
                for line, channel in settings.slack_routes.items()
            },
            settings.post_ringing,
        ),
        locale=Locale(settings.default_region, settings.zone),
        metrics=metrics,
        clock=clock,
        boundary=boundary,
    )


def _note_open(channel: str, store: Store) -> None:
    if all_is_well(f"held {channel}", store=store):
        log.info("channel_open_again", channel=channel)


def _web_client(settings: Settings, timeout: float) -> WebClient:
    # The SDK would repeat a post whose answer was lost: 79 posts out of 40 calls, measured.
    return WebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url.rstrip("/") + "/",
        timeout=int(timeout) or 1,
        retry_handlers=[],
        logger=logging.getLogger("slack_sdk"),
    )


def _slack_signature(settings: Settings) -> Callable[[Request], bool]:
    if settings.slack_signing_secret is None:
        return lambda _: False  # nobody may come in over HTTP
    verifier = SignatureVerifier(settings.slack_signing_secret.get_secret_value())

    def is_signed(request: Request) -> bool:
        stamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        is_time = stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST_STAMP
        return is_time and verifier.is_valid(request.body, stamp, signature)

    return is_signed


def _bolt(settings: Settings) -> App:
    return App(
        # Everything is passed in: Bolt takes what it misses from the environment unasked.
        client=_web_client(settings, 3),
        token_verification_enabled=False,
        # What comes over HTTP has been checked at the door, and a socket is Slack's own.
        request_verification_enabled=False,
        ssl_check_enabled=False,
        oauth_settings=None,
        logger=logging.getLogger("slack_bolt"),
    )


def _socket_mode(settings: Settings, bolt: App) -> SocketMode | None:
    if settings.slack_app_token is None:
        return None
    return SocketMode(bolt, settings.slack_app_token.get_secret_value(), _web_client(settings, 10))


def _vocatech(settings: Settings, clock: Clock, stopping: threading.Event) -> VocatechClient:
    http = httpx.Client(
        base_url=settings.vocatech_api_url,
        headers={
            "Authorization": f"Bearer {settings.vocatech_api_key.get_secret_value()}",
            "Content-Type": "application/json",
        },
        timeout=API_TIMEOUT,
        follow_redirects=False,
    )
    return VocatechClient(http, monotonic=clock.monotonic, wait=stopping.wait)


def _obstacles(services: Services) -> list[str]:
    """Name what keeps the bot from its work."""
    checks: dict[str, Callable[[], bool]] = {
        "database": services.store.is_writable,
        "slack": lambda: services.slack.has_been_reached,
    }
    return [name for name, is_well in checks.items() if not is_well()]
