"""A full disk during an upgrade, a backup, or a restore: what was there stays."""

import errno
import shutil
import sqlite3
from contextlib import closing

import pytest

from bot.errors import StoreUnusable
from bot.store import Store
from bot.store.database import connection
from bot.store.database.backup import back_up, verify
from bot.store.database.migrations import known_migrations, migrate
from bot.store.database.restore import restore
from bot.store.search.call_text import add_functions
from tests.store.test_store import OLD_DATABASE

NOON = 1_796_040_000.0


def content_of(file):
    with closing(sqlite3.connect(file)) as opened:
        add_functions(opened)
        return [line for line in opened.iterdump() if "backup taken at" not in line]


@pytest.fixture
def file(tmp_path):
    """Return an older database, which the first opening upgrades."""
    return shutil.copy(OLD_DATABASE, tmp_path / "bot.db")


@pytest.fixture
def fill_disk(monkeypatch):
    """Return a function that leaves no space for copies of files."""

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda: monkeypatch.setattr("shutil.copyfileobj", fail)


@pytest.mark.parametrize("pages", [0, 5, 20, 40])
def test_upgrade_on_a_disk_that_fills_up_changes_nothing(file, monkeypatch, fill_disk, pages):
    before = content_of(file)

    def migrate_on_a_full_disk(db):
        [(count,)] = db.execute("pragma page_count").fetchall()
        db.execute(f"pragma max_page_count = {count + pages}").fetchall()
        fill_disk()
        migrate(db)

    with monkeypatch.context() as patch:
        patch.setattr(connection, "migrate", migrate_on_a_full_disk)
        with pytest.raises(StoreUnusable, match=r"disk with the database .*bot\.db is full"):
            Store.open(file)
    assert content_of(file) == before
    kept = file.with_name("bot.db.before-upgrade.db.gz")
    monkeypatch.undo()
    assert not verify(kept).is_current
    Store.open(file).close()
    with closing(sqlite3.connect(file)) as opened:
        [last] = opened.execute("select max(name) from _sqlite_migrations").fetchone()
    assert last == known_migrations()[-1]


def test_upgrade_without_space_for_a_backup_keeps_the_last_one(file, monkeypatch, fill_disk):
    kept = back_up(file, file.with_name("bot.db.before-upgrade.db.gz"), now=NOON)
    before, backup = content_of(file), kept.read_bytes()
    fill_disk()
    with pytest.raises(StoreUnusable, match=r"disk with the database .*bot\.db is full"):
        Store.open(file)
    assert (content_of(file), kept.read_bytes()) == (before, backup)
    monkeypatch.undo()
    Store.open(file).close()
    assert verify(kept).taken_at != NOON


def test_restore_on_a_full_disk_changes_nothing(file, tmp_path, fill_disk):
    backup = back_up(file, tmp_path / "backup.db.gz", now=NOON)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    fill_disk()
    with pytest.raises(OSError, match="No space left"):
        restore(backup, file, now=NOON)
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert left.keys() - before.keys() == {"bot.db.lock"}
    assert left.items() >= before.items()
