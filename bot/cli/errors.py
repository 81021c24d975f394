"""Error messages of the terminal commands: one sentence each, and a remedy."""

import os
import sqlite3
from pathlib import Path

from bot.errors import (
    AnswerLost,
    ApiError,
    BotError,
    KeyRefused,
    NotFound,
    RequestRefused,
    ShuttingDown,
    TooManyRequests,
    Unavailable,
)

OUTPUT_CLOSED = (
    "The program that reads the output stopped early, so the output is incomplete. Write it to a"
    " file to get all of it."
)

DISK_FULL = (
    "The disk is full. What was stored before is still there. Free up some space, and run the"
    " command again."
)


def explain_error(error: BotError | OSError | sqlite3.Error) -> str:
    """Return what happened and what to do about it."""
    # Imported here to keep --help fast.
    from bot.store.database.damage import is_disk_full  # noqa: PLC0415

    if isinstance(error, OSError | sqlite3.Error) and is_disk_full(error):
        return DISK_FULL
    if isinstance(error, sqlite3.Error):
        return (
            f"The database, or a copy of it, can't be used: {error}. Check the disk, and run the"
            " command again."
        )
    if isinstance(error, OSError):
        return _explain_os_error(error)
    if isinstance(error, ApiError):
        return _explain_api_error(error)
    return str(error) or str(error.__doc__)


def _explain_os_error(error: OSError) -> str:
    if isinstance(error, BrokenPipeError):
        return OUTPUT_CLOSED
    name = error.filename
    if name is None:
        return f"{error.strerror or error}. Check the network and the disk, and try again."
    if isinstance(error, FileNotFoundError):
        return f"There is no {_missing(Path(os.fsdecode(name)))}. Check the path."
    if isinstance(error, IsADirectoryError):
        return f"{name} is a folder. Use the path of a file."
    if isinstance(error, PermissionError):
        return f"You don't have permission to use {name}. Check the permissions of the file."
    return f"{name} can't be used: {error.strerror}. Check the path and the disk."


def _missing(path: Path) -> str:
    """Return what of a path doesn't exist: the file, or already its folder."""
    return f"file {path}" if path.parent.is_dir() else f"folder {path.parent}"


def _explain_api_error(error: ApiError) -> str:
    if isinstance(error, KeyRefused | ShuttingDown):
        # The text of a rejected key may repeat the key, and has no remedy.
        return str(error.__doc__)
    reason = f" ({error})" if str(error) else ""
    for kind, what, remedy in _API_ERRORS:
        if isinstance(error, kind):
            return f"{what}{reason}. {remedy}"
    return f"{error}."


# The first match counts, so that a class comes before its base.
_API_ERRORS: tuple[tuple[type[ApiError], str, str], ...] = (
    (
        TooManyRequests,
        "Vocatech's rate limit is reached",
        "Wait a minute, and run the command again.",
    ),
    (NotFound, "Vocatech has no such record", "Check the ID."),
    (
        RequestRefused,
        "Vocatech rejected the request",
        "Run `vocatech-slack doctor` to check the setup.",
    ),
    (
        AnswerLost,
        "Vocatech's response is missing or invalid",
        "Run the command again in a few minutes.",
    ),
    (
        Unavailable,
        "Vocatech can't be reached",
        "Check the network, and VOCATECH_API_URL if you set it, and run the command again.",
    ),
)
