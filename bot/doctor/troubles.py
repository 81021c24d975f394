"""Owns what the checkup says of the troubles that the bot has noted while it ran."""

from bot.doctor.model import Finding, Verdict
from bot.health.notices import put_into_words
from bot.models.health import Trouble
from bot.store import Store
from bot.ui.formatting import span

NONE = "bot.models.health"


def judge_troubles(store: Store, *, now: float) -> list[Finding]:
    """Tell each in the bot's own words; it notes by itself when one is over."""
    found = [_judge(one, now) for one in store.troubles.open()]
    return found or [Finding(NONE, "Troubles", "none is noted")]


def _judge(one: Trouble, now: float) -> Finding:
    words = put_into_words(one.kind.name, one.detail, plain=True)
    found = f"{one.kind.name}, noted {span(max(0, round(now - one.since)))} ago"
    facts = {"kind": one.kind.name, "since": round(one.since)}
    key = f"bot.{one.name.replace(' ', '_')}"
    remedy = f'the bot says: "{words}"'
    return Finding(key, one.kind.name.capitalize(), found, Verdict.WARNING, remedy, facts)
