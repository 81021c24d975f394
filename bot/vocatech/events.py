"""Parsing of call and message events, from webhooks and from list rows.

Every documented, observed, or assumed field name is accepted. Unknown fields stay in the event's
body, and an invalid value is read as unknown: no single field can make parsing fail.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.errors import PayloadUnreadable
from bot.models.calls import Report, Source, Stage
from bot.models.events import Event
from bot.models.opt_outs import parse_opt_out
from bot.models.texts import TextReport, TextSource
from bot.vocatech.call_shapes import SPOKEN_FIELDS, parse_event_call, parse_listed_call
from bot.vocatech.fields import read_text
from bot.vocatech.text_shapes import read_text_row

EVENT_KINDS = (
    "call.started",
    "call.answered",
    "call.ended",
    "call.transcription",
    "message.sent",
    "message.received",
    "message.status_updated",
)
# How much each event type knows about a call, and the facts that follow from the type alone.
_CALLS: dict[str, tuple[Source, dict[str, Any]]] = {
    "call.started": (Source.RINGING, {"stage": Stage.RINGING}),
    "call.answered": (Source.ANSWERED, {"stage": Stage.ANSWERED, "answered": True}),
    "call.ended": (Source.ENDED, {"stage": Stage.ENDED}),
    "call.transcription": (Source.TRANSCRIBED, {"transcribed": True}),
}

# The direction and the status of a message, as far as the event type alone shows them.
_TEXTS: dict[str, tuple[bool | None, str | None]] = {
    "message.sent": (False, "sent"),
    "message.received": (True, None),
    "message.status_updated": (None, None),
}


def parse_event(body: bytes, *, region: str, opt_out_words: Collection[str] = ()) -> Event:
    """Parse a webhook's raw body; `opt_out_words` are additional opt-out keywords.

    Shape (observed): `{"id", "event_type", "data": {…}}`. `event` or `type` for the event type,
    and a flat body without `data`, are assumed. An event without an ID is identified by the hash
    of its body. Raises PayloadUnreadable if the body is not a JSON object with an event type.
    """
    event, data = _open(body)
    report = _call_of_event(event.kind, data, region)
    return replace(
        event,
        report=report,
        text=_text_of_event(event.kind, data, region, opt_out_words),
        kept=_without_spoken(event.body) if report else None,
    )


def identify_event(body: bytes) -> Event:
    """Return a webhook's raw body with its ID and type, and without what it reports.

    Raises PayloadUnreadable as `parse_event` does.
    """
    return _open(body)[0]


def _open(body: bytes) -> tuple[Event, Mapping[str, Any]]:
    """Return an event without its report, and its data."""
    try:
        text = body.decode("utf-8-sig")  # some senders and proxies add a byte order mark
        payload = json.loads(text)
    except (ValueError, RecursionError):
        raise PayloadUnreadable("the body is not JSON") from None
    if not isinstance(payload, dict):
        raise PayloadUnreadable("the body is not a JSON object")
    kinds = (read_text(payload.get(name)) for name in ("event_type", "event", "type"))
    kind = next((kind for kind in kinds if kind), None)
    if kind is None:
        raise PayloadUnreadable("the body names no event_type")
    # In a flat body, the ID is the event's; only inside `data` could it be the call's.
    flat = {name: value for name, value in payload.items() if name != "id"}
    data = payload.get("data", flat)
    if not isinstance(data, dict):
        raise PayloadUnreadable("data is not a JSON object")
    event_id = f"{kind} {read_text(payload.get('id')) or _hashed(body)}"[:255]
    return Event(event_id=event_id, kind=kind[:100], body=text), data


def read_listed_call(row: Mapping[str, Any], *, region: str) -> Event:
    """Parse one row of `GET /calls`; a row with the same facts is the same event."""
    report = parse_listed_call(row, region=region)
    # Hash the facts, not the row: a freshly signed URL in it is not news.
    said = json.dumps(report and [report.call_id, report.facts], sort_keys=True)
    body = json.dumps(row)
    return Event(
        event_id=_hashed(said.encode()),
        kind="call.listed",
        body=body,
        report=report,
        kept=_without_spoken(body) if report else None,
    )


def read_listed_text(text: TextReport, *, opt_out_words: Collection[str] = ()) -> Event:
    """Return one row of `GET /messages` as an event; a row with the same facts is the same."""
    said = json.dumps([text.message_id, text.facts(TextSource.LISTED)], sort_keys=True)
    return Event(
        event_id=_hashed(said.encode()),
        kind="message.listed",
        body=said,
        text=_with_wish(text, opt_out_words),
        authority=TextSource.LISTED,
    )


def _call_of_event(kind: str, data: Mapping[str, Any], region: str) -> Report | None:
    if kind not in _CALLS:
        return None
    authority, known = _CALLS[kind]
    return parse_event_call(data, authority=authority, known=known, region=region)


def _text_of_event(
    kind: str, data: Mapping[str, Any], region: str, words: Collection[str]
) -> TextReport | None:
    if kind not in _TEXTS:
        return None
    is_incoming, status = _TEXTS[kind]
    text = read_text_row(data, region=region, is_incoming=is_incoming)
    if text is None:
        return None
    return _with_wish(replace(text, status=text.status or status), words)


def _with_wish(text: TextReport, words: Collection[str]) -> TextReport:
    return (
        replace(text, opt_out=parse_opt_out(text.body, own_words=words))
        if text.is_incoming
        else text
    )


def _without_spoken(body: str) -> str | None:
    """Return a body without summaries and transcripts, which its call has; None if it has none."""
    if not any(f'"{name}"' in body for name in SPOKEN_FIELDS):
        return None
    return json.dumps(json.loads(body.removeprefix("\ufeff"), object_hook=_drop_spoken))


def _drop_spoken(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in fields.items()
        if not (name in SPOKEN_FIELDS and isinstance(value, str))
    }


def _hashed(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()
