"""Owns the look at Slack: token, scopes, clock and channels; nothing is changed."""

from collections.abc import Iterable, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import SKEW_TO_MENTION, SKEW_TOO_LARGE, Clock, seconds_ahead
from bot.doctor.model import CheckResult, Verdict, count, make_plain
from bot.slack.errors import FAILURES, Rejected, Retry, Unknown, classify

TOKEN, SCOPES, CLOCK = "slack.token", "slack.scopes", "slack.clock"

_COPY_IT = (
    "Copy the Bot User OAuth Token from OAuth & Permissions of your Slack app into SLACK_BOT_TOKEN."
)

_REINSTALL = (
    "Install the app into the workspace again (Install App), and put its token into"
    " SLACK_BOT_TOKEN."
)

_TOKEN_REMEDIES = {
    "invalid_auth": f"Slack does not know this token. {_COPY_IT}",
    "not_authed": f"Slack saw no token. {_COPY_IT}",
    "not_allowed_token_type": f"This is a token of another kind. {_COPY_IT}",
    "account_inactive": f"The app was removed from the workspace. {_REINSTALL}",
    "token_revoked": f"The token was revoked. {_REINSTALL}",
    "token_expired": "The token has expired: token rotation is on. Make the app anew from the"
    " manifest (vocatech-slack manifest), which leaves it off.",
}

Outcome = Retry | Rejected | Unknown


def check_slack(
    client: WebClient,
    *,
    channels: Mapping[str, str],
    scopes: Iterable[str],
    clock: Clock,
    seconds: float,
) -> list[CheckResult]:
    """Look at everything that the bot needs in Slack.

    `channels` by their id, each with the words for what it is used for. After so many seconds the
    rest is not tried. An app-level token is not tried at all: the one thing to ask with it is
    `apps.connections.open`, which makes a new address and reads nothing.
    """
    deadline = clock.monotonic() + seconds
    token, headers = _greet(client)
    is_known = token.verdict is Verdict.OK
    findings = [
        token,
        check_scopes(headers.get("x-oauth-scopes") if is_known else None, scopes),
        check_clock(CLOCK, "Slack", seconds_ahead(headers.get("date"), clock.now())),
    ]
    for channel, use in channels.items():
        if is_known and clock.monotonic() < deadline:
            findings.append(_look_into(client, channel, use))
        else:
            findings.append(_untried(channel, "not looked into"))
    return findings


def _greet(client: WebClient) -> tuple[CheckResult, dict[str, str]]:
    """Ask Slack who we are; gives the headers of its answer too, their names in lower case."""
    try:
        answer = client.auth_test()
        team, name = make_plain(answer["team"]), make_plain(answer["user"])
    except FAILURES as error:
        response = getattr(error, "response", None) if isinstance(error, SlackApiError) else None
        return _explain_token(classify(error)), _lowered(getattr(response, "headers", {}))
    facts = {"team": team, "bot": name}
    return CheckResult(TOKEN, "Token", f"works: {name} in {team}", facts=facts), _lowered(
        answer.headers
    )


def _lowered(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in dict(headers or {}).items()}


def _explain_token(outcome: Outcome) -> CheckResult:
    facts = {"error": outcome.reason}
    if isinstance(outcome, Rejected):
        remedy = _TOKEN_REMEDIES.get(outcome.reason, f"Slack refuses the token. {_COPY_IT}")
        found = f"refused: {make_plain(outcome.reason)}"
        return CheckResult(TOKEN, "Token", found, Verdict.PROBLEM, remedy, facts)
    if isinstance(outcome, Retry) and outcome.reason != "unreachable":
        remedy = f"Slack asks us to wait {outcome.seconds:.0f} s. Run the doctor again then."
        return CheckResult(TOKEN, "Token", "asked too often", Verdict.UNTRIED, remedy, facts)
    remedy = (
        "Slack was not reached, or it was not Slack that answered. Check the network of this"
        " machine, its proxy or firewall, and that SLACK_API_URL is not set."
    )
    found = f"Slack gives no answer ({make_plain(outcome.reason)})"
    return CheckResult(TOKEN, "Token", found, Verdict.PROBLEM, remedy, facts)


def check_scopes(granted: str | None, needed: Iterable[str]) -> CheckResult:
    """Judge the scopes that the token was given, as Slack lists them with commas."""
    if granted is None:
        return CheckResult(SCOPES, "Scopes", "Slack did not tell them", Verdict.UNTRIED)
    given = {make_plain(scope) for scope in granted.split(",") if scope.strip()}
    wanted = list(needed)
    missing = [scope for scope in wanted if scope not in given]
    more = sorted(given - set(wanted))
    facts = {"missing": missing, "superfluous": more}
    spare = f"; more than needed: {', '.join(more)}" if more else ""
    if not missing:
        return CheckResult(SCOPES, "Scopes", f"all {len(wanted)} are there{spare}", facts=facts)
    found = f"missing: {', '.join(missing)}{spare}"
    remedy = (
        f"The app may not do all that it must: {count(len(missing), 'scope is', 'scopes are')}"
        f" missing ({', '.join(missing)}). Paste the output of `vocatech-slack manifest` into App"
        " Manifest of your Slack app, save, and reinstall the app into the workspace."
    )
    return CheckResult(SCOPES, "Scopes", found, Verdict.PROBLEM, remedy, facts)


def _look_into(client: WebClient, channel: str, use: str) -> CheckResult:
    try:
        client.conversations_history(channel=channel, limit=1)
    except FAILURES as error:
        return _explain_channel(channel, use, classify(error))
    return _channel(channel, f"the bot is in it ({use})", reason="ok")


def _explain_channel(channel: str, use: str, outcome: Outcome) -> CheckResult:
    reason = make_plain(outcome.reason)
    if reason == "not_in_channel":
        # Slack says so of public channels only: private ones do not exist for whoever is outside.
        found = f"public; the bot joins it when it first posts ({use})"
        return _channel(channel, found, reason=reason)
    if reason == "channel_not_found":
        remedy = (
            f"Slack shows the bot no channel {channel}. If it is a private one, type"
            f" /invite @Vocatech in it; if it is gone, put the id of another one into {use}."
        )
        return _channel(channel, "not found, or private", Verdict.PROBLEM, remedy, reason)
    if reason == "missing_scope":
        return _untried(channel, "the scope to look into it is missing", reason)
    if isinstance(outcome, Rejected):
        remedy = (
            f"Slack refuses to show channel {channel}: {reason}. Put the id of"
            f" another one into {use}."
        )
        return _channel(channel, f"refused: {reason}", Verdict.PROBLEM, remedy, reason)
    return _untried(channel, f"Slack gives no answer for now ({reason})", reason)


def _channel(
    channel: str, found: str, verdict: Verdict = Verdict.OK, remedy: str = "", reason: str = ""
) -> CheckResult:
    facts = {"channel": channel, "answer": reason}
    return CheckResult(f"slack.channel.{channel}", channel, found, verdict, remedy, facts)


def _untried(channel: str, found: str, reason: str = "") -> CheckResult:
    return _channel(channel, found, Verdict.UNTRIED, reason=reason)


def check_clock(key: str, whose: str, skew: float | None) -> CheckResult:
    """Judge the difference of two clocks; `skew` in seconds, positive where ours is ahead."""
    if skew is None:
        return CheckResult(key, "Clock", f"{whose} told no time", Verdict.UNTRIED)
    off = round(abs(skew))
    facts = {"seconds_ahead": round(skew)}
    if off <= 1:
        return CheckResult(key, "Clock", f"agrees with {whose}'s", facts=facts)
    side = "ahead of" if skew > 0 else "behind"
    found = f"{count(off, 'second')} {side} {whose}'s"
    if off <= SKEW_TO_MENTION:
        return CheckResult(key, "Clock", found, facts=facts)
    remedy = (
        f"The clock of this machine is {found}. Signatures that are five minutes off are refused,"
        " so set the clock, and let it be kept right (on Linux: timedatectl set-ntp true)."
    )
    verdict = Verdict.PROBLEM if off > SKEW_TOO_LARGE else Verdict.WARNING
    return CheckResult(key, "Clock", found, verdict, remedy, facts)
