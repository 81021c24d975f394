"""Owns the command `digest`: what the digest of any days says, printed or posted."""

import argparse
import sys
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.cli.options import DONE, Command, add_env_file
from bot.models.digest_schedule import (
    EVERY_DAY,
    Cadence,
    DigestPlan,
    Due,
    Period,
    last_whole,
    moment_of,
)

PERIODS = ("yesterday", "week", "month")


def run_digest(arguments: argparse.Namespace) -> int:
    """Print the digest of a day, of the last week or month, or have it posted, once, by the bot."""
    # Imported here, so that --help and mistyped commands answer at once.
    from bot.cli.context import open_context  # noqa: PLC0415
    from bot.digests.generator import DigestGenerator  # noqa: PLC0415
    from bot.digests.messages import render_digest  # noqa: PLC0415
    from bot.ui.formatting import Locale  # noqa: PLC0415

    with open_context(arguments.env_file) as parts:
        now = parts.clock.now()
        locale = Locale(parts.settings.default_region, parts.settings.zone)
        maker = DigestGenerator(parts.store, locale)
        plan, due = _choose(arguments.period, maker.usual_plan(arguments.channel), now)
        digest = maker.make(plan, due, now)
        if arguments.print:
            there = replace(locale, zone=ZoneInfo(plan.zone))
            message = render_digest(digest, locale=there)
            sys.stdout.write("\n".join([message.text, *_lines(message.plain_blocks)]) + "\n")
            return DONE
        is_new = parts.store.digests.add(digest, plan.channel, due_at=due.at, now=now)
    said = "The running bot posts it within seconds." if is_new else "It was posted already."
    sys.stdout.write(f"{digest.digest_id}: {said}\n")
    return DONE


def _choose(period: str, plan: DigestPlan, now: float) -> tuple[DigestPlan, Due]:
    """Give the plan and the days that a word or a date means."""
    if period in {"week", "month"}:
        cadence = Cadence.WEEKLY if period == "week" else Cadence.MONTHLY
        plan = replace(plan, cadence=cadence, weekdays=EVERY_DAY)
        return plan, last_whole(plan, now)
    plan = replace(plan, cadence=Cadence.DAILY, weekdays=EVERY_DAY)
    if period == "yesterday":
        return plan, last_whole(plan, now)
    day = date.fromisoformat(period)
    at = moment_of(day + timedelta(days=1), plan.minute, ZoneInfo(plan.zone))
    return plan, Due(at, Period(day, day))


def _lines(blocks: list[dict[str, Any]]) -> list[str]:
    """Give the words of blocks; Slack's markup for moments gives way to its fallback."""
    from bot.ui.mrkdwn import words_of  # noqa: PLC0415

    return [line for block in blocks[1:] for line in words_of(block)]


def _period(word: str) -> str:
    if word in PERIODS:
        return word
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{word!r} is none of {', '.join(PERIODS)}, nor a date like 2026-11-20"
        ) from None


def _channel(word: str) -> str:
    if not word.isascii() or not word.isalnum() or word[0] not in "CGDUW":
        raise argparse.ArgumentTypeError("the id of a channel (C0123456789) or person is needed")
    return word


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `digest`."""
    add_env_file(parser)
    parser.add_argument(
        "--channel", type=_channel, required=True, metavar="ID", help="for which channel or person"
    )
    parser.add_argument(
        "--period",
        type=_period,
        default="yesterday",
        metavar="WHEN",
        help="yesterday (default), week, month, or a date like 2026-11-20",
    )
    parser.add_argument("--print", action="store_true", help="print it, and post nothing")


COMMAND = Command("digest", "print a digest, or have it posted", run_digest, add_options)
