"""The `webhooks` command: lists and manages webhook subscriptions."""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.cli.options import DONE, FAILED, USAGE_ERROR, Command, add_env_file
from bot.errors import NotFound, SettingsWrong

if TYPE_CHECKING:
    from bot.cli.context import CliContext
    from bot.sync.subscription import SubscriptionKeeper

if TYPE_CHECKING:  # keeps --help fast
    from bot.vocatech.shapes import Subscription
    from bot.vocatech.webhooks import TestDelivery

LONGEST_CELL = 200
HEADS = ("ID", "NAME", "URL", "EVENTS", "")


def run_webhooks(arguments: argparse.Namespace) -> int:
    """List Vocatech's webhook subscriptions, or sync, test, or delete the app's own.

    `sync` creates the app's subscription or completes it, deletes duplicates, and tests it.
    """
    from bot.cli.context import open_context  # noqa: PLC0415

    if arguments.id and arguments.action in {"list", "sync"}:
        sys.stderr.write(f"vocatech-slack webhooks {arguments.action} takes no ID; leave it out.\n")
        return USAGE_ERROR
    with open_context(arguments.env_file) as parts:
        if arguments.action == "list":
            return _list(parts)
        if arguments.action == "sync":
            return _sync(parts)
        webhook_id = arguments.id or _find_ours(parts)
        if webhook_id is None:
            sys.stdout.write(
                "This app has no webhook subscription. To create one, run `vocatech-slack webhooks"
                " sync`.\n"
            )
            return FAILED
        return (_test if arguments.action == "test" else _delete)(parts, webhook_id)


def _list(parts: "CliContext") -> int:
    listed = parts.vocatech.interactive.webhooks.all()
    ours: set[str] = set()
    if parts.settings.public_url:
        ours = {one.subscription_id for one in _keeper(parts).find_ours(listed)}
    known = {one.subscription_id for one in parts.store.subscriptions.all()}
    rows = [
        _row(one, mark=_mark(one.subscription_id, ours=ours, known=known, parts=parts))
        for one in listed
    ]
    if not rows:
        sys.stdout.write("No webhook subscriptions.\n")
        return DONE
    table = [HEADS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADS))]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
    return DONE


def _row(one: "Subscription", *, mark: str) -> tuple[str, ...]:
    return (
        _clean(one.subscription_id),
        _clean(one.name or ""),
        _clean(one.url),
        _clean(_events(one.kinds)),
        mark,
    )


def _events(kinds: Sequence[str]) -> str:
    from bot.vocatech.events import EVENT_KINDS  # noqa: PLC0415

    is_everything = set(EVENT_KINDS) <= set(kinds)
    return "all" if is_everything else f"{len(kinds)}: {', '.join(kinds)}" if kinds else "unknown"


def _mark(subscription_id: str, *, ours: set[str], known: set[str], parts: "CliContext") -> str:
    is_ours = subscription_id in ours
    if subscription_id in known:
        word = "secret stored"
    elif is_ours and parts.settings.vocatech_webhook_secrets:
        word = "secret expected in the settings"
    else:
        word = "secret unknown" if is_ours else ""
    return ", ".join(part for part in ("this app" if is_ours else "", word) if part)


def _sync(parts: "CliContext") -> int:
    kept = _keeper(parts).sync()
    for change in kept.changes or ("everything is up to date",):
        sys.stdout.write(f"{_clean(change[0].upper() + change[1:])}.\n")
    return _report_test(kept.subscription_id, kept.test)


def _test(parts: "CliContext", webhook_id: str) -> int:
    return _report_test(webhook_id, parts.vocatech.interactive.webhooks.test(webhook_id))


def _report_test(webhook_id: str, test: "TestDelivery") -> int:
    from bot.sync.subscription import explain  # noqa: PLC0415

    webhook_id = _clean(webhook_id)
    if test.is_ok:
        sys.stdout.write(f"The test delivery of subscription {webhook_id} arrived.\n")
        return DONE
    sys.stdout.write(
        f"The test delivery of subscription {webhook_id} did not arrive:"
        f" {_clean(explain(test))}. Check that the app is running, and that the internet can reach"
        " it with a certificate that browsers trust.\n"
    )
    return FAILED


def _delete(parts: "CliContext", webhook_id: str) -> int:
    try:
        parts.vocatech.interactive.webhooks.delete(webhook_id)
        sys.stdout.write(f"Deleted subscription {_clean(webhook_id)}.\n")
    except NotFound:
        sys.stdout.write(f"Vocatech has no subscription {_clean(webhook_id)}.\n")
        return FAILED
    finally:
        parts.store.subscriptions.forget([webhook_id])
    if parts.settings.public_url:
        sys.stdout.write(
            "While PUBLIC_URL is set, a running app creates a new subscription within a day.\n"
        )
    return DONE


def _find_ours(parts: "CliContext") -> str | None:
    """Return the ID of the app's subscription, preferably one with a stored secret."""
    keeper = _keeper(parts)
    known = [one.subscription_id for one in keeper.known()]
    listed = keeper.find_ours(parts.vocatech.interactive.webhooks.all())
    found = {one.subscription_id for one in listed}
    return next((one for one in known if one in found), next(iter(found), None))


def _keeper(parts: "CliContext") -> "SubscriptionKeeper":
    from bot.sync.subscription import PATH, SubscriptionKeeper  # noqa: PLC0415

    if parts.settings.public_url is None:
        help_text = type(parts.settings).model_fields["public_url"].description
        raise SettingsWrong([f"PUBLIC_URL is missing. {help_text}"])
    return SubscriptionKeeper(
        parts.vocatech.interactive.webhooks,
        parts.store.subscriptions,
        url=parts.settings.public_url + PATH,
        has_given_secrets=bool(parts.settings.vocatech_webhook_secrets),
        clock=parts.clock,
    )


def _clean(text: str) -> str:
    """Remove characters that a terminal would interpret, and shorten the text."""
    plain = "".join(letter for letter in text if letter.isprintable())
    return plain if len(plain) <= LONGEST_CELL else plain[: LONGEST_CELL - 1] + "…"


def _parse_id(word: str) -> str:
    """Parse an ID; an empty one, such as an unset variable, must not mean the app's own."""
    if not word or not word.isprintable():
        raise argparse.ArgumentTypeError(f"{word!r} is not an ID")
    return word


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `webhooks`."""
    parser.add_argument(
        "action",
        choices=["list", "sync", "test", "delete"],
        help="List all, sync the app's own, or test or delete one",
    )
    parser.add_argument(
        "id",
        nargs="?",
        type=_parse_id,
        metavar="ID",
        help="ID of the subscription to test or delete (default: the app's own)",
    )
    add_env_file(parser)


COMMAND = Command(
    "webhooks",
    "List and manage webhook subscriptions",
    run_webhooks,
    "vocatech-slack webhooks sync",
    add_options,
)
