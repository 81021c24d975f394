"""Message to admins after a restore: what the app can't know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.calls.words import other_party
from bot.models.calls import Call
from bot.models.texts import Text
from bot.ui.action_ids import NOTICE_METADATA
from bot.ui.blocks import mrkdwn, numbered, section
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import escape

MAX_LISTED = 10


@dataclass(frozen=True)
class RestoredState:
    """What was open when the backup was taken: `calls` with their owner, and `texts`.

    Both may be cut; `call_count` and `text_count` say how many there were, and `scheduled` how
    many texts wait for their time. `calls` have no card that could be read. `from_cards` counts
    what was taken back from cards, by what the audit log says; `unread_channels` counts channels
    whose history Slack refused. Times in unix seconds.
    """

    taken_at: float
    restored_at: float
    calls: Sequence[tuple[Call, str | None]] = ()
    call_count: int = 0
    texts: Sequence[tuple[Text, str]] = ()
    text_count: int = 0
    scheduled: int = 0
    from_cards: Mapping[str, int] = field(default_factory=dict)
    unread_channels: int = 0


def render_restored(notice_id: str, state: RestoredState, *, locale: Locale) -> Message:
    """Return the message that lists what an admin or a colleague must check after a restore."""
    taken, restored = (locale.moment(at) for at in (state.taken_at, state.restored_at))
    blocks = [
        section(
            mrkdwn(
                f":floppy_disk: *Backup restored*\nOn {restored}, the app's data was replaced by"
                f" the backup of {taken}. Calls, messages, and opt-outs by message since then are"
                " read from Vocatech again, claims and outcomes from the cards in Slack."
            )
        ),
        section(mrkdwn(_from_cards(state))),
        section(mrkdwn(_claims(state, locale))),
        section(mrkdwn(_texts(state, locale) + _scheduled(state))),
        section(
            mrkdwn(
                "*Changed by hand since the backup:* notes, follow-ups, settings, rules, templates,"
                " digests, links, and mutes, and opt-outs that someone lifted. These changes are"
                " lost. Make them again. Notes are still in the threads in Slack."
            )
        ),
    ]
    shown = numbered(blocks)
    return Message(
        text=(
            "A backup was restored. Some claims, messages, and settings since then can't be known:"
            " please check them."
        ),
        blocks=shown,
        plain_blocks=shown,
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )


# By what the audit log says: one, several.
_FOUND = {
    "claimed a call": ("1 claim", "{:,} claims"),
    "released a call": ("1 release", "{:,} releases"),
    "called back": ("1 callback", "{:,} callbacks"),
    "took a call up again": ("1 reopened call", "{:,} reopened calls"),
    "call outcome set": ("1 outcome", "{:,} outcomes"),
    "call outcome removed": ("1 removed outcome", "{:,} removed outcomes"),
    "opt-out recorded": ("1 opt-out", "{:,} opt-outs"),
    "number marked": ("1 marked caller", "{:,} marked callers"),
}


def _from_cards(state: RestoredState) -> str:
    counts = {words: state.from_cards.get(what, 0) for what, words in _FOUND.items()}
    found = [
        one if count == 1 else many.format(count) for (one, many), count in counts.items() if count
    ]
    said = f"restored {', '.join(found)}." if found else "nothing to restore."
    unread = "1 channel" if state.unread_channels == 1 else f"{state.unread_channels:,} channels"
    refused = f" Slack refused the history of {unread}." if state.unread_channels else ""
    return (
        f"*From the cards in Slack:* {said}{refused} Changes from the last seconds before the app"
        " stopped may be missing."
    )


def _claims(state: RestoredState, locale: Locale) -> str:
    if not state.call_count:
        return "*Claims:* every caller who was waiting for a callback has a card that was read."
    count = state.call_count
    were = "1 caller was" if count == 1 else f"{count:,} callers were"
    lines = [_call_line(call, owner, locale) for call, owner in state.calls]
    return _listed(
        f"*Claims:* {were} waiting for a callback when the backup was taken, without a card that"
        " the app can read. If someone claimed them or called back since, claim or mark them"
        " again:",
        lines,
        count,
    )


def _texts(state: RestoredState, locale: Locale) -> str:
    if not state.text_count:
        return "*Messages:* no message from then is unconfirmed."
    count = state.text_count
    were = "1 message was" if count == 1 else f"{count:,} messages were"
    lines = [
        f"to {escape(name)}" + (f", {locale.moment(text.at)}" if text.at else "")
        for text, name in state.texts
    ]
    return _listed(
        f"*Messages:* {were} queued when the backup was taken and may have been sent. None is sent"
        " again automatically; their writers are asked in the threads:",
        lines,
        count,
    )


def _scheduled(state: RestoredState) -> str:
    if not state.scheduled:
        return ""
    are = "1 message is" if state.scheduled == 1 else f"{state.scheduled:,} messages are"
    return (
        f"\n{are} scheduled as at the time of the backup. If someone changed or canceled one since,"
        " they need to do it again in App Home."
    )


def _call_line(call: Call, owner: str | None, locale: Locale) -> str:
    at = call.started_at or call.ended_at
    when = f", {locale.moment(at)}" if at else ""
    claimed = f", claimed by <@{owner}>" if owner else ""
    return f"{escape(other_party(call, locale))}{when}{claimed}"


def _listed(opening: str, lines: Sequence[str], count: int) -> str:
    more = [f"and {count - len(lines):,} more"] if count > len(lines) else []
    return "\n".join([opening, *(f"• {line}" for line in [*lines, *more])])
