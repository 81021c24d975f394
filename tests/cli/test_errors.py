"""Terminal commands report failures in one sentence with a remedy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.main import COMMANDS, main, make_parser

ROOT = Path(__file__).parents[2]
RAW = ("ConnectError", "ReadTimeout", "Errno", "Traceback", "None")
NO_HOST = "http://127.0.0.1:9/v1"


@pytest.fixture
def settings(monkeypatch, tmp_path):
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s",
        "SLACK_DEFAULT_CHANNEL": "C0CALLS001",
        "VOCATECH_API_KEY": "vt-key",
        "VOCATECH_API_URL": NO_HOST,
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
        "PUBLIC_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def errors_of(capsys, *words):
    """Return the exit code and the lines on standard error, without log lines."""
    code = main(words)
    lines = capsys.readouterr().err.splitlines()
    return code, [line for line in lines if line.startswith(("vocatech-slack", "  - "))]


@pytest.mark.parametrize("words", [("webhooks", "list"), ("webhooks", "sync")])
def test_no_network_is_explained_with_a_remedy(settings, capsys, words):
    code, [line] = errors_of(capsys, *words)
    assert code == 1
    assert line.startswith("vocatech-slack: Vocatech can't be reached")
    assert "VOCATECH_API_URL" in line
    assert not [word for word in RAW if word in line]


def test_a_backfill_without_network_is_explained_with_a_remedy(settings, capsys, monkeypatch):
    monkeypatch.setattr("bot.vocatech.http.backoff_seconds", lambda *_: 0.0)
    code, lines = errors_of(capsys, "backfill", "--since", "2d")
    assert code == 1
    [line] = [line for line in lines if line.startswith("  - ")]
    assert "Vocatech can't be reached" in line
    assert not [word for word in RAW if word in line]


def test_a_missing_rules_file_is_named_with_a_remedy(settings, capsys):
    missing = settings / "none.yaml"
    code, [line] = errors_of(capsys, "rules", "import", str(missing))
    assert code == 1
    assert line == f"vocatech-slack: There is no file {missing}. Check the path."


def test_a_folder_or_an_unwritable_file_is_named_with_a_remedy(settings, capsys):
    code, [line] = errors_of(capsys, "rules", "import", str(settings))
    assert (code, line) == (1, f"vocatech-slack: {settings} is a folder. Use the path of a file.")
    code, [line] = errors_of(capsys, "rules", "export", str(settings / "no" / "rules.yaml"))
    assert code == 1
    assert "Check the path." in line


def test_a_closed_pipe_is_explained_without_a_traceback(settings, capsys):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "manifest"],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == (
        "vocatech-slack: The program that reads the output stopped early, so the output is"
        " incomplete. Write it to a file to get all of it.\n"
    )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_each_help_text_has_an_example(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        make_parser().parse_args([command.name, "--help"])
    text = capsys.readouterr().out
    assert f"\n  vocatech-slack {command.name}" in text
    assert command.help[0].isupper()
    assert not command.help.endswith(".")
