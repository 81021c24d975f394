"""The slash commands, their uses, and their help."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.ui.blocks import Json, answer, bullets, header, line, note, paragraph, rich
from bot.ui.command_text import Token
from bot.ui.mrkdwn import shorten
from bot.ui.suggestions import nearest_word

MOST_SHOWN_OF_A_WORD = 40


@dataclass(frozen=True)
class Use:
    """One way to use a command: what to type after its name, and what it does."""

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
    '[who] [when] [missed|unclaimed|voicemail|answered|incoming|mine] [outcome:…] ["words"]',
    "Search calls by person, date, or keyword",
    (
        Use("", "Show the latest calls"),
        Use("mine today", "Show your own calls from today"),
        Use("@Ana yesterday missed", "Show calls that Ana missed yesterday"),
        Use("(212) 555-0123", "Show calls with a number; a contact or an extension works, too"),
        Use("unclaimed since monday", "Show missed calls that no one has claimed"),
        Use("voicemail last week", "Show missed calls with voicemail"),
        Use("yesterday 9-11", "Show calls at a time of day; after 3 PM and before noon work, too"),
        Use("2026-11-01..2026-11-20 outgoing", "Show outgoing calls between two dates"),
        Use("month outcome:appointment", "Show calls with an outcome that people set on cards"),
        Use('week "delivery date"', "Search what was said or noted in the last seven days"),
    ),
)

CONTACT = SlashCommand(
    "/contact",
    "<name, number, company, or email> | new",
    "Look up or create a contact",
    (
        Use("Maria Lopez", "Show a contact and recent calls, or a list if several match"),
        Use("212 555 0123", "Show the contact with a number; company and email work, too"),
        Use("new Maria Lopez", "Create a contact, with the name filled in"),
    ),
)

SMS = SlashCommand(
    "/sms",
    "<number or name> [text]",
    "Send an SMS to a number or a contact",
    (
        Use("212 555 0123", "Write to a number"),
        Use("Maria Lopez", "Write to a contact, or choose one if several match"),
        Use("Maria Lopez Your order is ready", "Write to a contact, with the message filled in"),
    ),
)

VOCATECH = SlashCommand(
    "/vocatech",
    "help | link | unlink | status | follow-ups | digest | settings | mute | templates"
    " | outcomes | callers | rules | channels | users | webhooks | forget",
    "Help, status, digests, and settings",
    (
        Use("", "Show this help"),
        Use("link", "Link your extension, for /calls mine and for mentions"),
        Use("link @Ben", "Link another person's extension (admins)"),
        Use("unlink", "Unlink your extension; your email address won't link it again"),
        Use("status", "Show the system status and your linked extension"),
        Use("digest", "Show when digests are posted in this channel"),
        Use(
            "digest on weekdays 8:30 AM Europe/Berlin",
            "Schedule a digest; weekly mon and monthly work, too",
        ),
        Use("digest on 8:00 AM me", "Schedule a digest of your own calls, for you only"),
        Use("digest preview", "Preview the digest; use now to post it, off to stop digests"),
        Use("digest preview last week", "Preview the digest of any day, week, month, or range"),
        Use("settings", "Choose mentions, direct messages, and quiet hours; admins see more"),
        Use("mute 2h", "Mute this channel and summarize its calls later; mute off unmutes it"),
        Use("mute until monday 9 AM", "Mute it until a time; 2 weeks and tomorrow work, too"),
        Use("follow-ups", "Show your follow-ups, overdue ones first"),
        Use("follow-ups @Ben", "Show another person's follow-ups (admins)"),
        Use("rules", "Manage routing rules (admins)"),
        Use("channels", "Manage quiet hours, limits, and privacy of channels (admins)"),
        Use("templates", "Manage message templates"),
        Use("webhooks", "Manage outgoing webhooks, and try failed ones again (admins)"),
        Use("callers", "Show numbers marked as spam; admins also see frequent unknown callers"),
        Use("outcomes", "Manage the outcomes that people set on calls (admins)"),
        Use("users", "List Vocatech users; add a name to search, or new to create one (admins)"),
        Use("users new @Ben", "Create a Vocatech user for a person in Slack (admins)"),
        Use("forget (212) 555-0123", "Erase everything about a number, after a question (admins)"),
    ),
)

_IN_THREADS = (
    "Slack doesn't accept slash commands in threads. There, open the menu of a message: Text this"
    " number, Look up this number, Save as note."
)
SLASH_COMMANDS = (CALLS, CONTACT, SMS, VOCATECH)


def render_help() -> Json:
    """Return the help for all commands."""
    blocks = [header("Vocatech commands")]
    for command in SLASH_COMMANDS:
        title = paragraph(
            line(command.name, bold=True, code=True), line(f"  {command.description}", bold=True)
        )
        blocks.append(rich(title, _uses(command)))
    blocks.append(note(_IN_THREADS))
    return answer("Help for /calls, /contact, /sms, and /vocatech.", blocks)


def render_help_of(command: SlashCommand, said: str = "") -> Json:
    """Return the help for one command; `said` is a sentence that comes before it."""
    listed = "\n".join(f"{command.name} {use.typed} – {use.what}" for use in command.uses)
    opening = [rich(paragraph(line(said)))] if said else [header(f"How to use {command.name}")]
    return answer(f"{said} {listed}".strip(), [*opening, rich(_uses(command))])


def render_help_of_subcommand(word: str) -> Json:
    """Return the help for one subcommand of /vocatech; for other words, all of it."""
    uses = tuple(use for use in VOCATECH.uses if use.typed.split()[:1] == [word])
    if not uses:
        return render_help()
    return render_help_of(
        replace(
            VOCATECH,
            name=f"{VOCATECH.name} {word}",
            uses=tuple(replace(use, typed=use.typed.removeprefix(word).strip()) for use in uses),
        )
    )


def render_unknown_subcommand(first: Token, known: Sequence[str]) -> Json:
    """Return the answer to a word after /vocatech that isn't among the `known` ones."""
    if first.is_mention:
        said = "To link a person with an extension, mention them after link: /vocatech link @name."
        return answer(said)
    word = shorten(first.text.lower(), MOST_SHOWN_OF_A_WORD)
    commands = [command.name[1:] for command in SLASH_COMMANDS if command is not VOCATECH]
    close = nearest_word(word.removeprefix("/"), [*known, *commands])
    pieces = [line(f"/vocatech {word}", code=True), line(" isn't a command. ")]
    if close:
        meant = close if f"/{close}" in _NAMES else f"vocatech {close}"
        pieces += [line("Did you mean "), line(f"/{meant}", code=True), line("? ")]
    pieces += [line("For all commands, type "), line("/vocatech help", code=True), line(".")]
    text = "".join(str(piece["text"]) for piece in pieces)
    return answer(text, [rich(paragraph(*pieces))])


_NAMES = {command.name for command in SLASH_COMMANDS if command is not VOCATECH}


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
