"""Owns what the checkup says of the settings: which are given, with nothing secret shown."""

from bot.config import Settings
from bot.doctor.model import Finding

_ADDRESSES = {"slack_api_url": "Slack is at", "vocatech_api_url": "Vocatech is at"}


def judge_settings(settings: Settings) -> list[Finding]:
    """Say what the settings are; they have been read, so none of them is wrong in itself."""
    return [
        Finding("settings.bot_token", "Slack token", "xoxb-…"),
        _way_in(settings),
        Finding("settings.api_key", "Vocatech key", "set"),
        Finding(
            "settings.public_url",
            "Public address",
            settings.public_url
            or f"none; Vocatech is asked for calls every {settings.seconds_between_polls:g} s",
            facts={"public_url": settings.public_url},
        ),
        Finding(
            "settings.place",
            "Place",
            f"{settings.timezone}, numbers as in {settings.default_region}",
            facts={"timezone": settings.timezone, "region": settings.default_region},
        ),
        *_other_addresses(settings),
    ]


def channels_of(settings: Settings) -> dict[str, str]:
    """Give each channel that calls go to, with the settings that name it.

    The lines themselves are phone numbers, and are not told.
    """
    default, routed = settings.slack_default_channel, settings.slack_routes.values()
    also = " and SLACK_ROUTES" if default in routed else ""
    return {default: f"SLACK_DEFAULT_CHANNEL{also}"} | {
        channel: "SLACK_ROUTES" for channel in routed if channel != default
    }


def _way_in(settings: Settings) -> Finding:
    if settings.slack_app_token is not None:
        found, way = "Socket Mode, with xapp-…", "socket"
    else:
        secret = settings.slack_signing_secret
        length = len(secret.get_secret_value()) if secret else 0
        found, way = f"HTTP; signing secret set, {length} characters", "http"
    return Finding("settings.way_in", "Slack comes by", found, facts={"way_in": way})


def _other_addresses(settings: Settings) -> list[Finding]:
    """Name an address that is not the usual one: in earnest that is hardly ever meant."""
    return [
        Finding(f"settings.{name}", words, getattr(settings, name))
        for name, words in _ADDRESSES.items()
        if getattr(settings, name) != Settings.model_fields[name].default
    ]
