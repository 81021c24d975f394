"""Owns the words to the admins: a trouble with what is known of it, told or shown."""

from collections.abc import Mapping
from typing import Any

from slackblocks import SectionBlock, Text, TextType

from bot.health.words import TROUBLES, Words
from bot.slack.manifest import SCOPES
from bot.ui.action_ids import NOTICE_METADATA
from bot.ui.message import Message, clean, escape, name_of, shorten, to_dicts

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


def put_into_words(kind: str, detail: Mapping[str, Any], *, plain: bool = False) -> Words:
    """Say what a trouble is, with Slack's markup or `plain`, as for a terminal."""
    words, told = TROUBLES[kind], _UNKNOWN | _made_harmless(detail, plain=plain)
    parts = (words.what, words.lost, words.remedy)
    return Words(*(part.format_map(told) for part in parts))


def render_trouble(notice_id: str, kind: str, detail: Mapping[str, Any]) -> Message:
    """Tell an admin of a trouble."""
    words = put_into_words(kind, detail)
    shown = Text(f":warning: {words}", type_=TextType.MARKDOWN)
    blocks = to_dicts([SectionBlock(shown)])
    return Message(
        text=str(words),
        blocks=blocks,
        plain_blocks=blocks,
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )


def why_refused(reason: str) -> tuple[str, str]:
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
        why, mend = why_refused(str(detail.get("reason", "an error")))
        told |= {"why": why, "mend": mend, "channel": place_of(told["channel"], plain=plain)}
    if "scope" in detail:
        told["loss"] = SCOPES.get(detail["scope"], "something that needs it")
    return told


def place_of(channel: str, *, plain: bool = False) -> str:
    """Name a channel, or whoever is told directly."""
    if plain:
        return channel
    return f"<@{channel}>" if channel.startswith(("U", "W")) else f"<#{channel}>"
