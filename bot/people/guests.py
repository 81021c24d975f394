"""Guests of the workspace: detection, and what they may use."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, UNKNOWN_METHOD, classify
from bot.slack.membership import person_in_time
from bot.store import Store
from bot.ui import action_ids as ids
from bot.ui.commands import CALLS, SMS, VOCATECH

# A guest who becomes a member shouldn't wait long; Slack reports most changes as events anyway.
FRESH_SECONDS = 600.0
GUEST_FLAGS = ("is_restricted", "is_ultra_restricted")
# Their value is a call ID; after a space for choices of a menu.
READING = frozenset({ids.OPEN_CALL, ids.OPEN_TRANSCRIPT, ids.REPLY_TO_CALL})
CLAIMING = frozenset({ids.CLAIM_CALL, ids.CALLED_BACK, ids.REOPEN_CALL})
CARD_MENUS = frozenset({ids.CARD_MENU, ids.CLAIM_MENU})
RELEASE = "release"
IN_OWN_VIEWS = frozenset(
    {
        *(ids.TURN_CALLS_PAGE, ids.CHOOSE_NUMBER, ids.TYPE_REPLY, ids.FILL_IN_TEMPLATE),
        *(ids.CHOOSE_SEND_TIME, ids.CHOOSE_SEND_ZONE, ids.SEND_IN_MORNING),
    }
)
# Menus whose options are searched; that of recipients would show all contacts.
SUGGESTED = frozenset({ids.FILL_IN_TEMPLATE, ids.CHOOSE_SEND_ZONE})
ON_MESSAGES = frozenset(
    {
        ids.OPEN_CALLS,
        ids.SHOW_WHOLE_TEXT,
        ids.REPLY_TO_TEXT,
        ids.SEND_AGAIN,
        ids.TAKE_BACK,
        ids.BELIEVE_TEXT,
    }
)
TEXTING = frozenset(
    {
        *(ids.REPLY_TO_CALL, ids.REPLY_TO_TEXT, ids.SEND_AGAIN, ids.TAKE_BACK, ids.BELIEVE_TEXT),
        *(ids.CHOOSE_NUMBER, ids.TYPE_REPLY, ids.FILL_IN_TEMPLATE),
        *(ids.CHOOSE_SEND_TIME, ids.CHOOSE_SEND_ZONE, ids.SEND_IN_MORNING),
    }
)


def is_guest_account(member: Mapping[str, Any]) -> bool:
    """Return whether a Slack user object is that of a single-channel or multi-channel guest."""
    return any(member.get(flag) for flag in GUEST_FLAGS)


@dataclass(frozen=True)
class Guests:
    """Guests see the calls of the channel in which they ask, and nothing else.

    Slack lets people type commands and click messages only in their own channels, so the channel
    that a request names is one of theirs. `can_text` is an admin's setting. The people in `admins`
    are never guests.
    """

    store: Store
    slack: SlackClient
    clock: Clock
    admins: frozenset[str]
    can_text: bool = False
    _known: dict[str, tuple[bool, float]] = field(default_factory=dict)

    def is_guest(self, slack_user: str) -> bool:
        """Return whether a person is a guest; True if Slack doesn't say in time."""
        if slack_user in self.admins or self.store.slack_people.find(slack_user):
            return False
        is_guest, until = self._known.get(slack_user, (True, 0.0))
        if self.clock.monotonic() < until:
            return is_guest
        try:
            member = person_in_time(self.slack, slack_user)
        except FAILURES as error:
            return classify(error).reason not in UNKNOWN_METHOD
        if member is None:
            return True
        is_guest = is_guest_account(member)
        self._known[slack_user] = is_guest, self.clock.monotonic() + FRESH_SECONDS
        return is_guest

    def forget(self, slack_user: str) -> None:
        """Ask Slack about a person again, because their account changed."""
        self._known.pop(slack_user, None)
        self.slack.forget_person(slack_user)

    def channel_for(self, body: Mapping[str, Any]) -> str | None:
        """Return the only channel whose calls a request may show; None if the user is no guest."""
        user = body.get("user_id") or (body.get("user") or {}).get("id")
        return _channel_of(body) if self.is_guest(str(user)) else None

    def is_refused(self, body: Mapping[str, Any]) -> bool:
        """Return whether a guest sent a command, click, or form that guests can't use."""
        user = body.get("user_id") or (body.get("user") or {}).get("id")
        return self.is_guest(str(user)) and not self._may(body)

    def usable(self, shown: dict[str, Any], channel: str) -> dict[str, Any]:
        """Return a view or an answer for a guest, without the buttons and menus that are refused.

        `channel` is the one from `channel_for`.
        """
        click = {"channel": {"id": channel}}
        blocks = [self._without_refused(block, click) for block in shown.get("blocks", ())]
        kept = [block for block in blocks if block.get("elements") != []]
        return {**shown, "blocks": kept} if "blocks" in shown else shown

    def _without_refused(self, block: dict[str, Any], click: Mapping[str, Any]) -> dict[str, Any]:
        def may_stay(element: Mapping[str, Any]) -> bool:
            return "action_id" not in element or self._may_click(element, click)

        if "elements" in block:
            return {**block, "elements": [one for one in block["elements"] if may_stay(one)]}
        if may_stay(block.get("accessory", {})):
            return block
        return {name: part for name, part in block.items() if name != "accessory"}

    def _may(self, body: Mapping[str, Any]) -> bool:
        if "command" in body:
            return self._may_type(str(body["command"]), str(body.get("text") or ""))
        if body.get("type") == "view_submission":
            return self.can_text and (body.get("view") or {}).get("callback_id") == ids.SEND_REPLY
        if body.get("type") == "block_suggestion":
            return self.can_text and body.get("action_id") in SUGGESTED
        if body.get("type") != "block_actions":
            return False
        return all(self._may_click(action, body) for action in body.get("actions") or [{}])

    def _may_type(self, command: str, typed: str) -> bool:
        if command == VOCATECH.name:
            return typed.strip().casefold() in {"", "help"}
        return command == CALLS.name or (command == SMS.name and self.can_text)

    def _may_click(self, action: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
        name, channel = str(action.get("action_id")).partition(":")[0], _channel_of(body)
        value = str(action.get("value") or "")
        is_public = bool(channel) and not _is_private(body)
        if name in TEXTING and not self.can_text:
            return False
        if name in READING:
            return self._is_shown(value, channel)
        if name == ids.TURN_TRANSCRIPT_PAGE:
            return self._is_shown(_read_from(value, "call_id"), _read_from(value, "seen_in"))
        if name in CLAIMING or name in CARD_MENUS:
            return is_public and self._is_shown(_claimed_in(action), channel)
        return name in IN_OWN_VIEWS or (is_public and name in ON_MESSAGES)

    def _is_shown(self, call_id: str, channel: str) -> bool:
        return bool(channel) and self.store.posts.is_shown(call_id, channel)


def _claimed_in(action: Mapping[str, Any]) -> str:
    """Return the call of a claim button or of **Release** in its menu; empty for other choices."""
    if action.get("action_id") not in CARD_MENUS:
        return str(action.get("value") or "")
    chosen = str((action.get("selected_option") or {}).get("value") or "")
    what, _, call_id = chosen.partition(" ")
    return call_id if what == RELEASE else ""


def _is_private(body: Mapping[str, Any]) -> bool:
    """Return whether a click was outside a message that its whole channel sees."""
    container = body.get("container") or {}
    return container.get("type") != "message" or bool(container.get("is_ephemeral"))


def _channel_of(body: Mapping[str, Any]) -> str:
    """Return the channel of a command or a click, or the one from which its modal was opened.

    An empty string means none: App Home and direct messages.
    """
    view = body.get("view") or {}
    if view:
        channel = _read_from(str(view.get("private_metadata") or ""), "seen_in")
    elif "command" in body:
        channel = str(body.get("channel_id") or "")
    else:
        channel = str((body.get("channel") or {}).get("id") or "")
    return channel if channel.startswith(("C", "G")) else ""


def _read_from(noted: str, name: str) -> str:
    """Return a text from the JSON of a button or a modal, or an empty string."""
    try:
        return str(json.loads(noted).get(name) or "")
    except (ValueError, AttributeError):
        return ""
