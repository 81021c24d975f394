"""Commands `backup`, `verify` and `restore`: copies of the database, checked and put back."""

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.options import DONE, FAILED, Command, add_env_file

if TYPE_CHECKING:
    from bot.store.database.backup import BackupInfo


# The tables that are counted: one row and several.
_WORDS = {
    "calls": ("call", "calls"),
    "texts": ("text", "texts"),
    "contacts": ("contact", "contacts"),
    "posts": ("post", "posts"),
    "audit": ("audit entry", "audit entries"),
}


def back_up_database(arguments: argparse.Namespace) -> int:
    """Write a compressed copy of the database while the app runs, and check it."""
    # Imported here, so that --help and mistyped commands answer immediately.
    from bot.config import load_settings  # noqa: PLC0415
    from bot.store.database.backup import back_up, verify  # noqa: PLC0415

    settings = load_settings(env_file=arguments.env_file)
    target = arguments.path or settings.backup_dir or Path()
    path = back_up(settings.database_path, target, now=time.time())
    sys.stdout.write(f"{path}\n{_described(verify(path))}\n")
    return DONE


def verify_backup(arguments: argparse.Namespace) -> int:
    """Check that a backup is complete and can be restored; print what it holds."""
    from bot.store.database.backup import verify  # noqa: PLC0415

    sys.stdout.write(f"{_described(verify(arguments.file))}\n")
    return DONE


def restore_backup(arguments: argparse.Namespace) -> int:
    """Put a backup in the place of the database. Stop the app first.

    The database that is replaced is kept beside the new one. Nothing that happened since the
    backup is posted or sent a second time: the app searches Slack and Vocatech for it first.
    """
    from bot.config import load_settings  # noqa: PLC0415
    from bot.store.database.backup import verify  # noqa: PLC0415
    from bot.store.database.restore import restore  # noqa: PLC0415

    settings = load_settings(env_file=arguments.env_file)
    info = verify(arguments.file)
    sys.stdout.write(f"{_described(info)}\n")
    if not arguments.yes and not _agrees(settings.database_path):
        sys.stderr.write("Nothing was changed.\n")
        return FAILED
    _, replaced = restore(arguments.file, settings.database_path, now=time.time())
    sys.stdout.write(f"Restored {settings.database_path}\n")
    if replaced:
        sys.stdout.write(f"The database that was there is kept as {replaced}\n")
    sys.stdout.write(
        "Start the app: it searches Slack and Vocatech for what happened since the backup, and\n"
        "takes claims, outcomes, and opt-outs from the cards. Other changes made in Slack since\n"
        "then are lost: notes, follow-ups, routing rules, linked extensions, templates, channel\n"
        "settings, and digest schedules. Each admin gets a message in Slack that lists what to\n"
        "check.\n"
    )
    return DONE


def _agrees(database: Path) -> bool:
    if not sys.stdin.isatty():
        sys.stderr.write("Add --yes to restore without a question.\n")
        return False
    return input(f"Replace {database} with this backup? [y/N] ").strip().lower() in {"y", "yes"}


def _described(info: "BackupInfo") -> str:
    counts = ", ".join(
        f"{count:,} {_WORDS[table][count != 1]}" for table, count in info.counts.items()
    )
    age = "" if info.is_current else "; an older version, upgraded when the app starts"
    if info.taken_at is None:
        return f"Valid: {counts}{age}"
    taken = datetime.fromtimestamp(info.taken_at).astimezone()
    return f"Valid, taken {taken:%Y-%m-%d %H:%M:%S %Z}: {counts}{age}"


def _add_backup_options(parser: argparse.ArgumentParser) -> None:
    add_env_file(parser)
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        metavar="PATH",
        help="Folder or new file (default BACKUP_DIR, else the current folder)",
    )


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=_existing_file, metavar="FILE", help="The backup")


def _add_restore_options(parser: argparse.ArgumentParser) -> None:
    add_env_file(parser)
    _add_file(parser)
    parser.add_argument("--yes", action="store_true", help="Replace the database without asking")


def _existing_file(word: str) -> Path:
    path = Path(word)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {word}")
    return path


BACKUP = Command(
    "backup",
    "Back up the database",
    back_up_database,
    "vocatech-slack backup /var/backups/vocatech-slack",
    _add_backup_options,
)
VERIFY = Command(
    "verify",
    "Check a backup",
    verify_backup,
    "vocatech-slack verify vocatech-slack-20261129T030000Z.db.gz",
    _add_file,
)
RESTORE = Command(
    "restore",
    "Restore a backup",
    restore_backup,
    "vocatech-slack restore vocatech-slack-20261129T030000Z.db.gz",
    _add_restore_options,
)
