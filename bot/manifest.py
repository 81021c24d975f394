"""Owns the manifest from which Slack makes the app: scopes with their reasons, ways in."""

from typing import Any

SCOPES = {
    "chat:write": "post call cards and edit them",
    "channels:join": "enter the public channels that calls are routed to",
    "channels:history": "after a lost answer, look whether a card was posted (public channels)",
    "groups:history": "the same in private channels",
    "im:write": "open a direct message to an admin when something needs mending",
    "im:history": "the same look in that direct message",
    "users:read": "find the workspace's admins",
}
DESCRIPTION = "One live card for every Vocatech call"
LONG_DESCRIPTION = (
    "Every call that your company makes or takes with Vocatech becomes one card in a channel, and"
    " the card follows the call: answered or missed, how long, who took it, and the summary and"
    " transcript once they are ready. Cards are edited in place, never posted twice, and nothing"
    " is lost while the bot, Slack or Vocatech is down. The bot runs on your own machine."
)


def make_manifest(public_url: str | None = None) -> dict[str, Any]:
    """Make the manifest; with the bot's public address for HTTP, without for Socket Mode."""
    interactivity: dict[str, Any] = {"is_enabled": True}
    if public_url:
        interactivity["request_url"] = public_url.rstrip("/") + "/slack/events"
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
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Vocatech", "always_online": True},
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
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
            lines += [f"{pad}  - {item}{_reason(item)}" for item in inner]
        else:
            lines.append(f"{pad}{name}: {_scalar(inner)}")
    return lines


def _reason(scope: str) -> str:
    return f" # {SCOPES[scope]}" if scope in SCOPES else ""


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'
