"""Owns what the checkup says of Vocatech: the connection and the key, and each of the families."""

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
_ADDRESS = "VOCATECH_API_URL is https://api.vocatech.com/v1 (which it is when it is not set)"
_NEW_KEY = (
    "Make a new key in Vocatech's admin portal, under integrations, put it into VOCATECH_API_KEY,"
    " and start the bot again."
)


@dataclass(frozen=True)
class Part:
    """A family in words: its name, a noun for its rows, and what is lost without it."""

    name: str
    path: str
    noun: str
    loss: str
    is_needed: bool = False


PARTS = {
    "calls": Part(
        "Calls", "/calls", "call", "Calls that no webhook tells of are not found.", is_needed=True
    ),
    "messages": Part(
        "Messages",
        "/messages",
        "text",
        "Texts that no webhook tells of are not found.",
        is_needed=True,
    ),
    "media": Part("Media", "/media/{id}", "", "Pictures in texts cannot be shown."),
    "users": Part("Users", "/users", "user", "The team is known by the calls it takes only."),
    "contact_fields": Part(
        "Contact fields", "/contacts/fields", "field", "Contacts cannot be read.", is_needed=True
    ),
    "contacts": Part(
        "Contacts",
        "/contacts",
        "contact",
        "Callers cannot be matched with contacts.",
        is_needed=True,
    ),
    "webhooks": Part(
        "Webhooks", "/webhooks", "subscription", "The webhook subscription cannot be kept."
    ),
    "settings": Part("Settings", "/settings", "", "The company's name and zone are not known."),
}
_REMEDIES = {
    "missing": "Vocatech knows no {path}. {loss} Ask Vocatech whether your plan includes it.",
    "refused": "Vocatech refuses {path} to this key. {loss} In Vocatech's admin portal, under"
    " integrations, give the key the right to read it, or make a new key.",
    "unreadable": "What came from {path} is not what we know of it. {loss} Check that no proxy"
    " stands in between, and tell the maintainers of this bot.",
    "unreachable": "There is no good answer from {path}, though Vocatech is there. {loss} Run the"
    " doctor again in a few minutes; if it stays so, ask Vocatech's support.",
    "not tried": "Other answers took too long. Run the doctor again.",
}
_SINCE = {"calls": " since yesterday", "messages": f" in the last {DAYS_OF_TEXTS} days"}


def check_vocatech(report: ProbeReport, settings: Settings) -> list[CheckResult]:
    """Judge what all looks told; what they all suffer from is told once."""
    host = urlsplit(settings.vocatech_api_url).hostname or "Vocatech"
    cause = _common_cause(report.results)
    needed = {key for key, part in PARTS.items() if part.is_needed}
    if settings.public_url is not None:
        needed.add("webhooks")
    return [
        _judge_connection(host, cause),
        check_clock("vocatech.clock", "Vocatech", report.skew),
        *(_judge_look(look, cause, is_needed=look.key in needed) for look in report.results),
    ]


def check_quota(ledger: RequestCounter, *, now: float) -> CheckResult:
    """Say how much of what is allowed was used, by this and by a bot that runs beside it."""
    used = {one: min(one.most, ledger.used(one, now=now)) for one in (REQUESTS, SEARCHES, SENDS)}
    found = (
        f"{used[REQUESTS]} of {REQUESTS.most} requests and {used[SEARCHES]} of {SEARCHES.most}"
        f" call searches in a minute, {used[SENDS]} of {SENDS.most} texts in ten"
    )
    facts = {one.name.replace(" ", "_"): {"used": n, "most": one.most} for one, n in used.items()}
    return CheckResult("vocatech.quota", "Quota used", found, facts=facts)


def _common_cause(looks: list[ProbeResult]) -> ApiError | None:
    """Find what all looks suffer from: a key that is refused, or nobody there to answer."""
    tried = [look for look in looks if look.status != "not tried" or look.error]
    errors = [look.error for look in tried if look.error]
    refused = next((error for error in errors if isinstance(error, KeyRefused)), None)
    if refused is not None:
        return refused
    for kind in (AnswerUnreadable, Unavailable, NotFound):
        if len(errors) == len(tried) and all(isinstance(error, kind) for error in errors):
            return errors[0]
    return None


def _judge_connection(host: str, cause: ApiError | None) -> CheckResult:
    if cause is None:
        return CheckResult(CONNECTION, "Connection", f"{host} answers, and takes the key")
    if isinstance(cause, KeyExpired):
        found, remedy = "the key has expired", f"Vocatech says that the key has expired. {_NEW_KEY}"
    elif isinstance(cause, KeyRefused):
        found = "the key is refused"
        remedy = f"Vocatech refuses the key: it is mistyped, or was revoked. {_NEW_KEY}"
    elif isinstance(cause, AnswerUnreadable):
        found = f"{host} answers, but not as Vocatech does"
        remedy = (
            f"Something answered at {host} that is not Vocatech's API, such as a web page. Check"
            f" that {_ADDRESS}, and that no proxy or sign-in page stands in between."
        )
    elif isinstance(cause, NotFound):
        found = f"{host} knows none of the addresses"
        remedy = f"Vocatech answers 404 to everything. Check that {_ADDRESS}."
    else:
        found = f"{host} gives no answer ({make_plain(cause)})"
        remedy = (
            f"Vocatech was not reached at {host}. Check the network of this machine, its proxy or"
            f" firewall, and that {_ADDRESS}. Nothing is lost meanwhile: calls are caught up with."
        )
    return CheckResult(CONNECTION, "Connection", found, Verdict.PROBLEM, remedy)


def _judge_look(look: ProbeResult, cause: ApiError | None, *, is_needed: bool) -> CheckResult:
    key, part = f"vocatech.{look.key}", PARTS[look.key]
    fields = look.fields
    facts = {
        "status": "not tried" if cause and look.error else look.status,
        "count": look.count,
        "recognised": list(fields.recognised),
        "unknown": list(fields.unknown),
        "missing": list(fields.missing),
        **look.facts,
    }
    if look.error is not None and cause is None:
        found, remedy = _explain(look.status, part, look.error)
        verdict = Verdict.PROBLEM if is_needed else Verdict.WARNING
        if look.status == "not tried":
            verdict = Verdict.UNTRIED
        return CheckResult(key, part.name, found, verdict, remedy, facts)
    if look.status == "not tried" or look.error is not None:
        words = "not tried, see Connection" if cause else f"not tried: {look.facts['why']}"
        return CheckResult(key, part.name, words, Verdict.UNTRIED, facts=facts)
    return _judge_fields(key, part, look, facts)


def _explain(status: Status, part: Part, error: ApiError) -> tuple[str, str]:
    """Give what was found in a few words, and what to do in sentences."""
    if isinstance(error, TooManyRequests):
        wait = f"in {error.retry_after:.0f} s" if error.retry_after else "in a minute"
        found = f"not tried: the quota is used up, free {wait}"
        return found, f"To keep below Vocatech's limits, run the doctor again {wait}."
    words = make_plain(error)
    if status == "refused":
        # What else they said may repeat what was sent, and is not shown.
        words = words.partition(":")[0]
    found = f"{status}: {words}" if words else status
    if status == "missing":
        found = f"missing: {part.path} is not known there (404)"
    return found, _REMEDIES[status].format(path=part.path, loss=part.loss)


def _judge_fields(key: str, part: Part, look: ProbeResult, facts: dict[str, object]) -> CheckResult:
    if look.status == "empty":
        found = (
            f"{count(0, part.noun or 'field')}{_SINCE.get(look.key, '')}: nothing there to look at"
        )
        return CheckResult(key, part.name, found, facts=facts)
    found = _describe(part, look)
    if look.key == "contact_fields" and not look.facts.get("phone_fields"):
        remedy = (
            "No field of your contacts is marked as a phone number, so no caller can be matched."
            " Mark one in Vocatech's admin portal, where the fields of contacts are set."
        )
        return CheckResult(key, part.name, found, Verdict.WARNING, remedy, facts)
    if look.fields.missing:
        names = ", ".join(look.fields.missing)
        remedy = (
            f"{part.path} gave no field {names}, which we expected; the bot leaves out what"
            " depends on it. Please tell the maintainers of this bot, with the names of the fields"
            " above."
        )
        return CheckResult(key, part.name, found, Verdict.WARNING, remedy, facts)
    return CheckResult(key, part.name, found, facts=facts)


def _describe(part: Part, look: ProbeResult) -> str:
    fields, since = look.fields, _SINCE.get(look.key, "")
    parts = [f"{count(look.count, part.noun)}{since}"] if part.noun else []
    if look.key == "contact_fields":
        parts = [f"{look.count} of your own, {look.facts['phone_fields']} for phone numbers"]
    else:
        parts.append(f"{count(len(fields.recognised), 'field')} recognised")
    if "gives" in look.facts:
        parts.insert(0, f"an attachment is given as {look.facts['gives']}")
    if fields.unknown:
        parts.append(f"{len(fields.unknown)} new to us: {', '.join(fields.unknown)}")
    if fields.missing:
        parts.append(f"missing: {', '.join(fields.missing)}")
    return "; ".join(parts)
