"""The steps for Slack's Workflow Builder, as builders of workflows see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SEND_SMS, LOOK_UP_CONTACT = "send_sms", "look_up_contact"
CREATE_FOLLOW_UP, SEARCH_CALLS = "create_follow_up", "search_calls"

STRING, INTEGER, BOOLEAN = "string", "integer", "boolean"
USER, TIMESTAMP = "slack#/types/user_id", "slack#/types/timestamp"
# Builders can't set a value of this type. Slack fills in the person who started the workflow, or
# who clicked a button in it, so no one can run a step as someone else.
USER_CONTEXT = "slack#/types/user_context"
PERSON = "person"


@dataclass(frozen=True)
class Parameter:
    """An input or an output of a step; `name` never changes, because workflows refer to it."""

    name: str
    type: str
    title: str
    description: str
    is_required: bool = True


@dataclass(frozen=True)
class WorkflowStep:
    """A step; `callback_id` never changes."""

    callback_id: str
    title: str
    description: str
    inputs: Sequence[Parameter]
    outputs: Sequence[Parameter]


_PERSON = Parameter(
    PERSON, USER_CONTEXT, "Person", "Slack fills in the person who started the workflow"
)
_DETAILS = "The result in one sentence"

WORKFLOW_STEPS = (
    WorkflowStep(
        SEND_SMS,
        "Send an SMS",
        "Send an SMS to a customer, as the person who started the workflow",
        (
            _PERSON,
            Parameter("to", STRING, "To", "A phone number, or the name of a contact"),
            Parameter("message", STRING, "Message", "What the SMS says"),
            Parameter(
                "send_at",
                TIMESTAMP,
                "Send at",
                "When to send it; leave this empty to send it now",
                is_required=False,
            ),
        ),
        (
            Parameter("status", STRING, "Status", "queued or scheduled"),
            Parameter("leaves_at", TIMESTAMP, "Leaves at", "When the SMS is sent"),
            Parameter("details", STRING, "Details", _DETAILS),
        ),
    ),
    WorkflowStep(
        LOOK_UP_CONTACT,
        "Look up a contact",
        "Find a contact in Vocatech by name, number, or email address",
        (
            _PERSON,
            Parameter("who", STRING, "Who", "A name, a phone number, or an email address"),
        ),
        (
            Parameter("found", BOOLEAN, "Found", "Whether there is such a contact"),
            Parameter("matches", INTEGER, "Matches", "How many contacts match"),
            Parameter("name", STRING, "Name", "The contact's name; empty unless one matches"),
            Parameter("company", STRING, "Company", "The contact's company, if it has one"),
            Parameter(
                "number", STRING, "Phone number", "The one looked up, or the contact's first"
            ),
            Parameter("details", STRING, "Details", _DETAILS),
        ),
    ),
    WorkflowStep(
        CREATE_FOLLOW_UP,
        "Create a follow-up",
        "Remind someone of a caller at a time",
        (
            _PERSON,
            Parameter("about", STRING, "About", "A phone number, or the name of a contact"),
            Parameter("when", STRING, "When", "Such as tomorrow 9:00, fri 3pm, or in 2 hours"),
            Parameter("note", STRING, "Note", "What to do", is_required=False),
            Parameter(
                "owner",
                USER,
                "Owner",
                "The person to remind; leave this empty for the person who started the workflow",
                is_required=False,
            ),
        ),
        (
            Parameter("due_at", TIMESTAMP, "Due", "When the reminder comes"),
            Parameter("details", STRING, "Details", _DETAILS),
        ),
    ),
    WorkflowStep(
        SEARCH_CALLS,
        "Search calls",
        "Find calls by person, number, day, or words, as /calls does",
        (
            _PERSON,
            Parameter(
                "query",
                STRING,
                "Search",
                "Such as missed today, or Jordan Rivera last week; empty for the latest calls",
                is_required=False,
            ),
            Parameter(
                "limit",
                INTEGER,
                "Most calls",
                "From 1 to 20; 10 if this is empty",
                is_required=False,
            ),
        ),
        (
            Parameter("count", INTEGER, "Count", "How many calls the list has"),
            Parameter("has_more", BOOLEAN, "Has more", "Whether more calls match"),
            Parameter("heading", STRING, "Heading", "What the search was understood as"),
            Parameter("calls", STRING, "Calls", "One line for each call, the newest first"),
        ),
    ),
)
STEPS_BY_ID = {step.callback_id: step for step in WORKFLOW_STEPS}


def manifest_functions() -> dict[str, Any]:
    """Return the steps in the form of the app manifest, version 2."""
    return {
        step.callback_id: {
            "title": step.title,
            "description": step.description,
            "input_parameters": _parameters(step.inputs),
            "output_parameters": _parameters(step.outputs),
        }
        for step in WORKFLOW_STEPS
    }


def _parameters(all_of_them: Sequence[Parameter]) -> dict[str, Any]:
    return {
        "properties": {
            one.name: {"type": one.type, "title": one.title, "description": one.description}
            for one in all_of_them
        },
        "required": [one.name for one in all_of_them if one.is_required],
    }
