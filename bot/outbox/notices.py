"""Owns what the bot says on its own behalf: words to the admins, summaries of several calls."""

from collections import Counter
from collections.abc import Iterable

from bot.calls.call_summaries import show_catch_up
from bot.clock import Clock
from bot.health.notices import render_trouble
from bot.intervals import Span
from bot.models.calls import Call
from bot.models.health import KINDS as TROUBLES
from bot.people.names import name_for
from bot.rules.router import Router
from bot.slack.client import SlackPoster
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.store.send_queue import Draft
from bot.sync.messages import KINDS, render_backfill_summary
from bot.texts.text_notices import render_two_texts
from bot.ui.formatting import Locale
from bot.ui.message import Message

BACKFILL, CATCH_UP = "backfill", "catch-up"
TWO_TEXTS = "two texts"


def show_notice(notice: Notice, *, store: Store, locale: Locale) -> Message | None:
    """Give the message for a notice; None for a kind that this version does not know."""
    if notice.kind == CATCH_UP:
        return show_catch_up(notice, store=store, locale=locale)
    if notice.kind == BACKFILL:
        return render_backfill_summary(notice.notice_id, **notice.detail, locale=locale)
    if notice.kind == TWO_TEXTS:
        return render_two_texts(notice.notice_id, **notice.detail, locale=locale)
    if notice.kind in TROUBLES:
        return render_trouble(notice.notice_id, notice.kind, notice.detail)
    return None


def post_backfill_summary(whole: Span, *, began: float, store: Store, router: Router) -> None:
    """Have each channel told how many of its calls began in a span.

    Once for a backfill that `began` (unix seconds) at the same moment, whatever happens.
    """
    calls = store.calls.all_between(whole.start, whole.end)
    for channel, counts in _count_by_channel(calls, router).items():
        notice_id = f"{BACKFILL} {whole.start:.0f} {began:.0f} {channel}"
        detail = {"since": whole.start, "until": whole.end, "counts": counts}
        store.notices.add(Notice(notice_id, BACKFILL, detail), [channel], now=whole.end)


def _count_by_channel(calls: Iterable[Call], router: Router) -> dict[str, Counter[str]]:
    by_channel: dict[str, Counter[str]] = {}
    for call in calls:
        for channel in router.channels_for(call):
            counts = by_channel.setdefault(channel, Counter())
            counts[call.direction or KINDS[-1]] += 1
            counts["missed"] += call.needs_a_call_back
    return by_channel


def tell_of_two_texts(draft: Draft, *, first: str, store: Store, now: float) -> None:
    """Tell whoever wrote first (a Slack user) that somebody else wrote to the same number too."""
    detail = {
        "other": draft.slack_user,
        "name": name_for(draft.number, store),
        "number": draft.number,
        "words": draft.body,
    }
    store.notices.add(Notice(f"{TWO_TEXTS} {draft.text_id}", TWO_TEXTS, detail), [first], now=now)


def tell_admins_once(
    name: str,
    kind: str,
    detail: dict[str, str],
    *,
    store: Store,
    slack: SlackPoster,
    admins: list[str],
    clock: Clock,
) -> None:
    """Have every admin told by direct message, once until `all_is_well(name)`.

    Where nobody is known to tell (Slack does not answer), the next call tries again.
    """
    if not store.notices.is_told(name):
        store.notices.tell(name, kind, detail, admins or slack.admins(), now=clock.now())


def all_is_well(name: str, *, store: Store) -> bool:
    """Note that the trouble is over; say whether there was any."""
    return store.notes.moment(name) is not None and store.notes.forget(name)
