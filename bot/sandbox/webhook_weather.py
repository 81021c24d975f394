"""Owns what the demo's buttons do to webhooks on their way: doubled, shuffled, late or lost."""

import time
from collections.abc import Mapping
from typing import Final

from bot.sandbox.scenarios import Scenario, as_scenario
from bot.sandbox.vocatech import VocatechStandIn
from bot.sandbox.vocatech_webhooks import CALL_EVENTS, MESSAGE_EVENTS, Weather

SECONDS: Final = 30.0


def doubled(vocatech: VocatechStandIn, *, speed: float = 1.0) -> list[str]:
    """Deliver every event twice, late and in any order, for 30 s."""
    return _last(vocatech, Weather(late=1.0 / speed, doubled=2, shuffled=4.0 / speed), speed)


def lost(vocatech: VocatechStandIn, *, speed: float = 1.0) -> list[str]:
    """Deliver no event for 30 s: only the lists of calls and texts tell what happened."""
    return _last(vocatech, Weather(lost=frozenset(CALL_EVENTS + MESSAGE_EVENTS)), speed)


def _last(vocatech: VocatechStandIn, weather: Weather, speed: float) -> list[str]:
    vocatech.webhooks.weather = weather
    time.sleep(SECONDS / speed)
    if vocatech.webhooks.weather is weather:
        vocatech.webhooks.weather = Weather()
    return []


WEBHOOK_WEATHER: Final[Mapping[str, Scenario]] = {
    "weather_doubled": as_scenario("Events doubled and shuffled", doubled, "Weather"),
    "weather_lost": as_scenario("Events lost", lost, "Weather"),
}
