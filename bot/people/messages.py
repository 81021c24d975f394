"""Messages to admins about people."""

from collections.abc import Sequence

from bot.ui.action_ids import NOTICE_METADATA
from bot.ui.blocks import says
from bot.ui.message import Message
from bot.ui.mrkdwn import escape, name_of

PERSON_LEFT = "person left"
MAX_NAMED = 5


def render_person_left(
    notice_id: str,
    *,
    name: str | None,
    calls: int = 0,
    rules: Sequence[str] = (),
    mentions: Sequence[str] = (),
    has_digest: bool = False,
    follow_ups: int = 0,
    scheduled: int = 0,
    is_guest: bool = False,
) -> Message:
    """Tell an admin what happened to the work of a person who was deactivated in Slack.

    Or, if they are a guest now, to the work that guests can't have.

    `calls` counts the callers whose missed calls are open again. `rules` are the names of the
    deleted rules, `mentions` of those that no longer mention the person. `scheduled` counts texts.
    """
    done = []
    if calls:
        again = "1 missed call is" if calls == 1 else f"{calls:,} missed calls are"
        done.append(f"{again} unclaimed again, and their channels got a reminder.")
    if rules:
        done.append(f"Rules for their direct messages were deleted: {_named(rules)}.")
    if mentions:
        done.append(f"Rules that no longer mention them: {_named(mentions)}.")
    if follow_ups:
        moved = "1 follow-up was" if follow_ups == 1 else f"{follow_ups:,} follow-ups were"
        done.append(f"{moved} handed back to the person who set it, or to an admin.")
    if has_digest:
        done.append("Their digest is off.")
    if scheduled:
        what = "1 scheduled message wasn't"
        what = what if scheduled == 1 else f"{scheduled:,} scheduled messages weren't"
        done.append(f"{what} sent. To send one, select Send again in its thread.")
    what = "is a guest in Slack now" if is_guest else "was deactivated in Slack"
    text = f"{name_of(name or '') or 'Someone'} {what}. {' '.join(done)}"
    return Message(
        text=escape(text),
        blocks=[says(text)],
        plain_blocks=[says(text)],
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )


def _named(rules: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in rules[:MAX_NAMED])
    more = len(rules) - MAX_NAMED
    return f"{shown}, and {more:,} more" if more > 0 else shown
