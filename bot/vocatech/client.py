"""Owns the client of Vocatech's API: its seven families over one connection and one key."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Self

from bot.vocatech.calls import Calls
from bot.vocatech.contacts import Contacts
from bot.vocatech.downloads import Downloads
from bot.vocatech.http import Wire
from bot.vocatech.media import Media
from bot.vocatech.messages import Messages
from bot.vocatech.rate_limiter import REQUESTS
from bot.vocatech.settings import Settings
from bot.vocatech.users import Users
from bot.vocatech.webhooks import Webhooks


@dataclass(frozen=True)
class VocatechClient:
    """The API, asked below its limits; background work waits its turn, people need not.

    `region` is the ISO 3166 country in which numbers without a country code are read.
    """

    wire: Wire
    downloads: Downloads
    region: str

    @cached_property
    def for_people(self) -> Self:
        """The same for somebody who waits for the answer: first in line, and once or not at all."""
        return replace(self, wire=self.wire.with_reserve())

    @cached_property
    def calls(self) -> Calls:
        """Calls, found by search."""
        return Calls(self.wire)

    @cached_property
    def messages(self) -> Messages:
        """Texts."""
        return Messages(self.wire, self.region)

    @cached_property
    def media(self) -> Media:
        """What was sent along with texts."""
        return Media(self.wire, self.downloads)

    @cached_property
    def users(self) -> Users:
        """The company's people."""
        return Users(self.wire)

    @cached_property
    def contacts(self) -> Contacts:
        """The company's address book."""
        return Contacts(self.wire, self.region)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Who is told of events."""
        return Webhooks(self.wire)

    @cached_property
    def settings(self) -> Settings:
        """The company's own settings."""
        return Settings(self.wire, self.region)

    def close(self) -> None:
        """Close all connections."""
        self.wire.http.close()
        self.downloads.close()

    def quota_left(self) -> int:
        """How many requests fit right now."""
        return self.wire.turns.left(REQUESTS)


def day_of(moment: float) -> date:
    """Give the UTC day of a moment in unix seconds."""
    return datetime.fromtimestamp(moment, UTC).date()
