"""Owns the command `demo`: everything, without any account."""

import argparse

from bot.cli.options import DONE, FAILED, Command, port


def run_demo(arguments: argparse.Namespace) -> int:
    """Run the bot against stand-ins for Slack and Vocatech, and show it in a browser."""
    from bot.sandbox.demo.app import show  # noqa: PLC0415 (so that --help answers at once)
    from bot.sandbox.demo.self_test import check  # noqa: PLC0415

    is_well = check() if arguments.check else show(port=arguments.port)
    return DONE if is_well else FAILED


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `demo`."""
    parser.add_argument(
        "--check",
        action="store_true",
        help="play the whole scenario without a browser, print what was seen, and end 0 or 1",
    )
    parser.add_argument(
        "--port", type=port, default=8080, help="port of the page (default 8080; 0 is any)"
    )


COMMAND = Command("demo", "try it without any account, in a browser", run_demo, add_options)
