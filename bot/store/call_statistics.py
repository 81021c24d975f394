"""Call counts over days and months, for digests."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.intervals import Interval, cut
from bot.models.calls import Call, call_from_reports
from bot.models.digests import SENTIMENTS, Counted, PersonTotals
from bot.store.database.connection import Database

HOUR, DAY = 3_600, 86_400.0


def hours_in_zone(span: Interval, zone: ZoneInfo) -> Iterator[tuple[int, Interval]]:
    """Split a span at local hours; yield each part with its hour of the day."""
    for part, offset in _even_parts(span, zone):
        start = part.start
        while start < part.end:
            hour = int(start + offset) // HOUR
            end = min(part.end, (hour + 1) * HOUR - offset)
            yield hour % 24, Interval(start, end)
            start = end


def _even_parts(span: Interval, zone: ZoneInfo) -> Iterator[tuple[Interval, int]]:
    """Split a span where the clocks change; yield each part with its UTC offset in seconds."""
    begin, offset = span.start, _offset(span.start, zone)
    for piece in cut(span, DAY):
        if _offset(piece.end, zone) == offset:
            continue
        low, high = piece.start, piece.end
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
        yield Interval(begin, high), offset
        begin, offset = high, _offset(high, zone)
    if begin < span.end:
        yield Interval(begin, span.end), offset


def _offset(moment: float, zone: ZoneInfo) -> int:
    ahead = datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
    return int(ahead.total_seconds()) if ahead else 0


# A call without a known direction counts as incoming, here as in what people read.
_INCOMING = "coalesce(direction, 'incoming') = 'incoming'"

_ANSWERED = "outcome in ('answered', 'in progress')"

_MISSED = f"outcome in ('missed', 'voicemail') and {_INCOMING}"

_TALKED = f"sum(seconds) filter (where {_ANSWERED} and direction is not 'internal')"

_DURING = "started_at >= ? and started_at < ?"

_IN_SHORT = ", ".join(
    [
        "count(*)",
        "sum(direction is 'outgoing')",
        "sum(direction is 'internal')",
        f"sum({_ANSWERED} and {_INCOMING})",
        f"sum({_MISSED})",
    ]
)

_IN_FULL = ", ".join([_IN_SHORT, _TALKED, *(f"sum(sentiment is '{mood}')" for mood in SENTIMENTS)])

# One query per span: an index returns its calls in order, so nothing has to be sorted into groups,
# which would take twice as long.
_SUMS = """
select (
    select json_array({sums}) from calls
    where {own} started_at >= json_extract(span.value, '$[0]')
    and started_at < json_extract(span.value, '$[1]')
) as sums from json_each(?) as span
"""

# The same for each extension, found by stepping through the index from one to the next.
_BY_PERSON = f"""
with recursive known (extension) as (
    select min(extension) from calls
    union all
    select (select min(extension) from calls where extension > known.extension)
    from known where known.extension is not null
)
select extension, (
    select json_array(
        sum({_ANSWERED} and direction is not 'outgoing'), sum({_MISSED}),
        sum(direction is 'outgoing'), {_TALKED}, count(*)
    ) from calls
    where calls.extension = known.extension and {_DURING} and direction is not 'internal'
) as sums from known where extension is not null
"""


class CallStatistics:
    """Counts of calls that began in a span; `extension` limits them to one extension."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_hour(
        self, span: Interval, zone: ZoneInfo, extension: str | None = None
    ) -> list[tuple[int, Counted]]:
        """Return counts for each local hour (0 to 23), day after day."""
        hours = list(hours_in_zone(span, zone))
        return list(
            zip(
                (hour for hour, _ in hours),
                self.counted([part for _, part in hours], extension),
                strict=True,
            )
        )

    def counted(self, spans: Sequence[Interval], extension: str | None = None) -> list[Counted]:
        """Return counts for each of these spans."""
        rows = self._sums(_IN_FULL, spans, extension)
        return [
            Counted(calls - out - internal, out, internal, answered, missed, talked, tuple(moods))
            for calls, out, internal, answered, missed, talked, *moods in rows
        ]

    def counted_in_short(self, span: Interval, extension: str | None = None) -> Counted:
        """Return counts without talk time and sentiment: half the work, and enough to compare."""
        [(calls, outgoing, internal, answered, missed)] = self._sums(_IN_SHORT, [span], extension)
        return Counted(calls - outgoing - internal, outgoing, internal, answered, missed)

    def calls_and_missed(
        self, spans: Sequence[Interval], extension: str | None = None
    ) -> list[tuple[int, int]]:
        """Return, for each span, how many calls began and how many of them were missed."""
        rows = self._sums(f"count(*), sum({_MISSED})", spans, extension)
        return [(calls, missed) for calls, missed in rows]

    def by_person(self, span: Interval, *, most: int) -> list[PersonTotals]:
        """Return totals per extension, the busiest first; the extension is used as the name."""
        rows = self._database.rows(_BY_PERSON, [span.start, span.end])
        found = [(row["extension"], json.loads(row["sums"])) for row in rows]
        busiest = sorted((one for one in found if one[1][4]), key=lambda one: (-one[1][4], one[0]))
        return [
            PersonTotals(extension, *(int(number or 0) for number in sums[:4]))
            for extension, sums in busiest[:most]
        ]

    def top_numbers(
        self, span: Interval, extension: str | None = None, *, most: int
    ) -> list[tuple[Call, int]]:
        """Return the numbers with the most calls: one call of each number, and the count.

        Numbers that are marked as spam are left out.
        """
        rows = self._rows(
            "select remote_number, count(*) as calls from calls where {where}"
            " and remote_number is not null and direction is not 'internal'"
            " group by remote_number having not exists (select 1 from screened_numbers"
            " where screened_numbers.number = remote_number and kind = 'spam')"
            " order by calls desc, remote_number limit ?",
            span,
            extension,
            most,
        )
        return [(self._latest(row["remote_number"], span), row["calls"]) for row in rows]

    def _latest(self, number: str, span: Interval) -> Call:
        row = self._database.row(
            "select call_id, facts from calls where remote_number = ? and started_at < ?"
            " order by started_at desc limit 1",
            [number, span.end],
        )
        return call_from_reports(row["call_id"], json.loads(row["facts"])) if row else Call("")

    def _sums(self, sums: str, spans: Sequence[Interval], extension: str | None) -> list[list[int]]:
        own, value = ("extension = ? and", [extension]) if extension else ("", [])
        rows = self._database.rows(
            _SUMS.replace("{sums}", sums).replace("{own}", own),
            [*value, json.dumps([[span.start, span.end] for span in spans])],
        )
        return [[int(number or 0) for number in json.loads(row["sums"])] for row in rows]

    def _rows(self, sql: str, span: Interval, extension: str | None, *more: Any) -> list[Any]:
        """Read rows; `{where}` in the statement becomes the span and the extension."""
        where = _DURING if extension is None else f"extension = ? and {_DURING}"
        own = [] if extension is None else [extension]
        return self._database.rows(
            sql.replace("{where}", where), [*own, span.start, span.end, *more]
        )
