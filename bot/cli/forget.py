"""The `forget` command: erases everything that is stored about a number."""

import argparse
import sys
from typing import TYPE_CHECKING

from bot.cli.options import DONE, FAILED, USAGE_ERROR, Command, add_env_file

if TYPE_CHECKING:
    from bot.store.privacy.erasures import Held

TERMINAL = "terminal"


def forget_number(arguments: argparse.Namespace) -> int:
    """Erase everything about a phone number: calls, texts, files, and the contact's copy.

    The app can keep running: it replaces what is posted in Slack by "Erased on request". Totals
    stay, and so does an opt-out. Calls and texts after the erasure are stored normally.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.cli.context import open_context  # noqa: PLC0415
    from bot.erasures.words import held_in_words  # noqa: PLC0415

    with open_context(arguments.env_file) as parts:
        number = parse_whole(arguments.number, parts.settings.default_region)
        if number is None:
            return refuse(arguments.number)
        held = parts.store.erasures.held(number)
        sys.stdout.write(f"{number}: {held_in_words(held)}\n")
        if arguments.dry_run:
            sys.stdout.write("Nothing was changed.\n")
            return DONE
        if not arguments.yes and not _agrees():
            sys.stderr.write("Nothing was changed.\n")
            return FAILED
        parts.store.erasures.erase(number, by=TERMINAL, now=parts.clock.now())
    sys.stdout.write(_after(held))
    return DONE


def parse_whole(typed: str, region: str) -> str | None:
    """Return the number (E.164) that someone typed, or None if it is no phone number."""
    from bot.phone_numbers import is_whole, parse_number  # noqa: PLC0415

    number = parse_number(typed, region)
    return number if number and is_whole(number) else None


def refuse(typed: str) -> int:
    """Report that this is no phone number; return the exit code."""
    sys.stderr.write(
        f"vocatech-slack: {typed!r} is not a phone number. Use the form +12125550123.\n"
    )
    return USAGE_ERROR


def _agrees() -> bool:
    if not sys.stdin.isatty():
        sys.stderr.write("Add --yes to erase without a question.\n")
        return False
    return input("Erase all of it? This can't be undone. [y/N] ").strip().lower() in {"y", "yes"}


def _after(held: "Held") -> str:
    lines = ["Erased. The running app now edits what is posted in Slack."]
    if held.files:
        lines.append("It deletes the files there, too, and tells an admin if Slack refuses that.")
    lines.append("Delete the contact, calls and messages in Vocatech, too: the app can't.")
    lines.append("Older backups still hold them; `restore` erases them again.")
    return "\n".join(lines) + "\n"


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_env_file(parser)
    parser.add_argument("number", metavar="NUMBER", help="The phone number")
    parser.add_argument("--yes", action="store_true", help="Erase without asking")
    parser.add_argument("--dry-run", action="store_true", help="Only print what is stored")


COMMAND = Command(
    "forget",
    "Erase everything about a number",
    forget_number,
    "vocatech-slack forget +12125550123",
    _add_options,
)
