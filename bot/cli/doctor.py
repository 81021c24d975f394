"""The `doctor` command: checks the setup."""

import argparse
import sys

from bot.cli.options import DONE, FAILED, Command, add_env_file


def run_doctor(arguments: argparse.Namespace) -> int:
    """Check the settings, Slack, Vocatech, the webhooks, and the database.

    Each problem comes with a remedy. Nothing is posted, sent, or changed. Exits with 1 if there
    is a problem.
    """
    # Imported here to keep --help and usage errors fast.
    from rich.console import Console  # noqa: PLC0415

    from bot.config import load_settings  # noqa: PLC0415
    from bot.doctor.model import all_ok  # noqa: PLC0415
    from bot.doctor.report import WIDEST, write_json, write_table  # noqa: PLC0415
    from bot.doctor.run import run_checks  # noqa: PLC0415
    from bot.server.logs import hush_libraries  # noqa: PLC0415

    settings = load_settings(env_file=arguments.env_file)
    hush_libraries()
    console = Console(file=sys.stdout, highlight=False)
    console.width = min(console.width, WIDEST)
    findings = run_checks(settings, env_file=arguments.env_file)
    write = write_json if arguments.json else write_table
    write(console, findings)
    return DONE if all_ok(findings) else FAILED


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `doctor`."""
    add_env_file(parser)
    parser.add_argument(
        "--json", action="store_true", help="Print one JSON object instead of a table"
    )


COMMAND = Command(
    "doctor",
    "Check the setup and show how to fix problems",
    run_doctor,
    "vocatech-slack doctor --env-file production.env",
    add_options,
)
