"""The `rules` command: exports and imports routing rules."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.options import DONE, Command, add_env_file
from bot.errors import RulesWrong

if TYPE_CHECKING:
    from bot.cli.context import CliContext
    from bot.models.rules import Rule
    from bot.slack.client import SlackClient

TERMINAL = "terminal"
MOST_BYTES = 5_000_000


def run_rules(arguments: argparse.Namespace) -> int:
    """Export the routing rules to a YAML file, or replace them with those in a file.

    The whole file is checked before anything changes. A running app uses the new rules
    immediately.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.cli.context import open_context  # noqa: PLC0415
    from bot.rules.yaml_file import write_rules  # noqa: PLC0415

    with open_context(arguments.env_file) as parts:
        if arguments.what == "import":
            return _import(arguments.file, parts)
        rules = parts.store.rules.book().rules
        if str(arguments.file) == "-":
            sys.stdout.write(write_rules(rules))
            return DONE
        arguments.file.write_text(write_rules(rules), encoding="utf-8")
        sys.stdout.write(f"Exported {_count(len(rules))} to {arguments.file}.\n")
    return DONE


def _import(file: Path, parts: "CliContext") -> int:
    from bot.clock import Timing  # noqa: PLC0415
    from bot.rules.validation import find_unreachable  # noqa: PLC0415
    from bot.rules.yaml_file import read_rules  # noqa: PLC0415
    from bot.slack import app as slack_app  # noqa: PLC0415
    from bot.slack.client import SlackClient  # noqa: PLC0415

    book = parts.store.rules.book()
    ids = {one.name: one.rule_id for one in book.rules}
    read = read_rules(_text_of(file), parts.settings.default_region)
    client = slack_app.make_web_client(parts.settings, Timing().slack_timeout)
    slack = SlackClient(client, parts.store.notes, parts.clock.now)
    rules = _number(_reach(read, slack), ids)
    now = parts.clock.now()
    if not parts.store.rules.replace(book, rules, by=TERMINAL, now=now):
        raise RulesWrong(["Someone changed the rules in Slack just now. Export and check them."])
    detail = f"{len(rules)} from {file}"
    parts.store.audit.note(TERMINAL, "rules imported", detail, now=now)
    sys.stdout.write(f"Imported {_count(len(rules))}. They apply from the next call on.\n")
    idle = find_unreachable(rules)
    for rule in rules:
        if rule.rule_id in idle:
            sys.stdout.write(f"“{rule.name}” never matches: {idle[rule.rule_id]}.\n")
    return DONE


def _text_of(file: Path) -> str:
    raw = file.read_bytes()
    if len(raw) > MOST_BYTES:
        raise RulesWrong([f"{file} is too large for a rules file."])
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise RulesWrong([f"{file} is not UTF-8 text."]) from None


def _reach(read: Sequence[tuple["Rule", int]], slack: "SlackClient") -> list["Rule"]:
    """Return the rules with their channels. Raises RulesWrong if the app can't post there."""
    from bot.slack.errors import FAILURES, classify  # noqa: PLC0415

    rules, problems = [], []
    for rule, line in read:
        channel = rule.channel
        try:
            if rule.slack_user:
                channel = slack.open_direct(rule.slack_user)
            elif not slack.can_enter(channel):
                problems.append(
                    f"Line {line}: to: Vocatech can't post in {channel}; invite it to the channel."
                )
        except FAILURES as error:
            why = classify(error).reason
            to = rule.slack_user or channel
            problems.append(f"Line {line}: to: Vocatech can't post to {to} ({why}).")
        rules.append(replace(rule, channel=channel))
    if problems:
        raise RulesWrong(problems)
    return rules


def _number(rules: Sequence["Rule"], ids: dict[str, int]) -> list["Rule"]:
    """Number the rules: the same ID as before for a known name, a new one for others."""
    free = max(ids.values(), default=0) + 1
    return [
        replace(rule, rule_id=ids.get(rule.name, free + number))
        for number, rule in enumerate(rules)
    ]


def _count(rules: int) -> str:
    return "1 rule" if rules == 1 else f"{rules} rules"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rules`."""
    add_env_file(parser)
    parser.add_argument(
        "what", choices=["export", "import"], help="Export to a file or import from one"
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="YAML file (- exports to the terminal)"
    )


COMMAND = Command(
    "rules",
    "Export or import routing rules as a file",
    run_rules,
    "vocatech-slack rules export rules.yaml",
    add_options,
)
