"""The webhook subscription: created, completed, tested."""

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

# A door that refuses even a fresh secret is not helped by another one every few minutes.
SECONDS_A_SECRET_IS_TRUSTED = 86_400.0

MOST_UNKNOWN = 3

NOT_SIGNED_WELL = 401


@dataclass(frozen=True)
class SyncResult:
    """The subscription that is left, what was done for it, and how its test delivery went."""

    subscription_id: str
    changes: tuple[str, ...]
    test: TestDelivery


@dataclass
class SubscriptionKeeper:
    """Looks after the subscription of one address; every step may fail, and is safe to repeat.

    `has_given_secrets`: the settings bring the secrets of a subscription that was made by hand.
    """

    webhooks: WebhooksApi
    saved: Subscriptions
    url: str
    has_given_secrets: bool
    clock: Clock
    _changes: list[str] = field(default_factory=list)

    def sync(self) -> SyncResult:
        """Find ours or make it, complete it, drop its doubles, and test it. Raises ApiError.

        Whatever was interrupted before, what is left is one subscription with a known secret. One
        that is to be replaced goes last, so that there is no moment without any.
        """
        self._changes.clear()
        listed = self.webhooks.all()
        ours = self.find_ours(listed)
        known = [one.subscription_id for one in self.known()]
        kept = self._find_known(known, ours)
        if kept is None and ours and self.has_given_secrets:
            kept = self._choose_given(ours)
            if kept is None:  # none of them works, so nothing tells which ones to drop
                return self._tell(ours[0], self.webhooks.test(ours[0].subscription_id))
        kept = kept or self._make(ours)
        self._complete(kept)
        self._drop(one for one in ours if one.subscription_id != kept.subscription_id)
        kept, test = self._test(kept)
        made = {one.subscription_id: one.url for one in self.saved.all()}
        if test.is_ok:
            # Those that the bot made for an address of its own from before have served.
            elsewhere = {one for one, url in made.items() if not is_same_address(url, self.url)}
            self._drop(one for one in listed if one.subscription_id in elsewhere)
        # The secrets of those dropped today stay good for deliveries that are still under way.
        there = {kept.subscription_id, *(one.subscription_id for one in listed)}
        self.saved.forget(one for one in made if one not in there)
        return self._tell(kept, test)

    def known(self) -> list[KnownSubscription]:
        """Which subscriptions to our address have a secret that the bot keeps? Newest first."""
        return [one for one in self.saved.all() if one.url == self.url]

    def find_ours(self, listed: Iterable[Subscription]) -> list[Subscription]:
        """Which of these are ours: at our address, or made by us for it and written otherwise?"""
        known = {one.subscription_id for one in self.known()}
        return [
            one
            for one in listed
            if one.subscription_id in known or is_same_address(one.url, self.url)
        ]

    def _find_known(
        self, known: Sequence[str], ours: Sequence[Subscription]
    ) -> Subscription | None:
        """Find one whose secret is known."""
        by_id = {one.subscription_id: one for one in ours}
        listed = next((by_id[one] for one in known if one in by_id), None)
        if listed is not None:
            return listed
        # One that the list does not show may be there all the same, and must not be made again
        # and again.
        for subscription_id in known:
            try:
                self.webhooks.update(subscription_id, event_filters=list(EVENT_KINDS))
            except (NotFound, RequestRefused):
                continue
            return Subscription(subscription_id, self.url, NAME, EVENT_KINDS)
        return None

    def _choose_given(self, ours: Sequence[Subscription]) -> Subscription | None:
        """Choose the one that the settings' secrets are of; of several, a test has to tell."""
        if len(ours) == 1:
            return ours[0]
        works = (one for one in ours if self.webhooks.test(one.subscription_id).is_ok)
        return next(works, None)

    def _make(self, ours: Sequence[Subscription]) -> Subscription:
        """Make a new one; beside it only one of `ours`, whose secret nobody knows, is left."""
        self._drop(ours[1:])
        if len(ours) > MOST_UNKNOWN and len(self.find_ours(self.webhooks.all())) > MOST_UNKNOWN:
            raise RequestRefused(
                f"there are {len(ours)} webhook subscriptions to {self.url} that cannot be"
                " deleted; please delete them in Vocatech's portal"
            )
        made = self.webhooks.create(name=NAME, url=self.url, kinds=EVENT_KINDS)
        if made.secret is None:
            self._drop([made])
            raise RequestRefused("it made a webhook subscription without telling its secret")
        self.saved.remember(
            made.subscription_id, url=self.url, secret=made.secret, now=self.clock.now()
        )
        self._changes.append(f"made subscription {made.subscription_id}")
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
        """Test it; where our own secret turns out to be wrong, replace it and test that."""
        test = self.webhooks.test(kept.subscription_id)
        made = {one.subscription_id: one.made_at for one in self.known()}.get(kept.subscription_id)
        is_stale = made is not None and made < self.clock.now() - SECONDS_A_SECRET_IS_TRUSTED
        if test.status != NOT_SIGNED_WELL or not is_stale:
            return kept, test
        new = self._make([kept])
        self._drop([kept])
        return new, self.webhooks.test(new.subscription_id)

    def _tell(self, kept: Subscription, test: TestDelivery) -> SyncResult:
        return SyncResult(kept.subscription_id, tuple(self._changes), test)


def explain(test: TestDelivery) -> str:
    """Say in a few words why a test delivery is not well."""
    status = f"the answer was {test.status}" if test.status else "there was no answer"
    return f"{status} ({test.error})" if test.error else status


def is_same_address(one: str, other: str) -> bool:
    """Say whether two addresses are the same, however they are written."""
    return _plain(one) == _plain(other)


def _plain(url: str) -> tuple[object, ...]:
    """Give an address as it is compared, however it is written."""
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

TROUBLED = "webhook subscription troubled since"

# A proxy that starts together with the bot is not there at the first try.
SECONDS_BEFORE_A_WORD = 30.0


def keep_subscription(
    *,
    keeper: SubscriptionKeeper,
    store: Store,
    metrics: Metrics,
    clock: Clock,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Keep one working subscription; gives the seconds to pause beyond those between tries.

    The longer something is wrong, the longer it is left alone, up to an hour.
    """
    try:
        kept = keeper.sync()
    except KeyRefused:
        return 0.0  # the catch-up tells the admins
    except ApiError as error:
        metrics.api_errors.labels(type(error).__name__).inc()
        log.warning("subscription_not_kept", error=type(error).__name__, reason=str(error))
        return _seconds_troubled(store, clock) / 2
    if kept.changes:
        log.info("subscription_kept", did=", ".join(kept.changes))
    if kept.test.is_ok:
        store.notes.forget(TROUBLED)
        if resolve_incident(WEBHOOKS_UNWELL, store=store):
            log.info("webhooks_reach_the_bot_again")
        return DAY - SECONDS_BETWEEN_TRIES
    reason = explain(kept.test)
    log.warning("test_webhook_failed", reason=reason)
    seconds = _seconds_troubled(store, clock)
    if seconds >= SECONDS_BEFORE_A_WORD:
        tell_admins(WEBHOOKS_UNWELL, WEBHOOKS_UNWELL, {"url": keeper.url, "reason": reason})
    return seconds / 2


def _seconds_troubled(store: Store, clock: Clock) -> float:
    """Give the seconds since the trouble began, at most two of the longest pauses."""
    now = clock.now()
    since = store.notes.moment(TROUBLED)
    if since is None:
        since = now
        store.notes.set_moment(TROUBLED, since)
    return min(max(0.0, now - since), 2 * LONGEST_PAUSE)
