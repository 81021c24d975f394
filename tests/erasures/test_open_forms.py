"""Forms that were open while their number was erased: they bring nothing back."""

import json
import sqlite3
import time
from contextlib import closing

import pytest

from bot.contacts.form import ContactFormOrigin, block_of
from bot.models.customers.notes import NoteTarget
from bot.models.screening import ScreenKind
from bot.models.texts import TextForm
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.store.search.call_text import add_functions
from bot.texts.form import Entered
from tests.conftest import wait_for
from tests.notes.test_notes import rich
from tests.support.webhooks import ended, send
from tests.timeline.test_timeline import save_call

pytestmark = pytest.mark.any_rate
MARIA, OTHER = "+12125550142", "+12125550143"
SECRET = "The wedding is in May"
ERASED = "erased on request"


@pytest.fixture
def vocatech():
    phones = {"Phone": "(212) 555-0142", "Mobile": "(212) 555-0143"}
    contact = {"First Name": "Maria", "Last Name": "Lopez", **phones}
    with FakeVocatech(backoff=(0.1, 0.2), contacts=[contact]) as fake:
        yield fake


@pytest.fixture
def services(bot):
    return bot.bot.services


@pytest.fixture
def bot(start_bot):
    running = start_bot(slack_admins=ADMIN)
    store = running.store
    wait_for(lambda: store.contacts.count() and store.slack_people.find(ANA))
    wait_for(store.people.company)
    send(running.url, ended("c", status="missed", remote_number=MARIA))
    wait_for(lambda: store.calls.find("c"))
    return running


def forget(bot, number=MARIA):
    bot.store.erasures.erase(number, by=ADMIN, now=time.time())


def dump(bot):
    """Return all that is stored, except that the number was erased."""
    with closing(sqlite3.connect(bot.store.database.path)) as opened:
        add_functions(opened)  # the search index reads what was said with it
        return "\n".join(line for line in opened.iterdump() if '"erasures"' not in line)


def filled(view, **state):
    return {**view, "id": "V1", "state": {"values": state}}


def note(view, words=SECRET):
    return filled(view, text={"text": {"rich_text_value": rich(words)}})


@pytest.mark.parametrize("about", ["call c", "contact 1", f"number {MARIA}"])
def test_note_is_not_saved(bot, services, about):
    view = services.notes.new_form(NoteTarget.parse(about), below={})
    forget(bot)
    assert ERASED in str(services.notes.save(note(view), by=ANA).errors)
    assert SECRET not in dump(bot)


def test_note_on_a_contact_with_another_number_is_not_saved(bot, services):
    view = services.notes.new_form(NoteTarget.parse("contact 1"), below={})
    forget(bot, OTHER)
    assert "contact was deleted" in str(services.notes.save(note(view), by=ANA).errors)
    assert SECRET not in dump(bot)


def test_form_opened_after_the_erasure_of_its_call_saves_nothing(bot, services):
    forget(bot)
    view = services.notes.new_form(NoteTarget.parse("call c"), below={})
    assert ERASED in str(services.notes.save(note(view), by=ANA).errors)
    view = services.follow_ups.form_for_call("c", by=ANA)
    assert ERASED in str(services.follow_ups.submit(follow_up(view), by=ANA).errors)
    assert SECRET not in dump(bot)


def follow_up(view):
    return filled(
        view,
        owner={"owner": {"selected_user": ANA}},
        when={"when": {"selected_option": {"value": "2h"}}},
        note={"note": {"value": SECRET}},
    )


@pytest.mark.parametrize("form", ["call", "contact", "thread"])
def test_follow_up_is_not_saved(bot, services, form):
    made = services.follow_ups
    view = {
        "call": lambda: made.form_for_call("c", by=ANA),
        "contact": lambda: made.form_for_contact(1, by=ANA),
        "thread": lambda: made.form_for_thread(MARIA, by=ANA),
    }[form]()
    forget(bot)
    assert ERASED in str(made.submit(follow_up(view), by=ANA).errors)
    assert (SECRET in dump(bot), bot.store.follow_ups.count(ANA)) == (False, 0)


def test_text_is_not_sent(bot, services):
    view = services.texts.open_for_call("c", viewer=ANA, channel=None)
    forget(bot)
    form = TextForm.from_metadata(view["private_metadata"])
    problem = services.texts.submit(Entered(form, SECRET, None), by=ANA).errors
    assert ERASED in str(problem)
    assert SECRET not in dump(bot)


@pytest.mark.parametrize("kind", ScreenKind)
def test_number_is_not_marked(bot, services, kind):
    unknown = "+13125550188"
    send(bot.url, ended("u", remote_number=unknown))
    wait_for(lambda: bot.store.calls.find("u"))
    forget(bot, unknown)
    assert ERASED in str(services.screening.mark(unknown, kind, by=ANA))
    assert unknown not in dump(bot)
    save_call(bot.store, "again", at=time.time() + 1.0, number=unknown)
    assert services.screening.mark(unknown, kind, by=ANA) is None


def test_a_caller_who_calls_again_gets_notes_and_follow_ups(bot, services):
    forget(bot)
    about = NoteTarget.parse(f"number {MARIA}")
    assert not services.notes.save(note(services.notes.new_form(about, below={})), by=ANA).errors
    view = services.follow_ups.form_for_thread(MARIA, by=ANA)
    assert not services.follow_ups.submit(follow_up(view), by=ANA).errors
    assert bot.store.follow_ups.count(ANA) == 1


def test_forms_that_were_open_before_an_update_are_saved(bot, services):
    view = services.notes.new_form(NoteTarget.parse("call c"), below={})
    known = json.loads(view["private_metadata"])
    del known["opened_at"], known["number"]
    view["private_metadata"] = json.dumps(known)
    assert not services.notes.save(note(view), by=BEN).errors


def contact_form(services, **values):
    """Return a form for a new contact, as it is submitted with these values."""
    opened = ContactFormOrigin(time.time())
    fields = services.store.contacts.fields()
    view = services.contact_presenter.new_form(fields, "", opened)
    return filled(
        view, **{block_of(name): {"value": {"value": one}} for name, one in values.items()}
    )


def test_new_contact_with_the_number_is_not_created(bot, services):
    view = contact_form(services, Phone="(212) 555-0199; (212) 555-0142", Notes=SECRET)
    other = contact_form(services, Phone="(212) 555-0143")
    forget(bot)
    assert ERASED in services.contacts.validate(view)[block_of("Phone")]
    assert services.contacts.validate(other) == {}
    later = contact_form(services, Phone="(212) 555-0142")
    assert services.contacts.validate(later) == {}
