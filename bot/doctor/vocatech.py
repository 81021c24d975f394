"""Checks of Vocatech: connection, API key, and each endpoint family."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.config import Settings
from bot.doctor.model import CheckResult, Verdict, count, make_plain
from bot.doctor.slack import check_clock
from bot.errors import (
    AnswerUnreadable,
    ApiError,
    KeyExpired,
    KeyRefused,
    NotFound,
    TooManyRequests,
    Unavailable,
)
from bot.vocatech.probe import DAYS_OF_TEXTS, ProbeReport, ProbeResult, Status
from bot.vocatech.rate_limiter import REQUESTS, SEARCHES, SENDS, RequestCounter

CONNECTION = "vocatech.connection"
_ADDRESS = "that VOCATECH_API_URL is https://api.vocatech.com/v1 (the default)"
_NEW_KEY = (
    "Create a new key in Vocatech's admin portal, under integrations, put it into VOCATECH_API_KEY,"
    " and restart the app."
)


@dataclass(frozen=True)
class Part:
    """A family in words: its name, a noun for its rows, and what doesn't work without it."""

    name: str
    path: str
    noun: str
    loss: str
    is_needed: bool = False


PARTS = {
    "calls": Part(
        "Calls", "/calls", "call", "Calls without a webhook aren't found.", is_needed=True
    ),
    "messages": Part(
        "Messages",
        "/messages",
        "text",
        "Texts without a webhook aren't found.",
        is_needed=True,
    ),
    "media": Part("Media", "/media/{id}", "", "Pictures in texts aren't shown."),
    "users": Part("Users", "/users", "user", "Users are only known from their calls."),
    "contact_fields": Part(
        "Contact fields", "/contacts/fields", "field", "Contacts can't be read.", is_needed=True
    ),
    "contacts": Part(
        "Contacts",
        "/contacts",
        "contact",
        "Callers can't be matched with contacts.",
        is_needed=True,
    ),
    "webhooks": Part(
        "Webhooks", "/webhooks", "subscription", "The webhook subscription can't be managed."
    ),
    "settings": Part("Settings", "/settings", "", "The company's name and time zone are unknown."),
}
_REMEDIES = {
    "missing": "Vocatech has no {path}. {loss} Ask Vocatech whether your plan includes it.",
    "refused": "Vocatech denies this key access to {path}. {loss} In Vocatech's admin portal, under"
    " integrations, give the key permission to read it, or create a new key.",
    "unreadable": "The response from {path} has an unexpected format. {loss} Check that no proxy"
    " changes it, and report this to the maintainers of this app.",
    "unreachable": "{path} doesn't respond correctly, although Vocatech does. {loss} Run the"
    " doctor again in a few minutes. If it still fails, contact Vocatech's support.",
    "not tried": "Other responses took too long. Run the doctor again.",
}
_SINCE = {"calls": " since yesterday", "messages": f" in the last {DAYS_OF_TEXTS} days"}


def check_vocatech(report: ProbeReport, settings: Settings) -> list[CheckResult]:
    """Check all probe results; a cause that they have in common is reported once."""
    host = urlsplit(settings.vocatech_api_url).hostname or "Vocatech"
    cause = _common_cause(report.results)
    needed = {key for key, part in PARTS.items() if part.is_needed}
    if settings.public_url is not None:
        needed.add("webhooks")
    return [
        _check_connection(host, cause),
        check_clock("vocatech.clock", "Vocatech", report.skew),
        *(_check_family(one, cause, is_needed=one.key in needed) for one in report.results),
    ]


def check_quota(ledger: RequestCounter, *, now: float) -> CheckResult:
    """Report the used quota, including that of a running app on the same database."""
    used = {one: min(one.most, ledger.used(one, now=now)) for one in (REQUESTS, SEARCHES, SENDS)}
    found = (
        f"{used[REQUESTS]} of {REQUESTS.most} requests and {used[SEARCHES]} of {SEARCHES.most}"
        f" call searches in a minute, {used[SENDS]} of {SENDS.most} texts in ten"
    )
    facts = {one.name.replace(" ", "_"): {"used": n, "most": one.most} for one, n in used.items()}
    return CheckResult("vocatech.quota", "Quota used", found, facts=facts)


def _common_cause(results: list[ProbeResult]) -> ApiError | None:
    """Return the error that all results have in common: a rejected key, or no response."""
    tried = [one for one in results if one.status != "not tried" or one.error]
    errors = [one.error for one in tried if one.error]
    refused = next((error for error in errors if isinstance(error, KeyRefused)), None)
    if refused is not None:
        return refused
    for kind in (AnswerUnreadable, Unavailable, NotFound):
        if len(errors) == len(tried) and all(isinstance(error, kind) for error in errors):
            return errors[0]
    return None


def _check_connection(host: str, cause: ApiError | None) -> CheckResult:
    if cause is None:
        return CheckResult(CONNECTION, "Connection", f"{host} accepts the API key")
    if isinstance(cause, KeyExpired):
        found, remedy = "the API key expired", f"The Vocatech API key expired. {_NEW_KEY}"
    elif isinstance(cause, KeyRefused):
        found = "the API key is rejected"
        remedy = f"Vocatech rejects the API key: it has a typo or was revoked. {_NEW_KEY}"
    elif isinstance(cause, AnswerUnreadable):
        found = f"the response of {host} is not Vocatech's"
        remedy = (
            f"The response of {host} is not from Vocatech's API; it may be a web page. Check"
            f" {_ADDRESS}, and that no proxy or sign-in page is in between."
        )
    elif isinstance(cause, NotFound):
        found = f"{host} returns 404 for every path"
        remedy = f"{host} returns 404 for every path. Check {_ADDRESS}."
    else:
        found = f"no response from {host} ({make_plain(cause)})"
        remedy = (
            f"Vocatech can't be reached at {host}. Check this machine's network, proxy, and"
            f" firewall, and {_ADDRESS}. No calls are lost: the app syncs them later."
        )
    return CheckResult(CONNECTION, "Connection", found, Verdict.PROBLEM, remedy)


def explain_connection(settings: Settings, error: ApiError) -> str:
    """Return why Vocatech doesn't respond as it should, and what to do."""
    host = urlsplit(settings.vocatech_api_url).hostname or "Vocatech"
    return _check_connection(host, error).remedy


def _check_family(probe: ProbeResult, cause: ApiError | None, *, is_needed: bool) -> CheckResult:
    key, part = f"vocatech.{probe.key}", PARTS[probe.key]
    fields = probe.fields
    facts = {
        "status": "not tried" if cause and probe.error else probe.status,
        "count": probe.count,
        "recognised": list(fields.recognised),
        "unknown": list(fields.unknown),
        "missing": list(fields.missing),
        **probe.facts,
    }
    if probe.error is not None and cause is None:
        found, remedy = _explain(probe.status, part, probe.error)
        verdict = Verdict.PROBLEM if is_needed else Verdict.WARNING
        if probe.status == "not tried":
            verdict = Verdict.UNTRIED
        return CheckResult(key, part.name, found, verdict, remedy, facts)
    if probe.status == "not tried" or probe.error is not None:
        words = "not tried; see Connection" if cause else f"not tried: {probe.facts['why']}"
        return CheckResult(key, part.name, words, Verdict.UNTRIED, facts=facts)
    return _check_fields(key, part, probe, facts)


def _explain(status: Status, part: Part, error: ApiError) -> tuple[str, str]:
    """Return what was found in a few words, and the remedy in sentences."""
    if isinstance(error, TooManyRequests):
        wait = f"in {error.retry_after:.0f} s" if error.retry_after else "in a minute"
        found = f"not tried: the quota is used up, retry {wait}"
        return found, f"Vocatech's rate limit is used up. Run the doctor again {wait}."
    words = make_plain(error)
    if status == "refused":
        # The rest of the message may repeat what was sent, so it is not shown.
        words = words.partition(":")[0]
    found = f"{status}: {words}" if words else status
    if status == "missing":
        found = f"missing: {part.path} doesn't exist (404)"
    return found, _REMEDIES[status].format(path=part.path, loss=part.loss)


def _check_fields(
    key: str, part: Part, probe: ProbeResult, facts: dict[str, object]
) -> CheckResult:
    if probe.status == "empty":
        found = f"{count(0, part.noun or 'field')}{_SINCE.get(probe.key, '')}: nothing to check"
        return CheckResult(key, part.name, found, facts=facts)
    found = _describe(part, probe)
    if probe.key == "contact_fields" and not probe.facts.get("phone_fields"):
        remedy = (
            "No contact field is marked as a phone number, so callers can't be matched. Mark one in"
            " Vocatech's admin portal, in the settings of the contact fields."
        )
        return CheckResult(key, part.name, found, Verdict.WARNING, remedy, facts)
    if probe.fields.missing:
        names = ", ".join(probe.fields.missing)
        remedy = (
            f"{part.path} has no field {names}, so the app omits what depends on it. Report this"
            " to the maintainers of this app, with the field names above."
        )
        return CheckResult(key, part.name, found, Verdict.WARNING, remedy, facts)
    return CheckResult(key, part.name, found, facts=facts)


def _describe(part: Part, probe: ProbeResult) -> str:
    fields, since = probe.fields, _SINCE.get(probe.key, "")
    parts = [f"{count(probe.count, part.noun)}{since}"] if part.noun else []
    if probe.key == "contact_fields":
        parts = [f"{probe.count} in total, {probe.facts['phone_fields']} for phone numbers"]
    else:
        parts.append(f"{count(len(fields.recognised), 'field')} recognized")
    if "gives" in probe.facts:
        parts.insert(0, f"attachments are returned as {probe.facts['gives']}")
    if fields.unknown:
        parts.append(f"{len(fields.unknown)} unknown: {', '.join(fields.unknown)}")
    if fields.missing:
        parts.append(f"missing: {', '.join(fields.missing)}")
    return "; ".join(parts)
