"""The admins' part of App Home: system status, routing, people, opt-outs, digests."""

from collections.abc import Sequence

from bot.digests.callback_words import report_in_words
from bot.digests.home_section import render_digests
from bot.health.messages import channel_mention, describe_incident, explain_refusal
from bot.models.callback_times import CallbackReport
from bot.models.channels import ChannelsInShort
from bot.models.health import (
    CHANNEL_HELD,
    CLOCK_WRONG,
    DIGEST_FAILED,
    DISK_FULL,
    ENDPOINT_FAILING,
    JOB_FAILING,
    KEY_REFUSED,
    NO_CALLS,
    SCOPE_MISSING,
    SHARING_UNKNOWN,
    SLACK_AWAY,
    SLACK_UNSIGNED,
    SOCKET_LOST,
    TOKEN_REFUSED,
    VOCATECH_AWAY,
    WEBHOOKS_REFUSED,
    WEBHOOKS_SILENT,
    WEBHOOKS_UNWELL,
    BrokenChannel,
    Health,
    Incident,
)
from bot.models.home import AdminPart
from bot.models.rules import RulesInShort
from bot.ui.action_ids import (
    LOOK_AGAIN,
    SHOW_ADMIN_LIST,
    SHOW_CALLERS,
    SHOW_CHANNELS,
    SHOW_ENDPOINTS,
    SHOW_OPT_OUTS,
    SHOW_OUTCOMES,
    SHOW_RULES,
    SHOW_UNMATCHED,
    SHOW_USERS,
    TRY_CHANNEL,
)
from bot.ui.blocks import Json, actions, button, context, divider, header, mrkdwn, section
from bot.ui.formatting import Locale

# A view has at most 100 blocks.
MAX_BROKEN = 7
MAX_INCIDENTS = 5
CALLBACKS = "callbacks"
MEGABYTE, GIGABYTE = 10**6, 10**9

_KEY = (KEY_REFUSED,)
_WEBHOOKS = (WEBHOOKS_UNWELL, WEBHOOKS_SILENT, WEBHOOKS_REFUSED)
_POLLING = (KEY_REFUSED, VOCATECH_AWAY, NO_CALLS)
_SLACK = (
    SLACK_AWAY,
    TOKEN_REFUSED,
    SOCKET_LOST,
    SLACK_UNSIGNED,
    SCOPE_MISSING,
    SHARING_UNKNOWN,
    CLOCK_WRONG,
)
_JOBS = (JOB_FAILING, DIGEST_FAILED)


def render_admin_part(admin: AdminPart, *, locale: Locale) -> list[Json]:
    """Return the system status, problems with the buttons that fix them, and what's set up."""
    incidents, broken, health = incidents_of(admin), admin.broken, admin.health
    more = max(0, len(incidents) - MAX_INCIDENTS) + max(0, len(broken) - MAX_BROKEN)
    return [
        divider(),
        header("System status"),
        section(mrkdwn(_verdict(len(incidents) + len(broken)))),
        section(fields=_components(admin, locale)),
        *([section(fields=_surfaces(health, locale))] if health.surfaces else []),
        *(
            incident_row(one, locale, is_tried=one.name == admin.tried)
            for one in incidents[:MAX_INCIDENTS]
        ),
        *(broken_row(one, locale) for one in broken[:MAX_BROKEN]),
        *([actions(button(f"Show {more:,} more", SHOW_ADMIN_LIST, "problems"))] if more else []),
        context(mrkdwn(_in_short(health))),
        divider(),
        header("Administration"),
        _callbacks(admin.callbacks),
        _rules(admin.rules),
        _channels(admin.channels),
        _outcomes(admin.outcomes),
        _endpoints(admin.endpoints),
        _callers(admin.spam),
        _people(admin.unmatched),
        _users(admin.users),
        _opt_outs(admin.opted_out),
        *render_digests(admin.digests, locale),
    ]


def incidents_of(admin: AdminPart) -> Sequence[Incident]:
    """Return the open incidents except those of channels, which have rows of their own."""
    return [one for one in admin.health.incidents if one.kind.name != CHANNEL_HELD]


def incident_row(one: Incident, locale: Locale, *, is_tried: bool) -> Json:
    """Return a row about an incident, with a button that checks it again."""
    words = describe_incident(one.kind.name, one.detail)
    shown = (
        f":warning: *{words.title}*  ·  since {locale.moment(one.since)}\n"
        f"{words.what} {words.effect}\n*How to fix:* {words.fix}"
    )
    if is_tried:
        shown += "\n:hourglass_flowing_sand: Checking now. Reopen App Home to see the result."
    if is_tried or not one.job:
        return section(mrkdwn(shown))
    again = button(
        "Check now", LOOK_AGAIN, one.name, accessibility_label=f"Check now: {words.title}"
    )
    return section(mrkdwn(shown), accessory=again)


def broken_row(one: BrokenChannel, locale: Locale) -> Json:
    """Return a row about a channel that can't be posted in, with a button that tries again."""
    why, fix = explain_refusal(one.reason or "an error")
    since = f"  ·  since {locale.moment(one.since)}" if one.since else ""
    place = channel_mention(one.channel)
    counts = []
    if one.waiting:
        queued = "1 post is" if one.waiting == 1 else f"{one.waiting:,} posts are"
        counts.append(f"{queued} queued; nothing is lost.")
    if one.parked:
        skipped = "1 post was" if one.parked == 1 else f"{one.parked:,} posts were"
        counts.append(f"{skipped} skipped.")
    what = " ".join([f"The app can't post here: {why}.", *counts])
    shown = f":warning: {place}{since}\n{what}\n*How to fix:* {fix}"
    if one.is_being_tried:
        shown += "\n:hourglass_flowing_sand: Trying again. Reopen App Home to see the result."
        return section(mrkdwn(shown))
    return section(mrkdwn(shown), accessory=button("Try again", TRY_CHANNEL, one.channel))


def _verdict(problems: int) -> str:
    if not problems:
        return ":white_check_mark: *All systems operational*"
    return f":warning: *{'1 problem' if problems == 1 else f'{problems:,} problems'}*"


def _components(admin: AdminPart, locale: Locale) -> list[Json]:
    """Return the parts of the system as a table of two columns, each with its state."""
    health = admin.health
    bad_channels = len(admin.broken)
    channels = "All channels OK"
    if bad_channels:
        channels = "1 unavailable" if bad_channels == 1 else f"{bad_channels:,} unavailable"
    rows = [
        ("Vocatech API key", _KEY, "Rejected", _api_key(health)),
        ("Webhooks", _WEBHOOKS, "Not arriving", _webhooks(health, locale)),
        ("Polling", _POLLING, "Problem", _last_poll(health, locale)),
        ("Slack", _SLACK, "Problem", "Connected"),
        ("Channels", (), channels, channels),
        ("Database", (DISK_FULL,), _free(health), _free(health)),
        ("Background jobs", _JOBS, "Failing", "Running"),
        ("Outgoing webhooks", (ENDPOINT_FAILING,), "Failing", _endpoint_state(admin.endpoints)),
        ("Webhook subscription", (WEBHOOKS_UNWELL,), "Test failed", _subscription(health)),
    ]
    return [
        mrkdwn(_component(name, state, bad, is_bad=any(map(health.has, kinds))))
        if name != "Channels"
        else mrkdwn(_component(name, state, bad, is_bad=bool(bad_channels)))
        for name, kinds, bad, state in rows
    ]


def _surfaces(health: Health, locale: Locale) -> list[Json]:
    """Return the parts of Slack that are switched on, with when they were last used."""
    rows = [
        (one, f"Last used {locale.moment(one.last_used)}" if one.last_used else "On, not used yet")
        for one in health.surfaces
    ]
    return [
        mrkdwn(_component(one.name, state, one.problem, is_bad=bool(one.problem)))
        for one, state in rows
    ]


def _component(name: str, state: str, bad: str, *, is_bad: bool) -> str:
    return f"*{name}*\n{f':warning: {bad}' if is_bad else f':white_check_mark: {state}'}"


def _api_key(health: Health) -> str:
    return "Not tested yet" if health.last_poll is None else "Valid"


def _last_poll(health: Health, locale: Locale) -> str:
    return "Starting" if health.last_poll is None else f"Last: {locale.moment(health.last_poll)}"


def _webhooks(health: Health, locale: Locale) -> str:
    if health.last_webhook is not None:
        return f"Last: {locale.moment(health.last_webhook)}"
    return "None yet" if health.expects_webhooks else "Off (polling only)"


def _subscription(health: Health) -> str:
    if health.has_subscription:
        return "Managed by this app"
    return "Managed manually" if health.expects_webhooks else "None"


def _free(health: Health) -> str:
    free = health.free_bytes
    is_large = free >= GIGABYTE
    return f"{free // GIGABYTE:,} GB free" if is_large else f"{free // MEGABYTE:,} MB free"


def _in_short(health: Health) -> str:
    queued = f"{health.posts_waiting:,} posts queued" if health.posts_waiting else "No posts queued"
    if health.posts_waiting == 1:
        queued = "1 post queued"
    return f"{queued}  ·  {health.quota_left:,} API requests available"


def _row(title: str, words: str, label: str, action_id: str) -> Json:
    return section(mrkdwn(f"*{title}*\n{words}"), accessory=button(label, action_id, "home"))


def _rules(rules: RulesInShort) -> Json:
    words = "1 rule" if rules.count == 1 else f"{rules.count:,} rules"
    if not rules.count:
        words = "No rules. Every call goes to its number's channel or the default channel."
    if rules.idle:
        words += f"\n:warning: {rules.idle:,} can never match"
    if rules.broken:
        words += f"\n:warning: {rules.broken:,} can't post to their channel"
    for count, what in ((rules.stale, "outcome"), (rules.unheard, "endpoint")):
        if count:
            names = "1 names" if count == 1 else f"{count:,} name"
            words += f"\n:warning: {names} a deleted {what}"
    return _row("Routing rules", words, "Rules", SHOW_RULES)


def _channels(channels: ChannelsInShort) -> Json:
    count = channels.with_settings
    words = "1 with own settings" if count == 1 else f"{count:,} with own settings"
    if not count:
        words = "All channels use the default settings. Set quiet hours and privacy per channel."
    if channels.muted:
        words += f"  ·  :no_bell: {channels.muted:,} muted"
    return _row("Channel settings", words, "Channels", SHOW_CHANNELS)


def _outcomes(count: int) -> Json:
    words = "1 outcome" if count == 1 else f"{count:,} outcomes"
    if not count:
        words = "No outcomes. Create some to choose from on the cards of calls."
    return _row("Call outcomes", words, "Outcomes", SHOW_OUTCOMES)


def _endpoint_state(count: int) -> str:
    if not count:
        return "Off"
    return "1 endpoint OK" if count == 1 else f"{count:,} endpoints OK"


def _endpoints(count: int) -> Json:
    words = "1 endpoint" if count == 1 else f"{count:,} endpoints"
    if not count:
        words = "No endpoints. Send events to n8n, Zapier, or your CRM."
    return _row("Outgoing webhooks", words, "Webhooks", SHOW_ENDPOINTS)


def _callbacks(report: CallbackReport) -> Json:
    if report.is_empty:
        return section(mrkdwn("*Callbacks, last 7 days*\nNo missed callers."))
    details = button("Details", SHOW_ADMIN_LIST, CALLBACKS)
    words = f"*Callbacks, last 7 days*\n{report_in_words(report)}"
    return section(mrkdwn(words), accessory=details)


def _callers(spam: int) -> Json:
    words = "1 number is spam" if spam == 1 else f"{spam:,} numbers are spam"
    if not spam:
        words = "No spam numbers. See who calls most often without being a contact."
    return _row("Unknown callers", words, "Callers", SHOW_CALLERS)


def _people(unmatched: int) -> Json:
    if not unmatched:
        return section(mrkdwn("*People*\nEveryone in Slack is linked to an extension."))
    words = "1 person in Slack isn't" if unmatched == 1 else f"{unmatched:,} people in Slack aren't"
    return _row("People", f"{words} linked to an extension", "Link people", SHOW_UNMATCHED)


def _users(users: int) -> Json:
    words = "1 user" if users == 1 else f"{users:,} users"
    if not users:
        words = "No users synced from Vocatech yet."
    return _row("Vocatech users", words, "Users", SHOW_USERS)


def _opt_outs(opted_out: int) -> Json:
    if not opted_out:
        return section(mrkdwn("*Opt-outs*\nNo opt-outs. Numbers that reply STOP are listed here."))
    words = "1 number gets" if opted_out == 1 else f"{opted_out:,} numbers get"
    return _row("Opt-outs", f"{words} no SMS", "Opt-outs", SHOW_OPT_OUTS)
