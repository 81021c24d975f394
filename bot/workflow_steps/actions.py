"""What each step does for the person who started the workflow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.calls.service import CallSearchService
from bot.clock import Clock
from bot.contacts.presenter import read_number, search_contacts
from bot.errors import StepFailed
from bot.follow_ups.service import FollowUpService
from bot.models.contacts import Contact
from bot.models.customers.follow_ups import MAX_NOTE, FollowUp, Topic
from bot.models.send_times import ChosenTime, choose_moment
from bot.models.templates import find_unknown_placeholder
from bot.models.texts import TextForm
from bot.people.lookup import locale_for_user
from bot.people.names import with_contact_name
from bot.phone_numbers import EndUnclear, is_emergency, is_whole
from bot.store import Store
from bot.store.search.contacts import read_digits
from bot.texts.form import Entered
from bot.texts.lookup import (
    explain_end,
    explain_no_one,
    find_named,
    find_recipients,
    is_named,
)
from bot.texts.modals import Recipient
from bot.texts.service import TextService
from bot.texts.validation import EMERGENCY
from bot.ui.command_text import tokenize
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import name_of
from bot.ui.workflow_steps import CREATE_FOLLOW_UP, LOOK_UP_CONTACT, SEARCH_CALLS, SEND_SMS
from bot.workflow_steps.words import GAPS, describe_call, describe_contact, describe_text, plain

USUAL_CALLS, MOST_CALLS = 10, 20
# A time that a workflow computed may be over by the time the step runs.
SECONDS_THAT_MEAN_NOW = 60.0
ONE_PERSON = "“{typed}” matches several contacts or numbers. Use a whole phone number."
PART_OF_A_NAME = "“{typed}” isn't a whole name. Did you mean {name}?"
ONLY_RECIPIENT = "“{typed}” has more than one phone number or name. Use only one."
# A number without an area code has at least as many.
FEWEST_DIGITS_OF_NUMBER = 7
Inputs = Mapping[str, Any]
Outputs = dict[str, Any]


@dataclass(frozen=True)
class StepActions:
    """The steps; each gets a Slack user, the inputs, and Slack's ID of the run.

    They raise BotError. What they write is written once for each ID.
    """

    store: Store
    texts: TextService
    follow_ups: FollowUpService
    calls: CallSearchService
    clock: Clock
    locale: Locale

    def by_callback_id(self) -> dict[str, Callable[[str, Inputs, str], Outputs]]:
        """Return the steps by their callback ID."""
        return {
            SEND_SMS: self.send_sms,
            LOOK_UP_CONTACT: self.look_up_contact,
            CREATE_FOLLOW_UP: self.create_follow_up,
            SEARCH_CALLS: self.search_calls,
        }

    def send_sms(self, person: str, inputs: Inputs, run: str) -> Outputs:
        """Queue an SMS with all checks of the form, and say when it leaves."""
        recipient = self._recipient(inputs["to"])
        # The form only warns of it, but no one sees a warning here.
        if unknown := find_unknown_placeholder(inputs["message"]):
            raise StepFailed(f"{unknown} isn't a placeholder. The contact would get it as it is.")
        now = self.clock.now()
        # No one can confirm that both should be sent when a colleague wrote too; that colleague is
        # told.
        form = TextForm(
            run,
            recipient.number,
            has_been_warned=True,
            opened_at=now,
            contact_id=recipient.contact_id,
        )
        time = self._time(recipient.number, inputs["send_at"])
        entered = self.texts.as_sent(
            Entered(form, inputs["message"], None, time or ChosenTime()), viewer=person
        )
        if problems := self.texts.find_problems(entered, entered.form):
            raise StepFailed(next(iter(problems.values())))
        draft = self.texts.draft(entered, by=person)
        colleague = self.texts.colleague(form, viewer=person)
        _, leaves_at = self.texts.enqueue(draft, colleague=colleague)
        is_scheduled = draft.send_at is not None
        return {
            "status": "scheduled" if is_scheduled else "queued",
            "leaves_at": int(now if leaves_at is None else leaves_at),
            "details": describe_text(
                leaves_at, is_scheduled=is_scheduled, locale=self._locale(person)
            ),
        }

    def look_up_contact(self, person: str, inputs: Inputs, _run: str) -> Outputs:
        """Return the contact that matches; none is a result, too.

        Of several, none is meant: a later step would text any of them. Nor is one who only has a
        part of the name, or the word in a note.
        """
        typed, locale = inputs["who"], self._locale(person)
        found = search_contacts(typed, self.store, locale.region)
        number = read_number(typed, locale.region)
        if not found:
            return {
                "found": False,
                "matches": 0,
                "name": "",
                "company": "",
                "number": locale.number(number),
                "details": f"No contact matches “{plain(name_of(typed))}”.",
            }
        contact = found[0]
        latest = self.store.calls.latest_with(contact.numbers, limit=1)
        last = with_contact_name(latest[0], self.store) if latest else None
        is_sure = len(found) == 1 and (
            _has_number(contact, typed, number) or is_named(contact, typed)
        )
        if is_sure and number not in contact.numbers:
            number = next(iter(contact.numbers), None)
        return {
            "found": True,
            "matches": len(found),
            "name": plain(name_of(contact.name or "")) if is_sure else "",
            "company": plain(name_of(contact.company or "")) if is_sure else "",
            "number": locale.number(number),
            "details": describe_contact(contact, len(found) - 1, last, locale, is_sure=is_sure),
        }

    def create_follow_up(self, person: str, inputs: Inputs, run: str) -> Outputs:
        """Add a follow-up, and say when the reminder comes."""
        recipient, now = self._recipient(inputs["about"]), self.clock.now()
        note, owner = inputs["note"] or "", inputs["owner"] or person
        if len(note) > MAX_NOTE:
            raise StepFailed(f"The note has more than {MAX_NOTE:,} characters.")
        topic = Topic(contact_id=recipient.contact_id, number=recipient.number)
        new = FollowUp(0, owner, person, now, now, topic, note)
        due_at = self.follow_ups.add(new, typed=inputs["when"], token=run)
        at = self._locale(owner).plain_moment(due_at)
        return {"due_at": int(due_at), "details": f"The reminder comes on {at}."}

    def search_calls(self, person: str, inputs: Inputs, _run: str) -> Outputs:
        """Return the stored calls that a search finds, the newest first."""
        limit = USUAL_CALLS if inputs["limit"] is None else inputs["limit"]
        if not 1 <= limit <= MOST_CALLS:
            raise StepFailed(f"The most calls must be from 1 to {MOST_CALLS}.")
        heading, calls, has_gaps = self.calls.find(person, inputs["query"] or "", limit=limit + 1)
        locale = self._locale(person)
        lines = [describe_call(call, locale) for call in calls[:limit]]
        said = lines or ["No calls match."]
        return {
            "count": len(lines),
            "has_more": len(calls) > limit,
            "heading": plain(heading),
            "calls": "\n".join([*said, GAPS] if has_gaps else said),
        }

    def _locale(self, person: str) -> Locale:
        return locale_for_user(person, store=self.store, locale=self.locale)

    def _time(self, number: str, send_at: int | None) -> ChosenTime | None:
        """Return the choice of a moment (unix seconds); None means now."""
        if send_at is None or abs(send_at - self.clock.now()) < SECONDS_THAT_MEAN_NOW:
            return None
        try:
            return choose_moment(send_at, self.texts.times.zone_of(number))
        except (OverflowError, ValueError, OSError):  # a year that no calendar has
            raise StepFailed("“Send at” isn't a date with a time.") from None

    def _recipient(self, typed: str) -> Recipient:
        """Return the only number that a text names; raises StepFailed."""
        region = self.locale.region
        tokens, shown = tokenize(typed), plain(name_of(typed))
        if not tokens or tokens[0].is_mention:
            raise StepFailed("Use a phone number or a contact's name, not a person in Slack.")
        if is_emergency(tokens[0].text, region):
            raise StepFailed(EMERGENCY)
        try:
            found = find_recipients(typed, self.store, region)
        except EndUnclear as unclear:
            raise StepFailed(explain_end(unclear, self.locale)) from None
        if not found.recipients:
            raise StepFailed(plain(explain_no_one(typed, self.store, region)))
        if found.body or found.extension:
            raise StepFailed(ONLY_RECIPIENT.format(typed=shown))
        if len({one.number for one in found.recipients}) > 1:
            raise StepFailed(ONE_PERSON.format(typed=shown))
        contacts = [self.store.contacts.find(one.contact_id or 0) for one in found.recipients]
        known = [contact for contact in contacts if contact]
        if known and not any(is_named(contact, found.typed) for contact in known):
            name = plain(name_of(known[0].name or known[0].company or ""))
            raise StepFailed(PART_OF_A_NAME.format(typed=shown, name=name))
        # The one without a number may be meant, and no one sees who gets the message instead.
        named = find_named(found.typed, self.store) if known else []
        if not all(any(map(is_whole, contact.numbers)) for contact in named):
            raise StepFailed(ONE_PERSON.format(typed=shown))
        # Of several with the same number, no one is meant.
        only = found.recipients[0]
        return only if len(found.recipients) == 1 else Recipient(only.number)


def _has_number(contact: Contact, typed: str, number: str | None) -> bool:
    """Return whether a contact has a number (E.164), or one that was typed without area code."""
    digits = read_digits(typed)
    is_long = len(digits) >= FEWEST_DIGITS_OF_NUMBER
    return number in contact.numbers or (
        is_long and any(read_digits(one).endswith(digits) for one in contact.numbers)
    )
