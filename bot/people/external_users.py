"""Owns who is an outsider: somebody of another company, met in a channel that is shared with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, UNKNOWN_METHOD, classify
from bot.store import Store


@dataclass(frozen=True)
class ExternalUsers:
    """Outsiders see what is posted in their channels, and may do nothing with the bot."""

    store: Store
    slack: SlackClient

    def are_behind(self, body: Mapping[str, Any]) -> bool:
        """Say whether an outsider typed a command, pressed a button or sent a form.

        Whom Slack has listed as one of us is none; of others it says with each of them of which
        company they are. Where it does not, it is asked, and what it will not say is no reason to
        turn somebody away.
        """
        is_command = "command" in body
        user = body.get("user") or {}
        who = str(body.get("user_id") or user.get("id"))
        if self.store.slack_people.find(who):
            return False
        # For everybody `team` is where the message is from, which is our own workspace.
        told = body.get("team_id") if is_command else (body.get("team") or {}).get("id")
        told_of_them = (body.get("team_id"), body.get("enterprise_id"))
        theirs = told_of_them if is_command else (user.get("team_id"),)
        # Until Slack has told who we are, a moment after the first start: commands can be typed
        # only in workspaces that have the app.
        ours = self.slack.own_teams or {told}
        if any(theirs):
            return not any(one in ours for one in theirs if one)
        try:
            return self.is_one(who)
        except FAILURES:
            return False

    def is_one(self, slack_user: str) -> bool:
        """Say whether somebody is an outsider, of whom nothing says it; Slack may be asked.

        Raises what `FAILURES` names.
        """
        if self.store.slack_people.find(slack_user):
            return False
        try:
            return not self.slack.is_ours(self.slack.person(slack_user))
        except FAILURES as error:
            if classify(error).reason in UNKNOWN_METHOD:
                return False
            raise
