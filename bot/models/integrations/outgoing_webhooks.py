"""Endpoints that get outgoing webhooks, and deliveries to them."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

# Each endpoint may keep one worker busy, and the other 38 must stay free for Slack.
MAX_ENDPOINTS = 10
MAX_NAME, MAX_URL = 60, 1_000
SECRET_PREFIX = "whsec_"  # noqa: S105 (as in every secret of Standard Webhooks)

RETRY_DAYS = 3
# Seconds after each failed attempt; the last one repeats until three days are over.
RETRY_DELAYS = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0)
# An endpoint that fails gets fewer requests: these are seconds between two of them.
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0
LONGEST_RETRY_AFTER = 86_400.0
OLD_SECRET_HOURS = 24
KEPT_DAYS = 30
# What names on the internet consist of, with the underscore that some have.
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")
# Some programs read such names as IPv4 addresses: https://2130706433, https://0x7f.1
_NUMERIC_END = re.compile(r"(?:\A|\.)(?:[0-9]+|0x[0-9a-f]*)\.?\Z")


class EventType(StrEnum):
    """The events that endpoints get."""

    CALL_ENDED = "call.ended"
    CALL_MISSED = "call.missed"
    SUMMARY_READY = "call.summary_ready"
    OUTCOME_SET = "call.outcome_set"
    SMS_RECEIVED = "sms.received"
    OPT_OUT_CHANGED = "opt_out.changed"
    FOLLOW_UP_DUE = "follow_up.due"
    RULE_MATCHED = "rule.matched"
    TEST = "webhook.test"


@dataclass(frozen=True)
class EventInfo:
    """An event for people: its label, when it is sent, and the objects in its `data`."""

    label: str
    sent_when: str
    objects: tuple[str, ...]


EVENTS = {
    EventType.CALL_ENDED: EventInfo("Call ended", "A call of any kind ended.", ("call",)),
    EventType.CALL_MISSED: EventInfo(
        "Call missed", "An incoming call was missed, or went to voicemail.", ("call",)
    ),
    EventType.SUMMARY_READY: EventInfo(
        "Summary ready", "Vocatech wrote the summary of a call.", ("call",)
    ),
    EventType.OUTCOME_SET: EventInfo(
        "Outcome set",
        "Someone set, changed, or removed the outcome of a call.",
        ("call", "outcome"),
    ),
    EventType.SMS_RECEIVED: EventInfo("SMS received", "A contact sent a text.", ("sms",)),
    EventType.OPT_OUT_CHANGED: EventInfo(
        "Opt-out", "A number opted out of texts, or back in.", ("opt_out",)
    ),
    EventType.FOLLOW_UP_DUE: EventInfo(
        "Follow-up due", "The reminder of a follow-up is sent.", ("follow_up",)
    ),
    EventType.RULE_MATCHED: EventInfo(
        "Rule matched",
        "A routing rule that names the endpoint matched a call.",
        ("rule", "call"),
    ),
    EventType.TEST: EventInfo("Test", "An admin sent a test.", ("test",)),
}
# An endpoint gets the other two without asking for them.
CHOSEN_EVENTS = tuple(
    one for one in EventType if one not in {EventType.RULE_MATCHED, EventType.TEST}
)


class DeliveryState(StrEnum):
    """Progress of a delivery."""

    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"  # given up


@dataclass(frozen=True)
class Endpoint:
    """A URL that gets events; times in unix seconds.

    `events` it gets besides those of rules. With `has_content`, payloads include what was said.
    `failures` counts failed requests in a row, since `failing_since`; `problem` is the last one.
    `version` counts changes by people.
    """

    endpoint_id: int
    name: str
    url: str
    events: tuple[str, ...] = ()
    has_content: bool = False
    is_on: bool = True
    version: int = 1
    created_at: float = 0.0
    failures: int = 0
    failing_since: float | None = None
    delivered_at: float | None = None
    problem: str | None = None

    @property
    def host(self) -> str:
        """The host of the URL: its path often is a secret."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Delivery:
    """An event for an endpoint; times in unix seconds.

    `delivery_id` is the same on each attempt. `subject` is what the event is about; `detail` has
    what isn't stored elsewhere. `body` is set at the first attempt, and never changes.
    """

    delivery_id: str
    endpoint_id: int
    kind: EventType
    subject: str
    occurred_at: float
    detail: Mapping[str, Any] = field(default_factory=dict)
    call_id: str | None = None
    body: str | None = None
    attempts: int = 0
    next_at: float = 0.0
    give_up_at: float = 0.0
    state: DeliveryState = DeliveryState.QUEUED
    problem: str | None = None


@dataclass(frozen=True)
class DeliveryCounts:
    """How many deliveries of an endpoint are in each state."""

    queued: int = 0
    failed: int = 0


def retry_delay(attempts: int) -> float:
    """Return the seconds to wait after this many failed attempts."""
    return RETRY_DELAYS[min(attempts, len(RETRY_DELAYS)) - 1]


def pause_after(failures: int) -> float:
    """Return the seconds that an endpoint gets nothing after this many failures in a row."""
    return float(min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE))


def validate_url(url: str, *, allows_http: bool = False) -> str | None:
    """Return what is wrong with the URL of an endpoint, or None."""
    example = "such as https://hooks.example.com/vocatech"
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > MAX_URL:
        return f"Enter a URL of at most {MAX_URL:,} plain characters, {example}."
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return f"Enter a complete URL, {example}."
    schemes = ("https", "http") if allows_http else ("https",)
    if parts.scheme not in schemes or not host:
        return f"Enter a URL that starts with https://, {example}."
    if "@" in parts.netloc:
        return "Leave out the user name and password: each request is signed instead."
    if port == 0 or not _is_host(host, is_bracketed="[" in parts.netloc):
        return f"Enter a URL with a valid host and port, {example}."
    return None


def _is_host(host: str, *, is_bracketed: bool) -> bool:
    """Return whether a host is a name, or an IP address in its usual notation."""
    if not is_bracketed and not _NUMERIC_END.search(host):
        return _HOST.fullmatch(host) is not None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host
