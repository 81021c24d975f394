"""What the demo's user types, and opening App Home."""

import re

from bot.sandbox.slack.delivery import AppResponse
from bot.sandbox.slack.workspace import FakeSlack
from bot.ui.commands import SLASH_COMMANDS


def say(
    slack: FakeSlack, user: str, channel: str, text: str, thread_ts: str | None = None
) -> AppResponse | None:
    """Type a command or a message as a user, in a channel or a thread.

    Raise ValueError for an unknown command and for any command in a thread.
    """
    command, _, rest = text.strip().partition(" ")
    if not command.startswith("/"):
        slack.say(user, channel, _with_mentions(text.strip(), slack), thread_ts=thread_ts)
        return None
    if thread_ts:
        raise ValueError("Slash commands don't work in threads.")
    if command not in {one.name for one in SLASH_COMMANDS}:
        raise ValueError(f"{command} is not a valid command.")
    return slack.type_command(user, channel, command, _with_mentions(rest.strip(), slack))


def _with_mentions(text: str, slack: FakeSlack) -> str:
    """Return text with names replaced by mentions, as Slack's autocomplete does."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for user, name in slack.users().items():
        first = name.partition(" ")[0]
        either = rf"@(?:{re.escape(name)}|{re.escape(first)})(?!\w)"
        text = re.sub(either, f"<@{user}|{first.lower()}>", text, flags=re.IGNORECASE)
    return text


def open_home(slack: FakeSlack, user: str) -> AppResponse:
    """Open a user's App Home; the event has the published view, if there is one."""
    view = slack.home_view(user)
    event = {"type": "app_home_opened", "user": user, "channel": f"D{user[1:]}", "tab": "home"}
    return slack.send_event(event | ({"view": view} if view else {}))
