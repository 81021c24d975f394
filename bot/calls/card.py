"""The call card: one message that is edited as the call progresses."""

from typing import Any

from bot.calls.caller_history import describe_history
from bot.calls.card_context import NO_CONTEXT, CardContext
from bot.calls.card_menu import card_menu
from bot.calls.claim_section import (
    claim_sentence,
    first_buttons,
    last_buttons,
    plain_claim_state,
    render_claim_state,
)
from bot.calls.words import (
    headline,
    other_number,
    other_party,
    our_side,
    sentence,
    summary_of,
    transcript_of,
    transfers,
)
from bot.models.calls import Call, Direction
from bot.models.screening import ScreenedNumber
from bot.outcomes.card_section import outcome_line, outcome_menu
from bot.phone_numbers import is_whole
from bot.texts.words import AUTOMATIC, body_of, status_of, writer_of
from bot.ui.action_ids import CALL_METADATA, OPEN_CONTACT, OPEN_TRANSCRIPT, REPLY_TO_CALL
from bot.ui.blocks import (
    Json,
    actions,
    button,
    context,
    emoji,
    line,
    mrkdwn,
    note,
    numbered,
    paragraph,
    person,
    plain,
    quote,
    rich,
    says,
)
from bot.ui.formatting import Locale, span
from bot.ui.message import REPEAT_NOTE, Message
from bot.ui.mrkdwn import escape, name_of, shorten

MOST_SUMMARY = 1_200

MOST_QUOTED = 200

DONE_ICON = "white_check_mark"  # a missed call that needs no callback any more


def render_call_card(
    call: Call,
    *,
    locale: Locale,
    mention: str | None = None,
    may_be_a_repeat: bool = False,
    shown_with: CardContext = NO_CONTEXT,
    in_channel: bool = False,
    menu_state: str = "",
) -> Message:
    """Return the card of a call; `mention` is the Slack user to mention as our side.

    `in_channel` adds what concerns the channel to the menu. With another `menu_state`, Slack shows
    the menus of an edited card as if nothing were chosen.
    """
    if call.is_erased:
        return _render_erased(call, locale)
    closing = _closing(call, may_be_a_repeat=may_be_a_repeat)
    buttons = _buttons(call, shown_with, in_channel=in_channel)
    blocks = [
        _headline(call, locale, mention, is_done=bool(shown_with.callback.done)),
        *_facts(call, locale),
        *_history(shown_with, locale),
        *render_claim_state(shown_with.callback, locale),
        *_summary(call),
        *_outcome(shown_with),
        *_messages(shown_with),
        *buttons,
        *([note(closing)] if closing else []),
    ]
    text = f"{sentence(call, locale)} {claim_sentence(shown_with.callback)}".strip()
    return Message(
        text=escape(text),
        blocks=_with_state(numbered(blocks), menu_state),
        plain_blocks=_with_state(
            numbered(
                [
                    _plain_section(call, text, closing),
                    *_history(shown_with, locale),
                    *plain_claim_state(shown_with.callback, locale),
                    *_outcome(shown_with),
                    *_messages(shown_with),
                    *buttons,
                ]
            ),
            menu_state,
        ),
        metadata=call_metadata(call.call_id),
    )


def _with_state(blocks: list[Json], state: str) -> list[Json]:
    """Return blocks with new IDs for those that have menus."""
    if not state:
        return blocks
    return [
        {**one, "block_id": f"{one['block_id']}.{state}"} if one["type"] == "actions" else one
        for one in blocks
    ]


def _render_erased(call: Call, locale: Locale) -> Message:
    """Return the card of an erased call: what kind of call it was, and when."""
    text = sentence(call, locale)
    return Message(
        text=escape(text),
        blocks=[_headline(call, locale, None, is_done=False), *_facts(call, locale)],
        plain_blocks=[says(text)],
        metadata=call_metadata(call.call_id),
    )


MOVED = "This call belongs to another channel, and is shown there"


def render_moved_call(call_id: str) -> Message:
    """Return what is left of a card whose call turned out to belong to another channel."""
    said = f"{MOVED}."
    return Message(said, [note(MOVED)], [says(said)], call_metadata(call_id))


def call_metadata(call_id: str) -> dict[str, Any]:
    """Return the message metadata of a call."""
    return {"event_type": CALL_METADATA, "event_payload": {"call_id": call_id}}


def _headline(call: Call, locale: Locale, mention: str | None, *, is_done: bool) -> Json:
    icon, what, preposition = headline(call)
    icon = DONE_ICON if is_done else icon
    who = other_party(call, locale)
    between = f" {preposition} " if preposition else " "
    words = (line(" "), line(what, bold=True), line(between), line(who, bold=True))
    first = paragraph(emoji(icon), *words)
    sides = [other_number(call, locale) if other_number(call, locale) != who else None]
    sides += [None if mention else our_side(call), _line_called(call, locale)]
    rest = _mention(call, mention) if mention else []
    if known := "  ·  ".join(side for side in sides if side):
        rest.append(line(f"  ·  {known}" if rest else known))
    return rich(first, *([paragraph(*rest)] if rest else []))


def _mention(call: Call, slack_user: str) -> list[Json]:
    """Mention our side, which notifies them when the card is first posted."""
    extension = name_of(call.extension or "")
    return [person(slack_user), *([line(f" (ext. {extension})")] if extension else [])]


def _line_called(call: Call, locale: Locale) -> str | None:
    number = locale.number(call.company_number)
    return f"on {name_of(number)}" if number and name_of(number) else None


def _facts(call: Call, locale: Locale) -> list[Json]:
    facts = []
    if call.started_at is not None:
        facts.append(mrkdwn(locale.moment(call.started_at)))
    if call.is_over and call.seconds and not call.needs_a_call_back:
        facts.append(plain(span(call.seconds)))
    if call.sentiment:
        facts.append(plain(f"Sentiment: {call.sentiment} (AI-generated)"))
    if passed := transfers(call):
        facts.append(plain(shorten(passed, 300)))
    return [context(*facts)] if facts else []


def _history(shown_with: CardContext, locale: Locale) -> list[Json]:
    said = describe_history(shown_with.history, locale)
    return [context(mrkdwn(said))] if said else []


def _summary(call: Call) -> list[Json]:
    summary = summary_of(call)
    if not summary:
        return []
    source = paragraph(emoji("sparkles"), line(" Summary (AI-generated)", italic=True))
    return [rich(source, quote(line(shorten(summary, MOST_SUMMARY))))]


def _outcome(shown_with: CardContext) -> list[Json]:
    said = outcome_line(shown_with.outcome)
    return [note(said)] if said else []


def _messages(shown_with: CardContext) -> list[Json]:
    """Render the last text that was sent from the card, and whether the caller opted out."""
    notes = []
    if reply := shown_with.reply:
        writer = writer_of(reply, contact="", sender=shown_with.reply_by)
        label = writer if writer == AUTOMATIC else f"SMS from {writer}"
        body = f": {body_of(reply, MOST_QUOTED)}" if shown_with.quotes_reply else ""
        status = status_of(reply)
        notes.append(f"{label}{body}{f'  ·  {status}' if status else ''}")
    if shown_with.is_opted_out:
        notes.append("Opted out of messages")
    if shown_with.screened and not (shown_with.screened.is_spam and shown_with.callback.done):
        notes.append(_screened(shown_with.screened, shown_with.screened_by))
    return [note(one) for one in notes]


def _screened(screened: ScreenedNumber, by: str | None) -> str:
    """Return the mark of the caller's number, with the person who made it."""
    label = "Spam" if screened.is_spam else "Not a customer"
    return f"{label}  ·  marked by {name_of(by)}" if by else label


def _buttons(call: Call, shown_with: CardContext, *, in_channel: bool) -> list[Json]:
    buttons = first_buttons(call, shown_with.callback)
    can_be_reached = call.direction is not Direction.INTERNAL and is_whole(call.remote_number or "")
    if can_be_reached and call.is_over and not shown_with.is_opted_out:
        buttons.append(button("Reply via SMS", REPLY_TO_CALL, call.call_id))
    if transcript_of(call):
        buttons.append(button("Transcript", OPEN_TRANSCRIPT, call.call_id))
    elif len(summary_of(call)) > MOST_SUMMARY:
        buttons.append(button("Full summary", OPEN_TRANSCRIPT, call.call_id))
    if shown_with.has_contact:
        buttons.append(button("Contact", OPEN_CONTACT, call.call_id))
    elif can_be_reached and not shown_with.screened:
        buttons.append(button("Add contact", OPEN_CONTACT, call.call_id))
    if call.is_over:
        buttons += outcome_menu(call.call_id, shown_with.outcome)
    buttons += last_buttons(call, shown_with.callback)
    buttons += card_menu(call, shown_with, in_channel=in_channel)
    return [actions(*buttons)] if buttons else []


def _closing(call: Call, *, may_be_a_repeat: bool) -> str:
    notes = ["Recording available in the Vocatech portal."] if call.recorded else []
    return " ".join([*notes, *([REPEAT_NOTE] if may_be_a_repeat else [])])


def _plain_section(call: Call, text: str, closing: str) -> Json:
    summary = shorten(summary_of(call), MOST_SUMMARY)
    parts = [text, f"Summary (AI-generated): {summary}" if summary else "", closing]
    return says("\n".join(part for part in parts if part))
