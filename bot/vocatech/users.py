"""Users API and Settings API."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.models.people import Company, Person
from bot.vocatech.http import HttpClient
from bot.vocatech.pages import read_pages
from bot.vocatech.shapes import read_company, read_person


@dataclass(frozen=True)
class UsersApi:
    """`/users`; list, create, and update are documented, paths and fields are assumed."""

    http: HttpClient

    def all(self) -> Iterator[list[Person]]:
        """Yield all users, page by page; rows without an ID are skipped. Raises ApiError."""
        pages = read_pages(
            lambda number: self.http.get("/users", page=number), "users", may_be_bare=True
        )
        for page in pages:
            people = (read_person(row) for row in page.rows)
            yield [person for person in people if person is not None]

    def create(self, **settings: Any) -> Person | None:
        """Create a user and return it, or None if the response omits it."""
        return read_person(self.http.request("POST", "/users", body=settings))

    def update(self, user_id: str, **settings: Any) -> Person | None:
        """Update some fields of a user and return it, or None if the response omits it."""
        path = f"/users/{quote(user_id, safe='')}"
        return read_person(self.http.request("PATCH", path, body=settings))


@dataclass(frozen=True)
class SettingsApi:
    """`GET /settings`; the endpoint is documented, its format is assumed."""

    http: HttpClient
    region: str

    def company(self) -> Company:
        """Return the company's settings; missing ones are None. Raises ApiError."""
        return read_company(self.http.get("/settings"), region=self.region)
