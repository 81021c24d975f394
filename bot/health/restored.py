"""Notice to admins after a restore, and its content."""

from collections.abc import Callable, Sequence

from bot.clock import Clock
from bot.health.recovery import CardRecovery
from bot.health.restore_messages import MAX_LISTED, RestoredState, render_restored
from bot.models.outbox import RESTORED, is_direct
from bot.people.lookup import admins_to_notify
from bot.people.names import contact_name, with_contact_name
from bot.slack.client import SlackClient
from bot.store import Store
from bot.store.database.restore_marks import RESTORED_AT, RESTORED_FROM
from bot.store.outbox.notices import Notice
from bot.store.sync import COVERED
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import name_of

SECONDS_BETWEEN_CHECKS = 60.0
# Until then, the app waits for Vocatech's calls and for lookups of texts.
LONGEST_WAIT = 900.0
OPEN_CALLS_SECONDS = 30 * 86_400.0


def report_restore(
    *,
    store: Store,
    recovery: CardRecovery,
    slack: SlackClient,
    admins: Sequence[str],
    clock: Clock,
    wake: Callable[[], None],
) -> float:
    """Read the cards after a restore, then tell the admins once what can't be known.

    Return no extra pause.
    """
    taken_at = store.key_values.moment(RESTORED_FROM)
    restored_at = store.key_values.moment(RESTORED_AT)
    if taken_at is None or restored_at is None:
        return 0.0
    notice_id = f"{RESTORED} {restored_at:.0f}"
    if store.notices.find(notice_id):
        return 0.0
    pause = recovery.learn_all()
    is_settled = pause == 0.0 and (store.key_values.moment(COVERED) or 0.0) > restored_at
    is_settled = is_settled and not store.send_queue.unconfirmed()
    # A card from after the backup counts once its post is found in the channel.
    is_settled = is_settled and not store.card_states.has_unposted()
    # Polled calls get their posts a moment later, so one check isn't enough.
    was_settled = recovery.was_settled.is_set()
    (recovery.was_settled.set if is_settled else recovery.was_settled.clear)()
    if not (is_settled and was_settled) and clock.now() - restored_at < LONGEST_WAIT:
        return 0.0
    if told := admins_to_notify(admins, store, slack):
        detail = _open_at(taken_at, restored_at, store, recovery.unread(taken_at))
        store.notices.add(Notice(notice_id, RESTORED, detail), told, now=clock.now())
        wake()
    return 0.0


def _open_at(
    taken_at: float, restored_at: float, store: Store, unread: Sequence[str]
) -> dict[str, object]:
    """Return what was taken back from cards, and what is still open and can't be known.

    That is a caller with no card in a channel whose history could be read.
    """
    waiting = [
        one
        for one in store.missed_calls.all_since(taken_at - OPEN_CALLS_SECONDS)
        if one.since <= taken_at
    ]
    has_card = store.card_states.with_card(
        [call.call_id for one in waiting for call in one.calls], but_in=unread
    )
    calls = [
        one.calls[0].call_id
        for one in waiting
        if not any(call.call_id in has_card for call in one.calls)
    ]
    texts = [
        one.text_id
        for one in store.texts.written_between(0.0, taken_at + 1.0)
        if one.needs_confirmation
    ]
    return {
        "taken_at": taken_at,
        "restored_at": restored_at,
        "from_cards": dict(store.card_states.applied(since=restored_at)),
        "unread_channels": len([one for one in unread if not is_direct(one)]),
        "call_ids": calls[:MAX_LISTED],
        "call_count": len(calls),
        "text_ids": texts[:MAX_LISTED],
        "text_count": len(texts),
        "scheduled": sum(map(store.scheduled_texts.count_of, store.scheduled_texts.writers())),
    }


def present_restored(notice: Notice, *, store: Store, locale: Locale) -> Message:
    """Return the message of the notice."""
    told = notice.detail
    calls, texts = [], []
    for call_id in told["call_ids"]:
        if call := store.calls.find(call_id):
            claim = store.claims.of(call_id)
            owner = claim.slack_user if claim else None
            calls.append((with_contact_name(call, store), owner))
    for text_id in told["text_ids"]:
        if (text := store.texts.find(text_id)) and not text.is_erased:
            name = contact_name(text.number, store) or name_of(locale.number(text.number))
            texts.append((text, name))
    state = RestoredState(
        taken_at=told["taken_at"],
        restored_at=told["restored_at"],
        calls=calls,
        call_count=told["call_count"],
        texts=texts,
        text_count=told["text_count"],
        scheduled=told.get("scheduled", 0),
        from_cards=told.get("from_cards", {}),
        unread_channels=told.get("unread_channels", 0),
    )
    return render_restored(notice.notice_id, state, locale=locale)
