"""What people see in the fake Slack."""

import json

from tests.conftest import wait_for


def said(shown):
    """Return all that a message or a view holds, as one text."""
    return json.dumps(shown, ensure_ascii=False)


def open_view_with(slack, user, *words):
    """Wait until the open view of a person contains these words, and return it."""

    def find():
        view = slack.open_view(user)
        return view if view and all(word in said(view) for word in words) else None

    return wait_for(find)
