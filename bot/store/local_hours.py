"""Owns the cutting of a span of time where local hours begin, whatever the clocks do meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.intervals import Span, cut

HOUR, DAY = 3_600, 86_400.0


def local_hours(span: Span, zone: ZoneInfo) -> Iterator[tuple[int, Span]]:
    """Cut a span where local hours begin; give each with its place in the day."""
    for part, offset in _even_parts(span, zone):
        start = part.start
        while start < part.end:
            hour = int(start + offset) // HOUR
            end = min(part.end, (hour + 1) * HOUR - offset)
            yield hour % 24, Span(start, end)
            start = end


def _even_parts(span: Span, zone: ZoneInfo) -> Iterator[tuple[Span, int]]:
    """Cut a span where the clocks change; give each part with its seconds ahead of UTC."""
    begin, offset = span.start, _offset(span.start, zone)
    for piece in cut(span, DAY):
        if _offset(piece.end, zone) == offset:
            continue
        low, high = piece.start, piece.end
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
        yield Span(begin, high), offset
        begin, offset = high, _offset(high, zone)
    if begin < span.end:
        yield Span(begin, span.end), offset


def _offset(moment: float, zone: ZoneInfo) -> int:
    ahead = datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
    return int(ahead.total_seconds()) if ahead else 0
