"""The summary message of a backfill."""

from collections.abc import Mapping

from bot.ui.action_ids import NOTICE_METADATA
from bot.ui.blocks import emoji, line, numbered, paragraph, rich, says
from bot.ui.formatting import Locale
from bot.ui.message import Message

KINDS = ("incoming", "outgoing", "internal", "of unknown direction")


def render_backfill_summary(
    notice_id: str,
    *,
    since: float,
    until: float,
    counts: Mapping[str, int],
    locale: Locale,
) -> Message:
    """Render the number of calls between two times (unix seconds).

    `counts` has the number of calls of each of `KINDS`, and the number of `missed` ones.
    """
    calls = sum(counts.get(kind, 0) for kind in KINDS)
    noun = "call" if calls == 1 else "calls"
    what = f"Imported {calls:,} earlier {noun} {_when(since, until, locale)}"
    parts = [f"{counts[kind]:,} {kind}" for kind in KINDS if counts.get(kind)]
    more = f": {_listed(parts)}. {_missed(counts.get('missed', 0), calls)}"
    text = f"{what}{more}"
    opening = paragraph(emoji("inbox_tray"), line(" "), line(what, bold=True), line(more))
    return Message(
        text=text,
        blocks=numbered([rich(opening)]),
        plain_blocks=numbered([says(text)]),
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )


def _when(since: float, until: float, locale: Locale) -> str:
    first, last = locale.day(since), locale.day(until)
    return f"from {first}" if first == last else f"from {first} to {last}"


def _listed(parts: list[str]) -> str:
    *some, last = parts
    comma = "," if len(some) > 1 else ""
    return f"{', '.join(some)}{comma} and {last}" if some else last


def _missed(missed: int, calls: int) -> str:
    if calls == 1:
        return "It was missed." if missed else "It wasn't missed."
    if missed == 1:
        return "1 was missed."
    return f"{missed:,} were missed." if missed else "None were missed."
