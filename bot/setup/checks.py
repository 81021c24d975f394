"""Checks of each answer against Slack and Vocatech, when it is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from bot.clock import Clock, zone_names
from bot.config import Settings, validate_setting
from bot.doctor.model import make_plain
from bot.doctor.slack import check_scopes, check_token
from bot.doctor.vocatech import explain_connection
from bot.errors import (
    ApiError,
    KeyRefused,
    NotFound,
    RequestRefused,
    SettingsWrong,
    TooManyRequests,
)
from bot.models.people import Company
from bot.setup.channels import find_channel
from bot.setup.questions import APP_TOKEN, BOT_TOKEN
from bot.slack.app import make_web_client
from bot.slack.errors import FAILURES, Rejected, classify
from bot.slack.manifest import SCOPES
from bot.slack.setup_client import ListedChannel, SetupClient
from bot.store import Store
from bot.vocatech.client import make_vocatech

SLACK_TIMEOUT = 10.0
_TOKEN_KINDS = {
    "xoxb-": "the bot token",
    "xapp-": "the app-level token",
    "xoxp-": "a user token",
    "xoxe": "a token that expires",
}
_NO_SLACK = (
    "Slack can't be reached, or something else responded. Check this machine's network, proxy, and"
    " firewall."
)


@dataclass(frozen=True)
class Checked:
    """An accepted answer with what was found, or the problem with its fix."""

    is_ok: bool
    said: str
    value: str = ""


def _accepted(said: str, value: str) -> Checked:
    return Checked(is_ok=True, said=said, value=value)


def _wrong(said: str) -> Checked:
    return Checked(is_ok=False, said=said)


class ServiceChecks:
    """The checks; accepted tokens are used for the checks that follow."""

    def __init__(self, urls: Mapping[str, str], store: Store, clock: Clock) -> None:
        """Keep the URLs of the two APIs, by setting, where they differ from the defaults."""
        self._urls = urls
        self._store = store
        self._clock = clock
        self._bot_token = ""
        self._channels: list[ListedChannel] = []
        self.company = Company()

    def check_bot_token(self, value: str) -> Checked:
        """Check the kind of token, its workspace, and its scopes."""
        if problem := _find_format_problem("SLACK_BOT_TOKEN", value, "xoxb-", BOT_TOKEN.where):
            return _wrong(problem)
        token, headers = check_token(self._slack(value).web)
        if not token.is_ok:
            return _wrong(token.remedy)
        scopes = check_scopes(headers.get("x-oauth-scopes"), SCOPES)
        if scopes.remedy:
            return _wrong(scopes.remedy)
        self._bot_token = value
        return _accepted(f"{token.found}; scopes: {scopes.found}", value)

    def check_app_token(self, value: str) -> Checked:
        """Check that the token can open a Socket Mode connection, without connecting."""
        if problem := _find_format_problem("SLACK_APP_TOKEN", value, "xapp-", APP_TOKEN.where):
            return _wrong(problem)
        try:
            self._slack(self._bot_token).try_app_token(value)
        except FAILURES as error:
            outcome = classify(error)
            if not isinstance(outcome, Rejected):
                return _wrong(_NO_SLACK)
            reason = make_plain(outcome.reason)
            return _wrong(f"Slack rejects this app-level token ({reason}). {APP_TOKEN.where}")
        return _accepted("Socket Mode works with this token", value)

    def check_signing_secret(self, value: str) -> Checked:
        """Accept the secret: Slack has no method that could check it."""
        return _accepted("set; Slack's first request will show whether it is right", value)

    def check_api_key(self, value: str) -> Checked:
        """Check the key by reading the company's settings, which are kept."""
        try:
            settings = self._settings("VOCATECH_API_KEY", value)
        except SettingsWrong as wrong:
            return _wrong(str(wrong))
        client = make_vocatech(
            settings, ledger=self._store.request_log, clock=self._clock, wait=lambda _: False
        )
        try:
            self.company = client.interactive.settings.company()
        except (NotFound, RequestRefused):
            return _accepted("valid, but the key can't read the company's settings", value)
        except ApiError as error:
            return _wrong(_explain_vocatech(error, settings))
        finally:
            client.close()
        name = make_plain(self.company.name or "")
        return _accepted(f"valid: {name}" if name else "valid", value)

    def list_channels(self) -> list[ListedChannel] | str:
        """Return the channels to choose from, or what is wrong."""
        try:
            self._channels = self._slack(self._bot_token).list_channels()
        except FAILURES as error:
            outcome = classify(error)
            reason = make_plain(outcome.reason)
            return f"Slack didn't list the channels ({reason}). Wait a minute, and try again."
        return self._channels

    def check_channel(self, value: str) -> Checked:
        """Find the channel by number, name, or ID, and join it if it is public."""
        listed = self._channels or self.list_channels()
        if isinstance(listed, str):
            return _wrong(listed)
        found = find_channel(listed, value)
        if found is None:
            return _wrong(
                f"The app can't see a channel {make_plain(value)}. If it's private, type"
                " /invite @Vocatech in it. If it doesn't exist, create it in Slack."
            )
        if not found.is_member:
            try:
                self._slack(self._bot_token).join(found.channel)
            except FAILURES as error:
                reason = make_plain(classify(error).reason)
                return _wrong(
                    f"The app can't join #{make_plain(found.name)} ({reason}). Type /invite"
                    " @Vocatech in it, or choose another channel."
                )
        return _accepted(f"#{make_plain(found.name)}; the app is a member", found.channel)

    def check_time_zone(self, value: str) -> Checked:
        """Check the name, in any case."""
        name = next((one for one in zone_names() if one.lower() == value.lower()), value)
        return self._check_format("TIMEZONE", name)

    def check_public_url(self, value: str) -> Checked:
        """Check the form of the URL; the app need not run yet."""
        return self._check_format("PUBLIC_URL", value.rstrip("/"))

    def check_admins(self, value: str) -> Checked:
        """Find each person by email address or user ID."""
        client, people = self._slack(self._bot_token), []
        for word in filter(None, map(str.strip, value.split(","))):
            try:
                people.append(client.find_person(word))
            except FAILURES as error:
                outcome = classify(error)
                if not isinstance(outcome, Rejected):
                    return _wrong(_NO_SLACK)
                return _wrong(
                    f"Slack doesn't know {make_plain(word)}. Enter the email address of the"
                    " person's Slack account, or the user ID (open the profile in Slack, then More,"
                    " Copy member ID)."
                )
        if not people:
            return _wrong("Enter at least one email address or user ID.")
        names = ", ".join(make_plain(name) for _, name in people)
        return _accepted(names, ",".join(user for user, _ in people))

    def _check_format(self, name: str, value: str) -> Checked:
        try:
            validate_setting(name, value)
        except SettingsWrong as wrong:
            return _wrong(str(wrong))
        return _accepted(value, value)

    def _slack(self, token: str) -> SetupClient:
        settings = self._settings("SLACK_BOT_TOKEN", token)
        return SetupClient(make_web_client(settings, SLACK_TIMEOUT))

    def _settings(self, name: str, value: str) -> Settings:
        """Return settings with one secret, for a client. Raises SettingsWrong."""
        for url in self._urls.items():
            validate_setting(*url)
        if value:
            validate_setting(name, value)
        urls = {url.lower(): given for url, given in self._urls.items()}
        given: dict[str, Any] = {name.lower(): SecretStr(value), **urls}
        return Settings.model_construct(**given)


def _find_format_problem(name: str, value: str, prefix: str, where: str) -> str | None:
    """Return what is wrong with the form of a token; never the token itself."""
    kind = next((kind for start, kind in _TOKEN_KINDS.items() if value.startswith(start)), None)
    if not value.startswith(prefix):
        what = f"This is {kind}" if kind else f"This doesn't start with {prefix}"
        return f"{what}. {where}"
    if not value.isascii() or not value.isprintable() or " " in value:
        return f"{name} has a character that is never part of a token. Copy it again."
    return None


def _explain_vocatech(error: ApiError, settings: Settings) -> str:
    if isinstance(error, KeyRefused):
        return " ".join(str(type(error).__doc__).split())
    if isinstance(error, TooManyRequests):
        return "Vocatech's rate limit is reached. Wait a minute, and try again."
    return explain_connection(settings, error)
