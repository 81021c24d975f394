"""Owns the command `manifest`: what Slack makes the app from."""

import argparse
import sys

from bot.cli.options import DONE, Command, https_address


def print_manifest(arguments: argparse.Namespace) -> int:
    """Print the manifest from which Slack makes the app."""
    from bot.slack.manifest import manifest_yaml  # noqa: PLC0415 (so that --help answers at once)

    sys.stdout.write(manifest_yaml(arguments.url))
    return DONE


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `manifest`."""
    parser.add_argument(
        "--url",
        type=https_address,
        metavar="HTTPS_ADDRESS",
        help="the bot's public address, for Slack over HTTP instead of Socket Mode",
    )


COMMAND = Command("manifest", "print the manifest of the Slack app", print_manifest, add_options)
