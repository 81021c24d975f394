"""App Home: callbacks, the reader's day, settings, the part for admins, and commands."""

import hashlib
import json

from bot.calls.words import headline, other_party
from bot.digests.home_section import render_own_digest
from bot.follow_ups.home_section import MAX_FOLLOW_UPS, render_follow_ups
from bot.home.admin_view import render_admin_part
from bot.home.callbacks_section import render_callbacks
from bot.models.calls import Call, Outcome
from bot.models.home import Home
from bot.models.people import Person
from bot.people.words import person_in_words
from bot.texts.home_section import render_scheduled
from bot.ui.action_ids import HOME, LINK_ME, OPEN_CALL, SHOW_MY_CALLS
from bot.ui.blocks import (
    Json,
    actions,
    button,
    context,
    divider,
    header,
    line,
    mrkdwn,
    numbered,
    paragraph,
    rich,
    says,
    section,
)
from bot.ui.commands import SLASH_COMMANDS
from bot.ui.formatting import Locale, span
from bot.ui.mrkdwn import literal, name_of, shorten

MAX_TODAY = 5
MAX_NAME = 60


def render_home(home: Home, *, locale: Locale) -> Json:
    """Return a person's App Home; admins also get the system status."""
    is_linked = home.person is not None
    blocks = [
        *_title(home, locale),
        *([] if is_linked else _link_prompt()),
        *render_follow_ups(home.follow_ups, home.follow_up_count, locale),
        *render_callbacks(home, locale),
        *render_scheduled(home.scheduled, home.scheduled_count, locale),
        *(_my_day(home, locale) if home.person and home.person.extension else []),
        *_settings(home, locale),
        *(render_admin_part(home.admin, locale=locale) if home.admin else []),
        *_commands(),
    ]
    return {"type": "home", "callback_id": HOME, "blocks": numbered(blocks)}


def render_guest_home() -> Json:
    """Return the App Home of a guest, which has no data of the company."""
    words = "You're a guest of this workspace. To see the calls of a channel, type /calls there."
    return {"type": "home", "callback_id": HOME, "blocks": numbered([says(words)])}


def view_hash(view: Json) -> str:
    """Return a short hash of a view; a view with the same hash needn't be published again."""
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:16]


def _title(home: Home, locale: Locale) -> list[Json]:
    first_name = name_of(home.name or "").partition(" ")[0]
    hello = f"Hi, {literal(first_name)}!" if first_name else "Welcome!"
    parts = [f"*{hello}*"]
    if home.today_at:
        parts.append(_date(home.today_at, locale))
    return [header("Vocatech"), section(mrkdwn("  ·  ".join(parts))), context(mrkdwn(_todo(home)))]


def _date(moment: float, locale: Locale) -> str:
    """Return Slack's markup for a day, such as `Sunday, November 29, 2026`."""
    return f"<!date^{int(moment)}^{{date_long}}|{locale.day(moment)}>"


def _todo(home: Home) -> str:
    """Return what needs the reader, in one line."""
    mine, free = home.mine_count, home.free_count
    overdue = sum(one.is_overdue for one in home.follow_ups)
    if not mine and not free and not home.callers and not overdue:
        return ":white_check_mark: You're all caught up."
    parts = []
    if overdue:
        more = " or more" if overdue < home.follow_up_count and overdue == MAX_FOLLOW_UPS else ""
        what = "follow-up" if overdue == 1 else "follow-ups"
        parts.append(f"{overdue:,}{more} {what} overdue")
    if mine:
        parts.append("1 callback to make" if mine == 1 else f"{mine:,} callbacks to make")
    if home.callers:
        parts.append(f"{home.callers:,} missed by you")
    if free:
        parts.append(f"{free:,} unclaimed")
    return "  ·  ".join(parts)


def _link_prompt() -> list[Json]:
    words = (
        "*Link your extension* to see your own calls here, get mentioned on calls you miss, and use"
        " `/calls mine`."
    )
    link = button("Link extension", LINK_ME, style="primary")
    return [divider(), section(mrkdwn(words), accessory=link)]


def _my_day(home: Home, locale: Locale) -> list[Json]:
    today = home.today
    blocks = [divider(), header("My day"), section(mrkdwn(_day_in_words(home)))]
    blocks += [_call(call, locale) for call in today.latest]
    if today.calls > len(today.latest):
        label = f"Show all {today.calls:,} calls"
        blocks.append(actions(button(label, SHOW_MY_CALLS, "today")))
    return blocks


def _day_in_words(home: Home) -> str:
    calls, missed, texts = home.today.calls, home.today.missed, home.texts_sent
    if not calls and not texts:
        return "No calls yet today. Calls to and from your extension are listed here."
    return "  ·  ".join(
        [
            "*1* call" if calls == 1 else f"*{calls:,}* calls",
            f"*{missed:,}* missed",
            f"*{texts:,}* SMS sent",
        ]
    )


def _call(call: Call, locale: Locale) -> Json:
    icon, what, preposition = headline(call)
    who = shorten(other_party(call, locale), MAX_NAME)
    parts = [f":{icon}: {what}"]
    if call.outcome is Outcome.ANSWERED and call.seconds:
        parts.append(span(call.seconds))
    if call.started_at is not None:
        parts.append(locale.moment(call.started_at))
    label = shorten(" ".join(filter(None, ("Open:", what, preposition, who))), 75)
    opens = button("Open", OPEN_CALL, call.call_id, accessibility_label=label)
    return section(mrkdwn(f"*{literal(who)}*\n{'  ·  '.join(parts)}"), accessory=opens)


def _settings(home: Home, locale: Locale) -> list[Json]:
    rows = [_extension(home.person)] if home.person else []
    rows += render_own_digest(home.digest, locale) if home.digest else []
    return [divider(), header("Your settings"), *rows] if rows else []


def _extension(person: Person) -> Json:
    words = f"*Your extension*\n{literal(person_in_words(person))}"
    if not person.extension:
        words += "  ·  No extension in Vocatech, so there are no calls to show"
    change = button("Change", LINK_ME, accessibility_label="Change your extension")
    return section(mrkdwn(words), accessory=change)


def _commands() -> list[Json]:
    lines = [
        paragraph(
            line(command.name, code=True),
            line(f"  {command.description[0].lower()}{command.description[1:]}\n"),
        )
        for command in SLASH_COMMANDS
    ]
    return [divider(), header("Commands"), rich(*lines)]
