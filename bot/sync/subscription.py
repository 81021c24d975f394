"""The app's webhook subscription: created, completed, and tested."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog

from bot.clock import Clock
from bot.errors import ApiError, KeyRefused, NotFound, RequestRefused
from bot.health.service import resolve_incident
from bot.models.health import WEBHOOKS_UNWELL
from bot.server.metrics import Metrics
from bot.store import Store
from bot.store.sync import KnownSubscription, Subscriptions
from bot.vocatech.events import EVENT_KINDS
from bot.vocatech.shapes import Subscription
from bot.vocatech.webhooks import TestDelivery, WebhooksApi

PATH = "/vocatech/webhooks"

NAME = "Vocatech for Slack"

# If an endpoint rejects even a new secret, replacing it every few minutes doesn't help.
SECONDS_A_SECRET_IS_TRUSTED = 86_400.0

MOST_UNKNOWN = 3

INVALID_SIGNATURE = 401


@dataclass(frozen=True)
class SyncResult:
    """The remaining subscription, the changes made to it, and its test delivery."""

    subscription_id: str
    changes: tuple[str, ...]
    test: TestDelivery


@dataclass
class SubscriptionKeeper:
    """Manages the subscription of one URL; every step may fail and is safe to repeat.

    `has_given_secrets`: the settings have the secrets of a subscription that was created by hand.
    """

    webhooks: WebhooksApi
    saved: Subscriptions
    url: str
    has_given_secrets: bool
    clock: Clock
    _changes: list[str] = field(default_factory=list)

    def sync(self) -> SyncResult:
        """Find or create the subscription, complete it, delete duplicates, and test it.

        After any interruption, one subscription with a known secret remains. An old one is
        deleted last, so that there is always a subscription. Raises ApiError.
        """
        self._changes.clear()
        listed = self.webhooks.all()
        ours = self.find_ours(listed)
        known = [one.subscription_id for one in self.known()]
        kept = self._find_known(known, ours)
        if kept is None and ours and self.has_given_secrets:
            kept = self._choose_given(ours)
            if kept is None:  # none of them works, so it is unknown which ones to delete
                return self._result(ours[0], self.webhooks.test(ours[0].subscription_id))
        kept = kept or self._make(ours)
        self._complete(kept)
        self._drop(one for one in ours if one.subscription_id != kept.subscription_id)
        kept, test = self._test(kept)
        made = {one.subscription_id: one.url for one in self.saved.all()}
        if test.is_ok:
            # Subscriptions that the app created for its previous URLs are no longer needed.
            elsewhere = {one for one, url in made.items() if not is_same_address(url, self.url)}
            self._drop(one for one in listed if one.subscription_id in elsewhere)
        # Keep the secrets of subscriptions deleted now, for deliveries still in transit.
        there = {kept.subscription_id, *(one.subscription_id for one in listed)}
        self.saved.forget(one for one in made if one not in there)
        return self._result(kept, test)

    def known(self) -> list[KnownSubscription]:
        """Return the subscriptions to this URL with a stored secret, newest first."""
        return [one for one in self.saved.all() if one.url == self.url]

    def find_ours(self, listed: Iterable[Subscription]) -> list[Subscription]:
        """Return the subscriptions of this app: to its URL, in any spelling."""
        known = {one.subscription_id for one in self.known()}
        return [
            one
            for one in listed
            if one.subscription_id in known or is_same_address(one.url, self.url)
        ]

    def _find_known(
        self, known: Sequence[str], ours: Sequence[Subscription]
    ) -> Subscription | None:
        """Return a subscription with a stored secret, or None."""
        by_id = {one.subscription_id: one for one in ours}
        listed = next((by_id[one] for one in known if one in by_id), None)
        if listed is not None:
            return listed
        # A subscription may exist although the list lacks it, and must not be created repeatedly.
        for subscription_id in known:
            try:
                self.webhooks.update(subscription_id, event_filters=list(EVENT_KINDS))
            except (NotFound, RequestRefused):
                continue
            return Subscription(subscription_id, self.url, NAME, EVENT_KINDS)
        return None

    def _choose_given(self, ours: Sequence[Subscription]) -> Subscription | None:
        """Return the subscription that the secrets in the settings belong to, using a test."""
        if len(ours) == 1:
            return ours[0]
        works = (one for one in ours if self.webhooks.test(one.subscription_id).is_ok)
        return next(works, None)

    def _make(self, ours: Sequence[Subscription]) -> Subscription:
        """Create a subscription; of `ours`, with unknown secrets, only one remains."""
        self._drop(ours[1:])
        if len(ours) > MOST_UNKNOWN and len(self.find_ours(self.webhooks.all())) > MOST_UNKNOWN:
            raise RequestRefused(
                f"there are {len(ours)} webhook subscriptions to {self.url} that can't be"
                " deleted; delete them in Vocatech's portal"
            )
        made = self.webhooks.create(name=NAME, url=self.url, kinds=EVENT_KINDS)
        if made.secret is None:
            self._drop([made])
            raise RequestRefused("it created a webhook subscription without returning its secret")
        self.saved.remember(
            made.subscription_id, url=self.url, secret=made.secret, now=self.clock.now()
        )
        self._changes.append(f"created subscription {made.subscription_id}")
        return Subscription(made.subscription_id, self.url, NAME, EVENT_KINDS)

    def _complete(self, kept: Subscription) -> None:
        missing = [kind for kind in EVENT_KINDS if kind not in kept.kinds]
        is_elsewhere = not is_same_address(kept.url, self.url)
        if not missing and not is_elsewhere:
            return
        changes = {"url": self.url} if is_elsewhere else {}
        kinds = [*kept.kinds, *missing]
        self.webhooks.update(kept.subscription_id, event_filters=kinds, **changes)
        self._changes.append(f"completed subscription {kept.subscription_id}")

    def _drop(self, gone: Iterable[Subscription]) -> None:
        for one in gone:
            try:
                self.webhooks.delete(one.subscription_id)
            except NotFound:
                continue
            self._changes.append(f"deleted subscription {one.subscription_id}")

    def _test(self, kept: Subscription) -> tuple[Subscription, TestDelivery]:
        """Test the subscription; if its stored secret is wrong, replace it and test again."""
        test = self.webhooks.test(kept.subscription_id)
        made = {one.subscription_id: one.made_at for one in self.known()}.get(kept.subscription_id)
        is_stale = made is not None and made < self.clock.now() - SECONDS_A_SECRET_IS_TRUSTED
        if test.status != INVALID_SIGNATURE or not is_stale:
            return kept, test
        new = self._make([kept])
        self._drop([kept])
        return new, self.webhooks.test(new.subscription_id)

    def _result(self, kept: Subscription, test: TestDelivery) -> SyncResult:
        return SyncResult(kept.subscription_id, tuple(self._changes), test)


def explain(test: TestDelivery) -> str:
    """Return why a test delivery failed, in a few words."""
    status = f"the response was {test.status}" if test.status else "there was no response"
    return f"{status} ({test.error})" if test.error else status


def is_same_address(one: str, other: str) -> bool:
    """Return whether two URLs are equivalent."""
    return _normalized(one) == _normalized(other)


def _normalized(url: str) -> tuple[object, ...]:
    """Return the normalized form of a URL."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return (url,)
    return parts.scheme, parts.hostname, port, parts.path.rstrip("/"), parts.query


log = structlog.get_logger()

SECONDS_BETWEEN_TRIES = 60.0

LONGEST_PAUSE = 3_600.0

DAY = 86_400.0

FAILING_SINCE = "webhook subscription troubled since"

# A proxy that starts together with the app isn't ready at the first attempt.
SECONDS_BEFORE_ALERT = 30.0


def keep_subscription(
    *,
    keeper: SubscriptionKeeper,
    store: Store,
    metrics: Metrics,
    clock: Clock,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Maintain one working subscription; return the seconds to pause beyond the interval.

    The longer a failure lasts, the longer the pause, up to an hour.
    """
    try:
        kept = keeper.sync()
    except KeyRefused:
        return 0.0  # polling reports it to the admins
    except ApiError as error:
        metrics.api_errors.labels(type(error).__name__).inc()
        log.warning("subscription_sync_failed", error=type(error).__name__, reason=str(error))
        return _failing_seconds(store, clock) / 2
    if kept.changes:
        log.info("subscription_synced", changes=", ".join(kept.changes))
    if kept.test.is_ok:
        store.key_values.forget(FAILING_SINCE)
        if resolve_incident(WEBHOOKS_UNWELL, store=store):
            log.info("webhooks_recovered")
        return DAY - SECONDS_BETWEEN_TRIES
    reason = explain(kept.test)
    log.warning("webhook_test_failed", reason=reason)
    seconds = _failing_seconds(store, clock)
    if seconds >= SECONDS_BEFORE_ALERT:
        tell_admins(WEBHOOKS_UNWELL, WEBHOOKS_UNWELL, {"url": keeper.url, "reason": reason})
    return seconds / 2


def _failing_seconds(store: Store, clock: Clock) -> float:
    """Return the seconds since the failure began, at most twice the longest pause."""
    now = clock.now()
    since = store.key_values.moment(FAILING_SINCE)
    if since is None:
        since = now
        store.key_values.set_moment(FAILING_SINCE, since)
    return min(max(0.0, now - since), 2 * LONGEST_PAUSE)
