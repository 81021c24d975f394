"""Payloads of outgoing webhooks. Fields are only ever added: receivers depend on them."""

import json
from datetime import UTC, datetime
from typing import Any

from bot.follow_ups.presenter import current_topic
from bot.models.calls import Call
from bot.models.customers.follow_ups import FollowUp
from bot.models.integrations.outgoing_webhooks import Delivery, Endpoint, EventType
from bot.models.texts import Text
from bot.people.names import contact_name, slack_name, with_contact_name
from bot.store import Store

Json = dict[str, Any]
VERSION = 1


def make_payload(delivery: Delivery, endpoint: Endpoint, store: Store) -> str | None:
    """Return the body of a delivery as JSON; None if what it reports is gone, or isn't so."""
    data = _data(delivery, endpoint, store)
    if data is None:
        return None
    body = {
        "type": delivery.kind,
        "timestamp": moment(delivery.occurred_at),
        "version": VERSION,
        "data": data,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _data(delivery: Delivery, endpoint: Endpoint, store: Store) -> Json | None:
    match delivery.kind:
        case EventType.TEST:
            return {"test": {"message": f"Hello from Vocatech to {endpoint.name}."}}
        case EventType.OPT_OUT_CHANGED:
            return {"opt_out": {**delivery.detail}}
        case EventType.SMS_RECEIVED:
            return _sms(delivery, endpoint, store)
        case EventType.FOLLOW_UP_DUE:
            return _follow_up(delivery, endpoint, store)
    return _call(delivery, endpoint, store)


def _sms(delivery: Delivery, endpoint: Endpoint, store: Store) -> Json | None:
    text = store.texts.find(delivery.subject)
    if text is None or text.is_erased or text.number is None:
        return None
    if store.screening.is_spam(text.number):
        return None
    return {"sms": sms_data(text, store, is_shown=endpoint.has_content)}


def _follow_up(delivery: Delivery, endpoint: Endpoint, store: Store) -> Json | None:
    found = store.follow_ups.find(delivery.detail["follow_up_id"])
    if found is None or not found.is_open or found.version != delivery.detail["version"]:
        return None
    return {"follow_up": follow_up_data(found, store, is_shown=endpoint.has_content)}


def _call(delivery: Delivery, endpoint: Endpoint, store: Store) -> Json | None:
    call, detail = store.calls.find(delivery.call_id or ""), delivery.detail
    if call is None or call.is_erased or not _is_still_so(delivery.kind, call):
        return None
    # Someone may have marked the caller since.
    if store.screening.is_spam(call.remote_number):
        return None
    data: Json = {"call": call_data(call, store, is_shown=endpoint.has_content)}
    if delivery.kind is EventType.RULE_MATCHED:
        data["rule"] = {"name": detail["rule"]}
    if delivery.kind is EventType.OUTCOME_SET:
        data["outcome"] = {"name": detail["outcome"], "set_by": slack_name(detail["by"], store)}
    return data


def _is_still_so(kind: EventType, call: Call) -> bool:
    """Return whether a call is what the event says: reports may arrive in any order."""
    return call.is_to_be_called_back if kind is EventType.CALL_MISSED else True


def call_data(call: Call, store: Store, *, is_shown: bool) -> Json:
    """Return a call; what was said is `null` unless the endpoint is to get it."""
    known = with_contact_name(call, store)
    outcome = store.outcomes.of(call.call_id)
    return {
        "id": call.call_id,
        "direction": call.direction,
        "status": call.outcome.replace(" ", "_"),
        "started_at": moment(call.started_at),
        "ended_at": moment(call.ended_at),
        "duration_seconds": call.seconds,
        "caller_number": call.remote_number,
        "caller_name": known.remote_name,
        "company_number": call.company_number,
        "extension": call.extension,
        "colleague_name": call.our_name,
        "outcome": outcome.outcome.name if outcome else None,
        "has_summary": bool(call.summary),
        "has_transcript": bool(call.transcript),
        "summary": call.summary if is_shown else None,
        "sentiment": call.sentiment if is_shown else None,
    }


def sms_data(text: Text, store: Store, *, is_shown: bool) -> Json:
    """Return a text; a contact who withholds the number has none."""
    return {
        "id": text.text_id,
        "platform": "sms" if text.platform == "text" else text.platform,
        "received_at": moment(text.at),
        "number": text.number or None,
        "name": contact_name(text.number, store) or text.remote_name,
        "company_number": text.company_number,
        "attachments": len(text.attachments),
        "body": text.body if is_shown else None,
    }


def follow_up_data(found: FollowUp, store: Store, *, is_shown: bool) -> Json:
    """Return a follow-up."""
    owner, topic = store.slack_people.find(found.owner), current_topic(found.topic, store)
    return {
        "id": found.follow_up_id,
        "due_at": moment(found.due_at),
        "owner_name": slack_name(found.owner, store),
        "owner_email": owner.email if owner else None,
        "number": topic.number,
        "name": contact_name(topic.number, store, meant=topic.contact_id),
        "call_id": found.topic.call_id,
        "note": found.note if is_shown else None,
    }


def moment(at: float | None) -> str | None:
    """Return a time (unix seconds) in ISO 8601, in UTC."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
