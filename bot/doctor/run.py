"""Owns the whole checkup: every part of it once, both sides at the same time, and an end to it."""

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
from bot.doctor.local import channels_of, judge_settings, judge_store, judge_troubles
from bot.doctor.model import CheckResult, Verdict
from bot.doctor.slack import look_at_slack
from bot.doctor.vocatech import judge_quota, judge_vocatech
from bot.doctor.webhooks import judge_webhooks
from bot.errors import StoreTooNew, StoreUnusable
from bot.slack import app as slack_app
from bot.slack.manifest import SCOPES
from bot.store import Store
from bot.vocatech.client import make_vocatech
from bot.vocatech.probe import Account, look_at_all
from bot.vocatech.rate_limiter import RequestCounter

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How many seconds may pass: for one answer, for beginning with more, and for everything."""

    answer: float = 5.0
    side: float = 15.0
    all: float = 25.0


def check_up(
    settings: Settings, *, clock: Clock | None = None, patience: Patience | None = None
) -> list[CheckResult]:
    """Look at everything that the bot needs, and give what was found in order.

    Nothing is changed at Slack or Vocatech; the database is opened as the bot does, which brings
    its tables up to date.
    """
    clock, patience = clock or Clock(), patience or Patience()
    with ExitStack() as stack:
        store, trouble = _open_store(settings, stack)
        slack = _Meanwhile(partial(_ask_slack, settings, clock, patience))
        # What cannot be counted is asked all the same: it is little, and the rest may be well.
        ledger = store.ledger if store.is_writable() else _open_meanwhile(stack).ledger
        vocatech = _Meanwhile(partial(_ask_vocatech, settings, ledger, clock, patience))
        deadline = clock.monotonic() + patience.all
        said = slack.wait(deadline - clock.monotonic())
        account = vocatech.wait(deadline - clock.monotonic())
        return [
            *judge_settings(settings),
            *(said or [_late("slack.token", "Slack", patience)]),
            *(judge_vocatech(account, settings) if account else ()),
            *([] if account else [_late("vocatech.connection", "Vocatech", patience)]),
            judge_quota(store.ledger, now=clock.now()),
            *judge_webhooks(
                settings,
                store,
                subscriptions=account.subscriptions if account else None,
                now=clock.now(),
            ),
            *judge_store(store, settings.database_path, trouble),
            *judge_troubles(store, now=clock.now()),
        ]


def _open_store(settings: Settings, stack: ExitStack) -> tuple[Store, str | None]:
    """Open the database; where that fails, an empty one for the time being, and say why."""
    try:
        store = Store.open(settings.database_path)
    except (StoreUnusable, StoreTooNew) as error:
        return _open_meanwhile(stack), str(error)
    stack.callback(store.close)
    return store, None


def _open_meanwhile(stack: ExitStack) -> Store:
    """Open an empty database that is gone with the checkup."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vocatech-slack-"))
    store = Store.open(Path(folder) / "meanwhile.db")
    stack.callback(store.close)
    return store


def _ask_slack(settings: Settings, clock: Clock, patience: Patience) -> list[CheckResult]:
    return look_at_slack(
        slack_app.make_web_client(settings, patience.answer),
        channels=channels_of(settings),
        scopes=SCOPES,
        clock=clock,
        seconds=patience.side,
    )


def _ask_vocatech(
    settings: Settings, ledger: RequestCounter, clock: Clock, patience: Patience
) -> Account:
    client = make_vocatech(
        settings,
        ledger=ledger,
        clock=clock,
        wait=threading.Event().wait,
        timeout=httpx.Timeout(patience.answer),
    )
    try:
        return look_at_all(client.wire, clock=clock, seconds=patience.side)
    finally:
        client.close()


def _late(key: str, whose: str, patience: Patience) -> CheckResult:
    found = f"{whose} did not come to an end within {patience.all:.0f} s"
    remedy = (
        f"{found}. Something on the way may hold the answers back: check the network and any"
        " proxy, and run the doctor again."
    )
    return CheckResult(key, "Connection", found, Verdict.PROBLEM, remedy)


class _Meanwhile(Generic[T]):
    """Work on a thread of its own, which nobody waits for longer than they want to."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._results.append(self._work())

    def wait(self, seconds: float) -> T | None:
        """Give what came of it, or None where it is not done by then."""
        self._thread.join(max(0.0, seconds))
        return self._results[0] if self._results else None
