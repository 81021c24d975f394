"""Announcements: what changed is routed, rendered, and posted or edited in each of its channels."""

from functools import partial

from bot.clock import Clock
from bot.conversations import (
    TEXT_TROUBLE,
    show_conversation,
    show_text,
    show_trouble,
    troubles_of,
)
from bot.matching import direct_channels_for, whom_to_mention
from bot.notices import show_notice
from bot.outbox import Outbox
from bot.posts import Post, Subject, is_direct
from bot.render.call_card import render_call_card
from bot.render.digest import render_digest
from bot.render.locale import Locale
from bot.render.message import Message
from bot.routing import Routes
from bot.store import Store
from bot.surroundings import around
from bot.text_media import show_media
from bot.who import name_caller


def channels_with_work(*, store: Store, routes: Routes, clock: Clock) -> list[str]:
    """Choose the channels of what changed, and name those with something to do."""
    while changed := store.calls.to_route():
        chosen = [
            (one, [*routes.channels_for(one.call), *direct_channels_for(one.call, store)])
            for one in changed
        ]
        store.posts.route(chosen, now=clock.now())
    while texts := store.texts.to_route():
        routed = [
            (
                one,
                [
                    *routes.channels_for_text(one.text.company_number),
                    *([one.written_in] if one.written_in else []),
                ],
                troubles_of(one.text),
            )
            for one in texts
        ]
        store.texts.route(routed, now=clock.now())
    return store.posts.channels_with_work()


def announce_next(
    channel: str,
    *,
    store: Store,
    outbox: Outbox,
    locale: Locale,
) -> float:
    """Post or edit the next thing in a channel; give the seconds until there may be another."""
    show = partial(show_post, store=store, locale=locale)
    return outbox.do_next(channel, show)


def show_post(
    post: Post,
    *,
    store: Store,
    locale: Locale,
    may_be_a_repeat: bool = False,
) -> Message | None:
    """Give what a post shall show now."""
    if post.kind is Subject.NOTICE:
        notice = store.notices.find(post.subject)
        if notice and notice.kind == TEXT_TROUBLE:
            return show_trouble(notice, store=store, locale=locale)
        return show_notice(notice, store=store, locale=locale) if notice else None
    if post.kind is Subject.CONVERSATION:
        return show_conversation(
            post.subject, store=store, locale=locale, may_be_a_repeat=may_be_a_repeat
        )
    if post.kind is Subject.MEDIA:
        return show_media(post.subject, store=store, locale=locale, may_be_a_repeat=may_be_a_repeat)
    if post.kind is Subject.TEXT:
        return show_text(
            post.subject,
            store=store,
            locale=locale,
            may_be_a_repeat=may_be_a_repeat,
        )
    if post.kind is Subject.DIGEST:
        digest = store.digests.find(post.subject)
        return (
            render_digest(digest, locale=locale, may_be_a_repeat=may_be_a_repeat)
            if digest
            else None
        )
    return _show_call(post, store=store, locale=locale, may_be_a_repeat=may_be_a_repeat)


def _show_call(
    post: Post, *, store: Store, locale: Locale, may_be_a_repeat: bool
) -> Message | None:
    call = store.calls.find(post.subject)
    if call is None:
        return None
    return render_call_card(
        name_caller(call, store),
        locale=locale,
        # Whoever reads it in their own direct channel knows that it is theirs.
        mention=None if is_direct(post.channel) else whom_to_mention(call, store),
        may_be_a_repeat=may_be_a_repeat,
        around=around(call, store),
    )
