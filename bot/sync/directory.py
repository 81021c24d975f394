"""Address book: looks through the company's contacts, people and settings once a day."""

from dataclasses import asdict, dataclass

import structlog

from bot.clock import Clock
from bot.errors import (
    AnswerUnreadable,
    ApiError,
    KeyRefused,
    ListUnending,
    ShuttingDown,
    may_pass,
)
from bot.models.contacts import Contact
from bot.models.people import Company
from bot.server.metrics import Metrics
from bot.store import Store
from bot.vocatech.client import VocatechClient
from bot.vocatech.pages import Page

log = structlog.get_logger()
# The clock comes by every hour, so that what failed is tried again within the hour; what is
# younger than this is left alone, so that the rest is done every twenty-fourth time.
SECONDS_BETWEEN_RUNS = 3600.0
FRESH_SECONDS = 23.5 * 3600.0
CONTACTS_A_WORD = 5_000
# So many numbers of contacts that changed have their cards made anew after a look, and no more.
MOST_FOLLOWED = 500
# With more rows than these that cannot be read, nobody knows who is still there.
MOST_UNREADABLE = 0.1


def sync_directory(
    *, vocatech: VocatechClient, store: Store, metrics: Metrics, clock: Clock
) -> float:
    """Look through whatever was not looked at today; gives no pause beyond the time between looks.

    A refused key is what the catch-up tells the admins of, so nothing is said of it here.
    """
    looks = {
        "company": sync_company,
        "people": sync_people,
        "contacts": sync_contacts,
    }
    for what, look in looks.items():
        began = clock.now()
        last = store.notes.moment(f"{what} looked at")
        if last is not None and 0 <= began - last < FRESH_SECONDS:
            continue
        try:
            look(vocatech, store, began)
        except (KeyRefused, ShuttingDown):
            return 0.0
        except ApiError as error:
            comes_back = may_pass(error) and not isinstance(error, ListUnending)
            metrics.api_errors.labels(type(error).__name__).inc()
            log.warning(
                "look_failed",
                what=what,
                error=type(error).__name__,
                reason=str(error),
                again="within the hour" if comes_back else "in a day",
            )
            if comes_back:
                continue
        store.notes.set_moment(f"{what} looked at", began)
    return 0.0


def sync_company(vocatech: VocatechClient, store: Store, _: float) -> None:
    """Keep what the company says of itself; an answer that says nothing changes nothing."""
    company = vocatech.settings.company()
    if company == Company():
        raise AnswerUnreadable("the settings say nothing that we know")
    store.people.set_company(company)


def sync_people(vocatech: VocatechClient, store: Store, began: float) -> None:
    """Keep the people as they are listed; where they are not, those whom calls name are added."""
    try:
        people = [person for page in vocatech.users.all() for person in page]
        if not people:
            raise AnswerUnreadable("nobody is listed")
    except (KeyRefused, ShuttingDown):
        raise
    except ApiError:
        log.warning("people_taken_from_calls", added=store.people.add_from_calls())
        raise
    store.people.replace(people)
    store.links.match_by_email(now=began)
    log.info("people_looked_through", people=len(people))


@dataclass
class _Tally:
    """How far a look through the contacts has come; `unreadable` rows are passed over."""

    done: int = 0
    changed: int = 0
    unreadable: int = 0
    total: int | None = None

    def count(self, page: Page, contacts: list[Contact], changed: int) -> None:
        before, rows = self.done, len(page.rows) + len(page.odd)
        self.done += rows
        self.changed += changed
        self.unreadable += rows - len(contacts)
        # The most that was told: where rows go during a look, others move up to pages read already.
        self.total = max((n for n in (self.total, page.total) if n is not None), default=None)
        if self.done // CONTACTS_A_WORD > before // CONTACTS_A_WORD:
            log.info("contacts_synced", done=self.done, total=self.total)

    def is_whole(self, seen: int) -> bool:
        """Say whether `seen` contacts are all there are; no contacts at all must be told us."""
        if self.unreadable > MOST_UNREADABLE * self.done:
            return False
        return seen > 0 if self.total is None else seen + self.unreadable >= self.total


def sync_contacts(vocatech: VocatechClient, store: Store, began: float) -> None:
    """Take in all contacts, page by page, and drop the others, if these were surely all."""
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
        log.info("contacts_looked_through", seen=seen, dropped=dropped, **asdict(tally))
    else:
        log.warning("contacts_incomplete", seen=seen, **asdict(tally))
    if not is_first:
        # After the first look every card would be edited, and Slack rations edits.
        store.calls.show_again(sorted(numbers)[:MOST_FOLLOWED], now=began)
