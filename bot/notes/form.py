"""The form of a note.

A plain text input takes 3,000 characters at most. A rich text input has no documented limit, so a
long note fits into one field. Formatting becomes plain text.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.models.customers.notes import MAX_NOTE, Note, NoteTarget
from bot.ui.action_ids import SAVE_NOTE
from bot.ui.blocks import MOST_WORDS, Json, form, line, note, paragraph, rich
from bot.ui.emoji import show_emoji
from bot.ui.inputs import field, state_of
from bot.ui.mrkdwn import clean

TEXT = "text"
EMPTY = "Enter a note."
_INDENT = "  "


@dataclass(frozen=True)
class NoteForm:
    """What a form knows: its target, or the note to change with the version that was shown.

    `below` is the metadata of the modal under it with its kind, or empty. `number` is that of the
    target when the form was opened at `opened_at` (unix seconds; 0 if unknown).
    """

    token: str
    target: NoteTarget
    below: Json
    note_id: int | None = None
    version: int = 0
    number: str | None = None
    opened_at: float = 0.0

    def to_metadata(self) -> str:
        """Return it as the `private_metadata` of a modal."""
        known = {"token": self.token, "target": self.target.value, "below": self.below}
        opened = {"number": self.number, "opened_at": self.opened_at}
        return json.dumps({**known, **opened, "note_id": self.note_id, "version": self.version})

    @classmethod
    def parse(cls, view: Json) -> "NoteForm":
        """Return what a submitted form knows."""
        known = json.loads(view["private_metadata"])
        return cls(
            known["token"],
            NoteTarget.parse(known["target"]),
            known.get("below") or {},
            known.get("note_id"),
            known.get("version", 0),
            known.get("number"),
            known.get("opened_at", 0.0),
        )


def render_note_form(
    state: NoteForm, *, about: str, changed: Note | None = None, typed: str = ""
) -> Json:
    """Return the form for a new note, or for the note to change.

    `about` names its target, `typed` is the text of a new note so far.
    """
    element: Json = {"type": "rich_text_input", "focus_on_load": True}
    if body := changed.body if changed else typed:
        element["initial_value"] = _as_rich_text(body)
    hint = "Everyone in the company can read it. Only you and admins can change it."
    return form(
        "Edit note" if changed else "Add note",
        [note(about), field(TEXT, "Note", element, optional=False, hint=hint)],
        callback_id=SAVE_NOTE,
        metadata=state.to_metadata(),
    )


def parse_note_form(view: Json) -> str:
    """Return the text; mentions of people stay as `<@U…>`."""
    return read_rich_text(state_of(view, TEXT).get("rich_text_value") or {})


def read_rich_text(typed: Json) -> str:
    """Return what was typed as plain text; mentions of people stay as `<@U…>`."""
    return clean(show_emoji(text_of(typed))).strip()


def validate_note(body: str) -> dict[str, str]:
    """Return errors by field."""
    if not body:
        return {TEXT: EMPTY}
    if len(body) > MAX_NOTE:
        return {TEXT: f"The limit is {MAX_NOTE:,} characters. This note has {len(body):,}."}
    return {}


def text_of(rich_text: Json) -> str:
    """Return rich text as plain text: lists with bullets or numbers, quotations with `>`."""
    return "\n".join(line for part in rich_text.get("elements") or () for line in _lines(part))


def pieces(text: str, most: int = MOST_WORDS) -> list[str]:
    """Split a text into pieces of at most `most` characters, at spaces where possible."""
    found = []
    while len(text) > most:
        cut = text.rfind(" ", most // 2, most) + 1 or most
        found.append(text[:cut])
        text = text[cut:]
    return [*found, text]


def _as_rich_text(body: str) -> Json:
    return rich(paragraph(*(line(one) for one in pieces(body))))


def _lines(part: Json) -> Iterator[str]:
    kind, inside = part.get("type"), part.get("elements") or []
    if kind == "rich_text_list":
        indent = _INDENT * int(part.get("indent") or 0)
        first = int(part.get("offset") or 0) + 1
        for number, item in enumerate(inside, first):
            sign = f"{number}." if part.get("style") == "ordered" else "•"
            yield f"{indent}{sign} {_joined(item.get('elements') or [])}"
    elif kind == "rich_text_quote":
        yield from (f"> {one}" for one in _joined(inside).split("\n"))
    else:
        yield _joined(inside).removesuffix("\n")


def _joined(elements: list[Json]) -> str:
    return "".join(map(_piece, elements))


def _piece(piece: dict[str, Any]) -> str:
    kind = piece.get("type")
    if kind == "link":
        url, shown = str(piece.get("url") or ""), str(piece.get("text") or "")
        return f"{shown} ({url})" if shown and shown != url else url
    if kind == "emoji":
        return _emoji(piece)
    if kind == "user":
        return f"<@{piece.get('user_id')}>"
    if kind == "broadcast":
        return f"@{piece.get('range')}"
    return str(piece.get("text") or piece.get("fallback") or piece.get("value") or "")


def _emoji(piece: dict[str, Any]) -> str:
    try:
        return "".join(chr(int(code, 16)) for code in str(piece["unicode"]).split("-"))
    except (KeyError, ValueError, OverflowError):
        return f":{piece.get('name')}:"
