"""Checks that need no network: settings, store, open incidents."""

from pathlib import Path

from bot.config import Settings
from bot.doctor.model import CheckResult, Verdict, count
from bot.health.messages import describe_incident
from bot.models.health import Incident
from bot.store import Store
from bot.store.health import count_rows, size_on_disk
from bot.ui.formatting import span

_ADDRESSES = {"slack_api_url": "Slack is at", "vocatech_api_url": "Vocatech is at"}


def check_settings(settings: Settings) -> list[CheckResult]:
    """Say what the settings are; they have been read, so none of them is wrong in itself."""
    return [
        CheckResult("settings.bot_token", "Slack token", "xoxb-…"),
        _way_in(settings),
        CheckResult("settings.api_key", "Vocatech key", "set"),
        CheckResult(
            "settings.public_url",
            "Public address",
            settings.public_url
            or f"none; Vocatech is asked for calls every {settings.seconds_between_polls:g} s",
            facts={"public_url": settings.public_url},
        ),
        CheckResult(
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


def _way_in(settings: Settings) -> CheckResult:
    if settings.slack_app_token is not None:
        found, way = "Socket Mode, with xapp-…", "socket"
    else:
        secret = settings.slack_signing_secret
        length = len(secret.get_secret_value()) if secret else 0
        found, way = f"HTTP; signing secret set, {length} characters", "http"
    return CheckResult("settings.way_in", "Slack comes by", found, facts={"way_in": way})


def _other_addresses(settings: Settings) -> list[CheckResult]:
    """Name an address that is not the usual one: in earnest that is hardly ever meant."""
    return [
        CheckResult(f"settings.{name}", words, getattr(settings, name))
        for name, words in _ADDRESSES.items()
        if getattr(settings, name) != Settings.model_fields[name].default
    ]


DATABASE = "store.database"

MEGABYTE = 1_000_000


def check_store(store: Store, path: Path, trouble: str | None) -> list[CheckResult]:
    """Judge the database at `path`; `trouble` is why it could not be opened, where it was not."""
    if trouble is not None:
        return [CheckResult(DATABASE, "Database", "cannot be used", Verdict.PROBLEM, trouble)]
    if not store.is_writable():
        remedy = (
            f"The database {path} takes no write now, so no webhook is taken either. See whether"
            " the disk is full, or another program holds the file."
        )
        return [CheckResult(DATABASE, "Database", "not writable", Verdict.PROBLEM, remedy)]
    size = size_on_disk(path)
    database = CheckResult(
        DATABASE, "Database", f"writable, {size / MEGABYTE:.1f} MB", facts={"bytes": size}
    )
    calls, contacts = (count_rows(store.database, table) for table in ("calls", "contacts"))
    found = [
        database,
        CheckResult("store.calls", "Calls", f"{calls:,} known", facts={"calls": calls}),
    ]
    if contacts:
        words = count(contacts, "contact") + " known"
        found.append(CheckResult("store.contacts", "Contacts", words, facts={"contacts": contacts}))
    return found


NONE = "bot.models.health"


def check_incidents(store: Store, *, now: float) -> list[CheckResult]:
    """Tell each in the bot's own words; it notes by itself when one is over."""
    found = [_judge(one, now) for one in store.troubles.open()]
    return found or [CheckResult(NONE, "Troubles", "none is noted")]


def _judge(one: Incident, now: float) -> CheckResult:
    words = describe_incident(one.kind.name, one.detail, plain=True)
    found = f"{one.kind.name}, noted {span(max(0, round(now - one.since)))} ago"
    facts = {"kind": one.kind.name, "since": round(one.since)}
    key = f"bot.{one.name.replace(' ', '_')}"
    remedy = f'the bot says: "{words}"'
    return CheckResult(key, one.kind.name.capitalize(), found, Verdict.WARNING, remedy, facts)
