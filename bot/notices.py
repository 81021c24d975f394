"""Owns what the bot says on its own behalf: words to the admins, summaries of several calls."""

from bot.render.locale import Locale
from bot.render.message import Message
from bot.render.notices import render_catch_up_summary, render_channel_held, render_key_refused
from bot.slack_poster import SlackPoster
from bot.store import Store
from bot.store.notices import Notice

CATCH_UP, CHANNEL_HELD, KEY_REFUSED = "catch-up", "channel held", "key refused"


def show_notice(notice: Notice, *, store: Store, locale: Locale) -> Message | None:
    """Give the message for a notice; None for a kind that this version does not know."""
    if notice.kind == CATCH_UP:
        calls = store.calls.find_all(notice.detail["call_ids"])
        return render_catch_up_summary(notice.notice_id, calls, locale=locale)
    if notice.kind == CHANNEL_HELD:
        return render_channel_held(
            notice.notice_id, channel=notice.detail["channel"], reason=notice.detail["reason"]
        )
    if notice.kind == KEY_REFUSED:
        return render_key_refused(notice.notice_id)
    return None


def tell_admins_once(
    name: str,
    kind: str,
    detail: dict[str, str],
    *,
    store: Store,
    slack: SlackPoster,
    admins: list[str],
    now: float,
) -> None:
    """Have every admin told by direct message, once until `all_is_well(name)`.

    Where nobody is known to tell (Slack does not answer), the next call tries again.
    """
    since = store.notes.moment(name)
    if since is None:
        since = now
        store.notes.set_moment(name, since)
    notice = Notice(f"{name} {since:.0f}", kind, detail)
    if store.notices.find(notice.notice_id) is None:
        people = admins or slack.admins()
        if people:
            store.notices.add(notice, people, now=now)


def all_is_well(name: str, *, store: Store) -> bool:
    """Note that the trouble is over; say whether there was any."""
    return store.notes.moment(name) is not None and store.notes.forget(name)
