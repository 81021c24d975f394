"""The `manifest` command: prints the Slack app manifest."""

import argparse
import sys

from bot.cli.options import DONE, Command, https_address


def run_manifest(arguments: argparse.Namespace) -> int:
    """Print the app manifest, from which Slack creates the app."""
    from bot.slack.manifest import manifest_yaml  # noqa: PLC0415 (keeps --help fast)

    sys.stdout.write(
        manifest_yaml(
            arguments.url,
            has_workflow_steps=arguments.workflow_steps,
            side_pane=arguments.side_pane,
        )
    )
    return DONE


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `manifest`."""
    parser.add_argument(
        "--url",
        type=https_address,
        metavar="HTTPS_ADDRESS",
        help="Public URL of the app, for HTTP instead of Socket Mode",
    )
    parser.add_argument(
        "--workflow-steps",
        action="store_true",
        help="Include the steps for Slack's Workflow Builder (WORKFLOW_STEPS=true)",
    )
    parser.add_argument(
        "--side-pane",
        action="store_true",
        help="Include what WORK_OBJECTS needs: calls and contacts in Slack's side pane",
    )


COMMAND = Command(
    "manifest",
    "Print the Slack app manifest",
    run_manifest,
    "vocatech-slack manifest > manifest.yml",
    add_options,
)
