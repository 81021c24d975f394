"""What came before a call, in one line of its card."""

from datetime import datetime, timedelta

from bot.models.calls import Call, Direction
from bot.models.customers.timeline import CallerHistory
from bot.phone_numbers import is_whole
from bot.store import Store
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import literal

_TEENS = range(11, 14)
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_TEN, _HUNDRED = 10, 100


def load_history(call: Call, store: Store, locale: Locale) -> tuple[CallerHistory, Call | None]:
    """Return what came before a call with a number outside, and the last conversation with it."""
    number, at = call.remote_number or "", call.started_at
    if call.direction is Direction.INTERNAL or at is None or not is_whole(number):
        return CallerHistory(), None
    nth = 0
    if call.direction is Direction.INCOMING:
        nth = store.timelines.count(number, since=_start_of_week(at, locale), until=at)
    talk = store.timelines.last_talk(number, before=at)
    return CallerHistory(nth=nth, last_at=talk.started_at if talk else None), talk


def describe_history(history: CallerHistory, locale: Locale) -> str:
    """Return mrkdwn such as `3rd call this week · last with Ana, yesterday at 10:40 AM`, or ""."""
    parts = [f"{_ordinal(history.nth)} call this week"] if history.nth > 1 else []
    if history.last_at is not None:
        who = f"with {literal(history.last_with)}, " if history.last_with else "call "
        first = "last" if parts else "Last"
        parts.append(f"{first} {who}{locale.moment(history.last_at)}")
    return "  ·  ".join(parts)


def _start_of_week(at: float, locale: Locale) -> float:
    """Return the local Monday, midnight, before a time (both unix seconds)."""
    local = datetime.fromtimestamp(at, locale.zone)
    monday = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return (monday - timedelta(days=local.weekday())).timestamp()


def _ordinal(number: int) -> str:
    if number >= _HUNDRED:
        return "100th or later"
    is_teen = number % _HUNDRED in _TEENS
    return f"{number}{'th' if is_teen else _ENDINGS.get(number % _TEN, 'th')}"
