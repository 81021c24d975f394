"""The fields of a Vocatech call."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

RINGING: Final = "group"
TALK: Final = "extension"
VOICEMAIL: Final = "voicemail"
SPOKEN: Final = (TALK, VOICEMAIL)

CallRecord = dict[str, Any]


@dataclass(frozen=True)
class Employee:
    """An employee of the company; `email` may be empty."""

    name: str
    extension: str
    email: str

    @property
    def first_name(self) -> str:
        """The first name."""
        return self.name.split()[0]


def stamp(moment: datetime) -> str:
    """Format a time as the API does: ISO 8601, UTC, seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_between(start: str, end: str) -> int:
    """Return the whole seconds between two formatted times."""
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())


def open_segment(call: CallRecord, kind: str, at: datetime, person: Employee | None = None) -> None:
    """Start the next segment of a call, at a person's extension if given."""
    segment: CallRecord = {"order": len(call["journey"]) + 1, "type": kind, "start_time": stamp(at)}
    if person is not None:
        who = {"extension": person.extension, "extension_name": person.name}
        segment |= who
        call |= who
    call["journey"].append(segment)


def close_segment(call: CallRecord, at: datetime) -> None:
    """End the current segment."""
    segment = call["journey"][-1]
    segment["end_time"] = stamp(at)
    segment["duration"] = seconds_between(segment["start_time"], segment["end_time"])


def close_call(call: CallRecord, at: datetime) -> None:
    """End a call: set the end, duration, and status."""
    close_segment(call, at)
    call["end_time"] = stamp(at)
    call["duration"] = seconds_between(call["start_time"], call["end_time"])
    call["status"] = "answered" if was_answered(call) else "missed"


def was_answered(call: CallRecord) -> bool:
    """Return whether someone answered the call, by its status or else its journey."""
    if "status" in call:
        return bool(call["status"] == "answered")
    return any(segment.get("type") == TALK for segment in call.get("journey", ()))


def has_ended(call: CallRecord) -> bool:
    """Return whether a call is over."""
    return "end_time" in call
