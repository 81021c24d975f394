"""Owns what handlers are handed: one frozen set of parts for one workspace."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from bot.clock import Clock, Timing
from bot.config import Settings
from bot.health.refusals import Refusals
from bot.health.service import Spells
from bot.models.rules import Routes
from bot.outbox.delivery import Outbox
from bot.people.permissions import Rights
from bot.server.metrics import Metrics
from bot.slack.client import SlackPoster
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
    slack: SlackPoster
    vocatech: VocatechClient
    rights: Rights
    outbox: Outbox
    routes: Routes
    locale: Locale
    metrics: Metrics
    clock: Clock
    timing: Timing
    spells: Spells
    refusals: Refusals = field(default_factory=Refusals)
    slack_refusals: Refusals = field(default_factory=Refusals)
    boundary: Callable[[str], None] = pass_by

    def by_name(self) -> dict[str, Any]:
        """Give the parts by the names under which handlers ask for them."""
        return {one.name: getattr(self, one.name) for one in fields(self)}
