"""Every setting once: its name, type, default and help."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsWrong
from bot.setting_types import (
    ApiKey,
    ApiUrl,
    AppToken,
    BotToken,
    BusinessHoursText,
    ChannelByLine,
    ChannelId,
    DatabaseUrl,
    People,
    Person,
    PhoneNumber,
    Region,
    Regions,
    Secrets,
    TimeZone,
    Words,
)


class Settings(BaseSettings):
    """The settings, read from the environment and from a `.env` file."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    slack_bot_token: BotToken = Field(
        description="The bot token, from *OAuth & Permissions* of your Slack app."
    )
    slack_app_token: AppToken | None = Field(
        None,
        description="The app-level token (scope `connections:write`) for Socket Mode: no public"
        " address is needed. Give this one or `SLACK_SIGNING_SECRET`.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        validate_default=True,
        description="The signing secret, from *Basic Information* of your Slack app, when Slack"
        " reaches the bot at `/slack/events`.",
    )
    slack_default_channel: ChannelId = Field(
        description="The id of the channel that gets every call which no route names."
    )
    slack_routes: ChannelByLine = Field(
        {},
        description="Calls of some lines to channels of their own: company number or extension,"
        " `=`, channel id; several with commas.",
    )
    slack_admins: People = Field(
        [],
        description="Slack user ids of those who are told when something needs mending; without"
        " it, the owners and admins of the workspace.",
    )
    slack_api_url: ApiUrl = Field(
        "https://slack.com/api", description="Slack's address; only tests change it."
    )
    post_ringing: bool = Field(
        default=False,
        description="Show a call while it still rings, not only once answered or missed.",
    )
    vocatech_api_key: ApiKey = Field(
        description="The API key, from the integrations area of Vocatech's admin portal."
    )
    vocatech_api_url: ApiUrl = Field(
        "https://api.vocatech.com/v1", description="Vocatech's address; only tests change it."
    )
    vocatech_webhook_secrets: Secrets = Field(
        [],
        description="The signing secret of the webhook subscription; several with commas while"
        " one replaces another. Only for a subscription made by hand; without any, and without"
        " `PUBLIC_URL`, calls are found by polling alone.",
    )
    vocatech_from_number: PhoneNumber | None = Field(
        None,
        description="The company number from which texts leave, where a call or an earlier text"
        " suggests no other; needed only where Vocatech's settings do not name your numbers.",
    )
    text_back: bool = Field(
        default=False,
        description="Have the bot write to whoever was missed, a minute later, with the company's"
        " template for missed calls (`/vocatech templates`): once for each number and day, within"
        " business hours, never more than twenty minutes late, and never to whoever wrote STOP.",
    )
    text_back_lines: Words = Field(
        [],
        description="Company numbers and extensions whose missed callers the bot writes to, with"
        " commas; without it all of them.",
    )
    business_hours: BusinessHoursText = Field(
        "Mon-Fri 9:00-17:00",
        description="When the company is open, in `TIMEZONE`; several spans with commas.",
    )
    remind_after: int = Field(
        30,
        ge=0,
        le=10_000,
        description="Minutes of business hours after which whoever took a missed call is reminded"
        " of it, or the channel where nobody did; `0` for never.",
    )
    escalate_to: Person | None = Field(
        None,
        description="The Slack user id of whoever is told of a missed call after twice that.",
    )
    text_regions: Regions = Field(
        [],
        description="Countries to which texts may go beside `DEFAULT_REGION`, with commas.",
    )
    whatsapp_sending: bool = Field(
        default=False,
        description="Answer WhatsApp messages by WhatsApp. Vocatech does not document that this"
        " works, so try it first; without it an answer goes as an SMS.",
    )
    opt_out_words: Words = Field(
        [],
        description="Words with which somebody outside ends texts to them, beside `STOP` and its"
        " kin; several with commas.",
    )
    public_url: ApiUrl | None = Field(
        None,
        description="The bot's own HTTPS address, as Vocatech reaches it. With it the webhook"
        " subscription is made and kept by the bot itself.",
    )
    database_url: DatabaseUrl = Field(
        "sqlite:///data/vocatech-slack.db", description="The database file."
    )
    default_region: Region = Field(
        "US", description="The country in which numbers without a country code are read."
    )
    timezone: TimeZone = Field(
        "UTC", description="The company's time zone, used where Slack cannot use the reader's."
    )
    host: str = Field("127.0.0.1", description="The address to listen on; all: `0.0.0.0`.")
    port: int = Field(3000, ge=0, le=65535, description="The port to listen on.")
    log_format: Literal["console", "json"] = Field(
        "console", description="`console` for people, `json` for machines."
    )
    poll_seconds: float | None = Field(
        None,
        ge=1,
        description="Seconds between two polls of Vocatech; without it 60 with webhooks, else 20.",
    )

    @field_validator("slack_signing_secret")
    @classmethod
    def _has_a_way_in(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("slack_app_token", "wrong") is None:
            raise ValueError(
                "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing: give the app token for Socket"
                " Mode (no public address needed), or the signing secret for HTTP"
            )
        return value

    @property
    def seconds_between_polls(self) -> float:
        """Seconds from one poll to the next."""
        if self.poll_seconds is not None:
            return self.poll_seconds
        return 60.0 if self.has_webhooks else 20.0

    @property
    def has_webhooks(self) -> bool:
        """Whether calls are told by webhooks, so that polling only makes sure."""
        return bool(self.vocatech_webhook_secrets or self.public_url)

    @property
    def database_path(self) -> Path:
        """Where the database file is."""
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def webhook_secrets(self) -> list[str]:
        """The webhook secrets in the clear, for the check of signatures only."""
        return [secret.get_secret_value() for secret in self.vocatech_webhook_secrets]


def load_settings(*, env_file: Path | None = Path(".env"), **given: Any) -> Settings:
    """Read the settings.

    Raises SettingsWrong with every problem at once, each with its remedy and without its value.
    """
    try:
        return Settings(_env_file=env_file, **given)
    except ValidationError as wrong:
        raise SettingsWrong([_explain(problem) for problem in wrong.errors()]) from None


def _explain(problem: Mapping[str, Any]) -> str:
    name = str(problem["loc"][0])
    if problem["type"] == "missing":
        help_text = (Settings.model_fields[name].description or "").replace("*", "")
        return f"{name.upper()} is missing. {help_text}"
    reason = _KIND_WORDS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    if reason.startswith("SLACK_"):  # it is about more than one setting
        return f"{reason}."
    return f"{name.upper()} cannot be used: {reason}."


_KIND_WORDS = {
    "bool_parsing": "true or false is needed",
    "float_parsing": "a number is needed",
    "greater_than_equal": "the number is too small",
    "int_parsing": "a whole number is needed",
    "less_than_equal": "the number is too large",
    "literal_error": "console or json is needed",
}
