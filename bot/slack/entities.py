"""Slack Web API requests for Work Objects: details, comments, and errors in the side pane."""

from collections.abc import Sequence
from typing import Any

from bot.slack.errors import FAILURES, Rejected, classify
from bot.slack.members import SlackMembers

Json = dict[str, Any]
# The documentation of the method names the first, and Slack's other methods the others.
TRIGGER_GONE = {
    "invalid_trigger_id",
    "expired_trigger_id",
    "trigger_expired",
    "exchanged_trigger_id",
    "trigger_exchanged",
}


class SlackEntities(SlackMembers):
    """Answers to what a person does in the side pane, by trigger ID, which works once.

    Each method returns why Slack refused the answer, or None.
    """

    def present_details(self, trigger_id: str, details: Json) -> str | None:
        """Show the details of one entity."""
        return self._answer("entity.presentDetails", trigger_id, metadata=details)

    def refuse_details(self, trigger_id: str, error: Json) -> str | None:
        """Show an error instead of details; its `status` is one of Slack's."""
        return self._answer("entity.presentDetails", trigger_id, error=error)

    def present_comments(
        self, trigger_id: str, comments: Sequence[Json], *, cursor: str | None, delete_id: str
    ) -> str | None:
        """Show a page of comments, below which the person can write one."""
        more = {"cursor": cursor} if cursor else {}
        return self._answer(
            "entity.presentComments",
            trigger_id,
            comments=list(comments),
            # Optional in one table of Slack's documentation, and required in another.
            can_post_comment=True,
            delete_action_id=delete_id,
            **more,
        )

    def refuse_comments(self, trigger_id: str, error: Json) -> str | None:
        """Show an error instead of comments."""
        # `comments` is required, also beside an error.
        return self._answer(
            "entity.presentComments", trigger_id, comments=[], can_post_comment=False, error=error
        )

    def acknowledge_comment(
        self, trigger_id: str, *, comment: Json | None = None, error: str | None = None
    ) -> str | None:
        """Confirm a comment that was written, changed, or deleted, or say why it wasn't."""
        given = {"comment": comment, "error": error}
        more = {name: value for name, value in given.items() if value is not None}
        return self._answer("entity.acknowledgeCommentAction", trigger_id, **more)

    def _answer(self, method: str, trigger_id: str, **more: Any) -> str | None:
        # The library has no method for comments yet, so all go the same way.
        try:
            self._client.api_call(method, json={"trigger_id": trigger_id, **more})
        except FAILURES as error:
            outcome = classify(error)
            detail = outcome.detail if isinstance(outcome, Rejected) else ""
            return f"{outcome.reason}: {detail}" if detail else outcome.reason
        return None
