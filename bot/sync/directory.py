"""Daily sync of the company's contacts, users, and settings."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

import structlog

from bot.clock import Clock, CompanyZone
from bot.errors import (
    AnswerUnreadable,
    ApiError,
    KeyRefused,
    ListUnending,
    ShuttingDown,
    Unavailable,
    may_pass,
)
from bot.models.contacts import Contact
from bot.models.people import Company
from bot.server.metrics import Metrics
from bot.store import Store
from bot.vocatech.client import VocatechClient
from bot.vocatech.pages import Page

log = structlog.get_logger()
# The job runs every hour, so a failed sync is retried within the hour. Data younger than
# FRESH_SECONDS is skipped, so each sync normally happens in every 24th run.
SECONDS_BETWEEN_RUNS = 3600.0
FRESH_SECONDS = 23.5 * 3600.0
REGION = "directory read in region"
CONTACTS_PER_LOG_LINE = 5_000
# After a sync, cards are updated for at most this many phone numbers of changed contacts.
MOST_UPDATED = 500
# With a larger share of unreadable rows, it is unknown which contacts still exist.
MOST_UNREADABLE = 0.1


def sync_directory(
    *,
    vocatech: VocatechClient,
    store: Store,
    metrics: Metrics,
    clock: Clock,
    zone: CompanyZone | None = None,
) -> float:
    """Sync what has not been synced today; return 0.0, as no pause is needed beyond the interval.

    After a change of the region, everything is synced again. `zone` follows the company's settings
    in Vocatech, unless it's None.

    A rejected API key is reported by polling, so it is not reported here.
    """
    syncs: dict[str, Callable[[VocatechClient, Store, float], None]] = {
        "company": partial(sync_company, zone=zone),
        "people": sync_people,
        "contacts": sync_contacts,
    }
    region = store.key_values.text(REGION)
    if region not in (None, vocatech.region):
        # Numbers without a country code were read as those of another country.
        for what in syncs:
            store.key_values.forget(f"{what} looked at")
    if region != vocatech.region:
        store.key_values.set_text(REGION, vocatech.region)
    for what, sync in syncs.items():
        began = clock.now()
        last = store.key_values.moment(f"{what} looked at")
        if last is not None and 0 <= began - last < FRESH_SECONDS:
            continue
        try:
            sync(vocatech, store, began)
        except (KeyRefused, ShuttingDown):
            return 0.0
        except ApiError as error:
            is_temporary = may_pass(error) and not isinstance(error, ListUnending)
            metrics.api_errors.labels(type(error).__name__).inc()
            log.warning(
                "directory_sync_failed",
                what=what,
                error=type(error).__name__,
                reason=str(error),
                retry="within the hour" if is_temporary else "in a day",
            )
            if is_temporary:
                continue
        store.key_values.set_moment(f"{what} looked at", began)
    return 0.0


def sync_company(
    vocatech: VocatechClient, store: Store, _: float, *, zone: CompanyZone | None = None
) -> None:
    """Store the company's settings; an empty response changes nothing."""
    company = vocatech.settings.company()
    if company == Company():
        raise AnswerUnreadable("the settings have no known field")
    store.people.set_company(company)
    if zone is not None and company.time_zone and company.time_zone != zone.key:
        zone.become(company.time_zone)
        log.info("time_zone_changed", zone=zone.key)


def sync_people(vocatech: VocatechClient, store: Store, began: float) -> None:
    """Store the listed users; if the list is unavailable, add the users named in calls."""
    try:
        people = [person for page in vocatech.users.all() for person in page]
        if not people:
            raise AnswerUnreadable("the list of users is empty")
    except (KeyRefused, ShuttingDown):
        raise
    except ApiError:
        log.warning("people_added_from_calls", added=store.people.add_from_calls())
        raise
    if not store.people.replace(people, read_at=began):
        # Someone created or changed a user while the list was read.
        raise Unavailable("the list of users changed while it was read")
    store.links.match_by_email(now=began)
    log.info("people_synced", people=len(people))


@dataclass
class _Tally:
    """The progress of a contact sync; `unreadable` rows are skipped."""

    done: int = 0
    changed: int = 0
    unreadable: int = 0
    total: int | None = None

    def count(self, page: Page, contacts: list[Contact], changed: int) -> None:
        before, rows = self.done, len(page.rows) + len(page.odd)
        self.done += rows
        self.changed += changed
        self.unreadable += rows - len(contacts)
        # The highest total: when rows are deleted during a sync, others move to pages already read.
        self.total = max((n for n in (self.total, page.total) if n is not None), default=None)
        if self.done // CONTACTS_PER_LOG_LINE > before // CONTACTS_PER_LOG_LINE:
            log.info("contacts_read", done=self.done, total=self.total)

    def is_whole(self, seen: int) -> bool:
        """Return whether `seen` contacts are all; for none at all, Vocatech must say so."""
        if self.unreadable > MOST_UNREADABLE * self.done:
            return False
        return seen > 0 if self.total is None else seen + self.unreadable >= self.total


def sync_contacts(vocatech: VocatechClient, store: Store, began: float) -> None:
    """Store all contacts page by page, and delete the others if the list was complete."""
    fields = vocatech.contacts.fields()
    store.contacts.set_fields(fields)
    is_first = store.contacts.count() == 0
    tally, numbers = _Tally(), set[str]()
    try:
        for page, contacts in vocatech.contacts.all(fields):
            changed = store.contacts.upsert(contacts, seen=began, numbers=numbers)
            tally.count(page, contacts, changed)
    except ApiError:
        log.warning("contacts_incomplete", **asdict(tally))
        raise
    seen = store.contacts.seen_since(began)
    if tally.is_whole(seen):
        dropped = store.contacts.drop_unseen(since=began, numbers=numbers)
        log.info("contacts_synced", seen=seen, dropped=dropped, **asdict(tally))
    else:
        log.warning("contacts_incomplete", seen=seen, **asdict(tally))
    if not is_first:
        # After the first sync, every card would be edited, and Slack limits edits.
        store.calls.show_again(sorted(numbers)[:MOST_UPDATED], now=began)
