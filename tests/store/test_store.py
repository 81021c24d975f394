"""The store: durable writes, shared commits, each event once, no older program."""

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import StoreTooNew, StoreUnusable
from bot.models.calls import Report, Source
from bot.models.channels import DeliveryPolicy
from bot.models.events import Event
from bot.models.rules import How, Why
from bot.store import Store
from bot.store.database import migrations
from bot.store.ingest import Hold, Saved
from bot.store.search.terms import SearchTerms

NOW = 1_790_000_000.0
# Written by the version of 2026-11-29, whose migrations were Python code.
OLD_DATABASE = Path(__file__).parents[1] / "data" / "store_2026_11_29.db"


def event(event_id, call_id="c1", **facts):
    report = Report(call_id, Source.ENDED, {"stage": 3, **facts})
    return Event(event_id, "call.ended", "{}", report)


def test_an_event_is_taken_in_once(store):
    assert store.calls.save(event("e1"), now=NOW) is Saved.NEWS
    assert store.calls.save(event("e1"), now=NOW) is Saved.DUPLICATE
    assert store.calls.save(event("e2"), now=NOW) is Saved.NOTHING_NEW
    assert store.calls.save(event("e3", seconds=5), now=NOW) is Saved.NEWS
    assert store.calls.find("c1").seconds == 5


def test_an_event_that_nothing_uses_is_kept(store):
    assert store.calls.save(Event("e", "fax.received", '{"pages": 3}'), now=NOW) is Saved.KEPT
    assert store.database.row("select body from events")["body"] == '{"pages": 3}'


def test_what_was_saved_is_there_after_a_restart(tmp_path):
    first = Store.open(tmp_path / "bot.db")
    first.calls.save(event("e1"), now=NOW)
    first.close()
    again = Store.open(tmp_path / "bot.db")
    assert again.calls.find("c1") is not None
    again.close()


def test_a_new_database_is_its_owners_alone(tmp_path):
    opened = Store.open(tmp_path / "bot.db")
    opened.key_values.set_moment("seen", NOW)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [
        *("bot.db", "bot.db-shm", "bot.db-wal", "bot.db.upgrade.lock")
    ]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    opened.close()


def test_the_mode_of_a_database_made_earlier_stays(tmp_path):
    Store.open(tmp_path / "bot.db").close()
    (tmp_path / "bot.db").chmod(0o640)
    Store.open(tmp_path / "bot.db").close()
    assert (tmp_path / "bot.db").stat().st_mode & 0o777 == 0o640


def test_writers_share_commits_and_none_is_lost(store):
    def save(number):
        for n in range(25):
            store.calls.save(event(f"e-{number}-{n}", f"c-{number}-{n}"), now=NOW)

    threads = [threading.Thread(target=save, args=[n]) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.database.row("select count(*) as n from calls")["n"] == 400


def test_work_that_fails_undoes_only_itself(store):
    def broken(db):
        db.execute("insert into notes values ('half', 'done')")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        store.database.write(broken)
    store.key_values.set_moment("whole", NOW)
    assert store.key_values.moment("whole") == NOW
    assert store.database.row("select * from notes where name = 'half'") is None


def test_a_commit_that_fails_is_told_to_everybody_who_waits_for_it(store):
    def break_out(db):
        db.conn.execute("rollback")

    with pytest.raises(sqlite3.Error):
        store.database.write(break_out)
    store.key_values.set_moment("after", NOW)
    assert store.key_values.moment("after") == NOW


def test_a_database_of_a_newer_program_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "bot.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " values ('vocatech-slack', 'm999_from_the_future', 'now')"
        )
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match=r"newer vocatech-slack.*m999_from_the_future"):
        Store.open(path)
    assert path.read_bytes() == before


@pytest.fixture
def old_database(tmp_path):
    return Path(shutil.copy(OLD_DATABASE, tmp_path / "old.db"))


def rows_of(path, sql):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def test_old_database_keeps_its_record_of_migrations(old_database):
    recorded = "select * from _sqlite_migrations order by id"
    before = rows_of(old_database, recorded)
    Store.open(old_database).close()
    assert len(before) == 12
    assert rows_of(old_database, recorded)[:12] == before


def test_upgraded_database_has_the_schema_of_a_new_one(old_database, new_database):
    schema = "select type, name, sql from sqlite_master order by 1, 2"
    Store.open(old_database).close()
    assert rows_of(old_database, schema) == rows_of(new_database, schema)
    names = "select migration_set, name from _sqlite_migrations order by id"
    assert rows_of(old_database, names) == rows_of(new_database, names)


def test_rows_of_an_old_database_are_read(old_database):
    store = Store.open(old_database)
    assert store.calls.find("c1").remote_name == "Maria Lopez"
    assert store.calls.find("c2").outcome == "missed"
    assert store.call_search.count(SearchTerms(phrases=("giraffe",))) == 1
    assert store.claims.of("c2").slack_user == "U0ANA0001"
    [text] = store.texts.latest_with(["+12125550124"], limit=5)
    assert text.body == "Please call me back"
    [rule] = store.rules.book().rules
    assert (rule.name, rule.when.outcomes) == ("Missed calls", ("missed",))
    assert store.digests.plan("C0SALES01").cadence == "weekly"
    assert len(store.templates.seen_by("U0ANA0001")) == 2
    store.close()


def test_mexican_mobiles_of_an_old_database_lose_their_1(old_database):
    old, new, other = "+5215512345678", "+525512345678", "+5215512345679"
    fact = json.dumps({"remote_number": [3, old], "number": [2, old], "body": [2, "Hola"]})
    with closing(sqlite3.connect(old_database)) as db, db:
        db.execute(
            "insert into calls (call_id, version, facts, outcome, remote_number, started_at)"
            " values ('mx', 1, ?, 'missed', ?, 1.0)",
            [fact, old],
        )
        db.execute(
            "insert into texts (text_id, facts, number, is_incoming, at) values ('m', ?, ?, 1, 1)",
            [fact, old],
        )
        db.executemany(
            "insert into opt_outs (number, is_out, at, text_id) values (?, ?, ?, 'm')",
            [(old, 1, 2.0), (new, 0, 1.0), (other, 1, 1.0)],
        )
        db.executemany(
            "insert into posts (subject_kind, subject, channel, wanted, created_at)"
            " values ('conversation', ?, ?, 1, 1.0)",
            [(old, "C1"), (old, "C2"), (new, "C2")],
        )
    store = Store.open(old_database)
    assert [call.call_id for call in store.calls.latest_with([new], limit=5)] == ["mx"]
    assert store.calls.find("mx").remote_number == new
    [text] = store.texts.latest_with([new], limit=5)
    assert (text.number, text.body) == (new, "Hola")
    assert store.opt_outs.of(new).at == 2.0
    assert store.opt_outs.of("+525512345679")
    assert store.opt_outs.count() == 2
    store.close()
    heads = "select subject, channel from posts where subject_kind = 'conversation' order by 1, 2"
    assert {(old, "C2"), (new, "C1"), (new, "C2")} <= {*rows_of(old_database, heads)}


OPTED_OUT = "select number from opt_outs where is_out"


def test_opt_outs_of_an_old_database_hold_for_all_forms(old_database):
    rows = [
        ("+5491141234567", 1, 2.0, "m1"),
        ("+541141234568", 1, 2.0, "m2"),
        ("+541141234569", 0, 2.0, "m3"),
        ("+551187654321", 1, 1.0, "m4"),
        ("+5511987654321", 0, 2.0, "m5"),
        ("+551132654321", 1, 2.0, "m6"),
    ]
    with closing(sqlite3.connect(old_database)) as db, db:
        db.executemany("insert into opt_outs (number, is_out, at, text_id) values (?,?,?,?)", rows)
    store = Store.open(old_database)
    found = {row["number"] for row in store.database.rows(OPTED_OUT)}
    store.close()
    assert found == {
        *("+5491141234567", "+541141234567", "+541141234568", "+5491141234568"),
        *("+551187654321", "+551132654321"),  # of the third, the opt-out was lifted later
    }


def test_failed_migration_leaves_no_trace(tmp_path, monkeypatch):
    scripts = tmp_path / "scripts"
    shutil.copytree(migrations.FOLDER, scripts, ignore=shutil.ignore_patterns("*.py"))
    script = "create table half (x);\ninsert into nowhere values (1);\n"
    (scripts / "999_broken.sql").write_text(script)
    monkeypatch.setattr(migrations, "FOLDER", scripts)
    with pytest.raises(StoreUnusable, match="nowhere"):
        Store.open(tmp_path / "bot.db")
    assert not rows_of(tmp_path / "bot.db", "select 1 from sqlite_master where name = 'half'")
    [(last,)] = rows_of(tmp_path / "bot.db", "select max(name) from _sqlite_migrations")
    assert last < "m999"


def test_every_promise_of_durability_is_switched_on(store):
    settings = {
        name: store.database._writer.execute(f"pragma {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_reader_cannot_write(store):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.database.rows("delete from calls")


def test_missed_calls_come_first_and_posts_before_edits(store):
    for number in range(4):
        store.calls.save(event(f"e{number}", f"c{number}"), now=NOW)
    answered = Report("c0", Source.ENDED, {"answered": True})
    store.calls.save(Event("a", "call.answered", "{}", answered), now=NOW)
    changed = store.calls.to_route()
    store.posts.route(
        [(one, {"C1": Why(How.FALLBACK)}) for one in changed], {"C1": DeliveryPolicy()}, now=NOW
    )
    assert store.posts.next_due("C1").subject == "c1"
    first = store.posts.next_due("C1")
    store.posts.acquire_lease(first.post_id, now=NOW)
    store.posts.mark_posted(first, ts="1.0", shown="x")
    assert store.posts.next_due("C1").subject == "c2"


def test_a_post_is_claimed_by_one_process_only(store):
    store.calls.save(event("e"), now=NOW)
    store.posts.route(
        [(one, {"C1": Why(How.FALLBACK)}) for one in store.calls.to_route()],
        {"C1": DeliveryPolicy()},
        now=NOW,
    )
    post = store.posts.next_due("C1")
    assert store.posts.acquire_lease(post.post_id, now=NOW)
    assert not store.posts.acquire_lease(post.post_id, now=NOW)
    [doubt] = store.posts.unconfirmed("C1")
    assert store.posts.renew_lease(doubt, now=NOW + 1)
    assert not store.posts.renew_lease(doubt, now=NOW + 2)


def test_quiet_calls_are_kept_and_never_announced(store):
    store.calls.save(event("e1"), now=NOW, hold=Hold.QUIET)
    store.calls.save(event("e2", seconds=9), now=NOW)
    assert store.calls.to_route() == []
    assert store.calls.find("c1").seconds == 9


def test_events_are_forgotten_after_thirty_days_and_their_calls_stay(store):
    store.calls.save(event("e1"), now=NOW)
    assert store.calls.forget_old_events(now=NOW + 29 * 86_400) == 0
    assert store.calls.forget_old_events(now=NOW + 31 * 86_400) == 1
    assert store.calls.find("c1") is not None


DAY = 86_400


def test_events_with_a_future_time_do_not_block_the_purge(store):
    for number in range(510):
        store.calls.save(event(f"ahead{number}"), now=NOW + 365 * DAY)
    store.calls.save(event("old"), now=NOW)
    store.calls.save(event("new"), now=NOW + 31 * DAY)
    assert store.calls.forget_old_events(now=NOW + 31 * DAY) == 511
    assert kept_events(store) == ["new"]


@given(st.lists(st.integers(-40, 40).map(lambda days: NOW + days * DAY), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_purge_keeps_what_is_younger_than_thirty_days(store, times):
    store.database.write(lambda db: db.execute("delete from events"))
    for number, at in enumerate(times):
        store.calls.save(event(f"e{number}"), now=at)
    store.calls.forget_old_events(now=NOW)
    young = [f"e{n}" for n, at in enumerate(times) if NOW - 30 * DAY <= at <= NOW]
    kept = kept_events(store)
    assert set(young) <= set(kept)
    if young == []:  # none of them ends the search
        assert all(times[int(name[1:])] > NOW for name in kept)


def kept_events(store):
    return [
        row["event_id"] for row in store.database.rows("select event_id from events order by rowid")
    ]


def route(store, call_id, now):
    """Route a call to a channel with at most one card per minute; return its batch, if any."""
    store.calls.save(event(f"e-{call_id}", call_id), now=now)
    chosen = [(one, {"C1": Why(How.FALLBACK)}) for one in store.calls.to_route()]
    store.posts.route(chosen, {"C1": DeliveryPolicy(most_a_minute=1)}, now=now)
    return store.database.row("select bundle from posts where subject = ?", [call_id])["bundle"]


@pytest.mark.parametrize("ahead", [60, 3_600, 365 * DAY])
def test_cards_after_a_clock_was_ahead_are_posted_and_in_no_old_burst(store, ahead):
    assert [bool(route(store, f"ahead{n}", NOW + ahead)) for n in range(3)] == [False, True, True]
    old = route(store, "last", NOW + ahead)
    assert route(store, "first", NOW) is None
    assert route(store, "second", NOW) not in (None, old)


OPEN_WHEN_TOLD = """
import sys
from pathlib import Path
from bot.store import Store
print("ready", flush=True)
sys.stdin.readline()
store = Store.open(Path(sys.argv[1]))
assert store.is_writable()
store.close()
"""


def test_three_processes_can_create_one_database_together(tmp_path):
    for number in range(3):
        file = tmp_path / f"{number}.db"
        together = [
            subprocess.Popen(
                [sys.executable, "-c", OPEN_WHEN_TOLD, file],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        for one in together:
            assert one.stdout.readline() == "ready\n"
        for one in together:
            one.stdin.write("go\n")
            one.stdin.flush()
        errors = [one.communicate(timeout=60)[1] for one in together]
        assert (errors, [one.returncode for one in together]) == ([""] * 3, [0] * 3)


def test_no_question_of_the_announcer_reads_a_whole_table(store):
    plans = {
        "late": "select call_id, facts from calls where hold = 'late' order by started_at",
        "to route": "select call_id from calls where routed < version and hold is null limit 9",
        "due": (
            "select post_id from posts where channel = 'C' and announced < wanted"
            " and parked is null and bundle is null and held = 0"
            " order by urgent desc, ts is not null, post_id limit 1"
        ),
        "held": "select channel from posts where held = 1",
        "quiet": "select channel from bundles indexed by bundles_open where closed_at is null",
        "bundle": "select subject from posts where bundle = 7 order by post_id",
        "lately": (
            "select count(*) from posts where subject_kind = 'call' and channel = 'C'"
            " and created_at > 9 and parked is null"
        ),
        "doubt": (
            "select post_id from posts where channel = 'C' and sending_since is not null"
            " and ts is null and parked is null limit 1"
        ),
    }
    for name, sql in plans.items():
        steps = [row["detail"] for row in store.database.rows(f"explain query plan {sql}")]
        assert any("USING" in step and "INDEX" in step for step in steps), (name, steps)
        assert not any("TEMP B-TREE" in step for step in steps), (name, steps)


def test_a_path_that_cannot_be_a_database_is_explained(tmp_path):
    (tmp_path / "text.db").write_text("this is no database " * 200)
    for path in (tmp_path, tmp_path / "text.db"):
        with pytest.raises(StoreUnusable, match="DATABASE_URL"):
            Store.open(path)


def test_a_write_in_bad_company_is_done_all_the_same(store):
    events = [event(f"e{n}", f"c{n}") for n in range(3)]
    bad = Event("bad", "call.ended", "{}", Report("c9", Source.ENDED, {"started_at": 10**400}))
    saved = []

    def save(one):
        try:
            saved.append(store.calls.save(one, now=NOW))
        except (OverflowError, sqlite3.Error) as error:
            saved.append(error)

    threads = [threading.Thread(target=save, args=[one]) for one in (*events, bad)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(one) for one in saved if isinstance(one, Saved)) == ["news"] * 3
    assert store.calls.find("c9") is None


def test_whatever_breaks_a_commit_nobody_who_waits_is_left_waiting(store):
    def break_hard(db):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.database.write(break_hard)
    store.key_values.set_moment("after", NOW)
    assert store.key_values.moment("after") == NOW


def test_secrets_that_another_process_made_are_found_and_floods_cost_no_reading(tmp_path, store):
    beside = Store.open(tmp_path / "bot.db")
    assert store.subscriptions.secrets() == ()
    store.subscriptions.refresh_if_stale(monotonic=10.0)
    beside.subscriptions.remember("1", url="https://x.example", secret="one", now=NOW)
    assert beside.subscriptions.secrets() == ("one",)
    store.subscriptions.refresh_if_stale(monotonic=11.9)
    assert store.subscriptions.secrets() == ()
    store.subscriptions.refresh_if_stale(monotonic=12.0)
    assert store.subscriptions.secrets() == ("one",)
    beside.subscriptions.forget(["1"])
    store.subscriptions.refresh()
    assert store.subscriptions.secrets() == ()
    beside.close()


def test_a_write_that_comes_while_the_database_closes_is_done_or_refused(tmp_path, new_database):
    for number in range(20):
        store = Store.open(Path(shutil.copy(new_database, tmp_path / f"{number}.db")))
        begun, refused = threading.Event(), []

        def keep_writing(store=store, begun=begun, refused=refused):
            try:
                while True:
                    store.key_values.set_moment("x", 1.0)
                    begun.set()
            except sqlite3.ProgrammingError as error:
                refused.append(str(error))

        threads = [threading.Thread(target=keep_writing) for _ in range(3)]
        for thread in threads:
            thread.start()
        begun.wait(60)
        store.close()
        for thread in threads:
            thread.join(60)
        assert refused == ["the database is closed"] * 3


def test_log_is_moved_into_the_file_beside_writers_and_not_by_them(store):
    def write_some(at):
        words = [(f"{at} {number}", "x" * 3_000) for number in range(400)]
        store.database.write(
            lambda db: db.conn.executemany("insert into notes values (?, ?)", words)
        )

    file = store.database.path
    store.database.move_log()
    before = file.stat().st_size
    for at in range(5):
        write_some(at)
    # More pages than SQLite lets a log have: the next writer would have moved them.
    assert file.stat().st_size == before
    assert store.database.move_log() == 0
    assert file.stat().st_size > before + 5 * 400 * 3_000
    assert store.key_values.text("4 399")


def test_writes_get_into_the_short_pauses_of_another_process(store):
    file, over = store.database.path, threading.Event()

    def write_piece_after_piece():
        with closing(sqlite3.connect(file, isolation_level=None, timeout=60)) as other:
            while not over.is_set():
                other.execute("begin immediate")
                over.wait(0.03)
                other.execute("commit")
                over.wait(0.03)

    busy = threading.Thread(target=write_piece_after_piece)
    busy.start()
    try:
        for number in range(20):
            store.key_values.set_text(f"note {number}", "kept")
    finally:
        over.set()
        busy.join()
    assert store.key_values.text("note 19") == "kept"
