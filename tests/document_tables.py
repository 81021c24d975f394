"""Tables of README.md and docs/reference that come from the code, for cog."""

import argparse
import re
import sqlite3
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.cli.main import COMMANDS, make_parser
from bot.clock import Clock, Timing
from bot.config import Settings, load_settings
from bot.health.incident_words import INCIDENT_WORDS
from bot.models.health import KINDS
from bot.server.metrics import OLD_NAMES, PREFIX
from bot.server.workers import WorkerPool
from bot.services.build import build_services
from bot.slack.manifest import EVENTS, SCOPES, STEP_SCOPES
from bot.store import Store
from bot.ui.commands import SLASH_COMMANDS
from bot.ui.workflow_steps import PERSON, WORKFLOW_STEPS

_COMMENT = {"initial_indent": "# ", "subsequent_indent": "# "}

# Every setting is in one of these groups; a new one that is in none of them fails the test.
SETTING_GROUPS = {
    "Required": (
        *("slack_bot_token", "slack_app_token", "slack_signing_secret"),
        *("slack_default_channel", "vocatech_api_key"),
    ),
    "Time and place": ("timezone", "business_hours", "default_region"),
    "Calls": ("slack_routes", "post_ringing", "poll_seconds"),
    "Missed calls": (
        *("remind_after", "escalate_to", "text_back", "text_back_lines", "person_numbers"),
    ),
    "Texts": (
        "vocatech_from_number",
        "text_regions",
        "whatsapp_sending",
        "opt_out_words",
        "guests_can_text",
        "mcp_server",
        "workflow_steps",
        "work_objects",
    ),
    "Webhooks": ("public_url", "vocatech_webhook_secrets", "encryption_key"),
    "Running the app": ("slack_admins", "database_url", "host", "port", "log_format", "log_level"),
    "Backups": ("backup_dir", "backup_keep"),
    "Retention": (
        *("retention_calls", "retention_transcripts"),
        *("retention_texts", "retention_audit"),
    ),
    "For tests": ("slack_api_url", "vocatech_api_url", "webhooks_to_private_addresses"),
}

# What each table of the database holds, and until when. FTS5 makes tables of its own, which are
# left out; a table that is missing here fails the test.
STORED = {
    "events": (
        "Webhooks and polled records as they arrived, without what was said in calls",
        "30 days",
    ),
    "access_tokens": ("Hashes of the access tokens of AI clients, with person and use", "kept"),
    "calls": ("Each call: numbers, people, times, summary, transcript, sentiment", "kept"),
    "indexed_calls": (
        "Names and marks of each call in the search index; its text only while an update waits",
        "kept",
    ),
    "call_words": ("Full-text index of calls; reads what was said from `calls`", "kept"),
    "texts": ("Each SMS or WhatsApp message, sent or received", "kept"),
    "replies": ("Messages written in Slack, with their writer and sending state", "kept"),
    "media": ("Attachments of messages; the file itself only until it is posted", "kept"),
    "opt_outs": (
        "Numbers that opted out or back in, by keyword or by hand, and when",
        "kept",
    ),
    "contacts": ("Vocatech's contacts, as of the last daily sync", "until deleted there"),
    "contact_numbers": ("Phone numbers of contacts", "until deleted there"),
    "contact_words": ("Full-text index of contacts", "until deleted there"),
    "contact_digits": ("Index of the contacts' phone numbers", "until deleted there"),
    "contact_choices": ("The contact that someone chose for a shared number", "kept"),
    "people": ("Vocatech users: name, extension, email address", "until removed there"),
    "slack_people": ("Slack members: name, time zone, role", "until removed there"),
    "links": ("Which Slack member has which extension", "kept"),
    "preferences": ("Each person's notification settings", "kept"),
    "claims": ("Who claimed a missed call", "kept"),
    "closings": ("Missed calls that someone marked as called back", "kept"),
    "reminders": ("Reminders that were sent", "kept"),
    "follow_ups": ("Reminders that people set about a caller, with their note", "kept"),
    "posts": ("What is posted in which channel, and what is still to be posted", "kept"),
    "notices": ("Messages about several calls, and messages to admins", "kept"),
    "bundles": ("Batch summaries: several calls in one message", "kept"),
    "digests": ("Each digest with its content", "kept"),
    "digest_plans": ("When digests are posted", "kept"),
    "rulebooks": ("Routing rules, with their last 50 versions", "last 50 versions"),
    "customer_notes": ("Notes that people wrote on calls, contacts, and numbers", "as calls"),
    "note_words": ("Full-text index of `customer_notes`", "as calls"),
    "templates": ("Message templates", "until deleted"),
    "outcomes": ("The list of outcomes for calls; deleted ones stay for old calls", "kept"),
    "screened_numbers": ("Numbers marked as spam or as no customer, and by whom", "kept"),
    "call_outcomes": ("The outcome that someone set on a call", "kept"),
    "channel_settings": ("Settings of channels", "kept"),
    "mutes": ("Muted channels: until when, and the person who muted them", "kept"),
    "shared_channels": ("Whether Slack Connect shares a channel", "kept"),
    "homes": ("Hash of each person's App Home, to detect changes", "kept"),
    "step_results": ("Runs of workflow steps; the result itself until Slack has it", "7 days"),
    "submissions": ("Tokens of submitted forms, so that none is processed twice", "2 days"),
    "requests": ("Requests to Vocatech in the last minutes, for the rate limits", "minutes"),
    "subscriptions": ("The app's webhook subscriptions with their signing secrets", "kept"),
    "webhook_endpoints": ("Endpoints of outgoing webhooks with their signing secrets", "kept"),
    "old_webhook_secrets": ("Replaced signing secrets of endpoints, which still sign", "1 day"),
    "webhook_deliveries": (
        "Events for endpoints; their content only until it is accepted",
        "30 days",
    ),
    "audit": ("Who changed, or tried to change, something for others", "kept"),
    "erasures": ("Erased numbers: when, and the person who erased them", "kept"),
    "notes": ("State of the app: sync positions, open incidents, and similar", "kept"),
}
_OWN_TABLES = ("_sqlite_migrations", "sqlite_sequence", "sqlite_stat1")


def settings_tables() -> str:
    """Return every setting with its default and help, by group."""
    grouped = [name for names in SETTING_GROUPS.values() for name in names]
    if sorted(grouped) != sorted(Settings.model_fields):
        raise LookupError(sorted(set(grouped) ^ set(Settings.model_fields)))
    parts = []
    for group, names in SETTING_GROUPS.items():
        fields = [(name, Settings.model_fields[name]) for name in names]
        rows = [(f"`{name.upper()}`", _default(one), one.description) for name, one in fields]
        parts.append(f"## {group}\n\n{_table(('Setting', 'Default', 'Description'), rows)}")
    return "\n\n".join(parts)


def env_example() -> str:
    """Return a `.env` file with every setting; those that are not required are commented out."""
    lines = [
        "# Settings of Vocatech for Slack. Copy this file to .env, and keep it readable by you"
    ]
    lines += ["# alone: chmod 600 .env. Append _FILE to a name to read its value from a file."]
    for group, names in SETTING_GROUPS.items():
        if group == "For tests":
            continue
        lines += ["", f"# --- {group} ---"]
        for name in names:
            field = Settings.model_fields[name]
            lines += ["", *textwrap.wrap(field.description or "", 98, **_COMMENT)]
            is_default = field.is_required() or field.default in (None, [], {})
            default = "" if is_default else str(field.default).removesuffix(".0")
            value = default.lower() if isinstance(field.default, bool) else default
            lines.append(f"{'' if field.is_required() else '#'}{name.upper()}={value}")
    return "\n".join(lines) + "\n"


def _default(field: object) -> str:
    if field.is_required():  # type: ignore[attr-defined]
        return "**required**"
    default = field.default  # type: ignore[attr-defined]
    if default in (None, [], {}):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def slash_command_tables() -> str:
    """Return the slash commands with every way to use them."""
    parts = []
    for command in SLASH_COMMANDS:
        rows = [(_code(f"{command.name} {use.typed}"), use.what) for use in command.uses]
        parts.append(
            f"## {command.name}\n\n{command.description}.\n\n{_table(('Type', 'Result'), rows)}"
        )
    return "\n\n".join(parts)


def cli_summary() -> str:
    """Return one line for each terminal command."""
    rows = [(f"[`{one.name}`](#{one.name})", one.help) for one in COMMANDS]
    return _table(("Command", "Purpose"), rows)


def cli_sections() -> str:
    """Return each terminal command with its arguments and options."""
    parsers = next(
        one.choices for one in make_parser()._actions if isinstance(one, argparse._SubParsersAction)
    )
    parts = []
    for command in COMMANDS:
        rows = _arguments(parsers[command.name])
        told = " ".join((command.run.__doc__ or "").split())
        parts.append(f"## {command.name}\n\n{told}\n\n```sh\n{command.example}\n```")
        if rows:
            parts.append(_table(("Argument", "Description"), rows))
    return "\n\n".join(parts)


def _arguments(parser: argparse.ArgumentParser, prefix: str = "") -> list[tuple[str, str]]:
    """Return a parser's arguments, those of each action after it."""
    rows = []
    for one in parser._actions:
        if isinstance(one, argparse._SubParsersAction):
            for action in one._choices_actions:
                rows.append((_code(action.dest), action.help or ""))
                rows += _arguments(one.choices[action.dest], f"{action.dest} ")
        elif not isinstance(one, argparse._HelpAction) and one.default != argparse.SUPPRESS:
            rows.append((_code(prefix + _option(one)), _help(one)))
    return rows


def _help(action: argparse.Action) -> str:
    is_required_option = action.required and action.option_strings
    return f"**Required.** {action.help}" if is_required_option else action.help or ""


def _option(action: argparse.Action) -> str:
    choices = "|".join(map(str, action.choices or ()))
    if not action.option_strings:
        name = choices or str(action.metavar or action.dest)
        return f"[{name}]" if action.nargs == "?" else name
    if action.nargs == 0:
        return action.option_strings[-1]
    value = action.metavar or choices or action.dest.upper()
    return f"{action.option_strings[-1]} {value}"


def scopes_table() -> str:
    """Return the scopes with their reasons."""
    return _table(("Scope", "Needed to"), [(f"`{one}`", why) for one, why in SCOPES.items()])


def step_scopes_table() -> str:
    """Return the scopes of workflow steps with their reasons."""
    rows = [(f"`{one}`", why) for one, why in STEP_SCOPES.items()]
    return _table(("Scope", "Needed to"), rows)


def workflow_steps_table() -> str:
    """Return the steps of Workflow Builder with what goes in and comes out."""
    rows = [
        (
            f"**{step.title}**",
            ", ".join(
                one.title if one.is_required else f"{one.title} (optional)"
                for one in step.inputs
                if one.name != PERSON
            ),
            ", ".join(one.title for one in step.outputs),
        )
        for step in WORKFLOW_STEPS
    ]
    return _table(("Step", "You fill in", "Later steps can use"), rows)


def events_list() -> str:
    """Return the events that the app subscribes to, in one line."""
    return ", ".join(f"`{one}`" for one in EVENTS)


def incident_sections() -> str:
    """Return each kind of incident: what happened, what is lost, and what to do."""
    parts = []
    for kind, words in INCIDENT_WORDS.items():
        what, effect, fix = (
            re.sub(r"{\w+}", "…", said) for said in (words.what, words.effect, words.fix)
        )
        ready = "\n\n`/readyz` answers 503 while it lasts." if KINDS[kind].stops else ""
        parts.append(f"## {kind}\n\n{what} {effect}\n\n**Fix:** {fix.removeprefix('… ')}{ready}")
    return "\n\n".join(parts)


def metrics_table() -> str:
    """Return every metric with its type and labels."""
    rows = [
        (f"`{name}`", kind, ", ".join(map(_code, labels)), text)
        for one, kind, labels, text in _metrics()
        for name in [f"{one}_total" if kind == "counter" else one]
        if name.removeprefix(PREFIX) not in OLD_NAMES.values()
    ]
    return _table(("Metric", "Type", "Labels", "Description"), rows)


def old_metric_names_table() -> str:
    """Return the renamed metrics, with their old names."""
    rows = [(f"`{PREFIX}{old}`", f"`{PREFIX}{new}`") for new, old in OLD_NAMES.items()]
    return _table(("Old name", "New name"), rows)


def _metrics() -> list[tuple[str, str, tuple[str, ...], str]]:
    """Return name, type, labels, and description of each metric of an app that never started."""
    given = {
        "slack_bot_token": "xoxb-1",
        "slack_app_token": "xapp-1",
        "slack_default_channel": "C0123456789",
        "vocatech_api_key": "key",
        "port": 0,
    }
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(env_file=None, **given, database_url=f"sqlite:///{folder}/a.db")
        services = build_services(
            settings,
            WorkerPool(time.monotonic),
            store=Store.open(settings.database_path),
            clock=Clock(),
            timing=Timing(),
            stopping=threading.Event(),
        )
        known = [
            (family.name, family.type, labelled._labelnames, family.documentation)
            for one in services.metrics.registry._collector_to_names
            for family in one.describe()
            for labelled in [one if hasattr(one, "_labelnames") else family]
        ]
        services.close_connections()
        services.store.close()
    return known


def data_table() -> str:
    """Return the tables of the database: what each holds, and how long it is kept."""
    found = _in_new_database(_table_names)
    if sorted(found) != sorted(STORED):
        raise LookupError(sorted(set(found) ^ set(STORED)))
    rows = [(f"`{name}`", holds, until) for name, (holds, until) in STORED.items()]
    return _table(("Table", "Contents", "Kept"), rows)


def _in_new_database(read: Callable[[sqlite3.Connection], list[str]]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        Store.open(path).close()
        connection = sqlite3.connect(path)
        try:
            return read(connection)
        finally:
            connection.close()


def _table_names(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("select name, sql from sqlite_master where type = 'table'").fetchall()
    virtual = [name for name, sql in rows if sql.lower().startswith("create virtual")]
    shadows = {name for name, _ in rows for of in virtual if name.startswith(f"{of}_")}
    return [name for name, _ in rows if name not in shadows and name not in _OWN_TABLES]


def _code(text: str) -> str:
    return f"`{text.strip()}`".replace("|", "\\|")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str | None]]) -> str:
    heads = list(heads)
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(cell or '' for cell in row)} |" for row in rows)])
