"""Owns the manifest from which Slack makes the app: scopes with their reasons, ways in."""

import json
from typing import Any

from bot.ui.commands import SLASH_COMMANDS

SCOPES = {
    "chat:write": "post call cards, texts and digests, and edit them",
    "commands": "answer the slash commands",
    "channels:join": "enter the public channels that calls and texts are routed to",
    "channels:history": "after a lost answer, look whether a message was posted (public channels)",
    "groups:history": "after a lost answer, look whether a message was posted (private channels)",
    "channels:read": "see whether a channel is shared with another company, and show less there",
    "groups:read": "see whether a private channel is shared, and show less there",
    "im:write": "tell admins directly what needs mending, and people what they asked to be told",
    "im:history": "after a lost answer, look whether a message was posted (direct messages)",
    "files:write": "show the pictures and files that customers send along with their texts",
    "users:read": "find the workspace's admins, and people's names and time zones",
    "users:read.email": "match people with their Vocatech extension by e-mail address",
}
EVENTS = ("app_home_opened", "channel_shared", "channel_unshared")
DESCRIPTION = "One live card for every Vocatech call, one thread for the texts with each number"
LONG_DESCRIPTION = (
    "Every call that your company makes or takes with Vocatech becomes one card in a channel, and"
    " the card follows the call: answered or missed, how long, who took it, and the summary and"
    " transcript once they are ready. The texts with a number stand in one thread, and"
    " are answered from there, from a card or by /sms. Cards are edited in place, never posted"
    " twice, and nothing is lost while the bot, Slack or Vocatech is down. The bot runs on your own"
    " machine."
)


def make_manifest(public_url: str | None = None) -> dict[str, Any]:
    """Make the manifest; with the bot's public address for HTTP, without for Socket Mode."""
    interactivity: dict[str, Any] = {"is_enabled": True}
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    if url := f"{public_url.rstrip('/')}/slack/events" if public_url else None:
        interactivity |= {"request_url": url, "message_menu_options_url": url}
        events["request_url"] = url
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Vocatech",
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": "#1f3a5f",
        },
        "features": {
            # Without the tab Slack refuses direct messages, and the admins would not be told.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Vocatech", "always_online": True},
            "slash_commands": [
                {
                    "command": command.name,
                    **({"url": url} if url else {}),
                    "description": command.description,
                    "usage_hint": command.hint,
                    # Mentions come with the user's id, which no two people share.
                    "should_escape": True,
                }
                for command in SLASH_COMMANDS
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": public_url is None,
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(public_url: str | None = None) -> str:
    """Give the manifest as YAML, each scope with its reason beside it."""
    lines = ["# Made by `vocatech-slack manifest`; Slack reads it at api.slack.com/apps."]
    lines += _yaml(make_manifest(public_url), 0)
    return "\n".join(lines) + "\n"


def _yaml(value: dict[str, Any], depth: int) -> list[str]:
    """Write the few kinds of value that a manifest has; strings are quoted where needed."""
    lines: list[str] = []
    pad = "  " * depth
    for name, inner in value.items():
        if isinstance(inner, dict):
            lines += [f"{pad}{name}:", *_yaml(inner, depth + 1)]
        elif isinstance(inner, list):
            lines.append(f"{pad}{name}:")
            for item in inner:
                lines += _item(item, depth + 1)
        else:
            lines.append(f"{pad}{name}: {_scalar(inner)}")
    return lines


def _item(item: Any, depth: int) -> list[str]:
    pad = "  " * depth
    if not isinstance(item, dict):
        return [f"{pad}- {item}{_reason(item)}"]
    first, *rest = _yaml(item, depth + 1)
    return [f"{pad}- {first.strip()}", *rest]


def _reason(scope: str) -> str:
    return f" # {SCOPES[scope]}" if scope in SCOPES else ""


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    # JSON's strings are YAML's too, quotes and all.
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)
