"""Owns the admins' part of the App Home: how the bot is doing, and what is broken."""

from bot.digests.home_section import render_digests
from bot.health.messages import channel_mention, describe_incident, explain_refusal
from bot.models.channels import ChannelsInShort
from bot.models.health import (
    CHANNEL_HELD,
    KEY_REFUSED,
    WEBHOOKS_UNWELL,
    BrokenChannel,
    Health,
    Incident,
)
from bot.models.home import AdminPart
from bot.models.rules import RulesInShort
from bot.ui.action_ids import (
    LOOK_AGAIN,
    SHOW_CHANNELS,
    SHOW_OPT_OUTS,
    SHOW_RULES,
    SHOW_UNMATCHED,
    TRY_CHANNEL,
)
from bot.ui.blocks import Json, button, context, divider, header, mrkdwn, section
from bot.ui.formatting import Locale

# A page has a hundred blocks at most; whoever has more to mend begins with these.
MOST_BROKEN = 10
MAX_INCIDENTS = 6


def render_admin_part(admin: AdminPart, *, locale: Locale) -> list[Json]:
    """Show how the bot is doing; what is broken comes with what mends it."""
    return [
        divider(),
        header("For admins: how I am doing"),
        *_incidents(admin, locale),
        section(fields=_facts(admin.health, locale)),
        header("Channels"),
        *_channels(admin.broken, locale),
        header("People"),
        _unmatched(admin.unmatched),
        header("Texts"),
        _opted_out(admin.opted_out),
        *render_digests(admin.digests, locale),
        header("Routing"),
        _rules(admin.rules),
        _set_up(admin.channels),
    ]


def _incidents(admin: AdminPart, locale: Locale) -> list[Json]:
    # Channels that refuse us have a part of the page to themselves.
    found = [one for one in admin.health.incidents if one.kind.name != CHANNEL_HELD]
    if not found:
        return [section(mrkdwn(":white_check_mark: All is well."))]
    blocks = [
        _incident(one, locale, is_tried=one.name == admin.tried) for one in found[:MAX_INCIDENTS]
    ]
    if (more := len(found) - MAX_INCIDENTS) > 0:
        blocks.append(context(mrkdwn(f"{more:,} more things are wrong as well.")))
    return blocks


def _incident(one: Incident, locale: Locale, *, is_tried: bool) -> Json:
    words = describe_incident(one.kind.name, one.detail)
    said = f":warning: {words.what} {words.lost}\nSince {locale.moment(one.since)}. {words.remedy}"
    if is_tried:
        said += "\nI am looking again right now; open this page again to see how it went."
    if is_tried or not one.job:
        return section(mrkdwn(said))
    return section(mrkdwn(said), accessory=button("Look again now", LOOK_AGAIN, one.name))


def _facts(health: Health, locale: Locale) -> list[Json]:
    facts = [
        ("Last look for calls", _moment(health.last_poll, locale, "not yet")),
        ("Last webhook", _last_webhook(health, locale)),
        ("Webhook subscription", _subscription(health)),
        ("API key", "refused" if health.has(KEY_REFUSED) else "accepted"),
        (
            "Posts and edits waiting",
            f"{health.posts_waiting:,}" if health.posts_waiting else "none",
        ),
        ("Requests to Vocatech left right now", f"{health.quota_left:,}"),
    ]
    return [mrkdwn(f"*{what}*\n{found}") for what, found in facts]


def _last_webhook(health: Health, locale: Locale) -> str:
    if health.last_webhook is None and not health.expects_webhooks:
        return "none: I find calls by asking alone"
    return _moment(health.last_webhook, locale, "none yet")


def _subscription(health: Health) -> str:
    if health.has(WEBHOOKS_UNWELL):
        return "made, but its tests fail"
    if health.has_subscription:
        return "made and kept by me"
    return "made by hand" if health.expects_webhooks else "none"


def _moment(moment: float | None, locale: Locale, otherwise: str) -> str:
    return otherwise if moment is None else locale.moment(moment)


def _channels(broken: tuple[BrokenChannel, ...], locale: Locale) -> list[Json]:
    if not broken:
        return [section(mrkdwn("Every channel takes my posts."))]
    blocks = [_broken(one, locale) for one in broken[:MOST_BROKEN]]
    if (more := len(broken) - MOST_BROKEN) > 0:
        blocks.append(context(mrkdwn(f"{more:,} more are broken as well.")))
    return blocks


def _broken(one: BrokenChannel, locale: Locale) -> Json:
    place = channel_mention(one.channel)
    why, remedy = explain_refusal(one.reason or "an error")
    since = f", since {locale.moment(one.since)}" if one.since else ""
    parts = [f":warning: {place}: {why}{since}."]
    if one.waiting:
        waits = "1 post waits" if one.waiting == 1 else f"{one.waiting:,} posts wait"
        parts.append(f"{waits}; nothing is lost.")
    if one.parked:
        aside = "1 post was" if one.parked == 1 else f"{one.parked:,} posts were"
        parts.append(f"{aside} put aside.")
    if one.is_being_tried:
        parts.append("I am trying again right now; open this page again to see how it went.")
        return section(mrkdwn(" ".join(parts)))
    parts.append(remedy)
    again = button("Try again now", TRY_CHANNEL, one.channel)
    return section(mrkdwn(" ".join(parts)), accessory=again)


def _unmatched(unmatched: int) -> Json:
    if not unmatched:
        return section(mrkdwn("Everybody in Slack is linked, or wanted no link."))
    words = "1 person in Slack is" if unmatched == 1 else f"{unmatched:,} people in Slack are"
    return section(
        mrkdwn(f"{words} not linked with anybody at Vocatech."),
        accessory=button("Show them", SHOW_UNMATCHED, "home"),
    )


def _rules(rules: RulesInShort) -> Json:
    words = "1 rule says" if rules.count == 1 else f"{rules.count:,} rules say"
    said = f"{words} where calls go; the others go where the settings say."
    if not rules.count:
        said = "There are no rules: every call goes where the settings say."
    if rules.idle:
        said += f"\n:warning: {rules.idle:,} of them can never match."
    if rules.broken:
        said += f"\n:warning: {rules.broken:,} of them cannot post where they should."
    return section(mrkdwn(said), accessory=button("Rules", SHOW_RULES, "home"))


def _set_up(channels: ChannelsInShort) -> Json:
    have = {0: "No channel has settings of its own", 1: "1 channel has settings of its own"}.get(
        channels.with_settings, f"{channels.with_settings:,} channels have settings of their own"
    )
    said = f"{have}, such as quiet hours."
    if channels.muted:
        are = "1 channel is" if channels.muted == 1 else f"{channels.muted:,} channels are"
        said += f"\n:no_bell: {are} muted now."
    return section(mrkdwn(said), accessory=button("Channels", SHOW_CHANNELS, "home"))


def _opted_out(opted_out: int) -> Json:
    if not opted_out:
        return section(mrkdwn("Nobody has asked for no more texts."))
    words = "1 number wants" if opted_out == 1 else f"{opted_out:,} numbers want"
    return section(
        mrkdwn(f"{words} no more texts; nothing is sent there."),
        accessory=button("Show them", SHOW_OPT_OUTS, "home"),
    )
