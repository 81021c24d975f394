"""Owns the form for a contact: made from the company's own fields, and read back."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.contacts.messages import view
from bot.models.contacts import Contact, ContactField
from bot.ui.action_ids import SAVE_CONTACT
from bot.ui.blocks import Json, context, plain
from bot.ui.mrkdwn import name_of

# A modal holds a hundred blocks; a reason and two notes need room too.
MOST_FIELDS = 90
LONGEST_VALUE = 3_000
_LONGEST_NAME = 200
_LONG_TEXTS = ("note", "comment", "description", "address", "remark")
# What stands before a field's name in its block: as the form showed it first, or as somebody
# typed it in an earlier try, which is still to be saved.
_FRESH, _TYPED = "field:", "typed:"


@dataclass(frozen=True)
class FieldProblem:
    """Why something was not saved; `field` is where to say so, None above everything."""

    reason: str
    field: str | None = None


def render_contact_form(
    fields: Sequence[ContactField],
    values: Mapping[str, str],
    *,
    token: str,
    contact: Contact | None = None,
    typed: Collection[str] = (),
    trouble: FieldProblem | None = None,
) -> Json:
    """Give the form; `contact` is who is edited, `typed` the fields that were changed before.

    `token` stands for this showing of the form: sent twice, it is done once.
    """
    shown = form_fields(fields, contact)
    blocks = [_note(trouble.reason, "trouble")] if trouble and trouble.field is None else []
    for one in shown:
        blocks.append(_input(one, values.get(one.name, ""), is_typed=one.name in typed))
        if trouble and trouble.field == one.name:
            blocks.append(_note(trouble.reason, "trouble"))
    left_out = sum(one.is_shown for one in fields) - sum(one.is_shown for one in shown)
    if left_out > 0:
        rest = "1 more field does" if left_out == 1 else f"{left_out} more fields do"
        words = f"{rest} not fit here, and what stands there is kept."
        blocks.append(_note(words, "left_out"))
    state = {"token": token, "contact_id": contact.contact_id if contact else None}
    return view(
        "Edit contact" if contact else "New contact",
        blocks,
        callback_id=SAVE_CONTACT,
        submit=plain("Save"),
        close=plain("Cancel"),
        private_metadata=json.dumps(state),
    )


def form_fields(
    fields: Sequence[ContactField], contact: Contact | None = None
) -> list[ContactField]:
    """Give the fields that the form holds: each once, and none whose value is too long for it."""
    held = {} if contact is None else contact.fields
    by_block = {
        block_of(one.name): one
        for one in reversed(fields)
        if (one.is_shown or one.is_match) and len(held.get(one.name, "")) <= LONGEST_VALUE
    }
    return list(reversed(by_block.values()))[:MOST_FIELDS]


def block_of(name: str, *, is_typed: bool = False) -> str:
    """Give the id of a field's block; a name too long for one keeps a print of the whole."""
    if len(name) > _LONGEST_NAME:
        print_of_all = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:16]
        name = f"{name[:_LONGEST_NAME]}…{print_of_all}"
    return f"{_TYPED if is_typed else _FRESH}{name}"


def read_form(shown: Json, fields: Sequence[ContactField]) -> tuple[dict[str, str], set[str]]:
    """Give all that stands in a submitted form, by field, and the fields that were changed.

    `shown` is the view as Slack sends it; a field that the company no longer has is left out.
    """
    values: dict[str, str] = {}
    changed: set[str] = set()
    first = {
        block["block_id"]: block["element"].get("initial_value", "")
        for block in shown["blocks"]
        if block["type"] == "input"
    }
    states = shown["state"]["values"]
    for one in fields:
        for is_typed in (False, True):
            block_id = block_of(one.name, is_typed=is_typed)
            if block_id not in first:
                continue
            said = (states.get(block_id, {}).get("value", {}).get("value") or "").strip()
            values[one.name] = said
            if is_typed or said != first[block_id].strip():
                changed.add(one.name)
    return values, changed


def block_in(shown: Json, name: str) -> str:
    """Give the id of the block in which a field stands in a submitted form, else the first."""
    ids = [str(block["block_id"]) for block in shown["blocks"] if block["type"] == "input"]
    wanted = {block_of(name), block_of(name, is_typed=True)}
    return next((one for one in ids if one in wanted), ids[0])


def _input(one: ContactField, value: str, *, is_typed: bool) -> Json:
    is_long = any(word in one.name.lower() for word in _LONG_TEXTS) or "\n" in value
    element: Json = {"type": "plain_text_input", "action_id": "value", "multiline": is_long}
    if value:
        element["initial_value"] = value[:LONGEST_VALUE]
    block = {
        "type": "input",
        "block_id": block_of(one.name, is_typed=is_typed),
        "label": plain(name_of(one.name) or "Field"),
        "element": element,
        "optional": True,
    }
    if one.is_phone:
        block["hint"] = plain("Several numbers: put ; between them.")
    return block


def _note(words: str, block_id: str) -> Json:
    text = f"⚠ {words}" if block_id == "trouble" else words
    return context(plain(text, 1_000), block_id=block_id)
