"""The demo's buttons in the order of the page, each with its key."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.sandbox.demo.call_scenarios import SCENARIOS, DemoAction
from bot.sandbox.demo.service_faults import API_FAULTS
from bot.sandbox.demo.text_scenarios import TEXT_SCENARIOS
from bot.sandbox.demo.webhook_faults import WEBHOOK_FAULTS

# Digits for complete calls, letters for everything else; each key is used once.
KEYS: Final = """
    ring:r answer:a transfer:t leave_voicemail:v hang_up:h
    answered:1 missed:2 voicemail:3 transferred:4
    summary_late:5 outbound:6 burst:7 shuffled_five_times:8
    text_in:i picture_in:p unknown_in:u whatsapp_in:w
    stop_in:s start_in:g portal_out:o next_fails:f answer_lost:x
    workflow:b
    fault_kill:k kill:9 start:0
    fault_late:l fault_doubled:d fault_shuffled:m fault_lost:n
    fault_api_slow:z fault_api_busy:q fault_api_key:e
    fault_slack_down:j fault_slack_busy:y fault_slack_plain:c
"""


def arrange(
    *,
    hand: Mapping[str, DemoAction],
    kills: Mapping[str, DemoAction],
    slack: Mapping[str, DemoAction],
    workflows: Mapping[str, DemoAction],
) -> dict[str, DemoAction]:
    """Return all buttons by name; the arguments are the groups that belong to one demo."""
    groups = (
        *(hand, SCENARIOS, TEXT_SCENARIOS, workflows),
        *(kills, WEBHOOK_FAULTS, API_FAULTS, slack),
    )
    buttons = {name: one for group in groups for name, one in group.items()}
    keys = dict(pair.split(":") for pair in KEYS.split())
    return {name: replace(one, key=keys[name]) for name, one in buttons.items()}
