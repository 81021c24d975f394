"""Search of Slack's message history for a message whose response was lost."""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk import WebClient

from bot.ui.message import File, Message

# More than two clocks can differ while signatures are still accepted.
LOOK_BACK_SECONDS = 600.0


def read_history(
    client: WebClient, channel: str, *, since: float, thread_ts: str | None
) -> Iterator[dict[str, Any]]:
    """Yield the messages in a channel or thread from just before `since` (unix seconds) on.

    A user ID means the direct message channel with that person. Raises `FAILURES`.
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
    """Return whether a found message is this one, by its file or its metadata."""
    if _shows(found, message.file):
        return True
    return found.get("bot_id") == bot_id and _carries(found, message.metadata)


def _shows(found: Mapping[str, Any], file: File | None) -> bool:
    """Return whether a message has the file, whose name is unique."""
    there = found.get("files") or []
    return file is not None and any(one.get("name") == file.name for one in there)


def _carries(found: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    """Return whether a message has the same metadata."""
    if not metadata:
        return False
    there = found.get("metadata") or {}
    ours, theirs = metadata.get("event_payload") or {}, there.get("event_payload") or {}
    is_same = _stable_part(ours) == _stable_part(theirs)
    return is_same and there.get("event_type") == metadata.get("event_type")


def _stable_part(payload: Mapping[str, Any]) -> object:
    """Return the part of the metadata that stays the same when the message is edited."""
    if "text_id" in payload:
        return payload["text_id"]  # Vocatech's ID is added later
    return payload["call_ids"][:1] if payload.get("call_ids") else payload  # more may be added
