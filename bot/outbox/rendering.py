"""Rendering of posts, by kind."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from bot.attachments.service import present_attachment
from bot.calls.card import render_call_card, render_moved_call
from bot.calls.presenter import (
    card_context,
    is_misplaced,
    present_batch,
    present_catch_up,
    shown_of_call,
)
from bot.channels.masking import fit
from bot.channels.service import show_mute
from bot.digests.messages import render_digest
from bot.follow_ups.presenter import present_follow_up
from bot.health.messages import render_incident
from bot.health.restored import present_restored
from bot.missed_calls.presenter import CLAIM_NOTICES, present_reminder
from bot.models.channels import Visibility
from bot.models.customers.card_state import CardState, pack_state
from bot.models.customers.follow_ups import FOLLOW_UP
from bot.models.health import KINDS as INCIDENT_KINDS
from bot.models.outbox import (
    ALERT,
    BACKFILL,
    CATCH_UP,
    NOTE,
    NOTE_DELETED,
    RESTORED,
    TWO_TEXTS,
    Post,
    Subject,
    is_direct,
)
from bot.notes.presenter import present_note
from bot.people.lookup import find_mentions
from bot.people.messages import PERSON_LEFT, render_person_left
from bot.people.names import with_contact_name
from bot.rules.alerts import present_alert
from bot.store import Store
from bot.store.channels import MUTED
from bot.store.outbox.notices import Notice
from bot.store.privacy.erase import ERASED_HEAD, ERASED_NOTICE
from bot.sync.messages import render_backfill_summary
from bot.texts.messages import render_erased_notice
from bot.texts.notice_messages import render_two_texts
from bot.texts.presenter import (
    TEXT_TROUBLE,
    present_delivery_problem,
    present_text,
    present_thread,
)
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.work_objects.presenter import with_entity


def show_notice(notice: Notice, *, store: Store, locale: Locale) -> Message | None:
    """Return the message of a notice; None for a kind that this version doesn't know."""
    if notice.kind == CATCH_UP:
        return present_catch_up(notice, store=store, locale=locale)
    if notice.kind == BACKFILL:
        return render_backfill_summary(notice.notice_id, **notice.detail, locale=locale)
    if notice.kind == TWO_TEXTS:
        return render_two_texts(notice.notice_id, **notice.detail, locale=locale)
    if notice.kind == PERSON_LEFT:
        return render_person_left(notice.notice_id, **notice.detail)
    if notice.kind in INCIDENT_KINDS:
        return render_incident(notice.notice_id, notice.kind, notice.detail)
    return None


class Render(Protocol):
    """Renders a post; returns None if there is nothing to show."""

    def __call__(self, post: Post, *, may_be_a_repeat: bool = False) -> Message | None:
        """Render the post, with a note if it may be a duplicate."""


class PostRenderer(Protocol):
    """Renders the message of a post; returns None if there is nothing to show.

    `shown` is what the channel may show; numbers are masked afterwards. With `may_be_a_repeat`,
    the message says that it may be a duplicate.
    """

    def __call__(
        self,
        post: Post,
        shown: Visibility,
        store: Store,
        locale: Locale,
        /,
        *,
        may_be_a_repeat: bool,
    ) -> Message | None:
        """Render the post."""


def show_post(
    post: Post,
    *,
    store: Store,
    locale: Locale,
    may_be_a_repeat: bool = False,
    has_work_objects: bool = False,
) -> Message | None:
    """Return the current message of a post, reduced to what its channel may show.

    With `has_work_objects`, cards and heads of threads open in Slack's side pane.
    """
    shown = store.channels.shown_in(post.channel)
    message = _SHOWN[post.kind](post, shown, store, locale, may_be_a_repeat=may_be_a_repeat)
    if message is None:
        return None
    fitting = _with_state(fit(message, shown), post, store)
    return with_entity(fitting, post, store=store, locale=locale) if has_work_objects else fitting


def _with_state(message: Message, post: Post, store: Store) -> Message:
    """Return a card, or the head of a thread, that carries what people did.

    After a restore of an older backup, only Slack knows it; see `bot/health/recovery.py`.
    """
    if post.kind is Subject.CALL:
        call = store.calls.find(post.subject)
        if call is None or call.is_erased:
            return message
        state = store.card_states.of_call(call.call_id, call.remote_number)
        if not shown_of_call(call.call_id, post.channel, store).summary:
            state = replace(state, outcome=None)
    elif post.kind is Subject.CONVERSATION and not post.subject.startswith(ERASED_HEAD):
        state = CardState(opt_out=store.card_states.of_call("", post.subject).opt_out)
    else:
        return message
    return message.with_first_block(lambda block_id: pack_state(block_id, state))


def _call(
    post: Post, _: Visibility, store: Store, locale: Locale, *, may_be_a_repeat: bool
) -> Message | None:
    call = store.calls.find(post.subject)
    if call is None or (call.is_erased and _is_new(post)):
        return None
    if not call.is_erased and is_misplaced(post.subject, post.channel, store):
        return None if _is_new(post) else render_moved_call(post.subject)
    shown = shown_of_call(post.subject, post.channel, store)
    return render_call_card(
        shown.of(with_contact_name(call, store)),
        locale=locale,
        # In a person's own direct channel, a mention of them would add nothing.
        mention=None if is_direct(post.channel) else find_mentions(call, store),
        may_be_a_repeat=may_be_a_repeat,
        shown_with=card_context(call, store, locale, shown),
        in_channel=True,
        menu_state=str(post.menu_uses or ""),
    )


def _is_new(post: Post) -> bool:
    """Return whether a post certainly isn't in Slack: then something erased is never posted."""
    return post.ts is None and post.sending_since is None


def _notice(
    post: Post, shown: Visibility, store: Store, locale: Locale, *, may_be_a_repeat: bool
) -> Message | None:
    del may_be_a_repeat  # a duplicate notice does no harm
    notice = store.notices.find(post.subject)
    if notice is None:
        return None
    if notice.kind == ERASED_NOTICE:
        return None if _is_new(post) else render_erased_notice(notice.notice_id)
    if notice.kind in (FOLLOW_UP, NOTE, NOTE_DELETED):
        return _customer_notice(notice, post, shown, store, locale)
    if notice.kind in (*CLAIM_NOTICES, TEXT_TROUBLE):
        present = present_reminder if notice.kind in CLAIM_NOTICES else present_delivery_problem
        return present(notice, is_new=post.ts is None, store=store, locale=locale)
    if notice.kind == ALERT:
        return present_alert(notice, shown=shown, store=store, locale=locale)
    show = _NOTICES.get(notice.kind, show_notice)
    return show(notice, store=store, locale=locale)


def _customer_notice(
    notice: Notice, post: Post, shown: Visibility, store: Store, locale: Locale
) -> Message | None:
    """Render what people add to calls and callers; it says so if it is gone."""
    is_new = _is_new(post)
    if notice.kind == FOLLOW_UP:
        state = str(post.menu_uses or "")
        return present_follow_up(
            notice, is_new=is_new, store=store, locale=locale, menu_state=state
        )
    is_on_card = True
    if call_id := notice.detail.get("call_id"):
        shown = shown_of_call(call_id, post.channel, store)
        is_on_card = store.posts.has_card(call_id, post.channel)
    return present_note(
        notice, is_new=is_new, is_on_card=is_on_card, shown=shown, store=store, locale=locale
    )


def _conversation(
    post: Post, shown: Visibility, store: Store, locale: Locale, *, may_be_a_repeat: bool
) -> Message | None:
    return present_thread(
        post, shown=shown, store=store, locale=locale, may_be_a_repeat=may_be_a_repeat
    )


def _text(
    post: Post, _: Visibility, store: Store, locale: Locale, *, may_be_a_repeat: bool
) -> Message | None:
    text = store.texts.find(post.subject)
    if text and text.is_erased and _is_new(post):
        return None
    return present_text(post.subject, store=store, locale=locale, may_be_a_repeat=may_be_a_repeat)


def _media(
    post: Post, _: Visibility, store: Store, locale: Locale, *, may_be_a_repeat: bool
) -> Message | None:
    return present_attachment(
        post.subject,
        store=store,
        locale=locale,
        may_be_a_repeat=may_be_a_repeat,
        is_new=_is_new(post),
    )


def _digest(
    post: Post, _: Visibility, store: Store, locale: Locale, *, may_be_a_repeat: bool
) -> Message | None:
    digest = store.digests.find(post.subject)
    if digest is None:
        return None
    return render_digest(digest, locale=locale, may_be_a_repeat=may_be_a_repeat)


def _bundle(
    post: Post, _: Visibility, store: Store, locale: Locale, *, may_be_a_repeat: bool
) -> Message | None:
    return present_batch(post.subject, store=store, locale=locale, may_be_a_repeat=may_be_a_repeat)


_NOTICES = {MUTED: show_mute, RESTORED: present_restored}

_SHOWN: Mapping[Subject, PostRenderer] = {
    Subject.CALL: _call,
    Subject.NOTICE: _notice,
    Subject.CONVERSATION: _conversation,
    Subject.TEXT: _text,
    Subject.MEDIA: _media,
    Subject.DIGEST: _digest,
    Subject.BUNDLE: _bundle,
}
