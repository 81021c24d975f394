"""Service for texts: the reply modal, submitting, canceling, and opt-outs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

import structlog

from bot.clock import Clock
from bot.errors import NotUnderstood
from bot.models.send_times import choose_moment
from bot.models.texts import TextForm
from bot.people.guests import Guests
from bot.people.names import contact_name, name_of_writer, resolve_recipient, slack_name
from bot.phone_numbers import EndUnclear, is_emergency
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.store.send_queue import Draft
from bot.templates.presenter import TemplatePresenter
from bot.texts.automatic import words_for_missed
from bot.texts.form import (
    FROM_NUMBER,
    Entered,
    ReplyForm,
    body_block_id,
    follow_choices,
    render_reply_modal,
    template_options,
)
from bot.texts.lookup import example_of_end, explain_end, explain_no_one, find_recipients
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
from bot.texts.needless import NeedlessTexts
from bot.texts.policy import OPTED_OUT, TextPolicy
from bot.texts.second_text import notify_of_second_text
from bot.texts.send_times import SendTimes
from bot.texts.validation import EMERGENCY, validate_body
from bot.texts.warnings import handled_since, must_confirm, other_writer, warnings_for
from bot.ui.blocks import Json, words_modal
from bot.ui.command_text import tokenize
from bot.ui.formatting import Locale
from bot.vocatech.client import VocatechClient

log = structlog.get_logger()
LATEST_TEXTS = 5
EXAMPLE = "/sms (212) 555-0123 or /sms Maria Lopez"
NUMBER_GONE = "Your company no longer has this number. Please choose another one."


@dataclass(frozen=True)
class Submission:
    """Result of submitting the reply modal: errors by block id, or the next view, or neither."""

    errors: Mapping[str, str] = field(default_factory=dict)
    view: Json | None = None


@dataclass(frozen=True)
class TextService:
    """Writing and sending of texts.

    `send_texts` starts sending what is queued, `wake` posts what has changed.
    """

    store: Store
    vocatech: VocatechClient
    clock: Clock
    locale: Locale
    templates: TemplatePresenter
    policy: TextPolicy
    times: SendTimes
    guests: Guests
    send_texts: Callable[[], None]
    wake: Callable[[], None]
    # Of two who write to a contact at the same moment, the second is warned of the first.
    _submitting: Lock = field(default_factory=Lock, init=False)

    @property
    def needless(self) -> NeedlessTexts:
        """What is recorded for texts that a callback makes needless."""
        return NeedlessTexts(self.store, self.templates, self.times)

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
            example = example_of_end(unclear)
            raise NotUnderstood(explain_end(unclear, self.locale), example) from None
        if not found.recipients:
            raise NotUnderstood(explain_no_one(typed, self.store, self.locale.region), EXAMPLE)
        if len(found.recipients) == 1:
            [one] = found.recipients
            form = TextForm(make_token(), one.number, contact_id=one.contact_id, also=found.also)
            form = replace(form, extension=found.extension, unreachable=found.unreachable)
            return self.render_form(Entered(form, found.body, None), viewer=viewer)
        return render_recipients_modal(
            found.recipients,
            typed=found.typed,
            body=found.body,
            also=found.also,
            locale=self.locale,
        )

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
            was_settled=bool(self.store.missed_calls.standing(call, counts_others=False).ending),
        )
        body = words_for_missed(call, self.store)
        return self.render_form(Entered(form, body, None), viewer=viewer)

    def open_for_handle(
        self, handle: str, *, viewer: str, channel: str | None = None, body: str = ""
    ) -> Json:
        """Return the modal for a button's value; `channel` is where the text will appear."""
        number, contact_id = resolve_recipient(handle, self.store)
        if number is None:
            return words_modal(*UNAVAILABLE)
        form = TextForm(make_token(), number, channel=channel, contact_id=contact_id)
        return self.render_form(Entered(form, body, None), viewer=viewer)

    def open_to_resend(self, text_id: str, *, viewer: str, channel: str | None) -> Json:
        """Return the modal with a text that failed or is unconfirmed."""
        text = self.store.texts.find(text_id)
        if text is None or text.number is None:
            return words_modal(*UNAVAILABLE)
        if not text.may_be_sent_again or self.store.send_queue.was_resent(text_id):
            return words_modal(*ALREADY_SENT)
        call_id = text.reply.call_id if text.reply else None
        form = TextForm(make_token(), text.number, call_id, channel, resends=text_id)
        form = replace(form, **text.filled._asdict())
        ours = self.policy.default_number(None, [text])
        return self.render_form(Entered(form, text.body, ours), viewer=viewer)

    def render_form(self, entered: Entered, *, viewer: str) -> Json:
        """Return the modal with what was entered, and the current limits and warnings."""
        store = self.store
        if not entered.form.opened_at:
            form = replace(entered.form, opened_at=self.clock.now())
            entered = replace(entered, form=form)
        entered = self.as_sent(entered, viewer=viewer)
        form = entered.form
        latest = store.texts.latest_with([form.number], limit=LATEST_TEXTS)
        blocked_because = self.policy.blocked_because(form.number)
        view = render_reply_modal(
            ReplyForm(
                form=form,
                name=contact_name(form.number, store, meant=form.contact_id),
                company_numbers=self.policy.company_numbers(),
                from_number=self.from_number(entered),
                body=entered.body,
                latest=[(text, name_of_writer(text, store)) for text in reversed(latest)],
                templates=store.templates.seen_by(viewer),
                sends_left=self.vocatech.interactive.messages.sends_left(),
                leaves_at=self._leaves_at(),
                warnings=warnings_for(
                    form,
                    latest,
                    other=other_writer(form, viewer=viewer, store=store, now=self.clock.now()),
                    handled=handled_since(form, entered.body, viewer=viewer, store=store),
                    store=store,
                    sends_whatsapp=self.policy.sends_whatsapp,
                ),
                blocked_because=blocked_because,
                is_opted_out=blocked_because == OPTED_OUT,
                time=self.times.shown(form, entered.time),
            ),
            locale=self.locale,
        )
        return self.guests.usable(view, "") if self.guests.is_guest(viewer) else view

    def offer_templates(self, typed: str, *, viewer: str) -> list[Json]:
        """Return the options of the template menu that match what was typed."""
        return template_options(self.store.templates.seen_by(viewer), typed)

    def insert_template(self, entered: Entered, template_id: int, *, viewer: str) -> Entered:
        """Return the entered values with a template as the body; as they are if it was deleted."""
        form, body = entered.form, entered.body
        if template := self.store.templates.find(template_id, slack_user=viewer):
            body = template.body
        return replace(entered, form=replace(form, filled=form.filled + 1), body=body)

    def submit(self, entered: Entered, *, by: str) -> Submission:
        """Queue a text once, unless something is wrong with it or a colleague just wrote too."""
        form, entered = entered.form, self.as_sent(entered, viewer=by)
        if errors := self.find_problems(entered, form):
            return Submission(errors)
        draft, colleague = self.draft(entered, by=by), self.colleague(form, viewer=by)
        with self._submitting:
            now, known = self.clock.now(), self.store.texts.find(draft.text_id)
            if not known and must_confirm(form, entered.body, viewer=by, store=self.store, now=now):
                form = replace(form, has_been_warned=True, filled=form.filled + 1)
                return Submission(view=self.render_form(replace(entered, form=form), viewer=by))
            is_new, leaves_at = self.enqueue(draft, colleague=colleague)
        if not is_new:
            return Submission(view=words_modal(*ALREADY_SUBMITTED))
        appears = form.channel and self.policy.appears_in(form.channel, form.number)
        if appears and (leaves_at is None or draft.send_at):
            return Submission()
        return Submission(view=render_sent_modal(leaves_at, draft.zone, locale=self.locale))

    def enqueue(self, draft: Draft, *, colleague: str | None) -> tuple[bool, float | None]:
        """Queue a text once, and tell the `colleague` who wrote to the number a moment ago.

        Return whether it is new, and when it leaves (unix seconds; None: immediately).
        """
        leaves_at, now = draft.send_at or self._leaves_at(), self.clock.now()
        draft = replace(draft, needed_at=self.needless.needed_at(draft, now))
        if not self.store.send_queue.add(draft, now=now):
            return False, leaves_at
        if draft.send_at is None:
            self.send_texts()
        else:
            log.info("sms_scheduled", text_id=draft.text_id)
            self.wake()
        if colleague:
            notify_of_second_text(draft, first=colleague, store=self.store, now=now)
        return True, leaves_at

    def find_problems(self, entered: Entered, form: TextForm) -> dict[str, str]:
        """Return what is wrong with a text as it would be sent, by the block IDs of its form."""
        if problem := self.policy.form_problem(form) or validate_body(entered.body):
            return {body_block_id(form): problem}
        if entered.from_number and entered.from_number not in self.policy.company_numbers():
            return {FROM_NUMBER: NUMBER_GONE}
        return self.times.find_problem(form, entered.time)

    def choose_morning(self, entered: Entered, moment: float) -> Entered:
        """Return the entered values with the time that the modal offered (unix seconds)."""
        form = replace(entered.form, filled=entered.form.filled + 1)
        zone = self.times.zone_of(form.number, entered.time.zone)
        return replace(entered, form=form, time=choose_moment(moment, zone))

    def show_whole_text(self, text_id: str) -> Json:
        """Return the modal with a whole text."""
        text = self.store.texts.find(text_id)
        return render_whole_text(text) if text else words_modal(*UNAVAILABLE)

    def cancel(self, text_id: str, *, by: str) -> Json | None:
        """Cancel a queued or scheduled text; return a modal that explains it if that's too late."""
        name = slack_name(by, self.store) or "a colleague"
        scheduled = self.store.scheduled_texts.find(text_id)
        if not self.store.send_queue.cancel(text_id, reason=f"canceled by {name}"):
            return words_modal(*CANNOT_CANCEL)
        if scheduled:
            now = self.clock.now()
            self.store.audit.note(by, "scheduled message canceled", scheduled.number, now=now)
        self.wake()
        return None

    def confirm_sent(self, text_id: str) -> Json | None:
        """Mark an unconfirmed text as sent; return a modal if its status is known by now."""
        if not self.store.send_queue.confirm_sent(text_id):
            return words_modal(*ALREADY_RESOLVED)
        self.wake()
        return None

    def _leaves_at(self) -> float | None:
        """Return when a text queued now would be sent (unix seconds); None means immediately."""
        waiting = len(self.store.send_queue.queued())
        at = self.vocatech.interactive.messages.next_send_times(waiting + 1)[-1]
        return at if at > self.clock.now() else None

    def draft(self, entered: Entered, *, by: str) -> Draft:
        """Return a text as it is queued."""
        form, time = entered.form, self.times.shown(entered.form, entered.time)
        return Draft(
            text_id=form.text_id,
            number=form.number,
            company_number=self.from_number(entered) or "",
            body=entered.body.strip(),
            slack_user=by,
            platform=self.policy.platform_for(form.number),
            call_id=form.call_id,
            channel=form.channel,
            claims=form.claims,
            send_at=time.send_at,
            zone=None if time.send_at is None else time.zone.key,
            resends=form.resends,
            filled=form.filled_in,
        )

    def from_number(self, entered: Entered) -> str | None:
        """Return the number to send from (E.164): as chosen, or the default one."""
        return entered.from_number or self.policy.default_for(entered.form)

    def as_sent(self, entered: Entered, *, viewer: str) -> Entered:
        """Return the entered values with the body that the customer gets, at the chosen time."""
        form, line = entered.form, self.from_number(entered)
        greeting = self.times.greeting_for(form, entered.time)
        shown = self.templates.shown_line(line, form.number)
        entered = follow_choices(entered, greeting=greeting, line=shown)
        body = self.templates.outgoing(
            entered.body,
            viewer,
            number=form.number,
            line=line,
            greeting=greeting,
            meant=form.contact_id,
        )
        return replace(entered, body=body)

    def colleague(self, form: TextForm, *, viewer: str) -> str | None:
        """Return another Slack user who texted the same number in the last minute."""
        other = other_writer(form, viewer=viewer, store=self.store, now=self.clock.now())
        return other.slack_user if other and other.is_recent else None
