"""Which people and channels belong to our own workspace, as Slack describes them."""

from collections.abc import Mapping
from typing import Any


def is_member(person: Mapping[str, Any], teams: frozenset[str]) -> bool:
    """Return whether a Slack user object belongs to one of these teams.

    `is_stranger` alone is not enough: it is false for people from another company who share a
    channel with this workspace. While the own teams are unknown, everyone counts as a member.
    """
    if person.get("is_stranger"):
        return False
    enterprise = (person.get("enterprise_user") or {}).get("enterprise_id")
    return not teams or person.get("team_id") in (None, *teams) or enterprise in teams


def is_shared_outside(channel: Mapping[str, Any]) -> bool:
    """Return whether people from another company are in a channel or invited to it.

    Once they join, they can read its history. Channels shared by workspaces of one company have
    only `is_shared`.
    """
    signs = ("is_ext_shared", "is_pending_ext_shared", "pending_shared")
    return any(channel.get(sign) for sign in signs)
