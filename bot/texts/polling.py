"""Owns the taking in of Vocatech's list of texts: whatever no webhook told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.models.events import Event
from bot.models.texts import TextReport
from bot.server.metrics import Metrics
from bot.store import Store
from bot.store.ingest import Hold, Saved
from bot.store.sync import FIRST_LOOK_BACK, INSTALLED, synced_until
from bot.vocatech.client import VocatechClient, day_of
from bot.vocatech.events import read_listed_text


@dataclass(frozen=True)
class TextPoller:
    """Texts as Vocatech lists them, into the same intake as webhooks."""

    vocatech: VocatechClient
    store: Store
    metrics: Metrics
    clock: Clock
    opt_out_words: tuple[str, ...]
    wake: Callable[[], None]

    def take_in(self, since: float, until: float) -> None:
        """Take in the texts of a span (unix seconds), and of a day around it; raises ApiError.

        Texts from before the bot was installed are known from then on, and shown to nobody.
        """
        installed = synced_until(INSTALLED, self.store.notes, now=until) or until
        # Whose day it is on their side is unknown.
        day = timedelta(days=1)
        pages: list[list[TextReport]] = []
        try:
            pages.extend(self.vocatech.messages.between(day_of(since) - day, day_of(until) + day))
        finally:
            # What could be read counts, whatever became of the rest. The newest are listed first
            # (assumed), and shall be shown last.
            for page in reversed(pages):
                self._save(reversed(page), installed)
            self.wake()

    def _save(self, texts: Iterable[TextReport], installed: float) -> None:
        events = [read_listed_text(text, opt_out_words=self.opt_out_words) for text in texts]
        held = [(event, _hold(event, installed)) for event in events]
        for result in self.store.calls.save_all(held, now=self.clock.now()):
            if result is not Saved.DUPLICATE:
                self.metrics.stored.labels("poll", result).inc()


def _hold(event: Event, installed: float) -> Hold | None:
    at = event.text.sent_at if event.text else None
    return Hold.QUIET if at is not None and at < installed - FIRST_LOOK_BACK else None
