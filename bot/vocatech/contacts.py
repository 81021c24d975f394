"""Contacts API: the company's contacts and their custom fields."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import AnswerLost, RequestRefused
from bot.models.contacts import Contact, ContactField
from bot.vocatech.http import HttpClient
from bot.vocatech.pages import Page, read_pages
from bot.vocatech.shapes import read_contact, read_contact_field, read_row_errors

ROWS_A_REQUEST = 500
Fields = Mapping[str, str]


@dataclass(frozen=True)
class SavedContacts:
    """The result of a batch; `errors` maps the index of a row to the reason it failed."""

    contacts: list[Contact]
    errors: dict[int, str]


@dataclass(frozen=True)
class ContactsApi:
    """`/contacts`; `region` is the country of phone numbers without a country code.

    Reading, and creating and updating in batches, are observed. Requests for one contact by ID are
    documented without their format (assumed).
    """

    http: HttpClient
    region: str

    def fields(self) -> list[ContactField]:
        """Return the company's contact fields, in order. Raises ApiError."""
        answer = self.http.get("/contacts/fields")
        rows = answer.get("fields") if isinstance(answer, dict) else answer
        if not isinstance(rows, list):
            raise AnswerLost("the response has no fields")
        found = (read_contact_field(row) for row in rows)
        return sorted((one for one in found if one is not None), key=lambda one: one.order)

    def all(
        self, fields: Sequence[ContactField], *, search: str | None = None
    ) -> Iterator[tuple[Page, list[Contact]]]:
        """Yield all contacts, or those that match `search`, page by page.

        The parameters are assumed. Rows without an ID are skipped. Raises ApiError, and in
        particular ListUnending if the pages don't show whether the list is complete.
        """
        query: dict[str, Any] = {"limit": ROWS_A_REQUEST}
        if search:
            query["search"] = search

        def ask(number: int) -> Any:
            try:
                return self.http.get("/contacts", **query, page=number)
            except RequestRefused:
                # The server may not support `limit` (assumed), so use its default page size.
                if number > 1 or query.pop("limit", None) is None:
                    raise
                return self.http.get("/contacts", **query, page=number)

        for page in read_pages(ask, "contacts", must_end=True):
            found = (self._read(row, fields) for row in page.rows)
            yield page, [contact for contact in found if contact is not None]

    def find(self, contact_id: int, fields: Sequence[ContactField]) -> Contact | None:
        """Return one contact. Raises NotFound or another ApiError."""
        return self._read(_unwrapped(self.http.get(f"/contacts/{contact_id}")), fields)

    def save(self, rows: Sequence[Fields], fields: Sequence[ContactField]) -> SavedContacts:
        """Create or update up to 500 contacts, matched on the company's match fields.

        Vocatech responds with 200 even if every row failed (observed): check `errors`.
        """
        if not 0 < len(rows) <= ROWS_A_REQUEST:
            raise RequestRefused(f"a batch must have 1 to {ROWS_A_REQUEST} contacts")
        body = {"contacts": [{"fields": dict(row)} for row in rows]}
        answer = self.http.request("POST", "/contacts", body=body)
        if not isinstance(answer, dict):
            raise AnswerLost("the response has no contacts")
        given = answer.get("contacts")
        done = given if isinstance(given, list) else []
        saved = (self._read(_unwrapped(row), fields) for row in done)
        return SavedContacts(
            [contact for contact in saved if contact is not None],
            read_row_errors(answer.get("errors")),
        )

    def save_one(self, row: Fields, fields: Sequence[ContactField]) -> Contact | None:
        """Create or update one contact. Raises RequestRefused with the reason for its row."""
        saved = self.save([row], fields)
        if saved.errors:
            raise RequestRefused(next(iter(saved.errors.values())), rows=[*saved.errors.items()])
        return next(iter(saved.contacts), None)

    def update(
        self, contact_id: int, row: Fields, fields: Sequence[ContactField]
    ) -> Contact | None:
        """Update some fields of one contact and return it, or None if the response omits it."""
        body = {"fields": dict(row)}
        answer = self.http.request("PATCH", f"/contacts/{contact_id}", body=body)
        return self._read(_unwrapped(answer), fields)

    def delete(self, contact_id: int) -> None:
        """Delete one contact. Raises NotFound or another ApiError."""
        self.http.request("DELETE", f"/contacts/{contact_id}")

    def _read(self, row: Any, fields: Sequence[ContactField]) -> Contact | None:
        phones = [one.name for one in fields if one.is_phone]
        return read_contact(row, phone_fields=phones, region=self.region)


def _unwrapped(answer: Any) -> Any:
    """Return the contact, bare or under `contact` as in a batch (the former is assumed)."""
    return answer.get("contact", answer) if isinstance(answer, dict) else answer
