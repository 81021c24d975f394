"""Follow-ups with the names of callers and colleagues, as one person reads them."""

from dataclasses import replace

from bot.calls.words import other_party
from bot.contacts.messages import title_of
from bot.follow_ups.form import EnteredFollowUp, FollowUpFields, render_follow_up_form
from bot.follow_ups.messages import FollowUpReminder, render_follow_up
from bot.follow_ups.modals import ROWS_A_PAGE, render_follow_ups_modal
from bot.models.customers.follow_ups import FollowUp, ListedFollowUp, Topic
from bot.people.lookup import locale_for_user
from bot.people.names import contact_name, slack_name, with_contact_name
from bot.phone_numbers import is_whole
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.ui.blocks import Json
from bot.ui.formatting import Locale
from bot.ui.lists import ListPage
from bot.ui.message import Message
from bot.ui.mrkdwn import name_of

A_COLLEAGUE = "a colleague"


def listed_follow_up(
    one: FollowUp, *, reader: str, now: float, store: Store, locale: Locale
) -> ListedFollowUp:
    """Return a follow-up with its names; `reader` is the Slack user who sees it."""
    one = replace(one, topic=current_topic(one.topic, store))
    return ListedFollowUp(
        one,
        caller=caller_of(one.topic, store, locale),
        number=locale.number(one.topic.number),
        owner="" if one.owner == reader else slack_name(one.owner, store) or A_COLLEAGUE,
        creator=(
            ""
            if one.created_by in {reader, one.owner}
            else slack_name(one.created_by, store) or A_COLLEAGUE
        ),
        is_overdue=one.due_at <= now,
    )


def current_topic(topic: Topic, store: Store) -> Topic:
    """Return a topic with a number that its contact has now: the old one may be someone else's."""
    contact = store.contacts.find(topic.contact_id) if topic.contact_id is not None else None
    if contact is None or topic.number in contact.numbers:
        return topic
    return replace(topic, number=next(filter(is_whole, contact.numbers), None))


def caller_of(topic: Topic, store: Store, locale: Locale) -> str:
    """Return the contact's name, else the number, else words for neither."""
    if topic.contact_id is not None and (found := store.contacts.find(topic.contact_id)):
        return title_of(found)
    if name := contact_name(topic.number, store):
        return name
    if topic.call_id and (call := store.calls.find(topic.call_id)):
        return other_party(with_contact_name(call, store), locale)
    return name_of(locale.number(topic.number)) or "an unknown number"


def present_follow_up(
    notice: Notice, *, is_new: bool, store: Store, locale: Locale, menu_state: str = ""
) -> Message | None:
    """Return the message of a reminder; None if it `is_new` and the follow-up changed or ended."""
    detail = notice.detail
    one = store.follow_ups.find(detail["follow_up_id"])
    if one is None or (is_new and not (one.is_open and one.version == detail["version"])):
        return None
    reader = locale_for_user(detail["owner"], store=store, locale=locale)
    call = store.calls.find(one.topic.call_id) if one.topic.call_id else None
    shown = FollowUpReminder(
        notice.notice_id,
        listed_follow_up(one, reader=detail["owner"], now=one.due_at, store=store, locale=reader),
        detail["version"],
        call=None if call is None or call.is_erased else call,
        changed_by=slack_name(one.changed_by, store) or "",
        closed_by=slack_name(one.closed_by, store) or "",
        menu_state=menu_state,
    )
    return render_follow_up(shown, locale=reader)


def present_follow_up_list(
    slack_user: str,
    *,
    viewer: str,
    page: int,
    notice: str,
    now: float,
    store: Store,
    locale: Locale,
) -> Json:
    """Return a page of the follow-ups that a person has or set, as `viewer` sees it.

    Pages outside the list become the nearest one.
    """
    is_own = slack_user == viewer
    count = store.follow_ups.count(slack_user)
    pages = max(1, -(-count // ROWS_A_PAGE))
    page = max(1, min(page, pages))
    skip = (page - 1) * ROWS_A_PAGE
    found = store.follow_ups.listed(slack_user, skip=skip, limit=ROWS_A_PAGE)
    reader = locale_for_user(viewer, store=store, locale=locale)
    rows = [
        listed_follow_up(one, reader=viewer, now=now, store=store, locale=reader) for one in found
    ]
    return render_follow_ups_modal(
        ListPage(rows, page, pages, skip),
        locale=reader,
        of="" if is_own else slack_user,
        name="" if is_own else slack_name(slack_user, store) or A_COLLEAGUE,
        notice=notice,
    )


def present_follow_up_form(
    entered: EnteredFollowUp, *, due: str, store: Store, locale: Locale
) -> Json:
    """Return the form; `due` is the current time of a follow-up that is changed, in words."""
    topic = current_topic(entered.form.topic, store)
    return render_follow_up_form(
        FollowUpFields(
            entered,
            caller=caller_of(topic, store, locale),
            number=locale.number(topic.number),
            now_due=due,
            can_end_with_talk=is_whole(topic.number or ""),
        )
    )
