"""Parsing of mute durations."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import NotUnderstood
from bot.ui.clock_parsing import parse_clock, plain_words
from bot.ui.date_parsing import Unclear
from bot.ui.duration_parsing import may_be_clock, parse_duration
from bot.ui.future_times import parse_future
from bot.ui.time_patterns import AROUND_WORDS, ENDS_WITH_DATE

MORNING = time(8)

# The choices of the form, by what someone would type for them.
SPANS = {
    "1h": "1 hour",
    "4h": "4 hours",
    "tomorrow": "Until tomorrow at 8:00 AM",
    "3d": "3 days",
}

MAX_DAYS = 30

EXAMPLE = (
    "/vocatech mute 2h, or 30 min, 2 weeks, tomorrow, until 5 PM, until monday; /vocatech mute off"
    " to unmute"
)

# Ways to say `off`, and ways to say nothing about the time.
OFF = frozenset({"off", "stop", "end", "cancel", "over", "unmute", "no", "none", "lift", "0"})
NO_TIME = frozenset({"on", "now", "here", "channel", "this channel", "it", "start", "please"})

_DAY_SECONDS = 86_400
_REST_OF_DAY = frozenset(
    {"today", "day", "rest of day", "rest of the day", "end of day", "end of the day", "eod"}
)
# In minutes from midnight; `mute this afternoon` lasts as long as the afternoon.
_PARTS_OF_DAY = {"morning": 12 * 60, "afternoon": 18 * 60}
_NIGHT = frozenset({"tonight", "overnight", "night", "this evening", "evening"})
_END_OF_WEEK = frozenset({"end of week", "end of the week", "eow"})
_WEEK = frozenset({"week", "this week", "rest of week", "rest of the week", *_END_OF_WEEK})
_WEEKEND = frozenset({"weekend", "this weekend", "over the weekend"})
_AFTERNOON, _EVENING, _LAST_HOUR_OF_NIGHT, _FRIDAY = time(12), time(18), 4, 4
# A mute begins immediately. Typed earlier than this before it, `tonight` may mean only the night.
_MOST_EARLY = timedelta(hours=6)
_FOREVER = frozenset({"forever", "indefinitely", "permanently", "always", "for good"})
_IS_BEGINNING = "may be when the mute begins. A mute always begins immediately."
_MAX_QUOTED = 60


def read_mute(typed: str) -> str:
    """Return what was typed after mute in plain words: empty without a time, `off` to unmute."""
    plain = plain_words(typed).strip(AROUND_WORDS)
    plain = plain if ENDS_WITH_DATE.search(plain) else plain.rstrip(".")
    plain = re.sub(r"^please | please$|^(?:this )?channel ", "", plain)
    return "off" if plain in OFF else "" if plain in NO_TIME else plain


def parse_mute_until(typed: str, now: float, zone: ZoneInfo, region: str = "US") -> float:
    """Return the moment (Unix seconds) meant by `2h`, `2 weeks`, `tomorrow`, or `until 5 PM`.

    Days without a time mean 8:00 AM in the zone of the user. Raises NotUnderstood, also for what
    may be the beginning of a mute.
    """
    plain = read_mute(typed)
    quoted = f"“{typed[:_MAX_QUOTED]}{'…' if len(typed) > _MAX_QUOTED else ''}”"
    until = re.sub(r"^(?:until|till|til|to|by|for|in) ", "", plain)
    if until.isdecimal() and (until == plain or plain.startswith(("for ", "in "))):
        raise _refusal(f"{quoted} needs a unit, such as {until[:4]} min or {until[:4]} h.")
    if until in _FOREVER:
        raise _out_of_range(quoted)
    has_until = plain.startswith(("until ", "till ", "til ", "to ", "by "))
    is_hour = re.fullmatch(r"\d{1,2} ?h(?:\d\d)?", until) is not None
    if (until == plain and may_be_clock(until)) or (has_until and is_hour):
        raise _refusal(f"{quoted} may be a time or a duration. Type until 5:00 PM, or 5 hours.")
    seconds = parse_duration(until)
    if seconds is None:
        clock = parse_clock(until)
        if until == plain and clock and not clock.is_sure:  # `2:30` may also be 2 h 30 min
            raise _refusal(f"Put until before {quoted}, or give it a unit, such as 2h 30m.")
        named = _named(plain, until, now, zone, quoted)
        moment = named or _moment(until, quoted, now, zone, region)
        is_end = named or has_until or (until == plain and (clock or plain == "tomorrow"))
        if not is_end:  # `at 5 PM`, `next week`, `for lunch`
            raise _may_begin(quoted)
        seconds = moment - now
    elif plain.startswith("in "):
        raise _refusal(f"{quoted} {_IS_BEGINNING} Leave out “in” to mute for {until[:20]}.")
    elif seconds < 60:  # noqa: PLR2004 (a minute)
        raise _out_of_range(quoted)
    if not 0 < seconds <= MAX_DAYS * _DAY_SECONDS:
        raise _out_of_range(quoted)
    return now + seconds


def _named(plain: str, until: str, now: float, zone: ZoneInfo, quoted: str) -> float | None:
    """Return the end of `today`, `tonight`, or `this week`; `until tonight` is a moment.

    Raises NotUnderstood for what begins much later.
    """
    local = datetime.fromtimestamp(now, zone)
    today = local.date()
    monday = today + timedelta(days=7 - today.weekday())
    part = re.sub("^(?:for )?(?:this |the )?", "", plain)
    is_night = re.sub("^(?:for )?(?:the )?", "", plain) in _NIGHT
    is_weekend = part in _WEEKEND
    begin = local
    if is_night and local.hour > _LAST_HOUR_OF_NIGHT:
        begin = datetime.combine(today, _EVENING, zone)
    elif part == "afternoon":
        begin = datetime.combine(today, _AFTERNOON, zone)
    elif is_weekend and today.weekday() <= _FRIDAY:
        begin = datetime.combine(monday - timedelta(days=3), _EVENING, zone)
    if begin.timestamp() - now > _MOST_EARLY.total_seconds():
        raise _may_begin(quoted)
    if re.sub("^the ", "", until) in _REST_OF_DAY:
        return datetime.combine(today + timedelta(days=1), time(), zone).timestamp()
    if is_night:  # typed after midnight, it is over in the morning
        days = 1 if local.hour > _LAST_HOUR_OF_NIGHT else 0
        return datetime.combine(today + timedelta(days=days), MORNING, zone).timestamp()
    if minute := _PARTS_OF_DAY.get(part):
        end = datetime.combine(today, time(minute // 60), zone).timestamp()
        return end if end > now else None
    is_week = re.sub("^the ", "", plain.removeprefix("for ")) in _WEEK
    if is_week or is_weekend or re.sub("^the ", "", until) in _END_OF_WEEK:
        return datetime.combine(monday, MORNING, zone).timestamp()
    return None


def _moment(until: str, quoted: str, now: float, zone: ZoneInfo, region: str) -> float:
    try:
        # `until 5` is a time of day.
        clock = f"at {until}" if until.isdecimal() else until
        return parse_future(clock, now=now, zone=zone, region=region, morning=MORNING.hour * 60)
    except NotUnderstood as error:
        if error.reason.endswith("is in the past."):
            raise _refusal(f"{quoted} is in the past.") from error
        if isinstance(error, Unclear):
            raise _refusal(error.reason) from error
        raise _refusal(f"{quoted} isn't a duration or a time.") from error


def _may_begin(quoted: str) -> NotUnderstood:
    return _refusal(f"{quoted} {_IS_BEGINNING} Put until before the time when it ends.")


def _refusal(reason: str) -> NotUnderstood:
    return NotUnderstood(f"This channel wasn't muted. {reason}", EXAMPLE)


def _out_of_range(quoted: str) -> NotUnderstood:
    return _refusal(f"{quoted} is out of range: a mute lasts from 1 minute to {MAX_DAYS} days.")
