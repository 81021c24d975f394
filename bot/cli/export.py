"""The `export` command: sent texts as CSV."""

import argparse
import csv
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.cli.options import DONE, Command, add_env_file, begin_of, day_or_span

if TYPE_CHECKING:
    from bot.models.texts import Text
    from bot.store import Store

COLUMNS = (
    *("written_at", "slack_user", "name", "to", "from", "by", "state", "reason"),
    *("text_id", "message_id", "call_id", "words"),
)
# Prefixes that a spreadsheet would execute as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def run_export(arguments: argparse.Namespace) -> int:
    """Print the texts sent from Slack as CSV, with their authors, recipients, and times.

    Oldest texts come first.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.cli.context import open_context  # noqa: PLC0415

    with open_context(arguments.env_file) as parts:
        now = parts.clock.now()
        since = begin_of(arguments.since, parts.settings.zone, now)
        # Quote everything, because a carriage return in a text would start a new row elsewhere.
        table = csv.writer(sys.stdout, lineterminator="\n", quoting=csv.QUOTE_ALL)
        table.writerow(COLUMNS)
        for text in parts.store.texts.written_between(since, now + 1.0):
            table.writerow(_row(text, parts.store))
    return DONE


def _row(text: "Text", store: "Store") -> list[str]:
    from bot.people.names import slack_name  # noqa: PLC0415
    from bot.texts.words import status_label  # noqa: PLC0415

    reply = text.reply
    by = reply.slack_user if reply else None
    return [
        datetime.fromtimestamp(reply.written_at, UTC).isoformat() if reply else "",
        by or "automatic",
        _harmless(slack_name(by, store) or ""),
        text.number or "",
        text.company_number or "",
        text.platform,
        status_label(text),
        _harmless(text.reason or ""),
        text.text_id,
        text.message_id or "",
        (reply.call_id if reply else None) or "",
        _harmless(text.body),
    ]


def _harmless(words: str) -> str:
    return f"'{words}" if words.startswith(_FORMULA) else words


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `export`."""
    add_env_file(parser)
    parser.add_argument("what", choices=["texts"], help="What to export")
    parser.add_argument(
        "--since",
        type=day_or_span,
        default=timedelta(days=30),
        metavar="DATE",
        help="First day, such as 2026-01-31, or a time span back (default 30d)",
    )


COMMAND = Command(
    "export",
    "Export sent texts as CSV",
    run_export,
    "vocatech-slack export texts --since 2026-01-31 > texts.csv",
    add_options,
)
