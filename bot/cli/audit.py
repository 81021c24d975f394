"""The `audit` command: actions that affect other people."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.cli.options import DONE, Command, add_env_file

if TYPE_CHECKING:
    from bot.store.audit import Entry

USUAL_LIMIT = 50
LONGEST_CELL = 200


def run_audit(arguments: argparse.Namespace) -> int:
    """Print the audit log: actions, and denied attempts, that affect other people.

    Newest entries come first.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.cli.context import open_context  # noqa: PLC0415

    with open_context(arguments.env_file) as parts:
        entries = parts.store.audit.latest(arguments.limit)
        people = {entry.slack_user for entry in entries}
        found = (parts.store.slack_people.find(one) for one in people)
        names = {one.slack_user: one.name for one in found if one and one.name}
    for entry in entries:
        line = _as_json(entry) if arguments.json else _as_text(entry, names.get(entry.slack_user))
        sys.stdout.write(f"{line}\n")
    if not entries and not arguments.json:
        sys.stdout.write("The audit log is empty.\n")
    return DONE


def _as_text(entry: "Entry", name: str | None) -> str:
    who = f"{name} ({entry.slack_user})" if name else entry.slack_user
    cells = (_when(entry.at), who, entry.what, entry.detail)
    return "  ".join(_clean(cell) for cell in cells if cell)


def _as_json(entry: "Entry") -> str:
    return json.dumps({**asdict(entry), "at": _when(entry.at)})


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clean(text: str) -> str:
    """Remove characters that a terminal would interpret, and shorten the text."""
    plain = "".join(letter for letter in text if letter.isprintable())
    return plain if len(plain) <= LONGEST_CELL else plain[: LONGEST_CELL - 1] + "…"


def _count(word: str) -> int:
    if not word.isdecimal() or len(word) > len("1000000") or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 1 up")
    return int(word)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `audit`."""
    add_env_file(parser)
    parser.add_argument(
        "--limit",
        type=_count,
        default=USUAL_LIMIT,
        metavar="N",
        help=f"Maximum number of entries (default {USUAL_LIMIT})",
    )
    parser.add_argument("--json", action="store_true", help="Print one JSON object per line")


COMMAND = Command(
    "audit",
    "Show who changed what for others",
    run_audit,
    "vocatech-slack audit --limit 20",
    add_options,
)
