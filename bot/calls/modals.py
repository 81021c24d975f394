"""Modals of calls: a card, a transcript, why a card is here."""

import json
import re
from collections.abc import Sequence

from bot.calls.card import NOTHING_AROUND, Around, render_call_card
from bot.calls.words import summary_of, transcript_of
from bot.models.calls import Call
from bot.ui.action_ids import CALL_MODAL, SHARE_CALL, TRANSCRIPT_MODAL, TURN_TRANSCRIPT_PAGE
from bot.ui.blocks import (
    Json,
    actions,
    button,
    context,
    divider,
    line,
    mrkdwn,
    numbered,
    paragraph,
    plain,
    rich,
    section,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import name_of

HOW_TO_INVITE = "type `/invite @Vocatech` there"


def render_call_modal(
    call: Call,
    *,
    locale: Locale,
    around: Around = NOTHING_AROUND,
    channel: str | None = None,
    said: str = "",
    seen_in: str = "",
) -> Json:
    """Show a call's card; with a `channel` it can be shared there.

    `said` is what came of sharing, in Slack's markup; it takes the place of the button.
    `seen_in` is the channel from whose messages it was opened.
    """
    blocks = list(render_call_card(call, locale=locale, around=around).blocks)
    if said:
        blocks.append(section(mrkdwn(said), block_id="shared"))
    elif channel:
        share = button("Share to this channel", SHARE_CALL, call.call_id)
        blocks.append(actions(share, block_id="share"))
    known = {"call_id": call.call_id, "channel": channel, "seen_in": seen_in}
    return {
        "type": "modal",
        "callback_id": CALL_MODAL,
        "title": plain("Call"),
        "close": plain("Close"),
        "private_metadata": json.dumps(known),
        "blocks": blocks,
    }


def say_shared(channel: str) -> str:
    """Say that the card is on its way."""
    return f":white_check_mark: Shared: the card comes to <#{channel}> in a moment."


def say_not_there(channel: str) -> str:
    """Say that we cannot post there."""
    return (
        f"I am not in <#{channel}>, so nothing was shared. Please {HOW_TO_INVITE}, and share the"
        " call once more."
    )


def say_already_there(channel: str, link: str | None) -> str:
    """Say that the card stands there; `link` is its address."""
    where = f" <{link}|Go to it>." if link else " Somebody may have deleted it since."
    return f"This call is shown in <#{channel}> already.{where}"


def say_on_its_way(channel: str) -> str:
    """Say that somebody shared it before, and that it does not stand there yet."""
    return (
        f"This call is on its way to <#{channel}> already. If it does not appear, I am not in that"
        f" channel: {HOW_TO_INVITE}, and it comes by itself."
    )


def say_not_possible(channel: str) -> str:
    """Say that a card was refused there for good."""
    return f"Slack does not let me show this call in <#{channel}>. Nothing was changed."


MOST_ON_A_PAGE = 9_000

MOST_IN_A_LINE = 2_500

_SPEAKER = re.compile(r"^([^:\n]{1,40}):\s+")


def render_transcript_modal(
    call: Call, *, locale: Locale, page: int = 0, seen_in: str = ""
) -> Json:
    """Show a page of what was said; a page number out of range gives the nearest page.

    `seen_in` is the channel from whose messages it was opened.
    """
    pages = _pages(call)
    page = min(max(page, 0), len(pages) - 1)
    blocks = [_caption(call, locale)]
    blocks += [rich(_turn(said)) for said in pages[page]]
    if len(pages) > 1:
        blocks += [divider(), actions(*_turners(call, page, len(pages), seen_in))]
    return modal("Transcript" if transcript_of(call) else "Summary", blocks)


def render_missing_modal() -> Json:
    """Say that there is nothing to show, and where else to look."""
    words = "This is no longer kept here. Please look for it in the Vocatech portal."
    return modal("Not kept any more", [rich(paragraph(line(words)))])


def render_not_shown_modal() -> Json:
    """Say that a channel does not show what was said, and where our own people find it."""
    words = (
        "This channel does not show what was said in calls: it may be shared with people outside"
        " the company. /calls shows it to you alone."
    )
    return modal("Not shown here", [rich(paragraph(line(words)))])


def modal(title: str, blocks: Sequence[Json]) -> Json:
    """Give a view to read, with one button to close it."""
    view = words_modal(title, blocks=numbered(blocks))
    return {**view, "callback_id": TRANSCRIPT_MODAL}


def _caption(call: Call, locale: Locale) -> Json:
    parts = ["Written down by AI, so names and numbers may be wrong."]
    if call.started_at is not None:
        parts.insert(0, locale.moment(call.started_at))
    return context(mrkdwn("  ·  ".join(parts)))


def _pages(call: Call) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    room = MOST_ON_A_PAGE
    for said in _lines(call):
        if len(said) > room and pages[-1]:
            pages.append([])
            room = MOST_ON_A_PAGE
        pages[-1].append(said)
        # A modal holds 100 blocks; every line counts as at least its share of them.
        room -= max(len(said), MOST_ON_A_PAGE // 80)
    return pages


def _lines(call: Call) -> list[str]:
    """Cut everything into lines that fit a block, losing nothing."""
    summary, transcript = summary_of(call), transcript_of(call)
    whole = "\n".join(part for part in (summary and f"Summary: {summary}", transcript) if part)
    return [
        said[start : start + MOST_IN_A_LINE]
        for said in whole.splitlines()
        if said.strip()
        for start in range(0, len(said), MOST_IN_A_LINE)
    ]


def _turn(said: str) -> Json:
    speaker = _SPEAKER.match(said)
    if speaker is None or not name_of(speaker[1]):
        return paragraph(line(said))
    return paragraph(line(f"{speaker[1]}: ", bold=True), line(said[speaker.end() :]))


def _turners(call: Call, page: int, pages: int, seen_in: str) -> list[Json]:
    turners = []
    if page > 0:
        turners.append(_turner(f"‹ Page {page}", call, page - 1, seen_in))
    if page < pages - 1:
        turners.append(_turner(f"Page {page + 2} of {pages} ›", call, page + 1, seen_in))
    return turners


def _turner(label: str, call: Call, page: int, seen_in: str) -> Json:
    value = json.dumps({"call_id": call.call_id, "page": page, "seen_in": seen_in})
    return button(label, f"{TURN_TRANSCRIPT_PAGE}:{page}", value)
