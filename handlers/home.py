"""Handlers for App Home and the lists that it opens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.follow_ups.service import FollowUpService
from bot.home.presenter import HomePresenter
from bot.home.service import HomeService
from bot.screening.service import ScreeningService
from bot.texts.scheduled import ScheduledTextService
from bot.ui.action_ids import CALLBACKS_MODAL, CALLERS_MODAL, FOLLOW_UPS_MODAL, SCHEDULED_MODAL

Json = dict[str, Any]


@dataclass(frozen=True)
class HomeHandlers:
    """App Home and its buttons.

    `callback_actions` are the handlers of the menu of a callback, by the first word of a choice.
    """

    service: HomeService
    claim: Callable[[Ack, Json, Json], None]
    callback_actions: Mapping[str, Callable[[Ack, Json, Json], None]]

    def show_home(self, event: Json) -> None:
        """Publish the Home of a person who opened it; the Messages tab needs nothing."""
        if event.get("tab") == "home":
            # Slack sends the view that is shown, if one was ever published.
            self.service.open(event["user"], is_shown="view" in event)

    def show_callbacks(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the full list of a group of missed calls."""
        ack()
        self.service.show_callbacks(body, action["value"])

    def show_my_calls(self, ack: Ack, body: Json) -> None:
        """Open the list of the person's calls of today."""
        ack()
        self.service.show_my_calls(body)

    def show_admin_list(self, ack: Ack, action: Json, body: Json) -> None:
        """Open all problems, or all digests; raises NotAllowed."""
        ack()
        self.service.show_admin_list(body, action["value"])

    def choose_callback_action(self, ack: Ack, action: Json, body: Json) -> None:
        """Do what was chosen in the menu of a callback, as the button of that name does."""
        what, _, call_id = action["selected_option"]["value"].partition(" ")
        self.callback_actions[what](ack, {**action, "value": call_id}, body)
        self.service.refresh_list(body)

    def claim_listed_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Claim a missed call in a list, and update the list."""
        self.claim(ack, action, body)
        self.service.refresh_list(body)

    def try_channel_again(self, ack: Ack, action: Json, body: Json) -> None:
        """Retry the posts of a channel now; raises NotAllowed."""
        ack()
        self.service.try_channel(body, action["value"])

    def check_incident(self, ack: Ack, action: Json, body: Json) -> None:
        """Check now whether an incident is over; raises NotAllowed."""
        ack()
        self.service.check_incident(body, action["value"])


def redraws_of_lists(
    home: HomePresenter,
    screening: ScreeningService,
    follow_ups: FollowUpService,
    scheduled: ScheduledTextService,
) -> dict[str, Callable[[Json, str], Json | None]]:
    """Return what draws each list again, by its metadata and the person who sees it."""
    return {
        CALLBACKS_MODAL: lambda known, user: home.callbacks_modal(user, str(known["list"])),
        CALLERS_MODAL: lambda known, user: screening.callers_view(user, page=known["page"]),
        FOLLOW_UPS_MODAL: lambda known, user: follow_ups.list_view(user, **known),
        SCHEDULED_MODAL: lambda _, user: scheduled.list_of(user),
    }
