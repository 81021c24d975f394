"""Error messages for people, for every kind of Slack request."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
from slack_bolt import Ack, Respond

from bot.errors import NotAllowed, NotForGuests, NotForOutsiders, NotLinked, NotUnderstood
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, VIEW_CHANGED, classify
from bot.slack.views import is_third
from bot.ui.blocks import Json, answer, says
from bot.ui.error_messages import render_command_error, render_trouble_modal, words_for
from bot.ui.message import Message

log = structlog.get_logger()
_NOT_ALLOWED = (NotAllowed, NotForGuests, NotForOutsiders)
_DECLINED = (*_NOT_ALLOWED, NotLinked, NotUnderstood)


@dataclass(frozen=True)
class ErrorHandler:
    """Explains failed requests to people."""

    slack: SlackClient
    slack_host: str

    def explain_error(
        self, error: Exception, ack: Ack, respond: Respond, body: dict[str, Any]
    ) -> None:
        """Show the person what happened, and log the details.

        Before the acknowledgement, the message is the answer if the request allows one. Otherwise
        the request is acknowledged first, because sending a message may take seconds. The message
        goes to the response URL (only on Slack's own host), into a modal, or into a direct message.
        """
        if ack.response is not None and classify(error).reason in VIEW_CHANGED:
            # A second click on the same button, or a modal that was closed before its update.
            log.info("modal_already_changed")
            return
        if isinstance(error, _DECLINED):
            log.info("request_declined", error=type(error).__name__)
        else:
            log.error("slack_listener_failed", error=type(error).__name__, exc_info=error)
        words = words_for(error)
        command = "" if isinstance(error, _NOT_ALLOWED) else str(body.get("command") or "")
        typed = str(body.get("text") or "") if command else ""
        answered = render_command_error(words, command, typed)
        said = None if ack.response is not None else _answer_with(words, body, answered)
        if said is not None:
            ack(**said)
            return
        if ack.response is None:
            ack()
        if urlsplit(str(body.get("response_url", ""))).hostname in {
            self.slack_host,
            "hooks.slack.com",
        }:
            respond(**answered, replace_original=False)
        elif not _show(words, body, self.slack):
            _tell_directly(words, body, self.slack)


def _answer_with(words: str, body: dict[str, Any], answered: Json) -> Json | None:
    """Return an acknowledgement with the message, if the request allows one."""
    if "command" in body:
        return answered
    if body.get("type") == "block_suggestion":
        return {"options": []}
    if body.get("type") == "view_submission":
        return _answer_form(words, body["view"])
    return None


def _answer_form(words: str, view: Json) -> Json:
    """Return an answer with which a form keeps what was typed: on top of it, or at a field."""
    if not is_third(view):
        return {"response_action": "push", "view": render_trouble_modal(words)}
    fields = [str(one["block_id"]) for one in view.get("blocks", ()) if one["type"] == "input"]
    if fields:
        return {"response_action": "errors", "errors": {fields[0]: words}}
    return {"response_action": "update", "view": render_trouble_modal(words)}


def _show(words: str, body: dict[str, Any], slack: SlackClient) -> bool:
    """Show the message in a modal; return False if that is impossible."""
    if body.get("type") == "view_submission":
        return False  # it is about to close, or to show something else over the message
    view = body.get("view") or {}
    if view.get("submit") and is_third(view):
        return False  # the message would take the place of the form, with all that was typed
    try:
        slack.show_modal(body, render_trouble_modal(words))
    except FAILURES:
        return False
    return True


def _tell_directly(words: str, body: dict[str, Any], slack: SlackClient) -> None:
    """Send a direct message; for events and options, no one waits for an answer."""
    user = (body.get("user") or {}).get("id")
    if user and body.get("type") != "block_suggestion":
        said = answer(words)
        slack.post(user, Message(said["text"], [says(words)], [says(words)]))
