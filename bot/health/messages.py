"""Messages about incidents, and `/vocatech status`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.health.incident_words import INCIDENT_WORDS, JOB_NAMES, IncidentWords
from bot.models.health import KEY_REFUSED, Incident
from bot.models.people import Person
from bot.people.words import person_in_words
from bot.slack.manifest import SCOPES
from bot.ui.action_ids import NOTICE_METADATA
from bot.ui.blocks import (
    Json,
    answer,
    bullets,
    emoji,
    line,
    moment,
    mrkdwn,
    numbered,
    paragraph,
    rich,
    section,
)
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import clean, escape, name_of, shorten

MAX_URL_LENGTH = 200

_OTHER_CHANNEL = (
    "choose another channel in the routing rule, `SLACK_DEFAULT_CHANNEL`, or `SLACK_ROUTES`"
)

_WHY = {
    "is_archived": "the channel is archived",
    "channel_not_found": "the channel doesn't exist, or it's private and the app isn't a member",
    "not_in_channel": "the app isn't a member of the channel",
    "restricted_action": "only some people can post there",
}

_FIX = {
    "is_archived": f"Unarchive it, or {_OTHER_CHANNEL}.",
    "channel_not_found": f"Invite the app to the channel, or {_OTHER_CHANNEL}.",
    "not_in_channel": "Type `/invite @Vocatech` in the channel.",
    "restricted_action": f"Allow the app to post there, or {_OTHER_CHANNEL}.",
}

# For an incident without a notice: only its name and start are stored then.
_UNKNOWN = {
    "reason": "see the log",
    "error": "see the log",
    "url": "the app's address",
    "hours": "several",
    "usual": "several",
    "count": "several",
    "minutes": "several",
    "side": "away from",
    "free": "few",
    "last": "see the log",
}


def describe_incident(
    kind: str, detail: Mapping[str, Any], *, plain: bool = False
) -> IncidentWords:
    """Return the text of an incident, in Slack's markup or `plain`, as for a terminal."""
    words, values = INCIDENT_WORDS[kind], _UNKNOWN | _escaped(detail, plain=plain)
    sentences = (words.what, words.effect, words.fix)
    return IncidentWords(words.title, *(one.format_map(values) for one in sentences))


def render_incident(notice_id: str, kind: str, detail: Mapping[str, Any]) -> Message:
    """Return the direct message that reports an incident to an admin."""
    words = describe_incident(kind, detail)
    shown = f":warning: *{words.title}*\n{words.what} {words.effect}\n*How to fix:* {words.fix}"
    blocks = numbered([section(mrkdwn(shown))])
    return Message(
        text=str(words),
        blocks=blocks,
        plain_blocks=blocks,
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )


def explain_refusal(reason: str) -> tuple[str, str]:
    """Return why Slack refuses posts in a channel, from its error code, and how to fix it."""
    why = _WHY.get(reason, f"Slack returned the error {escape(name_of(reason))}")
    return why, _FIX.get(reason, "Check the channel's settings in Slack.")


def _escaped(detail: Mapping[str, Any], *, plain: bool) -> dict[str, str]:
    values = {}
    for name, value in detail.items():
        text = shorten(clean(str(value)), MAX_URL_LENGTH) if name == "url" else name_of(str(value))
        text = text.replace("`", "'")
        values[name] = text if plain else escape(text)
    if "channel" in detail:
        why, fix = explain_refusal(str(detail.get("reason", "an error")))
        channel = channel_mention(values["channel"], plain=plain)
        values |= {"why": why, "fix": fix, "channel": channel}
    if "job" in detail:
        values["job"] = JOB_NAMES.get(detail["job"], values["job"])
    if "scope" in detail:
        values["loss"] = SCOPES.get(detail["scope"], "something that needs it")
    return values


def channel_mention(channel: str, *, plain: bool = False) -> str:
    """Return a mention of a channel, or of the person where posts go to a direct message."""
    if plain:
        return channel
    return f"<@{channel}>" if channel.startswith(("U", "W")) else f"<#{channel}>"


# A message has at most 50 blocks; the oldest incidents come first.
MAX_INCIDENTS = 10


@dataclass(frozen=True)
class Status:
    """The answer to `/vocatech status`; times in unix seconds, None for what hasn't happened.

    `quota_left` (requests to Vocatech) and `unmatched` (people) are None except for admins.
    `has_webhooks` is True where webhooks are expected.
    """

    person: Person | None
    last_webhook: float | None
    last_poll: float | None
    has_webhooks: bool
    waiting: int
    incidents: tuple[Incident, ...] = ()
    quota_left: int | None = None
    unmatched: int | None = None

    @property
    def is_for_admin(self) -> bool:
        """Return whether an admin asked."""
        return self.quota_left is not None


def render_status(status: Status, *, locale: Locale) -> Json:
    """Return the answer to `/vocatech status`."""
    link = _link(status.person)
    icon, verdict = _verdict(status)
    facts = [
        paragraph(line(_api_key(status))),
        _moment("Last poll: ", status.last_poll, locale),
        _moment("Last webhook: ", status.last_webhook, locale)
        if status.has_webhooks or status.last_webhook
        else paragraph(line("Webhooks: off. Polling finds the calls.")),
        paragraph(line(f"Queued posts and edits: {status.waiting:,}")),
    ]
    if status.quota_left is not None:
        facts.append(paragraph(line(f"API requests available now: {status.quota_left:,}")))
    if status.unmatched is not None:
        facts.append(paragraph(line(_unmatched(status.unmatched))))
    title = paragraph(emoji(icon), line(f" {verdict}", bold=True))
    parts = [title, bullets(*facts), paragraph(line(f"\n{link}"))]
    return answer(f"{verdict}. {link}", [rich(*parts), *_incidents(status)])


def _incidents(status: Status) -> list[Json]:
    """Return what's wrong, and for admins how to fix it; mrkdwn with escaped outside text."""
    blocks: list[Json] = []
    for one in status.incidents[:MAX_INCIDENTS]:
        words = describe_incident(one.kind.name, one.detail)
        shown = f":warning: *{words.title}*\n{words.what} {words.effect}"
        shown = f"{shown}\n*How to fix:* {words.fix}" if status.is_for_admin else shown
        blocks.append(section(mrkdwn(shown)))
    return blocks


def _verdict(status: Status) -> tuple[str, str]:
    if count := len(status.incidents):
        return "warning", "1 problem" if count == 1 else f"{count} problems"
    if status.last_poll is None:
        return "hourglass_flowing_sand", "Starting up"
    return "white_check_mark", "All systems operational"


def _api_key(status: Status) -> str:
    if any(one.kind.name == KEY_REFUSED for one in status.incidents):
        calls = "Calls still arrive by webhook" if status.has_webhooks else "No calls are found"
        return f"API key rejected. {calls}; an admin can create a new key."
    return "API key not tested yet" if status.last_poll is None else "API key valid"


def _link(person: Person | None) -> str:
    if person is None:
        return "You aren't linked to an extension. To link yours, type /vocatech link."
    return f"You're linked to {person_in_words(person)}."


def _unmatched(people: int) -> str:
    if not people:
        return "Everyone in Slack is linked to an extension"
    return f"People in Slack without an extension: {people:,}. See /vocatech settings."


def _moment(label: str, at: float | None, locale: Locale) -> Json:
    if at is None:
        return paragraph(line(f"{label}none yet"))
    return paragraph(line(label), moment(at, locale.plain_moment(at)))
