"""Owns how what comes in reaches the handlers: tables of who reacts to what, bound to the parts."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import getfullargspec, unwrap
from re import Pattern
from typing import Any

from slack_bolt import Ack, App, Args, BoltResponse, Respond

from bot.collaborators import bind
from bot.server.web import Response, Table

Parts = Mapping[str, Any]
ANYTHING = re.compile("")
Reactions = dict[str | Pattern[str], Callable[..., Any]]


@dataclass(frozen=True)
class Listeners:
    """Who reacts to what people do in Slack.

    `before_each` comes before all of them; what is done by whom `is_outsider` knows goes to
    `turn_away`, whatever it is. `on_error` has the errors that they raise.
    """

    commands: Reactions
    clicks: Reactions
    submissions: Reactions
    choices: Reactions
    events: Reactions
    before_each: Callable[..., Any]
    is_outsider: Callable[..., bool]
    turn_away: Callable[..., Any]
    on_error: Callable[..., Any]


@dataclass(frozen=True)
class Lane:
    """Work that is done one piece after the other; `work` gives the seconds until the next."""

    has_work: Callable[..., bool]
    work: Callable[..., float]


@dataclass(frozen=True)
class Channels:
    """Lanes of which each is named by a channel; `work` gives the seconds until the next piece."""

    with_work: Callable[..., list[str]]
    work: Callable[..., float]


@dataclass(frozen=True)
class Job:
    """Something done at start and every so many seconds (None: as often as Vocatech is polled).

    `work` gives the seconds to pause beyond that. `only_with` names what the settings must have.
    """

    name: str
    work: Callable[..., float]
    seconds: float | None = None
    only_with: str | None = None


def paths(table: Mapping[str, Mapping[str, Callable[..., Response]]], parts: Parts) -> Table:
    """Give what HTTP requests set off, by path and method."""
    return {
        path: {method: bind(answer, parts) for method, answer in methods.items()}
        for path, methods in table.items()
    }


def listen(bolt: App, listeners: Listeners, parts: Parts) -> None:
    """Have Bolt set off what people do."""
    on_error = bind(listeners.on_error, parts)
    bolt.error(partial(_explain_to_bolt, on_error))
    bolt.use(bind(listeners.before_each, parts))
    is_outsider, turn_away = bind(listeners.is_outsider, parts), bind(listeners.turn_away, parts)
    for listener in (bolt.command, bolt.action, bolt.view, bolt.options):
        # First of all: of several listeners that fit Bolt takes the one that it was told first.
        listener(ANYTHING, matchers=[is_outsider])(guard(turn_away, on_error))
    tables: list[tuple[Callable[..., Any], Reactions]] = [
        (bolt.command, listeners.commands),
        (bolt.action, listeners.clicks),
        (bolt.view, listeners.submissions),
        (bolt.options, listeners.choices),
        (bolt.event, listeners.events),
    ]
    for listener, table in tables:
        for name, react in table.items():
            listener(name)(guard(bind(react, parts), on_error))


def guard(react: Callable[..., Any], on_error: Callable[..., None]) -> Callable[[Args], None]:
    """Return a listener that explains its errors itself.

    Where a listener fails just after its acknowledgement, Bolt at times answers 404 or 500: one of
    its threads changes the response while another one reads it.
    """
    names = getfullargspec(unwrap(react)).args

    def listener(args: Args) -> None:
        try:
            react(**{name: getattr(args, name) for name in names})
        except Exception as error:  # noqa: BLE001 (the person who waits gets an explanation)
            on_error(error, args.ack, args.respond, args.body)

    return listener


def _explain_to_bolt(
    on_error: Callable[..., None],
    error: Exception,
    ack: Ack,
    respond: Respond,
    body: dict[str, Any],
) -> BoltResponse:
    """Explain what middleware raised, or what failed while an error was explained."""
    on_error(error, ack, respond, body)
    return ack.response or BoltResponse(status=200, body="")


def lanes(
    table: Mapping[str, Lane], channels: Channels, parts: Parts
) -> tuple[Callable[[], list[str]], Callable[[str], float]]:
    """Give what a change in the store sets off: find lanes with work, work in one of them."""
    find_channels, work_in = bind(channels.with_work, parts), bind(channels.work, parts)
    has_work = {name: bind(lane.has_work, parts) for name, lane in table.items()}
    work = {name: bind(lane.work, parts) for name, lane in table.items()}

    def find() -> list[str]:
        return [*(name for name, is_there in has_work.items() if is_there()), *find_channels()]

    def do(name: str) -> float:
        seconds: float = work[name]() if name in work else work_in(name)
        return seconds

    return find, do


def jobs(table: Iterable[Job], parts: Parts) -> Iterator[tuple[str, float, Callable[[], float]]]:
    """Give what the clock sets off: names, seconds and work."""
    settings = parts["settings"]
    for job in table:
        if job.only_with is None or getattr(settings, job.only_with):
            yield job.name, job.seconds or settings.seconds_between_polls, bind(job.work, parts)
