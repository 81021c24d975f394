"""Contacts are found by number and by words, and no input breaks the search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.calls import Report, Source
from bot.models.contacts import Contact, ContactField
from bot.models.events import Event
from bot.models.people import Company, Person
from bot.store import Store
from bot.store.search.folding import cut_words

NOW = 1_790_000_000.0
HOSTILE = [
    *("", " ", '"', '""', '"a', "*", "jo*", "-", "a -b", "(", ")", "a AND", "OR", "NOT a", "^a"),
    *("NEAR(a b)", "names:a", "{names}:a", "a + b", "nul\x00byte", "lone \ud800 half", "%", "_"),
    *("'; drop table contacts; --", "x" * 10_000, "a " * 5_000, "1" * 10_000, "\u202e", "٣٤٥"),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    opened = Store.open(tmp_path_factory.mktemp("store") / "bot.db")
    yield opened
    opened.close()


def contact(contact_id, name, *numbers, **fields):
    return Contact(contact_id, {"Name": name, **fields}, numbers)


def found(store, words, **limit):
    return [one.contact_id for one in store.contacts.search(words, **limit)]


def test_a_contact_comes_back_as_it_was_kept(store):
    zoe = contact(7, "Zoë Grant", "+12125550100", "+442079460001", Notes="4 pm\nGate code 17")
    store.contacts.upsert([zoe], seen=NOW)
    assert store.contacts.find(7) == zoe
    assert store.contacts.find(8) is None
    assert store.contacts.count() == 1


def test_everybody_who_shares_a_number_is_found_by_it(store):
    for contact_id in (9, 3, 5):
        mine = contact(contact_id, f"No. {contact_id}", "+12125550100", f"+1212555020{contact_id}")
        store.contacts.upsert([mine], seen=NOW)
    shared = store.contacts.with_number("+12125550100")
    assert [one.contact_id for one in shared] == [3, 5, 9]
    assert [one.contact_id for one in store.contacts.with_number("+12125550205")] == [5]
    assert store.contacts.with_number("+12125550199") == []


def test_a_changed_contact_is_found_by_what_it_is_now_only(store):
    store.contacts.upsert([contact(1, "Ana Torres", "+12125550100")], seen=NOW)
    store.contacts.upsert([contact(1, "Anne Novak", "+12125550101")], seen=NOW + 1)
    assert (found(store, "torres"), found(store, "novak")) == ([], [1])
    assert (found(store, "555-0100"), found(store, "555-0101")) == ([], [1])
    assert store.contacts.with_number("+12125550100") == []


def test_what_did_not_change_is_not_written_again(store):
    some = [contact(n, f"Name {n}", f"+1212555{n:04}") for n in range(20)]
    assert store.contacts.upsert(some, seen=NOW) == 20
    index = store.database.rows("select id, block from contact_words_data")
    assert store.contacts.upsert(some, seen=NOW + 1) == 0
    assert store.database.rows("select id, block from contact_words_data") == index
    assert store.contacts.seen_since(NOW + 1) == 20


def test_only_those_that_the_last_look_did_not_find_are_dropped(store):
    store.contacts.upsert([contact(n, f"Name {n}", "+12125550100") for n in range(5)], seen=NOW)
    store.contacts.upsert([contact(n, f"Name {n}", "+12125550100") for n in (1, 3)], seen=NOW + 9)
    assert store.contacts.drop_unseen(since=NOW + 9) == 3
    assert [one.contact_id for one in store.contacts.with_number("+12125550100")] == [1, 3]
    assert found(store, "name") == [1, 3]
    assert found(store, "555 0100") == [1, 3]


def test_what_was_changed_through_us_during_a_look_stays(store):
    store.contacts.upsert([contact(1, "Old name")], seen=NOW - 86_400)
    store.contacts.save(contact(1, "New name"), now=NOW + 5)
    store.contacts.save(contact(2, "New contact"), now=NOW + 6)
    assert store.contacts.upsert([contact(1, "Old name")], seen=NOW) == 0
    assert store.contacts.drop_unseen(since=NOW) == 0
    assert store.contacts.find(1).name == "New name"
    assert store.contacts.count() == 2


def test_a_clock_that_was_set_back_holds_up_nothing(store):
    store.contacts.upsert([contact(1, "Old name"), contact(2, "Gone")], seen=NOW + 10 * 86_400)
    store.contacts.upsert([contact(1, "New name")], seen=NOW)
    assert store.contacts.drop_unseen(since=NOW) == 1
    assert store.contacts.find(1).name == "New name"


def test_a_dropped_contact_is_found_by_nothing(store):
    store.contacts.upsert([contact(1, "Ana Torres", "+12125550100")], seen=NOW)
    assert store.contacts.drop(1)
    assert not store.contacts.drop(1)
    assert (found(store, "ana"), found(store, "5550100")) == ([], [])
    assert store.contacts.with_number("+12125550100") == []


def test_whole_words_come_before_beginnings_and_names_before_other_fields(store):
    store.contacts.upsert(
        [
            contact(1, "Josephine Smithson"),
            contact(2, "Ben", Notes="brother of Jo Smith"),
            contact(3, "Jo Smith"),
            contact(4, "Ben", Notes="Josephine smithers"),
            contact(5, "Jo Brown"),
        ],
        seen=NOW,
    )
    assert found(store, "jo smith") == [3, 2, 1, 4]
    assert found(store, "jo smith", limit=2) == [3, 2]
    assert found(store, "jo", limit=3) == [3, 5, 2]


@pytest.mark.parametrize(
    "words",
    [
        *("zoe", "ZOË", "zo gra", "grant zoë", "o'brien", "o’brien", "obri", "straße", "strasse"),
        *("oakwood", "zoe@oak.example", "STRASSE 5", "🌈", "ﬁ", "fi", "नमस्", "山田"),
    ],
)
def test_words_are_found_without_case_accents_and_signs(store, words):
    fields = {"Company": "Oakwood", "Email": "zoe@oak.example", "Address": "Hauptstraße 5; Straße"}
    name = "Zoë Grant-O'Brien OBrian 🌈 ﬁn नमस्ते 山田太郎"
    store.contacts.upsert([contact(1, name, **fields), contact(2, "Else")], seen=NOW)
    assert found(store, words) == [1]


def test_email_address_finds_only_those_who_have_it(store):
    ann = contact(1, "Ann Burke", Email="Ann@b.example", Company="Burke & Example")
    store.contacts.upsert([ann, contact(2, "Ann Burke", Company="Example")], seen=NOW)
    for typed in ("ann@b.example", "ANN@B.EXAMPLE", "ann@b", "burke ann@b.example"):
        assert found(store, typed) == [1]
    assert found(store, "a@b.e") == []
    assert found(store, "@ann burke") == [1, 2]


@pytest.mark.parametrize(
    "digits",
    [
        *("555-0123", "5550123", "0123", "(212) 555", "+1 212 555 0123", "212.555.0123", "125550"),
        *("0212 555 0123", "ana 0123", "0123 Torres"),
    ],
)
def test_a_part_of_a_number_is_found_as_people_write_it(store, digits):
    ana = contact(1, "Ana Torres", "+12125550123", "+442079460001")
    store.contacts.upsert([ana, contact(2, "Ben", "+13105559999")], seen=NOW)
    assert found(store, digits) == [1]


@pytest.mark.parametrize("digits", ["12", "0124", "ben 0123", "9990442", "+1212555012399"])
def test_what_is_no_part_of_a_number_finds_nobody(store, digits):
    ana = contact(1, "Ana Torres", "+12125550123", "+442079460001")
    store.contacts.upsert([ana, contact(2, "Ben", "+13105559999")], seen=NOW)
    assert found(store, digits) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_find_nobody_and_break_nothing(store, text):
    store.contacts.upsert([contact(1, "Mia", "+442079460001")], seen=NOW)
    assert found(store, text) == []


@given(st.text())
def test_any_text_can_be_searched(shared, text):
    shared.contacts.search(text)


@given(st.text(min_size=1))
def test_a_contact_is_found_by_any_word_of_its_name(shared, name):
    shared.contacts.save(contact(1, name), now=NOW)
    for word in name.split():
        if cut_words(word):
            assert found(shared, word) == [1]
            # A few letters have no upper case, so they become other words.
            if cut_words(word.upper()) == cut_words(word):
                assert found(shared, f'"{word.upper()}*') == [1]
    shared.contacts.drop(1)


def test_the_companys_own_fields_are_kept(store):
    assert store.contacts.fields() == []
    fields = [ContactField("Phone", 1, is_phone=True), ContactField("Zoë's", 2, is_shown=False)]
    store.contacts.set_fields(fields)
    assert store.contacts.fields() == fields


# People


def test_people_are_found_by_id_and_extension(store):
    ana = Person("u1", "Ana Torres", "101", "Ana@Example.com")
    ben = Person("u2", None, "102", None)
    store.people.replace([Person("u0", "Gone", "100", "gone@example.com")])
    store.people.replace([ben, ana])
    assert store.people.all() == [ana, ben]
    assert store.people.find("u2") == ben
    assert store.people.by_extension("101") == ana
    assert store.people.find("u0") is None


def ended(store, call_id, at, extension, name, legs=()):
    facts = {"stage": 3, "our_side": [extension, name], "started_at": at, "legs": list(legs)}
    report = Report(call_id, Source.ENDED, facts)
    store.calls.save(Event(call_id, "call.ended", "{}", report), now=NOW)


def test_who_is_not_listed_is_known_from_calls_by_the_newest_name(store):
    store.people.replace([Person("u1", "Ana Torres", "101", "ana@example.com")])
    ended(store, "c1", NOW, "101", "Ana from a call")
    ended(store, "c2", NOW, "102", "Ben")
    ended(store, "c3", NOW + 9, "102", "Benjamin")
    ended(store, "c4", NOW + 20, "102", None)
    ended(store, "c5", None, None, None, [{"extension": "103", "name": "Clara", "seconds": 5}])
    ended(store, "c6", NOW, "104", None)
    assert store.people.add_from_calls() == 3
    assert store.people.add_from_calls() == 3
    names = [(one.extension, one.name, one.email) for one in store.people.all()]
    assert names == [
        ("101", "Ana Torres", "ana@example.com"),
        ("102", "Benjamin", None),
        ("103", "Clara", None),
        ("104", None, None),
    ]
    store.people.replace([Person("u2", "Ben", "102")])
    assert len(store.people.all()) == 1


def test_what_the_company_says_of_itself_is_kept(store):
    assert store.people.company() is None
    company = Company("Harbor & Pine", "America/New_York", ("+12125550100",))
    store.people.set_company(company)
    assert store.people.company() == company
