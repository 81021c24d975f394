"""Calls, contacts, and digests as plain JSON values for AI clients."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.models.calls import Call
from bot.models.contacts import Contact
from bot.models.customers.notes import Note
from bot.models.digests import Digest, Totals
from bot.models.texts import Text

Json = dict[str, Any]
# A transcript of three hours is about 200,000 characters.
MOST_TRANSCRIPT = 100_000
GAPS = (
    "Some calls of these days may not be stored, so there may be more than these. To fetch them,"
    " search for these days with /calls in Slack."
)


def moment(at: float | None, zone: ZoneInfo) -> str | None:
    """Return a time (unix seconds) in ISO 8601, in a time zone."""
    return datetime.fromtimestamp(at, UTC).astimezone(zone).isoformat() if at is not None else None


def call_content(call: Call, zone: ZoneInfo, *, is_whole: bool = False) -> Json:
    """Return a call; the whole of it includes the transcript."""
    found: Json = {
        "call_id": call.call_id,
        "direction": call.direction,
        "outcome": call.outcome,
        "started_at": moment(call.started_at, zone),
        "duration_seconds": call.seconds,
        "caller_name": call.remote_name,
        "caller_number": call.remote_number,
        "colleague": call.our_name,
        "extension": call.extension,
        "company_number": call.company_number,
        "sentiment": call.sentiment,
        "summary": call.summary,
        "has_transcript": bool(call.transcript),
    }
    if is_whole:
        transcript = call.transcript or ""
        found["transcript"] = transcript[:MOST_TRANSCRIPT]
        found["transcript_is_cut"] = len(transcript) > MOST_TRANSCRIPT
    return found


def text_content(text: Text, zone: ZoneInfo) -> Json:
    """Return a text of a conversation."""
    return {
        "direction": "incoming" if text.is_incoming else "outgoing",
        "at": moment(text.at, zone),
        "number": text.number,
        "body": text.body,
        "status": text.status,
    }


def note_content(note: Note, zone: ZoneInfo) -> Json:
    """Return a note that a colleague wrote."""
    return {"at": moment(note.at, zone), "written_by": note.writer_name, "body": note.body}


def contact_content(contact: Contact) -> Json:
    """Return a contact of the address book."""
    return {
        "contact_id": contact.contact_id,
        "name": contact.name,
        "company": contact.company,
        "numbers": [*contact.numbers],
        "fields": dict(contact.fields),
    }


def gap_content(*, has_gaps: bool) -> Json:
    """Return a warning if calls of the days may not be stored."""
    return {"warning": GAPS} if has_gaps else {}


def digest_content(digest: Digest, zone: ZoneInfo) -> Json:
    """Return the totals of a period."""
    return {
        "first_day": digest.period.first.isoformat(),
        "last_day": digest.period.last.isoformat(),
        "time_zone": digest.zone,
        "totals": _totals(digest.totals),
        "totals_of_the_period_before": _totals(digest.before) if digest.before else None,
        "callers_not_called_back": digest.callers,
        "latest_of_them": [
            {"call_id": one.call_id, "who": one.who, "at": moment(one.at, zone), "calls": one.tries}
            for one in digest.missed
        ],
        "people": [
            {
                "name": one.name,
                "answered": one.answered,
                "missed": one.missed,
                "outgoing": one.outgoing,
                "talk_seconds": one.talk_seconds,
            }
            for one in digest.people
        ],
        "most_frequent_contacts": [
            {"name": one.name, "calls": one.calls} for one in digest.contacts
        ],
        "outcomes": [{"name": one.name, "calls": one.calls} for one in digest.outcomes],
        **gap_content(has_gaps=digest.has_gaps),
    }


def _totals(totals: Totals) -> Json:
    return {
        "calls": totals.calls,
        "incoming": totals.incoming,
        "outgoing": totals.outgoing,
        "internal": totals.internal,
        "answered": totals.answered,
        "missed": totals.missed,
        "answer_rate_percent": totals.answer_rate,
        "talk_seconds": totals.talk_seconds,
        "sentiments": dict(totals.sentiments),
    }
