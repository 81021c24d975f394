"""Owns the shape of a command, its exit codes, and the options that several share."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DONE, FAILED, WRONG_USE = 0, 1, 2
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
