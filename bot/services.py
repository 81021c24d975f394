"""Owns what handlers are handed: one frozen set of parts for one workspace."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from bot.clock import Clock, Timing
from bot.config import Settings
from bot.health.refusals import RefusalCounter
from bot.health.service import OngoingSince
from bot.models.rules import DefaultRoutes
from bot.outbox.delivery import ChannelDelivery
from bot.people.permissions import Permissions
from bot.server.metrics import Metrics
from bot.slack.client import SlackClient
from bot.store import Store
from bot.ui.formatting import Locale
from bot.vocatech.client import VocatechClient


def pass_by(_: str) -> None:
    """Mark a boundary in the work at which the process may die; does nothing."""


@dataclass(frozen=True)
class Services:
    """Every part of the bot, built once."""

    settings: Settings
    store: Store
    slack: SlackClient
    vocatech: VocatechClient
    rights: Permissions
    outbox: ChannelDelivery
    routes: DefaultRoutes
    locale: Locale
    metrics: Metrics
    clock: Clock
    timing: Timing
    spells: OngoingSince
    refusals: RefusalCounter = field(default_factory=RefusalCounter)
    slack_refusals: RefusalCounter = field(default_factory=RefusalCounter)
    boundary: Callable[[str], None] = pass_by

    def by_name(self) -> dict[str, Any]:
        """Give the parts by the names under which handlers ask for them."""
        return {one.name: getattr(self, one.name) for one in fields(self)}
