"""The manifest of the Slack app, with the reason for each scope."""

import json
from typing import Any

from bot.ui.commands import SLASH_COMMANDS

SCOPES = {
    "chat:write": "post and update call cards, texts, and digests",
    "commands": "answer slash commands",
    "channels:join": "join the public channels that calls and texts are routed to",
    "channels:history": "check for a message in a public channel if Slack's answer is lost",
    "groups:history": "check for a message in a private channel if Slack's answer is lost",
    "channels:read": "see if a channel is shared with another company, and show less there",
    "groups:read": "see if a private channel is shared, and show less there",
    "im:write": "send admins and other people direct messages",
    "im:history": "check for a direct message if Slack's answer is lost",
    "files:write": "show the pictures and files that customers send with texts",
    "users:read": "find the workspace's admins, and people's names and time zones",
    "users:read.email": "link people to their Vocatech extension by email address",
}
EVENTS = ("app_home_opened", "channel_shared", "channel_unshared")
DESCRIPTION = "A live card for every Vocatech call, and a thread for every SMS conversation"
LONG_DESCRIPTION = (
    "Every Vocatech call becomes one card in a channel. The card follows the call: answered or"
    " missed, the duration, the colleague on the phone, and later the AI summary and transcript."
    " Missed calls can be claimed, and are closed by a callback. SMS conversations are threads, and"
    " you reply from a thread, a card, or /sms. The app runs on your company's own machine. It"
    " loses and duplicates no messages, even if the app, Slack, or Vocatech is down for a while."
)


def make_manifest(public_url: str | None = None) -> dict[str, Any]:
    """Return the manifest: for HTTP if the app has a public address, else for Socket Mode."""
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
            # Without this tab, Slack refuses direct messages, and admins wouldn't get any.
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
                    # Mentions then contain the user ID, which is unique.
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
    """Return the manifest as YAML, with the reason for each scope in a comment."""
    lines = ["# Printed by `vocatech-slack manifest`. Paste it at api.slack.com/apps."]
    lines += _yaml(make_manifest(public_url), 0)
    return "\n".join(lines) + "\n"


def _yaml(value: dict[str, Any], depth: int) -> list[str]:
    """Return lines for the few types that a manifest contains; all strings are quoted."""
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
