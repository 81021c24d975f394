"""Owns the App Home: one's own calls, who waits for a call back, one's link, and help."""

import hashlib
import json

from bot.calls.words import headline, other_party
from bot.digests.home_section import render_own_digest
from bot.home.admin_view import render_admin_part
from bot.missed_calls.home_section import callbacks_of
from bot.models.calls import Call, Outcome, OwnDay
from bot.models.home import Home
from bot.models.missed_calls import Waiting
from bot.models.people import Person
from bot.ui.action_ids import HOME, LINK_ME, OPEN_CALL
from bot.ui.blocks import (
    Json,
    actions,
    button,
    header,
    line,
    mrkdwn,
    note,
    numbered,
    paragraph,
    plain,
    rich,
    says,
    section,
)
from bot.ui.commands import SLASH_COMMANDS
from bot.ui.formatting import Locale, span
from bot.ui.mrkdwn import name_of, shorten

MOST_TODAY = 5
MOST_WAITING = 10


def render_home(home: Home, *, locale: Locale) -> Json:
    """Show somebody their App Home; the admin part stands last, and only where there is one."""
    blocks = [
        *callbacks_of(home, locale),
        *(_own(home, locale) if home.person and home.person.extension else []),
        *_link(home.person),
        *_help(),
        *(render_admin_part(home.admin, locale=locale) if home.admin else []),
    ]
    return {"type": "home", "callback_id": HOME, "blocks": numbered(blocks)}


def look_of(view: Json) -> str:
    """Give a short print of a view; equal ones need not be published again."""
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:16]


def _own(home: Home, locale: Locale) -> list[Json]:
    blocks = [header("Waiting for a call back")]
    if not home.waiting:
        blocks.append(says("No missed call is waiting for you."))
    else:
        blocks.append(says(_how_many_wait(home)))
        blocks += [_caller(one, locale) for one in home.waiting]
    blocks += [header("Your calls today"), says(_day_in_words(home.today))]
    blocks += [_call(call, locale) for call in home.today.latest]
    rest = home.today.calls - len(home.today.latest)
    if rest > 0:
        blocks.append(note(f"{rest:,} more: type /calls mine today"))
    return [*blocks, *(render_own_digest(home.digest, locale) if home.digest else [])]


def _how_many_wait(home: Home) -> str:
    some = "Somebody has" if home.callers == 1 else f"{home.callers:,} people have"
    words = f"{some} tried to reach you in the last seven days and nobody has called back yet."
    more = home.callers > len(home.waiting)
    return f"{words} The latest {len(home.waiting)} of them:" if more else words


def _day_in_words(today: OwnDay) -> str:
    if not today.calls:
        return "No calls yet today."
    calls = "1 call" if today.calls == 1 else f"{today.calls:,} calls"
    if not today.missed:
        return f"{calls} so far, none missed."
    if today.calls == 1:
        return "1 call so far, and it was missed."
    return f"{calls} so far, {today.missed:,} of them missed."


def _caller(one: Waiting, locale: Locale) -> Json:
    times = "" if one.tries == 1 else f"  ·  tried {one.tries:,} times"
    who = shorten(other_party(one.call, locale), 60)
    taken = f"  ·  {name_of(one.owner)} takes care of it" if one.owner else ""
    return _row(f"{who}{times}{taken}", one.call, locale)


def _call(call: Call, locale: Locale) -> Json:
    _, what, preposition = headline(call)
    words = [what, preposition, shorten(other_party(call, locale), 60)]
    return _row(" ".join(word for word in words if word), call, locale)


def _row(words: str, call: Call, locale: Locale) -> Json:
    """Give a line about a call: words at the left, when it was and how long beside them, a button.

    Names are outside text and stay plain; the moment is in the reader's own zone.
    """
    fields = [plain(words)]
    if call.started_at is not None:
        talked = call.seconds if call.outcome is Outcome.ANSWERED else None
        took = f"  ·  {span(talked)}" if talked else ""
        fields.append(mrkdwn(locale.moment(call.started_at) + took))
    label = shorten(f"Open the call: {words}", 75)
    opens = button("Open", OPEN_CALL, call.call_id, accessibility_label=label)
    return section(fields=fields, accessory=opens)


def _link(person: Person | None) -> list[Json]:
    if person is None:
        words = (
            "I do not know yet who you are at Vocatech. Once you are linked, this page shows your"
            " calls and who waits for you to call back, and /calls mine works."
        )
        links = button("Link me", LINK_ME, style="primary")
        return [header("Your link"), says(words), actions(links)]
    name = name_of(person.name or "") or "somebody without a name"
    if person.extension:
        words = f"You are linked with {name}, ext. {name_of(person.extension)}."
    else:
        words = (
            f"You are linked with {name}, who has no extension at Vocatech; so there are no calls"
            " to show here."
        )
    change = button("Change", LINK_ME, accessibility_label="Change your link")
    return [header("Your link"), says(words, accessory=change)]


def _help() -> list[Json]:
    lines = [
        paragraph(
            line(command.name, code=True),
            line(f"  {command.description[0].lower()}{command.description[1:]}\n"),
        )
        for command in SLASH_COMMANDS
    ]
    return [header("What you can type"), rich(*lines)]
