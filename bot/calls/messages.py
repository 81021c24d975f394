"""Owns the list of calls that answers /calls, a page at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.calls.words import day_in_words, headline, other_number, other_party, our_side
from bot.errors import NotLinked
from bot.models.calls import Call, Snippet
from bot.ui.action_ids import OPEN_CALL, TURN_CALLS_PAGE
from bot.ui.blocks import (
    Json,
    actions,
    answer,
    button,
    emoji,
    line,
    mrkdwn,
    note,
    numbered,
    paragraph,
    quote,
    rich,
    says,
    section,
)
from bot.ui.formatting import Locale, span, time_of
from bot.ui.mrkdwn import clean, shorten

CALLS_A_PAGE = 8
# A word may be as long as a whole text, in scripts that put nothing between words too.
MOST_SNIPPET, MOST_BEFORE_HIT = 600, 200
LOOKING = "Looking further back at Vocatech…"
# Plain text shows no emoji by name without also bringing to life those in people's names.
_ICONS = {
    "bell": "🔔",
    "large_green_circle": "🟢",
    "telephone_receiver": "📞",
    "red_circle": "🔴",
    "mailbox_with_mail": "📬",
    "arrow_upper_right": "↗️",
    "white_circle": "⚪",
    "busts_in_silhouette": "👥",
}


@dataclass(frozen=True)
class CallList:
    """A page of calls: what was asked for in words, and as it was typed; pages count from 0.

    `total` says how many there are, in words; `notes` are sentences about the answer; `today` is
    the reader's local day.
    """

    heading: str
    typed: str
    today: date
    calls: Sequence[tuple[Call, Sequence[Snippet]]] = ()
    page: int = 0
    has_more: bool = False
    total: str = ""
    notes: tuple[str, ...] = ()


def render_call_list(shown: CallList, *, locale: Locale) -> Json:
    """Show a page of calls to whoever asked, each with a button that opens it."""
    if not shown.calls:
        return _say(shown)
    blocks = [rich(paragraph(line(shown.heading, bold=True), line(_count(shown))))]
    for call, snippets in shown.calls:
        words = "\n".join(part for part in call_in_lines(call, shown.today, locale) if part)
        blocks.append(says(words, accessory=button("Open", OPEN_CALL, call.call_id)))
        blocks += [rich(_quote(snippet)) for snippet in snippets[:1]]
    blocks += [actions(*turners)] if (turners := _turners(shown)) else []
    blocks += [note(one) for one in shown.notes]
    return answer(f"{shown.heading}: {len(shown.calls)} shown.", numbered(blocks))


def render_words(text: str) -> Json:
    """Say something in plain words to whoever asked."""
    return answer(text, numbered([says(text)]))


def render_not_linked(error: NotLinked) -> Json:
    """Say that somebody is not linked with an extension, and how that is mended."""
    who = f"<@{error.slack_user}> is" if error.slack_user else "You are"
    mend = "`/vocatech link` connects you with one."
    if error.slack_user:
        mend = "They can type `/vocatech link`; until then, type the extension: `/calls 101`"
    lack = "linked to somebody without an extension" if error.has_no_extension else "not linked yet"
    text = f"{who} {lack}, so I do not know which extension is meant. {mend}"
    return {**answer(text, numbered([section(mrkdwn(text))])), "text": text}


def _say(shown: CallList) -> Json:
    heading = shown.heading[0].lower() + shown.heading[1:]
    said = f"I found nothing for: {heading}." if not shown.page else "There are no more calls."
    example = "Fewer words or a longer time find more, for example: /calls week missed"
    return render_words("\n".join([said, *shown.notes, example]))


def _count(shown: CallList) -> str:
    page = f"page {shown.page + 1}" if shown.page or shown.has_more else ""
    counted = ", ".join(part for part in (shown.total, page) if part)
    return f"  ·  {counted}" if counted else ""


def call_in_lines(call: Call, today: date, locale: Locale) -> tuple[str, str]:
    """Say a call in two lines; `today` is the reader's local day."""
    icon, what, preposition = headline(call)
    who = other_party(call, locale)
    first = " ".join(part for part in (_ICONS.get(icon, "📞"), what, preposition, who) if part)
    number = other_number(call, locale)
    moment = None
    if call.started_at is not None:
        at = datetime.fromtimestamp(call.started_at, locale.zone)
        moment = f"{day_in_words(at.date(), today)} at {time_of(at)}"
    talked = span(call.seconds) if call.seconds and not call.needs_a_call_back else None
    parts = [moment, number if number != who else None, our_side(call), talked]
    return first, "  ·  ".join(part for part in parts if part)


def _quote(snippet: Snippet) -> Json:
    source = " Summary by AI: " if snippet.is_summary else " Transcript by AI: "
    parts = []
    room = MOST_SNIPPET
    for number, (part, is_hit) in enumerate(snippet.parts()):
        words = clean(part).replace("\n", " ")
        # What leads up to the first hit is cut at its beginning.
        leads_up = not is_hit and not number and len(words) > MOST_BEFORE_HIT
        words = f"…{words[-MOST_BEFORE_HIT:]}" if leads_up else shorten(words, max(room, 1))
        if words and room > 0:
            parts.append(line(words, bold=is_hit))
        room -= len(words)
    return quote(emoji("sparkles"), line(source, italic=True), *parts)


def _turners(shown: CallList) -> list[Json]:
    turners = []
    if shown.page > 0:
        turners.append(_turner("‹ Newer", shown, shown.page - 1))
    if shown.has_more:
        turners.append(_turner("Older ›", shown, shown.page + 1))
    return turners


def _turner(label: str, shown: CallList, page: int) -> Json:
    value = json.dumps({"typed": shown.typed, "page": page}, ensure_ascii=False)
    return button(label, f"{TURN_CALLS_PAGE}:{page}", value)
