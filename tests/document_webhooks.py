"""Tables of docs/reference/outgoing-webhooks.md that come from the code, for cog."""

from bot.models.integrations.outgoing_webhooks import EVENTS
from bot.outgoing_webhooks.fields import ENVELOPE, OBJECTS, PayloadField


def events_table() -> str:
    """Return every event: when it is sent, and the objects in its `data`."""
    rows = ["| Event | Sent when | In `data` |", "|---|---|---|"]
    for kind, one in EVENTS.items():
        objects = ", ".join(f"`{name}`" for name in one.objects)
        rows.append(f"| `{kind}` | {one.sent_when} | {objects} |")
    return "\n".join(rows)


def envelope_table() -> str:
    """Return the fields of every payload."""
    return _table(ENVELOPE)


def object_tables() -> str:
    """Return the fields of each object in `data`."""
    return "\n\n".join(f"### `{name}`\n\n{_table(fields)}" for name, fields in OBJECTS.items())


def _table(fields: tuple[PayloadField, ...]) -> str:
    rows = ["| Field | Type | Meaning |", "|---|---|---|"]
    for one in fields:
        content = " *(content)*" if one.is_content else ""
        rows.append(f"| `{one.name}` | {one.kind} | {one.meaning}{content} |")
    return "\n".join(rows)
