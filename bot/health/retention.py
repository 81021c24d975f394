"""Retention: how long what is kept."""

from dataclasses import dataclass

from bot.config import Settings

DAY = 86_400.0


@dataclass(frozen=True)
class Retention:
    """How many days data is kept; None: until someone deletes it."""

    calls: int | None = None
    transcripts: int | None = None
    texts: int | None = None
    audit: int | None = None

    def limits(self, now: float) -> dict[str, float]:
        """Return the time (unix seconds) before which each kind of data is deleted."""
        days = {
            "calls": self.calls,
            "transcripts": self.transcripts,
            "texts": self.texts,
            "audit": self.audit,
        }
        return {name: now - count * DAY for name, count in days.items() if count is not None}


def retention_of(settings: Settings) -> Retention:
    """Return the retention periods in the settings."""
    return Retention(
        settings.retention_calls,
        settings.retention_transcripts,
        settings.retention_texts,
        settings.retention_audit,
    )
