"""Scheduled texts: changing them, listing a person's own, and queuing them when they are due."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.models.send_times import NOW, ScheduledText, choose_moment
from bot.models.texts import TextForm
from bot.people.lookup import locale_for_user
from bot.people.names import contact_name
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.store.send_queue import Queued
from bot.texts.form import Entered
from bot.texts.modals import (
    ALREADY_SUBMITTED,
    MAX_SCHEDULED,
    render_scheduled_modal,
    render_too_late_to_change,
)
from bot.texts.needless import is_settled
from bot.texts.send_times import HANDLED
from bot.texts.service import Submission, TextService
from bot.ui.blocks import Json, words_modal

log = structlog.get_logger()
SECONDS_BETWEEN_RUNS = 5.0


@dataclass(frozen=True)
class ScheduledTextService:
    """Scheduled texts, until they leave.

    `check_people` stops the texts of people who aren't members any more, as Slack says.
    """

    store: Store
    texts: TextService
    clock: Clock
    failpoint: Callable[[str], None]
    check_people: Callable[[Iterable[str]], None] = lambda _: None

    def open_to_change(self, text_id: str, *, viewer: str) -> Json:
        """Return the modal with a scheduled text; or with words, if it left."""
        found, text = self.store.scheduled_texts.find(text_id), self.store.texts.find(text_id)
        if found is None or text is None:
            return render_too_late_to_change("")
        call_id = text.reply.call_id if text.reply else None
        call = self.store.calls.find(call_id) if call_id else None
        form = TextForm(
            make_token(),
            found.number,
            call_id=call_id,
            channel=found.channel,
            was_settled=call is not None and is_settled(call, self.store),
            changes=text_id,
            version=found.version,
            **text.filled._asdict(),
        )
        time = choose_moment(found.send_at, ZoneInfo(found.zone))
        entered = Entered(form, found.body, found.company_number, time)
        return self.texts.render_form(entered, viewer=viewer)

    def change(self, entered: Entered, *, by: str) -> Submission:
        """Store a changed text, unless it left or someone else changed it.

        The person who changes it becomes its writer. A text for now is queued.
        """
        form = entered.form
        entered = self.texts.as_sent(entered, viewer=by)
        if errors := self.texts.find_problems(entered, form):
            return Submission(errors)
        now = self.clock.now()
        found = self.store.scheduled_texts.find(form.changes or "")
        if found is None or not self._store(found, entered, by, now):
            if self.store.submissions.knows(form.token):
                return Submission(view=words_modal(*ALREADY_SUBMITTED))
            return Submission(view=render_too_late_to_change(entered.body))
        self.store.audit.note(by, "scheduled message changed", form.number, now=now)
        if entered.time.when == NOW:
            self.store.scheduled_texts.release_due(now=now, only=form.changes)
            self.texts.send_texts()
        self.texts.wake()
        return Submission()

    def list_of(self, slack_user: str) -> Json:
        """Return the list of a person's scheduled texts."""
        found = self.store.scheduled_texts.of_writer(slack_user, limit=MAX_SCHEDULED + 1)
        named = [replace(one, name=contact_name(one.number, self.store)) for one in found]
        reader = locale_for_user(slack_user, store=self.store, locale=self.texts.locale)
        return render_scheduled_modal(named, locale=reader)

    def release_due(self) -> float:
        """Queue the texts that are due; return no pause."""
        self.failpoint("scheduled texts to be released")
        now, scheduled = self.clock.now(), self.store.scheduled_texts
        if writers := scheduled.due_writers(now=now):
            self.check_people(writers)
        if count := scheduled.release_due(now=now):
            self.failpoint("scheduled texts released")
            log.info("scheduled_sms_queued", count=count)
            self.texts.send_texts()
        return 0.0

    def why_not_now(self, queued: Queued) -> str | None:
        """Return why a text must not be sent any more, or None; see `SendTimes`."""
        reason = self.texts.times.why_not_now(queued)
        is_needless = reason is None and self.texts.needless.is_needless(queued.draft)
        return HANDLED if is_needless else reason

    def _store(self, found: ScheduledText, entered: Entered, by: str, now: float) -> bool:
        time = self.texts.times.shown(entered.form, entered.time)
        draft, form = self.texts.draft(entered, by=by), entered.form
        # Someone who sends it now, or saw that the call was handled, wants it to be sent.
        is_wanted = time.send_at is None or form.was_settled
        has_only_template = not is_wanted and self.texts.needless.has_only_template(
            draft, now, changes=form.changes
        )
        changed = replace(
            found,
            body=entered.body.strip(),
            company_number=self.texts.from_number(entered) or "",
            slack_user=by,
            send_at=now if time.send_at is None else time.send_at,
            zone=time.zone.key,
            version=form.version,
            filled=form.filled_in,
            needed_at=form.opened_at or now if has_only_template else None,
        )
        return self.store.scheduled_texts.change(changed, token=form.token, now=now)
