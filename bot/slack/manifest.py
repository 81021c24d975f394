"""The manifest of the Slack app, with the reason for each scope."""

import json
from typing import Any
from urllib.parse import quote

import yaml

from bot.ui.commands import SLASH_COMMANDS
from bot.ui.shortcuts import GLOBAL_SHORTCUTS, MESSAGE_SHORTCUTS
from bot.ui.workflow_steps import manifest_functions

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
# Steps of workflows need no scope. This one lets the doctor say whether the plan includes them.
STEP_SCOPES = {"team.billing:read": "see if the Slack plan includes workflow steps"}
STEP_EVENT = "function_executed"
_REASONS = SCOPES | STEP_SCOPES
_SHORTCUTS = {"global": GLOBAL_SHORTCUTS, "message": MESSAGE_SHORTCUTS}
CREATE_APP = "https://api.slack.com/apps?new_app=1&manifest_json="
EVENTS = (
    *("app_home_opened", "channel_shared", "channel_unshared"),
    *("team_join", "user_change"),
)
SIDE_PANE_EVENTS = ("entity_details_requested", "entity_comments_requested")
# Slack's documentation of manifests has it, and its published schema doesn't.
RICH_PREVIEWS = {"is_active": True, "entity_types": ["slack#/entities/item"]}
DESCRIPTION = "A live card for every Vocatech call, and a thread for every SMS conversation"
LONG_DESCRIPTION = (
    "Every Vocatech call becomes one card in a channel. The card follows the call: answered or"
    " missed, the duration, the colleague on the phone, and later the AI summary and transcript."
    " Missed calls can be claimed, and are closed by a callback. SMS conversations are threads, and"
    " you reply from a thread, a card, or /sms. The app runs on your company's own machine. It"
    " loses and duplicates no messages, even if the app, Slack, or Vocatech is down for a while."
)


def make_manifest(
    public_url: str | None = None, *, has_workflow_steps: bool = False, side_pane: bool = False
) -> dict[str, Any]:
    """Return the manifest: for HTTP if the app has a public address, else for Socket Mode.

    With `side_pane`, it has what WORK_OBJECTS needs; that takes no further scope.
    """
    interactivity: dict[str, Any] = {"is_enabled": True}
    events: dict[str, Any] = {"bot_events": [*EVENTS, *(SIDE_PANE_EVENTS if side_pane else ())]}
    if url := f"{public_url.rstrip('/')}/slack/events" if public_url else None:
        interactivity |= {"request_url": url, "message_menu_options_url": url}
        events["request_url"] = url
    scopes = list(SCOPES)
    steps: dict[str, Any] = {}
    runtime: dict[str, Any] = {}
    if has_workflow_steps:
        events["bot_events"].append(STEP_EVENT)
        scopes += STEP_SCOPES
        steps = {"functions": manifest_functions()}
        runtime = {"function_runtime": "remote"}
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
            "shortcuts": [
                {
                    "name": one.name,
                    "type": kind,
                    "callback_id": one.callback_id,
                    "description": one.description,
                }
                for kind, shortcuts in _SHORTCUTS.items()
                for one in shortcuts
            ],
            **({"rich_previews": RICH_PREVIEWS} if side_pane else {}),
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            # Slack accepts steps only from apps that an organization could install.
            "org_deploy_enabled": has_workflow_steps,
            "socket_mode_enabled": public_url is None,
            "token_rotation_enabled": False,
            **runtime,
        },
        **steps,
    }


def create_app_link() -> str:
    """Return the address that opens Slack's form with the manifest filled in."""
    manifest = json.dumps(make_manifest(), separators=(",", ":"), ensure_ascii=False)
    return CREATE_APP + quote(manifest, safe="")


_HEAD = "# Printed by `vocatech-slack manifest`. Paste it at api.slack.com/apps."


def manifest_yaml(
    public_url: str | None = None, *, has_workflow_steps: bool = False, side_pane: bool = False
) -> str:
    """Return the manifest as YAML, each scope with its reason in a comment."""
    manifest = make_manifest(public_url, has_workflow_steps=has_workflow_steps, side_pane=side_pane)
    text = yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=10_000)
    return "\n".join([_HEAD, *map(_with_reason, text.splitlines())]) + "\n"


def _with_reason(line: str) -> str:
    reason = _REASONS.get(line.strip().removeprefix("- "))
    return f"{line} # {reason}" if reason else line
