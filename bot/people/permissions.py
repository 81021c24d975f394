"""Owns who may do what: admins change what concerns everybody, and each try is kept."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import NotAllowed
from bot.store import Store

CHANGE_ROUTING = "change where calls go"


@dataclass(frozen=True)
class Permissions:
    """Admins are those whom the settings name, and the owners and admins of the workspace."""

    named: tuple[str, ...]
    store: Store
    clock: Clock

    def is_admin(self, slack_user: str) -> bool:
        """Say whether somebody is an admin."""
        found = self.store.slack_people.find(slack_user)
        return slack_user in self.named or (found is not None and found.is_admin)

    def need_admin(self, slack_user: str, what: str, detail: str = "") -> None:
        """Let admins pass; raises NotAllowed for everybody else, and keeps the try in the audit."""
        if not self.is_admin(slack_user):
            self.store.audit.note(slack_user, f"not allowed: {what}", detail, now=self.clock.now())
            raise NotAllowed(what)
