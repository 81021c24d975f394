"""Owns the demo's buttons: what there is under which heading, and the key for each."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.sandbox.demo.call_scenarios import SCENARIOS, Scenario
from bot.sandbox.demo.service_faults import API_WEATHER
from bot.sandbox.demo.text_scenarios import TEXT_SCENARIOS
from bot.sandbox.demo.webhook_faults import WEBHOOK_WEATHER

# Digits for whole calls, letters for everything else; no two the same.
KEYS: Final = """
    ring:r answer:a transfer:t leave_voicemail:v hang_up:h
    answered:1 missed:2 voicemail:3 transferred:4
    summary_late:5 outbound:6 burst:7 shuffled_five_times:8
    text_in:i picture_in:p unknown_in:u whatsapp_in:w
    stop_in:s start_in:g portal_out:o next_fails:f answer_lost:x
    weather_kill:k kill:9 start:0
    weather_late:l weather_doubled:d weather_shuffled:m weather_lost:n
    weather_api_slow:z weather_api_busy:q weather_api_key:e
    weather_slack_down:j weather_slack_busy:y weather_slack_plain:c
"""


def arrange(
    *, hand: Mapping[str, Scenario], kills: Mapping[str, Scenario], slack: Mapping[str, Scenario]
) -> dict[str, Scenario]:
    """Give every button with its key, in the order of the page; what is given is one demo's own."""
    groups = (hand, SCENARIOS, TEXT_SCENARIOS, kills, WEBHOOK_WEATHER, API_WEATHER, slack)
    buttons = {name: one for group in groups for name, one in group.items()}
    keys = dict(pair.split(":") for pair in KEYS.split())
    return {name: replace(one, key=keys[name]) for name, one in buttons.items()}
