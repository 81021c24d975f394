"""Owns the look into what was said in Slack: is a message of ours there, whose answer was lost?"""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk import WebClient

from bot.ui.message import File, Message

# More than the clocks of two sides that accept each other's signatures can differ.
LOOK_BACK_SECONDS = 600.0


def read_history(
    client: WebClient, channel: str, *, since: float, thread_ts: str | None
) -> Iterator[dict[str, Any]]:
    """Give what was said in a channel, or a thread, since a moment (unix seconds) and just before.

    For somebody's id it is the direct channel with them. Raises what `FAILURES` names.
    """
    oldest = since - LOOK_BACK_SECONDS
    if channel.startswith(("U", "W")):
        channel = client.conversations_open(users=channel)["channel"]["id"]
    wanted: dict[str, Any] = {"oldest": f"{oldest:.6f}", "include_all_metadata": True}
    if thread_ts:
        pages = client.conversations_replies(channel=channel, ts=thread_ts, limit=200, **wanted)
    else:
        pages = client.conversations_history(channel=channel, limit=200, **wanted)
    for page in pages:
        yield from page["messages"]


def is_ours(found: Mapping[str, Any], message: Message, *, bot_id: str) -> bool:
    """Say whether what was found is our message, by its file or by its metadata."""
    if _shows(found, message.file):
        return True
    return found.get("bot_id") == bot_id and _carries(found, message.metadata)


def _shows(found: Mapping[str, Any], file: File | None) -> bool:
    """Say whether a message shows the file, whose name is ours alone."""
    there = found.get("files") or []
    return file is not None and any(one.get("name") == file.name for one in there)


def _carries(found: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    """Say whether a message is the one meant."""
    if not metadata:
        return False
    there = found.get("metadata") or {}
    ours, theirs = metadata.get("event_payload") or {}, there.get("event_payload") or {}
    is_same = _what_stays(ours) == _what_stays(theirs)
    return is_same and there.get("event_type") == metadata.get("event_type")


def _what_stays(payload: Mapping[str, Any]) -> object:
    """Give what is the same in each version of a message that tells of several, or of a text."""
    if "text_id" in payload:
        return payload["text_id"]  # the provider's id comes later
    return payload["call_ids"][:1] if payload.get("call_ids") else payload  # others may join
