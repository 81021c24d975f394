"""Terminal commands report failures in one sentence with a remedy."""

import errno
import os
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.cli.backup import _described
from bot.cli.main import COMMANDS, main, make_parser
from bot.cli.options import begin_of, day_or_span
from bot.store.database.backup import COUNTED, BackupInfo

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


@pytest.mark.parametrize(
    "words", [("import", "--check", "x"), ("--check", "import", "x"), ("import", "x", "--check")]
)
def test_options_may_stand_anywhere(words):
    found = make_parser().parse_args(["rules", *words])
    assert (found.what, found.target, found.check) == ("import", "x", True)


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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["backfil", "--since", "2d"], "There is no 'backfil'. Did you mean backfill?"),
        (["rules", "exprot", "x"], "There is no 'exprot'. Did you mean export?"),
        (["run", "--env-fil", "x", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["digest", "--channel", "C1", "--prnt"], "unrecognized arguments: --prnt; did you mean"),
        (["backfill", "--since", "11/10"], "'11/10' is not a date"),
        (["backfill", "--since", "tomorrow"], "“tomorrow” is in the future"),
        (["backfill", "--since", "yesterday morning"], "is not a date; use a date such as"),
        (["backfill", "--since", "until friday"], "has no first day"),
        (["digest", "--channel", "C1", "--period", "2999-01-01"], "2999-01-01 is in the future"),
        (
            ["digest", "--channel", "C1", "--period", "soon"],
            "'soon' is not a period; use yesterday",
        ),
    ],
)
def test_a_usage_error_names_what_was_meant_and_the_help(
    words, said, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").touch()
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    known = words[0] if words[0] != "backfil" else ""
    assert f"For help, run: {f'vocatech-slack {known}'.strip()} --help\n" in error


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        *(("yesterday", "2026-11-28"), ("last week", "2026-11-16"), ("last-week", "2026-11-16")),
        *(("monday", "2026-11-23"), ("2 weeks", "2026-11-16"), ("nov 1", "2026-11-01")),
        *(("this month", "2026-11-01"), ("20.11.2026", "2026-11-20"), ("in 2025", "2025-01-01")),
    ],
)
def test_days_in_words_begin_in_the_zone_of_the_company(typed, first):
    zone = ZoneInfo("America/New_York")
    now = datetime(2026, 11, 29, 23, tzinfo=zone).timestamp()
    begin = begin_of(day_or_span(typed), zone, now)
    assert datetime.fromtimestamp(begin, zone).isoformat()[:16] == f"{first}T00:00"


@pytest.mark.parametrize(
    "words", [["export", "calls", "+12125550123"], ["export", "person"], ["export", "texts", "1"]]
)
def test_an_export_never_leaves_out_a_number_that_was_typed(settings, capsys, words):
    assert main(words) == 2
    assert "vocatech-slack export person +12125550123" in capsys.readouterr().err


def test_an_unusable_folder_is_named_without_the_raw_error(settings, capsys, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:////proc/bot.db")
    code, [line] = errors_of(capsys, "audit")
    assert code == 1
    assert "The database /proc/bot.db can't be used: No such file or directory." in line
    code, [line] = errors_of(capsys, "backup", str(settings / "no" / "b.db"))
    assert not [word for word in RAW if word in line]


def test_a_backup_counts_what_it_holds_in_words(settings, capsys):
    assert main(["audit"]) == 0
    capsys.readouterr()
    assert main(["backup", str(settings)]) == 0
    printed = capsys.readouterr().out.strip()
    assert printed.endswith("0 calls, 0 texts, 0 contacts, 0 posts, 0 audit entries")
    counts = dict.fromkeys(COUNTED, 1)
    assert "1 call, 1 text, 1 contact, 1 post, 1 audit entry" in _described(
        BackupInfo(None, "m001", is_current=True, counts=counts)
    )


def test_a_full_disk_is_explained_and_leaves_nothing(settings, capsys, monkeypatch):
    def fail(_database, copy, _now):
        copy.write_bytes(b"half")
        raise sqlite3.OperationalError("database or disk is full")

    assert main(["audit"]) == 0
    monkeypatch.setattr("bot.store.database.backup._copy", fail)
    code, [line] = errors_of(capsys, "backup", str(settings / "backups"))
    assert code == 1
    assert "can't be used: database or disk is full. Check the disk" in line
    assert not [word for word in RAW if word in line]
    assert not [*(settings / "backups").iterdir()]


def test_a_full_disk_is_named_by_every_command(settings, capsys, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    assert main(["backup", str(settings / "good.db.gz")]) == 1  # there is no database yet
    assert main(["audit"]) == 0
    assert main(["backup", str(settings / "good.db.gz")]) == 0
    capsys.readouterr()
    monkeypatch.setattr("shutil.copyfileobj", fail)
    for words in (["backup", "other.db.gz"], ["restore", "good.db.gz", "--yes"]):
        code, lines = errors_of(capsys, words[0], str(settings / words[1]), *words[2:])
        assert code == 1
        assert "The disk is full. What was stored before is still there." in lines[-1]
        assert "network" not in lines[-1]


@pytest.mark.parametrize("period", ["yesterday", "last week", "november", "2026-11-20", "monday"])
def test_a_digest_of_any_period_is_printed(settings, capsys, period):
    assert main(["digest", "--channel", "C0CALLS001", "--period", period, "--print"]) == 0
    assert "no calls" in capsys.readouterr().out.lower()


def run_in_shell(command, folder, **environment):
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=ROOT,
        env={**os.environ, "PYTHON": sys.executable, "FOLDER": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("what", ["audit", "export calls", "rules versions"])
def test_a_command_runs_where_there_is_no_output(settings, what):
    done = run_in_shell(f'"$PYTHON" -m bot {what} >&- 2>&-', settings)
    assert done.returncode == 0


def test_letters_that_a_terminal_lacks_are_written_as_escapes(settings):
    doctor = '"$PYTHON" -m bot doctor --help; "$PYTHON" -m bot rules restore “x”'
    done = run_in_shell(doctor, settings, PYTHONIOENCODING="ascii")
    assert "Traceback" not in done.stderr
    assert "There is no version" in done.stderr


@pytest.mark.parametrize("action", ["users list", "tokens list", "outgoing-webhooks list"])
def test_settings_file_may_be_named_before_or_after_the_action(tmp_path, action):
    file = tmp_path / "other.env"
    file.touch()
    command, name = action.split()
    named = ["--env-file", str(file)]
    for words in ([command, *named, name], [command, name, *named]):
        assert make_parser().parse_args(words).env_file == file
    assert make_parser().parse_args([command, name]).env_file == Path(".env")
