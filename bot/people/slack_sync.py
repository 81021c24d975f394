"""Slack's people: read daily, newcomers asked about, matched by e-mail."""

from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.clock import Clock
from bot.models.people import SlackPerson
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, RATE_LIMITED, Retry, Unknown, classify
from bot.store import Store


@dataclass(frozen=True)
class Newcomers:
    """Each is asked about once: guests and strangers stay unknown, however often they come."""

    store: Store
    _waiting: set[str] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)

    def notice(self, slack_user: str | None) -> None:
        """Note that somebody did something; quick, since they wait for an answer."""
        if not slack_user or slack_user in self._asked:
            return
        if self.store.slack_people.find(slack_user) is None:
            self._waiting.add(slack_user)

    def waiting(self) -> list[str]:
        """Give those about whom nobody has asked yet."""
        return sorted(self._waiting)

    def settle(self, slack_user: str) -> None:
        """Note that Slack has said who somebody is, or that it will not."""
        self._asked.add(slack_user)
        self._waiting.discard(slack_user)


log = structlog.get_logger()

LOOKED_AT = "slack people looked at"

FRESH_SECONDS = 23.5 * 3600.0

# The clock comes by every minute, so that a long list goes on soon after Slack said "not now".
SECONDS_BETWEEN_PAGES = 60.0

SECONDS_BETWEEN_NEWCOMERS = 3.0

SECONDS_AFTER_A_FAILURE = 3600.0

SECONDS_AFTER_A_HICCUP = 60.0

# Slack allows about twenty a minute, and somebody else may need one.
PAGES_AT_ONCE = 15

# Slack's own helper is no bot by Slack's word for it.
SLACKBOT = "USLACKBOT"

_NOBODY_OF_OURS = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted")

_RANKS = ("is_admin", "is_owner", "is_primary_owner")


@dataclass
class Roll:
    """How far a look through Slack's people has come; it is kept from one minute to the next."""

    found: dict[str, SlackPerson] = field(default_factory=dict)
    cursor: str | None = None

    def start_again(self) -> None:
        """Forget what was found so far."""
        self.found, self.cursor = {}, None


def match_slack_people(*, slack: SlackClient, store: Store, clock: Clock, roll: Roll) -> float:
    """Read on in the list of Slack's people where it is a day old; give seconds to pause longer."""
    now = clock.now()
    last = store.notes.moment(LOOKED_AT)
    if last is not None and 0 <= now - last < FRESH_SECONDS:
        return 0.0
    try:
        is_whole = _read_on(slack, roll)
    except FAILURES as error:
        outcome = classify(error)
        if isinstance(outcome, Retry) and outcome.reason == RATE_LIMITED:
            return outcome.seconds  # the cursor is good for a while, so it goes on from there
        roll.start_again()
        log.warning("slack_people_not_read", reason=outcome.reason)
        return SECONDS_AFTER_A_FAILURE
    if is_whole:
        people = list(roll.found.values())
        roll.start_again()
        store.slack_people.replace(people)
        store.links.match_by_email(now=now)
        store.notes.set_moment(LOOKED_AT, now)
        log.info("slack_people_looked_through", people=len(people))
    return 0.0


def meet_newcomers(
    *, slack: SlackClient, store: Store, clock: Clock, newcomers: Newcomers
) -> float:
    """Ask Slack who they are, keep and match those who are of ours; give seconds to pause."""
    if store.notes.moment(LOOKED_AT) is None:
        return 0.0  # the first look is under way, and finds everybody
    pause = 0.0
    for slack_user in newcomers.waiting():
        try:
            member = slack.person(slack_user)
            is_ours = _is_one_of_us(member, slack)
        except FAILURES as error:
            outcome = classify(error)
            if isinstance(outcome, Retry):
                return outcome.seconds
            log.warning("slack_person_not_read", reason=outcome.reason)
            if isinstance(outcome, Unknown):
                pause = SECONDS_AFTER_A_HICCUP
                continue
        else:
            if is_ours:
                store.slack_people.keep(_person(member))
                store.links.match_by_email(now=clock.now())
        newcomers.settle(slack_user)
    return pause


def _read_on(slack: SlackClient, roll: Roll) -> bool:
    """Read some pages; say whether that was the last of them."""
    for _ in range(PAGES_AT_ONCE):
        members, roll.cursor = slack.people_page(roll.cursor)
        people = (_person(one) for one in members if _is_one_of_us(one, slack))
        roll.found.update({one.slack_user: one for one in people})
        if roll.cursor is None:
            return True
    return False


def _is_one_of_us(member: dict[str, Any], slack: SlackClient) -> bool:
    if member["id"] == SLACKBOT or any(member.get(what) for what in _NOBODY_OF_OURS):
        return False
    return slack.is_ours(member)


def _person(member: dict[str, Any]) -> SlackPerson:
    profile = member.get("profile") or {}
    return SlackPerson(
        member["id"],
        profile.get("real_name") or member.get("real_name") or member.get("name"),
        profile.get("email") or None,
        member.get("tz") or None,
        is_admin=any(member.get(rank) for rank in _RANKS),
    )
