"""Settings: name, type, default and description of each."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values
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
    EncryptionKey,
    LogLevel,
    People,
    Person,
    PhoneNumber,
    Region,
    Regions,
    Secrets,
    TimeZone,
    Words,
    explain_problem,
)


class Settings(BaseSettings):
    """The settings, read from the environment and from a `.env` file."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    slack_bot_token: BotToken = Field(
        description="Bot token, from *OAuth & Permissions* in your Slack app's settings."
    )
    slack_app_token: AppToken | None = Field(
        None,
        description="App-level token (scope `connections:write`) for Socket Mode, which needs no"
        " public address. Set this or `SLACK_SIGNING_SECRET`.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        validate_default=True,
        description="Signing secret, from *Basic Information* in your Slack app's settings, if"
        " Slack sends its requests to `/slack/events`.",
    )
    slack_default_channel: ChannelId = Field(
        description="ID of the default channel, for calls that match no route."
    )
    slack_routes: ChannelByLine = Field(
        {},
        description="Channels for some lines: company number or extension, `=`, channel ID;"
        " separated by commas.",
    )
    slack_admins: People = Field(
        [],
        description="Slack user IDs of the admins, who get direct messages about problems;"
        " separated by commas. Default: the workspace's owners and admins.",
    )
    slack_api_url: ApiUrl = Field(
        "https://slack.com/api", description="Base URL of Slack's API. Only tests change it."
    )
    post_ringing: bool = Field(
        default=False,
        description="Post a call while it rings, not only once it is answered or missed.",
    )
    vocatech_api_key: ApiKey = Field(
        description="API key, from the integrations area of Vocatech's admin portal."
    )
    vocatech_api_url: ApiUrl = Field(
        "https://api.vocatech.com/v1",
        description="Base URL of Vocatech's API. Only tests change it.",
    )
    vocatech_webhook_secrets: Secrets = Field(
        [],
        description="Signing secret of a webhook subscription that you created yourself; separate"
        " several with commas while you replace one. Without it and without"
        " `PUBLIC_URL`, calls are found only by polling.",
    )
    vocatech_from_number: PhoneNumber | None = Field(
        None,
        description="Company number that sends texts if neither the call nor an earlier text"
        " determines it. Needed only if Vocatech's settings don't list your numbers.",
    )
    text_back: bool = Field(
        default=False,
        description="Text missed callers after one to three minutes, using the company's template"
        " for missed calls (`/vocatech templates`): at most once per number and day, only"
        " during business hours, at most 20 minutes late, and never to opted-out"
        " numbers.",
    )
    text_back_lines: Words = Field(
        [],
        description="Company numbers and extensions whose missed callers get these automatic"
        " texts, separated by commas. Default: all.",
    )
    business_hours: BusinessHoursText = Field(
        "Mon-Fri 9:00-17:00",
        description="Opening hours, in `TIMEZONE`; separate several with commas.",
    )
    remind_after: int = Field(
        30,
        ge=0,
        le=10_000,
        description="Minutes of business hours before a reminder about a missed call goes to its"
        " owner, or to the channel if it is unclaimed; `0` turns reminders off.",
    )
    person_numbers: bool = Field(
        default=True,
        description="Show numbers about single people, such as their callback times, in digests of"
        " channels and to admins in App Home.",
    )
    escalate_to: Person | None = Field(
        None,
        description="Slack user ID of the person to notify after twice that time.",
    )
    text_regions: Regions = Field(
        [],
        description="Countries that can be texted besides `DEFAULT_REGION`, as two-letter codes"
        " separated by commas.",
    )
    whatsapp_sending: bool = Field(
        default=False,
        description="Answer WhatsApp messages on WhatsApp. Vocatech doesn't document that this"
        " works, so try it first. When off, answers are sent as SMS.",
    )
    mcp_server: bool = Field(
        default=False,
        description="Let Slackbot and other AI clients read calls, texts, and contacts at `/mcp`,"
        " as the person who asks.",
    )
    workflow_steps: bool = Field(
        default=False,
        description="Let workflows of Slack's Workflow Builder send texts, look up contacts, create"
        " follow-ups, and search calls.",
    )
    work_objects: bool = Field(
        default=False, description="Open calls and contacts in Slack's side pane (Work Objects)."
    )
    webhooks_to_private_addresses: bool = Field(
        default=False, description="Let outgoing webhooks go to private and `http://` URLs."
    )
    guests_can_text: bool = Field(
        default=False,
        description="Let guests of the workspace send texts, with `/sms` and in their channels."
        " They can then search contacts by name, and see the numbers that they text.",
    )
    opt_out_words: Words = Field(
        [],
        description="Additional opt-out keywords (besides `STOP`, `UNSUBSCRIBE` and similar),"
        " separated by commas.",
    )
    public_url: ApiUrl | None = Field(
        None,
        description="Public HTTPS URL of the app, as Vocatech reaches it. If set, the app creates"
        " and maintains the webhook subscription.",
    )
    database_url: DatabaseUrl = Field(
        "sqlite:///data/vocatech-slack.db",
        description="Path of the database file, as `sqlite:///` and a path.",
    )
    encryption_key: EncryptionKey | None = Field(
        None,
        description="Key that encrypts the webhook secrets in the database and its backups: 32 or"
        " more random characters, such as from `openssl rand -base64 32`.",
    )
    backup_dir: Path | None = Field(
        None, description="Folder for a backup each night; without it there are none."
    )
    retention_calls: int | None = Field(
        None,
        ge=1,
        le=36_500,
        description="Days to keep calls; without it they are kept.",
    )
    retention_transcripts: int | None = Field(
        None,
        ge=1,
        le=36_500,
        description="Days to keep the transcripts of calls; the calls and summaries stay.",
    )
    retention_texts: int | None = Field(
        None,
        ge=1,
        le=36_500,
        description="Days to keep texts and their attachments; opt-outs stay.",
    )
    retention_audit: int | None = Field(
        None, ge=1, le=36_500, description="Days to keep the audit log."
    )
    backup_keep: int = Field(
        14, ge=1, le=1_000, description="Number of nightly backups to keep; older ones are deleted."
    )
    default_region: Region = Field(
        "US", description="Country of phone numbers without a country code, as a two-letter code."
    )
    timezone: TimeZone = Field(
        "UTC",
        description="Company time zone, used where Slack can't show the reader's. Default: the one"
        " in Vocatech's settings, or else UTC.",
    )
    host: str = Field("127.0.0.1", description="IP address to listen on; `0.0.0.0` for all.")
    port: int = Field(3000, ge=0, le=65535, description="Port to listen on.")
    log_format: Literal["console", "json"] = Field(
        "console", description="Log format: `console` for people, `json` for machines."
    )
    log_level: LogLevel = Field(
        "info",
        description="Least severe log events to write: `debug`, `info`, `warning`, or `error`.",
    )
    poll_seconds: float | None = Field(
        None,
        ge=1,
        description="Seconds between polls of Vocatech. Default: 60 with webhooks, 20 without.",
    )

    @field_validator("slack_signing_secret")
    @classmethod
    def _needs_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("slack_app_token", "wrong") is None:
            raise ValueError(
                "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing: set the app token for Socket"
                " Mode (no public address needed), or the signing secret for HTTP"
            )
        return value

    @property
    def seconds_between_polls(self) -> float:
        """Seconds between two polls."""
        if self.poll_seconds is not None:
            return self.poll_seconds
        return 60.0 if self.has_webhooks else 20.0

    @property
    def has_webhooks(self) -> bool:
        """Whether webhooks report calls, so that polling is only a backup."""
        return bool(self.vocatech_webhook_secrets or self.public_url)

    @property
    def database_path(self) -> Path:
        """The path of the database file."""
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def has_timezone(self) -> bool:
        """Whether the time zone is set, so that Vocatech's doesn't matter."""
        return "timezone" in self.model_fields_set

    @property
    def encryption_key_text(self) -> str | None:
        """The key that encrypts stored secrets, in clear text."""
        return self.encryption_key.get_secret_value() if self.encryption_key else None

    @property
    def webhook_secrets(self) -> list[str]:
        """The webhook secrets in clear text. Use them only to check signatures."""
        return [secret.get_secret_value() for secret in self.vocatech_webhook_secrets]


def load_settings(*, env_file: Path | None = Path(".env"), **given: Any) -> Settings:
    """Return the settings.

    Raise SettingsWrong with all problems, each with a correct example and without its value.
    """
    given = {**read_setting_files(env_file), **given}
    try:
        return Settings(_env_file=env_file, **given)
    except ValidationError as wrong:
        raise SettingsWrong([_explain(problem) for problem in wrong.errors()]) from None


def read_setting_files(env_file: Path | None) -> dict[str, str]:
    """Return the settings that are given as `NAME_FILE`: the content of that file.

    That is how Docker and Kubernetes hand over secrets. Raise SettingsWrong for each file that
    can't be read, and for a setting that is given in both ways.
    """
    try:
        said = {**(dotenv_values(env_file) if env_file else {}), **os.environ}
    except UnicodeDecodeError:  # PowerShell writes UTF-16
        raise SettingsWrong([f"{env_file} isn't a text file in UTF-8. Save it as UTF-8."]) from None
    environment = {name.upper(): value for name, value in said.items() if value}
    found, problems = {}, []
    for name in Settings.model_fields:
        file = environment.get(f"{name.upper()}_FILE")
        if file and environment.get(name.upper()):
            problems.append(f"{name.upper()} and {name.upper()}_FILE are both set. Remove one.")
        elif file:
            try:
                found[name] = Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "it is not a text file"
                problems.append(f"{name.upper()}_FILE can't be read: {file}: {reason}.")
    if problems:
        raise SettingsWrong(problems)
    return found


def validate_setting(name: str, value: str) -> None:
    """Check one setting, by uppercase name, without the others. Raises SettingsWrong."""
    one = Settings.model_construct()
    try:
        Settings.__pydantic_validator__.validate_assignment(one, name.lower(), value)
    except ValidationError as wrong:
        raise SettingsWrong([_explain(problem) for problem in wrong.errors()]) from None


def _explain(problem: Mapping[str, Any]) -> str:
    name = str(problem["loc"][0])
    return explain_problem(problem, Settings.model_fields[name].description or "")
