"""Owns the commands: what is typed in a terminal, and the exit code that comes back."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from bot.config import load_settings
from bot.errors import BotError, SettingsWrong

DONE, FAILED, WRONG_USE = 0, 1, 2
LAST_PORT = 65_535


@dataclass(frozen=True)
class Command:
    """One command; `run` gives the exit code."""

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    add_options: Callable[[argparse.ArgumentParser], None] = lambda _: None


def run_bot(_: argparse.Namespace) -> int:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    # Imported here, so that --help and mistyped commands answer at once.
    from bot.app import build  # noqa: PLC0415
    from bot.logs import set_up_logs  # noqa: PLC0415

    settings = load_settings()
    set_up_logs(settings.log_format)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    bot = build(settings)
    bot.start()
    stop.wait()
    bot.stop()
    # A request to somebody who never answers must not keep the process: the store is closed,
    # and whatever was under way is found again at the next start.
    sys.stderr.flush()
    os._exit(DONE)


def run_demo(arguments: argparse.Namespace) -> int:
    """Run the bot against stand-ins for Slack and Vocatech, and show it in a browser."""
    from bot.sandbox.demo import show  # noqa: PLC0415
    from bot.sandbox.demo_check import check  # noqa: PLC0415

    is_well = check() if arguments.check else show(port=arguments.port)
    return DONE if is_well else FAILED


def print_manifest(arguments: argparse.Namespace) -> int:
    """Print the manifest from which Slack makes the app."""
    from bot.manifest import manifest_yaml  # noqa: PLC0415

    sys.stdout.write(manifest_yaml(arguments.url))
    return DONE


def _port(word: str) -> int:
    if not word.isdecimal() or int(word) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"a number from 0 to {LAST_PORT} is needed")
    return int(word)


def _https_address(word: str) -> str:
    if not word.startswith("https://"):
        raise argparse.ArgumentTypeError("an address that starts with https:// is needed")
    return word


def _demo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check",
        action="store_true",
        help="play the whole scenario without a browser, print what was seen, and end 0 or 1",
    )
    parser.add_argument(
        "--port", type=_port, default=8080, help="port of the page (default 8080; 0 is any)"
    )


def _manifest_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--url",
        type=_https_address,
        metavar="HTTPS_ADDRESS",
        help="the bot's public address, for Slack over HTTP instead of Socket Mode",
    )


COMMANDS = (
    Command("run", "run the bot", run_bot),
    Command("demo", "try it without any account, in a browser", run_demo, _demo_options),
    Command("manifest", "print the manifest of the Slack app", print_manifest, _manifest_options),
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
        return WRONG_USE
    except (BotError, OSError) as error:
        sys.stderr.write(f"vocatech-slack: {error}\n")
        return FAILED
    return code
