"""Permissions: what only admins can do; refused attempts are audited."""

from dataclasses import dataclass
from enum import StrEnum

from bot.clock import Clock
from bot.errors import NotAllowed
from bot.store import Store


class AdminAction(StrEnum):
    """Everything that only admins can do, as the audit log and a refusal call it.

    Some of these are for others' things only: anyone can release a call of their own.
    """

    CHANGE_ROUTING = "change where calls go"
    CHANGE_CHANNELS = "change channel settings"
    CHANGE_COMPANY_TEMPLATES = "change company templates"
    CHANGE_OUTCOMES = "change call outcomes"
    CHANGE_ENDPOINTS = "change outgoing webhooks"
    SWITCH_DIGESTS = "change the digests of channels"
    RELEASE_CALLS = "release a call that someone else claimed"
    REASSIGN_CALLS = "reassign a call that someone else claimed"
    CHANGE_FOLLOW_UPS = "change a follow-up that someone else has"
    SEE_FOLLOW_UPS = "see follow-ups of other people"
    CHANGE_NOTES = "change notes of other people"
    DELETE_CONTACTS = "delete contacts"
    ERASE_NUMBERS = "erase a number"
    CHANGE_OPT_OUTS = "record or lift opt-outs of other people's conversations"
    SEE_OPT_OUTS = "see opt-outs"
    LINK_OTHERS = "link someone else"
    TAKE_EXTENSIONS = "take an extension from someone else"
    MANAGE_USERS = "manage Vocatech users"
    SEE_UNMATCHED = "see who is not matched"
    SEE_STATUS = "see the system status"
    RETRY_CHANNELS = "try a channel again"
    RETRY_CHECKS = "have something looked at again"


@dataclass(frozen=True)
class Permissions:
    """Admins are the people in SLACK_ADMINS, and the workspace's owners and admins."""

    named: tuple[str, ...]
    store: Store
    clock: Clock

    def is_admin(self, slack_user: str) -> bool:
        """Return whether a person is an admin."""
        found = self.store.slack_people.find(slack_user)
        return slack_user in self.named or (found is not None and found.is_admin)

    def is_member(self, slack_user: str) -> bool:
        """Return whether a person is a member of the workspace, and no guest.

        People from other companies, and those who left, aren't in the synced list either. Slack
        lets no one in who left, but a token still works: so the people in SLACK_ADMINS count
        without the list only before the first sync.
        """
        people = self.store.slack_people
        if people.find(slack_user) is not None:
            return True
        return slack_user in self.named and not people.all()

    def need_admin(self, slack_user: str, what: AdminAction, detail: str = "") -> None:
        """Raise NotAllowed unless the person is an admin; audit the attempt."""
        if not self.is_admin(slack_user):
            self.store.audit.note(slack_user, f"not allowed: {what}", detail, now=self.clock.now())
            raise NotAllowed(what)
