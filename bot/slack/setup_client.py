"""Slack requests of the guided setup, each made once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

MOST_PAGES = 20


@dataclass(frozen=True)
class ListedChannel:
    """A channel that the app can see."""

    channel: str
    name: str
    is_private: bool
    is_member: bool


@dataclass(frozen=True)
class SetupClient:
    """The requests; all raise FAILURES."""

    web: WebClient

    def try_app_token(self, app_token: str) -> None:
        """Ask for a Socket Mode address, without connecting."""
        self.web.apps_connections_open(app_token=app_token)

    def list_channels(self) -> list[ListedChannel]:
        """Return the channels that the app can see, sorted by name."""
        found: list[ListedChannel] = []
        cursor = None
        for _ in range(MOST_PAGES):
            answer = self.web.conversations_list(
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=200,
                cursor=cursor,
            )
            found += [_read(row) for row in answer["channels"]]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return sorted(found, key=lambda one: (one.name.casefold(), one.channel))

    def join(self, channel: str) -> None:
        """Join a public channel."""
        self.web.conversations_join(channel=channel)

    def find_person(self, word: str) -> tuple[str, str]:
        """Return the user ID and the name of a person, by email address or user ID."""
        if "@" in word:
            user = self.web.users_lookupByEmail(email=word)["user"]
        else:
            user = self.web.users_info(user=word)["user"]
        return str(user["id"]), str(user.get("real_name") or user["name"])


def _read(row: Mapping[str, Any]) -> ListedChannel:
    name, is_member = str(row.get("name") or row["id"]), bool(row.get("is_member"))
    return ListedChannel(str(row["id"]), name, bool(row.get("is_private")), is_member)
