"""Examples of incidents: one of each kind, with the details it shows."""

from bot.health.messages import render_incident
from bot.models.health import KINDS, Incident, incident_name
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import Example

DETAILS = {
    "vocatech away": {"reason": "it cannot be reached, or gives no answer that makes sense"},
    "no calls": {"hours": "4", "usual": "12"},
    "webhooks unwell": {
        "url": "https://bot.example.com/vocatech/webhooks",
        "reason": "there was no answer (connection refused)",
    },
    "webhooks refused": {
        "count": "7",
        "reason": "no configured signing secret matches their signatures",
    },
    "slack requests refused": {"count": "6"},
    "scope missing": {"scope": "files:write"},
    "people unknown": {"reason": "missing_scope"},
    "socket lost": {"reason": "invalid_auth"},
    "clock wrong": {"minutes": "6", "side": "behind"},
    "channel held": {"channel": facts.SALES, "reason": "is_archived"},
    "digest failed": {"channel": facts.SALES, "reason": "msg_too_long"},
    "job failing": {"job": "match people", "error": "KeyError"},
    "disk full": {"free": "120"},
    "backup failed": {"reason": "No space left on device", "last": "Nov 26, 2026"},
    "files kept": {"count": "2", "reason": "file_deleting_disabled"},
    "endpoint failing": {
        "endpoint_id": "1",
        "endpoint": "CRM",
        "reason": "3 events were given up; it answered HTTP 500",
    },
    "database damaged": {"problem": "database disk image is malformed"},
}
INCIDENTS = tuple(
    Incident(
        incident_name(kind.name, DETAILS[kind.name][kind.about] if kind.prefix else ""),
        kind,
        facts.NOW - 600,
        DETAILS.get(kind.name, {}),
    )
    for kind in KINDS.values()
)


def _example(one: Incident) -> Example:
    return Example(
        f"Incident: {one.kind.name}",
        "Once to each admin, as a direct message.",
        lambda: render_incident("n", one.kind.name, one.detail),
    )


# While these last, nothing can be posted in Slack.
UNPOSTED = ("slack away", "slack token refused")
EXAMPLES = tuple(_example(one) for one in INCIDENTS if one.name not in UNPOSTED)
