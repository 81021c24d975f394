"""The `prune` command: deletes what is older than its retention period."""

import argparse
import sys

from bot.cli.options import DONE, Command, add_env_file

NOUNS = {
    "calls": "calls",
    "transcripts": "transcripts",
    "texts": "messages",
    "audit": "audit entries",
}


def run_prune(arguments: argparse.Namespace) -> int:
    """Delete what is older than its retention period. The app does the same each day.

    The periods are the settings RETENTION_CALLS, RETENTION_TRANSCRIPTS, RETENTION_TEXTS, and
    RETENTION_AUDIT. Messages in Slack stay.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.cli.context import open_context  # noqa: PLC0415
    from bot.health.retention import retention_of  # noqa: PLC0415

    with open_context(arguments.env_file) as parts:
        limits = retention_of(parts.settings).limits(parts.clock.now())
        if not limits:
            sys.stdout.write("No retention period is set, so nothing is deleted.\n")
        store = parts.store.retention
        if arguments.dry_run:
            found = {kind: store.expired(kind, before=at) for kind, at in limits.items()}
        else:
            found = store.apply(limits)
    done = "would be deleted" if arguments.dry_run else "deleted"
    for kind, number in found.items():
        sys.stdout.write(f"{number:,} {NOUNS[kind]} {done}\n")
    return DONE


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_env_file(parser)
    parser.add_argument("--dry-run", action="store_true", help="Only print what would be deleted")


COMMAND = Command(
    "prune",
    "Delete what is older than its retention period",
    run_prune,
    "vocatech-slack prune --dry-run",
    _add_options,
)
