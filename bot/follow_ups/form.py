"""The form that sets or changes a follow-up: drawn and parsed."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

from bot.models.customers.follow_ups import MAX_NOTE, FollowUp, Topic
from bot.ui.action_ids import SAVE_FOLLOW_UP
from bot.ui.blocks import Json, form, line, option, paragraph, plain, rich
from bot.ui.future_times import EXAMPLE, MAX_TYPED
from bot.ui.inputs import chosen_in, state_of, ticked_in, ticks
from bot.ui.inputs import field as input_field
from bot.ui.mrkdwn import clean, name_of

OWNER, WHEN, TIME, NOTE, TALK = "owner", "when", "time", "note", "talk"
# What each choice means, as someone would type it.
PRESETS = {
    "2h": "In 2 hours",
    "tomorrow": "Tomorrow at 9:00 AM",
    "friday": "Friday at 9:00 AM",
    "next week": "Next Monday at 9:00 AM",
}
USUAL = "tomorrow"
KEEP = "keep"


@dataclass(frozen=True)
class FollowUpForm:
    """What an open form knows, kept in its metadata.

    `follow_up_id` and `version` are set for a change, which keeps the time with the choice `KEEP`.
    `seen` is the `fingerprint` then, or empty if unknown. `opened_at` is in unix seconds, and 0 if
    unknown.
    """

    token: str
    topic: Topic
    follow_up_id: int | None = None
    version: int = 0
    opened_at: float = 0.0
    seen: str = ""

    def to_metadata(self) -> str:
        """Return the state as JSON for `private_metadata`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_metadata(cls, metadata: str) -> "FollowUpForm":
        """Return the state that `to_metadata` wrote."""
        known = json.loads(metadata)
        return cls(**{**known, "topic": Topic(**known["topic"])})


def fingerprint(one: FollowUp) -> str:
    """Return a short mark of what changes without a new version: a note can be too long to keep."""
    return hashlib.sha256(f"{one.ends_with_talk} {one.note}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class EnteredFollowUp:
    """What was entered; `typed` counts more than the choice `when`."""

    form: FollowUpForm
    owner: str
    when: str = USUAL
    typed: str = ""
    note: str = ""
    ends_with_talk: bool = False


@dataclass(frozen=True)
class FollowUpFields:
    """What the form shows; `now_due` is the current time of a follow-up that is changed, in words.

    `can_end_with_talk` is false for a caller without a number.
    """

    entered: EnteredFollowUp
    caller: str
    number: str = ""
    now_due: str = ""
    can_end_with_talk: bool = True
    presets: tuple[str, ...] = field(default_factory=lambda: tuple(PRESETS))


def render_follow_up_form(shown: FollowUpFields) -> Json:
    """Return the form."""
    entered = shown.entered
    number = [line(f", {shown.number}")] if shown.number not in {"", shown.caller} else []
    blocks = [
        rich(paragraph(line("About "), line(name_of(shown.caller), bold=True), *number)),
        _owner(entered.owner),
        _when(shown),
        _text(
            TIME,
            "Other time",
            entered.typed,
            MAX_TYPED,
            f"Replaces the choice above. For example: {EXAMPLE}.",
        ),
        _text(NOTE, "Note", entered.note, MAX_NOTE, is_long=True),
    ]
    if shown.can_end_with_talk:
        choices = {TALK: "When someone talks to the caller on the phone"}
        blocks.append(
            ticks(TALK, "Close automatically", choices, [TALK] if entered.ends_with_talk else [])
        )
    is_new = entered.form.follow_up_id is None
    view = form(
        "Remind me" if is_new else "Edit follow-up",
        blocks,
        callback_id=SAVE_FOLLOW_UP,
        metadata=entered.form.to_metadata(),
    )
    return {**view, "submit": plain("Set reminder")} if is_new else view


def parse_follow_up_form(view: Json) -> EnteredFollowUp:
    """Return what was entered, which need not be complete."""
    return EnteredFollowUp(
        FollowUpForm.from_metadata(view["private_metadata"]),
        str(state_of(view, OWNER).get("selected_user") or ""),
        chosen_in(view, WHEN),
        clean(state_of(view, TIME).get("value") or "").strip(),
        clean(state_of(view, NOTE).get("value") or "").strip()[:MAX_NOTE],
        ends_with_talk=TALK in ticked_in(view, TALK),
    )


def _owner(owner: str) -> Json:
    element: Json = {"type": "users_select", "placeholder": plain("Choose a person")}
    if owner:
        element["initial_user"] = owner
    hint = "They get a direct message. Times are in their time zone."
    return input_field(OWNER, "For", element, optional=False, hint=hint)


def _when(shown: FollowUpFields) -> Json:
    choices = {one: PRESETS[one] for one in shown.presets}
    if shown.now_due:
        choices = {KEEP: f"Keep {shown.now_due}", **choices}
    options = {value: option(words, value) for value, words in choices.items()}
    chosen = options.get(shown.entered.when) or options.get(USUAL) or next(iter(options.values()))
    element: Json = {
        "type": "radio_buttons",
        "options": list(options.values()),
        "initial_option": chosen,
        "focus_on_load": True,  # most reminders are for oneself
    }
    return input_field(WHEN, "When", element, optional=False)


def _text(
    block_id: str, label: str, value: str, limit: int, hint: str = "", *, is_long: bool = False
) -> Json:
    element: Json = {"type": "plain_text_input", "max_length": limit}
    if is_long:
        element["multiline"] = True
    if value:
        element["initial_value"] = value[:limit]
    return input_field(block_id, label, element, hint=hint)
