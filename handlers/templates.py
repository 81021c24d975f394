"""Templates: the list, the form, and its live example."""

from typing import Any

from slack_bolt import Ack

from bot.slack.list_flow import ListFlow
from bot.templates.service import TemplateService

Json = dict[str, Any]


class TemplateHandlers(ListFlow[TemplateService]):
    """Templates for texts."""

    def show_example(self, ack: Ack, body: Json) -> None:
        """Update the example while someone types."""
        ack()
        view = body["view"]
        shown = self.service.preview(body["user"]["id"], view)
        # If Slack is busy, an error message would interrupt the typing.
        self.slack.refresh_filled_in(view["id"], shown)
