"""Owns what Slack says of who belongs to which company: people, and the channels that they share.

A workspace may be one of several of a company, which Slack then calls an enterprise.
"""

from collections.abc import Mapping
from typing import Any


def is_member(person: Mapping[str, Any], teams: frozenset[str]) -> bool:
    """Say whether somebody, as Slack words them, belongs to one of these.

    `is_stranger` alone does not tell: of a person of another company it is false where they share
    a channel with us. Where Slack has not named our own teams, nobody can be of another.
    """
    if person.get("is_stranger"):
        return False
    enterprise = (person.get("enterprise_user") or {}).get("enterprise_id")
    return not teams or person.get("team_id") in (None, *teams) or enterprise in teams


def is_shared_outside(channel: Mapping[str, Any]) -> bool:
    """Say whether people of another company are in a channel, or asked to come in.

    Once in, they read what stands there already. Workspaces of one company share a channel with
    `is_shared` alone.
    """
    signs = ("is_ext_shared", "is_pending_ext_shared", "pending_shared")
    return any(channel.get(sign) for sign in signs)
