"""All checks of the doctor: Slack and Vocatech at the same time, within a time limit."""

import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

import httpx

from bot.clock import Clock
from bot.config import Settings
from bot.doctor.local import (
    channels_of,
    check_incidents,
    check_permissions,
    check_settings,
    check_side_pane,
    check_store,
)
from bot.doctor.model import CheckResult, Verdict
from bot.doctor.slack import check_slack
from bot.doctor.surfaces import (
    SlackPlan,
    ask_plan,
    check_surfaces,
    optional_scopes,
)
from bot.doctor.vocatech import check_quota, check_vocatech
from bot.doctor.webhooks import check_endpoints, check_webhooks
from bot.errors import StoreTooNew, StoreUnusable
from bot.slack import app as slack_app
from bot.slack.manifest import SCOPES
from bot.store import Store
from bot.store.database.damage import require_undamaged
from bot.vocatech.client import make_vocatech
from bot.vocatech.probe import ProbeReport, ProbeResult, probe_all
from bot.vocatech.rate_limiter import RequestCounter

T = TypeVar("T")
SECONDS_TO_CHECK_DATABASE = 10.0


@dataclass(frozen=True)
class Timeouts:
    """Limits in seconds: for one response, for starting more requests, and for everything."""

    answer: float = 5.0
    side: float = 15.0
    all: float = 25.0


def run_checks(
    settings: Settings,
    *,
    env_file: Path | None = None,
    clock: Clock | None = None,
    timeouts: Timeouts | None = None,
) -> list[CheckResult]:
    """Run all checks and return their results in order.

    `env_file` is the file with the settings, if there is one.

    Nothing changes in Slack or Vocatech. Opening the database migrates its tables if needed.
    """
    clock, timeouts = clock or Clock(), timeouts or Timeouts()
    with ExitStack() as stack:
        store, error = _open_store(settings, stack)
        slack = _Background(partial(_ask_slack, settings, clock, timeouts))
        # If requests can't be counted, check anyway: they are few, and the rest may work.
        ledger = store.request_log if store.is_writable() else _open_temporary(stack).request_log
        vocatech = _Background(partial(_ask_vocatech, settings, ledger, clock, timeouts))
        deadline = clock.monotonic() + timeouts.all
        slack_results = slack.wait(deadline - clock.monotonic())
        report = vocatech.wait(deadline - clock.monotonic())
        return [
            *check_settings(
                settings,
                vocatech_zone=_zone_in(report),
                has_asked=report is not None and any(_is_company(one) for one in report.results),
                now=clock.now(),
            ),
            check_side_pane(settings, store, now=clock.now()),
            *(slack_results or [_late("slack.token", "Slack", timeouts)]),
            *(check_vocatech(report, settings) if report else ()),
            *([] if report else [_late("vocatech.connection", "Vocatech", timeouts)]),
            check_quota(store.request_log, now=clock.now()),
            *check_webhooks(
                settings,
                store,
                subscriptions=report.subscriptions if report else None,
                now=clock.now(),
            ),
            check_endpoints(store, allows_private=settings.webhooks_to_private_addresses),
            *check_store(store, settings.database_path, error),
            *check_permissions(settings, env_file),
            *check_incidents(store, now=clock.now()),
        ]


def _open_store(settings: Settings, stack: ExitStack) -> tuple[Store, str | None]:
    """Open the database; if that fails, open an empty temporary one and return the error."""
    try:
        require_undamaged(settings.database_path, seconds=SECONDS_TO_CHECK_DATABASE)
        store = Store.open(settings.database_path, encryption_key=settings.encryption_key_text)
    except (StoreUnusable, StoreTooNew) as error:
        return _open_temporary(stack), str(error)
    stack.callback(store.close)
    return store, None


def _open_temporary(stack: ExitStack) -> Store:
    """Open an empty database that is deleted after the checks."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vocatech-slack-"))
    store = Store.open(Path(folder) / "temporary.db")
    stack.callback(store.close)
    return store


def _ask_slack(settings: Settings, clock: Clock, timeouts: Timeouts) -> list[CheckResult]:
    client = slack_app.make_web_client(settings, timeouts.answer)
    results = check_slack(
        client,
        channels=channels_of(settings),
        scopes=SCOPES,
        optional=optional_scopes(settings),
        clock=clock,
        seconds=timeouts.side,
    )
    told = ask_plan(client) if results[0].is_ok else SlackPlan()
    return [*results, *check_surfaces(settings, told)]


def _ask_vocatech(
    settings: Settings, ledger: RequestCounter, clock: Clock, timeouts: Timeouts
) -> ProbeReport:
    client = make_vocatech(
        settings,
        ledger=ledger,
        clock=clock,
        wait=threading.Event().wait,
        timeout=httpx.Timeout(timeouts.answer),
    )
    try:
        return probe_all(client.http, clock=clock, seconds=timeouts.side)
    finally:
        client.close()


def _is_company(result: ProbeResult) -> bool:
    return result.key == "settings" and result.status in ("works", "empty")


def _zone_in(report: ProbeReport | None) -> str | None:
    """Return the company's time zone in Vocatech, if it is known."""
    found = [one.facts["time_zone"] for one in report.results if _is_company(one)] if report else []
    return found[0] if found else None


def _late(key: str, service: str, timeouts: Timeouts) -> CheckResult:
    found = f"{service} didn't respond within {timeouts.all:.0f} s"
    remedy = f"{found}. Check the network and any proxy, and run the doctor again."
    return CheckResult(key, "Connection", found, Verdict.PROBLEM, remedy)


class _Background(Generic[T]):
    """A call on its own thread, with a limit on how long to wait for it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._results.append(self._work())

    def wait(self, seconds: float) -> T | None:
        """Return the result, or None if it takes longer."""
        self._thread.join(max(0.0, seconds))
        return self._results[0] if self._results else None
