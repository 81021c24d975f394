"""Owns the gathering of what one message tells of several calls, and which calls these are."""

from collections.abc import Callable, Iterable, Mapping

from bot.calls.claim_section import callback_sentence
from bot.calls.presenter import callback_of
from bot.calls.summary_messages import (
    Alerted,
    Calls,
    render_burst,
    render_catch_up_summary,
    render_quiet_summary,
)
from bot.models.calls import Call
from bot.people.names import name_caller
from bot.store import Store
from bot.store.outbox.batches import BundleKind
from bot.store.outbox.notices import Notice
from bot.ui.formatting import Locale
from bot.ui.message import Message

ALERT = "alert"
_BUNDLE = "bundle "
_BUNDLES: Mapping[BundleKind, Callable[..., Message]] = {
    BundleKind.QUIET: render_quiet_summary,
    BundleKind.BURST: render_burst,
}


def show_catch_up(notice: Notice, *, store: Store, locale: Locale) -> Message:
    """Give the message about the calls that came while the bot was away."""
    return render_catch_up_summary(
        _told(notice.detail["call_ids"], notice.notice_id, store), locale=locale
    )


def show_bundle(
    bundle_id: str, *, store: Store, locale: Locale, may_be_a_repeat: bool
) -> Message | None:
    """Give the message about the calls of a bundle; None where there is none."""
    bundle = store.bundles.find(int(bundle_id))
    if bundle is None or not bundle.call_ids:
        return None
    alerts = [_alerted(one, store) for one in store.bundles.alerts_in(bundle.bundle_id)]
    told = _told(
        bundle.call_ids, f"{_BUNDLE}{bundle_id}", store, alerts=[one for one in alerts if one]
    )
    render = _BUNDLES[bundle.kind]
    return render(told, locale=locale, may_be_a_repeat=may_be_a_repeat)


def calls_shown_by(value: str, store: Store) -> list[Call]:
    """Give the calls that a summary's button stands for."""
    if value.startswith(_BUNDLE):
        bundle = store.bundles.find(int(value.removeprefix(_BUNDLE)))
        call_ids: Iterable[str] = bundle.call_ids if bundle else ()
    else:
        notice = store.notices.find(value)
        call_ids = notice.detail["call_ids"] if notice else ()
    return _named(call_ids, store)


def _told(
    call_ids: Iterable[str], shown_by: str, store: Store, alerts: Iterable[Alerted] = ()
) -> Calls:
    calls = _named(call_ids, store)
    states = {
        call.call_id: callback_sentence(callback_of(call, store)).rstrip(".") for call in calls
    }
    return Calls(calls, shown_by, states, tuple(alerts))


def _named(call_ids: Iterable[str], store: Store) -> list[Call]:
    return [name_caller(call, store) for call in store.calls.find_all(call_ids)]


def _alerted(notice_id: str, store: Store) -> Alerted | None:
    notice = store.notices.find(notice_id)
    call = store.calls.find(notice.detail["call_id"]) if notice and notice.kind == ALERT else None
    if notice is None or call is None:
        return None
    return Alerted(
        notice.detail["slack_user"], notice.detail["why"]["rule"], name_caller(call, store)
    )
