"""Owns the words to the admins."""

from slackblocks import SectionBlock, Text, TextType

from bot.render.message import Message, escape, name_of, to_dicts
from bot.slack_ids import NOTICE_METADATA

_ANOTHER = "name another channel in SLACK_DEFAULT_CHANNEL or SLACK_ROUTES and restart me"
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


def render_channel_held(notice_id: str, *, channel: str, reason: str) -> Message:
    """Tell an admin that a channel cannot be posted in."""
    why, remedy = why_refused(reason)
    return _to_admins(
        notice_id,
        f"I cannot post calls in <#{channel}>: {why}. They wait here and nothing is lost. {remedy}"
        " I try again every few minutes and go on by myself.",
    )


def render_digest_failed(notice_id: str, *, channel: str, reason: str) -> Message:
    """Tell an admin that a digest cannot be made or posted."""
    place = f"<@{channel}>" if channel.startswith(("U", "W")) else f"<#{channel}>"
    return _to_admins(
        notice_id,
        f"The digest for {place} does not come through: {escape(name_of(reason))}. No call is lost,"
        " other digests come as planned, and I go on trying. The log says more; `/vocatech digest"
        " preview` there shows whether it works again.",
    )


def why_refused(reason: str) -> tuple[str, str]:
    """Put Slack's reason for not taking a post into words, and say what mends it."""
    why = _WHY.get(reason, f"Slack answers {escape(name_of(reason))}")
    return why, _REMEDY.get(reason, "Please look into it in Slack.")


def render_key_refused(notice_id: str) -> Message:
    """Tell an admin that the API key does not work."""
    return _to_admins(
        notice_id,
        "Vocatech refuses the API key, so I cannot look for calls that no webhook told me of."
        " Nothing is lost. Make a new key in Vocatech's admin portal, under integrations, put it"
        " into VOCATECH_API_KEY and restart me. If the old key is restored, I go on by myself.",
    )


def render_files_not_allowed(notice_id: str) -> Message:
    """Tell an admin that the app was installed before it could show files."""
    return _to_admins(
        notice_id,
        "I may not show what customers send along with their texts: this app was installed before"
        " it needed the permission `files:write`. Nothing is lost: their words come as always, I"
        " keep their pictures for a day, and Vocatech keeps them all. Please add that scope under"
        " OAuth & Permissions of the app, and install it to the workspace again; then I go on by"
        " myself.",
    )


def render_sharing_unknown(notice_id: str) -> Message:
    """Tell an admin that the app may not see which channels are shared."""
    return _to_admins(
        notice_id,
        "I may not see which channels are shared with other companies, so I take new ones as"
        " shared: their cards come without summary and transcript, and with masked numbers. Nothing"
        " is lost. Please add the scopes `channels:read` and `groups:read` under OAuth &"
        " Permissions of the app, and install it to the workspace again; then the cards are made"
        " anew by themselves, within ten minutes.",
    )


def render_webhooks_unwell(notice_id: str, *, url: str, reason: str) -> Message:
    """Tell an admin that a test webhook did not reach the bot; `reason` is Vocatech's own."""
    why = escape(name_of(reason).replace("`", "'"))
    return _to_admins(
        notice_id,
        f"Vocatech tried to send me a test webhook at {escape(url)} and did not succeed: {why}."
        " Nothing is lost: I ask Vocatech for calls all the time, so their cards only come a"
        " little later. Please check that the address in PUBLIC_URL can be reached from the"
        " internet, with a certificate that browsers trust, and leads to me; with an answer of 401"
        " it does, but the signing secret or the clock of this machine is wrong. I look again by"
        " myself, within the hour; `vocatech-slack webhooks test` looks at once.",
    )


def render_webhooks_silent(notice_id: str) -> Message:
    """Tell an admin that calls come, and no webhook tells of them."""
    return _to_admins(
        notice_id,
        "Vocatech has stopped telling me of calls: several came in, and no webhook with them."
        " Nothing is lost: I find calls by asking Vocatech, so their cards only come a little"
        " later. Please check in Vocatech's portal that the webhook subscription to me is still"
        " there and active, and that its address still leads to me; `vocatech-slack webhooks test`"
        " shows whether it does. When webhooks come again, I go on by myself.",
    )


def _to_admins(notice_id: str, text: str) -> Message:
    blocks = to_dicts([SectionBlock(Text(f":warning: {text}", type_=TextType.MARKDOWN))])
    return Message(
        text=text,
        blocks=blocks,
        plain_blocks=blocks,
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )
