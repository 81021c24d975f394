"""What App Home's buttons do: open full lists, try channels again, check incidents again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.errors import NotAllowed
from bot.home.presenter import HomePresenter
from bot.people.external_users import ExternalUsers
from bot.people.permissions import AdminAction, Permissions
from bot.slack.client import SlackClient
from bot.slack.views import is_in_modal
from bot.store import Store
from bot.ui.action_ids import CALLBACKS_MODAL, CALLS_MODAL
from bot.vocatech.client import VocatechClient

Json = Mapping[str, Any]


@dataclass(frozen=True)
class HomeService:
    """App Home's actions; `run_now` runs a channel's queue now, `run_job_now` a scheduled job."""

    home: HomePresenter
    slack: SlackClient
    external_users: ExternalUsers
    permissions: Permissions
    store: Store
    clock: Clock
    vocatech: VocatechClient
    run_now: Callable[[str], None]
    run_job_now: Callable[[str], None]

    def open(self, slack_user: str, *, is_shown: bool) -> None:
        """Publish the Home of a person who opened it.

        Slack doesn't say here which company the person belongs to; external users get no Home.
        """
        if not self.external_users.is_external(slack_user):
            self.home.show(slack_user, is_shown=is_shown)

    def show_callbacks(self, body: Json, which: str) -> None:
        """Open the full list of a group of missed calls."""
        self.slack.show_modal(body, self.home.callbacks_modal(body["user"]["id"], which))

    def show_my_calls(self, body: Json) -> None:
        """Open the list of the person's calls of today."""
        view = self.home.my_calls_modal(body["user"]["id"])
        # Calls opened from this list show everything, as they do from App Home.
        known = {"callback_id": CALLS_MODAL, "private_metadata": json.dumps({"seen_in": ""})}
        self.slack.show_modal(body, {**view, **known})

    def show_admin_list(self, body: Json, which: str) -> None:
        """Open all problems, or all digests; raises NotAllowed."""
        self._need_admin(body["user"]["id"], AdminAction.SEE_STATUS, which)
        self.slack.show_modal(body, self.home.admin_modal(which))

    def refresh_list(self, body: Json) -> None:
        """Update the list of missed calls in which a button was pressed, and the Home below it."""
        view, user = body.get("view") or {}, body["user"]["id"]
        if view.get("callback_id") == CALLBACKS_MODAL:
            self.slack.redraw_modal(
                view["id"],
                CALLBACKS_MODAL,
                json.loads(view["private_metadata"]),
                lambda known: self.home.callbacks_modal(user, str(known["list"])),
            )
            self.home.refresh(user)

    def try_channel(self, body: Json, channel: str) -> None:
        """Retry the posts of a channel that couldn't be posted in; raises NotAllowed."""
        slack_user = body["user"]["id"]
        self._need_admin(slack_user, AdminAction.RETRY_CHANNELS, channel)
        self.store.incidents.retry_dead_letters(channel)
        self.store.audit.note(slack_user, "tried a channel again", channel, now=self.clock.now())
        # Shown first: the retry may be over before the view is published.
        try:
            self._show_tried(body, channel)
        finally:
            self.run_now(channel)

    def check_incident(self, body: Json, name: str) -> None:
        """Check now whether an incident is over; raises NotAllowed."""
        slack_user = body["user"]["id"]
        self._need_admin(slack_user, AdminAction.RETRY_CHECKS, name)
        now = self.clock.now()
        self.store.audit.note(slack_user, "had something looked at again", name, now=now)
        self.vocatech.retry_key()
        # Shown first: the check may be over before the view is published.
        try:
            self._show_tried(body, name)
        finally:
            for incident in self.store.incidents.open():
                if incident.name == name:
                    self.run_job_now(incident.job)

    def _show_tried(self, body: Json, tried: str) -> None:
        """Show that a channel or an incident is being tried, also in the list of problems."""
        self.home.show(body["user"]["id"], tried=tried)
        if is_in_modal(body):
            self.slack.refresh_modal(body["view"]["id"], self.home.admin_modal("", tried=tried))

    def _need_admin(self, slack_user: str, what: AdminAction, detail: str) -> None:
        try:
            self.permissions.need_admin(slack_user, what, detail)
        except NotAllowed:
            # The button is from when this person was an admin; the new Home doesn't have it.
            self.home.show(slack_user)
            raise
