"""The Bolt app and Slack's clients, built from the settings."""

import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from bot.clock import Clock
from bot.config import Settings
from bot.server.web import Request
from bot.slack.api_health import ApiHealth, WatchedClient
from bot.slack.socket_mode import SocketMode

LONGEST_STAMP = 12


def make_web_client(settings: Settings, timeout: float) -> WebClient:
    """Make a client of Slack's Web API that repeats nothing by itself."""
    return WebClient(**_web_client_with(settings, timeout))


def make_watched_client(
    settings: Settings, timeout: float, *, api_health: ApiHealth, clock: Clock
) -> WatchedClient:
    """Make one that notes in `api_health` what Slack's answers tell besides."""
    return WatchedClient(api_health, clock.now, **_web_client_with(settings, timeout))


def _web_client_with(settings: Settings, timeout: float) -> dict[str, Any]:
    # The SDK would repeat a post whose answer was lost: 79 posts out of 40 calls, measured.
    return {
        "token": settings.slack_bot_token.get_secret_value(),
        "base_url": settings.slack_api_url.rstrip("/") + "/",
        "timeout": int(timeout) or 1,
        "retry_handlers": [],
        "logger": logging.getLogger("slack_sdk"),
    }


def make_signature_check(settings: Settings) -> Callable[[Request], bool]:
    """Make the check whether a request over HTTP is signed by Slack."""
    if settings.slack_signing_secret is None:
        return lambda _: False  # nobody may come in over HTTP
    verifier = SignatureVerifier(settings.slack_signing_secret.get_secret_value())

    def is_signed(request: Request) -> bool:
        stamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        is_time = stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST_STAMP
        return is_time and verifier.is_valid(request.body, stamp, signature)

    return is_signed


def make_bolt(settings: Settings, listeners: Executor) -> App:
    """Make the Bolt app, without listeners yet; they run as `listeners`."""
    return App(
        name="vocatech-slack",  # else Bolt reads the source of every caller to find one
        # Everything is passed in: Bolt takes what it misses from the environment unasked.
        client=make_web_client(settings, 3),
        token_verification_enabled=False,
        # What comes over HTTP has been checked at the door, and a socket is Slack's own.
        request_verification_enabled=False,
        ssl_check_enabled=False,
        oauth_settings=None,
        listener_executor=listeners,
        logger=logging.getLogger("slack_bolt"),
    )


def make_socket_mode(settings: Settings, bolt: App) -> SocketMode | None:
    """Make the Socket Mode connection, if an app token is given."""
    if settings.slack_app_token is None:
        return None
    return SocketMode(
        bolt, settings.slack_app_token.get_secret_value(), make_web_client(settings, 10)
    )
