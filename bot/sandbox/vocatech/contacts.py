"""The Contacts endpoints."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from bot.sandbox.company.contacts import Fields
from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.vocatech.contact_store import ContactRepository, InvalidContactFields
from bot.sandbox.vocatech.request_validation import (
    USUAL_A_PAGE,
    InvalidBody,
    PathNotFound,
    RequestFunction,
    by_method,
    check_query,
    make_page,
    read_fields,
    read_number,
    read_page,
)

MOST_A_PAGE: Final = 500
MOST_ROWS: Final = 500
_KNOWN: Final = {"page", "limit", "search"}


def _is_object(value: Any) -> str | None:
    return None if isinstance(value, dict) else "must be an object"


def _are_rows(value: Any) -> str | None:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_ROWS:
        return f"must be a list of 1 to {MOST_ROWS} contacts"
    good = all(
        isinstance(row, dict) and set(row) == {"fields"} and isinstance(row["fields"], dict)
        for row in value
    )
    return None if good else 'must be a list of {"fields": {...}}'


class FakeContacts:
    """Serves the contacts in a `repository`."""

    def __init__(self, repository: ContactRepository) -> None:
        self.repository = repository

    def answer(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Answer a request; `rest` is the path after `/v1/contacts`."""
        if not rest:
            return by_method(request, {"GET": self._list, "POST": self._import})
        if rest == "fields":
            return by_method(request, {"GET": self._show_fields})
        # Python refuses to parse numbers with thousands of digits.
        if not (
            rest.isascii() and rest.isdecimal() and len(rest) < 19 and int(rest) in self.repository
        ):
            raise PathNotFound
        acts: dict[str, RequestFunction] = {
            "GET": partial(self._show, int(rest)),
            "PUT": partial(self._write, int(rest), keep=False),
            "PATCH": partial(self._write, int(rest), keep=True),
            "DELETE": partial(self._delete, int(rest)),
        }
        return by_method(request, acts)

    def _show_fields(self, request: HttpRequest) -> HttpResponse:
        check_query(request)
        return HttpResponse(200, {"fields": self.repository.fields})

    def _list(self, request: HttpRequest) -> HttpResponse:
        given = check_query(request, _KNOWN)
        page, search = read_page(given), given.get("search", "")
        limit = read_number(given, "limit", USUAL_A_PAGE, MOST_A_PAGE)
        shown, total = self.repository.look_up(search, (page - 1) * limit, limit)
        query = {"page": page, "limit": limit, "search": search}
        return make_page("contacts", shown, query=query, total=total, page=page, limit=limit)

    def _import(self, request: HttpRequest) -> HttpResponse:
        rows = read_fields(request, {"contacts": _are_rows}, needed=("contacts",))["contacts"]
        done: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for index, row in enumerate(rows):
            try:
                contact_id, action = self.repository.match(row["fields"])
            except InvalidContactFields as refused:
                errors.append({"index": index, "message": str(refused)})
            else:
                done.append({"contact": self.repository.show(contact_id), "action": action})
        # Like the real API, it returns 200 even if every row failed.
        summary = _summed_up(len(rows), done, errors)
        return HttpResponse(200, {"summary": summary, "contacts": done, "errors": errors})

    def _show(self, contact_id: int, request: HttpRequest) -> HttpResponse:
        check_query(request)
        return HttpResponse(200, self.repository.show(contact_id))

    def _write(self, contact_id: int, request: HttpRequest, *, keep: bool) -> HttpResponse:
        given: Fields = read_fields(request, {"fields": _is_object}, needed=("fields",))["fields"]
        try:
            self.repository.write(contact_id, given, keep=keep)
        except InvalidContactFields as refused:
            raise InvalidBody(str(refused)) from None
        return HttpResponse(200, self.repository.show(contact_id))

    def _delete(self, contact_id: int, request: HttpRequest) -> HttpResponse:
        check_query(request)
        self.repository.remove(contact_id)
        return HttpResponse(204)


def _summed_up(
    total: int, done: list[dict[str, Any]], errors: list[dict[str, Any]]
) -> Mapping[str, int]:
    created = sum(one["action"] == "created" for one in done)
    updated = len(done) - created
    return {"total": total, "created": created, "updated": updated, "errors": len(errors)}
