"""Missed calls in App Home and its lists: your callbacks, calls to you, unclaimed calls."""

from collections.abc import Sequence

from bot.calls.card_menu import HAND_OVER, MAX_ID, RELEASE
from bot.calls.words import other_number, other_party, summary_of
from bot.models.calls import Call, Outcome
from bot.models.home import Home
from bot.models.missed_calls import MissedCall, Waiting
from bot.ui.action_ids import (
    CALLBACK_MENU,
    CALLED_BACK,
    CLAIM_CALL,
    OPEN_CALL,
    SHOW_CALLBACKS,
)
from bot.ui.blocks import (
    Json,
    actions,
    button,
    divider,
    header,
    mrkdwn,
    note,
    option,
    overflow,
    section,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import literal, name_of, shorten

MAX_MINE, MAX_WAITING, MAX_FREE = 8, 8, 5
# The lists that SHOW_CALLBACKS opens.
MINE, WAITING, FREE = "mine", "waiting", "unclaimed"
# The choices of CALLBACK_MENU beside HAND_OVER and RELEASE.
DONE, REPLY, OPEN = "done", "reply", "open"
MAX_NAME, MAX_SUMMARY = 60, 140

_NO_CALLBACKS = "No callbacks. When you claim a missed call, it's listed here until you call back."
_NO_UNCLAIMED = "No unclaimed calls. Missed calls of the last 7 days are listed here."


def render_callbacks(home: Home, locale: Locale) -> list[Json]:
    """Return the groups of missed calls, each with a title and one row per caller."""
    return [
        *_group(
            _titled("Your callbacks", home.mine_count),
            [my_callback_row(one, locale) for one in home.mine[:MAX_MINE]] or [note(_NO_CALLBACKS)],
            more=home.mine_count - MAX_MINE,
            which=MINE,
        ),
        *_waiting(home, locale),
        *_group(
            _titled("Unclaimed", home.free_count),
            [unclaimed_row(one, locale) for one in home.free[:MAX_FREE]] or [note(_NO_UNCLAIMED)],
            more=home.free_count - MAX_FREE,
            which=FREE,
        ),
    ]


def my_callback_row(one: MissedCall, locale: Locale) -> Json:
    """Return a row about a caller that the reader has claimed, with a menu of what to do."""
    call = one.calls[0]
    if len(call.call_id) > MAX_ID:  # no room for it in the menu's values
        return _row(call, len(one.calls), locale, _button("Mark as called back", CALLED_BACK, call))
    return _row(call, len(one.calls), locale, _menu(call))


def unclaimed_row(one: MissedCall, locale: Locale, *, claim: str = CLAIM_CALL) -> Json:
    """Return a row about a caller no one has claimed; `claim` is the action of its button."""
    call = one.calls[0]
    return _row(call, len(one.calls), locale, _button("Claim", claim, call, style="primary"))


def _waiting(home: Home, locale: Locale) -> list[Json]:
    """Return the missed calls to the reader's extension; nothing where there are none."""
    if not home.waiting:
        return []
    return _group(
        _titled("Missed calls to you", home.callers),
        [waiting_row(one, locale) for one in home.waiting],
        more=home.callers - len(home.waiting),
        which=WAITING,
    )


def waiting_row(one: Waiting, locale: Locale, *, claim: str = CLAIM_CALL) -> Json:
    """Return a row about a caller who tried to reach the reader, and who has claimed it."""
    if one.owner:
        claimed = f"Claimed by {literal(name_of(one.owner))}"
        opens = _button("Open", OPEN_CALL, one.call)
        return _row(one.call, one.tries, locale, opens, more=claimed)
    claims = _button("Claim", claim, one.call, style="primary")
    return _row(one.call, one.tries, locale, claims)


def _group(title: str, rows: Sequence[Json], *, more: int, which: str) -> list[Json]:
    blocks = [divider(), header(title), *rows]
    if more > 0:
        blocks.append(actions(button(f"Show {more:,} more", SHOW_CALLBACKS, which)))
    return blocks


def _titled(title: str, count: int) -> str:
    return f"{title} ({count:,})" if count else title


def _row(call: Call, count: int, locale: Locale, accessory: Json, *, more: str = "") -> Json:
    """Return a row: the caller in bold and the number, below them how often and when."""
    who, number = other_party(call, locale), other_number(call, locale)
    first = f"*{literal(shorten(who, MAX_NAME))}*"
    if number and number != who:
        first += f"  {literal(number)}"
    parts = [_how_often(call, count)]
    if call.started_at is not None:
        parts.append(f"{'last call ' if count > 1 else ''}{locale.moment(call.started_at)}")
    parts += [more] if more else []
    lines = [first, "  ·  ".join(parts)]
    if summary := summary_of(call):
        lines.append(f"_Summary (AI):_ {literal(' '.join(shorten(summary, MAX_SUMMARY).split()))}")
    return section(mrkdwn("\n".join(lines)), accessory=accessory)


def _how_often(call: Call, count: int) -> str:
    icon, what = ":red_circle:", "Missed call"
    if call.outcome is Outcome.VOICEMAIL:
        icon, what = ":mailbox_with_mail:", "Voicemail"
    if count == 1:
        return f"{icon} {what}"
    voicemail = ", voicemail" if call.outcome is Outcome.VOICEMAIL else ""
    return f"{icon} {count:,} missed calls{voicemail}"


def _button(label: str, action_id: str, call: Call, **more: str) -> Json:
    return button(label, action_id, call.call_id, accessibility_label=_about(label, call), **more)


def _about(label: str, call: Call) -> str:
    return f"{label}: {shorten(name_of(call.remote_name or call.remote_number or ''), 50)}"


def _menu(call: Call) -> Json:
    choices = [("Mark as called back", DONE)]
    if call.remote_number:
        choices.append(("Reply via SMS…", REPLY))
    choices += [("Reassign…", HAND_OVER), ("Release", RELEASE), ("Open call", OPEN)]
    return overflow(
        CALLBACK_MENU, [option(label, f"{what} {call.call_id}") for label, what in choices]
    )
