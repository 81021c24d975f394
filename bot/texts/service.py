"""Owns what somebody sees and may do while writing a text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.models.outbox import TWO_TEXTS
from bot.models.templates import Template
from bot.models.texts import Platform, Text, TextForm
from bot.people.names import contact_name, name_of_writer, slack_name
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.store.send_queue import Draft
from bot.templates.presenter import TemplatePresenter
from bot.texts.compose_form import ReplyForm, render_reply_modal
from bot.texts.validation import blocked_because, what_is_wrong_with
from bot.ui.blocks import Json
from bot.ui.formatting import Locale
from bot.vocatech.client import VocatechClient

LAST_TEXTS = 5

SECONDS_OF_OTHERS = 60.0

# WhatsApp lets a company answer for so long after somebody wrote (Meta's customer service window).
SECONDS_OF_WHATSAPP = 24 * 3600.0

NO_LINE = (
    "I do not know from which number your company texts: Vocatech's settings name none. Please ask"
    " an admin to put one into VOCATECH_FROM_NUMBER."
)

OPTED_OUT = "They asked for no more texts, so nothing is sent there until they write START."


@dataclass(frozen=True)
class TextService:
    """The writing of texts; `from_number` is the company's usual one, where it is set.

    `regions` are the countries to which texts go, `sends_whatsapp` whether it may be answered.
    """

    store: Store
    vocatech: VocatechClient
    clock: Clock
    locale: Locale
    template_views: TemplatePresenter
    from_number: str | None
    regions: tuple[str, ...]
    sends_whatsapp: bool

    def modal(
        self, writing: TextForm, *, viewer: str, words: str = "", line: str | None = None
    ) -> Json:
        """Give the modal as it stands now; `words` and `line` are what was entered so far."""
        store, number = self.store, writing.number
        last = store.texts.latest_with([number], limit=LAST_TEXTS)
        lines = self.lines()
        return render_reply_modal(
            ReplyForm(
                writing=writing,
                name=contact_name(number, store),
                lines=lines,
                line=line or self.usual_line(writing.call_id, last),
                words=words,
                last=[(text, name_of_writer(text, store)) for text in reversed(last)],
                templates=store.templates.seen_by(viewer),
                sends_left=self.vocatech.interactive.messages.sends_left(),
                leaves_at=self.leaves_at(),
                warnings=self._warnings(writing, viewer, last),
                obstacle=self.obstacle(number),
            ),
            locale=self.locale,
        )

    def lines(self) -> tuple[str, ...]:
        """Give the company's numbers (E.164), the usual one first."""
        company = self.store.people.company()
        known = company.numbers if company else ()
        return tuple(dict.fromkeys([*([self.from_number] if self.from_number else []), *known]))

    def usual_line(self, call_id: str | None, last: Sequence[Text]) -> str | None:
        """Give the number from which they would expect an answer to a call, and to texts."""
        call = self.store.calls.find(call_id) if call_id else None
        used = [call.company_number if call else None, *(text.company_number for text in last)]
        lines = self.lines()
        return next((one for one in [*used, *lines] if one in lines), None)

    def obstacle(self, number: str) -> str | None:
        """Say why nothing can be sent to a number, or None where it can."""
        lines = self.lines()
        if not lines:
            return NO_LINE
        if self.store.opt_outs.of(number):
            return OPTED_OUT
        return blocked_because(number, ours=lines, regions=self.regions) or self._whatsapp(number)

    def wrong_with(self, writing: TextForm, words: str) -> str | None:
        """Say why these words cannot be sent now, or None."""
        return self.obstacle(writing.number) or what_is_wrong_with(words)

    def others(self, writing: TextForm, *, viewer: str) -> str | None:
        """Give the Slack user who wrote to the same number within the last minute, if any did."""
        since = self.clock.now() - SECONDS_OF_OTHERS
        found = self.store.replies.latest_by_others(writing.number, than=viewer, since=since)
        return found[0] if found else None

    def leaves_at(self) -> float | None:
        """Give when a text sent now would leave (unix seconds); None for at once."""
        waiting = len(self.store.replies.queued())
        at = self.vocatech.interactive.messages.next_send_times(waiting + 1)[-1]
        return at if at > self.clock.now() else None

    def draft(self, writing: TextForm, words: str, *, line: str | None, by: str) -> Draft:
        """Give what was written, to be sent."""
        last = self.store.texts.latest_with([writing.number], limit=LAST_TEXTS)
        return Draft(
            text_id=f"text_{writing.token}",
            number=writing.number,
            company_number=line or self.usual_line(writing.call_id, last) or "",
            body=words.strip(),
            slack_user=by,
            platform=self.platform(writing.number),
            call_id=writing.call_id,
            channel=writing.channel,
            claims=writing.claims,
        )

    def platform(self, number: str) -> Platform:
        """Give the way by which an answer goes: WhatsApp where they wrote so and it may be sent."""
        heard = self.store.texts.last_heard(number, Platform.WHATSAPP)
        by_sms = self.store.texts.last_heard(number, Platform.SMS)
        is_theirs = heard is not None and heard > (by_sms or 0)
        return Platform.WHATSAPP if is_theirs and self.sends_whatsapp else Platform.SMS

    def filled(self, template: Template, writing: TextForm, *, viewer: str) -> str:
        """Give a template's words for whoever is written to."""
        name = contact_name(writing.number, self.store)
        return self.template_views.filled(template, viewer, name=name, number=writing.number)

    def begin(self, writing: TextForm, *, viewer: str, words: str = "") -> Json:
        """Give the modal as it opens; for a missed call with the company's words for that."""
        template = self.store.templates.for_missed() if writing.claims and not words else None
        if template:
            words = self.filled(template, writing, viewer=viewer)
        return self.modal(writing, viewer=viewer, words=words)

    def warned(self, writing: TextForm, *, viewer: str, words: str, line: str | None) -> Json:
        """Give the modal again, with the other person's text that came in between."""
        told = replace(writing, has_been_warned=True, filled=writing.filled + 1)
        return self.modal(told, viewer=viewer, words=words, line=line)

    def _warnings(self, writing: TextForm, viewer: str, last: Sequence[Text]) -> list[str]:
        warnings = []
        if other := self.others(writing, viewer=viewer):
            name = slack_name(other, self.store) or "A colleague"
            again = " Press Send again if yours shall go too." if writing.has_been_warned else ""
            warnings.append(f"{name} wrote to this number within the last minute.{again}")
        on_whatsapp = bool(last) and last[0].is_incoming and last[0].platform is Platform.WHATSAPP
        if on_whatsapp and not self.sends_whatsapp:
            warnings.append("They wrote by WhatsApp. From here your answer goes as an SMS.")
        return warnings

    def _whatsapp(self, number: str) -> str | None:
        if self.platform(number) is not Platform.WHATSAPP:
            return None
        heard = self.store.texts.last_heard(number, Platform.WHATSAPP) or 0.0
        if self.clock.now() - heard < SECONDS_OF_WHATSAPP:
            return None
        return (
            "Their last WhatsApp message is more than 24 hours old, and WhatsApp takes no answer"
            " after that. Nothing was sent. Once they write again, you can answer."
        )


def tell_of_two_texts(draft: Draft, *, first: str, store: Store, now: float) -> None:
    """Tell whoever wrote first (a Slack user) that somebody else wrote to the same number too."""
    detail = {
        "other": draft.slack_user,
        "name": contact_name(draft.number, store),
        "number": draft.number,
        "words": draft.body,
    }
    store.notices.add(Notice(f"{TWO_TEXTS} {draft.text_id}", TWO_TEXTS, detail), [first], now=now)
