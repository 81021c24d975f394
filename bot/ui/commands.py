"""The slash commands, with every use, and their help."""

from dataclasses import dataclass

from bot.ui.blocks import Json, answer, bullets, line, paragraph, rich


@dataclass(frozen=True)
class Use:
    """One way to use a command: what to type after its name, and what comes of it."""

    typed: str
    what: str


@dataclass(frozen=True)
class SlashCommand:
    """A command as Slack's menu shows it, and every way to use it."""

    name: str
    hint: str
    description: str
    uses: tuple[Use, ...]


CALLS = SlashCommand(
    "/calls",
    '[who] [when] [missed|answered|incoming|outgoing|mine] ["words"]',
    "Recent calls, of anybody, of any time, about anything",
    (
        Use("", "the latest calls"),
        Use("mine today", "your own calls of today"),
        Use("@Ana yesterday missed", "calls that Ana missed yesterday"),
        Use("(212) 555-0123", "calls with a number; a contact's name or an extension works too"),
        Use("2026-11-01..2026-11-20 outgoing", "outgoing calls of these days"),
        Use('week "delivery date"', "calls of the last seven days in which these words were said"),
    ),
)

CONTACT = SlashCommand(
    "/contact",
    "<name, number, company or e-mail> | new",
    "Look up a contact, with the last calls; or make a new one",
    (
        Use("Maria Lopez", "the contact, or a list where several match"),
        Use("212 555 0123", "whoever has this number; every part of a contact can be looked for"),
        Use("new", "a form for a new contact"),
    ),
)

SMS = SlashCommand(
    "/sms",
    "<number or name> [text]",
    "Write a text to a number or a contact",
    (
        Use("212 555 0123", "opens a form to write in, with what was written before"),
        Use("Maria Lopez", "the same for a contact, or a choice where several fit"),
        Use("Maria Lopez Your order is ready", "the same with these words filled in"),
    ),
)

VOCATECH = SlashCommand(
    "/vocatech",
    "help | link | unlink | status | digest | settings | mute | templates | rules | channels",
    "Help, your link to Vocatech, and how the bot is doing",
    (
        Use("", "this help"),
        Use("link", "connects you with your extension, for /calls mine and for mentions"),
        Use("link @Ben", "the same for somebody else; for admins"),
        Use("unlink", "takes that back; your e-mail address does not link you again"),
        Use("status", "how the bot is doing, and how you are linked"),
        Use("digest", "when digests of the calls come to this channel"),
        Use(
            "digest on weekdays 8:30 AM Europe/Berlin",
            "has one come; weekly mon and monthly work too",
        ),
        Use("digest on 8:00 AM me", "one about your own calls, for you alone"),
        Use("digest preview", "shows to you alone what it would say; now posts it, off stops it"),
        Use(
            "settings",
            "when the bot may mention you or write to you, your quiet hours; more for admins",
        ),
        Use("mute 2h", "quiet in this channel; calls come together afterwards, mute off lifts it"),
        Use("rules", "which calls go where; for admins"),
        Use("channels", "when channels are quiet, and what they take and show; for admins"),
        Use("templates", "texts to be sent again and again: your own ones and the company's"),
    ),
)

SLASH_COMMANDS = (CALLS, CONTACT, SMS, VOCATECH)


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
