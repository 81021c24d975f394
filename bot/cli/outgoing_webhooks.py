"""The `outgoing-webhooks` command: endpoints that get events."""

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.cli.options import (
    DONE,
    FAILED,
    USAGE_ERROR,
    Command,
    add_env_file,
    add_env_file_to_actions,
)

if TYPE_CHECKING:  # keeps --help fast
    from bot.cli.context import CliContext
    from bot.models.integrations.outgoing_webhooks import DeliveryCounts, Endpoint

TERMINAL = "terminal"


def run_outgoing_webhooks(arguments: argparse.Namespace) -> int:
    """List, add, remove, test, or retry the endpoints of outgoing webhooks.

    An endpoint is a URL that gets events, such as missed calls, signed as Standard Webhooks
    prescribes. The secret is printed once. In Slack, admins use `/vocatech webhooks`.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.cli.context import open_context  # noqa: PLC0415

    with open_context(arguments.env_file) as parts:
        if arguments.action == "list":
            return _list(parts)
        if arguments.action == "add":
            return _add(arguments, parts)
        endpoint = _find(arguments.name, parts)
        if endpoint is None:
            sys.stderr.write(
                f"vocatech-slack: There is no endpoint {arguments.name!r}. Run `vocatech-slack"
                " outgoing-webhooks list` to see the names.\n"
            )
            return USAGE_ERROR
        actions = {"remove": _remove, "test": _test, "retry": _retry, "rotate": _rotate}
        return actions[arguments.action](endpoint, parts)


def _find(name: str, parts: "CliContext") -> "Endpoint | None":
    known = parts.store.endpoints.all()
    return next((one for one in known if one.name.casefold() == name.casefold()), None)


def _list(parts: "CliContext") -> int:
    from bot.models.integrations.outgoing_webhooks import DeliveryCounts  # noqa: PLC0415

    endpoints, counts = parts.store.endpoints.all(), parts.store.deliveries.counts()
    for one in endpoints:
        count = counts.get(one.endpoint_id, DeliveryCounts())
        events = ", ".join(one.events) or "events of rules only"
        sys.stdout.write(f"{one.name}  {one.host}  {events}  {_state(one, count)}\n")
    if not endpoints:
        sys.stdout.write("There are no endpoints, so nothing is sent.\n")
    return DONE


def _state(endpoint: "Endpoint", count: "DeliveryCounts") -> str:
    if not endpoint.is_on:
        state = f"turned off: {endpoint.problem}" if endpoint.problem else "turned off"
    elif endpoint.failing_since is not None:
        state = f"failing since {_time(endpoint.failing_since)}: {endpoint.problem}"
    elif endpoint.delivered_at is None:
        state = "no events sent yet"
    else:
        state = f"working, last event accepted {_time(endpoint.delivered_at)}"
    queued = f", {count.queued} queued" if count.queued else ""
    failed = f", {count.failed} failed" if count.failed else ""
    return state + queued + failed


def _add(arguments: argparse.Namespace, parts: "CliContext") -> int:
    from bot.models.integrations.outgoing_webhooks import Endpoint  # noqa: PLC0415
    from bot.outgoing_webhooks.signing import make_secret  # noqa: PLC0415
    from bot.outgoing_webhooks.validation import validate_endpoint  # noqa: PLC0415

    endpoint = Endpoint(
        0,
        arguments.name.strip(),
        arguments.url,
        tuple(dict.fromkeys(arguments.events)),
        has_content=arguments.content,
    )
    errors = validate_endpoint(
        endpoint,
        parts.store.endpoints.all(),
        allows_private=parts.settings.webhooks_to_private_addresses,
    )
    secret = make_secret()
    if not errors and not parts.store.endpoints.create(
        endpoint, secret, by=TERMINAL, now=parts.clock.now()
    ):
        errors = {"name": "The limit of endpoints was reached. Remove one first."}
    for problem in errors.values():
        sys.stderr.write(f"vocatech-slack: {problem}\n")
    if errors:
        return USAGE_ERROR
    return _print_secret(secret)


def _print_secret(secret: str) -> int:
    sys.stdout.write(f"{secret}\n")
    sys.stderr.write("This is the signing secret. Keep it safe: it isn't shown again.\n")
    return DONE


def _remove(endpoint: "Endpoint", parts: "CliContext") -> int:
    parts.store.endpoints.delete(endpoint.endpoint_id, by=TERMINAL, now=parts.clock.now())
    sys.stdout.write(f"Removed {endpoint.name}, with its queued events.\n")
    return DONE


def _test(endpoint: "Endpoint", parts: "CliContext") -> int:
    """Send a test directly, so that the result is known even if the app isn't running."""
    from bot.models.integrations.outgoing_webhooks import Delivery, EventType  # noqa: PLC0415
    from bot.outgoing_webhooks.client import ReceiverClient  # noqa: PLC0415
    from bot.outgoing_webhooks.payloads import make_payload  # noqa: PLC0415
    from bot.outgoing_webhooks.sender import send  # noqa: PLC0415
    from bot.outgoing_webhooks.signing import make_delivery_id  # noqa: PLC0415

    delivery = Delivery(
        make_delivery_id(), endpoint.endpoint_id, EventType.TEST, "", parts.clock.now()
    )
    body = make_payload(delivery, endpoint, parts.store) or ""
    answer = send(
        endpoint,
        delivery.delivery_id,
        body,
        store=parts.store,
        receivers=ReceiverClient(parts.settings.webhooks_to_private_addresses),
        clock=parts.clock,
    )
    if answer.problem:
        sys.stdout.write(f"{endpoint.name} did not accept the test: {answer.problem}.\n")
        return FAILED
    sys.stdout.write(f"{endpoint.name} accepted the test.\n")
    return DONE


def _retry(endpoint: "Endpoint", parts: "CliContext") -> int:
    count = parts.store.deliveries.retry(
        endpoint_id=endpoint.endpoint_id, by=TERMINAL, now=parts.clock.now()
    )
    if not count:
        sys.stdout.write(f"{endpoint.name} has no failed events.\n")
        return DONE
    events = "1 failed event is" if count == 1 else f"{count} failed events are"
    sys.stdout.write(f"{events} queued again. A running app sends them within seconds.\n")
    return DONE


def _rotate(endpoint: "Endpoint", parts: "CliContext") -> int:
    from bot.outgoing_webhooks.signing import make_secret  # noqa: PLC0415

    secret = make_secret()
    parts.store.endpoints.rotate_secret(
        endpoint.endpoint_id, secret, by=TERMINAL, now=parts.clock.now()
    )
    sys.stderr.write("The old secret stays valid for 24 hours.\n")
    return _print_secret(secret)


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _events(word: str) -> list[str]:
    from bot.models.integrations.outgoing_webhooks import CHOSEN_EVENTS  # noqa: PLC0415

    if word == "all":
        return [str(one) for one in CHOSEN_EVENTS]
    return [one.strip() for one in word.split(",") if one.strip()]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `outgoing-webhooks`."""
    add_env_file(parser)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="List all endpoints with their state, without their secrets")
    add = actions.add_parser("add", help="Add an endpoint and print its signing secret once")
    add.add_argument("--name", required=True, metavar="NAME", help="What receives the events")
    add.add_argument("--url", required=True, metavar="URL", help="HTTPS address of the receiver")
    add.add_argument(
        "--events",
        type=_events,
        default=[],
        metavar="EVENTS",
        help="Events, separated by commas, or `all` (default: only those of routing rules)",
    )
    add.add_argument(
        "--content", action="store_true", help="Include summaries, message text, and notes"
    )
    for name, words in (
        ("remove", "Remove an endpoint and its queued events"),
        ("test", "Send a test event now and print the result"),
        ("retry", "Try failed events again"),
        ("rotate", "Print a new signing secret; the old one stays valid for 24 hours"),
    ):
        action = actions.add_parser(name, help=words)
        action.add_argument("name", metavar="NAME", help="Name from `outgoing-webhooks list`")
    add_env_file_to_actions(actions)


COMMAND = Command(
    "outgoing-webhooks",
    "Manage the endpoints that get events",
    run_outgoing_webhooks,
    "vocatech-slack outgoing-webhooks add --name CRM --url https://hooks.example.com/vocatech"
    " --events call.missed",
    add_options,
)
