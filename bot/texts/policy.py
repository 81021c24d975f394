"""Rules of sending: which numbers can be texted, from which of the company's numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.models.calls import Direction
from bot.models.texts import Platform, Text, TextForm
from bot.store import Store
from bot.texts.validation import validate_recipient
from bot.ui.lists import ERASED_SINCE

LATEST_CALLS, LATEST_TEXTS = 50, 5
# Meta's customer service window: a company may answer for this long after the last message.
WHATSAPP_WINDOW_SECONDS = 24 * 3600.0
NO_NUMBER = (
    "There is no number to send from: your company has none in Vocatech. Please ask an admin to"
    " set one."
)

OPTED_OUT = (
    "This contact opted out. They can't receive messages until they reply START, or someone lifts"
    " the opt-out."
)

SENT_AFTER_ALL = (
    "The first message was sent after all, so this one wasn't. To send another, select Reply via"
    " SMS."
)

SENT_AGAIN = (
    "This message was sent again in the meantime, so this one wasn't. To send another, select Reply"
    " via SMS."
)

WHATSAPP_CLOSED = (
    "WhatsApp allows replies only within 24 hours of the contact's last message. Nothing was sent."
    " You can reply when they write again."
)


@dataclass(frozen=True)
class TextPolicy:
    """What can be sent, to which number, and from which.

    `from_number` (E.164) is the configured number to send from. `regions` are the countries that
    can be texted. `sends_whatsapp` is whether WhatsApp messages can be answered on WhatsApp.
    """

    store: Store
    clock: Clock
    from_number: str | None
    regions: tuple[str, ...]
    sends_whatsapp: bool

    def company_numbers(self) -> tuple[str, ...]:
        """Return the company's numbers (E.164), the configured one first."""
        company = self.store.people.company()
        known = company.numbers if company else ()
        return tuple(dict.fromkeys([*([self.from_number] if self.from_number else []), *known]))

    def default_number(self, call_id: str | None, latest: Sequence[Text]) -> str | None:
        """Return the number to send from: the one that was called, texted last, or configured."""
        call = self.store.calls.find(call_id) if call_id else None
        used = [call.company_number if call else None, *(text.company_number for text in latest)]
        numbers = self.company_numbers()
        return next((one for one in [*used, *numbers] if one in numbers), None)

    def default_for(self, form: TextForm) -> str | None:
        """Return the number to send a new text from; in a channel, that of the texts it shows.

        Each channel shows only the texts of its numbers, and the last one may be in another.
        """
        texts = self.store.texts
        shown = texts.latest_in(form.channel, form.number) if form.channel else None
        latest = texts.latest_with([form.number], limit=LATEST_TEXTS)
        return self.default_number(form.call_id, [shown, *latest] if shown else latest)

    def blocked_because(self, number: str, platform: Platform | None = None) -> str | None:
        """Return why a number (E.164) can't be texted now, or None.

        `platform` is the one that was chosen before; by default, the one of a reply now.
        """
        numbers = self.company_numbers()
        if not numbers:
            return NO_NUMBER
        if self.store.opt_outs.of(number):
            return OPTED_OUT
        problem = validate_recipient(
            number,
            company_numbers=numbers,
            regions=self.regions,
            has_texted_us=self.store.texts.has_texted_us(number),
            has_called_us=self._has_called_us(number),
        )
        if problem or (platform or self.platform_for(number)) is not Platform.WHATSAPP:
            return problem
        return None if self.clock.now() < self.whatsapp_closes_at(number) else WHATSAPP_CLOSED

    def form_problem(self, form: TextForm) -> str | None:
        """Return why a form can't be sent.

        Its number can't be texted, or was erased since, or the text that it repeats was sent, maybe
        by a colleague.
        """
        if self.store.erasures.erased_since(form.number, form.opened_at, call_id=form.call_id):
            return ERASED_SINCE
        repeated = self.store.texts.find(form.resends) if form.resends else None
        if repeated and not repeated.may_be_sent_again:
            return SENT_AFTER_ALL
        queue, own_id = self.store.send_queue, form.text_id
        if form.resends and queue.was_resent(form.resends, by_other_than=own_id):
            return SENT_AGAIN
        return self.blocked_because(form.number)

    def appears_in(self, channel: str, number: str) -> bool:
        """Return whether a text that is written in a channel is shown there.

        A channel that hides what calls were about shows only the threads that it has already.
        """
        is_shown = self.store.channels.shown_in(channel).summary
        return is_shown or channel in self.store.texts.channels_with_threads(number)

    def whatsapp_closes_at(self, number: str) -> float:
        """Return until when a number can be answered on WhatsApp (unix seconds)."""
        received_at = self.store.texts.last_heard(number, Platform.WHATSAPP) or 0.0
        return received_at + WHATSAPP_WINDOW_SECONDS

    def platform_for(self, number: str) -> Platform:
        """Return WhatsApp if the last message came that way and answers there are enabled."""
        on_whatsapp = self.store.texts.last_heard(number, Platform.WHATSAPP)
        by_sms = self.store.texts.last_heard(number, Platform.SMS)
        is_latest = on_whatsapp is not None and on_whatsapp > (by_sms or 0)
        return Platform.WHATSAPP if is_latest and self.sends_whatsapp else Platform.SMS

    def _has_called_us(self, number: str) -> bool:
        calls = self.store.calls.latest_with([number], limit=LATEST_CALLS)
        return any(call.direction is Direction.INCOMING for call in calls)
