"""Composition root: every part of the app is created here."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import structlog

import handlers
from bot.clock import Clock, Timing
from bot.config import Settings
from bot.health.service import (
    forget_orphaned_incidents,
    report_job_result,
)
from bot.models.health import DATABASE_DAMAGED, SOCKET_LOST
from bot.server.scheduler import Scheduler
from bot.server.shutdown import shut_down_within
from bot.server.web import Server, WsgiApp
from bot.server.workers import WorkerPool
from bot.services import Services, no_failpoint
from bot.services.build import build_services
from bot.slack import app as slack_app
from bot.slack.bolt_adapter import register
from bot.slack.socket_mode import SocketMode
from bot.store import Store
from handlers.endpoints import make_paths
from handlers.jobs import make_jobs
from handlers.workers import make_queues

log = structlog.get_logger()
# Bolt has five threads, and a listener keeps its own while it waits for Vocatech: five people who
# wait for a slow answer would leave none to acknowledge a sixth request.
LISTENER_THREADS = 64


@dataclass(frozen=True)
class Bot:
    """The whole app, ready to `start`."""

    services: Services
    server: Server
    listeners: Executor
    workers: WorkerPool
    scheduler: Scheduler
    socket_mode: SocketMode | None
    stopping: threading.Event

    def start(self) -> None:
        """Start the HTTP server first, so that no webhook is lost."""
        self.server.start()
        self.workers.start()
        self.scheduler.start()
        log.info("app_started", port=self.server.port)

    def dead_threads(self) -> list[str]:
        """Return the names of the threads that must run and don't.

        Without them the process would live on and do nothing, so it has to end: its supervisor
        starts it again.
        """
        is_alive = {
            "web": self.server.is_alive,
            "workers": self.workers.is_alive,
            "scheduler": self.scheduler.is_alive,
        }
        return [name for name, check in is_alive.items() if not check()]

    def stop(self) -> None:
        """Accept nothing new, finish running work, and close; within ten seconds, and once."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        shut_down_within(2.0, *self._stop_functions())
        has_ended = shut_down_within(
            6.0, self._finish_listeners, self.scheduler.stop, self.workers.stop
        )
        self.services.close_connections()
        if has_ended:
            self.services.store.close()
        log.info("app_stopped")

    def _finish_listeners(self) -> None:
        self.listeners.shutdown()
        self.services.slow_forms.close()

    def _stop_functions(self) -> list[Callable[[], None]]:
        """Return the functions that stop new requests from arriving."""
        close_web = partial(self.server.stop, timeout=2.0)
        return [close_web, self.socket_mode.close] if self.socket_mode else [close_web]


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    timing: Timing | None = None,
    failpoint: Callable[[str], None] = no_failpoint,
) -> Bot:
    """Build the app; raise StoreTooNew. It makes no request before `start`."""
    clock, timing = clock or Clock(), timing or Timing()
    stopping = threading.Event()
    workers = WorkerPool(clock.monotonic)
    services = build_services(
        settings,
        workers,
        store=Store.open(settings.database_path, encryption_key=settings.encryption_key_text),
        clock=clock,
        timing=timing,
        stopping=stopping,
        failpoint=failpoint,
    )
    listeners = ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener")
    bolt = slack_app.make_bolt(settings, listeners)
    socket_mode = slack_app.make_socket_mode(settings, bolt)
    scheduler = Scheduler(
        clock.monotonic,
        partial(
            report_job_result,
            store=services.store,
            ongoing=services.ongoing,
            tell_admins=services.tell_admins,
        ),
    )
    workers.set_queues(make_queues(services))
    register(bolt, handlers.make_listeners(services, run_job_now=scheduler.run_now))
    for job in make_jobs(services, connect=socket_mode.connect if socket_mode else None):
        scheduler.add(job)
    forget_orphaned_incidents(scheduler.names(), store=services.store)
    paths = make_paths(
        services,
        bolt=bolt,
        is_signed=slack_app.make_signature_check(settings),
        obstacles=partial(_obstacles, services, socket_mode),
    )
    wsgi_app = WsgiApp(paths, count_refusal=services.metrics.count_refusal)
    server = Server(wsgi_app, host=settings.host, port=settings.port)
    return Bot(services, server, listeners, workers, scheduler, socket_mode, stopping)


def _obstacles(services: Services, socket_mode: SocketMode | None) -> list[str]:
    """Return what keeps the app from working."""
    if services.store.database.damage is not None:
        return [DATABASE_DAMAGED]
    checks: dict[str, Callable[[], bool]] = {
        "database": services.store.is_writable,
        "slack": lambda: services.slack.has_authenticated,
    }
    if socket_mode is not None:
        checks[SOCKET_LOST] = socket_mode.is_connected
    found = [name for name, is_well in checks.items() if not is_well()]
    if "database" in found:
        return found  # where the incidents are
    stops = [one.name for one in services.store.incidents.open() if one.kind.stops]
    return found + [name for name in stops if name not in found]
