"""The tools that AI clients can call. All of them only read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.calls.service import CallSearchService
from bot.clock import Clock
from bot.contacts.presenter import read_number, search_contacts
from bot.digests.service import DigestService
from bot.errors import NotUnderstood
from bot.mcp.content import (
    Json,
    call_content,
    contact_content,
    digest_content,
    gap_content,
    moment,
    note_content,
    text_content,
)
from bot.models.missed_calls import MissedCall
from bot.people.lookup import locale_for_user
from bot.people.names import slack_name, with_contact_name
from bot.store import Store
from bot.ui.formatting import Locale

DAY = 86_400.0
MOST_LISTED = 50
LONGEST_TYPED = 300
CALLS_OF_CONTACT = TEXTS_OF_CONTACT = NOTES_OF_CONTACT = 20
MOST_CONTACTS = 5


class Arguments(BaseModel):
    """Arguments of a tool; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SearchCalls(Arguments):
    """Arguments of `search_calls`."""

    query: str = Field(
        "",
        max_length=LONGEST_TYPED,
        description='What to find, as after /calls in Slack: "missed last week", "Jordan Rivera",'
        ' "+1 212 555 0123 since monday", or words that were said in quotation marks. Empty for'
        " the latest calls.",
    )
    limit: int = Field(20, ge=1, le=MOST_LISTED, description="The maximum number of calls.")


class GetCall(Arguments):
    """Arguments of `get_call`."""

    call_id: str = Field(max_length=LONGEST_TYPED, description="The ID of a call from a list.")


class ListCallbacks(Arguments):
    """Arguments of `list_callbacks`."""

    days: int = Field(7, ge=1, le=31, description="How many days to look back.")
    limit: int = Field(20, ge=1, le=MOST_LISTED, description="The maximum number of callers.")


class GetContact(Arguments):
    """Arguments of `get_contact`."""

    who: str = Field(
        min_length=1, max_length=LONGEST_TYPED, description="A phone number, or words of a name."
    )


class GetDigest(Arguments):
    """Arguments of `get_digest`."""

    period: str = Field(
        "yesterday",
        max_length=LONGEST_TYPED,
        description='The days to count, such as "yesterday", "last week", or "november".',
    )


@dataclass(frozen=True)
class Tool:
    """A tool: what clients are told about it, and the function that runs it for a person."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    run: Callable[[str, Any], Json]

    def describe(self) -> Json:
        """Return the entry in the list of tools."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.arguments.model_json_schema(),
            "annotations": {"readOnlyHint": True, "openWorldHint": False},
        }


@dataclass(frozen=True)
class McpTools:
    """The functions behind the tools; each gets the Slack user who reads."""

    store: Store
    calls: CallSearchService
    digests: DigestService
    clock: Clock
    locale: Locale

    def all(self) -> tuple[Tool, ...]:
        """Return the tools, in the order in which clients see them."""
        return (
            Tool(
                "search_calls",
                "Search calls",
                "Find the company's phone calls by person, number, day, result, or words that were"
                " said. Returns the newest first, with summaries.",
                SearchCalls,
                self._search_calls,
            ),
            Tool(
                "get_call",
                "Get a call",
                "Get one call with its transcript, notes, outcome, and who handles the callback.",
                GetCall,
                self._get_call,
            ),
            Tool(
                "list_callbacks",
                "Who is waiting for a callback",
                "List the callers who were missed and not called back yet, with the owner of each.",
                ListCallbacks,
                self._list_callbacks,
            ),
            Tool(
                "get_contact",
                "Get a contact",
                "Get a contact with the latest calls, texts, and notes, by phone number or name.",
                GetContact,
                self._get_contact,
            ),
            Tool(
                "get_digest",
                "Get a digest",
                "Count the company's calls in a period: answered, missed, per person, outcomes.",
                GetDigest,
                self._get_digest,
            ),
        )

    def _zone(self, user: str) -> ZoneInfo:
        return locale_for_user(user, store=self.store, locale=self.locale).zone

    def _search_calls(self, user: str, asked: SearchCalls) -> Json:
        heading, calls, has_gaps = self.calls.find(user, asked.query, limit=asked.limit)
        zone = self._zone(user)
        return {
            "understood_as": heading,
            "calls": [call_content(call, zone) for call in calls],
            **gap_content(has_gaps=has_gaps),
        }

    def _get_call(self, user: str, asked: GetCall) -> Json:
        call = self.store.calls.find(asked.call_id)
        if call is None or call.is_erased:
            raise NotUnderstood("There is no call with this ID.", "search_calls")
        zone, standing = self._zone(user), self.store.missed_calls.standing(call)
        claim, ending = standing.claim, standing.ending
        outcome = self.store.outcomes.of(call.call_id)
        notes = self.store.notes.of_call(call.call_id, limit=NOTES_OF_CONTACT)
        found = call_content(with_contact_name(call, self.store), zone, is_whole=True)
        if call.is_to_be_called_back:
            found["callback"] = {
                "is_open": ending is None,
                "owner": slack_name(claim.slack_user, self.store) if claim else None,
            }
        return found | {
            "outcome_set_by_a_colleague": outcome.outcome.name if outcome else None,
            "notes": [note_content(note, zone) for note in notes],
        }

    def _list_callbacks(self, user: str, asked: ListCallbacks) -> Json:
        callers = self.store.missed_calls.open_since(self.clock.now() - asked.days * DAY)
        shown = self.store.missed_calls.read(callers[: asked.limit])
        zone = self._zone(user)
        return {
            "callers": [self._caller(one, zone) for one in shown],
            "has_more": len(callers) > asked.limit,
        }

    def _caller(self, missed: MissedCall, zone: ZoneInfo) -> Json:
        latest = with_contact_name(missed.calls[0], self.store)
        return {
            "caller_name": latest.remote_name,
            "caller_number": latest.remote_number,
            "missed_calls": len(missed.calls),
            "waiting_since": moment(missed.since, zone),
            "owner": slack_name(missed.claim.slack_user, self.store) if missed.claim else None,
            "latest_call_id": latest.call_id,
        }

    def _get_contact(self, user: str, asked: GetContact) -> Json:
        zone, region = self._zone(user), self.locale.region
        contacts = search_contacts(asked.who, self.store, region)
        number = read_number(asked.who, region)
        if not contacts and not number:
            raise NotUnderstood("No contact matches.", "get_contact with a phone number")
        found = [contact_content(one) for one in contacts[:MOST_CONTACTS]]
        if len(contacts) > 1:
            return {"contacts": found, "has_more": len(contacts) > MOST_CONTACTS}
        numbers = contacts[0].numbers if contacts else [number or ""]
        contact_id = contacts[0].contact_id if contacts else None
        calls = self.store.calls.latest_with(numbers, limit=CALLS_OF_CONTACT)
        texts = self.store.texts.latest_with(numbers, limit=TEXTS_OF_CONTACT)
        notes = self.store.notes.about(numbers, contact_id, limit=NOTES_OF_CONTACT)
        return {
            "contacts": found,
            "latest_calls": [call_content(call, zone) for call in calls],
            "latest_texts": [text_content(text, zone) for text in texts],
            "notes": [note_content(note, zone) for note in notes],
        }

    def _get_digest(self, user: str, asked: GetDigest) -> Json:
        command, plan = self.digests.read(user, "", ["preview", *asked.period.split()])
        return digest_content(self.digests.preview(plan, command.period), ZoneInfo(plan.zone))
