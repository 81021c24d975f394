"""Search of Slack's message history for a message after a lost response."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

from bot.ui.action_ids import TEXT_METADATA
from bot.ui.message import File, Message

CALL_ENTITY = "call"  # the type of a Work Object's reference
# More than two clocks can differ while signatures are still accepted.
LOOK_BACK_SECONDS = 600.0


@dataclass(frozen=True)
class Wanted:
    """A message to search for, under a key of the caller."""

    key: int
    message: Message
    is_restored: bool = False


def read_history(
    client: WebClient,
    channel: str,
    *,
    since: float,
    thread_ts: str | None = None,
    before: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the messages in a channel or thread from just before `since` (unix seconds) on.

    The newest come first, and only those `before` a `ts`, if one is given. A user ID means the
    direct message channel with that person. Raises `FAILURES`.
    """
    oldest = since - LOOK_BACK_SECONDS
    if channel.startswith(("U", "W")):
        channel = client.conversations_open(users=channel)["channel"]["id"]
    wanted: dict[str, Any] = {"oldest": f"{oldest:.6f}", "include_all_metadata": True}
    if before:
        wanted["latest"] = before
    if thread_ts:
        pages = client.conversations_replies(channel=channel, ts=thread_ts, limit=200, **wanted)
    else:
        pages = client.conversations_history(channel=channel, limit=200, **wanted)
    for page in pages:
        yield from page["messages"]


def find_messages(
    history: Iterable[Mapping[str, Any]], wanted: Sequence[Wanted], *, bot_id: str
) -> dict[int, str]:
    """Return the `ts` of those messages that are in the history, by key; read no more than needed.

    A message is found by its file or its metadata. After a restore (`is_restored`) the ID under
    which a text was sent may be lost: then the same words count, too.
    """
    missing, ts = list(wanted), dict[int, str]()
    for found in history:
        if not missing:
            break
        match = next(
            (one for one in missing if _is_same(found, one.message, bot_id=bot_id)), None
        ) or next((one for one in missing if _is_same_text(found, one, bot_id=bot_id)), None)
        if match:
            missing.remove(match)
            ts[match.key] = found["ts"]
    return ts


def _is_same(found: Mapping[str, Any], message: Message, *, bot_id: str) -> bool:
    is_by_us = found.get("bot_id") == bot_id
    earlier = ({**message.metadata, "event_payload": one} for one in message.formerly)
    known = (message.metadata, *earlier)
    return _shows(found, message.file) or (
        is_by_us and (any(_carries(found, one) for one in known) or _has_entity(found, message))
    )


def _has_entity(found: Mapping[str, Any], message: Message) -> bool:
    """Return whether a message has the same Work Object and no other metadata.

    Slack's own libraries send both in one message, but nothing says that it stores both.
    """
    metadata = found.get("metadata") or {}
    ours = [one["external_ref"] for one in message.entities]
    theirs = [one.get("external_ref") for one in metadata.get("entities") or ()]
    # A contact may have several threads.
    is_clear = all(one["type"] == CALL_ENTITY for one in ours) or found.get("text") == message.text
    return bool(ours) and not metadata.get("event_type") and ours == theirs and is_clear


def payload_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of a message's metadata; of a card with only a Work Object, its call."""
    metadata = message.get("metadata") or {}
    known = [one.get("external_ref") or {} for one in metadata.get("entities") or ()]
    calls = [one.get("id") for one in known if one.get("type") == CALL_ENTITY]
    payload: dict[str, Any] = metadata.get("event_payload") or {}
    return payload or ({"call_id": calls[0]} if calls else {})


def _is_same_text(found: Mapping[str, Any], wanted: Wanted, *, bot_id: str) -> bool:
    is_by_us = found.get("bot_id") == bot_id
    return wanted.is_restored and is_by_us and _says_the_same(found, wanted.message)


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
    """Return whether a message has the file."""
    there = found.get("files") or []
    return file is not None and any(is_same_file(one, file) for one in there)


def is_same_file(found: Mapping[str, Any], file: File) -> bool:
    """Return whether a Slack file object is this file. Its name is unique without its extension."""
    return str(found.get("name")).partition(".")[0] == file.name.partition(".")[0]


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
