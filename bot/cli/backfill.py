"""The `backfill` command: imports past calls from Vocatech."""

import argparse
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.errors import explain_error
from bot.cli.options import DONE, FAILED, USAGE_ERROR, Command, add_env_file, begin_of, day_or_span
from bot.errors import ApiError, KeyRefused, Stopped
from bot.intervals import join
from bot.models.sync import BackfillRequest, BackfillResult, PostMode
from bot.ui.formatting import Locale, span

if TYPE_CHECKING:
    from bot.cli.context import CliContext
    from bot.sync.backfill import Backfill


def run_backfill(arguments: argparse.Namespace) -> int:
    """Import past calls from Vocatech.

    If you stop it, run it again to continue where it stopped.
    """
    from bot.cli.context import open_context  # noqa: PLC0415 (keeps --help fast)

    with open_context(arguments.env_file) as parts:
        since = begin_of(arguments.since, parts.zone, parts.clock.now())
        if since >= parts.clock.now():
            sys.stderr.write(
                "vocatech-slack backfill: --since is in the future; use a past date.\n"
            )
            return USAGE_ERROR
        order = BackfillRequest(since, PostMode(arguments.post))
        locale = Locale(parts.settings.default_region, parts.zone)
        try:
            with ended_by_signals(parts.stopping):
                result = _run(parts, order)
        except (KeyRefused, Stopped) as error:
            sys.stderr.write(f"{type(error).__doc__}\n")
            sys.stderr.write(f"To continue, run: {_same_command(order, locale)}\n")
            return FAILED
        return _report(result, order, locale)


def _same_command(order: BackfillRequest, locale: Locale) -> str:
    """Return the command to run again, with a date: a time span would mean another day later."""
    day = datetime.fromtimestamp(order.since, locale.zone).date()
    return f"vocatech-slack backfill --since {day.isoformat()} --post {order.posting}"


def _run(parts: "CliContext", order: BackfillRequest) -> BackfillResult:
    from bot.cli.progress import show_progress  # noqa: PLC0415
    from bot.rules.router import Router  # noqa: PLC0415
    from bot.services.build import make_routes  # noqa: PLC0415
    from bot.sync.backfill import Backfill  # noqa: PLC0415

    with show_progress(parts.clock.monotonic) as on_progress:
        backfill = Backfill(
            order=order,
            vocatech=parts.vocatech,
            store=parts.store,
            router=Router(parts.store, make_routes(parts.settings)),
            clock=parts.clock,
            region=parts.settings.default_region,
            is_stopping=parts.stopping.is_set,
            on_progress=on_progress,
        )
        if order.posting is PostMode.ALL:
            _warn_about_cards(backfill)
        return backfill.run()


def _warn_about_cards(backfill: "Backfill") -> None:
    """Print how long Slack will take to post a card for each call."""
    try:
        calls = backfill.count_remaining()
    except KeyRefused:
        raise
    except ApiError:
        calls = None
    cards = "Each new call gets its own card."
    if calls is not None:
        cards = f"About {calls:,} calls remain, and each new one gets its own card."
    duration = span(calls) if calls else "three hours for ten thousand"
    sys.stderr.write(
        f"{cards} Slack accepts one card per second in each channel: {duration}, if all go to the"
        " same channel. Calls made in the meantime appear afterwards, missed ones first.\n"
    )


def _report(result: BackfillResult, order: BackfillRequest, locale: Locale) -> int:
    """Print the result and return the exit code."""
    calls = f"{result.taken_in:,} {'call' if result.taken_in == 1 else 'calls'}"
    rest = ", except for the days listed above" if result.left_out else ""
    if result.unreadable:
        is_one = result.unreadable == 1
        rows, were = ("1 row", "was") if is_one else (f"{result.unreadable:,} rows", "were")
        sys.stderr.write(f"{rows} from Vocatech can't be read and {were} skipped.\n")
    if result.left_out:
        _list_left_out(result, order, locale)
    sys.stdout.write(
        f"Imported {calls} from {locale.day(order.since)} to now{rest}; {result.new:,} new.\n"
    )
    if result.left_out:
        return FAILED
    if order.posting is PostMode.SUMMARY and result.taken_in:
        sys.stdout.write("The app posts the summary now, or at its next start.\n")
    return DONE


def _list_left_out(result: BackfillResult, order: BackfillRequest, locale: Locale) -> None:
    reasons = {one.start: explain_error(error) for one, error in result.left_out.items()}
    sys.stderr.write("The calls of these days were not imported:\n")
    for one in join(result.left_out):
        days = f"{locale.day(one.start)} to {locale.day(one.end - 1)}"
        sys.stderr.write(f"  - {days}: {reasons[one.start]}\n")
    sys.stderr.write(f"To retry only these days, run: {_same_command(order, locale)}\n")


@contextlib.contextmanager
def ended_by_signals(stopping: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM set `stopping`; the second time, they end the process as usual."""

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
        help="First day, such as 2026-01-31; a time span back, such as 30d or 12w; or words, such"
        " as 'last month'",
    )
    parser.add_argument(
        "--post",
        choices=[str(posting) for posting in PostMode],
        default=PostMode.NONE,
        help="What to post in Slack: nothing (none, the default), one message per channel with"
        " the number of calls (summary), or a card for each call (all; one per second)",
    )
    add_env_file(parser)


COMMAND = Command(
    "backfill",
    "Import past calls",
    run_backfill,
    "vocatech-slack backfill --since 2026-01-31 --post summary",
    add_options,
)
