"""The form of a Vocatech user: drawn, parsed, and checked."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from dataclasses import field as dataclass_field

from bot.models.people import Person, SlackPerson, UserFields
from bot.people.words import person_in_words
from bot.ui.action_ids import SAVE_USER
from bot.ui.blocks import Json, context, form, line, paragraph, plain, rich
from bot.ui.blocks import person as slack_mention
from bot.ui.inputs import field, state_of
from bot.ui.mrkdwn import clean, name_of

FIRST_NAME, LAST_NAME, EXTENSION, EMAIL = "first_name", "last_name", "extension", "email"
SLACK_USER = "slack_user"
FIELDS = (FIRST_NAME, LAST_NAME, EXTENSION, EMAIL)
# Prefix of the block ID of a value that was typed in an earlier try: Slack keeps what was typed
# under the same ID, even if the new form has another value.
AGAIN = "again:"
MAX_LENGTH = {FIRST_NAME: 100, LAST_NAME: 100, EXTENSION: 10, EMAIL: 200}
_LABELS = {
    FIRST_NAME: ("First name", "Ana"),
    LAST_NAME: ("Last name", "Torres"),
    EXTENSION: ("Extension", "105"),
    EMAIL: ("Email", "ana@example.com"),
}
# Both are assumed: Vocatech has the last word, and its reason is shown at the field.
_EXTENSION = re.compile(r"[0-9]{1,10}")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


@dataclass(frozen=True)
class UserForm:
    """What a form is about, kept in its metadata.

    `user_id` is None for a new user. `seen` are the fields when the form was opened. `slack_user`
    is linked to a new user. `below` is the metadata of the list under the form, if there is one.
    """

    token: str
    user_id: str | None = None
    seen: UserFields = dataclass_field(default_factory=UserFields)
    slack_user: str = ""
    below: str = ""

    def to_metadata(self) -> str:
        """Return the form as the text that a modal keeps."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_metadata(cls, text: str) -> "UserForm":
        """Return the form that a modal kept."""
        known = json.loads(text)
        return cls(**{**known, "seen": UserFields(**known.get("seen") or {})})


@dataclass(frozen=True)
class UserProblem:
    """Why a user wasn't saved; `field` is where to show it, None is the top of the form."""

    reason: str
    field: str | None = None


def render_user_form(
    about: UserForm,
    values: UserFields,
    *,
    linked: str | None = None,
    problem: UserProblem | None = None,
) -> Json:
    """Return the form; `linked` is the Slack user of an existing user.

    With a `problem`, the form is shown again with what was typed.
    """
    is_new, block = about.user_id is None, AGAIN if problem else ""
    blocks = [_note(problem.reason)] if problem and problem.field is None else []
    if linked:
        blocks.append(
            rich(paragraph(line("Linked to "), slack_mention(linked), line(" in Slack.")))
        )
    for name in FIELDS:
        blocks.append(_input(name, str(getattr(values, name)), block=block))
        if problem and problem.field == name:
            blocks.append(_note(problem.reason))
    if is_new:
        blocks.append(_slack_field(about.slack_user, block))
    title = "New Vocatech user" if is_new else "Edit Vocatech user"
    view = form(title, blocks, callback_id=SAVE_USER, metadata=about.to_metadata())
    return {**view, "submit": plain("Create")} if is_new else view


def fits_form(values: UserFields) -> bool:
    """Return whether the form shows all of each field: a cut one would be saved cut."""
    return all(len(value) <= MAX_LENGTH[name] for name, value in asdict(values).items())


def parse_user_form(view: Json) -> tuple[UserForm, UserFields]:
    """Return what a submitted form is about, and its values."""
    about = UserForm.from_metadata(view["private_metadata"])
    typed = {name: " ".join(clean(_state(view, name).get("value") or "").split())
             for name in FIELDS}  # fmt: skip
    if about.user_id is None:
        about = replace(about, slack_user=_state(view, SLACK_USER).get("selected_user") or "")
    return about, UserFields(**typed)


def place_errors(view: Json, errors: Mapping[str, str]) -> dict[str, str]:
    """Return errors by the block IDs of a submitted form."""
    shown = {str(block.get("block_id")) for block in view["blocks"]}
    return {(f"{AGAIN}{name}" if f"{AGAIN}{name}" in shown else name): why
            for name, why in errors.items()}  # fmt: skip


def changes_in(about: UserForm, values: UserFields) -> dict[str, str | None]:
    """Return the changed fields as Vocatech gets them (assumed); None clears one.

    Both names are sent if one of them changed.
    """
    before, now = asdict(about.seen), asdict(values)
    changed = {name for name in FIELDS if before[name] != now[name]}
    if changed & {FIRST_NAME, LAST_NAME}:
        changed |= {FIRST_NAME, LAST_NAME}
    return {name: now[name] or None for name in FIELDS if name in changed}


def validate_user(
    about: UserForm, values: UserFields, people: Sequence[Person], slack: SlackPerson | None
) -> dict[str, str]:
    """Return the errors that can be found without Vocatech, by field.

    `people` are the company's users as Vocatech lists them. `slack` is the chosen person in Slack,
    None if that isn't a member of the workspace.
    """
    errors = {}
    if not name_of(values.name):
        errors[FIRST_NAME] = "Enter a name, such as Ana Torres."
    if not _EXTENSION.fullmatch(values.extension) and values.extension != about.seen.extension:
        errors[EXTENSION] = "Enter the extension in digits only, such as 105."
    elif not values.extension and about.user_id is None:
        errors[EXTENSION] = "Enter an extension, such as 105."
    others = [one for one in people if one.user_id != about.user_id]
    owner = next((one for one in others if one.extension == values.extension != ""), None)
    if owner:
        errors[EXTENSION] = f"{person_in_words(owner)} already has this extension. Choose another."
    if values.email and values.email != about.seen.email and not _EMAIL.fullmatch(values.email):
        errors[EMAIL] = "Enter a complete email address, such as ana@example.com, or none."
    if about.user_id is None and about.slack_user and slack is None:
        errors[SLACK_USER] = (
            "Guests, apps, and people who left can't be linked. Choose a member, or no one."
        )
    return errors


def _input(name: str, value: str, *, block: str) -> Json:
    label, example = _LABELS[name]
    element: Json = {
        "type": "plain_text_input",
        "action_id": name,
        "max_length": MAX_LENGTH[name],
        "placeholder": plain(example),
    }
    if value:
        element["initial_value"] = value[: MAX_LENGTH[name]]
    is_optional = name in {LAST_NAME, EMAIL}
    hint = "Links the user to the person in Slack with this address." if name == EMAIL else ""
    return field(f"{block}{name}", label, element, optional=is_optional, hint=hint)


def _slack_field(slack_user: str, block: str) -> Json:
    element: Json = {"type": "users_select", "action_id": SLACK_USER}
    element["placeholder"] = plain("A person")
    if slack_user:
        element["initial_user"] = slack_user
    hint = "Links the new extension to this person, even with another email address."
    return field(f"{block}{SLACK_USER}", "Person in Slack", element, hint=hint)


def _state(view: Json, name: str) -> Json:
    return state_of(view, f"{AGAIN}{name}") or state_of(view, name)


def _note(words: str) -> Json:
    return context(plain(f"⚠️ {words}", 1_000), block_id="trouble")
