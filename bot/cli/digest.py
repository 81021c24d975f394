"""The `digest` command: prints or posts the digest of a period."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.cli.options import DONE, Command, SpokenDays, add_env_file, spoken_days
from bot.models.digest_schedule import (
    EVERY_DAY,
    Cadence,
    DigestPlan,
    Due,
    Period,
    cadence_of,
    day_of,
    due_for,
    last_whole,
)

PERIODS = ("yesterday", "week", "month")


def run_digest(arguments: argparse.Namespace) -> int:
    """Post the digest of a day, week, or month once, or print it.

    The running app posts it.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.business_hours import BusinessHours  # noqa: PLC0415
    from bot.cli.context import open_context  # noqa: PLC0415
    from bot.digests.generator import DigestGenerator  # noqa: PLC0415
    from bot.digests.messages import render_digest  # noqa: PLC0415
    from bot.missed_calls.callback_times import CallbackMeter  # noqa: PLC0415
    from bot.ui.formatting import Locale  # noqa: PLC0415

    with open_context(arguments.env_file) as parts:
        now = parts.clock.now()
        locale = Locale(parts.settings.default_region, parts.zone)
        hours = BusinessHours.read(parts.settings.business_hours)
        shows_people = parts.settings.person_numbers
        meter = CallbackMeter(parts.store, hours, locale, shows_people=shows_people)
        generator = DigestGenerator(parts.store, locale, meter)
        plan, due = _choose(arguments.period, generator.usual_plan(arguments.channel), now)
        digest = generator.make(plan, due, now)
        if due.period.span(ZoneInfo(plan.zone)).end > now:
            # Under its own name: that of the whole day may still be due.
            digest = replace(digest, digest_id=f"{digest.digest_id} so far")
        if arguments.print:
            there = replace(locale, zone=ZoneInfo(plan.zone))
            message = render_digest(digest, locale=there)
            sys.stdout.write("\n".join([message.text, *_lines(message.plain_blocks)]) + "\n")
            return DONE
        is_new = parts.store.digests.add(digest, plan.channel, due_at=due.at, now=now)
    result = "The running app posts it within seconds." if is_new else "It was already posted."
    sys.stdout.write(f"{digest.digest_id}: {result}\n")
    return DONE


def _choose(period: str, plan: DigestPlan, now: float) -> tuple[DigestPlan, Due]:
    """Return the schedule and the days for a period or a date."""
    if period in {"week", "month"}:
        cadence = Cadence.WEEKLY if period == "week" else Cadence.MONTHLY
        plan = replace(plan, cadence=cadence, weekdays=EVERY_DAY)
        return plan, last_whole(plan, now)
    plan = replace(plan, cadence=Cadence.DAILY, weekdays=EVERY_DAY)
    if period == "yesterday":
        return plan, last_whole(plan, now)
    days = _days(period, day_of(now, ZoneInfo(plan.zone)))
    return replace(plan, cadence=cadence_of(days)), due_for(plan, days)


def _days(period: str, today: date) -> Period:
    try:
        day = date.fromisoformat(period)
    except ValueError:
        return Period(*SpokenDays(period).on(today))
    return Period(day, day)


def _lines(blocks: list[dict[str, Any]]) -> list[str]:
    """Return the text of blocks; Slack's date tokens become their fallback text."""
    from bot.ui.mrkdwn import words_of  # noqa: PLC0415

    return [line for block in blocks[1:] for line in words_of(block)]


def _period(word: str) -> str:
    if word in PERIODS:
        return word
    try:
        day = date.fromisoformat(word)
    except ValueError:
        if spoken_days(word):
            return word
        raise argparse.ArgumentTypeError(
            f"{word!r} is not a period; use {', '.join(PERIODS)}, a date such as 2026-11-20, or"
            " words such as 'last week'"
        ) from None
    if day > datetime.now(UTC).date() + timedelta(days=1):  # in some zone it is tomorrow already
        raise argparse.ArgumentTypeError(f"{word} is in the future")
    return day.isoformat()


def _channel(word: str) -> str:
    if not word.isascii() or not word.isalnum() or word[0] not in "CGDUW":
        raise argparse.ArgumentTypeError(
            f"{word!r} is not the ID of a channel or person, such as C0123456789"
        )
    return word


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `digest`."""
    add_env_file(parser)
    parser.add_argument(
        "--channel", type=_channel, required=True, metavar="ID", help="ID of the channel or person"
    )
    parser.add_argument(
        "--period",
        type=_period,
        default="yesterday",
        metavar="WHEN",
        help="Period: yesterday (default), week, month, a date such as 2026-11-20, or words such as"
        " 'last week'",
    )
    parser.add_argument(
        "--print", action="store_true", help="Print the digest instead of posting it"
    )


COMMAND = Command(
    "digest",
    "Post or print a digest",
    run_digest,
    "vocatech-slack digest --channel C0123456789 --period week --print",
    add_options,
)
