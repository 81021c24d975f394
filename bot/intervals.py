"""Time intervals: joining, splitting, and finding gaps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Interval:
    """From `start` until just before `end`, in unix seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.end - self.start


def join(spans: Iterable[Interval]) -> list[Interval]:
    """Return the same time in as few intervals as possible, in order."""
    joined: list[Interval] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def missing(whole: Interval, done: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the parts of `whole` that none of these covers, in order."""
    start = whole.start
    for span in join(done):
        if start < span.start:
            yield Interval(start, min(span.start, whole.end))
        start = max(start, span.end)
        if start >= whole.end:
            return
    if start < whole.end:
        yield Interval(start, whole.end)


def cut(span: Interval, seconds: float) -> Iterator[Interval]:
    """Yield pieces of `seconds` each, in order; the last one may be shorter."""
    start = span.start
    while start < span.end:
        end = min(start + seconds, span.end)
        yield Interval(start, end)
        start = end
