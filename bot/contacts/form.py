"""The form of a contact, made of the fields that the company defines: drawn and parsed."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.contacts.messages import view
from bot.errors import ApiError, RequestRefused
from bot.models.contacts import Contact, ContactField
from bot.ui.action_ids import SAVE_CONTACT
from bot.ui.blocks import Json, context, plain
from bot.ui.lists import changed_by_someone
from bot.ui.mrkdwn import name_of

# A modal holds 100 blocks, and an error and two notes need room, too.
MAX_FIELDS = 90
MAX_VALUE_LENGTH = 3_000
_MAX_NAME_LENGTH = 200
_LONG_TEXTS = ("note", "comment", "description", "address", "remark")
REMOVED = (
    "Your company no longer has this field. Copy your text to another field, then clear this one."
)
# Prefixes of block IDs: a value as stored, or a value typed in an earlier try and not saved yet.
_FRESH, _TYPED = "field:", "typed:"


@dataclass(frozen=True)
class FieldProblem:
    """Why a contact wasn't saved; `field` is where to show it, None is the top of the form."""

    reason: str
    field: str | None = None


@dataclass(frozen=True)
class ContactFormOrigin:
    """When a form was opened (unix seconds), and the channel with the message it came from."""

    opened_at: float = 0.0
    seen_in: str = ""

    @classmethod
    def of(cls, view: Json) -> "ContactFormOrigin":
        """Return the origin of a submitted form."""
        state = json.loads(view["private_metadata"])
        return cls(float(state.get("opened_at") or 0.0), str(state.get("seen_in") or ""))


UNKNOWN_ORIGIN = ContactFormOrigin()


def render_contact_form(
    fields: Sequence[ContactField],
    values: Mapping[str, str],
    *,
    token: str,
    contact: Contact | None = None,
    typed: Collection[str] = (),
    problem: FieldProblem | None = None,
    opened: ContactFormOrigin = UNKNOWN_ORIGIN,
) -> Json:
    """Return the form; `contact` is edited, `typed` are the fields changed in an earlier try.

    A form with the same `token` is saved once, however often it is sent.
    """
    shown = form_fields(fields, contact)
    blocks = [_note(problem.reason, "trouble")] if problem and problem.field is None else []
    for one in shown:
        blocks.append(_input(one, values.get(one.name, ""), is_typed=one.name in typed))
        if problem and problem.field == one.name:
            blocks.append(_note(problem.reason, "trouble"))
    left_out = sum(one.is_shown for one in fields) - sum(one.is_shown for one in shown)
    if left_out > 0:
        rest = "1 more field doesn't" if left_out == 1 else f"{left_out} more fields don't"
        words = f"{rest} fit here. Their values are kept."
        blocks.append(_note(words, "left_out"))
    state = {
        "token": token,
        "contact_id": contact.contact_id if contact else None,
        "opened_at": opened.opened_at,
        "seen_in": opened.seen_in,
        "looks": _looks_of(shown, contact) if contact else {},
    }
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
    """Return the fields of the form: each once, without values too long for it."""
    held = {} if contact is None else contact.fields
    by_block = {
        block_of(one.name): one
        for one in reversed(fields)
        if (one.is_shown or one.is_match) and len(held.get(one.name, "")) <= MAX_VALUE_LENGTH
    }
    return list(reversed(by_block.values()))[:MAX_FIELDS]


def block_of(name: str, *, is_typed: bool = False) -> str:
    """Return the block ID of a field; a long name is cut and gets a hash of the whole."""
    if len(name) > _MAX_NAME_LENGTH:
        digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:16]
        name = f"{name[:_MAX_NAME_LENGTH]}…{digest}"
    return f"{_TYPED if is_typed else _FRESH}{name}"


def contact_in(shown: Json) -> int | None:
    """Return the ID of the contact that a form changes; None in the form for a new one."""
    found: int | None = json.loads(shown["private_metadata"])["contact_id"]
    return found


def parse_form(shown: Json, fields: Sequence[ContactField]) -> tuple[dict[str, str], set[str]]:
    """Return the values of a submitted form by field, and the fields that were changed.

    `shown` is the view as Slack sends it. Fields that the company no longer has are left out.
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
            value = (states.get(block_id, {}).get("value", {}).get("value") or "").strip()
            values[one.name] = value
            if is_typed or value != first[block_id].strip():
                changed.add(one.name)
    return values, changed


def typed_in_removed(shown: Json, fields: Sequence[ContactField]) -> dict[str, str]:
    """Return an error by block for text in a field that the company no longer has."""
    known = {block_of(one.name, is_typed=typed) for one in fields for typed in (False, True)}
    errors = {}
    for block in shown["blocks"]:
        if block["type"] != "input" or not fields or block["block_id"] in known:
            continue
        state = shown["state"]["values"].get(block["block_id"], {}).get("value", {})
        value = (state.get("value") or "").strip()
        if value and value != block["element"].get("initial_value", "").strip():
            errors[str(block["block_id"])] = REMOVED
    return errors


def conflicts_in(
    shown: Json, stored: Contact | None, values: Mapping[str, str], changed: Collection[str]
) -> dict[str, str]:
    """Return an error for each changed field that someone else changed since the form was opened.

    Fields that only one of them changed are no conflict: each form sends its own.
    """
    looks = json.loads(shown["private_metadata"]).get("looks", {})
    errors: dict[str, str] = {}
    for name in changed:
        now = stored.fields.get(name, "") if stored else ""
        is_same = looks.get(_short_hash(name)) in {None, _short_hash(now)}
        if stored and not is_same and now.strip() != values[name]:
            errors[name] = changed_by_someone("this field")
    return errors


def _looks_of(fields: Sequence[ContactField], contact: Contact) -> dict[str, str]:
    """Return hashes of values by those of names: metadata has room for no more."""
    return {_short_hash(one.name): _short_hash(contact.fields.get(one.name, "")) for one in fields}


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:10]


def block_in(shown: Json, name: str) -> str:
    """Return the block ID of a field in a submitted form, else the first block."""
    ids = [str(block["block_id"]) for block in shown["blocks"] if block["type"] == "input"]
    wanted = {block_of(name), block_of(name, is_typed=True)}
    return next((one for one in ids if one in wanted), ids[0])


def _input(one: ContactField, value: str, *, is_typed: bool) -> Json:
    is_long = any(word in one.name.lower() for word in _LONG_TEXTS) or "\n" in value
    element: Json = {"type": "plain_text_input", "action_id": "value", "multiline": is_long}
    if value:
        element["initial_value"] = value[:MAX_VALUE_LENGTH]
    block = {
        "type": "input",
        "block_id": block_of(one.name, is_typed=is_typed),
        "label": plain(name_of(one.name) or "Field"),
        "element": element,
        "optional": True,
    }
    if one.is_phone:
        block["hint"] = plain("Separate several numbers with semicolons.")
    return block


def _note(words: str, block_id: str) -> Json:
    text = f"⚠️ {words}" if block_id == "trouble" else words
    return context(plain(text, 1_000), block_id=block_id)


def field_named(error: ApiError, fields: Sequence[ContactField]) -> str | None:
    """Return the field that a refusal names, else the first; None for other errors."""
    if not isinstance(error, RequestRefused) or not fields:
        return None
    named = [one.name for one in fields if one.name and one.name.lower() in str(error).lower()]
    return max(named, key=len, default=fields[0].name)
