"""Examples of follow-ups: the form, reminders in each state, and the list."""

from dataclasses import replace

from bot.follow_ups.form import (
    KEEP,
    EnteredFollowUp,
    FollowUpFields,
    FollowUpForm,
    render_follow_up_form,
)
from bot.follow_ups.messages import FollowUpReminder, render_follow_up
from bot.follow_ups.modals import (
    ROWS_A_PAGE,
    render_follow_up_conflict,
    render_follow_up_set,
    render_follow_ups_modal,
)
from bot.models.customers.follow_ups import MAX_NOTE, Closing, FollowUp, ListedFollowUp, Topic
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.ui.lists import paginate

NUMBER = "(415) 555-0157"
TOPIC = Topic("call-2", number="+14155550157")
ASKED = FollowUp(
    12,
    facts.ANA,
    facts.BEN,
    facts.NOW,
    facts.NOW - 86_400,
    TOPIC,
    "Has the walnut arrived? She needs 14 boards by Friday.",
    ends_with_talk=True,
)
DUE = ListedFollowUp(ASKED, "Theresa Dubois", NUMBER, creator="Ben Whitaker")
OWN = ListedFollowUp(replace(ASKED, created_by=facts.ANA, note=""), "Theresa Dubois", NUMBER)
LATE = replace(DUE, is_overdue=True)
ABOUT_CONTACT = ListedFollowUp(
    replace(ASKED, topic=Topic(contact_id=1), created_by=facts.ANA), "Maria Lopez"
)
LONGEST_FOLLOW_UP = ListedFollowUp(
    replace(ASKED, note=(facts.LONG_WORDS * 3)[:MAX_NOTE]),
    facts.LONG_NAME,
    NUMBER,
    facts.LONG_NAME,
    facts.LONG_NAME,
    is_overdue=True,
)
REMINDER = FollowUpReminder("n", DUE, 1, facts.MISSED)
NEW = EnteredFollowUp(FollowUpForm("token", TOPIC), facts.ANA)
CHANGED = EnteredFollowUp(
    FollowUpForm("token", TOPIC, 12, 1), facts.ANA, KEEP, "", ASKED.note, ends_with_talk=True
)


def _with(**changes: object) -> ListedFollowUp:
    return replace(DUE, follow_up=replace(ASKED, **changes))  # type: ignore[arg-type]


def _closed(how: Closing) -> FollowUpReminder:
    one = _with(closing=how, closed_at=facts.NOW + 60, closed_by=facts.BEN)
    return replace(REMINDER, listed=one, closed_by="Ben Whitaker")


FOLLOW_UPS = Group(
    "Follow-ups",
    (
        Example("Remind me", "From the menu of a card, a contact, or a conversation.",
                lambda: render_follow_up_form(FollowUpFields(NEW, "Theresa Dubois", NUMBER))),
        Example("Edit a follow-up", "After Edit in the list.",
                lambda: render_follow_up_form(FollowUpFields(
                    CHANGED, "Theresa Dubois", NUMBER, "Tue, Nov 24, 2026 at 9:00 AM EST"))),
        Example("Reminder set", "After Set reminder, for a typed time or for a colleague.",
                lambda: render_follow_up_set("Vocatech will remind Ben Whitaker about Theresa"
                                             " Dubois on Tue, Nov 24, 2026 at 9:00 AM CET.")),
        Example("Follow-up reminder", "A direct message at the time that was set.",
                lambda: render_follow_up(REMINDER, locale=LOCALE)),
        Example("Follow-up about a contact", "Set on a contact without a number.",
                lambda: render_follow_up(FollowUpReminder("n", ABOUT_CONTACT, 1), locale=LOCALE)),
        Example("Follow-up done", "The same message after Done.",
                lambda: render_follow_up(_closed(Closing.DONE), locale=LOCALE)),
        Example("Follow-up deleted", "The same message after Delete in the list.",
                lambda: render_follow_up(_closed(Closing.DELETED), locale=LOCALE)),
        Example("Follow-up closed after a call", "If someone talked to the caller.",
                lambda: render_follow_up(_closed(Closing.TALK), locale=LOCALE)),
        Example("Follow-up erased", "If the number was erased on request.",
                lambda: render_follow_up(_closed(Closing.ERASED), locale=LOCALE)),
        Example("Follow-up snoozed", "The same message after Snooze.",
                lambda: render_follow_up(replace(
                    REMINDER, listed=_with(version=2, due_at=facts.NOW + 3_600),
                    changed_by="Ana Torres"), locale=LOCALE)),
        Example("Follow-up reassigned", "The same message, if a colleague has it now.",
                lambda: render_follow_up(replace(
                    REMINDER, listed=replace(_with(version=2), owner="Ben Whitaker")),
                    locale=LOCALE)),
        Example("Someone was faster", "After Snooze, if a colleague was faster.",
                lambda: render_follow_up_conflict(
                    "Ben Whitaker already marked this follow-up as done.")),
        Example("Your follow-ups", "After /vocatech follow-ups.",
                lambda: render_follow_ups_modal(paginate((LATE, OWN), 1, size=ROWS_A_PAGE),
                                                locale=LOCALE)),
        Example("No follow-ups", "After /vocatech follow-ups.",
                lambda: render_follow_ups_modal(paginate((), 1, size=ROWS_A_PAGE),
                                                locale=LOCALE)),
        Example("Many follow-ups", "A page of a long list.",
                lambda: render_follow_ups_modal(
                    paginate((LONGEST_FOLLOW_UP,) * 90, 2, size=ROWS_A_PAGE), locale=LOCALE)),
        Example("The longest reminder", "With a note of the maximum length.",
                lambda: render_follow_up(FollowUpReminder("n", LONGEST_FOLLOW_UP, 1, facts.LONGEST),
                                         locale=LOCALE)),
    ),
)  # fmt: skip
