"""Users API and Settings API."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.errors import RequestRefused
from bot.models.people import Company, Person
from bot.vocatech.http import HttpClient
from bot.vocatech.pages import read_pages
from bot.vocatech.shapes import read_company, read_person

_NAMES = ("first_name", "last_name")
_UNKNOWN_NAME = re.compile(
    r"\b(unknown|unexpected|unrecognized|unsupported|not allowed)\b.*\b(first|last)_name\b"
    r"|\b(first|last)_name\b.*\b(unknown|unexpected|unrecognized|unsupported|not allowed)\b",
    re.IGNORECASE | re.DOTALL,
)


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
        """Create a user and return it, or None if the response omits it.

        Raises ApiError; after AnswerLost the user may exist.
        """
        return read_person(self._write("POST", "/users", settings))

    def update(self, user_id: str, **settings: Any) -> Person | None:
        """Update some fields of a user and return it, or None if the response omits it.

        None clears a field (assumed). Raises NotFound or another ApiError.
        """
        return read_person(self._write("PATCH", f"/users/{quote(user_id, safe='')}", settings))

    def _write(self, method: str, path: str, settings: Mapping[str, Any]) -> Any:
        """Send the fields; if the first and last name are unknown fields, send one `name`.

        Both spellings are assumed. A refused request changed nothing, so it's safe to send again.
        """
        try:
            return self.http.request(method, path, body=dict(settings))
        except RequestRefused as refused:
            names = [str(settings[key]) for key in _NAMES if settings.get(key)]
            if not names or not _UNKNOWN_NAME.search(str(refused)):
                raise
            others = {key: value for key, value in settings.items() if key not in _NAMES}
            return self.http.request(method, path, body={"name": " ".join(names), **others})


@dataclass(frozen=True)
class SettingsApi:
    """`GET /settings`; the endpoint is documented, its format is assumed."""

    http: HttpClient
    region: str

    def company(self) -> Company:
        """Return the company's settings; missing ones are None. Raises ApiError."""
        return read_company(self.http.get("/settings"), region=self.region)
