"""Registration of listeners with Bolt, and the only place that catches their errors."""

import re
from collections.abc import Callable, Mapping, Sequence
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
    """Listeners by the name, or the ID pattern, of what triggers them.

    `before_each` is middleware for all of them. `rejections` come first: a check whether a request
    is rejected, and the listener that rejects it. `on_error` explains errors.
    """

    commands: Reactions
    actions: Reactions
    submissions: Reactions
    options: Reactions
    events: Reactions
    before_each: Listener
    rejections: Sequence[tuple[Callable[..., bool], Listener]]
    on_error: Callable[[Exception, Ack, Respond, dict[str, Any]], None]


def register(bolt: App, listeners: Listeners) -> None:
    """Register all listeners with Bolt."""
    on_error = listeners.on_error
    bolt.error(partial(_explain_to_bolt, on_error))
    bolt.use(listeners.before_each)
    for listen in (bolt.command, bolt.action, bolt.view, bolt.options):
        # Registered first, because Bolt takes the first listener that matches.
        for is_rejected, reject in listeners.rejections:
            listen(ANYTHING, matchers=[is_rejected])(guard(reject, on_error))
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
    """Return a listener that handles its own errors.

    If a listener fails just after it acknowledged, Bolt sometimes responds with 404 or 500: one
    thread changes the response while another one reads it.
    """
    parameters = signature(react).parameters.values()
    names = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]

    def listener(args: Args) -> None:
        try:
            react(**{name: getattr(args, name) for name in names})
        except Exception as error:  # noqa: BLE001 (the person gets an explanation)
            on_error(error, args.ack, args.respond, args.body)

    return listener


def _explain_to_bolt(
    on_error: Callable[[Exception, Ack, Respond, dict[str, Any]], None],
    error: Exception,
    ack: Ack,
    respond: Respond,
    body: dict[str, Any],
) -> BoltResponse:
    """Explain an error that middleware raised, or that explaining another error raised."""
    on_error(error, ack, respond, body)
    return ack.response or BoltResponse(status=200, body="")
