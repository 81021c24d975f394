"""The `setup` command: a guided setup in the terminal."""

import argparse
import os
import sys
from datetime import timedelta
from pathlib import Path

from bot.cli.backfill import run_backfill
from bot.cli.doctor import run_doctor
from bot.cli.options import DONE, FAILED, USAGE_ERROR, Command
from bot.errors import SettingsWrong
from bot.models.sync import PostMode
from bot.setup.questions import QUESTIONS

BACKFILL_DAYS = 30
_URLS = ("SLACK_API_URL", "VOCATECH_API_URL")


def run_setup(arguments: argparse.Namespace) -> int:
    """Create the settings file step by step, and check each answer with Slack and Vocatech.

    Each accepted answer is saved immediately. If you stop with Ctrl-C, run the command again to
    continue. It never changes a saved value without asking. At the end, it offers to import the
    calls of the last 30 days, and runs the doctor.

    For scripts, add --yes and answer with options or environment variables. Then nothing is asked.
    Secrets are read from files or from the environment, never from the command line.
    """
    if not arguments.yes and not sys.stdin.isatty():
        sys.stderr.write(
            "vocatech-slack setup: questions need a terminal. In a script, add --yes and answer"
            " with options.\n"
        )
        return USAGE_ERROR
    try:
        wants_backfill = _settle_all(arguments)
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write(
            f"\nStopped. Accepted answers are saved in {arguments.env_file}. To continue, run"
            " `vocatech-slack setup` again.\n"
        )
        return FAILED
    sys.stdout.flush()
    code = _import_calls(arguments.env_file) if wants_backfill else DONE
    code = max(code, run_doctor(argparse.Namespace(env_file=arguments.env_file, json=False)))
    if code == DONE:
        sys.stdout.write("To start the app, run `vocatech-slack run`.\n")
    return code


def _settle_all(arguments: argparse.Namespace) -> bool:
    """Ask and save everything, and return whether to import past calls."""
    # Imported here to keep --help and usage errors fast.
    from bot.clock import Clock  # noqa: PLC0415
    from bot.config import read_setting_files  # noqa: PLC0415
    from bot.server.logs import hush_libraries  # noqa: PLC0415
    from bot.setup.checks import ServiceChecks  # noqa: PLC0415
    from bot.setup.env_file import parse_env, read_env  # noqa: PLC0415
    from bot.setup.run import Setup  # noqa: PLC0415
    from bot.setup.terminal import Terminal  # noqa: PLC0415
    from bot.store import Store  # noqa: PLC0415

    hush_libraries()
    path: Path = arguments.env_file
    text = read_env(path)
    everything = {**parse_env(text), **{k: v for k, v in os.environ.items() if v}}
    files = {name.upper(): value for name, value in read_setting_files(path).items()}
    terminal = Terminal(can_ask=not arguments.yes)
    database = everything.get("DATABASE_URL", "sqlite:///data/vocatech-slack.db")
    store = Store.open(Path(database.removeprefix("sqlite:///")))
    try:
        urls = {name: everything[name] for name in _URLS if everything.get(name)}
        checks = ServiceChecks(urls, store, Clock())
        Setup(path, _given(arguments), files, checks, terminal).run()
    finally:
        store.close()
    if arguments.backfill:
        return bool(arguments.backfill == "yes")
    return terminal.confirm(f"Import the calls of the last {BACKFILL_DAYS} days?")


def _given(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the answers from options, else from the environment. Raises SettingsWrong."""
    given = {}
    for question in QUESTIONS:
        answer = getattr(arguments, question.flag.replace("-", "_"))
        if answer and question.is_secret:
            answer = _read_secret(question.option, Path(answer))
        if answer := answer or os.environ.get(question.setting):
            given[question.setting] = answer
    return given


def _read_secret(option: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not a text file"
        raise SettingsWrong(
            [f"{option} can't be read: {path}: {reason}. Check the path."]
        ) from None


def _import_calls(env_file: Path) -> int:
    since = timedelta(days=BACKFILL_DAYS)
    return run_backfill(argparse.Namespace(env_file=env_file, since=since, post=PostMode.NONE))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `setup`: one for each question."""
    for one in QUESTIONS:
        source = f"File with the {one.setting}" if one.is_secret else f"The {one.setting}"
        parser.add_argument(
            one.option,
            dest=one.flag.replace("-", "_"),
            metavar="FILE" if one.is_secret else "VALUE",
            help=f"{source}. {one.where}",
        )
    parser.add_argument(
        "--backfill",
        choices=["yes", "no"],
        help=f"Whether to import the calls of the last {BACKFILL_DAYS} days",
    )
    parser.add_argument("--yes", action="store_true", help="Ask nothing, and use the defaults")
    parser.add_argument(
        "--env-file",
        type=Path,
        default=Path(".env"),
        metavar="FILE",
        help="Settings file to create or complete (default .env)",
    )


COMMAND = Command(
    "setup",
    "Create the settings file step by step",
    run_setup,
    "vocatech-slack setup",
    add_options,
)
