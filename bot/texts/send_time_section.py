"""Choice of the time to send a text: presets, the recipient's time zone, date, and time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.models.send_times import (
    FIRST_HOUR,
    LAST_HOUR,
    NOW,
    OTHER,
    SOON,
    ChosenTime,
    is_night,
    next_morning,
    presets,
)
from bot.ui.action_ids import CHOOSE_SEND_TIME, CHOOSE_SEND_ZONE, SEND_IN_MORNING
from bot.ui.blocks import Json, button, context, mrkdwn, option, plain, section
from bot.ui.formatting import Locale, hour_name, time_of, weekday_date
from bot.ui.mrkdwn import escape

WHEN, ZONE, DAY, MINUTE = "when", "zone", "day", "minute"
MAX_ZONES = 100


@dataclass(frozen=True)
class SendTime:
    """What the section shows; times in unix seconds.

    `zone` is the recipient's, as chosen or by the number's area code. `send_at` is the chosen
    moment, or None if the text is sent now or the choice isn't complete.
    """

    chosen: ChosenTime
    zone: ZoneInfo
    opened_at: float
    now: float
    send_at: float | None = None


def render_send_time(time: SendTime, filled: int, locale: Locale) -> list[Json]:
    """Return the blocks; `filled` is a part of their IDs, so that a new value is shown."""
    blocks = [_when(time, filled)]
    at_night = is_night(time.now if time.send_at is None else time.send_at, time.zone)
    if time.chosen.when == OTHER:
        blocks += _date_and_time(time, filled)
    if time.chosen.when != NOW or at_night:
        blocks.append(_zone(time, filled))
    if at_night and (time.chosen.when == NOW or time.send_at is not None):
        blocks.append(_night_warning(time))
    return [*blocks, context(mrkdwn(_summary(time, locale)), block_id="send_time")]


def read_send_time(view: Json) -> ChosenTime:
    """Return what was chosen; the block IDs end in a count, so only their beginning is known."""
    states: dict[str, Json] = {
        block_id.partition(":")[0]: next(iter(actions.values()), {})
        for block_id, actions in view["state"]["values"].items()
    }
    hour, _, minute = str(states.get(MINUTE, {}).get("selected_time") or "").partition(":")
    when = states.get(WHEN, {}).get("selected_option") or {}
    zone = states.get(ZONE, {}).get("selected_option") or {}
    is_time = hour.isdecimal() and minute.isdecimal()
    return ChosenTime(
        when=str(when.get("value") or NOW),
        zone=str(zone.get("value") or ""),
        day=str(states.get(DAY, {}).get("selected_date") or ""),
        minute=int(hour) * 60 + int(minute) if is_time else None,
    )


def zone_options(
    zones: Iterable[str], known: frozenset[str], typed: str, *, now: float
) -> list[Json]:
    """Return the time zones that match what was typed; `zones` come first, then all `known`."""
    words = typed.casefold().replace(" ", "_").strip("_")
    likely = [name for name in dict.fromkeys(zones) if name in known]
    rest = sorted(name for name in known if "/" in name and name not in likely)
    found = [name for name in [*likely, *rest] if words in name.casefold()]
    return [_zone_option(ZoneInfo(name), now) for name in found[:MAX_ZONES]]


def place_of(zone: ZoneInfo) -> str:
    """Return the city in a time zone's name, such as `Los Angeles`."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def local_time(at: float, zone: ZoneInfo, *, now: float | None = None) -> str:
    """Return a moment in the recipient's zone, such as `Tue, Dec 1 at 9:00 AM`."""
    local = datetime.fromtimestamp(at, zone)
    day = weekday_date(local)
    if now is not None:
        day = _day_name(local.date(), datetime.fromtimestamp(now, zone).date())
    return f"{day} at {time_of(local)}"


def describe_send_time(send_at: float, zone_name: str, locale: Locale) -> str:
    """Return mrkdwn with a moment for the reader and, in words, for the recipient."""
    zone = ZoneInfo(zone_name)
    there = f"{local_time(send_at, zone)} in {place_of(zone)}"
    return f"{locale.moment(send_at)} ({escape(there)})"


def _day_name(day: date, today: date) -> str:
    if day == today:
        return "Today"
    return "Tomorrow" if day == today + timedelta(days=1) else weekday_date(day)


def _when(time: SendTime, filled: int) -> Json:
    labels = {NOW: "Now"}
    for name, at in presets(time.opened_at, time.zone).items():
        local = local_time(at, time.zone, now=time.opened_at)
        clock = f"{local.rpartition(' at ')[2]} in {place_of(time.zone)}"
        labels[name] = f"In 1 hour ({clock})" if name == SOON else local
    labels[OTHER] = "Choose a date and time"
    options = {name: option(label, name) for name, label in labels.items()}
    return _input(
        f"{WHEN}:{filled}",
        "Send",
        {
            "type": "static_select",
            "action_id": CHOOSE_SEND_TIME,
            "options": list(options.values()),
            "initial_option": options.get(time.chosen.when, options[NOW]),
        },
    )


def _date_and_time(time: SendTime, filled: int) -> Sequence[Json]:
    chosen = time.chosen
    day: Json = {"type": "datepicker", "action_id": CHOOSE_SEND_TIME}
    if chosen.day:
        day["initial_date"] = chosen.day
    minute: Json = {"type": "timepicker", "action_id": CHOOSE_SEND_TIME}
    if chosen.minute is not None:
        minute["initial_time"] = f"{chosen.minute // 60:02}:{chosen.minute % 60:02}"
    return [
        _input(f"{DAY}:{filled}", "Date", day),
        _input(f"{MINUTE}:{filled}", f"Time in {place_of(time.zone)}", minute),
    ]


def _zone(time: SendTime, filled: int) -> Json:
    return _input(
        f"{ZONE}:{filled}",
        "Recipient's time zone",
        {
            "type": "external_select",
            "action_id": CHOOSE_SEND_ZONE,
            "min_query_length": 0,
            "placeholder": plain("Type a city", 150),
            "initial_option": _zone_option(time.zone, time.now),
        },
    )


def _zone_option(zone: ZoneInfo, now: float) -> Json:
    at = time_of(datetime.fromtimestamp(now, zone))
    return option(f"{zone.key.replace('_', ' ')} ({at} now)", zone.key)


def _night_warning(time: SendTime) -> Json:
    at = time.now if time.send_at is None else time.send_at
    verb = "It's" if time.send_at is None else "It will be"
    said = (
        f"⚠️ {verb} {time_of(datetime.fromtimestamp(at, time.zone))} in {place_of(time.zone)}."
        f" Texts before {hour_name(FIRST_HOUR)} or after {hour_name(LAST_HOUR)} may disturb."
    )
    morning_at = next_morning(at, time.zone)
    morning = local_time(morning_at, time.zone, now=time.now)
    offer = button(f"Send {morning[0].lower()}{morning[1:]}", SEND_IN_MORNING, f"{morning_at:.0f}")
    return section(plain(said), accessory=offer, block_id="night")


def _summary(time: SendTime, locale: Locale) -> str:
    place = place_of(time.zone)
    if time.send_at is not None:
        return f"Sends {describe_send_time(time.send_at, time.zone.key, locale)}."
    local = time_of(datetime.fromtimestamp(time.now, time.zone))
    if time.chosen.when == OTHER:
        return escape(f"It's {local} in {place} now. Choose a date and a time there.")
    return escape(f"Recipient's local time: {local} ({place})")


def _input(block_id: str, label: str, element: Json) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "dispatch_action": True,
        "element": element,
    }
