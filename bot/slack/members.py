"""Slack Web API requests about the app's own identity and about people."""

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.slack.errors import FAILURES, classify
from bot.slack.teams import is_member
from bot.slack.views import SlackViews
from bot.store.key_value import KeyValueStore

log = structlog.get_logger()

OWN_TEAMS = "own teams"
PERSON_FRESH_SECONDS = 60.0


class SlackMembers(SlackViews):
    """Requests about the app itself, the workspace's people, and direct messages to them."""

    def __init__(self, client: WebClient, notes: KeyValueStore, now: Callable[[], float]) -> None:
        """Store the client."""
        super().__init__(client)
        self._notes = notes
        self._now = now
        self._bot_id: str | None = None
        self._own_teams: frozenset[str] = frozenset()
        self._people: dict[str, tuple[dict[str, Any], float]] = {}

    @property
    def has_authenticated(self) -> bool:
        """Whether Slack has accepted the token since the start."""
        return self._bot_id is not None

    def check_auth(self) -> bool:
        """Call `auth.test` and return whether it succeeded."""
        try:
            self._auth_test()
        except FAILURES as error:
            log.warning("slack_auth_test_failed", reason=classify(error).reason)
            return False
        return True

    def _known_bot_id(self) -> str:
        return self._bot_id or self._auth_test()

    def _auth_test(self) -> str:
        identity = self._client.auth_test()
        if self._bot_id is None:
            ids = (identity.get("team_id"), identity.get("enterprise_id"))
            self._own_teams = frozenset(str(one) for one in ids if one)
            self._notes.set_text(OWN_TEAMS, " ".join(sorted(self._own_teams)))
            # Set last, because other threads then rely on the teams, too.
            self._bot_id = str(identity["bot_id"])
        return self._bot_id

    @property
    def own_teams(self) -> frozenset[str]:
        """The IDs of the own workspace and enterprise; empty until the first `auth.test`."""
        if not self._own_teams:
            self._own_teams = frozenset((self._notes.text(OWN_TEAMS) or "").split())
        return self._own_teams

    def is_ours(self, person: Mapping[str, Any]) -> bool:
        """Return whether a Slack user object is a person of the own company.

        Raises `FAILURES`.
        """
        self._known_bot_id()
        return is_member(person, self.own_teams)

    def admins(self) -> list[str]:
        """Return the user IDs of the workspace's owners and admins; none if Slack doesn't say."""
        try:
            pages = self._client.users_list(limit=200)
            members = [one for page in pages for one in page["members"] if self.is_ours(one)]
        except FAILURES:
            return []
        ranks = ("is_primary_owner", "is_owner", "is_admin")
        return [m["id"] for m in members if not m.get("deleted") and any(m.get(r) for r in ranks)]

    def people_page(self, cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """Return a page of Slack user objects and the cursor of the next page.

        Raises `FAILURES`.
        """
        page = self._client.users_list(limit=200, cursor=cursor)
        return page["members"], (page.get("response_metadata") or {}).get("next_cursor") or None

    def person(self, slack_user: str) -> dict[str, Any]:
        """Return a Slack user object, at most a minute old. Raises `FAILURES`.

        One request of a new user needs it several times: to check the company, to check for
        guests, and to add the person.
        """
        found, at = self._people.get(slack_user, ({}, -inf))
        if not 0 <= self._now() - at < PERSON_FRESH_SECONDS:
            answer: dict[str, Any] | None = self._client.users_info(user=slack_user)["user"]
            found = answer or {"id": slack_user}
            self._people = {**self._fresh_people(), slack_user: (found, self._now())}
        return found

    def forget_person(self, slack_user: str) -> None:
        """Ask Slack again about a person next time, because their account changed."""
        self._people = {who: one for who, one in self._people.items() if who != slack_user}

    def _fresh_people(self) -> dict[str, tuple[dict[str, Any], float]]:
        now, known = self._now(), self._people
        return {who: one for who, one in known.items() if now - one[1] < PERSON_FRESH_SECONDS}

    def open_direct(self, slack_user: str) -> str:
        """Return the ID of the direct message channel with a person. Raises `FAILURES`.

        Posts accept a user ID, too, but edits don't.
        """
        return str(self._client.conversations_open(users=slack_user)["channel"]["id"])
