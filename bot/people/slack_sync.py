"""Sync of people in Slack: the full list at start and daily, new users when they first appear."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.clock import Clock
from bot.models.people import SlackPerson
from bot.people.guests import is_guest_account
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, RATE_LIMITED, Retry, Unknown, classify
from bot.store import Store


@dataclass(frozen=True)
class Newcomers:
    """New users to look up, each once; guests and external users stay unknown afterwards."""

    store: Store
    _waiting: set[str] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)

    def notice(self, slack_user: str | None) -> None:
        """Queue a user who just used the app, unless they're known; fast, since they wait."""
        if not slack_user or slack_user in self._asked:
            return
        if self.store.slack_people.find(slack_user) is None:
            self._waiting.add(slack_user)

    def waiting(self) -> list[str]:
        """Return the users who haven't been looked up yet."""
        return sorted(self._waiting)

    def settle(self, slack_user: str) -> None:
        """Note that the lookup of a user is done, with or without a result."""
        self._asked.add(slack_user)
        self._waiting.discard(slack_user)


log = structlog.get_logger()

LOOKED_AT = "slack people looked at"

FRESH_SECONDS = 23.5 * 3600.0

# A minute, so that a long list continues soon after Slack's rate limit.
SECONDS_BETWEEN_PAGES = 60.0

SECONDS_BETWEEN_NEWCOMERS = 3.0

SECONDS_AFTER_A_FAILURE = 3600.0

# While no list was ever read: then hardly anyone can be linked or be an admin.
SECONDS_AFTER_FIRST_FAILURE = 300.0

SECONDS_AFTER_UNKNOWN_ERROR = 60.0

# Slack allows about twenty requests a minute; this leaves some for others.
PAGES_AT_ONCE = 15

# Slackbot isn't marked as a bot.
SLACKBOT = "USLACKBOT"

_NOT_MEMBERS = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted")

_RANKS = ("is_admin", "is_owner", "is_primary_owner")


@dataclass
class UserSyncProgress:
    """The progress of a sync of Slack's user list, kept between runs of the job."""

    before: dict[str, SlackPerson] | None = None  # everyone in the store when the sync began
    found: dict[str, SlackPerson] = field(default_factory=dict)
    gone: dict[str, SlackPerson] = field(default_factory=dict)
    guests: dict[str, SlackPerson] = field(default_factory=dict)
    cursor: str | None = None
    synced_at: float | None = None  # on the monotonic clock; None before the first sync

    def reset(self) -> None:
        """Discard what was read so far."""
        self.before, self.found, self.gone, self.guests, self.cursor = None, {}, {}, {}, None


def sync_slack_users(
    *,
    slack: SlackClient,
    store: Store,
    clock: Clock,
    progress: UserSyncProgress,
    on_gone: Callable[[Mapping[str, SlackPerson]], None],
    on_guests: Callable[[Mapping[str, SlackPerson]], None] = lambda _: None,
    report: Callable[[str | None], None],
) -> float:
    """Sync Slack's user list at start and daily; return the extra seconds until the next run.

    Slack doesn't report later who left or became a guest while the app was off.

    `on_gone` gets the deactivated people, `on_guests` the guests; `report` the reason while no list
    was ever read, or None after a success.
    """
    now, last = clock.now(), progress.synced_at
    if last is not None and clock.monotonic() - last < FRESH_SECONDS:
        return 0.0
    if progress.before is None:
        progress.before = {one.slack_user: one for one in store.slack_people.all()}
    try:
        is_whole = _read_pages(slack, progress)
    except FAILURES as error:
        outcome = classify(error)
        if isinstance(outcome, Retry) and outcome.reason == RATE_LIMITED:
            return outcome.seconds  # the cursor stays valid for a while
        progress.reset()
        log.warning("slack_user_sync_failed", reason=outcome.reason)
        if not store.slack_people.all():
            report(outcome.reason)
            return SECONDS_AFTER_FIRST_FAILURE
        return SECONDS_AFTER_A_FAILURE
    if is_whole:
        people, gone, guests = progress.found, progress.gone, progress.guests
        # An event that arrived since then is newer than the page that was read before it.
        newer = store.slack_people.replace(people.values(), before=progress.before)
        progress.reset()
        store.links.match_by_email(now=now)
        on_gone({one: gone[one] for one in gone.keys() - newer})
        on_guests({one: guests[one] for one in guests.keys() - newer})
        report(None)
        store.key_values.set_moment(LOOKED_AT, now)
        progress.synced_at = clock.monotonic()
        log.info("slack_users_synced", people=len(people))
    return 0.0


def look_up_new_users(
    *, slack: SlackClient, store: Store, clock: Clock, newcomers: Newcomers
) -> float:
    """Look up new users and link members by email; return the extra seconds until the next run."""
    if store.key_values.moment(LOOKED_AT) is None:
        return 0.0  # the first sync is running and finds everyone
    pause = 0.0
    for slack_user in newcomers.waiting():
        try:
            member = slack.person(slack_user)
            belongs = is_member(member, slack)
        except FAILURES as error:
            outcome = classify(error)
            if isinstance(outcome, Retry):
                return outcome.seconds
            log.warning("slack_user_lookup_failed", reason=outcome.reason)
            if isinstance(outcome, Unknown):
                pause = SECONDS_AFTER_UNKNOWN_ERROR
                continue
        else:
            if belongs:
                store.slack_people.keep(read_person(member))
                store.links.match_by_email(now=clock.now())
        newcomers.settle(slack_user)
    return pause


def _read_pages(slack: SlackClient, progress: UserSyncProgress) -> bool:
    """Read some pages; return whether that was the last of them."""
    for _ in range(PAGES_AT_ONCE):
        members, progress.cursor = slack.people_page(progress.cursor)
        people = (read_person(one) for one in members if is_member(one, slack))
        progress.found.update({one.slack_user: one for one in people})
        left = (read_person(one) for one in members if one.get("deleted"))
        progress.gone.update({one.slack_user: one for one in left})
        guests = [one for one in members if not one.get("deleted") and is_guest_account(one)]
        progress.guests.update({one["id"]: read_person(one) for one in guests})
        if progress.cursor is None:
            return True
    return False


def is_member(member: Mapping[str, Any], slack: SlackClient) -> bool:
    """Return whether a Slack user object is of a person of the company who is no guest."""
    if member["id"] == SLACKBOT or any(member.get(what) for what in _NOT_MEMBERS):
        return False
    return slack.is_ours(member)


def read_person(member: Mapping[str, Any]) -> SlackPerson:
    """Return the person of a Slack user object."""
    profile = member.get("profile") or {}
    return SlackPerson(
        member["id"],
        profile.get("real_name") or member.get("real_name") or member.get("name"),
        profile.get("email") or None,
        member.get("tz") or None,
        is_admin=any(member.get(rank) for rank in _RANKS),
    )
