"""The fields of payloads, as the reference lists them: a test compares them with what is sent."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PayloadField:
    """One field: its name, JSON type, and meaning. `is_content` ones are `null` by default."""

    name: str
    kind: str
    meaning: str
    is_content: bool = False


ENVELOPE = (
    PayloadField("type", "string", "The event, such as `call.missed`"),
    PayloadField("timestamp", "string", "When it happened, in ISO 8601 and UTC"),
    PayloadField("version", "number", "The version of this format: 1"),
    PayloadField("data", "object", "The objects of the event"),
)

OBJECTS = {
    "call": (
        PayloadField("id", "string", "Vocatech's ID of the call"),
        PayloadField("direction", "string", "`incoming`, `outgoing`, or `internal`"),
        PayloadField(
            "status",
            "string",
            "`answered`, `missed`, `voicemail`, `unanswered` (outgoing), or `over` (unknown)",
        ),
        PayloadField("started_at", "string", "When it began"),
        PayloadField("ended_at", "string", "When it ended"),
        PayloadField("duration_seconds", "number", "Its length"),
        PayloadField("caller_number", "string", "The other party's number, in E.164"),
        PayloadField("caller_name", "string", "The contact's name, or the one of the caller ID"),
        PayloadField("company_number", "string", "Your number, in E.164"),
        PayloadField("extension", "string", "The extension that answered or missed it"),
        PayloadField("colleague_name", "string", "The colleague at that extension"),
        PayloadField("outcome", "string", "The outcome that someone set on the card"),
        PayloadField("has_summary", "boolean", "Whether there is a summary"),
        PayloadField("has_transcript", "boolean", "Whether there is a transcript"),
        PayloadField("summary", "string", "The summary, which an AI wrote", is_content=True),
        PayloadField("sentiment", "string", "The sentiment, which an AI judged", is_content=True),
    ),
    "outcome": (
        PayloadField("name", "string", "The outcome; `null` if it was removed"),
        PayloadField("set_by", "string", "The person in Slack"),
    ),
    "sms": (
        PayloadField("id", "string", "The ID of the text"),
        PayloadField("platform", "string", "`sms` or `whatsapp`"),
        PayloadField("received_at", "string", "When it arrived"),
        PayloadField("number", "string", "The sender's number, in E.164; `null` if withheld"),
        PayloadField("name", "string", "The contact's name"),
        PayloadField("company_number", "string", "Your number, in E.164"),
        PayloadField("attachments", "number", "How many files it has"),
        PayloadField("body", "string", "What it says", is_content=True),
    ),
    "opt_out": (
        PayloadField("number", "string", "The number, in E.164"),
        PayloadField("opted_out", "boolean", "`false` if it opted back in"),
        PayloadField("recorded_by", "string", "`keyword` (the contact) or `colleague`"),
    ),
    "follow_up": (
        PayloadField("id", "number", "The app's ID of the follow-up"),
        PayloadField("due_at", "string", "When it is due"),
        PayloadField("owner_name", "string", "The person who is reminded"),
        PayloadField("owner_email", "string", "Their email address in Slack"),
        PayloadField("number", "string", "The number that it is about, in E.164"),
        PayloadField("name", "string", "The contact's name"),
        PayloadField("call_id", "string", "The call that it is about"),
        PayloadField("note", "string", "The note", is_content=True),
    ),
    "rule": (PayloadField("name", "string", "The routing rule"),),
    "test": (PayloadField("message", "string", "A greeting"),),
}
