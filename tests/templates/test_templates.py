"""Templates: filled in, kept, and written in Slack by people and admins."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import build
from bot.models.people import Company
from bot.models.templates import MAX_SHOWN, Template, fill
from bot.sandbox.block_kit.check import check_view
from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES
from bot.store import Store
from bot.store.templates import Templates
from bot.templates.modals import render_template_form, render_templates_modal
from tests.conftest import CHANNEL, RunningBot, settings_for, wait_for
from tests.support.views import open_view_with, said

# About what is posted, not about how much at a time.
pytestmark = pytest.mark.any_rate

MISSED, BACK = "Missed call", "We call you back"


# Filling in


def filled(body, **known):
    nothing = {"name": None, "number": None, "company": None, "sender": None}
    return fill(Template(None, None, "", body), **{**nothing, **known})


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Hello {first name}, it is {me}.", "Hello Maria, it is Ana."),
        ("Hello {first_name}, hi {First-Name}", "Hello Maria, hi Maria"),
        ("{name} {NUMBER}\n{Company}", "Maria Lopez (212) 555-0123\nPine"),
        ("{ first  name }: {x} {firstname} {}", "Maria: {x} {firstname} {}"),
        ("  two  spaces {me}", "two  spaces Ana"),
        ("Hi {{first_name}}, {{ me }} of {{{company}}} {{x}}", "Hi Maria, Ana of Pine {{x}}"),
    ],
)
def test_known_values_are_filled_in_and_other_braces_stay(body, text):
    known = {"number": "(212) 555-0123", "company": "Pine", "sender": "Ana"}
    assert filled(body, name="Maria Lopez", **known) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Hello {first name}, sorry. How? {company}", "Hello, sorry. How?"),
        ("{first name}, sorry", "sorry"),
        ("Hi {name}!", "Hi!"),
        ("Hi {{name}}!", "Hi!"),
        ("Hello, {name}, sorry", "Hello, sorry"),
        ("Thanks, {me}.", "Thanks."),
        ("Regards, {company}", "Regards"),
        ("Soon. {me}, Pine", "Soon. Pine"),
        ("Hi ({company}) there at {number} today", "Hi there at today"),
        ("Hi\n\n{me}, {company}\nBye", "Hi\n\nBye"),
        ("{me}", ""),
        ("Hi, {first name}'s order is ready", "Hi, order is ready"),
        ("{company}’s shop, {me}'s here", "shop, here"),
    ],
)
def test_unknown_values_are_left_out_with_their_punctuation(body, text):
    assert filled(body) == text
    assert filled(body, name=" ", number="", company=" \n", sender="") == text


def test_a_number_as_a_name_is_not_filled_in():
    assert filled("Hello {first name}, hi {name}", name="+1 212 555 0123") == "Hello, hi"


def test_filled_in_values_are_not_expanded_again():
    assert filled("Hi {name}. {me}", name="{me}\nLopez") == "Hi {me} Lopez."


any_known = st.none() | st.text(max_size=20)


@given(st.text("{}names co\n,.\0", max_size=60), any_known, any_known, any_known, any_known)
def test_no_placeholder_mark_is_left(body, name, number, company, sender):
    assert "\0" not in filled(body, name=name, number=number, company=company, sender=sender)


# Keeping


@pytest.fixture(scope="module")
def slack():
    with FakeSlack(scopes=frozenset(SCOPES)) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def running(slack, tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    with FakeVocatech() as vocatech:
        bot = build(settings_for(slack, vocatech, folder, slack_admins=ADMIN))
        bot.services.store.database.write(
            lambda db: db.execute("create table first_templates as select * from templates")
        )
        bot.start()
        one = RunningBot(bot)
        slack.connect(one.url)
        wait_for(lambda: one.store.slack_people.find(ANA) and one.store.people.company())
        one.store.people.set_company(Company("Pine & Co"))
        yield one
        one.http.close()
        bot.stop()


@pytest.fixture
def store(running, slack):
    """The store of the one bot, with the templates and the audit as at the beginning."""

    def work(db):
        db.execute("delete from templates")
        db.execute("delete from audit")
        db.execute("insert into templates select * from first_templates")

    running.store.database.write(work)
    for user in (ANA, BEN, ADMIN):
        slack.views.close_all(user)
    return running.store


def save(store, name, owner=ANA, body="Hello", **more):
    assert store.templates.save(Template(None, owner, name, body, **more))
    return next(one for one in store.templates.seen_by(owner or ANA) if one.name == name)


def names(store, user):
    return [one.name for one in store.templates.seen_by(user)]


def test_two_company_templates_exist_at_first(store):
    assert names(store, ANA) == [MISSED, BACK]
    assert store.templates.for_missed().name == MISSED


def test_own_templates_come_before_company_templates(store):
    for name, owner in (("zed", ANA), ("Abe", ANA), ("Ben's", BEN), ("alpha", None)):
        save(store, name, owner)
    assert names(store, ANA) == ["Abe", "zed", "alpha", MISSED, BACK]
    bens = next(one for one in store.templates.seen_by(BEN) if one.owner)
    assert store.templates.find(bens.template_id, slack_user=ANA) is None
    assert store.templates.find(bens.template_id, slack_user=BEN) == bens


def test_the_last_template_set_for_missed_calls_wins(store):
    other = save(store, "Other", None, is_for_missed=True)
    assert store.templates.for_missed() == other
    assert [one.is_for_missed for one in store.templates.seen_by(ANA)].count(True) == 1
    assert store.templates.delete(other.template_id)
    assert store.templates.for_missed() is None


def test_a_deleted_template_is_not_saved_again(store):
    other = save(store, "Other", None, is_for_missed=False)
    assert store.templates.delete(other.template_id)
    assert not store.templates.delete(other.template_id)
    gone = Template(other.template_id, None, "Other", "Hello", is_for_missed=True)
    assert not store.templates.save(gone)
    assert store.templates.for_missed().name == MISSED


def test_templates_survive_a_restart(tmp_path):
    for seen in ([MISSED, BACK], [BACK]):
        kept = Store.open(tmp_path / "bot.db")
        assert names(kept, ANA) == seen
        if len(seen) > 1:
            kept.templates.delete(kept.templates.for_missed().template_id)
        kept.close()


# In Slack


def open_list(slack, user=ANA):
    answer = slack.type_command(user, CHANNEL, "/vocatech", "templates")
    assert (answer.status, answer.problem) == (200, "")
    return open_view_with(slack, user, "Templates")


def press(slack, view, button, value=None, user=ANA):
    answer = slack.click_in_view(user, view["id"], button, value and str(value))
    assert (answer.status, answer.problem) == (200, "")


def labels(view):
    return [
        one["text"]["text"]
        for block in view["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
    ]


def new_form(slack, user=ANA):
    press(slack, open_list(slack, user), "new_template", user=user)
    return open_view_with(slack, user, "New template", "Preview")


def edit_form(slack, template, user=ANA):
    press(slack, open_list(slack, user), "edit_template", template.template_id, user)
    return open_view_with(slack, user, "Edit template")


def written(name=None, text=None, use=None):
    fields = {"name": {"name": name}, "text": {"show_example": text}, "use": {"use": use}}
    return {key: given for key, given in fields.items() if next(iter(given.values())) is not None}


def submit(slack, view, user=ANA, **values):
    answer = slack.submit_view(user, view["id"], written(**values))
    assert (answer.status, answer.problem) == (200, "")
    return answer


def sent(view, name, *use, user):
    """Return a submitted form, which may be closed by now."""
    chosen = [{"value": one} for one in use]
    values = {
        "name": {"name": {"type": "plain_text_input", "value": name}},
        "text": {"show_example": {"type": "plain_text_input", "value": "Hello"}},
        "use": {"use": {"type": "checkboxes", "selected_options": chosen}},
    }
    shown = {**view, "state": {"values": values}}
    return {"type": "view_submission", "user": {"id": user}, "view": shown}


def deeds(store):
    return [(one.slack_user, one.what, one.detail) for one in store.audit.latest()]


def test_a_new_template_is_saved_and_shown_in_the_list_below(store, slack):
    view = new_form(slack)
    assert submit(slack, view, name=" Thanks ", text="Thank you, {first name}!").body == ""
    shown = open_view_with(slack, ANA, "“Thanks” saved.", "Thank you, {first name}!")
    assert labels(shown) == ["Edit", "Delete", "New template"]
    assert names(store, ANA) == ["Thanks", MISSED, BACK]
    assert names(store, BEN) == [MISSED, BACK]
    assert deeds(store) == []


def test_template_that_could_not_be_stored_can_be_sent_again(store, slack, monkeypatch):
    def fail(*_):
        raise sqlite3.OperationalError("disk I/O error")

    view = new_form(slack)
    with monkeypatch.context() as patch:
        patch.setattr(Templates, "save", fail)
        slack.submit_view(ANA, view["id"], written(name="Thanks", text="Thank you!"))
    assert "Thanks" not in names(store, ANA)
    assert submit(slack, view, name="Thanks", text="Thank you!").body == ""
    assert "Thanks" in names(store, ANA)


def test_the_form_shows_a_live_preview(store, slack):
    view = new_form(slack)
    text = "Hi {first name}, {name}, {number}: {me}, {company} {oops} <!here>"
    for so_far in (text[:20], text):
        answer = slack.type_in_view(ANA, view["id"], "show_example", so_far, values=written("A"))
        assert (answer.status, answer.problem) == (200, "")
    me = store.slack_people.find(ANA).name
    reads = f"Hi Maria, Maria Lopez, (212) 555-0123: {me}, Pine & Co {{oops}} <!here>"
    shown = open_view_with(slack, ANA, reads, f"{len(reads)} / 1,600 characters  ·  1 segment")
    assert slack.open_view(ANA)["id"] == view["id"]
    submit(slack, shown)
    assert store.templates.seen_by(ANA)[0].body == text


def test_typing_a_template_is_not_interrupted_while_slack_is_busy(store, slack):
    view = new_form(slack)
    refused = {"ok": False, "error": "ratelimited"}
    slack.faults.add(Fault(path="views.update", status=429, body=refused, times=1))
    slack.type_in_view(ANA, view["id"], "show_example", "Hi", values=written("Busy"))
    wait_for(lambda: not slack.faults.are_active)
    slack.type_in_view(ANA, view["id"], "show_example", "Hi you", values=written("Busy"))
    submit(slack, open_view_with(slack, ANA, "6 / 1,600 characters"))
    assert store.templates.seen_by(ANA)[0].body == "Hi you"


def test_a_form_sent_twice_makes_one_template(store, slack):
    view = new_form(slack)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(slack.sender.interact, [sent(view, "Once", user=ANA)] * 2))
    assert [(one.status, one.body) for one in answers] == [(200, "")] * 2
    assert names(store, ANA).count("Once") == 1


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"name": "  ", "text": "Hello"}, "name", "1 to 60"),
        ({"name": "\u200b", "text": "Hello"}, "name", "1 to 60"),
        ({"name": "mine ", "text": "Hello"}, "name", "Another template has this name"),
        ({"name": "A", "text": " \n "}, "text", "1 to 1,600"),
    ],
)
def test_form_errors_are_shown_at_their_fields(store, slack, values, field, words):
    save(store, "Mine")
    answer = submit(slack, new_form(slack), **values)
    assert words in answer["errors"][field]
    assert len(names(store, ANA)) == 3


def test_the_template_for_missed_calls_needs_fixed_text(store, slack):
    form = new_form(slack, ADMIN)
    answer = submit(
        slack, form, ADMIN, name="Missed", text="{name}, {company}", use=["company", "missed"]
    )
    assert "empty for unknown callers" in answer["errors"]["text"]
    text = "Hello {firstname}, sorry that we missed you."
    answer = submit(slack, form, ADMIN, name="Missed", text=text, use=["company", "missed"])
    assert "{firstname} isn't a placeholder" in answer["errors"]["text"]
    assert store.templates.for_missed().name != "Missed"


def test_automatic_messages_have_no_sender(store, slack, running):
    form = new_form(slack, ADMIN)
    text = "Hi {first name}, this is {me} from {company}. We missed your call."
    problem = "{me} is empty in automatic messages to missed callers."
    templates = replace(running.bot.services.templates, sends_automatically=True)
    view = sent(form, "Missed", "company", "missed", user=ADMIN)["view"]
    view["state"]["values"]["text"]["show_example"]["value"] = text
    assert problem in templates.save(ADMIN, view).errors["text"]
    # People who reply themselves have a name.
    use = ["company", "missed"]
    assert submit(slack, form, ADMIN, name="Missed", text=text, use=use).body == ""
    assert store.templates.for_missed().body == text


def test_own_templates_are_edited_and_deleted(store, slack):
    mine = save(store, "Mine")
    submit(slack, edit_form(slack, mine), name="MINE", text="Bye")
    shown = open_view_with(slack, ANA, "“MINE” saved.", "Bye")
    assert store.templates.find(mine.template_id, slack_user=ANA).body == "Bye"
    for words in ("“MINE” deleted.", "was deleted"):
        slack.sender.interact(press_of(slack, shown, mine))
        open_view_with(slack, ANA, words)
    assert names(store, ANA) == [MISSED, BACK]
    assert deeds(store) == []


def press_of(slack, view, template, button="delete_template", user=ANA):
    """Return a click on a button that may be gone by now."""
    return {
        "type": "block_actions",
        "user": {"id": user},
        "trigger_id": slack.views.triggers.make(user),
        "container": {"type": "view", "view_id": view["id"]},
        "view": view,
        "actions": [{"type": "button", "action_id": button, "value": str(template.template_id)}],
    }


def test_a_form_of_a_deleted_template_shows_an_error(store, slack):
    mine = save(store, "Mine")
    view = edit_form(slack, mine)
    store.templates.delete(mine.template_id)
    assert "This template was deleted" in submit(slack, view, text="Bye")["errors"]["name"]
    assert names(store, ANA) == [MISSED, BACK]
    slack.views.close_all(ANA)
    view = open_list(slack)
    slack.sender.interact(press_of(slack, view, mine, "edit_template"))
    open_view_with(slack, ANA, "This template was deleted")


def test_template_that_someone_else_changed_is_neither_overwritten_nor_deleted(store, slack):
    companys = store.templates.for_missed()
    listed = open_list(slack, ADMIN)
    press(slack, listed, "edit_template", companys.template_id, ADMIN)
    view = open_view_with(slack, ADMIN, "Edit template")
    slack.type_in_view(ADMIN, view["id"], "show_example", "Mine, too", values=written(text="Mine"))
    view = open_view_with(slack, ADMIN, "Edit template", "Mine, too")
    store.templates.save(replace(companys, body="Theirs"))
    answer = submit(slack, view, ADMIN, text="Mine")
    assert "Someone changed this template after you opened" in answer["errors"]["name"]
    slack.views.close(ADMIN)
    slack.sender.interact(press_of(slack, listed, companys, user=ADMIN))
    shown = open_view_with(slack, ADMIN, "Someone changed this template a moment ago", "Theirs")
    assert store.templates.for_missed() == replace(companys, body="Theirs")
    press(slack, shown, "delete_template", companys.template_id, ADMIN)
    open_view_with(slack, ADMIN, f"“{companys.name}” deleted.")


def test_only_admins_change_company_templates(store, slack):
    companys = store.templates.for_missed()
    view = open_list(slack)
    assert labels(view) == ["New template"]
    for button in ("edit_template", "delete_template"):
        slack.sender.interact(press_of(slack, view, companys, button))
        open_view_with(slack, ANA, "Only admins can change company templates")
        slack.views.close(ANA)
    assert "'use'" not in str(new_form(slack)["blocks"])
    assert names(store, ANA) == [MISSED, BACK]
    assert set(deeds(store)) == {(ANA, "not allowed: change company templates", MISSED)}


def test_templates_of_other_people_are_hidden(store, slack):
    mine = save(store, "Mine")
    view = open_list(slack, ADMIN)
    assert "Mine" not in said(view)
    for button in ("edit_template", "delete_template"):
        slack.sender.interact(press_of(slack, view, mine, button, ADMIN))
        open_view_with(slack, ADMIN, "deleted")
    assert "Mine" in names(store, ANA)


def test_changes_of_company_templates_are_audited(store, slack):
    view = new_form(slack, ADMIN)
    assert (
        "Select both"
        in submit(slack, view, ADMIN, name="A", text="x", use=["missed"])["errors"]["use"]
    )
    submit(slack, view, ADMIN, name="Sorry", text="Sorry!", use=["company", "missed"])
    sorry = store.templates.for_missed()
    assert (sorry.name, sorry.owner) == ("Sorry", None)
    slack.views.close_all(ADMIN)
    submit(slack, edit_form(slack, sorry, ADMIN), ADMIN, text="So sorry!")
    shown = open_view_with(slack, ADMIN, "So sorry!", "for missed calls")
    press(slack, shown, "delete_template", sorry.template_id, ADMIN)
    open_view_with(slack, ADMIN, "“Sorry” deleted.")
    what = [one[1] for one in reversed(deeds(store))]
    assert what == [f"company template {did}" for did in ("created", "changed", "deleted")]


def test_a_former_admin_saves_no_company_template(store, slack):
    view = new_form(slack, ADMIN)
    answer = slack.sender.interact(sent(view, "A", "company", user=BEN))
    assert "Only admins can" in said(answer)
    assert names(store, BEN) == [MISSED, BACK]


def test_the_number_of_templates_is_limited(store, slack):
    for number in range(MAX_SHOWN - 3):
        save(store, f"{number:02}")
    view = new_form(slack)
    save(store, "last")
    assert "limit is 48 templates" in submit(slack, view, name="A", text="x")["errors"]["name"]
    slack.views.close_all(ANA)
    assert "limit is 48 templates" in said(open_list(slack))
    assert len(names(store, ANA)) == MAX_SHOWN


def test_a_closed_list_loses_nothing(store, slack):
    view = new_form(slack)
    slack.views.close_all(ANA)
    answer = slack.sender.interact(sent(view, "A", user=ANA))
    assert answer.status == 200
    assert names(store, ANA)[0] == "A"


outside = st.text(max_size=1_600)


@given(st.lists(st.tuples(outside, outside, st.booleans()), max_size=MAX_SHOWN), st.booleans())
def test_every_list_and_form_is_valid_block_kit(rows, is_admin):
    templates = [
        Template(number, ANA if is_own else None, name, body, is_for_missed=not is_own)
        for number, (name, body, is_own) in enumerate(rows)
    ]
    assert check_view(render_templates_modal(templates, is_admin=is_admin, notice="Done.")) == []
    for one in templates[:2]:
        view = render_template_form(one, example=one.body, is_admin=is_admin, token="t")
        assert check_view(view) == []
