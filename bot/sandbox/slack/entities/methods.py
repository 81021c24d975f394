"""The `entity.` methods, and the side pane that each user has open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.sandbox.slack.entities.validation import comment_errors, entity_errors, error_errors
from bot.sandbox.slack.message_validation import in_words
from bot.sandbox.slack.method import TIER_3, ApiMethod, is_true, needed
from bot.sandbox.slack.state import Json, MethodError, SlackState
from bot.sandbox.slack.triggers import Triggers

_DETAILS: Final = "entity.presentDetails"
_COMMENTS: Final = "entity.presentComments"
_ACKNOWLEDGE: Final = "entity.acknowledgeCommentAction"


@dataclass
class SidePane:
    """What a user sees in the side pane; `entity` is what the app answered, if it did.

    `error` is Slack's status, or what the app said about a comment. `comments` is None until the
    user opens them.
    """

    external_ref: Json
    url: str
    channel: str = ""
    message_ts: str = ""
    entity: Json | None = None
    error: str = ""
    comments: list[Json] | None = None
    cursor: str = ""
    delete_action_id: str = ""
    can_post: bool = False
    sent: dict[str, str] = field(default_factory=dict)


class EntityMethods:
    """The `entity.` methods; they need no scope, but the trigger ID of what the user did."""

    def __init__(self, state: SlackState, triggers: Triggers) -> None:
        self._state = state
        self._triggers = triggers
        self.panes: dict[str, SidePane] = {}
        self._about: dict[str, Json] = {}

    def methods(self) -> Mapping[str, ApiMethod]:
        """Return the methods by name."""
        return {
            _DETAILS: ApiMethod(self.present_details, (), TIER_3),
            _COMMENTS: ApiMethod(self.present_comments, (), TIER_3),
            _ACKNOWLEDGE: ApiMethod(self.acknowledge, (), TIER_3),
        }

    def clear(self) -> None:
        """Close all panes."""
        self.panes.clear()
        self._about.clear()

    def trigger(self, user: str, pane: SidePane) -> str:
        """Return a trigger ID for something that a user did in the pane."""
        trigger_id = self._triggers.make(user)
        self._about[trigger_id] = pane.external_ref
        return trigger_id

    def present_details(self, params: Json) -> Json:
        """Show details, an error, or a request to sign in."""
        trigger_id, given = needed(params, "trigger_id"), params.get("metadata")
        if given is not None:
            if wrong := entity_errors(given):
                raise MethodError("invalid_metadata", **in_words(wrong))
            if given["external_ref"] != self._about.get(trigger_id, given["external_ref"]):
                raise MethodError("entity_metadata_does_not_match_trigger")
        pane = self._pane_of(trigger_id)
        pane.error = self._error_in(params, is_answered=given is not None)
        if given is not None:
            pane.entity = given
        self._state.touch()
        return {"ok": True}

    def present_comments(self, params: Json) -> Json:
        """Show a page of comments, or an error."""
        trigger_id, given = needed(params, "trigger_id"), params.get("comments")
        if not isinstance(given, list):
            raise MethodError("invalid_arguments", **in_words(["comments is required"]))
        wrong = [one for comment in given for one in comment_errors(comment)]
        if any(one.get("can_delete") for one in given) and not params.get("delete_action_id"):
            wrong.append("delete_action_id is missing")
        if not isinstance(params.get("can_post_comment"), bool):
            wrong.append("can_post_comment is missing")
        if wrong:
            raise MethodError("invalid_arguments", **in_words(wrong))
        pane = self._pane_of(trigger_id)
        pane.error = self._error_in(params, is_answered=True) if params.get("error") else ""
        pane.comments = [*(pane.comments or []), *given] if not pane.error else None
        pane.cursor = str(params.get("cursor") or "")
        pane.can_post = params["can_post_comment"]
        pane.delete_action_id = str(params.get("delete_action_id") or "")
        self._state.touch()
        return {"ok": True}

    def acknowledge(self, params: Json) -> Json:
        """Show a comment that the app saved, remove a deleted one, or show an error."""
        trigger_id, comment = needed(params, "trigger_id"), params.get("comment")
        if comment is not None and (wrong := comment_errors(comment)):
            raise MethodError("invalid_arguments", **in_words(wrong))
        pane = self._pane_of(trigger_id)
        pane.error = str(params.get("error") or "")
        deleted = pane.sent.pop(trigger_id, "")
        if not pane.error:
            new = [] if comment is None else [comment]
            gone = {deleted, *(one["id"] for one in new)}
            pane.comments = [*new, *(c for c in pane.comments or [] if c["id"] not in gone)]
        self._state.touch()
        return {"ok": True}

    def _pane_of(self, trigger_id: str) -> SidePane:
        """Return the pane of a trigger, which is used up."""
        user = self._triggers.spend(trigger_id)
        if trigger_id not in self._about or user not in self.panes:
            raise MethodError("invalid_trigger_id")
        return self.panes[user]

    def _error_in(self, params: Json, *, is_answered: bool) -> str:
        if (error := params.get("error")) is not None:
            if wrong := error_errors(error):
                raise MethodError("invalid_arguments", **in_words(wrong))
            return str(error.get("custom_message") or error["status"])
        if is_true(params, "user_auth_required"):
            return f"Sign in at {needed(params, 'user_auth_url')}"
        if not is_answered:
            words = ["metadata, error, or user_auth_required is required"]
            raise MethodError("invalid_arguments", **in_words(words))
        return ""
