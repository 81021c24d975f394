"""The checks of the text, blocks, and metadata of a message."""

import json
import secrets
from collections.abc import Iterator, Sequence
from typing import Final

from bot.sandbox.block_kit.check import check_blocks
from bot.sandbox.slack.entities.validation import entity_errors
from bot.sandbox.slack.state import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_ID,
    Json,
    MethodError,
    SlackState,
)

LONGEST_TEXT: Final = 40_000
MOST_BLOCK_CHARACTERS: Final = 13_200


def from_bot() -> Json:
    """Return the fields of every message from the app."""
    return {
        "type": "message",
        "user": BOT_USER_ID,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "team": TEAM_ID,
        "bot_profile": {"id": BOT_ID, "app_id": APP_ID, "name": "Vocatech", "team_id": TEAM_ID},
    }


def checked_content(state: SlackState, params: Json) -> Json:
    """Return the checked text, blocks, attachments, and metadata, or raise MethodError."""
    text = params.get("text")
    blocks = params.get("blocks")
    if not (text or blocks or params.get("attachments")):
        raise MethodError("no_text")
    content: Json = {"text": str(text or "")}
    if len(content["text"]) > LONGEST_TEXT:
        raise MethodError("msg_too_long")
    if blocks is not None:
        content["blocks"] = checked_blocks(state, blocks)
    if params.get("attachments"):
        content["attachments"] = params["attachments"]
    if params.get("metadata") and (kept := _checked_metadata(state, params["metadata"])):
        content["metadata"] = kept
    return content


def checked_blocks(state: SlackState, blocks: object) -> list[Json]:
    """Return a message's blocks, each with an ID; raise MethodError if Slack would reject them."""
    if not isinstance(blocks, list):
        raise MethodError("invalid_blocks_format")
    wrong = check_blocks(blocks, "message", missing=tuple(state.refused_block_types))
    wrong += [] if wrong else list(_unknown_files(state, blocks))
    if wrong:
        raise MethodError("invalid_blocks", **in_words(wrong))
    compact = json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))
    if len(compact) > MOST_BLOCK_CHARACTERS:
        raise MethodError("msg_blocks_too_long")
    return with_ids(blocks)


def _unknown_files(state: SlackState, blocks: Sequence[Json]) -> Iterator[str]:
    """Return errors for image blocks whose Slack file is missing or incomplete."""
    for place, block in enumerate(blocks):
        if isinstance(shown := block.get("slack_file"), dict):
            file = state.files.get(str(shown.get("id"))) or {}
            if not (file.get("is_complete") or shown.get("url")):
                yield f"invalid slack file [json-pointer:/blocks/{place}/slack_file]"


def with_ids(blocks: Sequence[Json]) -> list[Json]:
    """Return blocks with IDs added where they are missing, as Slack stores them."""
    return [
        block | {"block_id": block.get("block_id") or secrets.token_urlsafe(4)[:5]}
        for block in json.loads(json.dumps(blocks))
    ]


def in_words(wrong: Sequence[str]) -> Json:
    """Return the details of a validation error."""
    messages = [f"[ERROR] {words}" for words in wrong]
    return {"errors": list(wrong), "response_metadata": {"messages": messages}}


def _checked_metadata(state: SlackState, metadata: object) -> Json:
    """Return metadata as it is kept; with a mistake in an entity, Slack drops all of it."""
    if not isinstance(metadata, dict):
        raise MethodError("invalid_metadata_format")
    entities = metadata.get("entities")
    if not entities:
        return _checked_event(metadata)
    if state.keeps_metadata == "none":
        raise MethodError("invalid_metadata_schema")
    wrong = [error for one in entities for error in entity_errors(one)]
    if wrong:
        state.dropped_entities += wrong
        return {}
    event = _checked_event(metadata) if "event_type" in metadata else {}
    kept = {"both": {**event, "entities": entities}, "entities": {"entities": entities}}
    return kept.get(state.keeps_metadata, event)


def _checked_event(metadata: Json) -> Json:
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not (isinstance(kind, str) and kind and isinstance(payload, dict)):
        raise MethodError("invalid_metadata_schema")
    return {"event_type": kind, "event_payload": payload}
