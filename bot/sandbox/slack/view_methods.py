"""The `views.` methods, and the views that users have open."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from bot.sandbox.block_kit.check import check_view
from bot.sandbox.slack.delivery import DEADLINE
from bot.sandbox.slack.form_state import FormValues
from bot.sandbox.slack.message_validation import in_words, with_ids
from bot.sandbox.slack.method import TIER_4, ApiMethod, needed
from bot.sandbox.slack.payloads import state_of
from bot.sandbox.slack.state import APP_ID, BOT_ID, TEAM_ID, Json, MethodError, SlackState, new_id
from bot.sandbox.slack.triggers import Triggers

_DEEPEST: Final = 3
SECONDS_FOR_AN_ANSWER: Final = 5.0


class ViewMethods:
    """The `views.` methods of one workspace, and the views that users have open."""

    def __init__(
        self, state: SlackState, *, clock: Callable[[], float], deadline: float = DEADLINE
    ) -> None:
        self._state = state
        self.triggers = Triggers(clock=clock, seconds=deadline)
        self.filled = FormValues()
        self._views: dict[str, Json] = {}
        self._stacks: dict[str, list[str]] = {}
        self._homes: dict[str, str] = {}
        self._submitted: set[str] = set()

    def methods(self) -> Mapping[str, ApiMethod]:
        """Return the methods by name."""
        return {
            "views.open": ApiMethod(self.open, (), TIER_4),
            "views.push": ApiMethod(self.push, (), TIER_4),
            "views.update": ApiMethod(self.update, (), TIER_4),
            "views.publish": ApiMethod(self.publish, (), TIER_4),
        }

    def clear(self) -> None:
        """Close everything and forget all triggers."""
        for part in (self.triggers, self.filled, self._views, self._stacks, self._homes):
            part.clear()

    def open(self, params: Json) -> Json:
        """Open a modal for the user of a trigger."""
        # The view is checked first: an invalid one does not use up the trigger.
        view = self.checked(params.get("view"), "modal")
        user = self.triggers.spend(needed(params, "trigger_id"))
        self.close_all(user)
        return {"ok": True, "view": self.show(user, view)}

    def push(self, params: Json) -> Json:
        """Put a modal on top of a user's open modals."""
        view = self.checked(params.get("view"), "modal")
        trigger_id = needed(params, "trigger_id")
        self._check_depth(self.triggers.look(trigger_id))
        return {"ok": True, "view": self.show(self.triggers.spend(trigger_id), view)}

    def update(self, params: Json) -> Json:
        """Replace the content of an open modal."""
        view = self.checked(params.get("view"), None)
        old = self._find(params)
        view_id = old["id"]
        # An update waits for the response to a submission in progress. In Slack, milliseconds
        # decide which of the two comes first, and no test should depend on that.
        self._state.wait_until(lambda: view_id not in self._submitted, SECONDS_FOR_AN_ANSWER)
        old = self._find(params)
        if params.get("hash") and params["hash"] != old["hash"]:
            raise MethodError("hash_conflict")
        if view["type"] != old["type"]:
            raise MethodError("invalid_arguments", **in_words(["must be the same type as before"]))
        return {"ok": True, "view": self.replace(old["id"], view)}

    def publish(self, params: Json) -> Json:
        """Publish a user's App Home."""
        view = self.checked(params.get("view"), "home")
        user = needed(params, "user_id")
        if user not in self._state.users:
            raise MethodError("invalid_arguments", **in_words(["invalid `user_id`"]))
        old = self._homes.get(user)
        if old is not None and params.get("hash") not in (None, "", self._views[old]["hash"]):
            raise MethodError("hash_conflict")
        if old is not None:
            return {"ok": True, "view": self.replace(old, view)}
        stored = self._stored(view, user, new_id("V"), [])
        self._homes[user] = stored["id"]
        return {"ok": True, "view": stored}

    def checked(self, view: object, kind: str | None) -> Json:
        """Return the checked view, or raise MethodError."""
        if not isinstance(view, dict):
            raise MethodError("invalid_arguments", **in_words(["missing required field: view"]))
        wrong = check_view(view, missing=tuple(self._state.refused_block_types))
        if kind is not None and not wrong and view["type"] != kind:
            wrong = [f"must be a {kind} [json-pointer:/view/type]"]
        if wrong:
            raise MethodError("invalid_arguments", **in_words(wrong))
        external = view.get("external_id")
        if external and kind is not None and self._by_external_id(external) is not None:
            raise MethodError("duplicate_external_id")
        return view

    def show(self, user: str, view: Json) -> Json:
        """Put a view on top of a user's open views and return it as stored."""
        self._check_depth(user)
        stack = self._stacks.setdefault(user, [])
        stored = self._stored(view, user, new_id("V"), list(stack))
        stack.append(stored["id"])
        return stored

    @contextmanager
    def submitting(self, view_id: str) -> Iterator[None]:
        """Delay updates of a view until the response to its submission is applied."""
        with self._state.lock:
            self._submitted.add(view_id)
        try:
            yield
        finally:
            with self._state.lock:
                self._submitted.discard(view_id)
                self._state.touch()

    def replace(self, view_id: str, view: Json) -> Json:
        """Replace a view, keeping its ID, with a new hash."""
        old = self._views[view_id]
        before = [old["root_view_id"], old["previous_view_id"]] if old["previous_view_id"] else []
        new = self._stored(view, old["user"], view_id, before)
        self.filled.follow(old, new)
        new["state"] = state_of(new, self.filled.of(view_id))
        return new

    def top(self, user: str) -> Json | None:
        """Return the top view of a user."""
        stack = self._stacks.get(user)
        return self._views[stack[-1]] if stack else None

    def home(self, user: str) -> Json | None:
        """Return the App Home of a user."""
        view_id = self._homes.get(user)
        return self._views[view_id] if view_id else None

    def opened(self, user: str, view_id: str) -> Json:
        """Return a view that a user has open, or raise LookupError."""
        if view_id not in self._stacks.get(user, []) and view_id != self._homes.get(user):
            raise LookupError(f"{user} has no view {view_id} open")
        return self._views[view_id]

    def close(self, user: str) -> None:
        """Close the top view."""
        if self._stacks.get(user):
            gone = self._views.pop(self._stacks[user].pop())
            self.filled.forget(gone["id"])
            self._state.touch()

    def close_all(self, user: str) -> None:
        """Close all modals of a user."""
        while self._stacks.get(user):
            self.close(user)

    def _stored(self, view: Json, user: str, view_id: str, before: list[str]) -> Json:
        stored = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **view,
            "id": view_id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "app_installed_team_id": TEAM_ID,
            "user": user,
            "state": {"values": {}},
            "blocks": with_ids(view["blocks"]),
            "hash": f"{int(time.time())}.{secrets.token_hex(4)}",
            "root_view_id": before[0] if before else view_id,
            "previous_view_id": before[-1] if before else None,
        }
        self._views[view_id] = stored
        self._state.touch()
        return stored

    def _find(self, params: Json) -> Json:
        if params.get("external_id") and not params.get("view_id"):
            view = self._by_external_id(str(params["external_id"]))
        else:
            view = self._views.get(needed(params, "view_id"))
        if view is None:
            raise MethodError("not_found")
        return view

    def _by_external_id(self, external_id: str) -> Json | None:
        views = self._views.values()
        return next((v for v in views if v["external_id"] == external_id), None)

    def _check_depth(self, user: str) -> None:
        if len(self._stacks.get(user, [])) >= _DEEPEST:
            raise MethodError("push_limit_reached")
