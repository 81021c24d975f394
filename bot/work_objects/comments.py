"""Notes as the comments of Slack's side pane."""

from collections.abc import Mapping
from typing import Any

from bot.models.customers.notes import CALL as CALL_TARGET
from bot.models.customers.notes import CONTACT as CONTACT_TARGET
from bot.models.customers.notes import Note, NoteTarget
from bot.ui.blocks import Json
from bot.ui.mrkdwn import clean, name_of, shorten
from bot.work_objects.references import CALL, Reference

MAX_COMMENT = 10_000
MOST_A_PAGE, USUAL_A_PAGE, MOST_DIGITS = 100, 20, 8
MOST_DIGITS_OF_ID = 18  # more don't fit into the database


def render_comment(note: Note, *, writer: str, can_change: bool) -> Json:
    """Return a note as a comment; its text is plain, so nothing in it becomes markup."""
    body = clean(note.body).strip() or "–"
    edited = {} if note.changed_at is None else {"last_edit_ts": int(note.changed_at)}
    return {
        "id": str(note.note_id),
        "sender": {"text": name_of(writer)},
        "timestamp": int(note.at),
        "comment": {"value": shorten(body, MAX_COMMENT)},
        # A shortened comment would be saved short.
        "can_edit": can_change and len(body) <= MAX_COMMENT,
        "can_delete": can_change,
        "can_reply": False,
        **edited,
    }


def target_of(about: Reference) -> NoteTarget:
    """Return what notes on a reference are about."""
    return NoteTarget(CALL_TARGET if about.kind == CALL else CONTACT_TARGET, about.key)


def read_page(event: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many comments to skip and how many Slack asks for."""
    limit = event.get("limit")
    skipped = read_number(event.get("cursor"), MOST_DIGITS) or 0
    wanted = limit if isinstance(limit, int) and limit > 0 else USUAL_A_PAGE
    return skipped, min(wanted, MOST_A_PAGE)


def read_number(typed: object, most_digits: int) -> int | None:
    """Return a number that this app gave Slack; None if it is something else."""
    text = str(typed or "")
    is_number = text.isascii() and text.isdigit() and len(text) <= most_digits
    return int(text) if is_number else None


def typed_in(view: Mapping[str, Any]) -> Json:
    """Return the rich text of a comment's form."""
    values = (view.get("state") or {}).get("values") or {}
    fields = (one or {} for block in values.values() for one in block.values())
    return next((one["rich_text_value"] for one in fields if one.get("rich_text_value")), {})
