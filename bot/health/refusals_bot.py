"""The noun "refusals": requests whose signature was not believed, one after the other."""

from dataclasses import dataclass

# Strangers knock once or twice; a sender whose secret or clock is wrong knocks again and again.
ENOUGH, SECONDS = 5, 600.0
# They may also go on for long, with good requests in between.
SECONDS_OF_PEACE = 3_600.0


@dataclass
class Refusals:
    """How many came since one was believed, why the last was refused, and when; unix seconds.

    Kept while the process lives. What is not signed at all is nobody's, and not counted.
    """

    count: int = 0
    reason: str = ""
    first: float = 0.0
    last: float = 0.0
    believed: float = 0.0

    def add(self, reason: str, *, now: float) -> None:
        """Count one that was refused."""
        self.first = self.first if self.count else now
        self.count, self.reason, self.last = self.count + 1, reason, now

    def believe(self, *, now: float) -> None:
        """Note one that was believed."""
        self.count, self.believed = 0, now

    @property
    def are_many(self) -> bool:
        """Say whether they have come for so long, and none believed, that somebody must look."""
        return self.count >= ENOUGH and self.last - self.first >= SECONDS

    def are_over(self, since: float, *, now: float) -> bool:
        """Say whether one was believed since a moment, and none has been refused for a while."""
        return self.believed > since and not self.count and now - self.last > SECONDS_OF_PEACE
