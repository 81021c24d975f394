"""Makes the parts of README.md that come from the code, for cog."""

import re
from pathlib import Path

from bot.cli.main import COMMANDS
from bot.config import Settings
from bot.health.incident_words import INCIDENT_WORDS
from bot.models.health import KINDS
from bot.slack.manifest import SCOPES
from bot.ui.commands import SLASH_COMMANDS

ROOT = Path(__file__).parent.parent


def settings_table() -> str:
    """List every setting with its default and help."""
    lines = ["| setting | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `{name.upper()}` | {_default(field)} | {field.description} |")
    return "\n".join(lines)


def _default(field: object) -> str:
    if field.is_required():  # type: ignore[attr-defined]
        return "**needed**"
    default = field.default  # type: ignore[attr-defined]
    if default in (None, [], {}):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def commands_table() -> str:
    """List the terminal commands."""
    lines = ["| command | what it does |", "|---|---|"]
    for command in COMMANDS:
        does = " ".join((command.run.__doc__ or "").split())
        lines.append(f"| `vocatech-slack {command.name}` | {does} |")
    return "\n".join(lines)


def scopes_table() -> str:
    """List the scopes with their reasons."""
    lines = ["| scope | why |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{scope}` | {why} |" for scope, why in SCOPES.items())])


def troubles_table() -> str:
    """List what can be wrong, as the bot says it, with what mends it."""
    lines = ["| kind | what the bot says | what to do |", "|---|---|---|"]
    for kind, words in INCIDENT_WORDS.items():
        what, remedy = (re.sub(r"{\w+}", "…", said) for said in (words.what, words.remedy))
        stops = " (not ready)" if KINDS[kind].stops else ""
        lines.append(f"| `{kind}`{stops} | {what} | {remedy} |")
    return "\n".join(lines)


def slash_commands_table() -> str:
    """List the slash commands with every way to use them."""
    lines = ["| type | and see |", "|---|---|"]
    for command in SLASH_COMMANDS:
        for use in command.uses:
            typed = f"{command.name} {use.typed}".strip().replace("|", "\\|")
            lines.append(f"| `{typed}` | {use.what} |")
    return "\n".join(lines)
