"""Setting types that validate their values, with error messages that have an example."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from bot.business_hours import BusinessHours
from bot.clock import parse_zone, zone_names

SHORTEST_NUMBER = 7
SHORTEST_KEY = 32


def _secret_with(prefix: str) -> Any:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefix):
            raise ValueError(f"it must start with {prefix}")
        return value

    return AfterValidator(check)


def _channel_id(value: str) -> str:
    if not re.fullmatch(r"[CGD][A-Z0-9]{6,}", value):
        raise ValueError(
            "enter a channel ID such as C0123456789, not a name; in Slack, open the channel's"
            " details and copy the ID at the bottom"
        )
    return value


def _api_url(value: str) -> str:
    parts = urlsplit(value)
    is_local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_local)):
        raise ValueError("enter a URL such as https://app.example.com (http only for this machine)")
    # The doctor shows it to admins, and paths are appended to it.
    has_extras = "@" in parts.netloc or parts.query or parts.fragment
    if has_extras or not _has_valid_port(parts) or not value.isprintable() or " " in value:
        raise ValueError("enter only the URL, without a password, a query or spaces")
    return value.rstrip("/")


def _has_valid_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(
            f"it needs {SHORTEST_KEY} or more characters; make one with `openssl rand -base64 32`"
        )
    return value


def _header_value(value: SecretStr) -> SecretStr:
    word = value.get_secret_value()
    if not word.isascii() or not word.isprintable():
        raise ValueError("it has a character that is never part of a key; copy it again")
    return value


def _region(value: str) -> str:
    if value.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("enter a two-letter country code, such as US or DE")
    return value.upper()


def _phone_number(value: str) -> str:
    if sum(letter.isdigit() for letter in value) < SHORTEST_NUMBER:
        raise ValueError("enter a full phone number, such as +1 212 555 0100")
    return value


def _business_hours(value: str) -> str:
    BusinessHours.read(value)
    return value


def _time_zone(value: str) -> str:
    zones = zone_names()
    if value not in zones:
        raise ValueError("enter a time zone name, such as Europe/Berlin or America/New_York")
    found, similar = parse_zone(value, zones)
    if found is None:
        city = " or ".join(similar) or "America/New_York"
        raise ValueError(f"{value} doesn't say when clocks change; enter a city, such as {city}")
    return value


def _database_url(value: str) -> str:
    if not value.startswith("sqlite:///"):
        raise ValueError("enter sqlite:/// and a path, such as sqlite:///data/vocatech-slack.db")
    return value


def _lowercase(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _pairs(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in _split(value)]
    for line, _, channel in pairs:
        if not line.strip() or not channel.strip():
            raise ValueError("enter number or extension, =, channel ID, such as 101=C0123456789")
        _channel_id(channel.strip())
    return {line.strip(): channel.strip() for line, _, channel in pairs}


def _people(value: list[str]) -> list[str]:
    if not all(re.fullmatch(r"[UW][A-Z0-9]{6,}", name) for name in value):
        raise ValueError(
            "enter user IDs such as U0123456789, not names; in Slack, open a profile, then More,"
            " Copy member ID"
        )
    return value


def _person(value: str) -> str:
    return _people([value])[0]


BotToken = Annotated[SecretStr, _secret_with("xoxb-")]
AppToken = Annotated[SecretStr, _secret_with("xapp-")]
Secrets = Annotated[list[SecretStr], NoDecode, BeforeValidator(_split)]
EncryptionKey = Annotated[SecretStr, AfterValidator(_long_enough)]
ChannelId = Annotated[str, AfterValidator(_channel_id)]
ChannelByLine = Annotated[dict[str, str], NoDecode, BeforeValidator(_pairs)]
People = Annotated[list[str], NoDecode, BeforeValidator(_split), AfterValidator(_people)]
Person = Annotated[str, AfterValidator(_person)]
Words = Annotated[list[str], NoDecode, BeforeValidator(_split)]
ApiKey = Annotated[SecretStr, AfterValidator(_header_value)]
ApiUrl = Annotated[str, AfterValidator(_api_url)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
BusinessHoursText = Annotated[str, AfterValidator(_business_hours)]
Region = Annotated[str, AfterValidator(_region)]
LogLevel = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lowercase)]
Regions = Annotated[list[Region], NoDecode, BeforeValidator(_split)]
PhoneNumber = Annotated[str, AfterValidator(_phone_number)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]


def explain_problem(problem: Mapping[str, Any], description: str) -> str:
    """Return what is wrong with a setting, and an example; `description` is that of its field."""
    name = str(problem["loc"][0])
    if problem["type"] == "missing":
        return f"{name.upper()} is missing. {description.replace('*', '')}"
    reason = _REASONS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    if problem["type"] == "literal_error":
        reason = f"enter {problem['ctx']['expected']}".replace("'", "")
    if reason.startswith("SLACK_"):  # it concerns more than one setting
        return f"{reason}."
    return f"{name.upper()} is invalid: {reason}."


_REASONS = {
    "bool_parsing": "enter true or false",
    "float_parsing": "enter a number, such as 30",
    "greater_than_equal": "the number is too small",
    "int_parsing": "enter a whole number, such as 30",
    "less_than_equal": "the number is too large",
}
