"""Modals of calls: a card, a transcript, and why they can't be shown."""

import json
import re
from collections.abc import Sequence

from bot.calls.card import render_call_card
from bot.calls.card_context import NO_CONTEXT, CardContext
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

HOW_TO_INVITE = "type `/invite @Vocatech` in that channel"


def render_call_modal(
    call: Call,
    *,
    locale: Locale,
    shown_with: CardContext = NO_CONTEXT,
    channel: str | None = None,
    said: str = "",
    seen_in: str = "",
    notes: Sequence[Json] = (),
    menu_state: str = "",
) -> Json:
    """Return the card of a call as a modal; with a `channel`, it can be shared there.

    `said` is the result of sharing, as mrkdwn; it replaces the button. `seen_in` is the channel
    from whose messages the call was opened, `notes` the blocks of its notes.
    With another `menu_state`, its menus show no choice.
    """
    card = render_call_card(call, locale=locale, shown_with=shown_with, menu_state=menu_state)
    blocks = list(card.blocks)
    blocks += notes
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
    """Return the confirmation of sharing."""
    return f":white_check_mark: Shared. The card appears in <#{channel}> in a moment."


def say_not_there(channel: str) -> str:
    """Return the answer for a channel that the app isn't in."""
    return (
        f"Vocatech isn't in <#{channel}>, so nothing was shared. Please {HOW_TO_INVITE}, then share"
        " the call again."
    )


def say_already_there(channel: str, link: str | None) -> str:
    """Return the answer for a call that is in the channel; `link` is the address of its card."""
    where = f" <{link}|View it>." if link else " Its card may have been deleted."
    return f"This call is already in <#{channel}>.{where}"


def say_on_its_way(channel: str) -> str:
    """Return the answer for a call that was shared before and isn't posted yet."""
    return (
        f"This call is already queued for <#{channel}>. If it doesn't appear, {HOW_TO_INVITE}; then"
        " it's posted automatically."
    )


def say_not_possible(channel: str) -> str:
    """Return the answer for a card that Slack refused permanently."""
    return f"Slack doesn't accept this call in <#{channel}>. Nothing was changed."


MOST_ON_A_PAGE = 9_000

MOST_IN_A_LINE = 2_500

_SPEAKER = re.compile(r"^([^:\n]{1,40}):\s+")


def render_transcript_modal(
    call: Call, *, locale: Locale, page: int = 0, seen_in: str = ""
) -> Json:
    """Return a page of the transcript; a page number out of range gives the nearest page.

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
    """Return the modal for a call that was deleted from the store."""
    words = "This call is no longer stored here. Look for it in the Vocatech portal."
    return modal("No longer available", [rich(paragraph(line(words)))])


def render_not_shown_modal() -> Json:
    """Return the modal for a channel that doesn't show what was said."""
    words = (
        "This channel doesn't show summaries or transcripts, for example because people from other"
        " companies read it. To see them privately, use /calls."
    )
    return modal("Not shown here", [rich(paragraph(line(words)))])


def modal(title: str, blocks: Sequence[Json]) -> Json:
    """Return a modal to read, with one button to close it."""
    view = words_modal(title, blocks=numbered(blocks))
    return {**view, "callback_id": TRANSCRIPT_MODAL}


def _caption(call: Call, locale: Locale) -> Json:
    parts = ["AI-generated: names and numbers may be wrong."]
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
        # A modal holds 100 blocks, so every line counts as at least its share of them.
        room -= max(len(said), MOST_ON_A_PAGE // 80)
    return pages


def _lines(call: Call) -> list[str]:
    """Split the whole text into lines that fit a block."""
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
