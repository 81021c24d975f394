"""The reminder of a follow-up, and what it becomes when the follow-up changes or ends."""

from dataclasses import dataclass

from bot.calls.words import headline, our_side, summary_of
from bot.models.calls import Call
from bot.models.customers.follow_ups import Closing, FollowUp, ListedFollowUp
from bot.models.texts import recipient_value
from bot.phone_numbers import is_whole
from bot.ui.action_ids import (
    FOLLOW_UP_DONE,
    NOTICE_METADATA,
    OPEN_CALL,
    OPEN_CONTACT_OF_NUMBER,
    REPLY_TO_CALL,
    REPLY_TO_TEXT,
    SHOW_CONTACT,
    SNOOZE_FOLLOW_UP,
)
from bot.ui.blocks import (
    Json,
    actions,
    button,
    context,
    emoji,
    line,
    moment,
    mrkdwn,
    option,
    paragraph,
    plain,
    quote,
    rich,
    says,
)
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import escape, literal, name_of, shorten

MAX_SUMMARY, MAX_IN_TEXT = 300, 200
# What each choice means, as someone would type it; OTHER_TIME opens the form.
HOUR, TOMORROW, NEXT_WEEK, OTHER_TIME = "hour", "tomorrow", "week", "other"
SNOOZES = {HOUR: "1h", TOMORROW: "tomorrow", NEXT_WEEK: "next week"}
_LABELS = {
    HOUR: "1 hour",
    TOMORROW: "Until tomorrow at 9:00 AM",
    NEXT_WEEK: "Until next Monday at 9:00 AM",
    OTHER_TIME: "Other time…",
}


@dataclass(frozen=True)
class FollowUpReminder:
    """A reminder of a version of a follow-up; `changed_by` and `closed_by` are names.

    `call` is the one that it's about, if it is still stored. A new `menu_state` has the menu shown
    without a choice.
    """

    notice_id: str
    listed: ListedFollowUp
    version: int
    call: Call | None = None
    changed_by: str = ""
    closed_by: str = ""
    menu_state: str = ""


def render_follow_up(shown: FollowUpReminder, *, locale: Locale) -> Message:
    """Return the direct message of a reminder, with the follow-up's current state."""
    follow_up, caller = shown.listed.follow_up, shown.listed.caller
    if not follow_up.is_open or follow_up.version != shown.version:
        return _ended(shown, locale)
    number = shown.listed.number
    who = f"{caller}, {number}" if number and number != caller else caller
    note = shorten(" ".join(follow_up.note.split()), MAX_IN_TEXT)
    text = f"Follow-up: {who}. {note}".strip()
    due = moment(follow_up.due_at, locale.plain_moment(follow_up.due_at))
    head = paragraph(
        emoji("alarm_clock"), line(" Follow-up: "), line(who, bold=True), line("  ·  "), due
    )
    row = _buttons(shown)
    facts = [*_call(shown.call, locale), *_creator(shown.listed)]
    blocks = [
        rich(head, *([quote(line(follow_up.note))] if follow_up.note else [])),
        *([context(*facts)] if facts else []),
        row,
    ]
    return _message(shown.notice_id, text, blocks, [says(text), row])


def _ended(shown: FollowUpReminder, locale: Locale) -> Message:
    caller = shown.listed.caller
    icon, state, at = _state(shown)
    if at is None:
        return _message(shown.notice_id, f"{state}.", [context(plain(state))], [says(f"{state}.")])
    what = [line("  ·  "), moment(at, locale.plain_moment(at))]
    head = paragraph(emoji(icon), line(f" {state}: "), line(caller, bold=True), *what)
    text = f"{state}: {caller}."
    return _message(shown.notice_id, text, [rich(head)], [says(text)])


def _state(shown: FollowUpReminder) -> tuple[str, str, float | None]:
    """Return an emoji, the state in words, and its time; no time for an erased one."""
    one = shown.listed.follow_up
    by = f" by {name_of(shown.closed_by)}" if shown.closed_by else ""
    if one.closing is Closing.ERASED:
        return "white_check_mark", "Erased on request", None
    if one.closing is Closing.DELETED:
        return "wastebasket", f"Follow-up deleted{by}", one.closed_at
    if one.closing is Closing.TALK:
        return "white_check_mark", f"Follow-up closed after a call{by}", one.closed_at
    if one.closing is Closing.DONE:
        return "white_check_mark", f"Follow-up done{by}", one.closed_at
    by = f" by {name_of(shown.changed_by)}" if shown.changed_by else ""
    if shown.listed.owner:
        return "arrow_right", f"Follow-up reassigned to {name_of(shown.listed.owner)}", one.due_at
    return "zzz", f"Follow-up snoozed{by}", one.due_at


def _buttons(shown: FollowUpReminder) -> Json:
    one = shown.listed.follow_up
    value = f"{one.follow_up_id} {one.version}"
    options = [option(label, f"{choice} {value}") for choice, label in _LABELS.items()]
    snooze = {
        "type": "static_select",
        "action_id": SNOOZE_FOLLOW_UP,
        "placeholder": plain("Snooze"),
        "options": options,
    }
    done = button("Done", FOLLOW_UP_DONE, value, style="primary")
    # Slack keeps what was chosen in a block, and doesn't report the same choice twice.
    block = {"block_id": f"follow_up.{shown.menu_state}"} if shown.menu_state else {}
    return actions(done, snooze, *_topic_buttons(one, shown.call), **block)


def _topic_buttons(one: FollowUp, call: Call | None) -> list[Json]:
    """Return the buttons that text the caller, and open what the follow-up is about."""
    number, buttons = one.topic.number, []
    if number and is_whole(number):
        handle = recipient_value(number, one.topic.contact_id)
        action, value = (REPLY_TO_CALL, call.call_id) if call else (REPLY_TO_TEXT, handle)
        buttons.append(button("Reply via SMS", action, value))
    if call:
        buttons.append(button("Open", OPEN_CALL, call.call_id))
    elif one.topic.contact_id is not None:
        buttons.append(button("Open", SHOW_CONTACT, str(one.topic.contact_id)))
    elif number and is_whole(number):
        buttons.append(button("Open", OPEN_CONTACT_OF_NUMBER, number))
    return buttons


def _call(call: Call | None, locale: Locale) -> list[Json]:
    if call is None:
        return []
    icon, what, _ = headline(call)
    parts = [f":{icon}: {what}"]
    if call.started_at is not None:
        parts.append(locale.moment(call.started_at))
    if ours := our_side(call):
        parts.append(literal(ours))
    facts = [mrkdwn("  ·  ".join(parts))]
    if summary := summary_of(call):
        words = " ".join(shorten(summary, MAX_SUMMARY).split())
        facts.append(plain(f"Summary (AI-generated): {words}"))
    return facts


def _creator(listed: ListedFollowUp) -> list[Json]:
    return [plain(f"Set by {name_of(listed.creator)}")] if listed.creator else []


def _message(notice_id: str, text: str, blocks: list[Json], plain_blocks: list[Json]) -> Message:
    metadata = {"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}}
    return Message(escape(text), blocks, plain_blocks, metadata)
