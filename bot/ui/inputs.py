"""Input blocks, and those of quiet hours."""

from collections.abc import Mapping, Sequence

from bot.models.channels import DAYS_A_WEEK, MINUTES_A_DAY, QuietHours
from bot.models.digest_schedule import DAY_NAMES
from bot.ui.blocks import Json, option, plain


def field(
    block_id: str, label: str, element: Json, *, optional: bool = True, hint: str = ""
) -> Json:
    """Return an input with its label; `hint` is shown below it."""
    block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "optional": optional,
        "element": {"action_id": block_id, **element},
    }
    return {**block, "hint": plain(hint)} if hint else block


def number_field(
    block_id: str, label: str, value: int | None, most: int, *, least: int = 0, hint: str = ""
) -> Json:
    """Return an input for a whole number."""
    limits = {"min_value": str(least), "max_value": str(most)}
    element: Json = {"type": "number_input", "is_decimal_allowed": False, **limits}
    if value is not None:
        element["initial_value"] = str(value)
    return field(block_id, label, element, hint=hint)


def channel_field(block_id: str, label: str, channel: str = "", *, optional: bool = False) -> Json:
    """Return an input for a channel."""
    element: Json = {
        "type": "conversations_select",
        "placeholder": plain("A channel"),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    if channel:
        element["initial_conversation"] = channel
    hint = "Vocatech joins public channels automatically. Invite it to private channels first."
    return field(block_id, label, element, optional=optional, hint=hint)


def multi_select(
    block_id: str,
    label: str,
    choices: Mapping[str, str],
    selected: Sequence[str],
    *,
    placeholder: str,
    hint: str = "",
) -> Json:
    """Return a menu of which several options can be selected: labels by value."""
    options = [option(words, value) for value, words in choices.items()]
    element: Json = {
        "type": "multi_static_select",
        "placeholder": plain(placeholder),
        "options": options,
    }
    if initial := [one for one in options if one["value"] in selected]:
        element["initial_options"] = initial
    return field(block_id, label, element, hint=hint)


def ticks(block_id: str, label: str, choices: Mapping[str, str], ticked: Sequence[str]) -> Json:
    """Return checkboxes: labels by value."""
    options = [option(words, value) for value, words in choices.items()]
    element: Json = {"type": "checkboxes", "options": options}
    if initial := [one for one in options if one["value"] in ticked]:
        element["initial_options"] = initial
    return field(block_id, label, element)


def radio(block_id: str, label: str, choices: Mapping[str, str], chosen: str) -> Json:
    """Return radio buttons: labels by value."""
    options = {value: option(words, value) for value, words in choices.items()}
    element = {
        "type": "radio_buttons",
        "options": list(options.values()),
        "initial_option": options[chosen],
    }
    return field(block_id, label, element, optional=False)


def state_of(view: Json, block_id: str) -> Json:
    """Return the submitted state of a field in Slack's format; empty if it wasn't shown."""
    states: Json = view["state"]["values"].get(block_id) or {}
    return next(iter(states.values()), {})


def ticked_in(view: Json, block_id: str) -> tuple[str, ...]:
    """Return the selected values of checkboxes or of a multi-select."""
    return tuple(one["value"] for one in state_of(view, block_id).get("selected_options") or ())


def chosen_in(view: Json, block_id: str) -> str:
    """Return the selected value; empty if none."""
    return str((state_of(view, block_id).get("selected_option") or {}).get("value") or "")


def number_in(view: Json, block_id: str) -> int | None:
    """Return the whole number that was entered."""
    typed = str(state_of(view, block_id).get("value") or "")
    return int(typed) if typed.isdecimal() else None


FROM, UNTIL, DAYS = "quiet_from", "quiet_until", "quiet_days"

BOTH = "Choose both times, or neither."

SAME = "Both times are the same, so no time is quiet. For whole days, choose quiet days below."

ALWAYS = "This would be quiet all the time. Leave out a day, or mute the channel instead."


def quiet_fields(quiet: QuietHours | None, *, label: str, hint: str) -> list[Json]:
    """Return the inputs for quiet hours and quiet days."""
    has_span = quiet is not None and quiet.start != quiet.end
    days = {str(day): name for day, name in enumerate(DAY_NAMES)}
    return [
        _time(FROM, label, quiet.start if quiet and has_span else None),
        _time(UNTIL, "Quiet until", quiet.end if quiet and has_span else None, hint=hint),
        multi_select(
            DAYS,
            "Quiet days",
            days,
            [str(day) for day in quiet.days] if quiet else [],
            placeholder="No days",
            hint="Quiet all day.",
        ),
    ]


def read_quiet(view: Json, zone: str) -> tuple[QuietHours | None, dict[str, str]]:
    """Return the submitted quiet hours, None if there are none, and the errors by field.

    `zone` is an IANA name.
    """
    start, end = _minute(view, FROM), _minute(view, UNTIL)
    days = tuple(int(day) for day in ticked_in(view, DAYS))
    wrong = {}
    if (start is None) is not (end is None):
        wrong[FROM if start is None else UNTIL] = BOTH
    elif start is not None and start == end:
        wrong[UNTIL] = SAME
    if len(set(days)) == DAYS_A_WEEK:
        wrong[DAYS] = ALWAYS
    quiet = QuietHours(zone, start or 0, end or 0, days)
    return None if wrong or quiet.is_never else quiet, wrong


def _time(block_id: str, label: str, minute: int | None, *, hint: str = "") -> Json:
    element: Json = {"type": "timepicker", "placeholder": plain("A time")}
    if minute is not None:
        # Slack's form, in the reader's own clock.
        element["initial_time"] = f"{minute // 60:02}:{minute % 60:02}"
    return field(block_id, label, element, hint=hint)


def _minute(view: Json, block_id: str) -> int | None:
    """Parse Slack's `HH:MM` into minutes from midnight."""
    hour, _, minute = str(state_of(view, block_id).get("selected_time") or "").partition(":")
    if not (hour.isdecimal() and minute.isdecimal()):
        return None
    return (int(hour) * 60 + int(minute)) % MINUTES_A_DAY
