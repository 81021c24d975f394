"""Owns what happens around slow work on a form that was sent: once, answered first, then shown."""

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from bot.contacts.modals import render_words_modal
from bot.contacts.service import ContactChanges
from bot.slack.client import SlackPoster
from bot.slack.errors import FAILURES
from bot.ui.message import Message, escape

# Slack must have taken our answer by then, or "Saving…" would come after the outcome and stay.
SECONDS_FOR_SLACK = 0.4
PATIENCE = "This may take a few seconds. Should it stay, /contact shows whether it was done."
AGAIN = "This was sent already, and is done once. /contact shows how it stands."
Json = dict[str, Any]


def make_token() -> str:
    """Give what stands for one showing of a form."""
    return secrets.token_hex(8)


def is_first(ack: Callable[..., Any], token: str, *, doing: str, changes: ContactChanges) -> bool:
    """Answer a submission before the work begins; say whether the form was not sent before."""
    is_new = changes.store.submissions.take(token, now=changes.clock.now())
    shown = render_words_modal(doing, PATIENCE) if is_new else render_words_modal("Sent", AGAIN)
    ack(response_action="update", view=shown)
    return is_new


def show_outcome(
    slack: SlackPoster, body: Mapping[str, Any], outcome: Json, words: str, *, began: float
) -> None:
    """Show what became of it in the modal, or say it in a message to whoever closed that.

    `began` is the `time.monotonic()` moment at which the submission was answered.
    """
    time.sleep(max(0.0, began + SECONDS_FOR_SLACK - time.monotonic()))
    try:
        slack.update_modal(body["view"]["id"], outcome, seen_hash=None)
    except FAILURES:
        said = f"About the contact that you sent me: {words}"
        block = {"type": "section", "text": {"type": "plain_text", "text": said, "emoji": False}}
        slack.post(body["user"]["id"], Message(escape(said), [block], [block]))
