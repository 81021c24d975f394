"""Vocatech API client: seven endpoint families over one connection pool and one API key."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Self

import httpx

from bot.clock import Clock
from bot.config import Settings
from bot.vocatech.calls import CallsApi
from bot.vocatech.contacts import ContactsApi
from bot.vocatech.downloads import Downloads, MediaApi
from bot.vocatech.http import HttpClient
from bot.vocatech.messages import MessagesApi
from bot.vocatech.rate_limiter import REQUESTS, QuotaLimiter, RequestCounter
from bot.vocatech.users import SettingsApi, UsersApi
from bot.vocatech.webhooks import WebhooksApi


@dataclass(frozen=True)
class VocatechClient:
    """The Vocatech API, kept below its rate limits; background work waits, people don't.

    `region` is the ISO 3166 country of phone numbers without a country code.
    """

    http: HttpClient
    downloads: Downloads
    region: str

    @cached_property
    def interactive(self) -> Self:
        """The same client for a person who is waiting: served first, with one attempt."""
        return replace(self, http=self.http.as_interactive())

    @cached_property
    def calls(self) -> CallsApi:
        """Past and current calls."""
        return CallsApi(self.http)

    @cached_property
    def messages(self) -> MessagesApi:
        """SMS and WhatsApp messages."""
        return MessagesApi(self.http, self.region)

    @cached_property
    def media(self) -> MediaApi:
        """Message attachments."""
        return MediaApi(self.http, self.downloads)

    @cached_property
    def users(self) -> UsersApi:
        """The company's users."""
        return UsersApi(self.http)

    @cached_property
    def contacts(self) -> ContactsApi:
        """The company's contacts."""
        return ContactsApi(self.http, self.region)

    @cached_property
    def webhooks(self) -> WebhooksApi:
        """Webhook subscriptions."""
        return WebhooksApi(self.http)

    @cached_property
    def settings(self) -> SettingsApi:
        """The company's settings."""
        return SettingsApi(self.http, self.region)

    def retry_key(self) -> None:
        """Allow requests again immediately after a rejected API key."""
        self.http.limiter.retry_key()

    def close(self) -> None:
        """Close all connections."""
        self.http.client.close()
        self.downloads.close()

    def quota_left(self) -> int:
        """Return how many requests are allowed right now."""
        return self.http.limiter.remaining(REQUESTS)


def day_of(moment: float) -> date:
    """Return the UTC date of a time in unix seconds."""
    return datetime.fromtimestamp(moment, UTC).date()


def listed_from(first: date) -> float:
    """Return the time, in unix seconds, from which lists that begin on this day are complete.

    The time zone of Vocatech's days is unknown. None of them begins a day later than noon in UTC.
    """
    return datetime.combine(first, time(12), UTC).timestamp()


API_TIMEOUT = httpx.Timeout(20.0, connect=5.0)


def make_vocatech(
    settings: Settings,
    *,
    ledger: RequestCounter,
    clock: Clock,
    wait: Callable[[float], object],
    on_limit: Callable[[], None] = lambda: None,
    timeout: httpx.Timeout = API_TIMEOUT,
) -> VocatechClient:
    """Build the API client; `wait` sleeps and returns True if it was interrupted."""
    trust = httpx.create_ssl_context()  # slow to create, so both clients share it
    http = httpx.Client(
        verify=trust,
        base_url=settings.vocatech_api_url,
        headers={
            "Authorization": f"Bearer {settings.vocatech_api_key.get_secret_value()}",
            "Content-Type": "application/json",
        },
        timeout=timeout,
        follow_redirects=False,
    )
    downloads = Downloads(
        httpx.Client(verify=trust, timeout=API_TIMEOUT, follow_redirects=False),
        home=settings.vocatech_api_url,
        monotonic=clock.monotonic,
    )
    limiter = QuotaLimiter(ledger, clock=clock, wait=wait)
    return VocatechClient(HttpClient(http, limiter, on_limit), downloads, settings.default_region)
