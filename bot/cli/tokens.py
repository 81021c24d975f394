"""The `tokens` command: access tokens of AI clients that read calls."""

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.cli.options import DONE, USAGE_ERROR, Command, add_env_file, add_env_file_to_actions

if TYPE_CHECKING:
    from bot.models.access_tokens import AccessToken
    from bot.store import Store

LONGEST_NAME = 60


def run_tokens(arguments: argparse.Namespace) -> int:
    """Create, list, or revoke the access tokens of AI clients.

    A client with a token reads calls, texts, and contacts at /mcp, as the person the token is
    for. MCP_SERVER must be on. Slackbot needs no token.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.cli.context import open_context  # noqa: PLC0415

    with open_context(arguments.env_file) as parts:
        now = parts.clock.now()
        if arguments.action == "create":
            return _create(arguments, parts.store, now)
        if arguments.action == "revoke":
            return _revoke(arguments.token_id, parts.store, now)
        return _list(parts.store)


def _create(arguments: argparse.Namespace, store: "Store", now: float) -> int:
    wanted = arguments.person.casefold()
    found = [
        one
        for one in store.slack_people.all()
        if wanted in {one.slack_user.casefold(), (one.email or "").casefold()}
    ]
    if not found:
        sys.stderr.write(
            f"vocatech-slack: No member of the workspace is {arguments.person!r}. Use the email"
            " address or the member ID from the profile in Slack. The app must have run once.\n"
        )
        return USAGE_ERROR
    secret = store.access_tokens.create(arguments.name, found[0].slack_user, now=now)
    sys.stdout.write(f"{secret}\n")
    sys.stderr.write("Keep it safe: it isn't shown again.\n")
    return DONE


def _list(store: "Store") -> int:
    tokens = store.access_tokens.all()
    for token in tokens:
        person = store.slack_people.find(token.slack_user)
        name = (person.name if person else None) or "no longer in the workspace"
        cells = (str(token.token_id), token.name, f"{name} ({token.slack_user})", _state(token))
        sys.stdout.write("  ".join(cells) + "\n")
    if not tokens:
        sys.stdout.write("There are no access tokens.\n")
    return DONE


def _state(token: "AccessToken") -> str:
    if token.revoked_at is not None:
        return f"revoked {_day(token.revoked_at)}"
    used = f"last used {_day(token.used_at)}" if token.used_at else "never used"
    return f"created {_day(token.created_at)}, {used}"


def _revoke(token_id: int, store: "Store", now: float) -> int:
    if not store.access_tokens.revoke(token_id, now=now):
        sys.stderr.write(
            f"vocatech-slack: There is no active token {token_id}. Run `vocatech-slack tokens list`"
            " to see the IDs.\n"
        )
        return USAGE_ERROR
    sys.stdout.write(f"Token {token_id} is revoked.\n")
    return DONE


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def _name(word: str) -> str:
    if not word.strip() or len(word) > LONGEST_NAME or not word.isprintable():
        raise argparse.ArgumentTypeError(f"use a name of 1 to {LONGEST_NAME} characters")
    return word.strip()


def _token_id(word: str) -> int:
    if not word.isdecimal() or len(word) > len("1000000000"):
        raise argparse.ArgumentTypeError(f"{word!r} is not the ID of a token")
    return int(word)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `tokens`."""
    add_env_file(parser)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="Create a token and print it once")
    create.add_argument(
        "--person",
        required=True,
        metavar="EMAIL",
        help="Email address or Slack member ID of the person; the client reads what they can",
    )
    create.add_argument(
        "--name", required=True, type=_name, metavar="NAME", help="What uses the token"
    )
    actions.add_parser("list", help="List all tokens, without their secrets")
    revoke = actions.add_parser("revoke", help="Make a token useless, immediately")
    revoke.add_argument("token_id", type=_token_id, metavar="ID", help="ID from `tokens list`")
    add_env_file_to_actions(actions)


COMMAND = Command(
    "tokens",
    "Manage the access tokens of AI clients",
    run_tokens,
    'vocatech-slack tokens create --person ana@example.com --name "Claude"',
    add_options,
)
