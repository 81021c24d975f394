"""Vocatech users: who may see and change them, and what is written at Vocatech."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from threading import Lock

import structlog

from bot.clock import Clock
from bot.errors import AnswerLost, ApiError, NotFound, NotUnderstood, RequestRefused
from bot.models.people import Person, UserFields, fields_of
from bot.people.names import slack_name
from bot.people.permissions import AdminAction, Permissions
from bot.people.words import person_in_words
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.store.links import BY_HAND
from bot.store.people import FROM_CALLS
from bot.ui.blocks import Json, words_modal
from bot.ui.error_messages import words_for
from bot.ui.lists import changed_by_someone, paginate
from bot.users.form import (
    EMAIL,
    EXTENSION,
    FIELDS,
    FIRST_NAME,
    LAST_NAME,
    SLACK_USER,
    UserForm,
    UserProblem,
    changes_in,
    fits_form,
    parse_user_form,
    place_errors,
    render_user_form,
    validate_user,
)
from bot.users.modals import PAGE_SIZE, render_user_saved, render_users_modal
from bot.vocatech.client import VocatechClient

log = structlog.get_logger()
DELETED = "This user no longer exists in Vocatech. Nothing was changed."
NOT_SUPPORTED = (
    "Vocatech doesn't let this app create users. Nothing was changed. Use the Vocatech portal."
)
TOO_LONG = "A name or address of this user is too long for the form. Use the Vocatech portal."
NOT_LISTED = "Saved. The user appears in the list after the next sync, within an hour."
SYNCED = "people looked at"  # the time of the last sync; without it, the next run syncs again
NOT_A_MEMBER = (
    "This person isn't known. Guests and apps can't be linked, and new people are known within a"
    " day."
)
# In a refusal, with the field that it is about: a name as such, last.
_NAMED = (
    (EXTENSION, re.compile(r"extension|\bext\b", re.IGNORECASE)),
    (EMAIL, re.compile(r"e-?mail", re.IGNORECASE)),
    (LAST_NAME, re.compile(r"last.?name|surname", re.IGNORECASE)),
    (FIRST_NAME, re.compile(r"name", re.IGNORECASE)),
)


@dataclass(frozen=True)
class UserDirectory:
    """Creates and changes users at Vocatech, and keeps our copy; `by` is named in the audit log."""

    store: Store
    vocatech: VocatechClient
    clock: Clock

    def create(self, fields: UserFields, *, by: str) -> Person | None:
        """Create a user; None if Vocatech created it but doesn't list it. Raises ApiError."""
        given = {name: value for name, value in asdict(fields).items() if value}
        try:
            created = self.vocatech.interactive.users.create(**given)
        except AnswerLost:
            created = self._find(fields.extension)
            if created is None or (created.name or fields.name) != fields.name:
                raise
        created = created or self._find(fields.extension)
        detail = f"extension {fields.extension}, {fields.name}"
        self.store.audit.note(by, "Vocatech user created", detail, now=self.clock.now())
        log.info("user_created", extension=fields.extension)
        if created is None:
            self.store.key_values.forget(SYNCED)
            return None
        return self._save(_filled(created, given, Person(created.user_id)))

    def change(self, before: Person, changes: Mapping[str, str | None], *, by: str) -> Person:
        """Change some fields of a user. Raises NotFound or another ApiError."""
        try:
            changed = self.vocatech.interactive.users.update(before.user_id, **changes)
        except NotFound:
            self.store.people.remove(before.user_id, now=self.clock.now())
            raise
        except AnswerLost:
            changed = self._find_id(before.user_id)
            if changed is None or changed != _filled(changed, changes, before):
                raise
        detail = f"extension {before.extension}: {', '.join(changes)}"
        self.store.audit.note(by, "Vocatech user changed", detail, now=self.clock.now())
        log.info("user_changed", extension=before.extension, fields=list(changes))
        return self._save(_filled(changed, changes, before))

    def _save(self, person: Person) -> Person:
        now = self.clock.now()
        self.store.people.save(person, now=now)
        self.store.links.match_by_email(now=now)
        return person

    def _find(self, extension: str) -> Person | None:
        """Return the user with an extension, or None if Vocatech doesn't say."""
        return next((one for one in self._listed() if one.extension == extension), None)

    def _find_id(self, user_id: str) -> Person | None:
        return next((one for one in self._listed() if one.user_id == user_id), None)

    def _listed(self) -> list[Person]:
        try:
            return [one for page in self.vocatech.interactive.users.all() for one in page]
        except ApiError:
            return []


@dataclass(frozen=True)
class UserService:
    """What admins do with Vocatech users in Slack; every method raises NotAllowed for others."""

    store: Store
    directory: UserDirectory
    permissions: Permissions
    clock: Clock
    refresh_home: Callable[[str], None]
    # Vocatech may take seconds to save a user, and a colleague may send the same form meanwhile.
    _saving: Lock = field(default_factory=Lock, init=False)

    def list_view(self, by: str, *, typed: str = "", page: int = 1, notice: str = "") -> Json:
        """Return a page of the users that match every typed word."""
        self._need(by)
        words = typed.casefold().split()
        found = [
            one for one in self.store.people.all() if all(word in _searched(one) for word in words)
        ]
        shown = paginate(found, page, size=PAGE_SIZE)
        linked = self.store.links.linked_people()
        names = {
            one.user_id: slack_name(linked[one.user_id], self.store) or "a person who left"
            for one in shown.rows
            if one.user_id in linked
        }
        return render_users_modal(
            shown,
            total=len(found),
            linked=names,
            typed=typed,
            from_calls={one.user_id for one in shown.rows if is_from_calls(one)},
            notice=notice,
        )

    def new_form(self, by: str, *, slack_user: str = "", typed: str = "", below: str = "") -> Json:
        """Return the form for a new user, filled in for a person in Slack if one is given.

        Else `typed` is a name, an email address, or both. `below` is the metadata of the list under
        the form. Raises NotUnderstood if the person isn't
        a member of the workspace.
        """
        self._need(by, slack_user)
        found = self.store.slack_people.find(slack_user) if slack_user else None
        if slack_user and found is None:
            raise NotUnderstood(NOT_A_MEMBER, "/vocatech users new @Ben")
        values = _typed_fields(typed)
        if found:
            values = fields_of(Person("", found.name, None, found.email))
        about = UserForm(make_token(), slack_user=found.slack_user if found else "", below=below)
        return render_user_form(about, values)

    def edit_form(self, by: str, user_id: str, *, below: str = "") -> Json:
        """Return the form of a user, or why there is none."""
        person = self.store.people.find(user_id)
        self._need(by, person_in_words(person) if person else "")
        if person is None or is_from_calls(person):
            return words_modal("User deleted", DELETED)
        if not fits_form(fields_of(person)):
            return words_modal("User not editable", TOO_LONG)
        about = UserForm(make_token(), user_id, fields_of(person), below=below)
        return render_user_form(about, about.seen, linked=self._linked(user_id))

    def validate(self, by: str, view: Json) -> dict[str, str]:
        """Return the errors of a submitted form by block."""
        about, values = parse_user_form(view)
        self._need(by, values.name)
        return place_errors(view, self._find_problems(about, values))

    def _find_problems(self, about: UserForm, values: UserFields) -> dict[str, str]:
        """Return errors of a form by field: what is wrong, and what someone changed since."""
        slack = self.store.slack_people.find(about.slack_user) if about.slack_user else None
        people = [one for one in self.store.people.all() if not is_from_calls(one)]
        errors = validate_user(about, values, people, slack)
        if about.user_id is not None:
            now = self.store.people.find(about.user_id)
            if now is None or fields_of(now) != about.seen:
                errors = {FIRST_NAME: changed_by_someone("this user") if now else DELETED}
        elif slack and (other := self.store.links.person_of(slack.slack_user)):
            errors[SLACK_USER] = (
                f"This person is linked to {person_in_words(other)}. Choose someone else, or no"
                " one."
            )
        return errors

    def save(self, by: str, view: Json) -> tuple[Json, str]:
        """Save a valid form at Vocatech; return the view to show and its text."""
        about, values = parse_user_form(view)
        try:
            with self._saving:
                if errors := self._find_problems(about, values):
                    name, reason = next(iter(errors.items()))
                    return self._again(about, values, UserProblem(reason, name))
                person = self._write(by, about, values)
        except NotFound:
            if about.user_id is not None:
                return words_modal("User deleted", DELETED), DELETED
            return self._again(about, values, UserProblem(NOT_SUPPORTED))
        except ApiError as error:
            return self._again(about, values, UserProblem(words_for(error), field_named(error)))
        if person is None:
            return words_modal("User created", NOT_LISTED), NOT_LISTED
        self._show_link(by, about, person)
        linked = slack_name(self._linked(person.user_id), self.store)
        shown = render_user_saved(person, is_new=about.user_id is None, linked=linked)
        return shown, f"Saved: {person_in_words(person)}."

    def _write(self, by: str, about: UserForm, values: UserFields) -> Person | None:
        if about.user_id is None:
            return self.directory.create(values, by=by)
        before = self.store.people.find(about.user_id)
        if before is None:
            raise NotFound(DELETED)
        changes = changes_in(about, values)
        return self.directory.change(before, changes, by=by) if changes else before

    def _show_link(self, by: str, about: UserForm, person: Person) -> None:
        """Link the person in Slack, and update the App Homes of both."""
        now = self.clock.now()
        if about.slack_user:
            self.store.links.link(about.slack_user, person.user_id, how=BY_HAND, now=now)
            detail = f"{about.slack_user} with {person.extension}"
            self.store.audit.note(by, "linked somebody", detail, now=now)
        for slack_user in {by, self._linked(person.user_id) or by}:
            self.refresh_home(slack_user)

    def _again(self, about: UserForm, values: UserFields, problem: UserProblem) -> tuple[Json, str]:
        linked = self._linked(about.user_id) if about.user_id else None
        again = replace(about, token=make_token())
        return render_user_form(again, values, linked=linked, problem=problem), problem.reason

    def _linked(self, user_id: str) -> str | None:
        return self.store.links.linked_people().get(user_id)

    def _need(self, by: str, detail: str = "") -> None:
        self.permissions.need_admin(by, AdminAction.MANAGE_USERS, detail)


def field_named(error: ApiError) -> str | None:
    """Return the field that a refusal names; None for other errors."""
    if not isinstance(error, RequestRefused):
        return None
    return next((name for name, words in _NAMED if words.search(str(error))), None)


def _filled(answered: Person | None, changes: Mapping[str, str | None], before: Person) -> Person:
    """Return a user as Vocatech answered, completed by what was sent and what was known."""
    sent = {name: changes[name] for name in FIELDS if name in changes}
    name = " ".join(part for part in (sent.get(FIRST_NAME), sent.get(LAST_NAME)) if part)
    told = answered or Person(before.user_id)
    email = told.email if EMAIL in sent else told.email or before.email
    return Person(
        before.user_id,
        told.name or name or before.name,
        told.extension or sent.get(EXTENSION) or before.extension,
        email or sent.get(EMAIL),
    )


def is_from_calls(person: Person) -> bool:
    """Return whether a person is known only from calls, because Vocatech didn't list them."""
    return person.user_id.startswith(FROM_CALLS)


def _searched(person: Person) -> str:
    return " ".join(filter(None, (person.name, person.extension, person.email))).casefold()


def _typed_fields(typed: str) -> UserFields:
    """Return the fields for `Bob Smith bob@example.com`."""
    words = typed.split()
    email = next((word.strip("<>,;") for word in words if "@" in word), None)
    name = " ".join(word for word in words if "@" not in word)
    values = fields_of(Person("", name or None, None, email))
    return values if fits_form(values) else UserFields()
