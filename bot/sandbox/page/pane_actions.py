"""What a user can do in the side pane of the demo's page, by path."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bot.sandbox.page.workspace import Workspace

Json: TypeAlias = dict[str, Any]


def pane_posts(workspace: Workspace) -> Mapping[str, Callable[[Json], object]]:
    """Return the handlers by path; they return the app's response, if it was asked."""
    return {
        "/pane/open": lambda given: workspace.open_pane(
            given["user"], given["channel"], given["ts"], int(given["place"])
        ),
        "/pane/follow": lambda given: workspace.follow_pane(given["user"], given["key"]),
        "/pane/refresh": lambda given: workspace.refresh_pane(given["user"]),
        "/pane/close": lambda given: workspace.close_pane(given["user"]),
        "/pane/click": lambda given: workspace.click_in_pane(given["user"], given["action_id"]),
        "/pane/comments": lambda given: workspace.open_comments(given["user"]),
        "/pane/comment": lambda given: workspace.write_comment(
            given["user"], str(given["text"]), str(given.get("id") or "")
        ),
        "/pane/comment/delete": lambda given: workspace.delete_comment(
            given["user"], str(given["id"])
        ),
    }
