"""Read-only checks of Slack: token, scopes, clock, and channels."""

from collections.abc import Iterable, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import SKEW_TO_MENTION, SKEW_TOO_LARGE, Clock, seconds_ahead
from bot.doctor.model import CheckResult, Verdict, count, make_plain
from bot.slack.errors import FAILURES, Rejected, Retry, Unknown, classify

TOKEN, SCOPES, CLOCK = "slack.token", "slack.scopes", "slack.clock"

_COPY_IT = (
    "Copy the Bot User OAuth Token from OAuth & Permissions in your Slack app's settings into"
    " SLACK_BOT_TOKEN."
)

_REINSTALL = (
    "Reinstall the app in the workspace (Install App), and copy its new token into SLACK_BOT_TOKEN."
)

_TOKEN_REMEDIES = {
    "invalid_auth": f"Slack doesn't recognize this token. {_COPY_IT}",
    "not_authed": f"Slack received no token. {_COPY_IT}",
    "not_allowed_token_type": f"This is not a bot token. {_COPY_IT}",
    "account_inactive": f"The app was removed from the workspace. {_REINSTALL}",
    "token_revoked": f"The token was revoked. {_REINSTALL}",
    "token_expired": "The token expired because token rotation is on. Create the app again from the"
    " manifest (vocatech-slack manifest), which turns rotation off.",
}

Outcome = Retry | Rejected | Unknown


def check_slack(
    client: WebClient,
    *,
    channels: Mapping[str, str],
    scopes: Iterable[str],
    optional: Iterable[str] = (),
    clock: Clock,
    seconds: float,
) -> list[CheckResult]:
    """Check everything that the app needs in Slack.

    `channels` maps channel IDs to the names of the settings that use them. After `seconds`, the
    remaining channels are skipped. Slack may grant the `optional` scopes or not. The app-level
    token is not checked: its only method is `apps.connections.open`, which creates a connection URL
    and reads nothing.
    """
    deadline = clock.monotonic() + seconds
    token, headers = check_token(client)
    is_known = token.verdict is Verdict.OK
    findings = [
        token,
        check_scopes(headers.get("x-oauth-scopes") if is_known else None, scopes, optional),
        check_clock(CLOCK, "Slack", seconds_ahead(headers.get("date"), clock.now())),
    ]
    for channel, use in channels.items():
        if is_known and clock.monotonic() < deadline:
            findings.append(_check_channel(client, channel, use))
        else:
            findings.append(_untried(channel, "not checked"))
    return findings


def check_token(client: WebClient) -> tuple[CheckResult, dict[str, str]]:
    """Call `auth.test`; also return the response headers with lowercase names."""
    try:
        answer = client.auth_test()
        team, name = make_plain(answer["team"]), make_plain(answer["user"])
    except FAILURES as error:
        response = getattr(error, "response", None) if isinstance(error, SlackApiError) else None
        return _explain_token(classify(error)), _lowered(getattr(response, "headers", {}))
    facts, headers = {"team": team, "bot": name}, _lowered(answer.headers)
    if not answer.get("bot_id"):
        found, remedy = f"belongs to the user {name}", f"This is not a bot token. {_COPY_IT}"
        return CheckResult(TOKEN, "Token", found, Verdict.PROBLEM, remedy, facts), headers
    return CheckResult(TOKEN, "Token", f"valid: {name} in {team}", facts=facts), headers


def _lowered(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in dict(headers or {}).items()}


def _explain_token(outcome: Outcome) -> CheckResult:
    facts = {"error": outcome.reason}
    if isinstance(outcome, Rejected):
        remedy = _TOKEN_REMEDIES.get(outcome.reason, f"Slack rejects the token. {_COPY_IT}")
        found = f"rejected: {make_plain(outcome.reason)}"
        return CheckResult(TOKEN, "Token", found, Verdict.PROBLEM, remedy, facts)
    if isinstance(outcome, Retry) and outcome.reason != "unreachable":
        remedy = f"Slack's rate limit was reached. Run the doctor again in {outcome.seconds:.0f} s."
        return CheckResult(TOKEN, "Token", "rate limited", Verdict.UNTRIED, remedy, facts)
    remedy = (
        "Slack can't be reached, or something else responded. Check this machine's network, proxy,"
        " and firewall, and make sure that SLACK_API_URL is not set."
    )
    found = f"no response from Slack ({make_plain(outcome.reason)})"
    return CheckResult(TOKEN, "Token", found, Verdict.PROBLEM, remedy, facts)


def check_scopes(
    granted: str | None, needed: Iterable[str], optional: Iterable[str] = ()
) -> CheckResult:
    """Check the token's scopes, a comma-separated list from Slack."""
    if granted is None:
        return CheckResult(SCOPES, "Scopes", "unknown", Verdict.UNTRIED)
    given = {make_plain(scope) for scope in granted.split(",") if scope.strip()}
    wanted = list(needed)
    missing = [scope for scope in wanted if scope not in given]
    more = sorted(given - {*wanted, *optional})
    facts = {"missing": missing, "superfluous": more}
    spare = f"; not needed: {', '.join(more)}" if more else ""
    if not missing:
        return CheckResult(SCOPES, "Scopes", f"all {len(wanted)} granted{spare}", facts=facts)
    found = f"missing: {', '.join(missing)}{spare}"
    remedy = (
        f"{count(len(missing), 'scope is', 'scopes are')} missing ({', '.join(missing)}). Paste the"
        " output of `vocatech-slack manifest` into App Manifest in your Slack app's settings, save,"
        " and reinstall the app in the workspace."
    )
    return CheckResult(SCOPES, "Scopes", found, Verdict.PROBLEM, remedy, facts)


def _check_channel(client: WebClient, channel: str, use: str) -> CheckResult:
    try:
        client.conversations_history(channel=channel, limit=1)
    except FAILURES as error:
        return _explain_channel(channel, use, classify(error))
    return _channel(channel, f"the app is a member ({use})", reason="ok")


def _explain_channel(channel: str, use: str, outcome: Outcome) -> CheckResult:
    reason = make_plain(outcome.reason)
    if reason == "not_in_channel":
        # Slack says this about public channels only; it hides private ones from non-members.
        found = f"public; the app joins when it first posts ({use})"
        return _channel(channel, found, reason=reason)
    if reason == "channel_not_found":
        remedy = (
            f"The app can't see the channel {channel}. If it's private, type /invite @Vocatech in"
            f" it. If it was deleted, put the ID of another channel into {use}."
        )
        return _channel(channel, "not found, or private", Verdict.PROBLEM, remedy, reason)
    if reason == "missing_scope":
        return _untried(channel, "not checked: the scope is missing", reason)
    if isinstance(outcome, Rejected):
        remedy = (
            f"Slack denies access to the channel {channel}: {reason}. Put the ID of another"
            f" channel into {use}."
        )
        return _channel(channel, f"rejected: {reason}", Verdict.PROBLEM, remedy, reason)
    return _untried(channel, f"no response from Slack ({reason})", reason)


def _channel(
    channel: str, found: str, verdict: Verdict = Verdict.OK, remedy: str = "", reason: str = ""
) -> CheckResult:
    facts = {"channel": channel, "answer": reason}
    return CheckResult(f"slack.channel.{channel}", channel, found, verdict, remedy, facts)


def _untried(channel: str, found: str, reason: str = "") -> CheckResult:
    return _channel(channel, found, Verdict.UNTRIED, reason=reason)


def check_clock(key: str, service: str, skew: float | None) -> CheckResult:
    """Check the clock; `skew` is in seconds, positive if the local clock is ahead."""
    if skew is None:
        return CheckResult(key, "Clock", f"no time from {service}", Verdict.UNTRIED)
    off = round(abs(skew))
    facts = {"seconds_ahead": round(skew)}
    if off <= 1:
        return CheckResult(key, "Clock", f"matches {service}'s", facts=facts)
    side = "ahead of" if skew > 0 else "behind"
    found = f"{count(off, 'second')} {side} {service}'s"
    if off <= SKEW_TO_MENTION:
        return CheckResult(key, "Clock", found, facts=facts)
    remedy = (
        f"This machine's clock is {found}. Signatures that are five minutes off are rejected. Turn"
        " on automatic time (on Linux: timedatectl set-ntp true)."
    )
    verdict = Verdict.PROBLEM if off > SKEW_TOO_LARGE else Verdict.WARNING
    return CheckResult(key, "Clock", found, verdict, remedy, facts)
