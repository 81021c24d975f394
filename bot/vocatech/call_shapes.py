"""Parsing of calls in lists and webhook payloads."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from bot.models.calls import Direction, Report, Source, Stage
from bot.phone_numbers import normalise
from bot.vocatech.fields import Moment, Objects, Seconds, Shape, Text, named

STATUSES = {"answered", "missed"}


class _Segment(Shape):
    unread: ClassVar = ("end_time",)

    order: Seconds = None
    type: Text = None
    extension: Text = None
    extension_name: Text = None
    start_time: Moment = None
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
# Of a call and of its segments: what was said, as text.
SPOKEN_FIELDS = ("summary", "transcription", "transcript")


def parse_event_call(
    data: Mapping[str, Any], *, authority: Source, known: Mapping[str, Any], region: str
) -> Report | None:
    """Parse the call in a webhook event.

    `known` holds the facts that follow from the event type alone.
    """
    return _report(_Call.model_validate(data), authority, known, region)


def parse_listed_call(row: Mapping[str, Any], *, region: str) -> Report | None:
    """Parse one row of `GET /calls`."""
    call = _Call.model_validate(row)
    # An end time that can't be parsed still means that the call is over.
    is_over = bool(row.get("end_time")) or (call.status or "").lower() == "missed"
    # A list row of an active call is no better than a ringing event; a finished one is the best.
    authority = Source.LISTED if is_over else Source.RINGING
    stage = Stage.ENDED if is_over else Stage.RINGING
    return _report(call, authority, {"listed": is_over or None, "stage": stage}, region)


def _report(call: _Call, authority: Source, known: Mapping[str, Any], region: str) -> Report | None:
    if call.call_id is None:
        return None
    side = [call.extension, call.extension_name]
    return Report(
        call_id=call.call_id[:255],
        authority=authority,
        facts={
            **known,
            "direction": _direction(call.direction),
            "status": status if (status := (call.status or "").lower()) in STATUSES else None,
            "our_side": side if any(side) else None,
            "remote_name": call.remote_name,
            "remote_number": normalise(call.remote_number, region),
            "company_number": normalise(call.group_number, region),
            "started_at": call.start_time,
            "ended_at": call.end_time if known.get("stage") == Stage.ENDED else None,
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
        "started_at": segment.start_time,
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
    """Return the sentiment label; a bare number has no known scale and is not shown (assumed)."""
    for found in [call.sentiment, *(segment.sentiment for segment in reversed(call.journey))]:
        word = found.get("label") if isinstance(found, dict) else found
        if isinstance(word, str) and word.lower() in {"positive", "neutral", "negative", "mixed"}:
            return word.lower()
    return None
