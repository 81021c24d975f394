"""Registration of listeners with Bolt, and the one place where their errors are caught."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import signature
from re import Pattern
from typing import Any

from slack_bolt import Ack, App, Args, BoltResponse, Respond

ANYTHING = re.compile("")
Listener = Callable[..., Any]
Reactions = Mapping[str | Pattern[str], Listener]


@dataclass(frozen=True)
class Listeners:
    """What reacts to what people do in Slack, by the name or the pattern of an id.

    `before_each` is middleware for all of them. What people of another company do goes to
    `reject_external`, whatever it is; `is_external` recognizes them. `on_error` explains errors.
    """

    commands: Reactions
    actions: Reactions
    submissions: Reactions
    options: Reactions
    events: Reactions
    before_each: Listener
    is_external: Callable[..., bool]
    reject_external: Listener
    on_error: Callable[[Exception, Ack, Respond, dict[str, Any]], None]


def register(bolt: App, listeners: Listeners) -> None:
    """Register all listeners with Bolt."""
    on_error = listeners.on_error
    bolt.error(partial(_explain_to_bolt, on_error))
    bolt.use(listeners.before_each)
    for listen in (bolt.command, bolt.action, bolt.view, bolt.options):
        # Registered first, because Bolt takes the first listener that matches.
        listen(ANYTHING, matchers=[listeners.is_external])(
            guard(listeners.reject_external, on_error)
        )
    tables: list[tuple[Callable[..., Any], Reactions]] = [
        (bolt.command, listeners.commands),
        (bolt.action, listeners.actions),
        (bolt.view, listeners.submissions),
        (bolt.options, listeners.options),
        (bolt.event, listeners.events),
    ]
    for listen, table in tables:
        for name, react in table.items():
            listen(name)(guard(react, on_error))


def guard(
    react: Listener, on_error: Callable[[Exception, Ack, Respond, dict[str, Any]], None]
) -> Callable[[Args], None]:
    """Return a listener that explains its errors itself.

    Where a listener fails just after its acknowledgement, Bolt at times answers 404 or 500: one of
    its threads changes the response while another one reads it.
    """
    parameters = signature(react).parameters.values()
    names = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]

    def listener(args: Args) -> None:
        try:
            react(**{name: getattr(args, name) for name in names})
        except Exception as error:  # noqa: BLE001 (the person who waits gets an explanation)
            on_error(error, args.ack, args.respond, args.body)

    return listener


def _explain_to_bolt(
    on_error: Callable[[Exception, Ack, Respond, dict[str, Any]], None],
    error: Exception,
    ack: Ack,
    respond: Respond,
    body: dict[str, Any],
) -> BoltResponse:
    """Explain what middleware raised, or what failed while an error was explained."""
    on_error(error, ack, respond, body)
    return ack.response or BoltResponse(status=200, body="")
