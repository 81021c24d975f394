"""The noun "event": one thing that the phone service told us, once."""

from dataclasses import dataclass

from bot.calls import Report


@dataclass(frozen=True)
class Event:
    """One delivery or one listed row; `body` is the JSON as it came, `report` what we understood.

    `report` is None for kinds of event that we do not use (yet): they are kept all the same.
    """

    event_id: str
    kind: str
    body: str
    report: Report | None = None
