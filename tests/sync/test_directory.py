"""Directory sync: once a day, and an incomplete list deletes nothing."""

import time
from dataclasses import replace
from functools import partial

import httpx
import pytest
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.errors import ListUnending
from bot.models.calls import Report, Source
from bot.models.events import Event
from bot.models.people import Company
from bot.sandbox.faults import Fault
from bot.server.metrics import Metrics
from bot.sync.directory import sync_directory
from bot.vocatech.pages import read_pages
from tests.conftest import wait_for
from tests.support.api_client import MadeTime, make_client

pytestmark = pytest.mark.first_sync

DAY = 86_400.0
FIELDS = [{"name": "Name"}, {"name": "Phone", "is_phone": True}]


class Desk:
    """A fake Vocatech with fixed responses, and the sync over it."""

    def __init__(self, store):
        self.store, self.time, self.metrics = store, MadeTime(), Metrics()
        self.answers = {
            "/v1/settings": {"name": "Harbor & Pine", "timezone": "America/New_York"},
            "/v1/users": [{"id": "u1", "name": "Ana", "extension": "101"}],
            "/v1/contacts/fields": {"fields": FIELDS},
            "/v1/contacts": paged(rows(1, 2), rows(3)),
        }
        self.asked = []
        self.vocatech = make_client(self.answer, store.request_log, self.time)

    def answer(self, request):
        self.asked.append((request.url.path, dict(request.url.params)))
        answer = self.answers[request.url.path]
        answer = answer(request) if callable(answer) else answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def look(self, after=DAY):
        self.time.seconds += after
        self.asked.clear()
        with capture_logs() as logs:
            assert (
                sync_directory(
                    vocatech=self.vocatech,
                    store=self.store,
                    metrics=self.metrics,
                    clock=self.time.clock,
                )
                == 0.0
            )
        return {line["event"]: line for line in logs}

    def ids(self):
        return [row[0] for row in self.store.database.rows("select contact_id from contacts")]

    def paths(self):
        return [path for path, _ in self.asked]


@pytest.fixture
def desk(store):
    return Desk(store)


def rows(*ids):
    return [{"id": n, "fields": {"Name": f"Name {n}", "Phone": f"212 555 {n:04}"}} for n in ids]


def paged(*pages, total=None):
    def answer(request):
        number = int(request.url.params["page"])
        told = sum(map(len, pages)) if total is None else total
        meta = {"total_pages": len(pages), "total_contacts": told}
        return {"contacts": pages[number - 1], "meta": meta}

    return answer


def test_contacts_users_and_settings_are_stored(desk):
    logs = desk.look()
    assert desk.ids() == [1, 2, 3]
    assert desk.store.contacts.with_number("+12125550002")[0].name == "Name 2"
    assert [one.name for one in desk.store.contacts.fields()] == ["Name", "Phone"]
    assert desk.store.people.by_extension("101").name == "Ana"
    assert desk.store.people.company() == Company("Harbor & Pine", "America/New_York")
    assert (logs["contacts_synced"]["seen"], logs["people_synced"]["people"]) == (
        3,
        1,
    )


def test_one_sync_a_day_is_enough(desk):
    desk.look()
    desk.look(after=20 * 3600)
    assert desk.asked == []
    desk.look(after=4 * 3600)
    assert "/v1/contacts" in desk.paths()
    desk.look(after=-10 * DAY)  # the clock was set back
    assert "/v1/contacts" in desk.paths()


def test_numbers_are_read_again_after_a_change_of_region(desk):
    mexican = [{"id": 1, "fields": {"Name": "Name 1", "Phone": "55 1234 5678"}}]
    desk.answers["/v1/contacts"] = paged(mexican)
    desk.answers["/v1/settings"] = {"name": "Harbor & Pine", "numbers": ["55 1234 5000"]}
    desk.look()
    assert desk.store.contacts.find(1).numbers == ("+15512345678",)
    desk.vocatech = replace(desk.vocatech, region="MX")
    desk.look(after=60)
    assert desk.store.contacts.find(1).numbers == ("+525512345678",)
    assert desk.store.people.company().numbers == ("+525512345000",)
    desk.look(after=60)
    assert desk.asked == []


def test_missing_contacts_are_deleted_after_a_complete_sync(desk):
    desk.look()
    desk.answers["/v1/contacts"] = paged(rows(1, 4))
    assert desk.look()["contacts_synced"]["dropped"] == 2
    assert desk.ids() == [1, 4]


def test_an_empty_list_counts_only_with_a_total_of_zero(desk):
    desk.look()
    desk.answers["/v1/contacts"] = {"contacts": []}
    assert "contacts_incomplete" in desk.look()
    assert desk.ids() == [1, 2, 3]
    desk.answers["/v1/contacts"] = {"contacts": [], "meta": {"total_contacts": 0}}
    desk.look()
    assert desk.ids() == []


def test_pages_without_counts_end_with_an_empty_page(desk):
    desk.look()
    pages = [rows(1), rows(2), []]
    desk.answers["/v1/contacts"] = lambda r: {"contacts": pages[int(r.url.params["page"]) - 1]}
    assert desk.look()["contacts_synced"]["dropped"] == 1


def broken_at_two(answer):
    whole = paged(rows(1), rows(2), rows(3))
    return lambda request: answer if request.url.params["page"] == "2" else whole(request)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>welcome</html>"),
        httpx.Response(204),
        httpx.Response(500),
        httpx.Response(200, json={"contacts": "many"}),
        httpx.Response(200, json=[1, 2]),
        httpx.Response(200, text='{"contacts": [{"id": 1'),
    ],
)
def test_a_failed_page_deletes_nothing_and_is_retried_within_the_hour(desk, answer):
    desk.look()
    desk.answers["/v1/contacts"] = broken_at_two(answer)
    logs = desk.look()
    assert (logs["contacts_incomplete"]["done"], logs["directory_sync_failed"]["what"]) == (
        1,
        "contacts",
    )
    assert desk.ids() == [1, 2, 3]
    assert b'vocatech_api_errors_total{reason="answer_' in desk.metrics.text()
    desk.answers["/v1/contacts"] = paged(rows(1))
    assert desk.look(after=3600)["contacts_synced"]["dropped"] == 2
    assert desk.paths() == ["/v1/contacts/fields", "/v1/contacts"]


@pytest.mark.parametrize(
    "contacts",
    [
        lambda _: {"contacts": rows(1)},  # the same page forever
        lambda r: {"contacts": rows(1 + int(r.url.params["page"]) % 2)},
        paged(rows(1), rows(1), total=2),
    ],
)
def test_repeating_or_endless_pages_delete_nothing_and_wait_a_day(desk, contacts):
    desk.look()
    desk.answers["/v1/contacts"] = contacts
    assert "contacts_incomplete" in desk.look()
    assert desk.ids() == [1, 2, 3]
    desk.look(after=3600)
    assert desk.asked == []


def test_endless_pages_do_not_count_as_complete():
    with pytest.raises(ListUnending):
        list(read_pages(lambda number: {"contacts": [{"id": number}]}, "contacts", must_end=True))


def test_an_incomplete_total_deletes_nothing(desk):
    desk.look()
    desk.answers["/v1/contacts"] = paged(rows(1, 1), rows(2), total=3)
    logs = desk.look()
    assert (logs["contacts_incomplete"]["seen"], logs["contacts_incomplete"]["total"]) == (2, 3)
    assert desk.ids() == [1, 2, 3]


def test_a_contact_that_moves_to_an_earlier_page_is_kept(desk):
    desk.look()
    page_two_after_1_was_deleted = {
        "contacts": rows(4),
        "meta": {"total_pages": 2, "total_contacts": 3},
    }

    def answer(request):
        if request.url.params["page"] == "1":
            return {"contacts": rows(1, 2), "meta": {"total_pages": 2, "total_contacts": 4}}
        return page_two_after_1_was_deleted

    desk.answers["/v1/contacts"] = answer
    assert desk.look()["contacts_incomplete"]["seen"] == 3
    assert desk.ids() == [1, 2, 3, 4]


ODD_ROWS = [5, None, "x", [], {}, {"id": 7}, {"id": "x", "fields": {}}, {"id": "9" * 5000}]


def test_unreadable_rows_are_skipped_and_counted(desk):
    desk.look()
    odd = [*ODD_ROWS, {"id": 10**30, "fields": {}}, {"id": -1, "fields": {}}]
    many = rows(*range(10, 110))
    desk.answers["/v1/contacts"] = paged([*odd, *many])
    logs = desk.look()
    assert logs["contacts_synced"]["unreadable"] == len(odd)
    assert desk.ids() == list(range(10, 110))


def test_many_unreadable_rows_delete_nothing(desk):
    desk.look()
    desk.answers["/v1/contacts"] = paged([{"id": f"contact-{n}", "fields": {}} for n in range(3)])
    assert desk.look()["contacts_incomplete"]["unreadable"] == 3
    assert desk.ids() == [1, 2, 3]


def test_a_server_without_limit_support_gets_no_limit(desk):
    pages = paged(rows(1), rows(2), rows(3))

    def answer(request):
        refused = httpx.Response(400, json={"error": "unknown parameter: limit"})
        return refused if "limit" in request.url.params else pages(request)

    desk.answers["/v1/contacts"] = answer
    desk.look()
    assert desk.ids() == [1, 2, 3]
    assert [query for path, query in desk.asked if path == "/v1/contacts"] == [
        {"limit": "500", "page": "1"},
        {"page": "1"},
        {"page": "2"},
        {"page": "3"},
    ]


def test_a_stopping_app_reads_no_more_pages(desk):
    def stop(request):
        desk.time.is_stopping = True
        return paged(rows(1), rows(2))(request)

    desk.look()
    desk.answers["/v1/contacts"] = stop
    logs = desk.look()
    assert logs["contacts_incomplete"]["done"] == 1
    assert "directory_sync_failed" not in logs
    assert desk.ids() == [1, 2, 3]
    desk.time.is_stopping = False
    desk.look(after=3600)
    assert "/v1/contacts" in desk.paths()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        httpx.Response(403),
        httpx.Response(200, text="<html>"),
        httpx.Response(204),
        httpx.Response(200, json={"users": []}),
        httpx.Response(200, json={"users": [{"name": "without an id"}]}),
    ],
)
def test_without_a_user_list_users_come_from_calls(desk, answer):
    desk.answers["/v1/users"] = answer
    facts = {"stage": 3, "our_side": ["102", "Ben"], "started_at": 1_800_000_000.0}
    event = Event("e1", "call.ended", "{}", Report("c1", Source.ENDED, facts))
    desk.store.calls.save(event, now=1_800_000_000.0)
    assert desk.look()["people_added_from_calls"]["added"] == 1
    assert desk.store.people.by_extension("102").name == "Ben"
    assert desk.ids() == [1, 2, 3]


def test_listed_users_stay_when_the_list_fails(desk):
    desk.look()
    desk.answers["/v1/users"] = httpx.Response(404)
    desk.look()
    assert desk.store.people.by_extension("101").user_id == "u1"
    desk.look(after=3600)
    assert desk.asked == []  # a missing endpoint is not requested every hour


def test_empty_settings_change_nothing(desk):
    desk.look()
    desk.answers["/v1/settings"] = httpx.Response(204)
    assert desk.look()["directory_sync_failed"]["what"] == "company"
    assert desk.store.people.company().name == "Harbor & Pine"


def test_a_rejected_key_is_left_to_polling(desk):
    for path in desk.answers:
        desk.answers[path] = httpx.Response(401)
    assert desk.look() == {}
    assert desk.paths() == ["/v1/settings"]
    assert b"key" not in desk.metrics.text().split(b"vocatech_api_errors")[-1]
    assert desk.store.key_values.moment("contacts looked at") is None


def test_a_long_sync_logs_its_progress(desk):
    desk.answers["/v1/contacts"] = paged(rows(*range(5_001)))
    logs = desk.look()
    assert (logs["contacts_read"]["done"], logs["contacts_read"]["total"]) == (5_001, 5_001)


# Against the fake server


def look_tomorrow(bot, days=1):
    s = bot.bot.services
    clock = Clock(lambda: time.time() + days * DAY)
    sync_directory(vocatech=s.vocatech, store=s.store, metrics=s.metrics, clock=clock)


def test_the_running_app_syncs_contacts_users_and_company(bot, vocatech):
    contacts, people = bot.store.contacts, bot.store.people
    wait_for(lambda: contacts.count() == len(vocatech.contacts))
    assert sorted(one.name for one in people.all()) == sorted(
        one.name for one in vocatech.company.people
    )
    assert people.company().name == vocatech.company.name


def test_changes_in_vocatech_appear_after_the_next_sync(bot, vocatech):
    contacts = bot.store.contacts
    wait_for(partial(bot.store.key_values.moment, "contacts looked at"))
    created = vocatech.contacts.add({"First Name": "Ada", "Phone": "+13105550199"})
    vocatech.contacts.write(1, {"Last Name": "Renamed"}, keep=True)
    vocatech.contacts.remove(2)
    look_tomorrow(bot)
    assert [one.contact_id for one in contacts.with_number("+13105550199")] == [created]
    assert [one.contact_id for one in contacts.search("renamed")] == [1]
    assert contacts.find(2) is None
    assert contacts.count() == len(vocatech.contacts)


def test_an_outage_loses_no_contact(bot, vocatech):
    wait_for(partial(bot.store.key_values.moment, "contacts looked at"))
    known = bot.store.contacts.count()
    vocatech.faults.add(Fault(path="/v1/contacts", status=404))
    look_tomorrow(bot)
    assert bot.store.contacts.count() == known
