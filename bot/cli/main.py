"""Owns the way in from a terminal: the table of commands, and the exit code that comes back."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from bot.cli import (
    audit,
    backfill,
    backup,
    demo,
    digest,
    doctor,
    export,
    manifest,
    rules,
    run,
    webhooks,
)
from bot.cli.options import FAILED, USAGE_ERROR
from bot.errors import BotError, KeyRefused, SettingsWrong

COMMANDS = (
    run.COMMAND,
    backfill.COMMAND,
    backup.BACKUP,
    backup.VERIFY,
    backup.RESTORE,
    demo.COMMAND,
    doctor.COMMAND,
    manifest.COMMAND,
    webhooks.COMMAND,
    audit.COMMAND,
    export.COMMAND,
    digest.COMMAND,
    rules.COMMAND,
)


def make_parser() -> argparse.ArgumentParser:
    """Make the parser from the table of commands."""
    parser = argparse.ArgumentParser(
        prog="vocatech-slack", description="Vocatech calls in Slack: one live card for every call."
    )
    parser.add_argument("--version", action="version", version=version("vocatech-slack"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        added = commands.add_parser(
            command.name, help=command.help, description=command.run.__doc__
        )
        command.add_options(added)
        added.set_defaults(run=command.run)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; 0 done, 1 failed, 2 wrong use."""
    arguments = make_parser().parse_args(words)
    try:
        code: int = arguments.run(arguments)
    except SettingsWrong as wrong:
        sys.stderr.write("These settings need your attention (environment, or a file .env here):\n")
        sys.stderr.writelines(f"  - {problem}\n" for problem in wrong.problems)
        return USAGE_ERROR
    except KeyRefused as error:
        # What they said may repeat the key, and does not say what to do.
        sys.stderr.write(f"vocatech-slack: {error.__doc__}\n")
        return FAILED
    except (BotError, OSError) as error:
        sys.stderr.write(f"vocatech-slack: {str(error) or error.__doc__}\n")
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    return code
