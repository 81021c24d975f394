"""Messages about incidents, and `/vocatech status`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.health.incident_words import INCIDENT_WORDS, IncidentWords
from bot.models.health import KEY_REFUSED, Incident
from bot.models.people import Person
from bot.people.words import person_in_words
from bot.slack.manifest import SCOPES
from bot.ui.action_ids import NOTICE_METADATA
from bot.ui.blocks import (
    Json,
    answer,
    bullets,
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

MOST_URL = 200

_ANOTHER = (
    "name another channel in the rule that posts there, or in SLACK_DEFAULT_CHANNEL or SLACK_ROUTES"
    " and restart me"
)

_WHY = {
    "is_archived": "the channel is archived",
    "channel_not_found": "the channel does not exist any more, or it is private and I am not in it",
    "not_in_channel": "I am not a member of the channel",
    "restricted_action": "only some people may post there",
}

_REMEDY = {
    "is_archived": f"Unarchive it, or {_ANOTHER}.",
    "channel_not_found": f"Invite me there, or {_ANOTHER}.",
    "not_in_channel": "Type /invite @Vocatech there.",
    "restricted_action": f"Allow me to post there, or {_ANOTHER}.",
}

# Where nobody could be told yet, nothing but the trouble itself is noted.
_UNKNOWN = {
    "reason": "the log says why",
    "error": "the log says why",
    "url": "my address",
    "hours": "some",
    "usual": "several",
    "count": "several",
    "minutes": "some",
    "side": "off",
    "free": "few",
}


def describe_incident(
    kind: str, detail: Mapping[str, Any], *, plain: bool = False
) -> IncidentWords:
    """Say what a trouble is, with Slack's markup or `plain`, as for a terminal."""
    words, told = INCIDENT_WORDS[kind], _UNKNOWN | _made_harmless(detail, plain=plain)
    parts = (words.what, words.lost, words.remedy)
    return IncidentWords(*(part.format_map(told) for part in parts))


def render_incident(notice_id: str, kind: str, detail: Mapping[str, Any]) -> Message:
    """Tell an admin of a trouble."""
    words = describe_incident(kind, detail)
    blocks = numbered([section(mrkdwn(f":warning: {words}"))])
    return Message(
        text=str(words),
        blocks=blocks,
        plain_blocks=blocks,
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )


def explain_refusal(reason: str) -> tuple[str, str]:
    """Put Slack's reason for not taking a post into words, and say what mends it."""
    why = _WHY.get(reason, f"Slack answers {escape(name_of(reason))}")
    return why, _REMEDY.get(reason, "Please look into it in Slack.")


def _made_harmless(detail: Mapping[str, Any], *, plain: bool) -> dict[str, str]:
    told = {}
    for name, value in detail.items():
        text = shorten(clean(str(value)), MOST_URL) if name == "url" else name_of(str(value))
        text = text.replace("`", "'")
        told[name] = text if plain else escape(text)
    if "channel" in detail:
        why, mend = explain_refusal(str(detail.get("reason", "an error")))
        told |= {"why": why, "mend": mend, "channel": channel_mention(told["channel"], plain=plain)}
    if "scope" in detail:
        told["loss"] = SCOPES.get(detail["scope"], "something that needs it")
    return told


def channel_mention(channel: str, *, plain: bool = False) -> str:
    """Name a channel, or whoever is told directly."""
    if plain:
        return channel
    return f"<@{channel}>" if channel.startswith(("U", "W")) else f"<#{channel}>"


# Fifty blocks are the most; whoever has more to mend begins with these.
MAX_INCIDENTS = 10


@dataclass(frozen=True)
class Status:
    """What is told; moments in unix seconds, None for what has not happened.

    `quota_left` (requests to Vocatech) and `unmatched` (people) are None for all but admins;
    `has_webhooks` says whether any are expected.
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
        """Say whether an admin asks."""
        return self.quota_left is not None


def render_status(status: Status, *, locale: Locale) -> Json:
    """Answer with the status."""
    link = _link(status.person)
    verdict, how = _verdict(status)
    facts = [
        paragraph(line(how)),
        _moment("Last look at Vocatech: ", status.last_poll, locale),
        _moment("Last webhook: ", status.last_webhook, locale)
        if status.has_webhooks or status.last_webhook
        else paragraph(line("Webhooks: not set up, so calls are found by asking.")),
        paragraph(line(f"Posts and edits that wait for Slack: {status.waiting:,}.")),
    ]
    if status.quota_left is not None:
        facts.append(paragraph(line(f"Requests to Vocatech left right now: {status.quota_left}.")))
    if status.unmatched is not None:
        facts.append(paragraph(line(_unmatched(status.unmatched))))
    parts = [paragraph(line(verdict, bold=True)), bullets(*facts), paragraph(line(f"\n{link}"))]
    return answer(f"{verdict} {link}", [rich(*parts), *_incidents(status)])


def _incidents(status: Status) -> list[Json]:
    """Say what is wrong, and admins what to do; in markup, where what came from outside is none."""
    blocks: list[Json] = []
    for one in status.incidents[:MAX_INCIDENTS]:
        words = describe_incident(one.kind.name, one.detail)
        said = f":warning: {words.what} {words.lost}"
        said = f"{said} {words.remedy}" if status.is_for_admin else said
        blocks.append(section(mrkdwn(said)))
    return blocks


def _verdict(status: Status) -> tuple[str, str]:
    if any(one.kind.name == KEY_REFUSED for one in status.incidents):
        calls = "Calls still come by webhook" if status.has_webhooks else "No call is found now"
        return (
            "The bot needs help: Vocatech refuses its API key.",
            f"Key: refused. {calls}; an admin can make a new key.",
        )
    if status.last_poll is None:
        return "The bot has just started.", "Key: not tried yet."
    if status.incidents:
        return "The bot needs help; see below.", "Key: accepted at the last look."
    return "The bot is well.", "Key: accepted at the last look."


def _link(person: Person | None) -> str:
    if person is None:
        return "You are not linked with an extension; /vocatech link does that."
    return f"You are linked with {person_in_words(person)}."


def _unmatched(people: int) -> str:
    if not people:
        return "Everybody in Slack is matched with an extension."
    return f"People in Slack without an extension: {people:,}; see /vocatech settings."


def _moment(what: str, at: float | None, locale: Locale) -> Json:
    if at is None:
        return paragraph(line(f"{what}none yet."))
    return paragraph(line(what), moment(at, locale.plain_moment(at)))
