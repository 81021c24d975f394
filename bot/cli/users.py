"""The `users` command: the company's Vocatech users."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.cli.forget import TERMINAL
from bot.cli.options import (
    DONE,
    FAILED,
    USAGE_ERROR,
    Command,
    add_env_file,
    add_env_file_to_actions,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.cli.context import CliContext
    from bot.models.people import Person

HEADS = ("ID", "NAME", "EXTENSION", "EMAIL", "SLACK")


def run_users(arguments: argparse.Namespace) -> int:
    """List the company's Vocatech users, create one, or change one.

    Vocatech documents that its API lists, creates, and updates users, but not the fields. Names,
    extension, and email are assumed; if Vocatech refuses one, the reason is printed and nothing is
    changed. The app can keep running.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.cli.context import open_context  # noqa: PLC0415

    with open_context(arguments.env_file) as parts:
        people = [one for page in parts.vocatech.interactive.users.all() for one in page]
        if arguments.action == "create":
            return _create(arguments, parts, people)
        if arguments.action == "update":
            return _update(arguments, parts, people)
        return _list(parts, people, as_json=arguments.json)


def _list(parts: "CliContext", people: "Sequence[Person]", *, as_json: bool) -> int:
    linked = parts.store.links.linked_people()
    if as_json:
        rows = [{**asdict(one), "slack_user": linked.get(one.user_id)} for one in people]
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return DONE
    if not people:
        sys.stdout.write("Vocatech lists no users.\n")
        return DONE
    table = [HEADS, *(_row(one, linked.get(one.user_id)) for one in people)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADS))]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
    return DONE


def _create(arguments: argparse.Namespace, parts: "CliContext", people: "Sequence[Person]") -> int:
    from bot.models.people import UserFields  # noqa: PLC0415
    from bot.users.form import UserForm, validate_user  # noqa: PLC0415
    from bot.users.service import UserDirectory  # noqa: PLC0415

    fields = UserFields(**_given(arguments))
    if errors := validate_user(UserForm("", None), fields, people, None):
        return _refuse(errors)
    directory = UserDirectory(parts.store, parts.vocatech, parts.clock)
    created = directory.create(fields, by=TERMINAL)
    known = f" with ID {_clean(created.user_id)}" if created else ""
    sys.stdout.write(f"Created {_clean(fields.name)}, extension {fields.extension}{known}.\n")
    return DONE


def _update(arguments: argparse.Namespace, parts: "CliContext", people: "Sequence[Person]") -> int:
    from dataclasses import replace  # noqa: PLC0415

    from bot.models.people import fields_of  # noqa: PLC0415
    from bot.users.form import UserForm, changes_in, validate_user  # noqa: PLC0415
    from bot.users.service import UserDirectory  # noqa: PLC0415

    wanted = arguments.user
    before = next((one for one in people if wanted in {one.user_id, one.extension}), None)
    if before is None:
        sys.stderr.write(
            f"vocatech-slack: No user has the extension or ID {wanted!r}. To see all, run"
            " `vocatech-slack users list`.\n"
        )
        return USAGE_ERROR
    about = UserForm("", before.user_id, fields_of(before))
    fields = replace(about.seen, **_given(arguments))
    if errors := validate_user(about, fields, people, None):
        return _refuse(errors)
    changes = changes_in(about, fields)
    if not changes:
        sys.stdout.write("Nothing to change.\n")
        return DONE
    directory = UserDirectory(parts.store, parts.vocatech, parts.clock)
    changed = directory.change(before, changes, by=TERMINAL)
    named = ", ".join(part for part in (changed.name, changed.extension, changed.email) if part)
    sys.stdout.write(f"Changed: {_clean(named)}.\n")
    return DONE


def _refuse(errors: "Mapping[str, str]") -> int:
    for name, why in errors.items():
        sys.stderr.write(f"vocatech-slack: --{name.replace('_', '-')}: {why}\n")
    return FAILED


def _given(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the fields that were given, on one line each."""
    typed = {name: getattr(arguments, name) for name in _OPTIONS}
    return {name: " ".join(word.split()) for name, word in typed.items() if word is not None}


def _row(person: "Person", slack_user: str | None) -> tuple[str, ...]:
    cells = (person.user_id, person.name, person.extension, person.email, slack_user)
    return tuple(_clean(cell or "") for cell in cells)


def _clean(text: str) -> str:
    """Remove characters that a terminal would interpret."""
    return "".join(letter for letter in text if letter.isprintable())


_OPTIONS = {
    "first_name": "First name",
    "last_name": "Last name",
    "extension": "Extension, in digits",
    "email": "Email address; links the user to the person in Slack with the same address",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `users`."""
    add_env_file(parser)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="List all users, with the linked member in Slack")
    listed.add_argument("--json", action="store_true", help="Print JSON")
    create = actions.add_parser("create", help="Create a user")
    update = actions.add_parser("update", help="Change the given fields of a user")
    update.add_argument("user", metavar="USER", help="Extension or ID of the user")
    for name, words in _OPTIONS.items():
        option = f"--{name.replace('_', '-')}"
        is_needed = name in {"first_name", "extension"}
        create.add_argument(option, required=is_needed, metavar="TEXT", help=words)
        update.add_argument(option, metavar="TEXT", help=words)
    add_env_file_to_actions(actions)


COMMAND = Command(
    "users",
    "List, create, and change Vocatech users",
    run_users,
    "vocatech-slack users create --first-name Ida --last-name Berg --extension 250",
    add_options,
)
