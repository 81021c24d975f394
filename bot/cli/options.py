"""The Command type, exit codes, and shared options."""

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DONE, FAILED, USAGE_ERROR = 0, 1, 2

LAST_PORT = 65_535


@dataclass(frozen=True)
class Command:
    """One command; `run` returns the exit code, and its docstring is the description."""

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    example: str
    add_options: Callable[[argparse.ArgumentParser], None] = lambda _: None


def add_env_file(parser: argparse.ArgumentParser, *, default: Path | str = Path(".env")) -> None:
    """Add the option to read the settings from another file than `.env`."""
    parser.add_argument(
        "--env-file",
        type=_file,
        default=default,
        metavar="FILE",
        help="Settings file, for settings that are not in the environment (default .env)",
    )


def add_env_file_to_actions(actions: "argparse._SubParsersAction[Any]") -> None:
    """Let the option stand after the action, too, as in `users list --env-file FILE`."""
    for action in actions.choices.values():
        # Without a default here, the option before the action is kept.
        add_env_file(action, default=argparse.SUPPRESS)


def _file(word: str) -> Path:
    path = Path(word)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {word}; check the path")
    return path


def port(word: str) -> int:
    """Parse a port number."""
    if not word.isdecimal() or int(word) > LAST_PORT:
        raise argparse.ArgumentTypeError(
            f"{word!r} is not a port; use a number from 0 to {LAST_PORT}"
        )
    return int(word)


def https_address(word: str) -> str:
    """Parse a URL that starts with https://."""
    if not word.startswith("https://"):
        raise argparse.ArgumentTypeError(f"{word!r} does not start with https://")
    return word


FIRST_DAY = date(2000, 1, 1)

_DAYS = {"d": 1, "w": 7}


@dataclass(frozen=True)
class SpokenDays:
    """Past days in words, such as `last week`; which days they are depends on the time zone."""

    typed: str

    def on(self, today: date) -> tuple[date, date]:
        """Return the first and the last day; raises ArgumentTypeError."""
        # Imported here to keep --help and usage errors fast.
        from bot.errors import NotUnderstood  # noqa: PLC0415
        from bot.ui.time_parsing import parse_days  # noqa: PLC0415

        words = self.typed.replace("_", " ").split()
        words = words if len(words) > 1 else self.typed.split("-")  # last-week
        try:
            found = parse_days(words, today=today, command="use")
        except NotUnderstood as error:
            raise argparse.ArgumentTypeError(error.reason.rstrip(".")) from None
        if found is None or found[1] < len(words) or not found[0].is_whole:
            raise argparse.ArgumentTypeError(f"{self.typed!r} is not a date")
        first, last = found[0].first, found[0].last
        if first is None or last is None:
            raise argparse.ArgumentTypeError(f"{self.typed!r} has no first day")
        return first, last


def spoken_days(typed: str) -> SpokenDays | None:
    """Parse past days in words; None if they are none. Raises ArgumentTypeError.

    Dates such as 11/10 mean different days in different countries, so they aren't read, nor is a
    span of 0 days.
    """
    if re.match(r"\d{1,2}[/-]\d|0+ ?[a-z]", typed) or not typed.strip():
        return None
    spoken = SpokenDays(typed)
    try:
        spoken.on(_tomorrow())
    except argparse.ArgumentTypeError as error:
        if str(error).endswith("is not a date"):
            return None
        raise
    return spoken


def _tomorrow() -> date:
    """Return the latest day that it may be in any time zone."""
    return datetime.now(UTC).date() + timedelta(days=1)


def day_or_span(word: str) -> date | timedelta | SpokenDays:
    """Parse a day such as 2026-01-31, a time span back such as 30d, or words such as `monday`."""
    tomorrow = _tomorrow()
    if back := re.fullmatch(r"([1-9][0-9]{0,4})([dw])", word.lower(), re.ASCII):
        span = timedelta(days=int(back[1]) * _DAYS[back[2]])
        _check(word, lies_before_2000=tomorrow - FIRST_DAY < span, lies_ahead=False)
        return span
    try:
        day = datetime.strptime(word, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        if spoken := spoken_days(word):
            return spoken
        raise argparse.ArgumentTypeError(
            f"{word!r} is not a date; use a date such as 2026-01-31, a time span such as 30d or"
            " 12w, or words such as 'last week'"
        ) from None
    _check(word, lies_before_2000=day < FIRST_DAY, lies_ahead=day > tomorrow)
    return day


def begin_of(since: date | timedelta | SpokenDays, zone: ZoneInfo, now: float) -> float:
    """Return the start of that day in a time zone, in unix seconds."""
    today = datetime.fromtimestamp(now, zone).date()
    if isinstance(since, SpokenDays):
        day = since.on(today)[0]
    else:
        day = today - since if isinstance(since, timedelta) else since
    return datetime.combine(day, time(), zone).timestamp()


def _check(word: str, *, lies_before_2000: bool, lies_ahead: bool) -> None:
    if lies_before_2000:
        raise argparse.ArgumentTypeError(f"{word} is before the year 2000")
    if lies_ahead:
        raise argparse.ArgumentTypeError(f"{word} is in the future")
