"""Probes of the seven endpoint families.

Each family gets one read-only request, one after the other, within the rate limits.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import quote

from bot.clock import Clock, seconds_ahead
from bot.errors import (
    AnswerLost,
    AnswerUnreadable,
    ApiError,
    NotFound,
    TooManyRequests,
    Unavailable,
)
from bot.server.rate_limit import RateLimit
from bot.vocatech.call_shapes import CALL_FIELDS
from bot.vocatech.client import day_of
from bot.vocatech.fields import Spellings
from bot.vocatech.http import HttpClient, read_answer
from bot.vocatech.pages import read_pages
from bot.vocatech.rate_limiter import SEARCHES
from bot.vocatech.shapes import (
    COMPANY_FIELDS,
    CONTACT_FIELD_FIELDS,
    SUBSCRIPTION_FIELDS,
    USER_FIELDS,
    Subscription,
    read_company,
    read_contact_field,
    read_subscription,
)
from bot.vocatech.text_shapes import TEXT_FIELDS, read_text_row

Status = Literal["works", "empty", "refused", "missing", "unreachable", "unreadable", "not tried"]

# An unusual field name may be a value, such as a phone number, so it is not repeated.
_A_NAME = re.compile(r"[A-Za-z_](?:[A-Za-z_-]|[0-9]{1,3}(?![0-9])){0,59}")

ODD_NAME = "(an odd name)"


@dataclass(frozen=True)
class Fields:
    """Field names, never their values; names in nested objects follow a dot."""

    recognised: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProbeResult:
    """The result for one family; `count` is its number of rows, `facts` are JSON values."""

    key: str
    status: Status
    count: int = 0
    fields: Fields = field(default_factory=Fields)
    facts: Mapping[str, Any] = field(default_factory=dict)
    error: ApiError | None = None


def status_of(error: ApiError) -> Status:
    """Return the status that an error means."""
    if isinstance(error, TooManyRequests):
        return "not tried"
    if isinstance(error, NotFound):
        return "missing"
    if isinstance(error, AnswerUnreadable):
        return "unreadable"
    return "unreachable" if isinstance(error, Unavailable) else "refused"


def compare(rows: Iterable[Mapping[str, Any]], known: Spellings, expected: Sequence[str]) -> Fields:
    """Compare the fields of rows with the known fields.

    `expected` are first names of known fields, with `|` between alternatives. A nested field
    counts as missing only if its parent object is present.
    """
    seen = {name for row in rows for name in _names(row, known)}
    by_name = {name: first for first, names in known.items() for name in names}
    found = {by_name[name] for name in seen if name in by_name}
    insides = {name.partition(".")[0] for name in seen if "." in name}
    missing = [
        wanted
        for wanted in expected
        if not found & set(wanted.split("|"))
        and ("." not in wanted or wanted.partition(".")[0] in insides)
    ]
    return Fields(
        recognised=tuple(sorted(seen & set(by_name))),
        unknown=tuple(sorted({_shown(name) for name in seen - set(by_name)})),
        missing=tuple(wanted.replace("|", " or ") for wanted in missing) if seen else (),
    )


def _names(row: Mapping[str, Any], known: Spellings) -> Iterator[str]:
    outer = {name.partition(".")[0] for name in known if "." in name}
    for name, value in row.items():
        yield name
        inside = value if isinstance(value, list) and name in outer else []
        for inner in inside:
            if isinstance(inner, dict):
                yield from (f"{name}.{one}" for one in inner)


def _shown(name: str) -> str:
    return name if all(_A_NAME.fullmatch(part) for part in name.split(".")) else ODD_NAME


DAYS_OF_TEXTS = 30

CALLS_TO_CHECK = 50

Row = dict[str, Any]


@dataclass(frozen=True)
class ProbedRows:
    """The rows that a family returned; `total` is the count of all rows, if known."""

    rows: list[Row]
    total: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class ProbeReport:
    """All results; `skew` is how many seconds the local clock is ahead of Vocatech's."""

    results: list[ProbeResult] = field(default_factory=list)
    skew: float | None = None
    subscriptions: list[Subscription] | None = None
    media_id: str | None = None


@dataclass(frozen=True)
class Probe:
    """Makes single requests and records side information, such as the clock skew."""

    http: HttpClient
    clock: Clock
    report: ProbeReport

    def get(self, path: str, *limits: RateLimit, **query: Any) -> Any:
        """Return the JSON of a response. Raises ApiError."""
        with self.http.stream("GET", path, *limits, query=query) as response:
            self.note_clock(response.headers)
            return read_answer(response)

    def note_clock(self, headers: Mapping[str, str]) -> None:
        """Record the difference between the two clocks."""
        self.report.skew = seconds_ahead(headers.get("date"), self.clock.now())

    def first_page(self, path: str, name: str, *limits: RateLimit, **query: Any) -> ProbedRows:
        """Return the first page of a list. Raises ApiError."""
        pages = read_pages(lambda _: self.get(path, *limits, **query), name, may_be_bare=True)
        page = next(pages, None)
        return ProbedRows(page.rows, page.total) if page else ProbedRows([])

    def days_ago(self, days: int) -> date:
        """Return the UTC date `days` days ago."""
        return day_of(self.clock.now()) - timedelta(days=days)


def _fetch_calls(probe: Probe) -> ProbedRows:
    # Since yesterday, because the time zone of Vocatech's days is unknown.
    return probe.first_page(
        "/calls",
        "calls",
        SEARCHES,
        start_date=probe.days_ago(1).isoformat(),
        end_date=probe.days_ago(0).isoformat(),
        direction="any",
        status="any",
        page=1,
        limit=CALLS_TO_CHECK,
    )


def _fetch_messages(probe: Probe) -> ProbedRows:
    seen = probe.first_page(
        "/messages",
        "messages",
        start_date=probe.days_ago(DAYS_OF_TEXTS).isoformat(),
        end_date=probe.days_ago(0).isoformat(),
        direction="any",
        page=1,
    )
    texts = (read_text_row(row, region="US") for row in seen.rows)
    ids = (one.attachment_id for text in texts if text for one in text.attachments)
    probe.report.media_id = next((found for found in ids if found), None)
    return seen


def _fetch_media(probe: Probe) -> ProbedRows | str:
    media_id = probe.report.media_id
    if media_id is None:
        if any(result.key == "messages" and result.error for result in probe.report.results):
            return "no text could be read"
        return f"no text with an attachment in the last {DAYS_OF_TEXTS} days"
    with probe.http.stream("GET", f"/media/{quote(media_id, safe='')}") as response:
        probe.note_clock(response.headers)
        if response.has_redirect_location:
            return ProbedRows([{"url": ""}], 1, {"gives": "a redirect"})
        if "json" not in response.headers.get("content-type", ""):
            return ProbedRows([{"url": ""}], 1, {"gives": "the file itself"})
        answer = read_answer(response)
    if not isinstance(answer, dict):
        raise AnswerUnreadable("the response has no url")
    return ProbedRows([answer], 1, {"gives": "an address"})


def _fetch_users(probe: Probe) -> ProbedRows:
    seen = probe.first_page("/users", "users", page=1)
    return ProbedRows([_inside(row, "user") for row in seen.rows], seen.total)


def _fetch_contact_fields(probe: Probe) -> ProbedRows:
    seen = probe.first_page("/contacts/fields", "fields")
    fields = [one for one in map(read_contact_field, seen.rows) if one]
    return ProbedRows(seen.rows, len(fields), {"phone_fields": sum(one.is_phone for one in fields)})


def _fetch_contacts(probe: Probe) -> ProbedRows:
    return probe.first_page("/contacts", "contacts", page=1)


def _fetch_webhooks(probe: Probe) -> ProbedRows:
    seen = probe.first_page("/webhooks", "webhooks")
    found = (read_subscription(row) for row in seen.rows)
    probe.report.subscriptions = [one for one in found if one is not None]
    return ProbedRows([_inside(row, "webhook") for row in seen.rows], seen.total)


def _fetch_settings(probe: Probe) -> ProbedRows:
    answer = probe.get("/settings")
    if not isinstance(answer, dict):
        raise AnswerUnreadable("the response has no settings")
    row = _inside(answer, "settings")
    zone = read_company(answer, region="US").time_zone
    return ProbedRows([row] if row else [], facts={"time_zone": zone})


def _inside(row: Row, name: str) -> Row:
    """Return the object under `name` if the row wraps one, otherwise the row."""
    inner = row.get(name)
    return inner if isinstance(inner, dict) else row


@dataclass(frozen=True)
class Family:
    """How to probe a family: its request, its known fields, and the fields always expected."""

    key: str
    fetch: Callable[[Probe], ProbedRows | str]
    known: Spellings
    expected: str


FAMILIES = (
    Family(
        "calls",
        _fetch_calls,
        CALL_FIELDS,
        "call_id direction remote_number start_time journey"
        " journey.order journey.type journey.start_time",
    ),
    Family(
        "messages",
        _fetch_messages,
        TEXT_FIELDS,
        "message_id direction status remote_number sent_time channel body"
        " attachments.id attachments.content_type",
    ),
    Family("media", _fetch_media, {"url": ("url",), "expires_at": ("expires_at",)}, "url"),
    Family("users", _fetch_users, USER_FIELDS, "id extension name|first_name"),
    Family("contact_fields", _fetch_contact_fields, CONTACT_FIELD_FIELDS, "name is_phone is_match"),
    Family("contacts", _fetch_contacts, {"id": ("id",), "fields": ("fields",)}, "id fields"),
    Family("webhooks", _fetch_webhooks, SUBSCRIPTION_FIELDS, "id url event_filters"),
    Family("settings", _fetch_settings, COMPANY_FIELDS, "name timezone numbers"),
)


def probe_all(http: HttpClient, *, clock: Clock, seconds: float) -> ProbeReport:
    """Probe every family, until `seconds` have passed or the host turns out to be unreachable."""
    report = ProbeReport()
    probe = Probe(http.as_interactive(), clock, report)
    deadline = clock.monotonic() + seconds
    over: ApiError | None = None
    for family in FAMILIES:
        if over is None and clock.monotonic() > deadline:
            over = Unavailable("out of time")
        result = (
            _probe(family, probe)
            if over is None
            else ProbeResult(family.key, "not tried", error=over)
        )
        report.results.append(result)
        # Only AnswerLost shows that a server is there.
        if isinstance(result.error, Unavailable) and not isinstance(result.error, AnswerLost):
            over = result.error
    return report


def _probe(family: Family, probe: Probe) -> ProbeResult:
    try:
        seen = family.fetch(probe)
    except ApiError as error:
        return ProbeResult(family.key, status_of(error), error=error)
    if isinstance(seen, str):
        return ProbeResult(family.key, "not tried", facts={"why": seen})
    total = len(seen.rows) if seen.total is None else seen.total
    if not seen.rows:
        return ProbeResult(family.key, "empty", total, facts=seen.facts)
    fields = compare(seen.rows, family.known, family.expected.split())
    return ProbeResult(family.key, "works", total, fields, seen.facts)
