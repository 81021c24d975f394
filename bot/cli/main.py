"""Entry point of the terminal commands, with their table and exit codes."""

import argparse
import inspect
import os
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
    forget,
    manifest,
    prune,
    rules,
    run,
    setup,
    webhooks,
)
from bot.cli.errors import explain_error
from bot.cli.options import FAILED, USAGE_ERROR
from bot.errors import BotError, SettingsWrong

COMMANDS = (
    setup.COMMAND,
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
    forget.COMMAND,
    prune.COMMAND,
    digest.COMMAND,
    rules.COMMAND,
)


def make_parser() -> argparse.ArgumentParser:
    """Build the parser from the table of commands."""
    parser = argparse.ArgumentParser(
        prog="vocatech-slack",
        description="Bring Vocatech calls and texts into Slack.",
        epilog="Run `vocatech-slack COMMAND --help` for details and an example.",
    )
    parser.add_argument("--version", action="version", version=version("vocatech-slack"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        added = commands.add_parser(
            command.name,
            help=command.help,
            description=inspect.getdoc(command.run),
            epilog=f"example:\n  {command.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_options(added)
        added.set_defaults(run=command.run)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 success, 1 failure, 2 usage error."""
    arguments = make_parser().parse_args(words)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()  # so that a closed pipe shows here, and not when Python exits
    except SettingsWrong as wrong:
        sys.stderr.write("Fix these settings, in the environment or in the .env file:\n")
        sys.stderr.writelines(f"  - {problem}\n" for problem in wrong.problems)
        return USAGE_ERROR
    except (BotError, OSError) as error:
        sys.stderr.write(f"vocatech-slack: {explain_error(error)}\n")
        if isinstance(error, BrokenPipeError):
            _discard_output()
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    return code


def _discard_output() -> None:
    """Send the rest of the output nowhere: Python flushes it once more when it exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
