"""The course of the setup: each answer is checked and saved before the next question."""

import contextlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import zone_names
from bot.errors import SettingsWrong
from bot.setup import questions as q
from bot.setup.channels import list_choices
from bot.setup.checks import Checked, ServiceChecks
from bot.setup.env_file import merge_env, parse_env, read_env, write_env
from bot.setup.questions import Question
from bot.setup.terminal import Terminal
from bot.slack.manifest import create_app_link


@dataclass
class Setup:
    """One run of the setup.

    `given` has the answers from options and the environment. `in_files` has the settings
    with a file of their own (`NAME_FILE`): the setup checks these values and never writes them.
    """

    path: Path
    given: Mapping[str, str]
    in_files: Mapping[str, str]
    checks: ServiceChecks
    terminal: Terminal
    saved: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Read what an earlier run saved."""
        self.saved = parse_env(read_env(self.path))

    def run(self) -> None:
        """Settle all questions. Raises SettingsWrong if an answer is missing or wrong."""
        checks = self.checks
        if not self._known(q.BOT_TOKEN):
            self._show_link()
        self._settle(q.BOT_TOKEN, checks.check_bot_token)
        if self._known(q.SIGNING_SECRET):
            self._settle(q.SIGNING_SECRET, checks.check_signing_secret)
        if self._known(q.APP_TOKEN) or not self._known(q.SIGNING_SECRET):
            self._settle(q.APP_TOKEN, checks.check_app_token)
        self._settle(q.API_KEY, checks.check_api_key)
        self._settle(q.CHANNEL, checks.check_channel, before=self._show_channels)
        company_zone = checks.company.time_zone
        self._settle(q.TIME_ZONE, checks.check_time_zone, company_zone or machine_zone() or "UTC")
        self._settle(q.PUBLIC_URL, checks.check_public_url)
        self._settle(q.ADMINS, checks.check_admins)

    def _show_link(self) -> None:
        if not self.terminal.can_ask:
            return
        self.terminal.say(
            "Create the Slack app: open this link, choose your workspace, and click Create. If you"
            " have the app already, continue."
        )
        self.terminal.list(["", create_app_link()])

    def _show_channels(self) -> None:
        listed = self.checks.list_channels()
        if isinstance(listed, str):
            self.terminal.say(listed)
        else:
            self.terminal.list(list_choices(listed))

    def _known(self, question: Question) -> str:
        name = question.setting
        sources = (self.in_files, self.given, self.saved)
        return next((one[name] for one in sources if one.get(name)), "")

    def _settle(
        self,
        question: Question,
        check: Callable[[str], Checked],
        default: str = "",
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """Find or ask for an answer, until one is accepted, and save it."""
        value = self._choose_known(question)
        if not value:
            self._introduce(question, before)
            value = self._ask(question, default)
        while value:
            checked = check(value)
            if checked.is_ok:
                self.terminal.say(f"{question.label}: {checked.said}")
                self._save(question, checked.value)
                return
            self._report(question, checked.said)
            before()
            value = self._ask_again(question, value, default)
        if not question.is_optional:
            raise SettingsWrong([_how_to_give(question)])

    def _choose_known(self, question: Question) -> str:
        """Return the answer that is known; a saved one is replaced only with consent."""
        value, name = self._known(question), question.setting
        saved = self.saved.get(name, "")
        if value and saved and value != saved and name not in self.in_files:
            text = f"{name} in {self.path} has another value. Replace it?"
            return value if self.terminal.confirm(text, default=False) else saved
        return value

    def _introduce(self, question: Question, before: Callable[[], None]) -> None:
        if self.terminal.can_ask:
            self.terminal.say()
            self.terminal.say(question.where)
            before()

    def _ask(self, question: Question, default: str) -> str:
        while True:
            value = self.terminal.ask(question.label, default, is_secret=question.is_secret)
            if value or question.is_optional or not self.terminal.can_ask:
                return value

    def _ask_again(self, question: Question, value: str, default: str) -> str:
        if question.is_optional:
            return self.terminal.ask(f"{question.label}, or Enter to skip")
        if default:
            return self.terminal.ask(question.label, default)
        # The fix may have been made in Slack, and the answer may be the same.
        label = f"{question.label}, or Enter to check the same again"
        return self.terminal.ask(label, is_secret=question.is_secret) or value

    def _report(self, question: Question, problem: str) -> None:
        """Print what is wrong; end the setup if no one can correct it now."""
        name = question.setting
        if name in self.in_files:
            raise SettingsWrong([f"{problem} Then correct the file in {name}_FILE."])
        if not self.terminal.can_ask:
            raise SettingsWrong([problem])
        self.terminal.say(problem)

    def _save(self, question: Question, value: str) -> None:
        name = question.setting
        if name in self.in_files or self.saved.get(name) == value:
            return
        # Read again: another program may have changed other lines in the meantime.
        text = merge_env(read_env(self.path), name, value)
        write_env(self.path, text)
        self.saved = parse_env(text)


def _how_to_give(question: Question) -> str:
    how = f"Use {question.option}, or set it in the environment."
    return f"{question.setting} is missing. {question.where} {how}"


def machine_zone() -> str | None:
    """Return the name of this machine's time zone, if it can be found."""
    names = [os.environ.get("TZ", "").removeprefix(":")]
    with contextlib.suppress(OSError):
        names.append(str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2])
    return next((one for one in names if one in zone_names()), None)
