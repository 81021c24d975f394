"""Entry point of the terminal commands, with their table and exit codes."""

import argparse
import difflib
import inspect
import io
import os
import re
import sqlite3
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

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
    outgoing_webhooks,
    prune,
    rules,
    run,
    setup,
    tokens,
    users,
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
    users.COMMAND,
    outgoing_webhooks.COMMAND,
    audit.COMMAND,
    tokens.COMMAND,
    export.COMMAND,
    forget.COMMAND,
    prune.COMMAND,
    digest.COMMAND,
    rules.COMMAND,
)


class CommandParser(argparse.ArgumentParser):
    """A parser whose errors suggest the nearest command or option, and name the help."""

    _is_intermixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the words; options may stand between them, as in `rules import --check FILE`."""
        if self._subparsers or self._is_intermixing:
            return super().parse_known_args(args, namespace)
        self._is_intermixing = True
        return self.parse_known_intermixed_args(args, namespace)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the words; report an unknown option with the usage of its command."""
        found, extra = self.parse_known_args(args, namespace)
        if extra:
            named = getattr(found, "parser", self)
            named.error(f"unrecognized arguments: {' '.join(extra)}{named.meant(extra[0])}")
        return found

    def meant(self, word: str) -> str:
        """Return a question about the option that a word may have been meant to be."""
        options = [one for action in self._actions for one in action.option_strings]
        close = difflib.get_close_matches(word, options, n=1)
        return f"; did you mean {close[0]}?" if close and word.startswith("-") else ""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and where the help is, and exit with 2."""
        if found := re.match(
            r"argument \S+: invalid choice: '(.*?)' \(choose from (.*)\)", message
        ):
            choices = re.findall(r"[\w-]+", found[2])
            close = difflib.get_close_matches(found[1].lower(), choices, n=1)
            meant = f" Did you mean {close[0]}?" if close else ""
            message = f"There is no {found[1]!r}.{meant} Choose from {', '.join(choices)}."
        self.print_usage(sys.stderr)
        self.exit(
            USAGE_ERROR, f"{self.prog}: error: {message}\nFor help, run: {self.prog} --help\n"
        )


def make_parser() -> argparse.ArgumentParser:
    """Build the parser from the table of commands."""
    parser = CommandParser(
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
        added.set_defaults(run=command.run, parser=added)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 success, 1 failure, 2 usage error."""
    _prepare_output()
    arguments = make_parser().parse_args(words)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()  # so that a closed pipe shows here, and not when Python exits
    except SettingsWrong as wrong:
        sys.stderr.write("Fix these settings, in the environment or in the .env file:\n")
        sys.stderr.writelines(f"  - {problem}\n" for problem in wrong.problems)
        return USAGE_ERROR
    except argparse.ArgumentTypeError as error:  # of words that mean days
        sys.stderr.write(f"vocatech-slack: {error}.\n")
        return USAGE_ERROR
    except (BotError, OSError, sqlite3.Error) as error:
        sys.stderr.write(f"vocatech-slack: {explain_error(error)}\n")
        if isinstance(error, BrokenPipeError):
            _discard_output()
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    return code


def _prepare_output() -> None:
    """Let commands print where there is no output, as under some daemons, or not all letters."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 (for the whole process)
        elif isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")  # nothing is lost in an export


def _discard_output() -> None:
    """Send the rest of the output nowhere: Python flushes it once more when it exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
