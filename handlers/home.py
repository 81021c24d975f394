"""App Home: shown to whoever opens it, and its buttons that try again what is broken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.clock import Clock
from bot.errors import NotAllowed
from bot.home.presenter import HomePresenter
from bot.people.external_users import ExternalUsers
from bot.people.permissions import Permissions
from bot.store import Store
from bot.vocatech.client import VocatechClient


@dataclass(frozen=True)
class HomeHandlers:
    """App Home and its buttons."""

    home: HomePresenter
    external_users: ExternalUsers
    permissions: Permissions
    store: Store
    clock: Clock
    hurry: Callable[[str], None]
    vocatech: VocatechClient
    hurry_job: Callable[[str], None]

    def show_home(self, event: dict[str, Any]) -> None:
        """Show somebody their Home; the tab with the messages needs nothing from us.

        Slack does not say here of which company they are, and an outsider has no Home.
        """
        if event.get("tab") == "home" and not self.external_users.is_one(event["user"]):
            # Slack sends along what stands there, and nothing where nothing was published yet.
            self.home.show(event["user"], is_shown="view" in event)

    def try_channel_again(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Try at once what waits for a channel that refused us; raises NotAllowed."""
        ack()
        user, channel = body["user"]["id"], action["value"]
        try:
            self.permissions.need_admin(user, "try a channel again", channel)
        except NotAllowed:
            self.home.show(user)  # without the button, which they had from when they were an admin
            raise
        self.store.troubles.take_up(channel)
        self.store.audit.note(user, "tried a channel again", channel, now=self.clock.now())
        # Shown first: the try may be over before the page is drawn.
        try:
            self.home.show(user, tried=channel)
        finally:
            self.hurry(channel)

    def look_again(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Look at once whether a trouble is over; raises NotAllowed."""
        ack()
        user, name = body["user"]["id"], action["value"]
        try:
            self.permissions.need_admin(user, "have something looked at again", name)
        except NotAllowed:
            self.home.show(user)  # without the button, which they had from when they were an admin
            raise
        self.store.audit.note(user, "had something looked at again", name, now=self.clock.now())
        self.vocatech.retry_key()
        # Shown first: the look may be over before the page is drawn.
        try:
            self.home.show(user, tried=name)
        finally:
            for trouble in self.store.troubles.open():
                if trouble.name == name:
                    self.hurry_job(trouble.job)
