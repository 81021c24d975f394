"""Detection of external users: people from other companies in shared channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, UNKNOWN_METHOD, classify
from bot.store import Store


@dataclass(frozen=True)
class ExternalUsers:
    """External users can read posts in shared channels but can't use the app."""

    store: Store
    slack: SlackClient

    def sent(self, body: Mapping[str, Any]) -> bool:
        """Return whether an external user sent a command, a click, or a form.

        People in the synced list of the workspace aren't external. For others, the request usually
        names their workspace. If it doesn't, Slack is asked; without an answer, the person counts
        as a member.
        """
        is_command = "command" in body
        user = body.get("user") or {}
        who = str(body.get("user_id") or user.get("id"))
        if self.store.slack_people.find(who):
            return False
        # For clicks, `team` is the workspace of the message, which is always our own.
        told = body.get("team_id") if is_command else (body.get("team") or {}).get("id")
        named = (body.get("team_id"), body.get("enterprise_id"))
        theirs = named if is_command else (user.get("team_id"),)
        # Before the first auth.test: commands can only be typed in workspaces that have the app.
        ours = self.slack.own_teams or {told}
        if any(theirs):
            return not any(one in ours for one in theirs if one)
        try:
            return self.is_external(who)
        except FAILURES:
            return False

    def is_external(self, slack_user: str) -> bool:
        """Return whether a person is external; ask Slack if they aren't in the synced list.

        Raises the errors in `FAILURES`.
        """
        if self.store.slack_people.find(slack_user):
            return False
        try:
            return not self.slack.is_ours(self.slack.person(slack_user))
        except FAILURES as error:
            if classify(error).reason in UNKNOWN_METHOD:
                return False
            raise
