"""Owns what the demo's buttons do to Vocatech's API and to Slack: slow, busy, refusing or down."""

import time
from typing import Final

from bot.sandbox.demo.call_scenarios import DemoAction, make_action
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech

SECONDS: Final = 20.0
API: Final = "Vocatech's API, for 20 s"
SLACK: Final = "Slack, for 20 s"
# After a refused key the bot asks nothing of Vocatech for five minutes.
AFTER_A_REFUSED_KEY: Final = 300.0
BUSY: Final = {"error": {"code": "rate_limited", "message": "Too many requests."}}
NO_KEY: Final = {"error": {"code": "unauthorized", "message": "The API key is invalid."}}


def api_slow(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Every answer takes 5 s."""
    vocatech.faults.add(Fault(path="/v1/", delay=5.0 / speed), for_seconds=SECONDS / speed)
    return []


def api_busy(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Every request is refused: too many (429)."""
    fault = Fault(path="/v1/", status=429, body=BUSY, headers={"Retry-After": "5"})
    vocatech.faults.add(fault, for_seconds=SECONDS / speed)
    return []


def api_refuses_key(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """The key is refused (401). An admin is told, and the bot asks again after 5 min."""
    fault = Fault(path="/v1/", status=401, body=NO_KEY)
    vocatech.faults.add(fault, for_seconds=SECONDS / speed)
    return []


class SlackFaults:
    """Lets a Slack break down in several ways."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack

    def down(self, _: object, *, speed: float = 1.0) -> list[str]:
        """Everything is refused (503), and one post before it gets through unseen."""
        self._slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
        self._slack.faults.add(Fault(path="/api/", status=503), for_seconds=SECONDS / speed)
        return []

    def busy(self, _: object, *, speed: float = 1.0) -> list[str]:
        """Every request is refused: too many (429)."""
        body, headers = {"ok": False, "error": "ratelimited"}, {"Retry-After": "5"}
        fault = Fault(path="/api/", status=429, body=body, headers=headers)
        self._slack.faults.add(fault, for_seconds=SECONDS / speed)
        return []

    def without_new_blocks(self, _: object, *, speed: float = 1.0) -> list[str]:
        """Charts are refused, as by a workspace without them; digests stay plain from then on."""
        self._slack.refused_block_types.add("data_visualization")
        time.sleep(SECONDS / speed)
        self._slack.refused_block_types.discard("data_visualization")
        return []

    def buttons(self) -> dict[str, DemoAction]:
        """Give the buttons by name."""
        return {
            "fault_slack_down": make_action("Down", self.down, SLACK, lasts=SECONDS),
            "fault_slack_busy": make_action("429", self.busy, SLACK, lasts=SECONDS),
            "fault_slack_plain": make_action(
                "No charts", self.without_new_blocks, SLACK, lasts=SECONDS
            ),
        }


API_FAULTS: Final = {
    "fault_api_slow": make_action("Slow", api_slow, API, lasts=SECONDS),
    "fault_api_busy": make_action("429", api_busy, API, lasts=SECONDS),
    "fault_api_key": make_action(
        "401", api_refuses_key, API, lasts=SECONDS, aftermath=AFTER_A_REFUSED_KEY
    ),
}
