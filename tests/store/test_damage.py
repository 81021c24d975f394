"""Damage of the database file is noticed, named, and no reason for a traceback."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from bot.doctor.model import Verdict
from bot.doctor.run import run_checks
from bot.errors import StoreDamaged
from bot.health.backups import LAST_BACKUP
from bot.store.database.damage import find_damage, require_undamaged
from tests.conftest import settings_for, wait_for
from tests.support.hands import jobs_of
from tests.support.webhooks import ended as ended_call
from tests.support.webhooks import send

TABLES = ["calls", "events", "posts", "texts", "replies", "notes"]
CONTENTS = {"zeros": b"\0", "ones": b"\xff", "letters": b"A"}


def overwrite(file, table, content=b"\0"):
    """Overwrite the first page of a table, after all earlier writes have reached the file."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute(
            "select rootpage from sqlite_master where name = ?", [table]
        ).fetchone()[0]
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(content * size)
        opened.flush()
        os.fsync(opened.fileno())


def damage(bot, file, table):
    """Overwrite a page until the app notices: it may just have written a good one again."""
    jobs = jobs_of(bot.bot)

    def is_noticed():
        overwrite(file, table)
        jobs["check database"]()
        return bot.store.database.damage

    wait_for(is_noticed)


@pytest.fixture
def file(store, tmp_path):
    return tmp_path / "bot.db"


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("table", TABLES)
def test_overwritten_page_is_found(file, table, content):
    assert find_damage(file) is None
    overwrite(file, table, content)
    assert find_damage(file)
    with pytest.raises(StoreDamaged, match="is damaged"):
        require_undamaged(file, seconds=60)


@pytest.mark.parametrize("page", [b"\0" * 4096, b"not a database" * 300])
def test_overwritten_first_page_is_found(file, page):
    overwrite(file, "notes")
    with file.open("r+b") as opened:
        opened.write(page[:4096])
    with pytest.raises(StoreDamaged):
        require_undamaged(file, seconds=60)


def test_new_database_has_no_damage(tmp_path):
    require_undamaged(tmp_path / "none.db", seconds=60)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("table", TABLES)
def test_damage_makes_the_app_not_ready(start_bot, tmp_path, table):
    bot = start_bot()
    assert send(bot.url, ended_call("c")).status_code == 200
    wait_for(lambda: bot.http.get("/readyz").status_code == 200)
    damage(bot, tmp_path / "bot.db", table)
    answer = bot.http.get("/readyz")
    assert (answer.status_code, answer.json()["obstacles"]) == (503, ["database damaged"])


def test_damaged_database_is_not_backed_up(start_bot, tmp_path):
    backups = tmp_path / "backups"
    bot = start_bot(backup_dir=backups)
    wait_for(lambda: list(backups.glob("*.db.gz")))
    damage(bot, tmp_path / "bot.db", "texts")
    before = set(backups.iterdir())
    bot.store.key_values.forget(LAST_BACKUP)
    jobs_of(bot.bot)["back up"]()
    assert set(backups.iterdir()) == before


@pytest.mark.parametrize("table", TABLES)
def test_doctor_names_damage(slack, vocatech, tmp_path, new_database, table):
    settings = settings_for(slack, vocatech, tmp_path)
    settings.database_path.write_bytes(new_database.read_bytes())
    overwrite(settings.database_path, table)
    [found] = [one for one in run_checks(settings) if one.key == "store.database"]
    assert found.verdict is Verdict.PROBLEM
    assert "is damaged" in found.remedy


def test_app_does_not_start_on_a_damaged_database(slack, vocatech, tmp_path, new_database):
    settings = settings_for(slack, vocatech, tmp_path)
    settings.database_path.write_bytes(new_database.read_bytes())
    overwrite(settings.database_path, "notes")
    env = tmp_path / "damaged.env"
    env.write_text(
        f"SLACK_BOT_TOKEN={slack.token}\nSLACK_SIGNING_SECRET={slack.signing_secret}\n"
        f"SLACK_API_URL={slack.api_url}\nSLACK_DEFAULT_CHANNEL=C0CALLS001\n"
        f"VOCATECH_API_KEY={vocatech.key}\nVOCATECH_API_URL={vocatech.api_url}\n"
        f"DATABASE_URL=sqlite:///{settings.database_path}\nPORT=0\n"
    )
    # In a process of its own, because it sets up logs and signals.
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "run", "--env-file", env],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "is damaged" in ended.stderr
    assert "vocatech-slack restore FILE" in ended.stderr
    assert "Traceback" not in ended.stderr
