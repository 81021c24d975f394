"""The noun "event": one thing that the phone service told us, once."""

from dataclasses import dataclass

from bot.models.calls import Report
from bot.models.texts import TextReport, TextSource


@dataclass(frozen=True)
class Event:
    """One delivery or one listed row; `body` is the JSON as it came.

    `report` is what it says of a call, `text` what it says of a text, and `authority` how much it
    knows of the latter; both are None for what we do not understand, and kept all the same.
    """

    event_id: str
    kind: str
    body: str
    report: Report | None = None
    text: TextReport | None = None
    authority: TextSource = TextSource.TOLD
