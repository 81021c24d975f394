"""The job that reports endpoints which fail, and deletes old deliveries."""

from bot.clock import Clock
from bot.health.service import TellAdmins, resolve_incident
from bot.models.health import ENDPOINT_FAILING, KINDS, incident_name
from bot.models.integrations.outgoing_webhooks import DeliveryCounts, Endpoint
from bot.store import Store

SECONDS_BETWEEN_CHECKS = 60.0
SECONDS_TO_REPORT = 1_800.0
NO_COUNTS = DeliveryCounts()


def check_endpoints(*, store: Store, clock: Clock, tell_admins: TellAdmins) -> float:
    """Open an incident for each endpoint that fails, and resolve those that are over."""
    now = clock.now()
    store.deliveries.clean_up(now=now)
    store.endpoints.drop_old_secrets(now=now)
    counts = store.deliveries.counts()
    failing = set()
    for endpoint in store.endpoints.all():
        count = counts.get(endpoint.endpoint_id, NO_COUNTS)
        if reason := why_failing(endpoint, count, now=now):
            name = incident_name(ENDPOINT_FAILING, str(endpoint.endpoint_id))
            failing.add(name)
            tell_admins(name, ENDPOINT_FAILING, {"endpoint": endpoint.name, "reason": reason})
    for incident in store.incidents.open():
        if incident.kind is KINDS[ENDPOINT_FAILING] and incident.name not in failing:
            resolve_incident(incident.name, store=store)
    return 0.0


def why_failing(endpoint: Endpoint, count: DeliveryCounts, *, now: float) -> str | None:
    """Return why an admin should look at an endpoint, or None."""
    if count.failed:
        events = "1 event was" if count.failed == 1 else f"{count.failed:,} events were"
        return f"{events} given up; {endpoint.problem or 'see the list'}"
    if not endpoint.is_on:
        return endpoint.problem
    since = endpoint.failing_since
    if since is not None and now - since >= SECONDS_TO_REPORT:
        return f"it has failed for 30 minutes or more; {endpoint.problem}"
    return None
