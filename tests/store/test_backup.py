"""Backups: written under load, verified, restored, and refused when they can't be used."""

import gzip
import os
import sqlite3
import stat
import threading
from contextlib import closing
from zoneinfo import ZoneInfo

import pytest

from bot.cli.main import main
from bot.errors import AlreadyRunning, BackupUnusable, StoreUnusable
from bot.health.backups import back_up_nightly
from bot.store import Store
from bot.store.database import connection
from bot.store.database.backup import back_up, delete_old_backups, name_of, verify
from bot.store.database.instance_lock import running_instance
from bot.store.database.restore import restore
from bot.store.database.restore_marks import RESTORED_FROM
from bot.store.sync import COVERED
from tests.store.test_store import OLD_DATABASE
from tests.support.api_client import MadeTime

NOON = 1_796_040_000.0


@pytest.fixture
def file(store, tmp_path):
    store.key_values.set_text("a note", "kept")
    return tmp_path / "bot.db"


def note_in(database, name="a note"):
    with closing(sqlite3.connect(database)) as opened:
        row = opened.execute("select value from notes where name = ?", [name]).fetchone()
        return row and row[0]


def test_backup_is_restored_and_the_replaced_database_is_kept(file, store, tmp_path):
    backup = back_up(file, tmp_path / "backups", now=NOON)
    store.key_values.set_text("a note", "changed later")
    store.close()
    info, replaced = restore(backup, file, now=NOON + 60)
    assert (note_in(file), note_in(replaced)) == ("kept", "changed later")
    assert info.taken_at == NOON
    assert float(note_in(file, RESTORED_FROM)) == NOON


def test_backup_is_named_by_its_time_and_readable_by_its_owner_alone(file, tmp_path):
    backup = back_up(file, tmp_path / "backups", now=NOON)
    assert backup.name == name_of(NOON)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [*(tmp_path / "backups").iterdir()] == [backup]


def test_backup_overwrites_nothing(file, tmp_path):
    back_up(file, tmp_path / "one.db.gz", now=NOON)
    with pytest.raises(BackupUnusable, match="exists already"):
        back_up(file, tmp_path / "one.db.gz", now=NOON)


def test_backup_under_load_is_consistent(file, store, tmp_path):
    stop = threading.Event()

    def write():
        while not stop.is_set():
            store.key_values.set_moment("counter", 1.0)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        found = [verify(back_up(file, tmp_path / "backups", now=NOON + n)) for n in range(5)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert all(info.is_current for info in found)


def damaged(backup):
    content = gzip.decompress(backup.read_bytes())
    yield "truncated", backup.read_bytes()[:-200]
    yield "empty", b""
    yield "text", b"not a database at all" * 100
    yield "cut inside", gzip.compress(content[: len(content) // 2])
    page = 4096
    yield (
        "overwritten page",
        gzip.compress(content[: 2 * page] + b"\xff" * page + content[3 * page :]),
    )
    other = sqlite3.connect(":memory:")
    other.execute("create table recipes (name)")
    yield "another program's", other.serialize()
    other.close()


def test_unusable_file_is_refused_and_nothing_changes(file, store, tmp_path):
    backup = back_up(file, tmp_path / "good.db.gz", now=NOON)
    store.close()
    before = file.read_bytes()
    for name, content in damaged(backup):
        (tmp_path / "bad").write_bytes(content)
        with pytest.raises(BackupUnusable):
            restore(tmp_path / "bad", file, now=NOON)
        assert file.read_bytes() == before, name
    assert not list(tmp_path.glob(".*"))


def test_backup_of_a_newer_version_is_refused(file, store, tmp_path):
    store.database.write(
        lambda db: db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " values ('vocatech-slack', 'm999_future', '2030-01-01')"
        )
    )
    backup = back_up(file, tmp_path / "newer.db.gz", now=NOON)
    with pytest.raises(BackupUnusable, match="newer"):
        verify(backup)


def test_restore_is_refused_while_the_app_runs(file, tmp_path):
    backup = back_up(file, tmp_path / "good.db.gz", now=NOON)
    with running_instance(file), pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
        restore(backup, file, now=NOON)


def test_backup_of_no_database_names_the_file(tmp_path):
    with pytest.raises(StoreUnusable, match=r"none\.db"):
        back_up(tmp_path / "none.db", tmp_path / "backups", now=NOON)


def test_full_disk_leaves_no_backup_and_no_scratch_file(file, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", fail)
    with pytest.raises(OSError, match="No space left"):
        back_up(file, tmp_path / "backups", now=NOON)
    assert not [*(tmp_path / "backups").iterdir()]


def test_oldest_backups_beyond_the_limit_are_deleted(tmp_path):
    names = [name_of(NOON + day * 86_400) for day in range(5)]
    for name in [*names, "notes.txt", "vocatech-slack-old.db.gz"]:
        (tmp_path / name).touch()
    delete_old_backups(tmp_path, keep=2)
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(
        [*names[3:], "notes.txt", "vocatech-slack-old.db.gz"]
    )


@pytest.mark.calendar
def test_nightly_backup_is_made_once_a_night_and_after_a_missed_one(file, store, tmp_path):

    time, folder = MadeTime(), tmp_path / "nightly"
    time.seconds = NOON

    def check():
        back_up_nightly(
            store=store,
            database=file,
            folder=folder,
            keep=2,
            zone=ZoneInfo("America/New_York"),
            clock=time.clock,
            tell_admins=None,
        )
        return len([*folder.iterdir()])

    assert [check(), check()] == [1, 1]
    time.seconds += 86_400
    assert [check(), check()] == [2, 2]
    time.seconds += 3 * 86_400
    assert [check(), check()] == [2, 2]


def older_database(folder):
    """Return a database to which the last migration was not applied yet."""
    file = folder / "bot.db"
    file.write_bytes(OLD_DATABASE.read_bytes())
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("alter table preferences drop column channel")
        opened.execute("delete from _sqlite_migrations where name like 'm012%'")
    return file


def test_upgrade_makes_a_backup_first(tmp_path):
    file = older_database(tmp_path)
    Store.open(file).close()
    assert verify(tmp_path / "bot.db.before-upgrade.db.gz").taken_at is not None


def test_failed_upgrade_leaves_what_was_there(tmp_path, monkeypatch):
    file = older_database(tmp_path)
    with closing(sqlite3.connect(file)) as opened:
        before = [*opened.iterdump()]

    def fail(db):
        db.execute("drop table calls")
        db.conn.commit()
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(connection, "migrate", fail)
    with pytest.raises(StoreUnusable, match="disk I/O error"):
        Store.open(file)
    with closing(sqlite3.connect(file)) as opened:
        after = [line for line in opened.iterdump() if "backup taken at" not in line]
    assert after == before


def test_commands_back_up_verify_and_restore(file, store, tmp_path, monkeypatch, capsys, settings):
    store.close()
    (env_file := tmp_path / ".env").touch()
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert main(["backup", str(tmp_path / "backups"), "--env-file", str(env_file)]) == 0
    path, described = capsys.readouterr().out.splitlines()
    assert "0 calls" in described
    assert main(["verify", path]) == 0
    assert main(["restore", path, "--env-file", str(env_file)]) == 1
    assert "--yes" in capsys.readouterr().err
    assert main(["restore", path, "--yes", "--env-file", str(env_file)]) == 0
    assert "Restored" in capsys.readouterr().out


@pytest.fixture
def settings(tmp_path):
    return {
        "SLACK_BOT_TOKEN": "xoxb-1-2-abc",
        "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
        "SLACK_DEFAULT_CHANNEL": "C0CALLS001",
        "VOCATECH_API_KEY": "key",
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
    }


def test_copy_without_a_note_is_as_old_as_its_newest_entry(file, store, tmp_path):
    store.key_values.set_moment(COVERED, NOON)
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    assert verify(copy).taken_at == NOON
    store.key_values.set_moment(COVERED, NOON + 60)
    backup = back_up(file, tmp_path / "backups", now=NOON + 90)
    store.close()
    restore(backup, file, now=NOON + 120)
    assert verify(file).taken_at == NOON + 60  # and not the time of the backup it came from
