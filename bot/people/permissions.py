"""Permissions: what only admins can do; refused attempts are audited."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import NotAllowed
from bot.store import Store

CHANGE_ROUTING = "change where calls go"


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

    def need_admin(self, slack_user: str, what: str, detail: str = "") -> None:
        """Raise NotAllowed unless the person is an admin; audit the attempt."""
        if not self.is_admin(slack_user):
            self.store.audit.note(slack_user, f"not allowed: {what}", detail, now=self.clock.now())
            raise NotAllowed(what)
