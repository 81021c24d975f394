"""The `demo` command: the app with a simulated Slack and Vocatech."""

import argparse

from bot.cli.options import DONE, FAILED, Command, port


def run_demo(arguments: argparse.Namespace) -> int:
    """Run the app with a simulated Slack and Vocatech, and show it in a browser.

    You don't need an account.
    """
    from bot.sandbox.demo.app import show  # noqa: PLC0415 (keeps --help fast)
    from bot.sandbox.demo.self_test import check  # noqa: PLC0415

    has_passed = (
        check() if arguments.check else show(port=arguments.port, side_pane=arguments.side_pane)
    )
    return DONE if has_passed else FAILED


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `demo`."""
    parser.add_argument(
        "--check",
        action="store_true",
        help="Play the whole scenario without a browser and print the result; exits with 0 or 1",
    )
    parser.add_argument(
        "--port",
        type=port,
        default=8080,
        help="Port of the page (default 8080; 0: any free port)",
    )
    parser.add_argument(
        "--side-pane",
        action="store_true",
        help="Open calls and contacts in the side pane, as with WORK_OBJECTS=true",
    )


COMMAND = Command(
    "demo",
    "Try the app in a browser, without any account",
    run_demo,
    "vocatech-slack demo --port 8080",
    add_options,
)
