"""The Users endpoints."""

import threading
from collections.abc import Sequence
from typing import Any, Final, Literal

from bot.sandbox.company.model import DemoCompany
from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.vocatech.call_model import Employee
from bot.sandbox.vocatech.request_validation import (
    USUAL_A_PAGE,
    Check,
    PathNotFound,
    RequestError,
    by_method,
    check_query,
    is_flag,
    is_like,
    is_one_of,
    is_text,
    make_page,
    read_fields,
    read_page,
)

EXTENSION: Final = "^[0-9]{2,6}$"
EMAIL: Final = r"^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$"
LONGEST_NAME: Final = 100
_NAMES: Final = ("first_name", "last_name")

User = dict[str, Any]
Spelling = Literal["id", "user_id"]


class FakeUsers:
    """All users; `spelling` selects one of two sets of field names."""

    def __init__(self, company: DemoCompany) -> None:
        self.spelling: Spelling = "id"
        self._lock = threading.Lock()
        self._users = {user["id"]: user for user in map(_as_user, company.people)}
        self._checks: dict[str, Check] = {
            "extension": is_like(EXTENSION, "an extension of 2 to 6 digits"),
            "email": is_like(EMAIL, "an email address"),
            "voicemail_enabled": is_flag,
            "caller_id": is_one_of(company.numbers, "one of the company's numbers"),
        }

    def ids(self) -> list[str]:
        """Return the IDs of all users."""
        with self._lock:
            return list(self._users)

    def all(self) -> list[User]:
        """Return all users."""
        with self._lock:
            return list(self._users.values())

    def remove(self, user_id: str) -> None:
        """Remove a user, as an admin would in the portal."""
        with self._lock:
            del self._users[user_id]

    def answer(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Answer a request; `rest` is the path after `/v1/users`."""
        if not rest:
            return by_method(request, {"GET": self._list, "POST": self._create})
        with self._lock:
            if rest not in self._users:
                raise PathNotFound
        return by_method(request, {"PATCH": lambda request: self._update(request, rest)})

    def _list(self, request: HttpRequest) -> HttpResponse:
        page = read_page(check_query(request, {"page"}))
        first = (page - 1) * USUAL_A_PAGE
        with self._lock:
            users = list(self._users.values())
        shown = [self._shown(user) for user in users[first : first + USUAL_A_PAGE]]
        return make_page("users", shown, query={"page": page}, total=len(users), page=page)

    def _create(self, request: HttpRequest) -> HttpResponse:
        names = self._names
        given = _stored(read_fields(request, self._known(), needed=("extension", *names)))
        with self._lock:
            self._check_extension(given["extension"])
            user = {"id": f"usr_{given['extension']}_{len(self._users)}", **given}
            self._users[user["id"]] = user
        return HttpResponse(201, self._shown(user))

    def _update(self, request: HttpRequest, user_id: str) -> HttpResponse:
        clearing = self._known() | {"email": _or_none(self._checks["email"])}
        given = _stored(read_fields(request, clearing))
        with self._lock:
            if "extension" in given:
                self._check_extension(given["extension"], besides=user_id)
            # Replaced and never changed, because another thread may be serializing the old one.
            merged = self._users[user_id] | given
            self._users[user_id] = {key: one for key, one in merged.items() if one is not None}
            return HttpResponse(200, self._shown(self._users[user_id]))

    @property
    def _names(self) -> Sequence[str]:
        return _NAMES if self.spelling == "id" else ("name",)

    def _known(self) -> dict[str, Check]:
        return self._checks | dict.fromkeys(self._names, is_text(most=LONGEST_NAME))

    def _check_extension(self, extension: str, besides: str = "") -> None:
        others: Sequence[User] = [one for one in self._users.values() if one["id"] != besides]
        if any(one["extension"] == extension for one in others):
            raise RequestError(409, "conflict", f"Extension {extension} is taken.")

    def _shown(self, user: User) -> User:
        if self.spelling == "id":
            return user
        name = f"{user['first_name']} {user['last_name']}".strip()
        named = {"user_id": user["id"], "name": name}
        return named | {
            key: user[key] for key in user if key not in ("id", "first_name", "last_name")
        }


def _stored(given: User) -> User:
    """Return the fields with two names instead of one."""
    if "name" not in given:
        return given
    first, _, last = given["name"].strip().partition(" ")
    others = {key: one for key, one in given.items() if key != "name"}
    return {"first_name": first, "last_name": last, **others}


def _or_none(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _as_user(person: Employee) -> User:
    first, _, last = person.name.partition(" ")
    user = {"id": f"usr_{person.extension}", "extension": person.extension}
    user |= {"first_name": first, "last_name": last}
    return user | {"email": person.email} if person.email else user
