"""Modals of screening: marked numbers, frequent unknown callers, and questions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.models.screening import ScreenedNumber, ScreenKind, UnknownCaller
from bot.ui.action_ids import (
    CALLER_MENU,
    CALLERS_MODAL,
    MARK_SPAM,
    TURN_CALLERS_PAGE,
    UNMARK_NUMBER,
)
from bot.ui.blocks import (
    Json,
    actions,
    button,
    divider,
    form,
    header,
    mrkdwn,
    note,
    option,
    overflow,
    plain,
    says,
    section,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.lists import ListPage, list_modal
from bot.ui.mrkdwn import escape, name_of

CONTACT, SPAM, NOT_CUSTOMER = "contact", "spam", "not_customer"
KIND_LABELS = {ScreenKind.SPAM: "Spam", ScreenKind.NOT_CUSTOMER: "Not a customer"}
# Each number takes a block of a modal, of the 100 that Slack allows.
MARKED_A_PAGE, MAX_UNKNOWN = 40, 20
WITHHELD = (
    "This caller's number is withheld, incomplete, or no longer stored here, so it can't be marked."
)
CALL_GONE = (
    "This call is no longer stored here, so its number is unknown. To remove a mark, type"
    " /vocatech callers."
)
HAS_CONTACT = (
    "This number belongs to a contact, so it isn't an unknown caller. Nothing was changed."
)
NO_MARKED = (
    "No marked numbers. To mark one, choose “Mark as spam…” or “Not a customer” in the More menu of"
    " a card."
)
NO_UNKNOWN = "No unknown callers in the last 30 days."


@dataclass(frozen=True)
class MarkedRow:
    """A marked number, and the name of the person who marked it."""

    screened: ScreenedNumber
    by: str


def render_spam_question(number: str, *, below: Json, locale: Locale) -> Json:
    """Ask before a number (E.164) is marked as spam; `below` is the call modal under it."""
    shown = locale.number(number)
    said = (
        f"Calls and texts from {shown} won't be posted, and missed calls need no callback. You can"
        " still find them with /calls and /contact. To undo this, type /vocatech callers."
    )
    metadata = json.dumps({"number": number, "below": below})
    view = form("Mark as spam", [says(said)], callback_id=MARK_SPAM, metadata=metadata)
    return {**view, "submit": plain("Mark as spam")}


def render_screening_problem(words: str) -> Json:
    """Return the answer if a number can't be marked."""
    return words_modal("Nothing was changed", words)


def render_callers_modal(
    page: ListPage[MarkedRow],
    *,
    unknown: Sequence[UnknownCaller] | None,
    notice: str = "",
    locale: Locale,
) -> Json:
    """List a page of the marked numbers; for admins also the most frequent `unknown` callers."""
    blocks: list[Json] = []
    if unknown is not None:
        blocks += [header("Frequent unknown callers"), note("In the last 30 days")]
        blocks += [_unknown_row(one, locale) for one in unknown] or [says(NO_UNKNOWN)]
        blocks.append(divider())
    blocks.append(header("Marked numbers"))
    blocks += [_marked_row(one, locale) for one in page.rows] or [says(NO_MARKED)]
    if page.count > 1:
        blocks.append(note(f"Page {page.number:,} of {page.count:,}"))
        blocks.append(actions(*page.buttons(TURN_CALLERS_PAGE, back="Previous", more="Next")))
    metadata = json.dumps({"page": page.number})
    return list_modal(
        "Callers", blocks, notice=notice, callback_id=CALLERS_MODAL, metadata=metadata
    )


def _unknown_row(one: UnknownCaller, locale: Locale) -> Json:
    number = one.call.remote_number or ""
    name = name_of(one.call.remote_name or "")
    calls = "1 call" if one.calls == 1 else f"{one.calls:,} calls"
    parts = [calls, f"{one.missed:,} missed" if one.missed else "", escape(name)]
    if one.call.started_at is not None:
        parts.append(f"last {locale.moment(one.call.started_at)}")
    words = "  ·  ".join(part for part in parts if part)
    menu = overflow(
        CALLER_MENU,
        [
            option("Add contact…", f"{CONTACT} {number}"),
            option("Not a customer", f"{NOT_CUSTOMER} {number}"),
            option("Mark as spam…", f"{SPAM} {number}"),
        ],
    )
    return section(mrkdwn(f"*{escape(locale.number(number))}*\n{words}"), accessory=menu)


def _marked_row(one: MarkedRow, locale: Locale) -> Json:
    known = one.screened
    words = (
        f"*{escape(locale.number(known.number))}*\n{KIND_LABELS[known.kind]}  ·  marked by"
        f" {escape(name_of(one.by))}  ·  {locale.moment(known.at)}"
    )
    label = f"Remove mark of {locale.number(known.number)}"
    remove = button("Remove mark", UNMARK_NUMBER, known.number, accessibility_label=label)
    return section(mrkdwn(words), accessory=remove)
