"""Events from Vocatech: a webhook delivery or a row of a list."""

from dataclasses import dataclass

from bot.models.calls import Report
from bot.models.texts import TextReport, TextSource


@dataclass(frozen=True)
class Event:
    """A webhook delivery or a listed row; `body` is the original JSON.

    `report` is about a call, `text` about a text, with the `authority` of its source. Both are None
    for an unknown event, which is stored, too. `kept` is what is stored of the body once the event
    is merged, if that is less.
    """

    event_id: str
    kind: str
    body: str
    report: Report | None = None
    text: TextReport | None = None
    authority: TextSource = TextSource.TOLD
    kept: str | None = None
