"""Names are found as people without special letters type them, and in scripts without spaces."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.calls.indexing import index_calls
from bot.models.calls import Report, Source
from bot.models.contacts import Contact
from bot.models.events import Event
from bot.store.search.folding import break_words, cut_query, cut_words, join_words
from bot.store.search.terms import SearchTerms

NOON = 1_790_000_000.0
NAMES = [
    ("Łukasz Wałęsa", ["łukasz", "lukasz", "LUKASZ walesa"]),
    ("Søren Østergård", ["Østergård", "Ostergard", "soren ostergard"]),
    ("Đorđe Petrović", ["Đorđe", "Dorde", "petrovic"]),
    ("Ægir Þórsson", ["Ægir", "Aegir", "thorsson"]),
    ("Hans Weiß", ["Weiß", "weiss", "WEISS", "WEIẞ"]),
    ("Işıl Yılmaz", ["isil yilmaz", "Işıl"]),
    ("Sinéad O'Brien", ["OBrien", "O'Brien", "O’Brien", "brien", "sinead obrien"]),
    ("Sinéad O’Brien", ["OBrien", "O'Brien", "o brien"]),
    ("Patricia OBrien", ["OBrien", "O'Brien"]),
    ("株式会社山田", ["山田", "株式会社", "山田", "株式会社山田", "田"]),
    ("김철수", ["철수", "김", "김철수"]),
    ("ร้านสมชาย", ["สมชาย", "ร้าน"]),
    ("トヨタ自動車", ["トヨタ", "自動車", "ﾄﾖﾀ"]),
    ("ヤマダ電機", ["やまだ", "ヤマダ", "ﾔﾏﾀﾞ"]),
    ("さくら整骨院", ["サクラ", "さくら"]),
    ("محمد علي", ["علی", "علي", "محمّد"]),
    ("کریمی", ["كريمي", "کریمی"]),
    ("فاطمة", ["فاطمه", "فاطمة", "فاطـــمة"]),
    ("Ґалаґан", ["галаган", "ґалаґан"]),
    ("ABC貿易", ["abc", "貿易", "ABC貿易"]),
]
SAID = [
    ("納期はいつですか。", ["納期", "いつ", "納期は"]),
    ("我们明天发货，谢谢", ["发货", "明天发货"]),
    ("ขอเลื่อนนัดเป็นวันศุกร์", ["เลื่อนนัด", "วันศุกร์"]),
    ("납기가 언제입니까", ["납기", "언제"]),
]
pairs = [(name, typed) for name, all_typed in NAMES for typed in all_typed]


def save(store, call_id, at=NOON, **facts):
    known = {"stage": 3, "direction": "incoming", "started_at": at, "ended_at": at, **facts}
    store.calls.save(Event(call_id, "call", "{}", Report(call_id, Source.ENDED, known)), now=at)


def found(store, **wanted):
    store.call_search.index_changed()
    return [call.call_id for call, _ in store.call_search.find(SearchTerms(**wanted), limit=9)]


@pytest.mark.parametrize(("name", "typed"), pairs)
def test_contacts_and_callers_are_found_by_folded_letters(store, name, typed):
    store.contacts.save(Contact(1, {"Name": name}, ("+12125550123",)), now=NOON)
    store.contacts.save(Contact(2, {"Name": "Maria Lopez"}, ("+12125550124",)), now=NOON)
    assert [one.contact_id for one in store.contacts.search(typed)] == [1]
    save(store, "caller", remote_name=name)
    save(store, "other", NOON + 1, remote_name="Maria Lopez")
    assert found(store, name=typed) == ["caller"]


@pytest.mark.parametrize(("said", "typed"), [(s, t) for s, all_typed in SAID for t in all_typed])
def test_words_are_found_in_scripts_without_spaces(store, said, typed):
    save(store, "said", summary=said)
    save(store, "other", NOON + 1, summary="期納 货发 delivery")
    assert found(store, phrases=(typed,)) == ["said"]
    [(_, [snippet])] = store.call_search.find(SearchTerms(phrases=(typed,)), limit=9)
    assert "".join(part for part, _ in snippet.parts()) == said


def test_texts_of_an_older_version_are_indexed_again(store):
    save(store, "caller", remote_name="Łukasz O'Brien", summary="納期はいつですか")
    store.contacts.save(Contact(1, {"Name": "株式会社山田"}), now=NOON)
    index_calls(store=store)
    older = "who = 'Łukasz O''Brien', summary = '納期はいつですか'"
    columns = "who, summary, transcript, marks"

    def make_older(db):
        for remove in ("'delete',", ""):
            into = f"call_words{', ' if remove else ''}" if remove else ""
            db.execute(
                f"insert into call_words ({into} rowid, {columns})"
                f" select {remove} text_id, {columns} from call_texts"
            )
            if remove:
                db.execute(f"update indexed_calls set {older}, is_copied = 1")
        db.execute(
            "insert into contact_words (contact_words, rowid, names, words)"
            " select 'delete', contact_id, names, words from contacts"
        )
        db.execute("update contacts set names = '株式会社山田'")
        db.execute(
            "insert into contact_words (rowid, names, words)"
            " select contact_id, names, words from contacts"
        )

    store.database.write(make_older)
    assert found(store, phrases=("納期",)) == []
    for note in ("calls reindexed 2", "contacts reindexed 2"):
        store.key_values.forget(note)
    index_calls(store=store)
    assert found(store, phrases=("納期",)) == ["caller"]
    assert found(store, name="lukasz obrien") == ["caller"]
    assert [one.contact_id for one in store.contacts.search("山田")] == [1]
    check = "insert into call_words (call_words, rank) values ('integrity-check', 1)"
    store.database.write(lambda db: db.execute(check))


@given(st.text(max_size=60))
@example("0`0\U00020000\U00020000")
def test_every_name_is_found_by_itself(name):
    assert set(cut_query(name)) <= set(cut_words(name))


@given(st.text(max_size=60).filter(lambda text: "\u200b" not in text))
def test_broken_text_can_be_joined_again(text):
    assert join_words(break_words(text)) == text
