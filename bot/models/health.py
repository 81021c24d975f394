"""The noun "trouble": what keeps the bot from its work until somebody mends it, by kinds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class IncidentKind:
    """A kind of trouble.

    Of one with a `prefix` there may be several at a time: the prefix and what it is about make the
    name, and the words know that as `about`. `job` is the one that looks whether it is over, and
    `stops` says that the bot is not ready while there is one.
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

TOKEN_REFUSED = "slack token refused"  # noqa: S105 (a name)

SCOPE_MISSING, FILES_SCOPE = "scope missing", "files:write"

# For want of these we take channels as shared, which has words of its own.
SHARING_UNKNOWN, SHARING_SCOPES = "sharing unknown", frozenset({"channels:read", "groups:read"})

SOCKET_LOST = "socket lost"

CLOCK_WRONG = "clock wrong"

CHANNEL_HELD, DIGEST_FAILED = "channel held", "digest failed"

JOB_FAILING = "job failing"

DISK_FULL = "disk full"

CATCH_UP, KEEP_SUBSCRIPTION = "catch up", "keep subscription"

NOTICE_SILENCE, NOTICE_NO_CALLS = "notice silence", "notice no calls"

NOTICE_REFUSALS = "notice refusals"

MIND_SLACK, WATCH_SOCKET = "mind Slack", "watch Socket Mode"

POST_DIGESTS, LOOK_AT_DISK = "post digests", "look at disk"

LOOK_WHO_SHARES = "look who shares"

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
        IncidentKind(TOKEN_REFUSED, MIND_SLACK, stops=True),
        IncidentKind(SCOPE_MISSING, MIND_SLACK, prefix="scope ", about="scope"),
        IncidentKind(SHARING_UNKNOWN, LOOK_WHO_SHARES),
        IncidentKind(SOCKET_LOST, WATCH_SOCKET, stops=True),
        IncidentKind(CLOCK_WRONG, MIND_SLACK),
        IncidentKind(CHANNEL_HELD, "", prefix="held ", about="channel"),
        IncidentKind(DIGEST_FAILED, POST_DIGESTS, prefix="digest ", about="channel"),
        IncidentKind(JOB_FAILING, "", prefix="job ", about="job"),
        IncidentKind(DISK_FULL, LOOK_AT_DISK),
    )
}


@dataclass(frozen=True)
class Incident:
    """Something that is wrong since a moment (unix seconds); `detail` is what the words tell."""

    name: str
    kind: IncidentKind
    since: float
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def job(self) -> str:
        """The job that looks whether it is over; empty where none does."""
        return self.detail["job"] if self.kind.name == JOB_FAILING else self.kind.job


def incident_name(kind: str, about: str = "") -> str:
    """Give the name of a trouble, and where there may be several, of the one about this."""
    return KINDS[kind].prefix + about if about else kind


def parse_incident(name: str, since: float, detail: Mapping[str, Any]) -> Incident | None:
    """Give the trouble of a name; None where it is the name of something else."""
    if kind := KINDS.get(name):
        return None if kind.prefix else Incident(name, kind, since, detail)
    for kind in KINDS.values():
        if kind.prefix and name.startswith(kind.prefix):
            about = {kind.about: name.removeprefix(kind.prefix)}
            return Incident(name, kind, since, {**about, **detail})
    return None


@dataclass(frozen=True)
class BrokenChannel:
    """A channel, or a person, that takes no posts of ours.

    `since` (unix seconds) is when it began to refuse us; None where only single posts, `parked`
    of them, were put aside. `reason` is Slack's word for it, `waiting` what is still to be done.
    `is_being_tried`: an admin has just asked for another try, whose end is not known yet.
    """

    channel: str
    since: float | None = None
    reason: str | None = None
    parked: int = 0
    waiting: int = 0
    is_being_tried: bool = False


@dataclass(frozen=True)
class Health:
    """How the bot is doing; moments in unix seconds, None where there was none yet.

    `expects_webhooks`: it was set up to be told of calls, and does not only ask.
    """

    expects_webhooks: bool
    last_webhook: float | None = None
    last_poll: float | None = None
    posts_waiting: int = 0
    quota_left: int = 0
    has_subscription: bool = False
    free_bytes: int = 0
    incidents: tuple[Incident, ...] = ()

    def has(self, kind: str) -> bool:
        """Say whether there is trouble of a kind."""
        return any(one.kind.name == kind for one in self.incidents)
