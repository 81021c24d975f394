"""Texts with only the template for a missed call, which aren't needed once it was handled."""

from dataclasses import dataclass

from bot.models.calls import Call
from bot.models.send_times import greeting
from bot.phone_numbers import forms_of
from bot.store import Store
from bot.store.send_queue import Draft
from bot.templates.presenter import TemplatePresenter
from bot.texts.send_times import SendTimes

LATEST_TEXTS = 5


@dataclass(frozen=True)
class NeedlessTexts:
    """Finds texts with only the template for a missed call, and whether they are still needed.

    A text with a person's own words is always needed.
    """

    store: Store
    templates: TemplatePresenter
    times: SendTimes

    def needed_at(self, draft: Draft, now: float) -> float | None:
        """Return `now` for a text with only the template about a call to settle; else None.

        Someone who sees that it was settled, and sends the text all the same, wants it to be sent.
        """
        return now if self.has_only_template(draft, now) and not self._is_settled(draft) else None

    def has_only_template(self, draft: Draft, now: float, *, changes: str | None = None) -> bool:
        """Return whether a text about a call has only the template for missed calls.

        This can't be found out later: the template and the contact's name may change. `changes` is
        the ID of the text that it replaces.
        """
        earlier = changes or draft.resends
        template = self.store.templates.for_missed()
        if template is None or draft.call_id is None:
            return False
        if earlier and self._has_same_words(draft, earlier):
            return True
        zone = self.times.zone_of(draft.number, draft.zone or "")
        words = self.templates.outgoing(
            template.body,
            draft.slack_user,
            number=draft.number,
            line=draft.company_number,
            greeting=greeting(draft.send_at or now, zone),
        )
        return words.strip() == draft.body

    def _has_same_words(self, draft: Draft, earlier: str) -> bool:
        """Return whether a text has the words of an earlier one with only the template."""
        text = self.store.texts.find(earlier)
        is_same = text is not None and text.body.strip() == draft.body
        return is_same and self.store.scheduled_texts.needed_at(earlier) is not None

    def _is_settled(self, draft: Draft) -> bool:
        """Return whether the call of a text was settled, or answered, as a late report may say."""
        call = self.store.calls.find(draft.call_id) if draft.call_id else None
        return call is not None and is_settled(call, self.store)

    def is_needless(self, draft: Draft) -> bool:
        """Return whether a text is needless: its call was settled, or any text exchanged, since.

        Only what `needed_at` returned a time for can be. Texts that haven't left don't count.
        """
        since = self.store.scheduled_texts.needed_at(draft.text_id)
        if since is None or draft.send_at is None:
            return False
        texts = self.store.texts.latest_with(forms_of(draft.number), limit=LATEST_TEXTS)
        return self._is_settled(draft) or any(
            (text.at or 0.0) > since
            for text in texts
            if text.text_id != draft.text_id
            and not (text.has_failed or text.is_canceled or text.is_scheduled or text.is_queued)
        )


def is_settled(call: Call, store: Store) -> bool:
    """Return whether a call needs no callback any more, or never did."""
    standing = store.missed_calls.standing(call, counts_others=False)
    return standing.ending is not None or not call.needs_a_call_back
