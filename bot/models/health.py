"""Incidents: problems that an admin must fix, by kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class IncidentKind:
    """A kind of incident.

    Kinds with a `prefix` can have several incidents at a time, each named by the prefix and its
    subject, stored in the detail as `about`. `job` checks whether the incident is over. An
    incident of a kind that `stops` makes the app not ready.
    """

    name: str
    job: str
    prefix: str = ""
    about: str = ""
    stops: bool = False


KEY_REFUSED = "key refused"

VOCATECH_AWAY = "vocatech away"

NO_CALLS = "no calls"

WEBHOOKS_UNWELL, WEBHOOKS_SILENT = "webhooks unwell", "webhooks silent"

WEBHOOKS_REFUSED, SLACK_UNSIGNED = "webhooks refused", "slack requests refused"

SLACK_AWAY = "slack away"

TOKEN_REFUSED = "slack token refused"  # noqa: S105 (a name)

SCOPE_MISSING, FILES_SCOPE = "scope missing", "files:write"

# Without these scopes, new channels count as shared; that incident has a text of its own.
SHARING_UNKNOWN, SHARING_SCOPES = "sharing unknown", frozenset({"channels:read", "groups:read"})

SOCKET_LOST = "socket lost"

CLOCK_WRONG = "clock wrong"

CHANNEL_HELD, DIGEST_FAILED = "channel held", "digest failed"

PEOPLE_UNKNOWN = "people unknown"

JOB_FAILING = "job failing"

DISK_FULL, DATABASE_DAMAGED = "disk full", "database damaged"

DATABASE_REPLACED = "database replaced"

# Admins are told of these even if the database can't store the message.
ABOUT_DATABASE = frozenset({DISK_FULL, DATABASE_DAMAGED, DATABASE_REPLACED})

BACKUP_FAILED, BACK_UP = "backup failed", "back up"

ENDPOINT_FAILING, CHECK_ENDPOINTS = "endpoint failing", "check endpoints"

FILES_KEPT, DELETE_FILES = "files kept", "delete files"

CATCH_UP, KEEP_SUBSCRIPTION = "catch up", "keep subscription"

NOTICE_SILENCE, NOTICE_NO_CALLS = "notice silence", "notice no calls"

NOTICE_REFUSALS = "notice refusals"

MIND_SLACK, WATCH_SOCKET = "mind Slack", "watch Socket Mode"

POST_DIGESTS, LOOK_AT_DISK = "post digests", "look at disk"

CHECK_DATABASE = "check database"

LOOK_WHO_SHARES, MATCH_PEOPLE = "look who shares", "match people"

KINDS = {
    kind.name: kind
    for kind in (
        IncidentKind(KEY_REFUSED, CATCH_UP),
        IncidentKind(VOCATECH_AWAY, CATCH_UP),
        IncidentKind(NO_CALLS, NOTICE_NO_CALLS),
        IncidentKind(WEBHOOKS_UNWELL, KEEP_SUBSCRIPTION),
        IncidentKind(WEBHOOKS_SILENT, NOTICE_SILENCE),
        IncidentKind(WEBHOOKS_REFUSED, NOTICE_REFUSALS),
        IncidentKind(SLACK_UNSIGNED, NOTICE_REFUSALS),
        IncidentKind(SLACK_AWAY, MIND_SLACK, stops=True),
        IncidentKind(TOKEN_REFUSED, MIND_SLACK, stops=True),
        IncidentKind(SCOPE_MISSING, MIND_SLACK, prefix="scope ", about="scope"),
        IncidentKind(SHARING_UNKNOWN, LOOK_WHO_SHARES),
        IncidentKind(PEOPLE_UNKNOWN, MATCH_PEOPLE),
        IncidentKind(SOCKET_LOST, WATCH_SOCKET, stops=True),
        IncidentKind(CLOCK_WRONG, MIND_SLACK),
        IncidentKind(CHANNEL_HELD, "", prefix="held ", about="channel"),
        IncidentKind(DIGEST_FAILED, POST_DIGESTS, prefix="digest ", about="channel"),
        IncidentKind(JOB_FAILING, "", prefix="job ", about="job"),
        IncidentKind(DISK_FULL, LOOK_AT_DISK),
        IncidentKind(BACKUP_FAILED, BACK_UP),
        IncidentKind(FILES_KEPT, DELETE_FILES),
        IncidentKind(ENDPOINT_FAILING, CHECK_ENDPOINTS, prefix="endpoint ", about="endpoint_id"),
        IncidentKind(DATABASE_DAMAGED, CHECK_DATABASE, stops=True),
        IncidentKind(DATABASE_REPLACED, CHECK_DATABASE, stops=True),
    )
}


@dataclass(frozen=True)
class Incident:
    """A problem that began at `since` (unix seconds); `detail` fills in its text."""

    name: str
    kind: IncidentKind
    since: float
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def job(self) -> str:
        """The job that checks whether it is over; empty if none does."""
        return self.detail["job"] if self.kind.name == JOB_FAILING else self.kind.job


def incident_name(kind: str, about: str = "") -> str:
    """Return the name of an incident; `about` is its subject, for kinds with a prefix."""
    return KINDS[kind].prefix + about if about else kind


def parse_incident(name: str, since: float, detail: Mapping[str, Any]) -> Incident | None:
    """Return the incident with a name, or None if the name is that of something else."""
    if kind := KINDS.get(name):
        return None if kind.prefix else Incident(name, kind, since, detail)
    for kind in KINDS.values():
        if kind.prefix and name.startswith(kind.prefix):
            about = {kind.about: name.removeprefix(kind.prefix)}
            return Incident(name, kind, since, {**about, **detail})
    return None


@dataclass(frozen=True)
class BrokenChannel:
    """A channel, or a person's direct messages, where posting fails.

    `since` (unix seconds) is when posts began to fail; None if only `parked` posts were skipped.
    `reason` is Slack's error code. `waiting` counts the queued posts. `is_being_tried` is True
    after an admin asked for a retry that isn't finished.
    """

    channel: str
    since: float | None = None
    reason: str | None = None
    parked: int = 0
    waiting: int = 0
    is_being_tried: bool = False


# The names of times.
PANE_OPENED, SLACKBOT_ASKED = "side pane opened", "slackbot asked"


@dataclass(frozen=True)
class Surface:
    """A part of Slack that is switched on; `last_used` is in unix seconds.

    `problem` says in a few words why it doesn't work, if it is known not to.
    """

    name: str
    last_used: float | None = None
    problem: str = ""


@dataclass(frozen=True)
class Health:
    """The state of the system; times in unix seconds, None for what hasn't happened yet.

    `expects_webhooks` is False if calls are only found by polling.
    """

    expects_webhooks: bool
    last_webhook: float | None = None
    last_poll: float | None = None
    posts_waiting: int = 0
    quota_left: int = 0
    has_subscription: bool = False
    free_bytes: int = 0
    incidents: tuple[Incident, ...] = ()
    surfaces: tuple[Surface, ...] = ()

    def has(self, kind: str) -> bool:
        """Return whether there is an incident of a kind."""
        return any(one.kind.name == kind for one in self.incidents)
