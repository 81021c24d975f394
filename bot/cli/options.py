"""Owns the shape of a command, its exit codes, and the options that several share."""

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

DONE, FAILED, USAGE_ERROR = 0, 1, 2

LAST_PORT = 65_535


@dataclass(frozen=True)
class Command:
    """One command; `run` gives the exit code, and its docstring is what the command does."""

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    add_options: Callable[[argparse.ArgumentParser], None] = lambda _: None


def add_env_file(parser: argparse.ArgumentParser) -> None:
    """Let the settings come from another file than `.env`."""
    parser.add_argument(
        "--env-file",
        type=_file,
        default=Path(".env"),
        metavar="FILE",
        help="read settings that the environment does not give from here (default .env)",
    )


def _file(word: str) -> Path:
    path = Path(word)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {word}")
    return path


def port(word: str) -> int:
    """Read the number of a port."""
    if not word.isdecimal() or int(word) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"a number from 0 to {LAST_PORT} is needed")
    return int(word)


def https_address(word: str) -> str:
    """Read an address that begins with https://."""
    if not word.startswith("https://"):
        raise argparse.ArgumentTypeError("an address that starts with https:// is needed")
    return word


FIRST_DAY = date(2000, 1, 1)

_DAYS = {"d": 1, "w": 7}


def day_or_span(word: str) -> date | timedelta:
    """Read a day such as 2026-01-31, or how far back it lies, such as 30d or 12w."""
    # Somewhere it is tomorrow already.
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    if back := re.fullmatch(r"([1-9][0-9]{0,4})([dw])", word.lower(), re.ASCII):
        span = timedelta(days=int(back[1]) * _DAYS[back[2]])
        _check(word, lies_before_2000=tomorrow - FIRST_DAY < span, lies_ahead=False)
        return span
    try:
        day = datetime.strptime(word, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"a day such as 2026-01-31 is needed, or how far back it lies, such as 30d or 12w;"
            f" not {word!r}"
        ) from None
    _check(word, lies_before_2000=day < FIRST_DAY, lies_ahead=day > tomorrow)
    return day


def begin_of(since: date | timedelta, zone: ZoneInfo, now: float) -> float:
    """Give the midnight, in unix seconds, with which that day begins in a zone."""
    today = datetime.fromtimestamp(now, zone).date()
    day = today - since if isinstance(since, timedelta) else since
    return datetime.combine(day, time(), zone).timestamp()


def _check(word: str, *, lies_before_2000: bool, lies_ahead: bool) -> None:
    if lies_before_2000:
        raise argparse.ArgumentTypeError(f"{word} lies before the year 2000")
    if lies_ahead:
        raise argparse.ArgumentTypeError(f"{word} lies in the future")
