"""Ingest of Vocatech's list of texts, for texts that no webhook reported."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from bot.clock import Clock
from bot.models.events import Event as ReportedEvent
from bot.models.texts import TextReport
from bot.server.metrics import Metrics
from bot.store import Store
from bot.store.ingest import Hold, Saved
from bot.store.sync import FIRST_LOOK_BACK, INSTALLED, synced_until
from bot.vocatech.client import VocatechClient, day_of
from bot.vocatech.events import read_listed_text


@dataclass(frozen=True)
class TextPoller:
    """Stores listed texts the same way as texts from webhooks.

    `caught_up` is set once the list was read since the start: only then is it known who replied
    STOP while the app was off.
    """

    vocatech: VocatechClient
    store: Store
    metrics: Metrics
    clock: Clock
    opt_out_words: Collection[str]
    wake: Callable[[], None]
    caught_up: Event = field(default_factory=Event)

    def ingest(self, since: float, until: float) -> None:
        """Store the texts of a period (unix seconds) and of a day around it; raises ApiError.

        Texts from before the installation are stored but not posted.
        """
        installed = synced_until(INSTALLED, self.store.key_values, now=until) or until
        # The time zone of Vocatech's days is unknown.
        day = timedelta(days=1)
        pages: list[list[TextReport]] = []
        try:
            pages.extend(self.vocatech.messages.between(day_of(since) - day, day_of(until) + day))
        finally:
            # Pages that could be read are stored even if a later one failed. The newest texts are
            # listed first (assumed) and must be posted last.
            for page in reversed(pages):
                self._save(reversed(page), installed)
            self.wake()

    def _save(self, texts: Iterable[TextReport], installed: float) -> None:
        events = [read_listed_text(text, opt_out_words=self.opt_out_words) for text in texts]
        entries = [(event, _hold(event, installed)) for event in events]
        for result in self.store.calls.save_all(entries, now=self.clock.now()):
            if result is not Saved.DUPLICATE:
                self.metrics.stored.labels("poll", result).inc()


def _hold(event: ReportedEvent, installed: float) -> Hold | None:
    at = event.text.sent_at if event.text else None
    return Hold.QUIET if at is not None and at < installed - FIRST_LOOK_BACK else None
