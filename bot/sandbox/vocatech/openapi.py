"""The OpenAPI 3.1 description of the fake API."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.sandbox.company.model import DemoCompany
from bot.sandbox.vocatech import schemas as shapes
from bot.sandbox.vocatech.calls import MOST_A_PAGE as MOST_CALLS
from bot.sandbox.vocatech.contacts import MOST_A_PAGE as MOST_CONTACTS
from bot.sandbox.vocatech.request_validation import DIRECTIONS
from bot.sandbox.vocatech.schemas import DAY, PAGE, TEXT, Schema, paged, rows, thing, words

PATH: Final = "openapi.json"

Fields = Sequence[Mapping[str, Any]]

PERIOD: Final = {"start_date": DAY, "end_date": DAY}
DAYS: Final = PERIOD | {"direction": words(*DIRECTIONS)}
CALL_QUERY: Final = DAYS | {
    "status": words("answered", "missed", "any"),
    "search": TEXT,
    "page": PAGE,
    "limit": PAGE | {"maximum": MOST_CALLS},
}
CONTACT_QUERY: Final = {"page": PAGE, "limit": PAGE | {"maximum": MOST_CONTACTS}, "search": TEXT}


@dataclass(frozen=True)
class Operation:
    """One operation: its successful responses, query, and body."""

    method: str
    path: str
    summary: str
    answers: Mapping[int, Schema | None]
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: Schema | None = None
    conflicts: bool = False

    def describe(self) -> Schema:
        """Return it as OpenAPI."""
        refusals = [400, 401, 405, 415, 429]
        refusals += [404] * ("{id}" in self.path) + [409] * self.conflicts
        refusals += [422] * (self.body is not None)
        responses = {str(status): _answered(schema) for status, schema in self.answers.items()}
        responses |= {str(status): _answered(shapes.ERROR) for status in sorted(refusals)}
        described: Schema = {
            "operationId": f"{self.method} {self.path}",
            "summary": self.summary,
            "parameters": [
                {"name": name, "in": "query", "schema": schema}
                for name, schema in self.query.items()
            ],
            "responses": responses,
        }
        if self.body is not None:
            content = {"application/json": {"schema": self.body}}
            described["requestBody"] = {"required": True, "content": content}
        return described


def _answered(schema: Schema | None) -> Schema:
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return {"description": "See the schema." if content else "There is no body."} | content


def _operations(numbers: Sequence[str], fields: Fields) -> Iterator[Operation]:
    yield from _calls_and_messages(numbers)
    yield from _users(numbers)
    yield from _contacts(fields)
    yield from _webhooks()
    yield Operation("get", "/media/{id}", "Get an attachment", {200: shapes.ADDRESSED, 302: {}})
    yield Operation("get", "/settings", "Show the company", {200: shapes.SETTINGS})


def _calls_and_messages(numbers: Sequence[str]) -> Iterator[Operation]:
    listed = PERIOD | {"direction": TEXT, "page": PAGE}
    calls = paged("calls", shapes.CALL, listed | {"status": TEXT, "search": TEXT, "limit": PAGE})
    messages = paged("messages", shapes.MESSAGE, listed)
    text, sent = shapes.sending(numbers)
    yield Operation("get", "/calls", "List calls", {200: calls}, query=CALL_QUERY)
    yield Operation("get", "/messages", "List texts", {200: messages}, query=DAYS | {"page": PAGE})
    yield Operation("post", "/messages", "Send a text", {201: sent}, body=text)


def _users(numbers: Sequence[str]) -> Iterator[Operation]:
    query = {"page": PAGE}
    users, user = paged("users", shapes.USER, query), shapes.USER
    more = shapes.user_settings(words(*numbers))
    made, changed = (
        thing(shapes.LINE | shapes.NAMES, more),
        thing({}, shapes.LINE | shapes.NAMES | more | {"email": shapes.CLEARABLE_EMAIL}),
    )
    yield Operation("get", "/users", "List users", {200: users}, query=query)
    yield Operation("post", "/users", "Create a user", {201: user}, body=made, conflicts=True)
    yield Operation(
        "patch", "/users/{id}", "Change a user", {200: user}, body=changed, conflicts=True
    )


def _contacts(own: Fields) -> Iterator[Operation]:
    one, written = {200: shapes.CONTACT}, shapes.writing(own)
    fields = thing({"fields": rows(shapes.CONTACT_FIELD)})
    contacts = paged("contacts", shapes.CONTACT, CONTACT_QUERY)
    yield Operation("get", "/contacts/fields", "List the company's fields", {200: fields})
    yield Operation("get", "/contacts", "List contacts", {200: contacts}, query=CONTACT_QUERY)
    yield Operation(
        "post", "/contacts", "Import contacts", {200: shapes.IMPORTED}, body=shapes.IMPORT
    )
    yield Operation("get", "/contacts/{id}", "Show a contact", one)
    yield Operation("put", "/contacts/{id}", "Replace a contact", one, body=written)
    yield Operation("patch", "/contacts/{id}", "Change a contact", one, body=written)
    yield Operation("delete", "/contacts/{id}", "Delete a contact", {204: None})


def _webhooks() -> Iterator[Operation]:
    made, changed = thing(shapes.SUBSCRIPTION), thing({}, shapes.SUBSCRIPTION)
    one, path = shapes.SUBSCRIBED, "/webhooks/{id}"
    yield Operation("get", "/webhooks", "List webhooks", {200: rows(one)})
    yield Operation("post", "/webhooks", "Create a webhook", {201: shapes.TOLD}, body=made)
    yield Operation("patch", path, "Change a webhook", {200: one}, body=changed)
    yield Operation("delete", path, "Delete a webhook", {204: None})
    yield Operation("post", f"{path}/test", "Send a test event", {200: shapes.TESTED})


def describe(api_url: str, company: DemoCompany, fields: Fields) -> Schema:
    """Describe the API, with the company's numbers and contact fields."""
    paths: dict[str, Schema] = {}
    for operation in _operations(company.numbers, fields):
        paths.setdefault(operation.path, {})[operation.method] = operation.describe()
    for path, item in paths.items():
        if "{id}" in path:
            kind = {"type": "integer", "minimum": 1} if path.startswith("/contacts") else TEXT
            one = {"name": "id", "in": "path", "required": True, "schema": kind}
            item["parameters"] = [one]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fake Vocatech", "version": "1"},
        "servers": [{"url": api_url}],
        "security": [{"key": []}],
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    }
