"""Timelines: loaded page by page and rendered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.calls.modals import render_missing_modal
from bot.calls.presenter import shown_of_call, states_of
from bot.clock import Clock
from bot.models.channels import Visibility
from bot.models.customers.notes import CONTACT, NUMBER, NoteTarget
from bot.models.customers.timeline import TimelineEntry, TimelineKind, TimelineSubject
from bot.notes.presenter import describe_target, number_of, writer_of
from bot.people.lookup import locale_for_user
from bot.people.names import contacts_of, is_chosen, name_of_writer, slack_name, with_contact_name
from bot.store import Store
from bot.store.customers.timeline import kinds_in
from bot.timeline.modals import (
    ENTRIES_A_PAGE,
    CallShown,
    FollowUpShown,
    NoteShown,
    Shown,
    TextShown,
    TimelinePage,
    render_timeline,
)
from bot.ui.blocks import Json
from bot.ui.formatting import Locale

MAX_NUMBERS = 10  # of one contact
MAX_PAGES = 200
A_COLLEAGUE = "a former colleague"


@dataclass(frozen=True)
class TimelinePresenter:
    """Timelines as a Slack user sees them."""

    store: Store
    clock: Clock
    locale: Locale

    def view(self, subject: str, *, viewer: str, page: int = 0, seen_in: str = "") -> Json:
        """Return a page of a timeline; `subject` is a note target as a button's value."""
        target = NoteTarget.parse(subject)
        if target.call_id is not None and self.store.calls.find(target.call_id) is None:
            return render_missing_modal()
        owner = self._subject(target)
        page = min(max(page, 0), MAX_PAGES)
        found = self.store.timelines.page(
            owner, limit=ENTRIES_A_PAGE + 1, offset=page * ENTRIES_A_PAGE
        )
        shown = (
            shown_of_call(target.call_id, seen_in, self.store)
            if target.call_id is not None
            else self.store.channels.shown_in(seen_in)
        )
        reader = locale_for_user(viewer, store=self.store, locale=self.locale)
        return render_timeline(
            TimelinePage(
                subject,
                describe_target(target, self.store, reader),
                tuple(self._load(found[:ENTRIES_A_PAGE], owner, shown)),
                page,
                has_more=len(found) > ENTRIES_A_PAGE and page < MAX_PAGES,
                note_value=_note_value(target, owner),
                seen_in=seen_in,
                withholds=not (shown.summary and shown.transcript),
            ),
            locale=reader,
        )

    def latest(self, target: NoteTarget, shown: Visibility, *, limit: int) -> tuple[Shown, ...]:
        """Return the latest entries of a timeline, as far as a channel shows them."""
        owner = self._subject(target)
        found = self.store.timelines.page(owner, limit=limit)
        return tuple(self._load(found, owner, shown))

    def _subject(self, target: NoteTarget) -> TimelineSubject:
        """Return the numbers of a timeline: all of a contact, if the number has only one."""
        if target.contact_id is not None:
            contact = self.store.contacts.find(target.contact_id)
            numbers = contact.numbers[:MAX_NUMBERS] if contact else ()
            return TimelineSubject(tuple(numbers), target.contact_id)
        number = number_of(target, self.store)
        if number is None:
            return TimelineSubject()
        contacts = contacts_of(number, self.store)
        if len(contacts) == 1 or (contacts and is_chosen(contacts[0], number, self.store)):
            others = [one for one in contacts[0].numbers if one != number]
            return TimelineSubject((number, *others[: MAX_NUMBERS - 1]), contacts[0].contact_id)
        return TimelineSubject((number,))

    def _load(
        self, entries: Sequence[TimelineEntry], owner: TimelineSubject, shown: Visibility
    ) -> Iterator[Shown]:
        calls = {
            call.call_id: with_contact_name(call, self.store)
            for call in self.store.calls.find_all(kinds_in(entries, TimelineKind.CALL))
        }
        states = states_of(calls.values(), self.store, counts_others=False)
        # An outcome says what a call was about, as a summary does.
        outcomes = self.store.outcomes.of_calls(calls) if shown.summary else {}
        has_several = len(owner.numbers) > 1
        for entry in entries:
            if entry.kind is TimelineKind.CALL and (call := calls.get(entry.key)):
                found = outcomes.get(entry.key)
                name = found.outcome.name if found else ""
                number = self.locale.number(call.remote_number) if has_several else ""
                yield CallShown(call, states.get(entry.key, ""), name, number)
            elif loaded := self._load_other(entry, shown):
                if has_several and isinstance(loaded, TextShown):
                    loaded = replace(loaded, number=self.locale.number(loaded.text.number))
                yield loaded

    def _load_other(self, entry: TimelineEntry, shown: Visibility) -> Shown | None:
        if entry.kind is TimelineKind.TEXT and (text := self.store.texts.find(entry.key)):
            sender = name_of_writer(text, self.store)
            return TextShown(text, sender, hides_body=not shown.summary)
        if entry.kind is TimelineKind.NOTE and shown.transcript:
            note = self.store.notes.find(int(entry.key))
            return NoteShown(note, writer_of(note, self.store)) if note else None
        if entry.kind is TimelineKind.FOLLOW_UP:
            one = self.store.follow_ups.find(int(entry.key))
            owner = slack_name(one.owner, self.store) or A_COLLEAGUE if one else ""
            return FollowUpShown(one, owner, hides_note=not shown.summary) if one else None
        return None


def _note_value(target: NoteTarget, owner: TimelineSubject) -> str:
    if target.contact_id is not None or owner.contact_id is not None:
        return NoteTarget(CONTACT, str(target.contact_id or owner.contact_id)).value
    return NoteTarget(NUMBER, owner.numbers[0]).value if owner.numbers else target.value
