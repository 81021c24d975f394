"""Contacts in Slack: searched, created, edited, deleted, chosen; and on cards."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from bot.cli.main import main
from bot.contacts.form import MAX_FIELDS, FieldProblem, form_fields, parse_form, render_contact_form
from bot.contacts.messages import render_contact_answer, render_contact_modal
from bot.contacts.modals import (
    render_chooser,
    render_contact_list,
    render_delete_modal,
    render_words_modal,
)
from bot.errors import NotAllowed
from bot.models.calls import Call, Direction, Report, Source
from bot.models.channels import Visibility
from bot.models.contacts import Contact, ContactField, find_invalid_number, with_derived_fields
from bot.models.customers.notes import CONTACT, NoteTarget
from bot.models.events import Event
from bot.models.people import Preference
from bot.models.texts import Text
from bot.people.names import with_contact_name
from bot.sandbox.block_kit.check import check_blocks, check_view
from bot.sandbox.company.model import HOSTILE_NAMES
from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack import slow_forms
from bot.store.ingest import Hold
from bot.sync.directory import sync_contacts
from bot.ui.formatting import Locale
from tests.conftest import CHANNEL, after_sync, wait_for
from tests.support.views import open_view_with, said
from tests.support.webhooks import ended, send

# About what is posted, not about how much at a time.
pytestmark = pytest.mark.any_rate

MARIA = {
    "First Name": "Maria",
    "Last Name": "Lopez",
    "Company": "Harbor & Pine",
    "Phone": "(212) 555-0123",
    "Email": "maria@example.com",
}
JOSE = {"First Name": "José", "Last Name": "Lopez", "Phone": "+1 212 555 0150"}
SHARED = "+12125550177"
BUTTONS = ["Reply via SMS", "History", "Add note", "Remind me", "Edit"]
TWINS = [{"First Name": name, "Last Name": "Twin", "Mobile": SHARED} for name in ("Ida", "Eva")]
FIELDS = [
    ContactField("First Name"),
    ContactField("Last Name", 1),
    ContactField("Phone", 2, is_phone=True, is_match=True),
]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(slow_forms, "SECONDS_FOR_SLACK", 0.05)


@pytest.fixture
def vocatech():
    contacts = [MARIA, JOSE, *TWINS, *({"First Name": f"Many{n}", "Notes": "x"} for n in range(14))]
    with FakeVocatech(backoff=(0.1, 0.2), contacts=contacts) as stand_in:
        yield stand_in


@pytest.fixture
def bot(start_bot):
    running = start_bot(slack_admins=ADMIN)
    wait_for(lambda: running.store.contacts.count() >= 18)
    return running


def typed(slack, text, user=ANA):
    """Type the command; return what the user sees."""
    answer = slack.type_command(user, CHANNEL, "/contact", text)
    assert answer.status == 200
    assert not answer.problem
    found = [m for m in slack.messages(CHANNEL) if m.get("is_ephemeral")]
    return found[-1] if found else None


def view_with(slack, *words, user=ANA):
    return open_view_with(slack, user, *words)


def labels(shown):
    return [
        element["text"]["text"]
        for block in shown["blocks"]
        for element in [*block.get("elements", []), block.get("accessory", {})]
        if element.get("type") == "button"
    ]


def fill(view, **values):
    """Return what to submit: `First_Name="Ann"`."""
    by_name = {
        block["block_id"].split(":", 1)[1]: block["block_id"]
        for block in view["blocks"]
        if block["type"] == "input"
    }
    return {by_name[name.replace("_", " ")]: {"value": value} for name, value in values.items()}


def submit(slack, view, user=ANA, **values):
    answer = slack.submit_view(user, view["id"], fill(view, **values))
    assert answer.status == 200
    assert not answer.problem
    return answer


def new_form(slack, user=ANA):
    slack.type_command(user, CHANNEL, "/contact", "new")
    return view_with(slack, "New contact", user=user)


def edit_form(slack, words, user=ANA):
    shown = typed(slack, words, user=user)
    slack.click(user, CHANNEL, shown["ts"], "edit_contact")
    return view_with(slack, "Edit contact", user=user)


def deeds(bot):
    return [(one.slack_user, one.what) for one in bot.store.audit.latest()]


def names(vocatech):
    return [one["fields"].get("First Name") for one in vocatech.contacts.look_up("", 0, 999)[0]]


def card_of(slack, call_id, *words):
    def find():
        for message in slack.messages(CHANNEL):
            payload = (message.get("metadata") or {}).get("event_payload", {})
            if payload.get("call_id") == call_id and all(word in said(message) for word in words):
                return message
        return None

    return wait_for(find)


# Looking up


@pytest.mark.parametrize(
    "words", ["212 555 0123", "maria lopez", '"Maria" Harb', "<mailto:maria@example.com|m>"]
)
def test_one_match_is_shown_with_its_fields_and_calls(bot, slack, words):
    words = words.replace("|m>", "|maria@example.com>")
    send(bot.url, ended("c1", remote_name="M"))
    card_of(slack, "c1")
    shown = typed(slack, words)
    assert shown["text"] == "Maria Lopez, (212) 555-0123."
    for part in ("Maria Lopez", "Harbor & Pine", "(212) 555-0123", "Last calls", "Missed call"):
        assert part in said(shown["blocks"])
    assert labels(shown) == BUTTONS


def test_several_matches_are_a_list_with_a_button_each(bot, slack):
    shown = typed(slack, "lopez")
    assert shown["text"] == "2 contacts match “lopez”."
    assert labels(shown) == ["Show", "Show"]
    maria = bot.store.contacts.search("maria")[0]
    slack.click(ANA, CHANNEL, shown["ts"], "show_contact", str(maria.contact_id))
    assert labels(view_with(slack, "Maria", "Harbor & Pine")) == BUTTONS
    long = typed(slack, "many")
    assert len(labels(long)) == 10
    assert "4 more." in said(long)


def test_showing_a_deleted_contact_explains_it(bot, slack):
    shown = typed(slack, "lopez")
    maria = bot.store.contacts.search("maria")[0]
    bot.store.contacts.drop(maria.contact_id)
    slack.click(ANA, CHANNEL, shown["ts"], "show_contact", str(maria.contact_id))
    view_with(slack, "was deleted in Vocatech")


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("Nora Quist", "Last Name", "Quist"),
        ("212 555 0999", "Phone", "(212) 555-0999"),
        ("nora@example.org", "Email", "nora@example.org"),
    ],
)
def test_no_match_offers_to_create_with_what_was_typed(bot, slack, words, field, value):
    shown = typed(slack, words)
    assert "No contact matches" in shown["text"]
    slack.click(ANA, CHANNEL, shown["ts"], "create_contact")
    view = view_with(slack, "New contact")
    filled = {b["block_id"]: b["element"].get("initial_value") for b in view["blocks"]}
    assert filled[f"field:{field}"] == value


@pytest.mark.parametrize(
    "number",
    [
        "(212) 555-0123",
        "(212) 555-0123 ext 4",
        "212-555-0123x4",
        "\u202d+1 212 555 0123\u202c",
        "\u2068212\u2011555\u20130123\u2069",
        "２１２５５５０１２３",
        "tel:+12125550123",
        "<tel:+12125550123|(212) 555-0123>",
        "212-555-0123,",
        "212-555-0123, hello",
    ],
)
def test_contact_is_found_by_a_number_in_any_written_form(bot, slack, number):
    assert typed(slack, number)["text"].startswith("Maria Lopez")


@pytest.mark.parametrize("new", ["new", "New", "add", "create"])
def test_new_with_a_name_opens_the_form_filled_in(bot, slack, new):
    slack.type_command(ANA, CHANNEL, "/contact", f"{new} Nora Quist 212 555 0199")
    view = view_with(slack, "New contact")
    filled = {b["block_id"]: b["element"].get("initial_value") for b in view["blocks"]}
    assert (filled["field:First Name"], filled["field:Last Name"]) == ("Nora", "Quist")
    assert "(212) 555-0199" in filled.values()


def test_contact_whose_name_begins_with_new_is_shown(bot, slack):
    bot.store.contacts.save(Contact(900, {"Name": "New York Bakery"}), now=after_sync())
    assert "New York Bakery" in typed(slack, "new york")["text"]


def test_new_with_a_name_is_no_search_for_a_name_that_begins_with_new(bot, slack):
    known = Contact(9_300, {"First Name": "Maria", "Last Name": "Newman"}, ("+12125550171",))
    bot.store.contacts.save(known, now=after_sync())
    assert typed(slack, "newman")["text"].startswith("Maria Newman")
    typed(slack, "new maria")
    assert "'initial_value': 'maria'" in str(view_with(slack, "New contact"))


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("Okafor, Ada", "Ada", "Okafor"),
        ("Okafor,Ada Mae 212 555 0188", "Ada Mae", "Okafor"),
        ("Okafor, Ada ada@okafor.example", "Ada", "Okafor"),
        ("Acme, Inc.", "Acme,", "Inc."),
        ("Okafor, Jr.", "Okafor,", "Jr."),
        ("Meier, Acme GmbH", "Meier,", "Acme GmbH"),
        ("Ada Okafor, Acme", "Ada", "Okafor, Acme"),
    ],
)
def test_new_with_the_last_name_first_fills_in_both_names(bot, slack, words, first, last):
    typed(slack, f"new {words}")
    shown = {
        block["label"]["text"]: block["element"].get("initial_value")
        for block in view_with(slack, "New contact")["blocks"]
        if block["type"] == "input"
    }
    assert (shown["First Name"], shown["Last Name"]) == (first, last)


@pytest.mark.parametrize("title", ["Mrs.", "Herrn", "Hr.", "Hrn", "Fr."])
def test_title_before_a_name_suggests_the_name(bot, slack, title):
    known = Contact(9_301, {"First Name": "Ilse", "Last Name": "Quade"}, ("+12125550172",))
    bot.store.contacts.save(known, now=after_sync())
    assert "Did you mean Ilse Quade?" in typed(slack, f"{title} Quade")["text"]


@pytest.mark.parametrize(("words", "name"), [("Lopes", "Maria Lopez"), ("marai lopez", "Maria")])
def test_misspelled_name_suggests_similar_ones(bot, slack, words, name):
    shown = typed(slack, words)
    assert f"No contact matches “{words}”. Did you mean" in shown["text"]
    assert name in shown["text"]
    assert "show_contact" in str(shown["blocks"])


def test_unknown_mention_says_that_no_one_has_the_name(bot, slack):
    assert typed(slack, "@nobody")["text"] == "No person or contact is called “nobody”."
    assert "Maria Lopez" in typed(slack, "@maria lopez")["text"]
    assert "U0" not in typed(slack, f"<@{BEN}>")["text"]


def test_the_command_alone_and_a_mention_show_the_help(bot, slack):
    assert "/contact new" in said(typed(slack, ""))
    assert "not people in Slack" in typed(slack, "<@U012345|stranger>")["text"]


def test_a_search_before_the_first_sync_says_why(start_bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/contacts", status=403))
    start_bot()
    assert "no contacts are synced" in typed(slack, "maria")["text"]
    slack.type_command(ANA, CHANNEL, "/contact", "new")
    view_with(slack, "Vocatech refused it")


def test_unknown_contact_fields_are_fetched(start_bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/contacts", status=403))
    bot = start_bot()
    wait_for(lambda: bot.metric("vocatech_api_errors_total"))
    vocatech.faults.clear()
    slack.type_command(ANA, CHANNEL, "/contact", "new")
    view_with(slack, "New contact", "First Name")


def test_slow_vocatech_requests_do_not_delay_other_people(bot, slack, vocatech):
    bot.store.contacts.set_fields([])
    vocatech.faults.add(Fault(path="/contacts", delay=60.0))
    answers = [slack.type_command(ANA, CHANNEL, "/contact", "new") for _ in range(7)]
    answers.append(slack.type_command(BEN, CHANNEL, "/vocatech", "help"))
    assert [one.status for one in answers] == [200] * 8
    assert max(one.seconds for one in answers) < 60.0
    vocatech.faults.end_delays()


# Creating


def test_a_new_contact_is_saved_and_shown(bot, slack, vocatech):
    view = new_form(slack)
    answer = submit(slack, view, First_Name="Nora", Phone="212-555-0999")
    assert "Saving" in said(answer)
    view_with(slack, "Saved.", "Nora", "(212) 555-0999")
    assert names(vocatech).count("Nora") == 1
    assert typed(slack, "2125550999")["text"] == "Nora, (212) 555-0999."
    assert deeds(bot) == [(ANA, "contact created")]
    assert "0999" not in bot.store.audit.latest()[0].detail


def test_text_in_a_field_that_was_removed_meanwhile_is_not_lost(bot, slack, vocatech):
    view = new_form(slack)
    kept = [one for one in bot.store.contacts.fields() if one.name != "Notes"]
    bot.store.contacts.set_fields(kept)
    answer = submit(slack, view, First_Name="Nora", Phone="212-555-0999", Notes="Call at 5.")
    assert "no longer has this field" in answer["errors"]["field:Notes"]
    assert "Nora" not in names(vocatech)
    submit(slack, view, First_Name="Nora", Phone="212-555-0999", Notes="")
    view_with(slack, "Saved.", "Nora")


def test_a_form_sent_twice_makes_one_contact(bot, slack, vocatech):
    view = new_form(slack)
    payload = fill(view, First_Name="Nora", Phone="212-555-0999")
    # The same form on the screen once more, as on another device.
    same = ("type", "title", "blocks", "submit", "close", "callback_id", "private_metadata")
    slack.views.show(ANA, {name: view[name] for name in same})
    slack.submit_view(ANA, slack.open_view(ANA)["id"], payload)
    view_with(slack, "Saved.")
    answer = slack.submit_view(ANA, view["id"], payload)
    assert "already submitted" in said(answer)
    assert names(vocatech).count("Nora") == 1
    assert deeds(bot) == [(ANA, "contact created")]


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"Phone": "call me"}, "Phone", "isn't a complete phone number"),
        ({"Phone": "212 555 0999; 12"}, "Phone", "“12” isn't a complete phone number"),
        ({"First_Name": "Nora"}, "Phone", "tell contacts apart"),
        ({}, "First Name", "at least one field"),
        ({"First_Name": "No", "Phone": "+12125550123"}, "Phone", "Maria Lopez already has this"),
    ],
)
def test_errors_are_shown_at_their_fields(bot, slack, vocatech, values, field, reason):
    answer = submit(slack, new_form(slack), **values)
    assert answer["response_action"] == "errors"
    assert reason in answer["errors"][f"field:{field}"]
    assert len(names(vocatech)) == 18


def test_a_refused_field_shows_the_reason_and_keeps_the_input(bot, slack, vocatech):
    submit(slack, new_form(slack), First_Name="Nora", Phone="2125550999", Notes="x" * 600)
    view = view_with(slack, "Notes must be at most 500 characters", "x" * 600, "Nora")
    ids = [block["block_id"] for block in view["blocks"]]
    assert ids.index("trouble") == ids.index("typed:Notes") + 1
    submit(slack, view, Notes="short")
    view_with(slack, "Saved.", "short")
    assert names(vocatech).count("Nora") == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(path="/contacts", method="POST", status=429), "Vocatech is busy"),
        (Fault(path="/contacts", method="POST", status=401), "API key"),
        (Fault(path="/contacts", method="POST", status=500), "may or may not have been made"),
    ],
)
def test_the_form_returns_unchanged_when_vocatech_fails(bot, slack, vocatech, fault, words):
    vocatech.faults.add(fault)
    submit(slack, new_form(slack), First_Name="Nora", Phone="2125550999")
    view = view_with(slack, words, "Nora", "2125550999")
    assert view["blocks"][0]["block_id"] == "trouble"
    assert deeds(bot) == []


def test_the_outcome_is_sent_as_a_message_if_the_modal_was_closed(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/contacts", method="POST", delay=0.3, status=500))
    view = new_form(slack)
    submit(slack, view, First_Name="Nora", Phone="2125550999")
    slack.close_view(ANA, view["id"])
    told = wait_for(lambda: slack.messages(slack.direct_channel(ANA)))
    assert "may or may not have been made" in told[0]["text"]


def test_note_in_a_phone_field_never_changes_the_number_that_is_texted(bot, slack):
    view = new_form(slack)
    submit(slack, view, First_Name="Nora", Last_Name="Quill", Phone="(212) 555-0999 (2)")
    view_with(slack, "Saved.", "Nora")
    slack.type_command(ANA, CHANNEL, "/sms", "Nora Quill Ready.")
    view = view_with(slack, "New message", "(212) 555-0999")
    assert '"number": "+12125550999"' in view["private_metadata"]


def test_number_of_another_country_is_texted_there(bot, slack):
    view = new_form(slack)
    submit(slack, view, First_Name="Nora", Last_Name="Quill", Phone="+52 1 818 355 4567")
    view_with(slack, "Saved.", "Nora")
    slack.type_command(ANA, CHANNEL, "/sms", "Nora Quill Ready.")
    view = view_with(slack, "New message", "+52 81 8355 4567")
    assert '"number": "+528183554567"' in view["private_metadata"]


# Editing


def test_only_changed_fields_are_sent(bot, slack, vocatech):
    view = edit_form(slack, "maria")
    vocatech.contacts.write(1, {"Company": "Changed Elsewhere"}, keep=True)
    submit(slack, view, Email="", Last_Name="Lopez-Kim")
    view_with(slack, "Saved.", "Lopez-Kim")
    fields = vocatech.contacts.show(1)["fields"]
    assert fields["Company"] == "Changed Elsewhere"
    assert "Email" not in fields
    entry = bot.store.audit.latest()[0]
    assert (entry.what, entry.detail) == ("contact changed", "contact 1: Email, Last Name") or (
        entry.detail == "contact 1: Last Name, Email"
    )


def test_field_that_a_colleague_changed_is_not_overwritten(bot, slack, vocatech):
    view = edit_form(slack, "maria")
    theirs = {"Phone": "(212) 555-0143", "Company": "Theirs"}
    bot.bot.services.contacts.change(1, theirs, by=BEN)
    answer = submit(slack, view, Phone="(212) 555-0144", Company="Theirs", Notes="VIP")
    assert [*answer["errors"]] == ["field:Phone"]
    assert "Someone changed this field after you opened" in answer["errors"]["field:Phone"]
    assert vocatech.contacts.show(1)["fields"]["Phone"] == "(212) 555-0143"
    slack.views.close_all(ANA)
    submit(slack, edit_form(slack, "maria"), Phone="(212) 555-0144", Notes="x" * 600)
    view = view_with(slack, "at most 500 characters")
    bot.bot.services.contacts.change(1, {"Phone": "(212) 555-0145"}, by=BEN)
    assert [*submit(slack, view, Notes="VIP")["errors"]] == ["typed:Phone"]
    assert vocatech.contacts.show(1)["fields"]["Phone"] == "(212) 555-0145"


def submit_together(slack, vocatech, forms):
    """Let people submit their forms while Vocatech takes half a second for each request."""
    vocatech.faults.add(Fault(path="/contacts", stall=0.5))
    with ThreadPoolExecutor(len(forms)) as pool:
        asked = [pool.submit(submit, slack, view, user, **values) for user, (view, values) in forms]
        [one.result() for one in asked]
    return [wait_for(lambda user=user: finished(slack, user)) for user, _ in forms]


def finished(slack, user):
    """Return the view of a user that is no longer being saved."""
    view = slack.open_view(user)
    return view if view and "Saving" not in str(view) else None


def test_of_two_who_save_a_field_at_the_same_moment_the_second_is_told(bot, slack, vocatech):
    forms = [
        (ANA, (edit_form(slack, "maria", ANA), {"Company": "Acme"})),
        (BEN, (edit_form(slack, "maria", BEN), {"Company": "Apex"})),
    ]
    views = [said(view) for view in submit_together(slack, vocatech, forms)]
    [told] = [view for view in views if "Someone changed this field" in view]
    [saved] = [view for view in views if "Saved." in view]
    [company] = {"Acme", "Apex"} - {vocatech.contacts.show(1)["fields"]["Company"]}
    assert company in told
    assert company not in saved


def test_of_two_who_create_a_contact_at_the_same_moment_the_second_is_told(bot, slack, vocatech):
    forms = [
        (user, (new_form(slack, user), {"First_Name": name, "Phone": "212-555-0999"}))
        for user, name in ((ANA, "Nora"), (BEN, "Eleonora"))
    ]
    views = [said(view) for view in submit_together(slack, vocatech, forms)]
    [_] = [view for view in views if "already has this" in view]
    assert len({"Nora", "Eleonora"} & {*names(vocatech)}) == 1


def test_an_unchanged_form_sends_no_request(bot, slack):
    submit(slack, edit_form(slack, "maria"))
    view_with(slack, "Saved.", "Maria")
    assert deeds(bot) == []


def test_an_unchanged_form_of_a_deleted_contact_explains_it(bot, slack):
    view = edit_form(slack, "maria")
    bot.store.contacts.drop(1)
    submit(slack, view)
    view_with(slack, "was deleted in Vocatech")
    slack.click(ANA, CHANNEL, slack.messages(CHANNEL)[-1]["ts"], "edit_contact")
    view_with(slack, "was deleted in Vocatech")


def test_a_refused_edit_keeps_the_changes(bot, slack, vocatech):
    submit(slack, edit_form(slack, "maria"), Company="New Co", Notes="x" * 600)
    view = view_with(slack, "at most 500 characters")
    submit(slack, view, Notes="short")
    view_with(slack, "Saved.", "New Co")
    assert vocatech.contacts.show(1)["fields"]["Company"] == "New Co"


def test_editing_a_deleted_contact_explains_it(bot, slack, vocatech):
    view = edit_form(slack, "maria")
    vocatech.contacts.remove(1)
    submit(slack, view, Company="Other")
    view_with(slack, "was deleted in Vocatech")
    assert deeds(bot) == []
    assert "No contact matches" in typed(slack, "maria")["text"]


# Deleting


def test_an_admin_deletes_after_two_confirmations(bot, slack, vocatech):
    shown = typed(slack, "maria", user=ADMIN)
    assert labels(shown) == [*BUTTONS, "Delete"]
    assert shown["blocks"][-1]["elements"][-1]["confirm"]
    slack.click(ADMIN, CHANNEL, shown["ts"], "delete_contact")
    view = view_with(slack, "can't undo this", user=ADMIN)
    slack.submit_view(ADMIN, view["id"])
    view_with(slack, "Maria Lopez was deleted", user=ADMIN)
    assert 1 not in vocatech.contacts
    assert deeds(bot) == [(ADMIN, "contact deleted")]
    slack.click(ADMIN, CHANNEL, shown["ts"], "delete_contact")
    view_with(slack, "was deleted in Vocatech", user=ADMIN)


def test_deleting_a_deleted_contact_explains_it(bot, slack, vocatech):
    shown = typed(slack, "maria", user=ADMIN)
    slack.click(ADMIN, CHANNEL, shown["ts"], "delete_contact")
    view = view_with(slack, "can't undo this", user=ADMIN)
    vocatech.contacts.remove(1)
    slack.submit_view(ADMIN, view["id"])
    view_with(slack, "was deleted in Vocatech", user=ADMIN)
    assert deeds(bot) == []


def test_a_form_in_progress_is_finished_before_the_app_stops(bot, slack, vocatech):
    shown = typed(slack, "maria", user=ADMIN)
    slack.click(ADMIN, CHANNEL, shown["ts"], "delete_contact")
    view = view_with(slack, "can't undo this", user=ADMIN)
    vocatech.faults.add(Fault(path="/contacts/1", method="DELETE", stall=0.5))
    slack.submit_view(ADMIN, view["id"])
    wait_for(lambda: 1 not in vocatech.contacts)
    bot.bot.stop()
    assert deeds(bot) == [(ADMIN, "contact deleted")]
    assert bot.store.contacts.find(1) is None
    view_with(slack, "Maria Lopez was deleted", user=ADMIN)


def test_only_admins_delete_contacts_and_attempts_are_audited(bot, slack, vocatech):
    shown = typed(slack, "maria", user=ADMIN)
    slack.click(ANA, CHANNEL, shown["ts"], "delete_contact")
    view_with(slack, "Only admins can delete contacts")
    view = render_delete_modal(Contact(1), token="t")
    slack.views.show(BEN, view)
    answer = slack.submit_view(BEN, slack.open_view(BEN)["id"])
    assert "Only admins can delete contacts" in said(answer)
    assert 1 in vocatech.contacts
    assert deeds(bot) == [
        (BEN, "not allowed: delete contacts"),
        (ANA, "not allowed: delete contacts"),
    ]


# Cards


def test_a_card_names_the_contact_and_opens_it(bot, slack):
    send(bot.url, ended("c"))
    card = card_of(slack, "c", "Maria Lopez", "(212) 555-0123")
    assert labels(card) == ["Claim", "Reply via SMS", "Contact"]
    slack.click(ANA, CHANNEL, card["ts"], "open_contact")
    view = view_with(slack, "Maria Lopez", "Last calls")
    slack.click_in_view(ANA, view["id"], "edit_contact")
    view_with(slack, "Edit contact")


def test_in_a_modal_the_contact_opens_on_top_of_it(bot, slack):
    send(bot.url, ended("c"))
    card = card_of(slack, "c", "Maria Lopez")
    below = {**render_words_modal("A call", "With Maria"), "blocks": card["blocks"]}
    view = slack.views.show(ANA, below)
    slack.click_in_view(ANA, view["id"], "open_contact")
    top = view_with(slack, "Last calls")
    assert top["previous_view_id"] == view["id"]


def test_an_unknown_caller_becomes_a_contact_and_the_card_shows_the_name(bot, slack):
    send(bot.url, ended("c", remote_number="+12125550999"))
    card = card_of(slack, "c", "(212) 555-0999")
    assert labels(card) == ["Claim", "Reply via SMS", "Add contact"]
    slack.click(ANA, CHANNEL, card["ts"], "open_contact")
    view = view_with(slack, "New contact", "(212) 555-0999")
    submit(slack, view, First_Name="Nora", Last_Name="Quist")
    view_with(slack, "Saved.")
    assert labels(card_of(slack, "c", "Nora Quist")) == ["Claim", "Reply via SMS", "Contact"]


def test_an_internal_call_offers_no_contact(bot, slack):
    send(bot.url, ended("c", remote_number="102", direction="internal"))
    assert labels(card_of(slack, "c")) == []


def test_the_contact_of_a_shared_number_is_chosen_once(bot, slack):
    send(bot.url, ended("c", remote_number=SHARED))
    card = card_of(slack, "c", "Ida Twin or 1 other")
    slack.click(ANA, CHANNEL, card["ts"], "open_contact")
    view = view_with(slack, "2 contacts have the number", "Ida Twin", "Eva Twin")
    eva = bot.store.contacts.search("eva twin")[0]
    value = json.dumps({"number": SHARED, "contact_id": eva.contact_id})
    slack.click_in_view(ANA, view["id"], "choose_contact", value)
    view = view_with(slack, "Eva Twin", "now show this contact")
    card = card_of(slack, "c", '"Eva Twin"')
    slack.click_in_view(ANA, view["id"], "choose_again")
    view = view_with(slack, "2 contacts have the number")
    bot.store.contacts.save(replace(eva, numbers=("+12125550178",)), now=after_sync())
    slack.click_in_view(ANA, view["id"], "choose_contact", value)
    view_with(slack, "no longer has this number")
    slack.views.show(ANA, render_chooser(SHARED, [eva], locale=Locale()))
    bot.store.contacts.drop(eva.contact_id)
    slack.click_in_view(ANA, slack.open_view(ANA)["id"], "choose_contact", value)
    view_with(slack, "was deleted in Vocatech")
    assert deeds(bot) == [(ANA, "contact chosen")]
    slack.click(ANA, CHANNEL, card["ts"], "open_contact")
    view_with(slack, "Ida Twin", "Edit")


def test_contacts_that_share_no_valid_number_are_not_offered(bot, slack):
    for n in (901, 902):
        contact = Contact(n, {"First Name": f"Zed{n}", "Phone": "n/a"}, ("n/a",))
        bot.store.contacts.save(contact, now=after_sync())
    shown = typed(slack, "zed")
    slack.click(ANA, CHANNEL, shown["ts"], "show_contact", "901")
    assert labels(view_with(slack, "Zed901")) == ["History", "Add note", "Remind me", "Edit"]


def test_a_double_click_shows_the_same_as_one_click(bot, slack):
    send(bot.url, ended("c"))
    card = card_of(slack, "c", "Maria Lopez")
    slack.click(ANA, CHANNEL, card["ts"], "open_contact")
    view = view_with(slack, "Last calls")
    slack.faults.add(Fault(path="views.update", delay=0.2, times=2))
    with ThreadPoolExecutor() as hands:
        for _ in range(2):
            hands.submit(slack.click_in_view, ANA, view["id"], "edit_contact")
    view_with(slack, "Edit contact")
    time.sleep(0.6)  # the second one is refused by then
    assert slack.open_view(ANA)["title"]["text"] == "Edit contact"
    assert slack.messages(slack.direct_channel(ANA)) == []


def test_deleting_itself_checks_the_permission(bot, vocatech):
    with pytest.raises(NotAllowed):
        bot.bot.services.contacts.delete(1, by=ANA)
    assert not [one for one in bot.store.audit.latest() if one.what == "contact deleted"]


def test_a_deleted_contact_leaves_its_cards(bot, slack):
    send(bot.url, ended("c"))
    card_of(slack, "c", "Maria Lopez")
    shown = typed(slack, "maria", user=ADMIN)
    slack.click(ADMIN, CHANNEL, shown["ts"], "delete_contact")
    slack.submit_view(ADMIN, view_with(slack, "can't undo this", user=ADMIN)["id"])
    view_with(slack, "was deleted.", user=ADMIN)
    assert labels(card_of(slack, "c", "Add contact")) == ["Claim", "Reply via SMS", "Add contact"]


def test_contact_changes_at_vocatech_update_cards_after_the_next_sync(bot, slack, vocatech):
    send(bot.url, ended("c"))
    card_of(slack, "c", "Maria Lopez")
    vocatech.contacts.write(1, {"Last Name": "Lopez-Kim"}, keep=True)
    services = bot.bot.services
    sync_contacts(services.vocatech, bot.store, services.clock.now())
    bot.bot.workers.wake()
    card_of(slack, "c", "Maria Lopez-Kim")


def test_a_changed_contact_sends_no_old_calls_as_direct_messages(bot, slack):
    person = wait_for(lambda: bot.store.people.by_extension("102"))
    send(bot.url, ended("c", extension="102"))
    card_of(slack, "c", "Maria Lopez")
    bot.store.links.link(BEN, person.user_id, how="hand", now=0.0)
    direct = slack.direct_channel(BEN)
    bot.store.preferences.set(BEN, Preference(direct=direct))
    submit(slack, edit_form(slack, "maria"), Last_Name="Lopez-Kim")
    card_of(slack, "c", "Maria Lopez-Kim")
    send(bot.url, ended("d", extension="102"))
    wait_for(lambda: slack.messages(direct))
    assert bot.store.posts.place_of("c", direct) == (None, None)
    assert len(slack.messages(direct)) == 1


def test_a_shared_call_from_before_the_bot_shows_the_contact_that_changed(bot, slack):
    at = time.time() - 60
    known = {"stage": 3, "started_at": at, "ended_at": at, "remote_number": "+12125550123"}
    event = Event("e", "call", "{}", Report("c", Source.LISTED, known))
    bot.store.calls.save(event, now=at, hold=Hold.QUIET)
    bot.store.posts.share("c", CHANNEL, by=ANA, now=at)
    bot.bot.workers.wake()
    card_of(slack, "c", "Maria Lopez")
    submit(slack, edit_form(slack, "maria"), Last_Name="Lopez-Kim")
    card_of(slack, "c", "Maria Lopez-Kim")


def test_only_the_newest_cards_of_a_number_are_updated(bot):
    for n in range(25):
        send(bot.url, ended(f"c{n}"))
    wait_for(
        lambda: len(bot.store.calls.to_route()) == 0 and bot.metric("events_stored_total") >= 25
    )
    now = bot.bot.services.clock.now()
    wait_for(lambda: bot.store.calls.show_again(["+12125550123"], now=now) == 20)
    assert bot.store.calls.show_again(["+12125550123"], now=now + 40 * 86_400) == 0


# Any input, any stored value


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    strategies.one_of(
        strategies.text(max_size=60),
        strategies.text(min_size=1, max_size=4).map(lambda text: (text * 3_000)[:3_000]),
        strategies.sampled_from(
            ["new", "<@U0STRANGE1>", "🎉", "+", "NEAR(", '"', "*", "-- ; drop", "0" * 99]
        ),
    )
)
def test_whatever_is_typed_gets_a_polite_answer(bot, slack, text):
    text = text.encode("utf-8", "ignore").decode()
    answer = slack.type_command(ANA, CHANNEL, "/contact", text)
    assert answer.status == 200
    assert not answer.problem


def test_any_field_value_is_valid_block_kit():
    fields = [ContactField(f"Field {n} " + "y" * n, n, is_phone=n == 5) for n in range(120)]
    for name in HOSTILE_NAMES:
        contact = Contact(7, {one.name: name for one in fields}, ("+12125550123", name))
        call = Call("c", Direction.INCOMING, remote_number=name, our_name=name, started_at=1.0)
        text = Text("t", body=name, at=1.0)
        locale = Locale()
        shown = [
            render_contact_answer(
                contact, [call] * 5, [text] * 3, fields, locale=locale, is_admin=True
            ),
            render_contact_list(name, [contact] * 1, locale=locale),
        ]
        for answer in shown:
            assert not check_blocks(answer["blocks"], "message")
            assert "<" not in answer["text"]
        for view in (
            render_contact_modal(
                contact,
                [call],
                [text],
                fields,
                locale=locale,
                is_admin=True,
                shared_number="+12125550123",
            ),
            render_contact_form(
                fields,
                contact.fields,
                token="t",
                contact=contact,
                problem=FieldProblem(name, fields[3].name),
            ),
            render_chooser("+12125550123", [contact], locale=locale),
            render_delete_modal(contact, token="t"),
        ):
            assert not check_view(view)


def test_fields_beyond_what_a_modal_holds_are_left_out_with_a_note():
    fields = [ContactField(f"F{n}", n) for n in range(120)]
    assert len(form_fields(fields)) == MAX_FIELDS
    assert "30 more fields don't fit" in said(render_contact_form(fields, {}, token="t"))


def test_long_names_of_fields_that_begin_alike_stay_two_fields():
    fields = [ContactField("x" * 500 + end) for end in "AB"]
    contact = Contact(1, {one.name: one.name[-1] for one in fields})
    view = render_contact_form(fields, contact.fields, token="t", contact=contact)
    assert not check_view(view)
    first, second = (block["block_id"] for block in view["blocks"])
    told = {first: {"value": {"value": "new"}}, second: {"value": {"value": "B"}}}
    values, changed = parse_form({**view, "state": {"values": told}}, fields)
    assert list(values.values()) == ["new", "B"]
    assert changed == {fields[0].name}


def test_typed_text_fills_the_matching_fields():
    assert with_derived_fields("Maria Ann Lopez", FIELDS, "US") == {
        "First Name": "Maria",
        "Last Name": "Ann Lopez",
    }
    assert with_derived_fields("+44 20 7946 0958", FIELDS, "US") == {"Phone": "+44 20 7946 0958"}
    both = {"First Name": "Maria", "Last Name": "Lopez", "Phone": "(212) 555-0123"}
    for typed in (
        "Maria Lopez 212 555 0123",
        "(212) 555-0123 Maria Lopez",
        "Maria Lopez, 2125550123",
    ):
        assert with_derived_fields(typed, FIELDS, "US") == both
    assert with_derived_fields("Studio 54", FIELDS, "US")["Last Name"] == "54"
    with_email = [*FIELDS, ContactField("E-mail")]
    for typed in ("Maria maria@example.com", "Maria <maria@example.com>"):
        found = {"First Name": "Maria", "E-mail": "maria@example.com"}
        assert with_derived_fields(typed, with_email, "US") == found
    many = " ".join(f"a{n}@example.com" for n in range(2_000))
    for typed in ("@" * 100_000, many):  # read in little time, and without deep recursion
        assert with_derived_fields(typed, with_email, "US")["E-mail"]
    assert with_derived_fields("Maria", [ContactField("Name")], "US") == {"Name": "Maria"}
    assert with_derived_fields("Maria", [ContactField("Label")], "US") == {"Label": "Maria"}
    assert with_derived_fields("", FIELDS, "US") == {}
    others = [ContactField(f"Spouse {one}") for one in ("First Name", "Last Name")]
    assert with_derived_fields("Maria Lopez", [*others, *FIELDS], "US") == {
        "First Name": "Maria",
        "Last Name": "Lopez",
    }
    assert find_invalid_number("(212) 555-0123; +49 30 901820", "US") is None


def test_a_call_without_a_whole_number_is_named_as_it_came(bot):
    call = Call("c", remote_number="anonymous", remote_name="Somebody")
    assert with_contact_name(call, bot.store) == call


# The audit


def test_the_audit_lists_who_did_what_newest_first(tmp_path, capsys, bot, slack):
    bot.store.audit.note(ANA, "contact created", "contact 5", now=0.0)
    bot.store.audit.note("U9", "not allowed: delete contacts", "contact 6\x1b[2J", now=60.0)
    given_settings = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s",
        "SLACK_DEFAULT_CHANNEL": CHANNEL,
        "VOCATECH_API_KEY": "k",
        "VOCATECH_WEBHOOK_SECRETS": "w",
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
    }
    env = tmp_path / "env"
    env.write_text("\n".join(f"{name}={value}" for name, value in given_settings.items()))
    capsys.readouterr()
    assert main(["audit", "--env-file", str(env)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "1970-01-01T00:01:00Z  U9  not allowed: delete contacts  contact 6[2J"
    assert second.endswith("contact created  contact 5")
    assert main(["audit", "--env-file", str(env), "--json", "--limit", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["slack_user"], told["at"]) == ("U9", "1970-01-01T00:01:00Z")
    with pytest.raises(SystemExit) as ended_with:
        main(["audit", "--limit", "0"])
    assert ended_with.value.code == 2


# In channels that hide what was said


def test_contact_opened_in_a_channel_that_hides_notes_and_texts_shows_neither(bot, slack):
    number = "+12125550123"
    [maria] = bot.store.contacts.with_number(number)
    bot.store.notes.add(
        NoteTarget(CONTACT, str(maria.contact_id)), "Rings twice",
        number=number, by=BEN, writer_name=None, now=time.time(),
    )  # fmt: skip
    send(bot.url, ended("c", remote_number=number))
    card = card_of(slack, "c")
    slack.click(ANA, CHANNEL, card["ts"], "open_contact", "c")
    view_with(slack, "Maria Lopez", "Rings twice")
    slack.views.close_all(ANA)
    hidden = Visibility(summary=False, transcript=False)
    bot.store.channels.set(replace(bot.store.channels.of(CHANNEL), shown=hidden))
    slack.click(ANA, CHANNEL, card["ts"], "open_contact", "c")
    shown = view_with(slack, "Maria Lopez")
    assert "Rings twice" not in said(shown)
    # Neither does what is shown in its place afterwards.
    slack.click_in_view(ANA, shown["id"], "add_note", f"contact {maria.contact_id}")
    form = view_with(slack, "rich_text_input")
    slack.submit_view(ANA, form["id"], {"text": {"text": "One more"}})
    wait_for(lambda: len(bot.store.notes.about([number], maria.contact_id, limit=9)) == 2)
    renewed = wait_for(
        lambda: (
            (v := slack.open_view(ANA))["id"] == shown["id"] and v["hash"] != shown["hash"] and v
        )
    )
    assert "One more" not in said(renewed)
    slack.click_in_view(ANA, renewed["id"], "edit_contact", str(maria.contact_id))
    submit(slack, view_with(slack, "Edit contact"), First_Name="Mary")
    assert "Rings twice" not in said(view_with(slack, "Saved.", "Mary Lopez"))
