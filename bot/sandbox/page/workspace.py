"""The interface of a chat workspace that the demo's page needs."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from bot.sandbox.slack.entities.methods import SidePane

Json: TypeAlias = dict[str, Any]


class Workspace(Protocol):
    """The workspace that the page shows."""

    @property
    def revision(self) -> int:
        """Return a number that grows with every change."""

    def wait_for_change(self, revision: int, timeout: float) -> int:
        """Wait up to `timeout` seconds for another revision and return it."""

    def messages(self, channel: str) -> list[Json]:
        """Return a channel's messages, oldest first."""

    def thread(self, channel: str, ts: str) -> list[Json]:
        """Return a thread's messages, oldest first."""

    def channels(self) -> Mapping[str, str]:
        """Return the names of channels by ID."""

    def places(self, user: str) -> Mapping[str, str]:
        """Return the names of a user's channels and direct conversations by ID."""

    def file(self, file_id: str) -> tuple[str, str, bytes]:
        """Return the name, content type, and bytes of a file, or raise KeyError."""

    def users(self) -> Mapping[str, str]:
        """Return the names of users by ID."""

    def open_view(self, user: str) -> Json | None:
        """Return the top modal of a user."""

    def pane(self, user: str) -> SidePane | None:
        """Return the side pane of a user."""

    def open_pane(self, user: str, channel: str, ts: str, place: int = 0) -> object:
        """Click the title of a Work Object in a message."""

    def follow_pane(self, user: str, key: str) -> object:
        """Click a reference to another Work Object in the side pane."""

    def refresh_pane(self, user: str) -> object:
        """Refresh the side pane."""

    def close_pane(self, user: str) -> None:
        """Close the side pane."""

    def click_in_pane(self, user: str, action_id: str) -> object:
        """Click a button of the side pane."""

    def open_comments(self, user: str) -> object:
        """Open the comments, or the next page of them."""

    def write_comment(self, user: str, text: str, comment_id: str = "") -> object:
        """Write a comment, or change the one with an ID."""

    def delete_comment(self, user: str, comment_id: str) -> object:
        """Delete a comment."""

    def click(self, user: str, channel: str, ts: str, action: Any, value: Any = None) -> object:
        """Click or choose something in a message; `action` has `action_id` and `block_id`."""

    def click_in_view(
        self, user: str, view_id: str, action: Any, value: Any = None, *, values: Any = None
    ) -> object:
        """Click or choose something in a modal or App Home, with its form values."""

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
        """Type into a field and, if `enter`, press Enter."""

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
        """Type into an external select."""

    def use_shortcut(self, user: str, callback_id: str) -> object:
        """Choose a shortcut of the whole workspace."""

    def use_message_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> object:
        """Choose a shortcut in the menu of a message."""

    def close_view(self, user: str, view_id: str) -> object:
        """Close a modal."""

    def submit_view(self, user: str, view_id: str, values: Any) -> object:
        """Submit a modal with Slack's `state.values`; raise NotFilledIn for what is missing."""
