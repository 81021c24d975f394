"""Owns how texts show in Slack: a thread for each number in each channel, a line for each text."""

from dataclasses import replace

from bot.models.channels import Visibility
from bot.models.outbox import Post
from bot.models.people import Mentions
from bot.models.texts import Text
from bot.people.names import contact_name, contacts_of, name_of_writer
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.texts.messages import render_conversation, render_text, render_text_trouble
from bot.ui.formatting import Locale
from bot.ui.message import Message

TEXT_TROUBLE = "text trouble"
# Nobody follows a thread of the bot's, so whoever wrote last is told of the answer for so long.
SECONDS_OF_A_TALK = 7 * 86_400.0


def present_thread(
    post: Post, *, shown: Visibility, store: Store, locale: Locale, may_be_a_repeat: bool
) -> Message | None:
    """Give the head of the thread with a number; None where no text is known.

    The words of texts stay wherever a thread is: somebody sent them there to be read, and without
    them it would be empty.
    """
    number = post.subject
    last = next(iter(store.texts.latest_with([number], limit=1)), None)
    if last is None:
        return None
    opt_out = store.opt_outs.of(number)
    message = render_conversation(
        number,
        last,
        name=contact_name(number, store),
        sender=name_of_writer(last, store),
        opted_out_at=opt_out.at if opt_out else None,
        has_contact=bool(contacts_of(number, store)),
        # Programs of other companies read what nobody sees: a button's value, and the metadata.
        handle=number if shown.whole_numbers else last.text_id,
        locale=locale,
        may_be_a_repeat=may_be_a_repeat,
    )
    if shown.whole_numbers:
        return message
    return replace(
        message,
        metadata={**message.metadata, "event_payload": {"conversation": post.post_id}},
    )


def show_text(
    text_id: str, *, store: Store, locale: Locale, may_be_a_repeat: bool
) -> Message | None:
    """Give the line of a text in its thread; None where it is not known."""
    text = store.texts.find(text_id)
    if text is None:
        return None
    return render_text(
        text,
        name=contact_name(text.number, store),
        sender=name_of_writer(text, store),
        mention=_whom_they_answer(text, store),
        not_shown=store.media.not_shown(text_id),
        locale=locale,
        may_be_a_repeat=may_be_a_repeat,
    )


def show_trouble(notice: Notice, *, store: Store, locale: Locale) -> Message | None:
    """Give the word to whoever wrote a text that needs them; None where it no longer does."""
    text = store.texts.find(notice.detail["text_id"])
    if text is None or text.reply is None or text.reply.slack_user is None:
        return None
    if notice not in troubles_of(text):
        return None
    return render_text_trouble(
        notice.notice_id,
        text=text,
        slack_user=text.reply.slack_user,
        name=contact_name(text.number, store),
        locale=locale,
    )


def troubles_of(text: Text) -> list[Notice]:
    """Give what its writer must be told of a text: that it failed, or that nobody knows."""
    if text.reply is None or text.reply.slack_user is None:
        return []
    if not text.is_in_question and not text.has_failed:
        return []
    why = "asked" if text.is_in_question else "failed"
    return [Notice(f"text {why} {text.text_id}", TEXT_TROUBLE, {"text_id": text.text_id})]


def _whom_they_answer(text: Text, store: Store) -> str | None:
    """Give the Slack user to whom a text is the answer, unless they want no mentions."""
    if not text.is_incoming or text.at is None:
        return None
    # Their times are whole seconds.
    since, before = text.at - SECONDS_OF_A_TALK, text.at + 1.0
    writer = store.replies.last_writer(text.number or "", since=since, before=before)
    wants = writer is not None and store.preferences.of(writer).mentions is not Mentions.NEVER
    return writer if wants else None
