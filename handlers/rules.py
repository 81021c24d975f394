"""Routing rules: the list and form, trial runs, and the menu of extensions."""

from typing import Any

from slack_bolt import Ack

from bot.rules.service import RuleService
from bot.slack.list_flow import ListFlow

Json = dict[str, Any]


class RuleHandlers(ListFlow[RuleService]):
    """Routing rules."""

    def try_rules(self, ack: Ack, body: Json) -> None:
        """Show where the last calls would go now."""
        ack()
        self.slack.show_modal(body, self.service.trial_run(body["user"]["id"]))

    def offer_rule_people(self, ack: Ack, payload: Json) -> None:
        """Return the extensions that match what was typed."""
        ack(options=self.service.people_options(payload.get("value", "")))
