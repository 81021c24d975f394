"""Owns the fields in which quiet hours are set, for a channel or for oneself."""

from bot.channels.words import clock_time
from bot.models.digest_schedule import DAY_NAMES
from bot.models.quiet import DAYS_A_WEEK, MINUTES_A_DAY, QuietHours
from bot.ui.blocks import Json, plain
from bot.ui.inputs import field, state_of, ticked_in, ticks

FROM, UNTIL, DAYS = "quiet_from", "quiet_until", "quiet_days"
BOTH = "Please choose both times, or neither of them."
SAME = "Both times are the same, so it would never be quiet. For whole days, tick days below."
ALWAYS = "It would be quiet for ever. Please leave one day out, or mute for a while instead."


def quiet_fields(quiet: QuietHours | None, *, label: str, hint: str) -> list[Json]:
    """Ask from when until when it is quiet, and on which days all day."""
    has_span = quiet is not None and quiet.start != quiet.end
    days = {str(day): name for day, name in enumerate(DAY_NAMES)}
    return [
        _time(FROM, label, quiet.start if quiet and has_span else None),
        _time(UNTIL, "… until", quiet.end if quiet and has_span else None, hint=hint),
        ticks(DAYS, "Quiet all day on", days, [str(day) for day in quiet.days] if quiet else []),
    ]


def read_quiet(view: Json, zone: str) -> tuple[QuietHours | None, dict[str, str]]:
    """Give what was filled in, None where it is never quiet; and what to mend by field.

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
        element["initial_time"] = f"{clock_time(minute):0>5}"
    return field(block_id, label, element, hint=hint)


def _minute(view: Json, block_id: str) -> int | None:
    """Read Slack's `HH:MM`."""
    hour, _, minute = str(state_of(view, block_id).get("selected_time") or "").partition(":")
    if not (hour.isdecimal() and minute.isdecimal()):
        return None
    return (int(hour) * 60 + int(minute)) % MINUTES_A_DAY
