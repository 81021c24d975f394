"""Owns what handlers are handed: one frozen set of parts for one workspace."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.config import Settings
from bot.metrics import Metrics
from bot.outbox import Outbox
from bot.render.locale import Locale
from bot.rights import Rights
from bot.routing import Routes
from bot.slack_poster import SlackPoster
from bot.store import Store
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
    boundary: Callable[[str], None] = pass_by
