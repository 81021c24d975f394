"""Demo buttons for faults of the Vocatech API and of Slack."""

import time
from typing import Final

from bot.sandbox.demo.call_scenarios import DemoAction, make_action
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech

SECONDS: Final = 20.0
API: Final = "Vocatech API faults (20 s)"
SLACK: Final = "Slack faults (20 s)"
# After Vocatech rejects the key, the app pauses its requests for five minutes.
SECONDS_AFTER_REJECTED_KEY: Final = 300.0
BUSY: Final = {"error": {"code": "rate_limited", "message": "Too many requests."}}
NO_KEY: Final = {"error": {"code": "unauthorized", "message": "The API key is invalid."}}


def api_slow(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Every response takes 5 s."""
    vocatech.faults.add(Fault(path="/v1/", delay=5.0 / speed), for_seconds=SECONDS / speed)
    return []


def api_busy(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Every request gets "429 Too Many Requests"."""
    fault = Fault(path="/v1/", status=429, body=BUSY, headers={"Retry-After": "5"})
    vocatech.faults.add(fault, for_seconds=SECONDS / speed)
    return []


def api_refuses_key(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Vocatech rejects the API key (401). The app alerts an admin and retries after 5 min."""
    fault = Fault(path="/v1/", status=401, body=NO_KEY)
    vocatech.faults.add(fault, for_seconds=SECONDS / speed)
    return []


class SlackFaults:
    """Faults of one fake Slack."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack

    def down(self, _: object, *, speed: float = 1.0) -> list[str]:
        """Slack is down (503). The response to the last message before that is lost."""
        self._slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
        self._slack.faults.add(Fault(path="/api/", status=503), for_seconds=SECONDS / speed)
        return []

    def busy(self, _: object, *, speed: float = 1.0) -> list[str]:
        """Every request gets "429 Too Many Requests"."""
        body, headers = {"ok": False, "error": "ratelimited"}, {"Retry-After": "5"}
        fault = Fault(path="/api/", status=429, body=body, headers=headers)
        self._slack.faults.add(fault, for_seconds=SECONDS / speed)
        return []

    def without_new_blocks(self, _: object, *, speed: float = 1.0) -> list[str]:
        """Slack rejects charts, so digests have none from now on."""
        self._slack.refused_block_types.add("data_visualization")
        time.sleep(SECONDS / speed)
        self._slack.refused_block_types.discard("data_visualization")
        return []

    def buttons(self) -> dict[str, DemoAction]:
        """Return the buttons by name."""
        return {
            "fault_slack_down": make_action("Down", self.down, SLACK, lasts=SECONDS),
            "fault_slack_busy": make_action("Rate limited", self.busy, SLACK, lasts=SECONDS),
            "fault_slack_plain": make_action(
                "No charts", self.without_new_blocks, SLACK, lasts=SECONDS
            ),
        }


API_FAULTS: Final = {
    "fault_api_slow": make_action("Slow", api_slow, API, lasts=SECONDS),
    "fault_api_busy": make_action("Rate limited", api_busy, API, lasts=SECONDS),
    "fault_api_key": make_action(
        "Key rejected", api_refuses_key, API, lasts=SECONDS, aftermath=SECONDS_AFTER_REJECTED_KEY
    ),
}
