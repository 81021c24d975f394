"""Texts in Slack: one thread per number and channel, with one line per text."""

from dataclasses import replace

from bot.models.channels import Visibility
from bot.models.outbox import Post
from bot.models.people import Mentions
from bot.models.texts import WRITER_IS_GUEST, WRITER_LEFT, Text
from bot.people.names import contact_name, contacts_of, name_of_writer
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.store.privacy.erase import ERASED_HEAD
from bot.texts.messages import (
    render_conversation,
    render_erased_conversation,
    render_text,
)
from bot.texts.notice_messages import render_delivery_problem
from bot.texts.polite_stops import asks_to_stop
from bot.ui.formatting import Locale
from bot.ui.message import Message

TEXT_TROUBLE = "text trouble"
UNCONFIRMED = "text asked"  # the beginning of a notice's ID
LATEST_TEXTS = 5
# Writers don't follow the app's threads, so a mention tells them of an answer for this long.
MENTION_SECONDS = 7 * 86_400.0


def present_thread(
    post: Post, *, shown: Visibility, store: Store, locale: Locale, may_be_a_repeat: bool
) -> Message | None:
    """Return the head of the thread with a number; None if no text is known.

    Every channel with a thread shows the bodies: the texts were routed there to be read, and the
    thread would be empty without them.
    """
    number = post.subject
    if number.startswith(ERASED_HEAD):
        is_posted = post.ts is not None or post.sending_since is not None
        return render_erased_conversation(post.post_id) if is_posted else None
    last = store.texts.latest_in(post.channel, number)
    if last is None:
        return None
    opt_out = store.opt_outs.of(number)
    message = render_conversation(
        number,
        last,
        name=contact_name(number, store),
        sender=name_of_writer(last, store),
        opted_out_at=opt_out.at if opt_out else None,
        may_want_to_opt_out=opt_out is None and _asked_to_stop(number, store),
        has_contact=bool(contacts_of(number, store)),
        # Other apps can read what is not displayed: button values and metadata.
        handle=number if shown.whole_numbers else last.text_id,
        conversation=store.key_values.opaque_id(number),
        locale=locale,
        may_be_a_repeat=may_be_a_repeat,
    )
    return replace(message, formerly=({"number": number}, {"conversation": post.post_id}))


def _asked_to_stop(number: str, store: Store) -> bool:
    """Return whether one of the latest texts may ask for no more, and no one decided since."""
    since = store.opt_outs.lifted_at(number) or 0.0
    latest = store.texts.latest_with([number], limit=LATEST_TEXTS)
    return any(
        text.is_incoming and (text.at or 0.0) > since and asks_to_stop(text.body)
        for text in latest
        if text.opt_out is None
    )


def present_text(
    text_id: str, *, store: Store, locale: Locale, may_be_a_repeat: bool
) -> Message | None:
    """Return the line of a text in its thread; None if the text is unknown."""
    text = store.texts.find(text_id)
    if text is None:
        return None
    return render_text(
        text,
        name=contact_name(text.number, store),
        sender=name_of_writer(text, store),
        mention=_answered_writer(text, store),
        not_shown=store.attachments.not_shown(text_id),
        locale=locale,
        may_be_a_repeat=may_be_a_repeat,
    )


def present_delivery_problem(
    notice: Notice, *, is_new: bool, store: Store, locale: Locale
) -> Message | None:
    """Return the notice to the writer of a text; None if it's new and the problem is resolved.

    One that was posted stays, and its number is masked if its channel is shared by now.
    """
    text = store.texts.find(notice.detail["text_id"])
    if text is None or text.reply is None or text.reply.slack_user is None:
        return None
    if is_new and notice not in delivery_problems(text):
        return None
    return render_delivery_problem(
        notice.notice_id,
        text=text,
        is_unconfirmed=notice.notice_id.startswith(f"{UNCONFIRMED} "),
        slack_user=text.reply.slack_user,
        name=contact_name(text.number, store),
        locale=locale,
    )


def delivery_problems(text: Text) -> list[Notice]:
    """Return the notices that the writer of a text should get: it failed, or is unconfirmed."""
    if text.reply is None or text.reply.slack_user is None:
        return []
    if text.reason in {WRITER_LEFT, WRITER_IS_GUEST}:
        return []
    if not text.needs_confirmation and not text.has_failed:
        return []
    why = UNCONFIRMED if text.needs_confirmation else "text failed"
    return [Notice(f"{why} {text.text_id}", TEXT_TROUBLE, {"text_id": text.text_id})]


def _answered_writer(text: Text, store: Store) -> str | None:
    """Return the Slack writer of the answered text, unless they turned mentions off."""
    if not text.is_incoming or text.at is None:
        return None
    # Vocatech's times are whole seconds.
    since, before = text.at - MENTION_SECONDS, text.at + 1.0
    writer = store.send_queue.last_writer(text.number or "", since=since, before=before)
    if writer is None or store.preferences.of(writer).mentions is Mentions.NEVER:
        return None
    return writer
