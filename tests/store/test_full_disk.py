"""A full disk during an upgrade, a backup, or a restore: what was there stays."""

import errno
import shutil
import sqlite3
import threading
from contextlib import closing

import pytest

from bot.errors import StoreUnusable
from bot.store import Store
from bot.store.database import connection
from bot.store.database.backup import back_up, verify
from bot.store.database.migrations import known_migrations, migrate
from bot.store.database.restore import restore
from bot.store.search.call_text import add_functions
from tests.conftest import wait_for
from tests.store.test_store import OLD_DATABASE
from tests.support.full_disk import add_filler, fill_disk, free_disk

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
def refuse_copies(monkeypatch):
    """Return a function that leaves no space for copies of files."""

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda: monkeypatch.setattr("shutil.copyfileobj", fail)


@pytest.mark.parametrize("pages", [0, 5, 20, 40])
def test_upgrade_on_a_disk_that_fills_up_changes_nothing(file, monkeypatch, refuse_copies, pages):
    before = content_of(file)

    def migrate_on_a_full_disk(db):
        [(count,)] = db.execute("pragma page_count").fetchall()
        db.execute(f"pragma max_page_count = {count + pages}").fetchall()
        refuse_copies()
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


def test_upgrade_without_space_for_a_backup_keeps_the_last_one(file, monkeypatch, refuse_copies):
    kept = back_up(file, file.with_name("bot.db.before-upgrade.db.gz"), now=NOON)
    before, backup = content_of(file), kept.read_bytes()
    refuse_copies()
    with pytest.raises(StoreUnusable, match=r"disk with the database .*bot\.db is full"):
        Store.open(file)
    assert (content_of(file), kept.read_bytes()) == (before, backup)
    monkeypatch.undo()
    Store.open(file).close()
    assert verify(kept).taken_at != NOON


def test_restore_on_a_full_disk_changes_nothing(file, tmp_path, refuse_copies):
    backup = back_up(file, tmp_path / "backup.db.gz", now=NOON)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    refuse_copies()
    with pytest.raises(OSError, match="No space left"):
        restore(backup, file, now=NOON)
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert left.keys() - before.keys() == {"bot.db.lock"}
    assert left.items() >= before.items()


def test_write_that_fails_on_a_full_disk_is_not_stored_with_others(store):
    """SQLite then undoes the whole transaction, with the writes that share it."""
    database, started, ready = store.database, threading.Event(), threading.Event()
    fill_disk(database)
    outcomes = {}

    def note(name):
        return lambda db: db.execute("insert into notes values (?, '')", [name])

    def hold(_):
        started.set()
        ready.wait(60)

    def write(name, work):
        try:
            database.write(work)
            outcomes[name] = True
        except sqlite3.Error:
            outcomes[name] = False

    works = {"hold": hold, "a": note("a"), "b": lambda db: add_filler(db, 9_000), "c": note("c")}
    threads = []
    for count, (name, work) in enumerate(works.items()):
        threads.append(threading.Thread(target=write, args=(name, work)))
        threads[-1].start()
        started.wait(60)
        wait_for(lambda count=count: len(database._pending) == count)
    ready.set()
    for thread in threads:
        thread.join()
    assert outcomes.pop("b") is False
    stored = {row["name"] for row in database.rows("select name from notes")}
    assert {name: name in stored for name in ("a", "c")} == {one: outcomes[one] for one in "ac"}
    free_disk(database)
    database.write(note("d"))
