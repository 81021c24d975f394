"""The list of calls that answers /calls, one page at a time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.calls.words import (
    LATEST,
    OUTCOME,
    day_in_words,
    headline,
    other_number,
    other_party,
    our_side,
    quoted,
)
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
    plain,
    quote,
    rich,
    says,
    section,
)
from bot.ui.formatting import Locale, span, time_of
from bot.ui.mrkdwn import clean, may_have_markup, name_of, shorten

CALLS_A_PAGE = 8
# In scripts without spaces, one word may be as long as the whole text.
MOST_SNIPPET, MOST_BEFORE_HIT = 600, 200
MOST_STATE = 150
FETCHING = "Fetching older calls from Vocatech…"
# Plain text can't show emoji by name without also converting those in people's names.
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
class UnknownName:
    """A typed name that no one has.

    `mentions` counts the calls in which it was said, `typed` is the search for them, `shown` the
    same as people read it, and `nearest` the search that may have been meant.
    """

    name: str
    mentions: int = 0
    typed: str = ""
    shown: str = ""
    nearest: str | None = None


@dataclass(frozen=True)
class CallList:
    """A page of search results; pages count from 0.

    `heading` is the query as it was understood, `typed` as it was typed. `total` is the number of
    calls in words, `pages` the number of pages if known. `states` are those of missed calls in
    words, by call ID. `failures` say why calls may be missing, `notes` are other sentences about
    the result, `tip` is what to try if it is empty, and `unknown` the name that no one has.
    `is_partial` means that earlier days weren't fetched. `today` is the reader's local day.
    """

    heading: str
    typed: str
    today: date
    calls: Sequence[tuple[Call, Sequence[Snippet]]] = ()
    page: int = 0
    has_more: bool = False
    total: str = ""
    pages: int | None = None
    states: Mapping[str, str] = field(default_factory=dict)
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tip: str = ""
    unknown: UnknownName | None = None
    is_partial: bool = False


def render_call_list(shown: CallList, *, locale: Locale) -> Json:
    """Return a page of calls, each with a button that opens it."""
    if not shown.calls:
        return _no_calls(shown)
    blocks = [note(one) for one in shown.failures]
    blocks.append(rich(paragraph(line(shown.heading, bold=True), line(_count(shown)))))
    blocks += [note(one) for one in shown.notes]
    for call, snippets in shown.calls:
        state = shown.states.get(call.call_id, "")
        blocks.append(render_call_row(call, state=state, today=shown.today, locale=locale))
        blocks += [rich(_quote(snippet)) for snippet in snippets[:1]]
    blocks += [actions(*turners)] if (turners := _turners(shown)) else []
    return answer(f"{shown.heading}: {len(shown.calls)} shown.", numbered(blocks))


def render_words(text: str) -> Json:
    """Return a plain sentence as the answer."""
    return answer(text, numbered([says(text)]))


def render_not_linked(error: NotLinked) -> Json:
    """Return the answer for a person without a linked extension, with the way to link one."""
    if error.colleague is None:
        return render_words(str(error))
    who = name_of(error.colleague) or "This person"
    remedy = "They can type /vocatech link. Until then, search by extension: /calls 101"
    return render_words(f"{who} is {error.lack}. {remedy}")


def _no_calls(shown: CallList) -> Json:
    if shown.page:
        return render_words("There are no more calls.")
    said = _why_empty(shown)
    parts = (*shown.failures, *shown.notes, *said)
    text = "\n".join(part for part in parts if part)
    unknown = shown.unknown
    if unknown is None or not unknown.mentions:
        return render_words(text)
    value = json.dumps({"typed": unknown.typed, "page": 0}, ensure_ascii=False)
    offer = button("Show these calls", f"{TURN_CALLS_PAGE}:0", value)
    return answer(text, numbered([says(text), actions(offer)]))


def _why_empty(shown: CallList) -> tuple[str, ...]:
    """Return why the list is empty, and what to try."""
    searched = f"{shown.heading[0].lower()}{shown.heading[1:]}"
    if shown.unknown:
        return _who_is_unknown(shown.unknown)
    if shown.failures:
        return (f"This search isn't complete: {searched}.",)
    if shown.heading == LATEST:
        return ("No calls yet.", shown.tip)
    if shown.is_partial:
        return (f"No calls match your search so far: {searched}.",)
    return (f"No calls match your search: {searched}.", shown.tip)


def _who_is_unknown(unknown: UnknownName) -> tuple[str, ...]:
    said = f"No person or company is called {quoted(unknown.name)}."
    if unknown.nearest:
        said += f" Did you mean /calls {unknown.nearest}?"
    if unknown.mentions:
        many = f"{unknown.mentions:,} calls mention"
        how_many = "1 call mentions" if unknown.mentions == 1 else many
        return (said, f"{how_many} it: /calls {unknown.shown}")
    return (said, f"To search for words, put them in quotation marks: /calls {unknown.shown}")


def _count(shown: CallList) -> str:
    page = f"page {shown.page + 1}" if shown.page or shown.has_more else ""
    if page and shown.pages:
        page = f"{page} of {shown.pages:,}"
    counted = " · ".join(part for part in (shown.total, page) if part)
    return f"  ·  {counted}" if counted else ""


def render_call_row(call: Call, *, state: str = "", today: date, locale: Locale) -> Json:
    """Return a call as a section with a button that opens it.

    The name is bold and the time is in the reader's own clock, which takes markup. If any text from
    outside could be read as markup, the whole section is plain text. `state` is that of a missed
    call, `today` the reader's local day.
    """
    icon, what, preposition = headline(call)
    who, number, ours = other_party(call, locale), other_number(call, locale), our_side(call)
    number = number if number != who else None
    state = shorten(state, MOST_STATE)
    # Its own colon is no part of an emoji, because a space follows.
    foreign = (who, number, ours, state.replace(OUTCOME, ""))
    is_tame = not any(may_have_markup(one) for one in foreign if one)
    opening = " ".join(part for part in (_ICONS.get(icon, "📞"), what, preposition) if part)
    talked = span(call.seconds) if call.seconds and not call.needs_a_call_back else None
    at = _when(call, today, locale, in_markup=is_tame)
    details = "  ·  ".join(part for part in (at, number, ours, talked) if part)
    name = f"*{who}*" if is_tame else who
    words = "\n".join(part for part in (f"{opening} {name}", details, state) if part)
    text = {**mrkdwn(words), "verbatim": True} if is_tame else plain(words)
    return section(text, accessory=button("Open", OPEN_CALL, call.call_id))


def _when(call: Call, today: date, locale: Locale, *, in_markup: bool) -> str | None:
    if call.started_at is None:
        return None
    if in_markup:
        return locale.moment(call.started_at)
    at = datetime.fromtimestamp(call.started_at, locale.zone)
    return f"{day_in_words(at.date(), today)} at {time_of(at)}"


def _quote(snippet: Snippet) -> Json:
    source = " Summary (AI-generated): " if snippet.is_summary else " Transcript (AI-generated): "
    icon, source = ("memo", " Note: ") if snippet.is_note else ("sparkles", source)
    parts = []
    room = MOST_SNIPPET
    for number, (part, is_hit) in enumerate(snippet.parts()):
        words = clean(part).replace("\n", " ")
        # Text before the first hit is cut at its beginning.
        leads_up = not is_hit and not number and len(words) > MOST_BEFORE_HIT
        words = f"…{words[-MOST_BEFORE_HIT:]}" if leads_up else shorten(words, max(room, 1))
        if words and room > 0:
            parts.append(line(words, bold=is_hit))
        room -= len(words)
    return quote(emoji(icon), line(source, italic=True), *parts)


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
