"""The Users and Settings families."""

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
    """`/users`: listing, creating and updating are documented, paths and fields are assumed."""

    http: HttpClient

    def all(self) -> Iterator[list[Person]]:
        """Give everybody, page by page; a row without an id is passed over. Raises ApiError."""
        pages = read_pages(
            lambda number: self.http.get("/users", page=number), "users", may_be_bare=True
        )
        for page in pages:
            people = (read_person(row) for row in page.rows)
            yield [person for person in people if person is not None]

    def create(self, **settings: Any) -> Person | None:
        """Create a user from the fields given and give it back; None where none came back."""
        return read_person(self.http.request("POST", "/users", body=settings))

    def update(self, user_id: str, **settings: Any) -> Person | None:
        """Change some settings of a user and give it back; None where none came back."""
        path = f"/users/{quote(user_id, safe='')}"
        return read_person(self.http.request("PATCH", path, body=settings))


@dataclass(frozen=True)
class SettingsApi:
    """`GET /settings`: that it can be read is documented, its shape is assumed."""

    http: HttpClient
    region: str

    def company(self) -> Company:
        """Give what is known of the company; what is not told is None. Raises ApiError."""
        return read_company(self.http.get("/settings"), region=self.region)
