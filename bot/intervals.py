"""The noun "span": a stretch of time, what is missing of one, and how it is cut."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """From `start` until just before `end`, in unix seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


def join(spans: Iterable[Span]) -> list[Span]:
    """Give the same time in as few spans as there can be, in order."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def missing(whole: Span, done: Iterable[Span]) -> Iterator[Span]:
    """Give what none of these covers, in order."""
    start = whole.start
    for span in join(done):
        if start < span.start:
            yield Span(start, min(span.start, whole.end))
        start = max(start, span.end)
        if start >= whole.end:
            return
    if start < whole.end:
        yield Span(start, whole.end)


def cut(span: Span, seconds: float) -> Iterator[Span]:
    """Give pieces of so many seconds, in order; the last one may be shorter."""
    start = span.start
    while start < span.end:
        end = min(start + seconds, span.end)
        yield Span(start, end)
        start = end
