"""What a user can do on the demo's page, by path."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from bot.sandbox.page.pane_actions import pane_posts
from bot.sandbox.page.updates import PageUpdates
from bot.sandbox.page.workspace import Workspace
from bot.sandbox.slack.form_state import IncompleteForm
from bot.sandbox.slack.view_state import state_values

Json: TypeAlias = dict[str, Any]

# Like Slack's own message.
NO_ANSWER: Final = "The app did not respond."


class PageActions:
    """Performs what a browser requests; `play` starts scenarios by name."""

    def __init__(
        self,
        workspace: Workspace,
        updates: PageUpdates,
        *,
        say: Callable[..., object] | None,
        open_home: Callable[[str], object] | None,
        play: Mapping[str, Callable[[], object]],
    ) -> None:
        self._workspace = workspace
        self._updates = updates
        self._say = say
        self._open_home = open_home
        self._play = play

    def posts(self) -> Mapping[str, Callable[[Json], Json]]:
        """Return the handlers by path; they raise LookupError or ValueError with a reason."""
        return {
            "/click": self._click,
            "/view/click": self._click_in_view,
            "/view/close": self._close_view,
            "/view/submit": self._submit_view,
            "/view/type": self._type_in_view,
            "/play": self._play_scenario,
            "/say": self._send_message,
            "/home": self._open_app_home,
            "/options": self._load_options,
            "/shortcut": self._use_shortcut,
            **{path: _answering(act) for path, act in pane_posts(self._workspace).items()},
        }

    def _click(self, given: Json) -> Json:
        return problem_in(
            self._workspace.click(
                given["user"], given["channel"], given["ts"], _named(given), given.get("value")
            )
        )

    def _click_in_view(self, given: Json) -> Json:
        user, view_id = given["user"], given["view_id"]
        return problem_in(
            self._workspace.click_in_view(
                user, view_id, _named(given), given.get("value"), values=self._filled_in(given)
            )
        )

    def _type_in_view(self, given: Json) -> Json:
        user, view_id, block = given["user"], given["view_id"], given["block_id"]
        # As in Slack, the error of a field disappears once it is edited.
        errors = self._updates.errors.get(view_id, {})
        self._updates.errors[view_id] = {k: v for k, v in errors.items() if k != block}
        return problem_in(
            self._workspace.type_in_view(
                user,
                view_id,
                _named(given),
                str(given["text"]),
                values=self._filled_in(given),
                enter=bool(given.get("enter")),
            )
        )

    def _filled_in(self, given: Json) -> Json:
        view = self._workspace.open_view(given["user"]) or {}
        is_open = view.get("id") == given["view_id"]
        return state_values(view, given.get("answers") or {}) if is_open else {}

    def _load_options(self, given: Json) -> Json:
        where = {name: given[name] for name in ("view_id", "channel", "ts") if name in given}
        answer = self._workspace.load_options(
            given["user"], _named(given), str(given["query"]), **where
        )
        return {"options": options_in(answer), **problem_in(answer)}

    def _use_shortcut(self, given: Json) -> Json:
        user, callback_id = given["user"], given["callback_id"]
        if "ts" not in given:
            return problem_in(self._workspace.use_shortcut(user, callback_id))
        place = given["channel"], given["ts"]
        return problem_in(self._workspace.use_message_shortcut(user, *place, callback_id))

    def _open_app_home(self, given: Json) -> Json:
        return problem_in(self._open_home(given["user"])) if self._open_home else {}

    def _close_view(self, given: Json) -> Json:
        self._workspace.close_view(given["user"], given["view_id"])
        return {"modal": self._updates.modal(given["user"])}

    def _submit_view(self, given: Json) -> Json:
        user, view_id = given["user"], given["view_id"]
        values = state_values(self._workspace.open_view(user) or {}, given["answers"])
        result: object = None
        try:
            result = self._workspace.submit_view(user, view_id, values)
            errors = result.get("errors") if isinstance(result, Mapping) else None
        except IncompleteForm as missing:
            errors = missing.errors
        self._updates.errors[view_id] = errors or {}
        return {"modal": self._updates.modal(user), **problem_in(result)}

    def _play_scenario(self, given: Json) -> Json:
        play = self._play.get(given["name"])
        if play:
            play()
        return {"played": play is not None}

    def _send_message(self, given: Json) -> Json:
        if self._say is None:
            return {}
        thread = [str(given["thread"])] if given.get("thread") else []
        return problem_in(self._say(given["user"], given["channel"], str(given["text"]), *thread))


def _answering(act: Callable[[Json], object]) -> Callable[[Json], Json]:
    return lambda given: problem_in(act(given))


def problem_in(answer: object) -> Json:
    """Return a `problem` if the app did not respond, or not as Slack requires."""
    if not getattr(answer, "ok", True):
        return {"problem": NO_ANSWER}
    problem = getattr(answer, "problem", "")
    return {"problem": f"Slack rejected the app's response: {problem}"} if problem else {}


def options_in(answer: object) -> list[Json]:
    """Return the options in a response, grouped or not, as values with texts."""
    if not isinstance(answer, Mapping):
        return []
    return [{"value": one["value"], "text": one["text"]["text"]} for one in _options(answer)]


def _options(answer: Mapping[str, Any]) -> Iterator[Json]:
    yield from answer.get("options") or []
    for group in answer.get("option_groups") or []:
        yield from group.get("options") or []


def _named(given: Json) -> Json:
    """Return the element that was used; the block ID decides between equal action IDs."""
    known = {name: given[name] for name in ("action_id", "block_id") if given.get(name)}
    return {**known, **({"value": given["value"]} if given.get("value") is not None else {})}
