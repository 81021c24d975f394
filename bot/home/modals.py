"""Full lists behind App Home's buttons: callbacks, unclaimed calls, problems, digests."""

import json
from collections.abc import Sequence

from bot.digests.callback_words import (
    line_in_numbers,
    person_in_numbers,
    report_in_words,
)
from bot.digests.home_section import digest_row
from bot.home.admin_view import broken_row, incident_row, incidents_of
from bot.home.callbacks_section import (
    FREE,
    MINE,
    WAITING,
    my_callback_row,
    unclaimed_row,
    waiting_row,
)
from bot.models.callback_times import CallbackReport
from bot.models.digests import PlannedDigest
from bot.models.home import AdminPart, Home
from bot.ui.action_ids import CALLBACKS_MODAL, CLAIM_LISTED
from bot.ui.blocks import Json, line, note, paragraph, rich, titled_list, words_modal
from bot.ui.formatting import Locale

MAX_ROWS = 99  # a view has at most 100 blocks; the last one tells how many are missing

HOW_COUNTED = (
    "Callers who were missed in the last 7 days. Times count business hours, from the first missed"
    " call to the first callback, answered or not."
)
_TITLES = {MINE: "Your callbacks", WAITING: "Missed calls to you", FREE: "Unclaimed calls"}
_EMPTY = {
    MINE: "No callbacks. When you claim a missed call, it's listed here until you call back.",
    WAITING: "No missed calls to your extension in the last 7 days.",
    FREE: "No unclaimed calls in the last 7 days.",
}


def render_callbacks_modal(which: str, home: Home, *, locale: Locale) -> Json:
    """Return the list that a "Show N more" button of App Home opens; `which` names it."""
    which = which if which in _TITLES else FREE
    rows, count = {
        MINE: ([my_callback_row(one, locale) for one in home.mine], home.mine_count),
        WAITING: (
            [waiting_row(one, locale, claim=CLAIM_LISTED) for one in home.waiting],
            home.callers,
        ),
        FREE: (
            [unclaimed_row(one, locale, claim=CLAIM_LISTED) for one in home.free],
            home.free_count,
        ),
    }[which]
    view = words_modal(_TITLES[which], blocks=_cut(rows, count) or [note(_EMPTY[which])])
    return {
        **view,
        "callback_id": CALLBACKS_MODAL,
        "private_metadata": json.dumps({"list": which}),
    }


def render_problems_modal(admin: AdminPart, *, locale: Locale) -> Json:
    """Return all incidents and unavailable channels."""
    rows = [
        incident_row(one, locale, is_tried=one.name == admin.tried) for one in incidents_of(admin)
    ]
    rows += [broken_row(one, locale) for one in admin.broken]
    return words_modal("Problems", blocks=_cut(rows) or [note("All systems operational.")])


def render_digests_modal(planned: Sequence[PlannedDigest], *, locale: Locale) -> Json:
    """Return the digests of all channels."""
    rows = [digest_row(one, locale) for one in planned]
    return words_modal("Digests", blocks=_cut(rows) or [note("No digests are scheduled.")])


def render_callback_times(report: CallbackReport) -> Json:
    """Return the callback times of the last days, per person and company number."""
    blocks = [rich(paragraph(line(report_in_words(report), bold=True)))]
    if report.people:
        people = [person_in_numbers(one) for one in report.people]
        blocks.append(titled_list("By person", people))
    if report.lines:
        lines = [line_in_numbers(one) for one in report.lines]
        blocks.append(titled_list("By company number", lines))
    return words_modal("Callbacks", blocks=[*blocks, note(HOW_COUNTED)])


def _cut(rows: list[Json], count: int = 0) -> list[Json]:
    """Return the rows that fit, and how many more of the `count` there are."""
    more = max(len(rows), count) - MAX_ROWS
    return [*rows[:MAX_ROWS], note(f"{more:,} more aren't shown.")] if more > 0 else rows
