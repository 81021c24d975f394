"""Registration of listeners with Bolt, and the only place that catches their errors."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from inspect import signature
from re import Pattern
from typing import Any

import structlog
from slack_bolt import Ack, App, Args, BoltResponse, Respond

log = structlog.get_logger()

ANYTHING = re.compile("")
Listener = Callable[..., Any]
OnError = Callable[[Exception, Ack, Respond, dict[str, Any]], None]
Reactions = Mapping[str | Pattern[str], Listener]
Rejections = Sequence[tuple[Callable[[dict[str, Any]], bool], Listener]]


@dataclass(frozen=True)
class Listeners:
    """Listeners by the name, or the ID pattern, of what triggers them.

    `step` runs a step of a workflow. `before_each` is middleware for all of them. `rejections` come
    first: a check whether a request is rejected, and the listener that rejects it. `on_error`
    explains errors, except those of steps.
    """

    commands: Reactions
    shortcuts: Reactions
    actions: Reactions
    submissions: Reactions
    options: Reactions
    events: Reactions
    step: Listener
    before_each: Listener
    rejections: Rejections
    on_error: OnError


def register(bolt: App, listeners: Listeners) -> None:
    """Register all listeners with Bolt."""
    on_error = listeners.on_error
    bolt.error(partial(_explain_to_bolt, on_error))
    bolt.use(listeners.before_each)
    tables: list[tuple[Callable[..., Any], str, Reactions]] = [
        (bolt.command, "command", listeners.commands),
        (bolt.shortcut, "callback_id", listeners.shortcuts),
        (bolt.action, "action_id", listeners.actions),
        (bolt.view, "callback_id", listeners.submissions),
        (bolt.options, "action_id", listeners.options),
        (bolt.event, "type", listeners.events),
    ]
    for listen, key, reactions in tables:
        rejections = () if listen == bolt.event else listeners.rejections
        table = _Table(key, reactions, rejections, on_error)
        listen(ANYTHING, matchers=[table.has_listener])(table.react)
    # Bolt acknowledges other events before the listener runs. A step is acknowledged when its
    # result is stored: if the app ends before, Slack sends the event again.
    bolt.function(ANYTHING, auto_acknowledge=False)(guard(listeners.step, _log_step_failure))


class _Table:
    """The listeners of one kind of request, by the value of `key` in its payload.

    Bolt knows one listener for each table. With one for each name, Bolt tries them all in turn: a
    click took five times as much processor time with 130 listeners. Bolt also inspects each one
    when it is registered, which took a sixth of the time to build the app with 16 of them.
    """

    def __init__(
        self, key: str, reactions: Reactions, rejections: Rejections, on_error: OnError
    ) -> None:
        guarded = {name: guard(react, on_error) for name, react in reactions.items()}
        self._rejections = [(check, guard(reject, on_error)) for check, reject in rejections]
        self._key = key
        self._named = {name: react for name, react in guarded.items() if isinstance(name, str)}
        self._patterns = {n: react for n, react in guarded.items() if isinstance(n, Pattern)}

    def has_listener(self, payload: dict[str, Any], body: dict[str, Any]) -> bool:
        """Return whether there is a listener; if not, Bolt responds with 404."""
        return bool(self._find(payload) or self._find_rejection(body))

    def react(self, args: Args) -> None:
        """Reject a request, or call its listener."""
        listener = self._find_rejection(args.body) or self._find(args.payload)
        if listener is not None:
            listener(args)

    def _find_rejection(self, body: dict[str, Any]) -> Callable[[Args], None] | None:
        return next((reject for check, reject in self._rejections if check(body)), None)

    def _find(self, payload: dict[str, Any]) -> Callable[[Args], None] | None:
        name = str(payload.get(self._key, ""))
        matching = (react for pattern, react in self._patterns.items() if pattern.search(name))
        return self._named.get(name) or next(matching, None)


def guard(react: Listener, on_error: OnError) -> Callable[[Args], None]:
    """Return a listener that handles its own errors.

    If a listener fails just after it acknowledged, Bolt sometimes responds with 404 or 500: one
    thread changes the response while another one reads it.
    """
    names = _parameter_names(react)

    def listener(args: Args) -> None:
        try:
            react(**{name: getattr(args, name) for name in names})
        except Exception as error:  # noqa: BLE001 (the person gets an explanation)
            on_error(error, args.ack, args.respond, args.body)

    return listener


def _parameter_names(react: Listener) -> tuple[str, ...]:
    """Return the names of the arguments that a listener takes."""
    method = getattr(react, "__func__", None)
    return _method_parameters(method)[1:] if method else _parameters(react)


def _parameters(function: Listener) -> tuple[str, ...]:
    parameters = signature(function).parameters.values()
    return tuple(one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD)


_method_parameters = cache(_parameters)  # reading a signature takes a tenth of a millisecond


def _log_step_failure(
    error: Exception, _ack: Ack, _respond: Respond, _body: dict[str, Any]
) -> None:
    """Log why a step wasn't run; without an acknowledgment, Slack asks again."""
    log.error("workflow_step_failed", error=type(error).__name__, exc_info=error)


def _explain_to_bolt(
    on_error: OnError,
    error: Exception,
    ack: Ack,
    respond: Respond,
    body: dict[str, Any],
) -> BoltResponse:
    """Explain an error that middleware raised, or that explaining another error raised."""
    on_error(error, ack, respond, body)
    return ack.response or BoltResponse(status=200, body="")
