"""Owns what the demo's reader does beside pressing buttons: types, and looks at the Home."""

import re

from bot.sandbox.slack.delivery import AppResponse
from bot.sandbox.slack.workspace import FakeSlack
from bot.ui.commands import SLASH_COMMANDS


def say(
    slack: FakeSlack, user: str, channel: str, words: str, thread_ts: str | None = None
) -> AppResponse | None:
    """Let somebody type something: a command goes to the bot, other words to channel or thread.

    Raises ValueError for a command that there is not, and for any in a thread.
    """
    command, _, rest = words.strip().partition(" ")
    if not command.startswith("/"):
        slack.say(user, channel, _with_mentions(words.strip(), slack), thread_ts=thread_ts)
        return None
    if thread_ts:
        raise ValueError("Slack takes no commands in threads.")
    if command not in {one.name for one in SLASH_COMMANDS}:
        raise ValueError(f"{command} is not a command here.")
    return slack.type_command(user, channel, command, _with_mentions(rest.strip(), slack))


def _with_mentions(words: str, slack: FakeSlack) -> str:
    """Write people as Slack does once their name was chosen from its list."""
    words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for user, name in slack.users().items():
        first = name.partition(" ")[0]
        either = rf"@(?:{re.escape(name)}|{re.escape(first)})(?!\w)"
        words = re.sub(either, f"<@{user}|{first.lower()}>", words, flags=re.IGNORECASE)
    return words


def open_home(slack: FakeSlack, user: str) -> AppResponse:
    """Let somebody look at their Home; Slack sends along what stands there, if anything does."""
    view = slack.home_view(user)
    event = {"type": "app_home_opened", "user": user, "channel": f"D{user[1:]}", "tab": "home"}
    return slack.send_event(event | ({"view": view} if view else {}))
