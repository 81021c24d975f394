"""Owns the help: every command with each way to use it."""

from bot.ui.blocks import Json, answer, bullets, line, paragraph, rich
from bot.ui.commands import SLASH_COMMANDS, SlashCommand


def render_help(said: str | None = None) -> Json:
    """Answer with the help; `said` is something that comes before it."""
    opening = said or "This is what you can type, anywhere but in a thread."
    parts = [paragraph(line(opening))]
    for command in SLASH_COMMANDS:
        heading = f"\n{command.name}  {command.description}"
        parts += [paragraph(line(heading, bold=True)), _uses(command)]
    text = said or "Help for Vocatech's commands: /calls, /contact, /sms and /vocatech."
    return answer(text, [rich(*parts)])


def render_help_of(command: SlashCommand, said: str = "") -> Json:
    """Answer with the help of one command; `said` is something that comes before it."""
    listed = "\n".join(f"{command.name} {use.typed} – {use.what}" for use in command.uses)
    opening = [paragraph(line(said))] if said else []
    return answer(f"{said} {listed}".strip(), [rich(*opening, _uses(command))])


def _uses(command: SlashCommand) -> Json:
    return bullets(
        *(
            paragraph(
                line(f"{command.name} {use.typed}".strip(), code=True),
                line(f"  {use.what}"),
            )
            for use in command.uses
        )
    )
