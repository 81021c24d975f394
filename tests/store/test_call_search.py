"""Call search finds what was said, by whom and when; a query is data."""

import json
import sqlite3
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls import indexing
from bot.models.calls import END_OF_HIT, HIT, Direction, Report, Snippet, Source
from bot.models.contacts import Contact
from bot.models.events import Event
from bot.models.people import Person
from bot.store import Store
from bot.store.search.terms import SearchTerms
from tests.conftest import wait_for

pytestmark = pytest.mark.calendar

NOON = 1_790_000_000.0


def save(store, call_id, *, at=NOON, authority=Source.ENDED, **facts):
    facts = {"stage": 3, "direction": "incoming", "started_at": at, "ended_at": at, **facts}
    report = Report(call_id, authority, facts)
    body = json.dumps(facts)
    store.calls.save(Event(f"{call_id} {authority} {body}", "call", body, report), now=NOON)


def ids(store, *, limit=50, offset=0, **wanted):
    while store.call_search.index_changed():
        pass
    asked = SearchTerms(**wanted)
    found = [call.call_id for call, _ in store.call_search.find(asked, limit=limit, offset=offset)]
    if not offset and len(found) < limit:
        assert store.call_search.count(asked) == len(found)
    return found


def check_index(store):
    """Have FTS5 compare its index with the texts."""

    def work(db):
        db.execute("insert into call_words (call_words, rank) values ('integrity-check', 1)")

    store.database.write(work)


def test_the_index_is_kept_together_by_many_small_merges(store):
    for number in range(100):
        save(store, f"c{number}", at=NOON + number, summary=f"the {number}th tap leaks")
        store.call_search.index_changed()
    pieces = store.database.row("select count(distinct segid) as n from call_words_idx")["n"]
    assert pieces < 16
    check_index(store)
    assert len(ids(store, phrases=("tap",), limit=200)) == 100


def test_a_burst_in_one_second_is_indexed_without_trying_all_places(store):
    statements = []

    def work(db):
        db.conn.set_trace_callback(statements.append)

    store.database.write(work)
    for number in range(600):
        save(store, f"c{number}", summary="the tap leaks")
    found = ids(store, phrases=("tap",), limit=300, since=NOON, until=NOON + 3_600)
    assert len(found) == 300  # the most that are ranked
    tries = [one for one in statements if one.startswith("insert into indexed_calls")]
    assert len(tries) < 6 * 600
    check_index(store)


def test_calls_are_listed_newest_first_by_number_extension_outcome_and_time(store):
    save(store, "a", at=NOON, remote_number="+12125550123", our_side=["101", "Ana"], answered=True)
    save(store, "b", at=NOON + 100, remote_number="+12125550123")
    save(store, "c", at=NOON + 200, direction="outgoing", our_side=["102", "Ben"])
    assert ids(store) == ["c", "b", "a"]
    assert ids(store, limit=1, offset=1) == ["b"]
    assert ids(store, number="+12125550123") == ["b", "a"]
    assert ids(store, extensions=("101", "102")) == ["c", "a"]
    assert ids(store, extensions=()) == []
    assert ids(store, missed=True) == ["b"]
    assert ids(store, missed=True, direction=Direction.OUTGOING) == ["c"]
    assert ids(store, answered=True) == ["a"]
    assert ids(store, since=NOON + 100, until=NOON + 200) == ["b"]


def test_a_name_is_that_in_the_call_a_contacts_or_one_of_ours(store):
    save(store, "caller", at=NOON, remote_name="María López")
    save(store, "contact", at=NOON + 1, remote_number="+12125550199")
    save(store, "ours", at=NOON + 2, our_side=["101", None])
    save(store, "other", at=NOON + 3, remote_name="Lopez Bakery")
    store.contacts.save(
        Contact(1, {"First Name": "Maria", "Last Name": "Lopez"}, ("+12125550199",)), now=NOON
    )
    store.people.replace([Person("u1", "Maria Lopez-Diaz", "101")])
    assert ids(store, name="maria LOPEZ") == ["ours", "contact", "caller"]
    assert ids(store, name="lopez", extensions=("101",)) == ["ours"]
    assert ids(store, name="nobody") == []
    assert ids(store, name="@ ☎") == []


def test_words_are_found_without_case_and_accents_and_phrases_as_phrases(store):
    save(store, "a", summary="Das Café öffnet; delivery date moved.", transcript="A: hello")
    save(store, "b", at=NOON + 1, transcript="B: the date of delivery")
    assert ids(store, phrases=("CAFE OFFNET",)) == ["a"]
    assert ids(store, phrases=("cafe\u0301",)) == ["a"]
    assert ids(store, phrases=("delivery date",)) == ["a"]
    assert ids(store, phrases=("delivery", "date")) == ["a", "b"]
    assert ids(store, phrases=("delivery", "hello")) == ["a"]
    assert ids(store, phrases=("☎",)) == []


def test_the_summary_counts_more_than_the_transcript_and_is_shown_first(store):
    save(store, "in-transcript", at=NOON + 9, transcript="tap, tap, " + "and so on " * 40)
    save(store, "in-summary", summary="The tap leaks.", transcript="A: my tap leaks " * 3)
    assert ids(store, phrases=("tap",)) == ["in-summary", "in-transcript"]
    [(_, snippets), _] = store.call_search.find(SearchTerms(phrases=("tap",)), limit=5)
    assert [snippet.is_summary for snippet in snippets] == [True, False]
    assert snippets[0].text == f"The {HIT}tap{END_OF_HIT} leaks."
    assert snippets[0].parts() == [("The ", False), ("tap", True), (" leaks.", False)]


def test_marks_of_a_hit_in_what_was_said_are_no_hit(store):
    save(store, "a", summary=f"x {HIT}tap{END_OF_HIT} y drip")
    [(_, [snippet])] = [store.call_search.index_changed()] and store.call_search.find(
        SearchTerms(phrases=("drip",)), limit=1
    )
    assert [part for part, is_hit in snippet.parts() if is_hit] == ["drip"]
    assert Snippet(True, "no hit").parts() == [("no hit", False)]


def test_words_together_with_everything_else_that_can_be_asked(store):
    for number in range(6):
        save(
            store,
            str(number),
            at=NOON + number,
            remote_number=f"+1212555010{number % 2}",
            our_side=[str(101 + number % 3), "Ana"],
            summary="refund",
            answered=number < 3 or None,
        )
    assert ids(store, phrases=("refund",), number="+12125550100") == ["4", "2", "0"]
    assert ids(store, phrases=("refund",), extensions=("101",)) == ["3", "0"]
    assert ids(store, phrases=("refund",), missed=True, name="ana") == ["5", "4", "3"]
    assert ids(store, phrases=("refund",), since=NOON + 1, until=NOON + 3) == ["2", "1"]
    assert ids(store, phrases=("refund",), direction=Direction.OUTGOING) == []


def test_a_call_that_changed_is_found_by_its_new_words_only(store):
    save(store, "a", transcript="about plums")
    assert ids(store, phrases=("plums",)) == ["a"]
    save(store, "a", authority=Source.LISTED, at=NOON - 5_000, transcript="all about cherries")
    assert ids(store, phrases=("plums",)) == []
    assert ids(store, phrases=("cherries",), until=NOON - 4_000) == ["a"]
    check_index(store)


def test_a_go_takes_in_so_many_and_calls_of_one_second_each_find_a_place(store):
    for number in range(50):
        save(store, str(number), summary="same second")
    save(store, "no-time", at=None, summary="same second")
    assert store.call_search.index_changed(limit=30) == 30
    assert store.call_search.index_changed(limit=30) == 21
    assert store.call_search.index_changed(limit=30) == 0
    assert len(ids(store, phrases=("same second",), limit=99)) == 51
    check_index(store)


def test_an_index_that_lost_a_row_would_be_noticed(store):
    save(store, "a", summary="words")
    store.call_search.index_changed()
    store.database.write(lambda db: db.execute("delete from indexed_calls"))
    with pytest.raises(sqlite3.DatabaseError):
        check_index(store)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    store = Store.open(tmp_path_factory.mktemp("search") / "bot.db")
    save(store, "a", remote_name="NEAR AND", summary='He said "NOT" now; 100% * sure')
    store.call_search.index_changed()
    yield store
    store.close()


syntax = st.sampled_from(
    ['"', "*", "NEAR(", "AND", "OR", "NOT", ";", "{who} :", "^", "-", "+", "'"]
)


@given(st.lists(syntax | st.text(max_size=8), max_size=8).map(" ".join))
def test_whatever_is_searched_is_words(filled, text):
    filled.call_search.find(SearchTerms(phrases=(text,)), limit=5)
    filled.call_search.find(SearchTerms(name=text, phrases=(text, "now")), limit=5)
    filled.call_search.count(SearchTerms(name=text))


def test_what_looks_like_syntax_is_found_as_words(filled):
    for phrase in ('"not" NOW', "NOW; 100", "sure*", "- sure"):
        assert [
            call.call_id
            for call, _ in filled.call_search.find(SearchTerms(phrases=(phrase,)), limit=5)
        ] == ["a"]
    assert filled.call_search.count(SearchTerms(name="near and")) == 1


def test_what_was_said_just_now_is_soon_indexed_by_itself(start_bot, monkeypatch):
    monkeypatch.setattr(indexing, "SECONDS_BETWEEN_RUNS", 0.1)
    bot = start_bot()
    save(bot.store, "a", at=time.time(), summary="a purple giraffe")
    asked = SearchTerms(phrases=("giraffe",))
    wait_for(lambda: bot.store.call_search.find(asked, limit=1))
