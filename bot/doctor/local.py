"""Checks that need no network: settings, store, open incidents."""

import re
import shlex
import stat
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import Settings
from bot.doctor.model import CheckResult, Verdict, count
from bot.health.messages import describe_incident
from bot.health.retention import retention_of
from bot.models.health import PANE_OPENED, Incident
from bot.slack.client import TRY_TYPES_AGAIN_SECONDS, UNKNOWN_TYPE, WORK_OBJECTS
from bot.store import Store
from bot.store.health import count_rows, size_on_disk
from bot.ui.formatting import span

PANE_REFUSED = f"{UNKNOWN_TYPE} {WORK_OBJECTS}"

_ADDRESSES = {"slack_api_url": "Slack API", "vocatech_api_url": "Vocatech API"}

# What Slack issues today: 32 hexadecimal digits.
_SIGNING_SECRET = re.compile("[0-9a-fA-F]{32}")
_BOT_TOKEN = re.compile(r"xoxb-[\w.-]+", re.ASCII)
_APP_TOKEN = re.compile(r"xapp-[\w.-]+", re.ASCII)


def check_settings(
    settings: Settings, *, vocatech_zone: str | None, has_asked: bool, now: float
) -> list[CheckResult]:
    """Report the settings, which have been validated one by one when they were loaded.

    `vocatech_zone` is the company's time zone in Vocatech, if it `has_asked` and got one.
    """
    return [
        _bot_token(settings),
        _connection_mode(settings),
        CheckResult("settings.api_key", "Vocatech key", "set"),
        CheckResult(
            "settings.public_url",
            "Public URL",
            settings.public_url
            or f"none; Vocatech is polled every {settings.seconds_between_polls:g} s",
            facts={"public_url": settings.public_url},
        ),
        _place(settings, vocatech_zone, has_asked=has_asked, now=now),
        _retention(settings),
        _backups(settings.backup_dir, now),
        _mcp_server(settings),
        *_other_addresses(settings),
    ]


def _place(
    settings: Settings, vocatech_zone: str | None, *, has_asked: bool, now: float
) -> CheckResult:
    zone, source, remedy = settings.timezone, "", ""
    if settings.has_timezone:
        if vocatech_zone and _offsets(vocatech_zone, now) != _offsets(zone, now):
            remedy = (
                f"TIMEZONE is {zone}, but the company's time zone in Vocatech is {vocatech_zone}."
                " Business hours and reminders use TIMEZONE. Correct one of the two."
            )
    elif vocatech_zone:
        zone, source = vocatech_zone, " (from Vocatech)"
    elif has_asked:
        remedy = (
            "Neither TIMEZONE nor Vocatech names the company's time zone, so business hours and"
            f" reminders use {zone}. Set TIMEZONE."
        )
    return CheckResult(
        "settings.place",
        "Region",
        f"{zone}{source}, phone numbers of {settings.default_region}",
        Verdict.WARNING if remedy else Verdict.OK,
        remedy,
        {"timezone": zone, "region": settings.default_region},
    )


def _offsets(zone: str, now: float) -> list[timedelta | None]:
    """Return a zone's offsets in the coming months: zones with other names can be the same."""
    return [
        datetime.fromtimestamp(now + month * 30 * 86_400, ZoneInfo(zone)).utcoffset()
        for month in range(12)
    ]


def _retention(settings: Settings) -> CheckResult:
    periods = asdict(retention_of(settings))
    words = ", ".join(
        f"{kind} {count(days, 'day')}" if days else f"{kind} kept" for kind, days in periods.items()
    )
    return CheckResult("settings.retention", "Retention", words, facts=periods)


def _mcp_server(settings: Settings) -> CheckResult:
    key, name = "settings.mcp_server", "MCP server"
    facts = {"mcp_server": settings.mcp_server}
    if not settings.mcp_server:
        return CheckResult(key, name, "off", facts=facts)
    if not settings.public_url:
        found = "on, for this machine; Slackbot needs a PUBLIC_URL"
        return CheckResult(key, name, found, facts=facts)
    return CheckResult(key, name, f"on, at {settings.public_url}/mcp", facts=facts)


def check_side_pane(settings: Settings, store: Store, *, now: float) -> CheckResult:
    """Report the side pane; Slack doesn't say whether the app's manifest has what it needs."""
    key, name = "settings.work_objects", "Side pane"
    opened, refused = (store.key_values.moment(one) for one in (PANE_OPENED, PANE_REFUSED))
    facts = {"work_objects": settings.work_objects, "last_opened": opened}
    if not settings.work_objects:
        found = "off; Slack's documentation names no plan that it needs"
        return CheckResult(key, name, found, facts=facts)
    if refused is not None and now - refused < TRY_TYPES_AGAIN_SECONDS:
        found = f"on, but Slack refused the metadata {_ago(refused, now)}"
        remedy = (
            "Cards are posted without Work Objects for a week, and then tried with them again. Set"
            " WORK_OBJECTS=false if this workspace can't have them."
        )
        return CheckResult(key, name, found, Verdict.WARNING, remedy, facts)
    if opened is None:
        found = "on, never opened; it needs the manifest of `vocatech-slack manifest --side-pane`"
        return CheckResult(key, name, found, facts=facts)
    return CheckResult(key, name, f"on, last opened {_ago(opened, now)}", facts=facts)


def _ago(moment: float, now: float) -> str:
    return f"{span(max(0, round(now - moment)))} ago"


OLD_BACKUP_SECONDS = 2 * 86_400.0


def _backups(folder: Path | None, now: float) -> CheckResult:
    """Report the nightly backups; a missing folder is created with the first one."""
    key, name = "settings.backups", "Backups"
    if folder is None:
        return CheckResult(key, name, "none; set BACKUP_DIR to make one every night")
    ages = [now - one.stat().st_mtime for one in folder.glob("vocatech-slack-*.db.gz")]
    latest = f"latest {span(max(0, round(min(ages))))} ago" if ages else "none yet"
    is_old = bool(ages) and min(ages) > OLD_BACKUP_SECONDS
    remedy = (
        f"There is no new backup in {folder}. Check that the app runs, that it may write there, and"
        " that the disk has space. `vocatech-slack backup` makes one now."
    )
    return CheckResult(
        key,
        name,
        f"every night in {folder}, {latest}",
        Verdict.WARNING if is_old else Verdict.OK,
        remedy if is_old else "",
        {"count": len(ages)},
    )


def channels_of(settings: Settings) -> dict[str, str]:
    """Return each channel in the settings with the names of those settings.

    The lines themselves are phone numbers and not shown.
    """
    default, routed = settings.slack_default_channel, settings.slack_routes.values()
    also = " and SLACK_ROUTES" if default in routed else ""
    return {default: f"SLACK_DEFAULT_CHANNEL{also}"} | {
        channel: "SLACK_ROUTES" for channel in routed if channel != default
    }


def _bot_token(settings: Settings) -> CheckResult:
    key, name = "settings.bot_token", "Slack token"
    if _BOT_TOKEN.fullmatch(settings.slack_bot_token.get_secret_value()):
        return CheckResult(key, name, "xoxb-…")
    remedy = (
        "SLACK_BOT_TOKEN contains characters that no Slack token has. Copy the Bot User OAuth"
        " Token again, from OAuth & Permissions in your Slack app's settings."
    )
    return CheckResult(key, name, "not a valid bot token", Verdict.PROBLEM, remedy)


def _connection_mode(settings: Settings) -> CheckResult:
    key, name = "settings.way_in", "Slack requests"
    token, secret = settings.slack_app_token, settings.slack_signing_secret
    if token is not None:
        facts = {"way_in": "socket"}
        if _APP_TOKEN.fullmatch(token.get_secret_value()):
            return CheckResult(key, name, "Socket Mode, with xapp-…", facts=facts)
        remedy = (
            "SLACK_APP_TOKEN contains characters that no Slack token has. Copy the app-level token"
            " again, from Basic Information in your Slack app's settings."
        )
        return CheckResult(key, name, "not a valid app token", Verdict.PROBLEM, remedy, facts)
    facts, value = {"way_in": "http"}, secret.get_secret_value() if secret else ""
    found = f"HTTP; the signing secret has {count(len(value), 'character')}"
    if _SIGNING_SECRET.fullmatch(value):
        return CheckResult(key, name, found, facts=facts)
    remedy = (
        "SLACK_SIGNING_SECRET is not a signing secret: Slack's have 32 hexadecimal digits. Copy it"
        " from Basic Information in your Slack app's settings. Until then, the app rejects every"
        " request from Slack."
    )
    return CheckResult(key, name, found, Verdict.PROBLEM, remedy, facts)


def _other_addresses(settings: Settings) -> list[CheckResult]:
    """Report API URLs that are not the default, which is rarely intended in production."""
    return [
        CheckResult(f"settings.{name}", words, getattr(settings, name))
        for name, words in _ADDRESSES.items()
        if getattr(settings, name) != Settings.model_fields[name].default
    ]


_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH


def check_permissions(settings: Settings, env_file: Path | None) -> list[CheckResult]:
    """Report files with secrets or customers' data that other users of the machine can read."""
    database = settings.database_path
    stored = [database.with_name(database.name + end) for end in ("", "-wal", "-shm")]
    if settings.backup_dir is not None:
        stored += sorted(settings.backup_dir.glob("*.db.gz"))
    return [
        *_readable("store.settings_file", "Settings file", [env_file] if env_file else []),
        *_readable("store.files", "Database files", stored),
    ]


def _readable(key: str, name: str, paths: list[Path]) -> list[CheckResult]:
    modes = {path: path.stat().st_mode for path in paths if path.is_file()}
    if not modes:
        return []
    open_files = [path for path, mode in modes.items() if mode & _BY_OTHERS]
    if not open_files:
        return [CheckResult(key, name, "readable only by their owner")]
    # SQLite gives these two files the mode of the database, and they are gone after the check.
    lasting = [path for path in open_files if not path.name.endswith(("-wal", "-shm"))]
    open_files = lasting or open_files
    remedy = (
        f"Other users of this machine can read {', '.join(map(str, open_files))}. Run"
        f" `chmod 600 {shlex.join(map(str, open_files))}`."
    )
    return [CheckResult(key, name, "readable by other users", Verdict.WARNING, remedy)]


DATABASE = "store.database"

MEGABYTE = 1_000_000


def check_store(store: Store, path: Path, error: str | None) -> list[CheckResult]:
    """Check the database at `path`; `error` is the reason if it couldn't be opened."""
    if error is not None:
        return [CheckResult(DATABASE, "Database", "can't be opened", Verdict.PROBLEM, error)]
    if not store.is_writable():
        remedy = (
            f"The database {path} can't be written to, so the app can't accept webhooks. Check"
            " whether the disk is full or another program holds the file."
        )
        return [CheckResult(DATABASE, "Database", "not writable", Verdict.PROBLEM, remedy)]
    size = size_on_disk(path)
    database = CheckResult(
        DATABASE, "Database", f"writable, {size / MEGABYTE:.1f} MB", facts={"bytes": size}
    )
    calls, contacts = (count_rows(store.database, table) for table in ("calls", "contacts"))
    found = [
        database,
        CheckResult("store.calls", "Calls", f"{calls:,} stored", facts={"calls": calls}),
    ]
    if missing := store.call_index.missing():
        remedy = (
            "Search doesn't find all calls. The app rebuilds its search index when it starts, or"
            " within a day."
        )
        words = f"doesn't find {missing} of the newest calls"
        found.append(CheckResult("store.search", "Search", words, Verdict.WARNING, remedy))
    if contacts:
        words = count(contacts, "contact") + " stored"
        found.append(CheckResult("store.contacts", "Contacts", words, facts={"contacts": contacts}))
    return found


NONE = "bot.models.health"


def check_incidents(store: Store, *, now: float) -> list[CheckResult]:
    """Report the open incidents in the app's own words; the app resolves them automatically."""
    found = [_incident(one, now) for one in store.incidents.open()]
    return found or [CheckResult(NONE, "Incidents", "none open")]


def _incident(one: Incident, now: float) -> CheckResult:
    words = describe_incident(one.kind.name, one.detail, plain=True)
    found = f"{one.kind.name}, reported {span(max(0, round(now - one.since)))} ago"
    facts = {"kind": one.kind.name, "since": round(one.since)}
    key = f"bot.{one.name.replace(' ', '_')}"
    remedy = str(words)
    return CheckResult(key, one.kind.name.capitalize(), found, Verdict.WARNING, remedy, facts)
