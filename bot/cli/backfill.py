"""Owns the command `backfill`: past calls, from Vocatech into the store."""

import argparse
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.options import DONE, FAILED, USAGE_ERROR, Command, add_env_file, begin_of, day_or_span
from bot.errors import ApiError, KeyRefused, Stopped
from bot.intervals import join
from bot.models.sync import BackfillRequest, BackfillResult, PostMode
from bot.ui.formatting import Locale, span

if TYPE_CHECKING:
    from bot.cli.context import CliContext
    from bot.sync.backfill import Backfill


def run_backfill(arguments: argparse.Namespace) -> int:
    """Take in past calls from Vocatech; ended before its time, it goes on where it was."""
    from bot.cli.context import open_context  # noqa: PLC0415 (so that --help answers at once)

    with open_context(arguments.env_file) as parts:
        since = begin_of(arguments.since, parts.settings.zone, parts.clock.now())
        if since >= parts.clock.now():
            sys.stderr.write("vocatech-slack backfill: --since lies in the future\n")
            return USAGE_ERROR
        order = BackfillRequest(since, PostMode(arguments.post))
        locale = Locale(parts.settings.default_region, parts.settings.zone)
        try:
            with ended_by_signals(parts.stopping):
                result = _run(parts, order)
        except (KeyRefused, Stopped) as error:
            sys.stderr.write(f"{type(error).__doc__}\n")
            sys.stderr.write(f"To go on from there: {_same_command(order, locale)}\n")
            return FAILED
        return _tell(result, order, locale)


def _same_command(order: BackfillRequest, locale: Locale) -> str:
    """Give the command anew; what was asked for as a span of days back would be another day."""
    day = datetime.fromtimestamp(order.since, locale.zone).date()
    return f"vocatech-slack backfill --since {day.isoformat()} --post {order.posting}"


def _run(parts: "CliContext", order: BackfillRequest) -> BackfillResult:
    from bot.cli.progress import show_progress  # noqa: PLC0415
    from bot.rules.router import Router  # noqa: PLC0415
    from bot.services import make_routes  # noqa: PLC0415
    from bot.sync.backfill import Backfill  # noqa: PLC0415

    with show_progress(parts.clock.monotonic) as tell:
        backfill = Backfill(
            order=order,
            vocatech=parts.vocatech,
            store=parts.store,
            router=Router(parts.store, make_routes(parts.settings)),
            clock=parts.clock,
            region=parts.settings.default_region,
            is_stopping=parts.stopping.is_set,
            tell=tell,
        )
        if order.posting is PostMode.ALL:
            _warn_of_cards(backfill)
        return backfill.run()


def _warn_of_cards(backfill: "Backfill") -> None:
    """Say before it begins how long Slack will take for a card for each call."""
    try:
        calls = backfill.ask_how_many()
    except KeyRefused:
        raise
    except ApiError:
        calls = None
    cards = "Each call that is not known yet gets a card of its own."
    if calls is not None:
        cards = f"{calls:,} calls or so are to come, and each new one gets a card of its own."
    took = span(calls) if calls else "three hours for ten thousand"
    sys.stderr.write(
        f"{cards} Slack takes one a second in each channel: {took}, if all go to one. Calls made"
        " meanwhile are shown after them, missed ones first.\n"
    )


def _tell(result: BackfillResult, order: BackfillRequest, locale: Locale) -> int:
    """Say what came of it, and give the exit code."""
    calls = f"{result.taken_in:,} {'call' if result.taken_in == 1 else 'calls'}"
    new = f"{result.new:,}" if result.new else "none"
    rest = ", without the days named above" if result.left_out else ""
    if result.unreadable:
        rows = "1 row" if result.unreadable == 1 else f"{result.unreadable:,} rows"
        sys.stderr.write(f"{rows} from Vocatech could not be read and had to be left out.\n")
    if result.left_out:
        _name_left_out(result, order, locale)
    sys.stdout.write(
        f"Took in {calls} from {locale.day(order.since)} to now{rest};"
        f" {new} of them {'was' if result.new < 2 else 'were'} new.\n"  # noqa: PLR2004
    )
    if result.left_out:
        return FAILED
    if order.posting is PostMode.SUMMARY and result.taken_in:
        sys.stdout.write("The bot posts the summary; where it is not running, at its next start.\n")
    return DONE


def _name_left_out(result: BackfillResult, order: BackfillRequest, locale: Locale) -> None:
    reasons = {one.start: str(error) for one, error in result.left_out.items()}
    sys.stderr.write("Vocatech did not give the calls of these days:\n")
    for one in join(result.left_out):
        days = f"{locale.day(one.start)} to {locale.day(one.end - 1)}"
        sys.stderr.write(f"  - {days}: {reasons[one.start]}\n")
    sys.stderr.write(f"To ask for these days only, later: {_same_command(order, locale)}\n")


@contextlib.contextmanager
def ended_by_signals(stopping: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM set `stopping`; the second time they end the process as ever."""

    def stop(*_: object) -> None:
        for number, former in before.items():
            signal.signal(number, former)
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `backfill`."""
    parser.add_argument(
        "--since",
        type=day_or_span,
        required=True,
        metavar="DATE",
        help="the first day, such as 2026-01-31, or how far back it lies, such as 30d or 12w",
    )
    parser.add_argument(
        "--post",
        choices=[str(posting) for posting in PostMode],
        default=PostMode.NONE,
        help="what Slack shows of them: nothing (none, the default), one message for each channel"
        " with how many there were (summary), or a card for each (all; one a second)",
    )
    add_env_file(parser)


COMMAND = Command("backfill", "take in past calls", run_backfill, add_options)
