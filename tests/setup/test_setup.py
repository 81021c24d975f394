"""The guided setup, in a terminal and in a script, with the fake Slack and Vocatech."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.setup.channels import find_channel, list_choices
from bot.setup.env_file import parse_env
from bot.slack.manifest import SCOPES, create_app_link
from bot.slack.setup_client import ListedChannel
from tests.conftest import CHANNEL, wait_for

ROOT = Path(__file__).parents[2]
# getpass reads from the controlling terminal. Where the tests run in the background, Ctrl-C is
# ignored, and children inherit that.
IN_TERMINAL = """
import fcntl, os, runpy, signal, sys, termios
signal.signal(signal.SIGINT, signal.default_int_handler)
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.argv = ["vocatech-slack", *sys.argv[1:]]
runpy.run_module("bot", run_name="__main__")
"""


class Person:
    """Someone who runs a command in a terminal.

    They type only after they see the question: getpass discards what was typed before.
    """

    def __init__(self, words, environment):
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", IN_TERMINAL, *words],
            **dict.fromkeys(("stdin", "stdout", "stderr"), slave),
            env=environment,
            cwd=ROOT,
        )
        os.close(slave)
        self.screen, self._read_to = "", 0

    def sees(self, text):
        """Wait until a text appears after what was seen before."""
        wait_for(lambda: self._find(text), 60)

    def _find(self, text):
        self._read()
        at = " ".join(self.screen.split()).find(text, self._read_to)
        if at < 0:
            return False
        self._read_to = at + len(text)
        return True

    def _read(self):
        while select.select([self._master], [], [], 0)[0]:
            try:
                got = os.read(self._master, 65_536)
            except OSError:  # the process ended
                return
            if not got:
                return
            self.screen += got.decode(errors="replace")

    def types(self, text):
        os.write(self._master, f"{text}\n".encode())

    def presses_ctrl_c(self):
        os.write(self._master, b"\x03")

    def exit_code(self):
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            self._read()
            time.sleep(0.01)
        self._read()
        return self.process.returncode

    def leave(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self._master)


@pytest.fixture
def services(slack, vocatech, tmp_path):
    slack.add_channel("C0SALES001", "sales", member=False)
    return {
        "SLACK_API_URL": slack.api_url,
        "VOCATECH_API_URL": vocatech.api_url,
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
    }


@pytest.fixture
def file(tmp_path):
    return tmp_path / ".env"


@pytest.fixture
def sit_down(services, file):
    """Return a function that starts the setup in a terminal."""
    people = []

    def start():
        environment = {**os.environ, **services, "COLUMNS": "100"}
        people.append(Person(["setup", "--env-file", str(file)], environment))
        return people[-1]

    yield start
    for one in people:
        one.leave()


@pytest.fixture
def script(services, slack, vocatech, file, tmp_path, monkeypatch, capsys):
    """Return a function that runs the setup without a terminal: exit code and output."""
    for name, value in services.items():
        monkeypatch.setenv(name, value)

    def run(*words, bot_token=slack.token, app_token=slack.app_token, api_key=vocatech.key):
        options = []
        secrets = {"bot-token": bot_token, "app-token": app_token, "api-key": api_key}
        for name, secret in secrets.items():
            if secret is not None:
                (tmp_path / name).write_text(f"{secret}\n")
                options += [f"--{name}-file", str(tmp_path / name)]
        basics = ["setup", "--yes", "--backfill", "no", "--env-file", str(file)]
        code = main([*basics, *options, *words])
        printed = capsys.readouterr()
        return code, " ".join((printed.out + printed.err).split())

    return run


def test_a_person_is_guided_to_a_working_setup(sit_down, file, slack, vocatech):
    vocatech.ring(ago=60).answer(after=5).hang_up(after=20)
    person = sit_down()
    person.sees(create_app_link()[:40])
    person.sees("Bot token (not shown):")
    person.types("xapp-demo")
    person.sees("This is the app-level token.")
    person.sees("(not shown):")
    person.types("xoxb-other")
    person.sees("Slack doesn't recognize this token.")
    person.sees("(not shown):")
    person.types(slack.token)
    person.sees("Bot token: valid: vocatech in Demo workspace; scopes: all 12 granted")
    person.sees("App-level token (not shown):")
    person.types("xapp-other")
    person.sees("Slack rejects this app-level token (invalid_auth).")
    person.sees("(not shown):")
    person.types(slack.app_token)
    person.sees("Vocatech API key (not shown):")
    person.types("mistyped")
    person.sees("Vocatech rejected the API key.")
    person.sees("(not shown):")
    person.types(vocatech.key)
    person.sees("Vocatech API key: valid:")
    person.sees("#sales (joins when chosen)")
    person.types("board")
    person.sees("type /invite @Vocatech in it")
    person.types("#sales")
    person.sees("Default channel: #sales; the app is a member")
    person.sees("Time zone [America/New_York]:")
    person.types("EST5")
    person.sees("TIMEZONE is invalid")
    person.sees("Time zone [America/New_York]:")
    person.types("")
    person.sees("Public URL:")
    person.types("http://bot.example")
    person.sees("PUBLIC_URL is invalid")
    person.types("")
    person.sees("Admins:")
    person.types("ana.torres@example.com, U0BEN0001")
    person.sees("Admins: Ana Torres, Ben Whitaker")
    person.sees("Import the calls of the last 30 days? [Y/n]")
    person.types("of course")
    person.sees("Please type y or n.")
    person.types("")
    person.sees("Imported 1 call")
    assert person.exit_code() == 0, person.screen
    assert "The setup is ready" in person.screen
    for secret in (slack.token, slack.app_token, vocatech.key, "xoxb-other", "mistyped"):
        assert secret not in person.screen
    assert parse_env(file.read_text()) == {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_APP_TOKEN": slack.app_token,
        "VOCATECH_API_KEY": vocatech.key,
        "SLACK_DEFAULT_CHANNEL": "C0SALES001",
        "TIMEZONE": "America/New_York",
        "SLACK_ADMINS": "U0ANA0001,U0BEN0001",
    }
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_interrupted_setup_continues_where_it_stopped(sit_down, file, slack, vocatech):
    person = sit_down()
    person.sees("Bot token (not shown):")
    person.types(slack.token)
    person.sees("App-level token (not shown):")
    person.types(slack.app_token)
    person.sees("Vocatech API key (not shown):")
    person.presses_ctrl_c()
    assert person.exit_code() == 1
    assert "Stopped. Accepted answers are saved" in person.screen
    assert "Traceback" not in person.screen
    assert set(parse_env(file.read_text())) == {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}

    again = sit_down()
    again.sees("Bot token: valid: vocatech in Demo workspace")
    again.sees("Vocatech API key (not shown):")
    assert "Bot token (not shown)" not in again.screen


def test_a_saved_value_is_replaced_only_with_consent(sit_down, file, slack, services):
    file.write_text(f"# mine\nSLACK_BOT_TOKEN={slack.token}\n")
    services["SLACK_BOT_TOKEN"] = "xoxb-other"
    person = sit_down()
    person.sees("has another value. Replace it? [y/N]")
    person.types("")
    person.sees("Bot token: valid: vocatech in Demo workspace")
    person.sees("App-level token (not shown):")
    person.presses_ctrl_c()
    assert person.exit_code() == 1
    assert file.read_text() == f"# mine\nSLACK_BOT_TOKEN={slack.token}\n"


def test_a_script_answers_everything_with_options(script, file, slack):
    code, output = script("--channel", "calls", "--admins", "ana.torres@example.com")
    assert code == 0, output
    assert parse_env(file.read_text())["SLACK_DEFAULT_CHANNEL"] == CHANNEL
    assert parse_env(file.read_text())["TIMEZONE"] == "America/New_York"
    assert "Admins: Ana Torres" in output
    assert slack.token not in output
    before = file.read_text()
    assert script(bot_token=None, app_token=None, api_key=None)[0] == 0
    assert file.read_text() == before


def test_a_script_answers_with_the_environment(script, file, monkeypatch, slack, vocatech):
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.token)
    monkeypatch.setenv("VOCATECH_API_KEY", vocatech.key)
    monkeypatch.setenv("SLACK_DEFAULT_CHANNEL", CHANNEL)
    code, output = script(bot_token=None, api_key=None)
    assert code == 0, output
    assert parse_env(file.read_text())["VOCATECH_API_KEY"] == vocatech.key


def test_a_secret_in_a_file_of_its_own_stays_there(script, file, tmp_path, slack):
    own = tmp_path / "own"
    own.write_text(slack.token)
    file.write_text(f"# mine\nSLACK_BOT_TOKEN_FILE={own}\n")
    code, output = script("--channel", "calls", bot_token=None)
    assert code == 0, output
    assert file.read_text().startswith(f"# mine\nSLACK_BOT_TOKEN_FILE={own}\n")
    assert "SLACK_BOT_TOKEN" not in parse_env(file.read_text())


@pytest.mark.parametrize(
    ("words", "secrets", "said"),
    [
        ((), {"bot_token": None}, "SLACK_BOT_TOKEN is missing. In your Slack app's settings"),
        ((), {"bot_token": "xoxp-1"}, "This is a user token."),
        ((), {"bot_token": "hunter2"}, "This doesn't start with xoxb-."),
        ((), {"bot_token": "xoxb-1 2"}, "SLACK_BOT_TOKEN has a character that is never part"),
        ((), {"app_token": "xoxb-demo"}, "This is the bot token."),
        ((), {"app_token": None}, "SLACK_APP_TOKEN is missing."),
        ((), {"api_key": "kéy"}, "VOCATECH_API_KEY is invalid"),
        ((), {}, "SLACK_DEFAULT_CHANNEL is missing."),
        (("--channel", "none"), {}, "The app can't see a channel none."),
        (("--channel", "calls", "--timezone", "Mars"), {}, "TIMEZONE is invalid"),
        (("--channel", "calls", "--public-url", "ftp://x"), {}, "PUBLIC_URL is invalid"),
        (("--channel", "calls", "--admins", "U0NOBODY1"), {}, "Slack doesn't know U0NOBODY1."),
        (("--channel", "calls", "--admins", ", ,"), {}, "Enter at least one email address"),
        (("--bot-token-file", "/nowhere"), {"bot_token": None}, "--bot-token-file can't be read"),
    ],
)
def test_a_wrong_answer_in_a_script_is_explained(script, words, secrets, said):
    code, output = script(*words, **secrets)
    assert code == 2
    assert said in output
    assert "Traceback" not in output
    assert not [one for one in secrets.values() if one and one in output]


def test_missing_scopes_are_named(script, slack):
    slack.state.scopes = frozenset(SCOPES) - {"files:write"}
    code, output = script("--channel", "calls")
    assert code == 2
    assert "1 scope is missing (files:write)" in output


def test_an_unreachable_service_is_explained(script, monkeypatch, file):
    monkeypatch.setenv("VOCATECH_API_URL", "http://127.0.0.1:9/v1")
    code, output = script("--channel", "calls")
    assert code == 2
    assert "Vocatech can't be reached at 127.0.0.1." in output
    assert set(parse_env(file.read_text())) == {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}


def test_http_with_a_signing_secret_needs_no_app_token(script, file, monkeypatch):
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0123456789abcdef0123456789abcdef")
    code, output = script("--channel", "calls", app_token=None)
    assert code == 0, output
    assert "SLACK_APP_TOKEN" not in parse_env(file.read_text())


def test_without_a_terminal_the_setup_asks_for_the_option(capsys, file, monkeypatch):
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        assert main(["setup", "--env-file", str(file)]) == 2
    assert "add --yes" in capsys.readouterr().err
    assert not file.exists()


def test_a_channel_is_found_by_number_name_or_id():
    listed = [
        ListedChannel("C0000000AA", "calls", is_private=False, is_member=True),
        ListedChannel("C0000000BB", "1", is_private=True, is_member=True),
    ]
    calls, one = listed
    assert find_channel(listed, "1") is calls
    assert find_channel(listed, "#1") is one
    assert find_channel(listed, "#CALLS") is calls
    assert find_channel(listed, "C0000000BB") is one
    for word in ("0", "3", "", "#", "²", "9" * 5_000):
        assert find_channel(listed, word) is None
    assert list_choices(listed * 30)[-1].strip() == "and 20 more; enter a name"
