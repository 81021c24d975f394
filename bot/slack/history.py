"""Search of Slack's message history for a message after a lost response."""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk import WebClient

from bot.ui.action_ids import TEXT_METADATA
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


def is_ours(
    found: Mapping[str, Any], message: Message, *, bot_id: str, is_restored: bool = False
) -> bool:
    """Return whether a message in the history is this one, by its file or by its metadata.

    After a restore (`is_restored`) the ID under which a text was sent may be lost: then the same
    words count, too.
    """
    if _shows(found, message.file):
        return True
    if found.get("bot_id") != bot_id:
        return False
    return _carries(found, message.metadata) or (is_restored and _says_the_same(found, message))


def _says_the_same(found: Mapping[str, Any], message: Message) -> bool:
    metadata = found.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    kind = message.metadata.get("event_type") if message.metadata else None
    if kind != TEXT_METADATA or metadata.get("event_type") != kind:
        return False
    has_vocatech_id = payload.get("message_id") != payload.get("text_id")
    return not has_vocatech_id and _body(found.get("text", "")) == _body(message.text)


def _body(line: str) -> str:
    """Return the text that a line of a thread quotes, without its writer and its state."""
    return line.partition(": ")[2].rpartition(" (")[0]


def _shows(found: Mapping[str, Any], file: File | None) -> bool:
    """Return whether a message has the file; its name is unique."""
    there = found.get("files") or []
    return file is not None and any(one.get("name") == file.name for one in there)


def _carries(found: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    """Return whether a message has the same metadata."""
    if not metadata:
        return False
    there = found.get("metadata") or {}
    ours, theirs = metadata.get("event_payload") or {}, there.get("event_payload") or {}
    is_same_kind = there.get("event_type") == metadata.get("event_type")
    return is_same_kind and _is_about_the_same(ours, theirs)


def _is_about_the_same(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Return whether two versions of a message are about the same calls, text or notice."""
    if "text_id" in ours:
        # Vocatech's ID comes later; ours is unknown after a restore of an older backup.
        names = ("text_id", "message_id")
        return any(ours.get(name) == theirs.get(name, "") for name in names)
    if ours.get("call_ids"):
        return bool(ours["call_ids"][:1] == (theirs.get("call_ids") or [])[:1])  # others may join
    return ours == theirs
