"""Owns the shapes in which Vocatech tells of calls and texts, and turns them into our nouns.

Every spelling that is documented, observed or assumed is accepted, unknown fields stay in the
event's body, and a value that makes no sense is read as unknown: nothing here can fail on a
single field.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import Field

from bot.calls import Authority, Direction, Report, Stage
from bot.errors import PayloadUnreadable
from bot.events import Event
from bot.opt_out import read_wish
from bot.phones import normalise
from bot.texts import Authority as TextAuthority
from bot.texts import TextReport
from bot.vocatech.fields import Moment, Objects, Seconds, Shape, Text, named, read_text
from bot.vocatech.rows import read_text_row

EVENT_KINDS = (
    "call.started",
    "call.answered",
    "call.ended",
    "call.transcription",
    "message.sent",
    "message.received",
    "message.status_updated",
)
STATUSES = {"answered", "missed"}


class _Segment(Shape):
    unread: ClassVar = ("start_time", "end_time")

    order: Seconds = None
    type: Text = None
    extension: Text = None
    extension_name: Text = None
    duration: Seconds = None
    summary: Text = None
    transcription: Text = named("transcription", "transcript")
    recording_url: Text = None
    sentiment: Any = named("sentiment", "sentiment_score")


class _Call(Shape):
    call_id: Text = named("call_id", "id")
    direction: Text = None
    status: Text = None
    extension: Text = None
    extension_name: Text = None
    remote_name: Text = None
    remote_number: Text = None
    group_number: Text = None
    start_time: Moment = None
    end_time: Moment = None
    duration: Seconds = None
    journey: Annotated[list[_Segment], Objects] = Field([])
    summary: Text = None
    transcription: Text = named("transcription", "transcript")
    sentiment: Any = named("sentiment", "sentiment_score")


CALL_FIELDS = _Call.spellings()

_KNOWN_TO_THE_EVENT: dict[str, tuple[Authority, dict[str, Any]]] = {
    "call.started": (Authority.RINGING, {"stage": Stage.RINGING}),
    "call.answered": (Authority.ANSWERED, {"stage": Stage.ANSWERED, "answered": True}),
    "call.ended": (Authority.ENDED, {"stage": Stage.ENDED}),
    "call.transcription": (Authority.TRANSCRIBED, {"transcribed": True}),
}

# Which way a text went, and what became of it, as far as the kind of event alone tells.
_TEXTS: dict[str, tuple[bool | None, str | None]] = {
    "message.sent": (False, "sent"),
    "message.received": (True, None),
    "message.status_updated": (None, None),
}


def read_event(body: bytes, *, region: str, opt_out_words: Collection[str] = ()) -> Event:
    """Read a webhook's raw body; `opt_out_words` are the owner's own beside STOP and its kin.

    Shape (observed): `{"id", "event_type", "data": {…}}`; `event` or `type` for the kind and a
    flat body without `data` are assumed. An event without an id is known by its body's hash.
    Raises PayloadUnreadable where it is not a JSON object with a kind.
    """
    try:
        text = body.decode()
        payload = json.loads(text)
    except (ValueError, RecursionError):
        raise PayloadUnreadable("the body is not JSON") from None
    if not isinstance(payload, dict):
        raise PayloadUnreadable("the body is not a JSON object")
    kinds = (read_text(payload.get(name)) for name in ("event_type", "event", "type"))
    kind = next((kind for kind in kinds if kind), None)
    if kind is None:
        raise PayloadUnreadable("the body names no event_type")
    # In a flat body the id is the event's; only inside `data` could it be the call's.
    flat = {name: value for name, value in payload.items() if name != "id"}
    data = payload.get("data", flat)
    if not isinstance(data, dict):
        raise PayloadUnreadable("data is not a JSON object")
    return Event(
        event_id=f"{kind} {read_text(payload.get('id')) or _hashed(body)}"[:255],
        kind=kind[:100],
        body=text,
        report=_report_of_event(kind, data, region),
        text=_text_of_event(kind, data, region, opt_out_words),
    )


def read_listed_call(row: Mapping[str, Any], *, region: str) -> Event:
    """Read one row of `GET /calls`; a row that says the same again is the same event."""
    call = _Call.model_validate(row)
    status = (call.status or "").lower()
    # An end that cannot be read is an end all the same.
    is_over = bool(row.get("end_time")) or status == "missed"
    # A call listed while it lives knows no more than its ringing; a finished one knows best.
    authority = Authority.LISTED if is_over else Authority.RINGING
    facts = {
        "listed": is_over or None,
        "stage": Stage.ENDED if is_over else Stage.RINGING,
    }
    report = _report(call, authority, facts, region)
    # Not the row as it came: an address in it that is signed anew each time is no news.
    said = json.dumps(report and [report.call_id, report.facts], sort_keys=True)
    return Event(
        event_id=_hashed(said.encode()), kind="call.listed", body=json.dumps(row), report=report
    )


def read_listed_text(text: TextReport, *, opt_out_words: Collection[str] = ()) -> Event:
    """Give one row of `GET /messages` as an event; a row that says the same again is the same."""
    said = json.dumps([text.message_id, text.facts(TextAuthority.LISTED)], sort_keys=True)
    return Event(
        event_id=_hashed(said.encode()),
        kind="message.listed",
        body=said,
        text=_with_wish(text, opt_out_words),
        authority=TextAuthority.LISTED,
    )


def _with_wish(text: TextReport, words: Collection[str]) -> TextReport:
    return replace(text, wish=read_wish(text.body, own_words=words)) if text.is_incoming else text


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


def _hashed(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()


def _report_of_event(kind: str, data: Mapping[str, Any], region: str) -> Report | None:
    if kind not in _KNOWN_TO_THE_EVENT:
        return None
    call = _Call.model_validate(data)
    authority, facts = _KNOWN_TO_THE_EVENT[kind]
    return _report(call, authority, facts, region)


def _report(
    call: _Call, authority: Authority, facts: Mapping[str, Any], region: str
) -> Report | None:
    if call.call_id is None:
        return None
    side = [call.extension, call.extension_name]
    return Report(
        call_id=call.call_id[:255],
        authority=authority,
        facts={
            **facts,
            "direction": _direction(call.direction),
            "status": status if (status := (call.status or "").lower()) in STATUSES else None,
            "our_side": side if any(side) else None,
            "remote_name": call.remote_name,
            "remote_number": normalise(call.remote_number, region),
            "company_number": normalise(call.group_number, region),
            "started_at": call.start_time,
            "ended_at": call.end_time if facts.get("stage") == Stage.ENDED else None,
            "seconds": call.duration,
            "summary": call.summary,
            "transcript": call.transcription,
            "sentiment": _sentiment(call),
            "legs": [_leg(segment) for segment in _in_order(call.journey)] or None,
        },
    )


def _in_order(journey: list[_Segment]) -> list[_Segment]:
    return sorted(journey, key=lambda segment: (segment.order is None, segment.order or 0))


def _leg(segment: _Segment) -> dict[str, Any]:
    return {
        "kind": segment.type,
        "extension": segment.extension,
        "name": segment.extension_name,
        "seconds": segment.duration,
        "summary": segment.summary,
        "transcript": segment.transcription,
        "recorded": segment.recording_url is not None,
    }


def _direction(word: str | None) -> str | None:
    try:
        return Direction(word.lower()) if word else None
    except ValueError:
        return None


def _sentiment(call: _Call) -> str | None:
    """Read the sentiment's word; a bare number has no known scale and is not shown (assumed)."""
    for found in [call.sentiment, *(segment.sentiment for segment in reversed(call.journey))]:
        word = found.get("label") if isinstance(found, dict) else found
        if isinstance(word, str) and word.lower() in {"positive", "neutral", "negative", "mixed"}:
            return word.lower()
    return None
