"""The interface of a chat workspace that the demo's page needs."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

Json: TypeAlias = dict[str, Any]


class Workspace(Protocol):
    """The chat workspace that the page shows and in which it clicks."""

    @property
    def revision(self) -> int:
        """Return a number that grows with every change."""

    def wait_for_change(self, revision: int, timeout: float) -> int:
        """Wait until the revision differs, `timeout` seconds at most; return the revision."""

    def messages(self, channel: str) -> list[Json]:
        """Return a channel's messages, oldest first."""

    def thread(self, channel: str, ts: str) -> list[Json]:
        """Return a thread's messages, oldest first."""

    def channels(self) -> Mapping[str, str]:
        """Return channel ids and names."""

    def places(self, user: str) -> Mapping[str, str]:
        """Return the IDs and names of the channels and direct messages that a person sees."""

    def file(self, file_id: str) -> tuple[str, str, bytes]:
        """Return the name, the kind and the bytes of a file; raise KeyError where there is none."""

    def users(self) -> Mapping[str, str]:
        """Return user ids and names."""

    def open_view(self, user: str) -> Json | None:
        """Return the top modal that a person has open."""

    def click(self, user: str, channel: str, ts: str, action: Any, value: Any = None) -> object:
        """Press or choose something in a message; `action` has `action_id` and `block_id`."""

    def click_in_view(
        self, user: str, view_id: str, action: Any, value: Any = None, *, values: Any = None
    ) -> object:
        """Press or choose something in a modal or a Home, with what is filled in so far."""

    def type_in_view(
        self,
        user: str,
        view_id: str,
        action: Any,
        text: str,
        *,
        values: Any = None,
        enter: bool = False,
    ) -> object:
        """Type into a field, which the bot may be told of; press Enter there, or not."""

    def load_options(
        self,
        user: str,
        action: Any,
        query: str,
        *,
        view_id: str | None = None,
        channel: str | None = None,
        ts: str | None = None,
    ) -> object:
        """Type into a menu whose choices the bot gives."""

    def close_view(self, user: str, view_id: str) -> object:
        """Close a modal."""

    def submit_view(self, user: str, view_id: str, values: Any) -> object:
        """Submit a modal with Slack's `state.values`; raise NotFilledIn for what is missing."""
