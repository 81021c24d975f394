"""Service for texts: the reply modal, submitting, canceling, and opt-outs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.clock import Clock
from bot.errors import NotUnderstood
from bot.models.calls import Direction
from bot.models.texts import Platform, Text, TextForm
from bot.people.names import contact_name, name_of_writer, resolve_number, slack_name
from bot.phone_numbers import EndUnclear, is_emergency
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.store.send_queue import Draft
from bot.templates.presenter import TemplatePresenter
from bot.texts.form import FROM_NUMBER, Entered, ReplyForm, body_block_id, render_reply_modal
from bot.texts.lookup import explain_no_recipient, find_recipients
from bot.texts.modals import (
    ALREADY_RESOLVED,
    ALREADY_SENT,
    ALREADY_SUBMITTED,
    CANNOT_CANCEL,
    UNAVAILABLE,
    render_recipients_modal,
    render_sent_modal,
    render_whole_text,
)
from bot.texts.second_text import notify_of_second_text
from bot.texts.validation import EMERGENCY, validate_body, validate_recipient
from bot.ui.blocks import Json, words_modal
from bot.ui.command_text import tokenize
from bot.ui.formatting import Locale
from bot.vocatech.client import VocatechClient

LATEST_TEXTS = 5
LATEST_CALLS = 50
COLLEAGUE_WARNING_SECONDS = 60.0
# Meta's customer service window: a company may answer for this long after the last message.
WHATSAPP_WINDOW_SECONDS = 24 * 3600.0
EXAMPLE = "/sms (212) 555-0123 or /sms Maria Lopez"
EXAMPLE_WITH_COMMA = "/sms (212) 555-0123, 10 AM works"
NO_NUMBER = (
    "There is no number to send from: your company has none in Vocatech. Please ask an admin to"
    " set one."
)

OPTED_OUT = (
    "This contact opted out. They can't receive messages until they reply START, or someone lifts"
    " the opt-out."
)

WHATSAPP_CLOSED = (
    "WhatsApp allows replies only within 24 hours of the contact's last message. Nothing was sent."
    " You can reply when they write again."
)

NUMBER_GONE = "Your company no longer has this number. Please choose another one."


@dataclass(frozen=True)
class Submission:
    """Result of submitting the reply modal: errors by block id, or the next view, or neither."""

    errors: Mapping[str, str] = field(default_factory=dict)
    view: Json | None = None


@dataclass(frozen=True)
class TextService:
    """Writing and sending of texts.

    `from_number` (E.164) is the configured number to send from. `regions` are the countries that
    can be texted. `sends_whatsapp` is whether WhatsApp messages can be answered on WhatsApp.
    `send_texts` starts sending what is queued, `wake` posts what has changed.
    """

    store: Store
    vocatech: VocatechClient
    clock: Clock
    locale: Locale
    templates: TemplatePresenter
    from_number: str | None
    regions: tuple[str, ...]
    sends_whatsapp: bool
    send_texts: Callable[[], None]
    wake: Callable[[], None]

    def open_from_command(self, typed: str, *, viewer: str) -> Json:
        """Return the modal for `/sms`; raises NotUnderstood if there is no recipient."""
        tokens = tokenize(typed)
        if not tokens:
            raise NotUnderstood("Enter a phone number or the name of a contact.", EXAMPLE)
        if tokens[0].is_mention:
            raise NotUnderstood("Slack members can't be texted here.", EXAMPLE)
        if is_emergency(tokens[0].text, self.locale.region):
            raise NotUnderstood(EMERGENCY, EXAMPLE)
        try:
            found = find_recipients(typed, self.store, self.locale.region)
        except EndUnclear as unclear:
            raise NotUnderstood(self._explain_end(unclear), EXAMPLE_WITH_COMMA) from None
        if not found.recipients:
            raise NotUnderstood(explain_no_recipient(typed, self.locale.region), EXAMPLE)
        if len(found.recipients) == 1:
            return self.open_for_number(
                found.recipients[0].number,
                viewer=viewer,
                body=found.body,
                extension=found.extension,
            )
        return render_recipients_modal(
            found.recipients, typed=found.typed, body=found.body, locale=self.locale
        )

    def _explain_end(self, unclear: EndUnclear) -> str:
        choices = [self.locale.number(number) for number in unclear.choices]
        listed = f"{', '.join(choices[:-1])} or {choices[-1]}"
        return f"This could be {listed}. Put a comma after the phone number."

    def open_for_number(
        self,
        number: str,
        *,
        viewer: str,
        body: str = "",
        channel: str | None = None,
        extension: str | None = None,
    ) -> Json:
        """Return the modal for a number (E.164).

        `channel` is where the text will appear; `extension` was typed after the number.
        """
        form = TextForm(make_token(), number, channel=channel, extension=extension)
        return self.render_form(Entered(form, body, None), viewer=viewer)

    def open_for_call(self, call_id: str, *, viewer: str, channel: str | None) -> Json:
        """Return the modal for the other party of a call; a missed call is claimed on sending."""
        call = self.store.calls.find(call_id)
        if call is None or call.remote_number is None:
            return words_modal(*UNAVAILABLE)
        form = TextForm(
            make_token(),
            call.remote_number,
            call_id=call_id,
            channel=channel,
            claims=call.needs_a_call_back,
        )
        template = self.store.templates.for_missed() if form.claims else None
        body = template.body if template else ""
        return self.render_form(Entered(form, body, None), viewer=viewer)

    def open_for_handle(self, handle: str, *, viewer: str, channel: str | None) -> Json:
        """Return the modal for a button's value: a number, or the id of a text."""
        number = resolve_number(handle, self.store)
        if number is None:
            return words_modal(*UNAVAILABLE)
        return self.open_for_number(number, viewer=viewer, channel=channel)

    def open_to_resend(self, text_id: str, *, viewer: str, channel: str | None) -> Json:
        """Return the modal with a text that failed or is unconfirmed."""
        text = self.store.texts.find(text_id)
        if text is None or text.number is None:
            return words_modal(*UNAVAILABLE)
        if not (text.has_failed or text.needs_confirmation):
            return words_modal(*ALREADY_SENT)
        return self.open_for_number(text.number, viewer=viewer, body=text.body, channel=channel)

    def render_form(self, entered: Entered, *, viewer: str) -> Json:
        """Return the modal with what was entered, and the current limits and warnings."""
        store, form = self.store, entered.form
        entered = self._as_sent(entered, viewer=viewer)
        latest = store.texts.latest_with([form.number], limit=LATEST_TEXTS)
        blocked_because = self.blocked_because(form.number)
        return render_reply_modal(
            ReplyForm(
                form=form,
                name=contact_name(form.number, store),
                company_numbers=self.company_numbers(),
                from_number=entered.from_number or self.default_number(form.call_id, latest),
                body=entered.body,
                latest=[(text, name_of_writer(text, store)) for text in reversed(latest)],
                templates=store.templates.seen_by(viewer),
                sends_left=self.vocatech.interactive.messages.sends_left(),
                leaves_at=self._leaves_at(),
                warnings=self._warnings(form, viewer, latest),
                blocked_because=blocked_because,
                is_opted_out=blocked_because == OPTED_OUT,
            ),
            locale=self.locale,
        )

    def insert_template(self, entered: Entered, template_id: int, *, viewer: str) -> Entered:
        """Return the entered values with a template as the body.

        The body stays as it is if the template was deleted; it then leaves the menu.
        """
        form, body = entered.form, entered.body
        if template := self.store.templates.find(template_id, slack_user=viewer):
            body = template.body
        return replace(entered, form=replace(form, filled=form.filled + 1), body=body)

    def submit(self, entered: Entered, *, by: str) -> Submission:
        """Queue a text once, unless something is wrong with it or a colleague just wrote too."""
        form = entered.form
        entered = self._as_sent(entered, viewer=by)
        if problem := self.blocked_because(form.number) or validate_body(entered.body):
            return Submission({body_block_id(form): problem})
        if entered.from_number and entered.from_number not in self.company_numbers():
            return Submission({FROM_NUMBER: NUMBER_GONE})
        draft, colleague = self._draft(entered, by=by), self._colleague(form, viewer=by)
        if colleague and not form.has_been_warned and not self.store.texts.find(draft.text_id):
            form = replace(form, has_been_warned=True, filled=form.filled + 1)
            return Submission(view=self.render_form(replace(entered, form=form), viewer=by))
        leaves_at, now = self._leaves_at(), self.clock.now()
        if not self.store.send_queue.add(draft, now=now):
            return Submission(view=words_modal(*ALREADY_SUBMITTED))
        self.send_texts()
        if colleague:
            notify_of_second_text(draft, first=colleague, store=self.store, now=now)
        if leaves_at or form.channel is None:
            return Submission(view=render_sent_modal(leaves_at, locale=self.locale))
        return Submission()

    def show_whole_text(self, text_id: str) -> Json:
        """Return the modal with a whole text."""
        text = self.store.texts.find(text_id)
        return render_whole_text(text) if text else words_modal(*UNAVAILABLE)

    def cancel(self, text_id: str, *, by: str) -> Json | None:
        """Cancel a queued text; return a modal that explains it if it is no longer queued."""
        name = slack_name(by, self.store) or "a colleague"
        if not self.store.send_queue.cancel(text_id, reason=f"canceled by {name}"):
            return words_modal(*CANNOT_CANCEL)
        self.wake()
        return None

    def confirm_sent(self, text_id: str) -> Json | None:
        """Mark an unconfirmed text as sent; return a modal if its status is known by now."""
        if not self.store.send_queue.confirm_sent(text_id):
            return words_modal(*ALREADY_RESOLVED)
        self.wake()
        return None

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

    def blocked_because(self, number: str) -> str | None:
        """Return why a number (E.164) can't be texted now, or None."""
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
        if problem or self._platform(number) is not Platform.WHATSAPP:
            return problem
        received_at = self.store.texts.last_heard(number, Platform.WHATSAPP) or 0.0
        is_open = self.clock.now() - received_at < WHATSAPP_WINDOW_SECONDS
        return None if is_open else WHATSAPP_CLOSED

    def _has_called_us(self, number: str) -> bool:
        calls = self.store.calls.latest_with([number], limit=LATEST_CALLS)
        return any(call.direction is Direction.INCOMING for call in calls)

    def _platform(self, number: str) -> Platform:
        """Return WhatsApp if the last message came that way and answers there are enabled."""
        on_whatsapp = self.store.texts.last_heard(number, Platform.WHATSAPP)
        by_sms = self.store.texts.last_heard(number, Platform.SMS)
        is_latest = on_whatsapp is not None and on_whatsapp > (by_sms or 0)
        return Platform.WHATSAPP if is_latest and self.sends_whatsapp else Platform.SMS

    def _leaves_at(self) -> float | None:
        """Return when a text queued now would be sent (unix seconds); None means immediately."""
        waiting = len(self.store.send_queue.queued())
        at = self.vocatech.interactive.messages.next_send_times(waiting + 1)[-1]
        return at if at > self.clock.now() else None

    def _draft(self, entered: Entered, *, by: str) -> Draft:
        form = entered.form
        latest = self.store.texts.latest_with([form.number], limit=LATEST_TEXTS)
        return Draft(
            text_id=f"text_{form.token}",
            number=form.number,
            company_number=entered.from_number or self.default_number(form.call_id, latest) or "",
            body=entered.body.strip(),
            slack_user=by,
            platform=self._platform(form.number),
            call_id=form.call_id,
            channel=form.channel,
            claims=form.claims,
        )

    def _as_sent(self, entered: Entered, *, viewer: str) -> Entered:
        """Return the entered values with the body that the customer gets."""
        body = self.templates.outgoing(entered.body, viewer, number=entered.form.number)
        return replace(entered, body=body)

    def _colleague(self, form: TextForm, *, viewer: str) -> str | None:
        """Return another Slack user who texted the same number in the last minute."""
        since = self.clock.now() - COLLEAGUE_WARNING_SECONDS
        found = self.store.send_queue.latest_by_others(form.number, than=viewer, since=since)
        return found[0] if found else None

    def _warnings(self, form: TextForm, viewer: str, latest: Sequence[Text]) -> list[str]:
        warnings = []
        if form.extension:
            warnings.append(f"SMS can't go to an extension, so ext. {form.extension} was left out.")
        if colleague := self._colleague(form, viewer=viewer):
            name = slack_name(colleague, self.store) or "A colleague"
            again = " Select Send once more to send yours too." if form.has_been_warned else ""
            warnings.append(f"{name} texted this number less than a minute ago.{again}")
        on_whatsapp = latest and latest[0].is_incoming and latest[0].platform is Platform.WHATSAPP
        if on_whatsapp and not self.sends_whatsapp:
            warnings.append("This contact wrote on WhatsApp. Your reply is sent as an SMS.")
        return warnings
