"""One running app on a database: others are refused, and so is an upgrade beneath it."""

import json
import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from bot.cli.main import main
from bot.errors import AlreadyRunning
from bot.store import Store
from bot.store.database.instance_lock import lock_path, running_instance
from tests.store.test_store import OLD_DATABASE

HOLDER = json.dumps({"pid": 4711, "host": "server-2"})


@pytest.fixture
def file(tmp_path):
    """Return an older database, which the first opening upgrades."""
    return shutil.copy(OLD_DATABASE, tmp_path / "bot.db")


def migrations_of(file):
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute("select count(*) from _sqlite_migrations").fetchone()[0]


def test_a_newer_version_changes_nothing_beneath_a_running_app(file):
    before = migrations_of(file)
    with running_instance(file):
        lock_path(file).write_text(HOLDER)
        with pytest.raises(AlreadyRunning, match="process 4711 on server-2"):
            Store.open(file)
        assert migrations_of(file) == before
    Store.open(file).close()
    assert migrations_of(file) > before


def test_the_app_itself_upgrades_and_commands_open_what_needs_no_upgrade(file):
    with running_instance(file):
        Store.open(file).close()
        lock_path(file).write_text(HOLDER)
        Store.open(file).close()


def test_a_second_app_is_refused_with_the_process_and_host_of_the_first(
    file, tmp_path, monkeypatch, capsys
):
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1-2-abc",
        "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
        "SLACK_DEFAULT_CHANNEL": "C0CALLS001",
        "VOCATECH_API_KEY": "key",
        "DATABASE_URL": f"sqlite:///{file}",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("bot.server.logs.set_up_logs", lambda *_: None)
    with running_instance(file):
        assert main(["run"]) == 1
    said = capsys.readouterr().err
    assert "is already running" in said
    assert f"process {os.getpid()} on " in said
