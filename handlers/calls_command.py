"""The command /calls: calls of anybody, of any time, about anything, a page at a time."""

import json
import time
from collections.abc import Callable
from typing import Any

from slack_bolt import Respond

from bot.calls.messages import LOOKING, render_calls_help, render_not_linked, render_words
from bot.calls.service import CallLists
from bot.errors import NotLinked, NotUnderstood
from bot.ui.commands import CALLS

LEAST_SECONDS_BETWEEN_ANSWERS = 0.3


def list_calls(
    ack: Callable[..., Any], command: dict[str, Any], respond: Respond, *, lists: CallLists
) -> None:
    """Answer at once from the store; where days are missing, look further back and answer then."""
    typed = command.get("text") or ""
    if typed.strip().lower() == "help":
        ack(**render_calls_help(CALLS))
        return
    try:
        asked = lists.read(command["user_id"], typed)
    except NotUnderstood as error:
        ack(**render_words(str(error)))
        return
    except NotLinked as error:
        ack(**render_not_linked(error))
        return
    gaps = lists.missing(asked)
    if not gaps:
        ack(**lists.show(asked))
        return
    ack(**render_words(LOOKING))
    began = time.monotonic()
    looked = lists.look_back.look(gaps)
    # A second answer that overtakes the first would be followed by it, and not replace it.
    time.sleep(max(0.0, LEAST_SECONDS_BETWEEN_ANSWERS - (time.monotonic() - began)))
    respond(**lists.show(asked, looked=looked), replace_original=True)


def turn_calls_page(
    ack: Callable[..., Any],
    action: dict[str, Any],
    body: dict[str, Any],
    respond: Respond,
    *,
    lists: CallLists,
) -> None:
    """Show another page in the place of the one that is shown."""
    ack()
    wanted = json.loads(action["value"])
    try:
        asked = lists.read(body["user"]["id"], wanted["typed"])
        answer = lists.show(asked, page=wanted["page"])
    except NotUnderstood as error:
        answer = render_words(str(error))
    except NotLinked as error:  # since the list was made
        answer = render_not_linked(error)
    respond(**answer, replace_original=True)
