"""Vocatech users in Slack and in the terminal: listed, created, changed."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from bot.cli.main import main
from bot.errors import RequestRefused, Unavailable
from bot.models.people import Person, UserFields, fields_of
from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.slack import slow_forms
from bot.store.links import BY_HAND
from bot.store.people import FROM_CALLS
from bot.sync.directory import sync_people
from bot.users.form import UserForm, changes_in, validate_user
from tests.conftest import CHANNEL, wait_for
from tests.home.test_home import home_of
from tests.support.views import open_view_with, said

pytestmark = pytest.mark.any_rate

NINA = "U0NINA0001"
NEW = {"first_name": "Nina", "last_name": "Holm", "extension": "250", "email": ""}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(slow_forms, "SECONDS_FOR_SLACK", 0.05)


@pytest.fixture
def bot(start_bot, slack):
    slack.add_user(NINA, "Nina Holm", "nina.holm@example.com")
    running = start_bot(slack_admins=ADMIN)
    wait_for(lambda: running.store.key_values.moment("slack people looked at"))
    wait_for(lambda: running.store.key_values.moment("contacts looked at"))
    return running


def view_with(slack, *words, user=ADMIN):
    return open_view_with(slack, user, *words)


def open_users(slack, typed="", user=ADMIN):
    answer = slack.type_command(user, CHANNEL, "/vocatech", f"users {typed}".strip())
    assert answer.status == 200
    assert not answer.problem
    return answer


def new_form(slack, typed="new"):
    open_users(slack, typed)
    return view_with(slack, "New Vocatech user")


def submit(slack, view, slack_user=None, **values):
    """Submit a form with these values in its fields; the others keep what they show."""
    shown = {block["block_id"].removeprefix("again:"): block["block_id"]
             for block in view["blocks"] if block["type"] == "input"}  # fmt: skip
    filled = {shown[name]: {name: value} for name, value in values.items()}
    if slack_user:
        filled[shown["slack_user"]] = {"slack_user": slack_user}
    answer = slack.submit_view(ADMIN, view["id"], filled)
    assert answer.status == 200
    assert not answer.problem
    return answer


def there(vocatech, extension):
    """Return the user with an extension as the fake Vocatech has it."""
    found = [one for one in vocatech.users.all() if one["extension"] == extension]
    return found[0] if found else None


def deeds(bot):
    return [(one.slack_user, one.what, one.detail) for one in bot.store.audit.latest()]


def initial(view):
    return {
        block["element"]["action_id"]: block["element"].get("initial_value")
        or block["element"].get("initial_user")
        for block in view["blocks"]
        if block["type"] == "input"
    }


# Listing


def test_admins_list_and_search_users_with_who_is_linked(bot, slack):
    open_users(slack)
    listed = view_with(slack, "Vocatech users", "6 users")
    assert r"Ana Torres (ext. 101)\nana.torres@example.com  ·  linked to Ana Torres" in said(listed)
    assert "not linked in Slack" in said(listed)
    slack.views.close_all(ADMIN)
    open_users(slack, "torres 101")
    assert "Ben" not in said(view_with(slack, "1 user matches “torres 101”."))
    slack.views.close_all(ADMIN)
    open_users(slack, "zzz")
    view_with(slack, "No user matches “zzz”")


def test_a_long_list_has_pages_that_keep_the_search(bot, slack):
    people = [Person(f"u{n}", f"Robot {n:03}", f"{n:03}") for n in range(70)]
    bot.store.people.replace([*people, Person("v", "Zed", "999")])
    open_users(slack, "robot")
    first = view_with(slack, "70 users match", "Robot 000")
    slack.click_in_view(ADMIN, first["id"], "turn_users_page:2")
    second = view_with(slack, "Robot 030")
    assert "Robot 029" not in said(second)
    slack.click_in_view(ADMIN, second["id"], "turn_users_page:3")
    view_with(slack, "Robot 069")


def test_home_opens_the_list_for_admins_only(bot, slack):
    home = home_of(slack, ADMIN)
    assert "6 users" in said(home)
    slack.click_in_view(ADMIN, home["id"], "show_users")
    view_with(slack, "Vocatech users", "Ana Torres (ext. 101)")
    assert "Vocatech users" not in said(home_of(slack, BEN))
    open_users(slack, user=BEN)
    shown = wait_for(lambda: slack.messages(CHANNEL))
    assert "Only admins can manage Vocatech users" in said(shown)
    assert deeds(bot)[0][:2] == (BEN, "not allowed: manage Vocatech users")


def test_people_known_from_calls_cannot_be_changed(bot, slack):
    bot.store.people.replace([])
    bot.store.database.write(
        lambda db: db.execute(
            "insert into people (user_id, name, extension, from_calls) values (?, 'Ana', '101', 1)",
            [f"{FROM_CALLS}101"],
        )
    )
    open_users(slack)
    listed = view_with(slack, "Vocatech didn't list its users", "New user")
    assert "edit_user" not in said(listed)
    slack.views.close_all(ADMIN)
    # A user whom an admin just created doesn't change that.
    bot.store.people.save(Person("u250", "Nina Holm", "250"), now=time.time())
    open_users(slack)
    assert said(view_with(slack, "2 users")).count('"edit_user"') == 1


def test_guests_and_people_who_are_no_members_are_refused(bot, slack):
    slack.add_user("U0GUEST001", "Gil Guest", "gil@example.com", rank="guest")
    answer = slack.type_command("U0GUEST001", CHANNEL, "/vocatech", "users")
    assert "Guests of this workspace can't do this" in said(answer.body)
    answer = open_users(slack, "new <@U0GUEST001>")
    assert "Guests and apps can't be linked" in said(answer.body)
    assert slack.open_view(ADMIN) is None


@pytest.mark.parametrize("typed", [f"<@{BEN}>", f"<#{CHANNEL}|calls>"])
def test_mentions_are_answered_with_an_example(bot, slack, typed):
    open_users(slack, typed)
    shown = wait_for(lambda: slack.messages(CHANNEL))
    assert "/vocatech users new @Ben" in said(shown)
    assert BEN not in said(shown[-1].get("text"))


def test_new_with_a_name_and_email_opens_the_form_filled_in(bot, slack):
    open_users(slack, "new Nina Holm <mailto:nina@example.com|nina@example.com>")
    view = view_with(slack, "New Vocatech user")
    filled = [(one.get("element") or {}).get("initial_value") for one in view["blocks"]]
    assert filled[:4] == ["Nina", "Holm", None, "nina@example.com"]


# Creating


def test_a_new_user_is_created_linked_and_listed_at_once(bot, slack, vocatech):
    open_users(slack)
    listed = view_with(slack, "6 users")
    slack.click_in_view(ADMIN, listed["id"], "new_user", "new")
    view = view_with(slack, "New Vocatech user")
    answer = submit(slack, view, slack_user=NINA, **NEW)
    assert "Saving" in said(answer)
    view_with(slack, "User created", "Nina Holm (ext. 250)", "Linked to Nina Holm in Slack")
    assert there(vocatech, "250")["last_name"] == "Holm"
    assert bot.store.links.slack_user_of("250") == NINA
    slack.views.close(ADMIN)
    view_with(slack, "7 users", r"Nina Holm (ext. 250)\nlinked to Nina Holm")
    assert deeds(bot) == [
        (ADMIN, "linked somebody", f"{NINA} with 250"),
        (ADMIN, "Vocatech user created", "extension 250, Nina Holm"),
    ]


def test_people_without_an_extension_get_a_user_from_their_list(bot, slack, vocatech):
    open_settings = slack.type_command(ADMIN, CHANNEL, "/vocatech", "settings")
    assert not open_settings.problem
    slack.click_in_view(ADMIN, view_with(slack, "Link people")["id"], "show_unmatched")
    listed = view_with(slack, "In Slack without an extension", "Nina Holm")
    slack.click_in_view(ADMIN, listed["id"], "new_user", NINA)
    view = view_with(slack, "New Vocatech user")
    assert initial(view) == {
        "first_name": "Nina",
        "last_name": "Holm",
        "extension": None,
        "email": "nina.holm@example.com",
        "slack_user": NINA,
    }
    values = {**NEW, "email": "nina.holm@example.com"}
    submit(slack, view, slack_user=NINA, **values)
    view_with(slack, "User created")
    assert there(vocatech, "250")["email"] == "nina.holm@example.com"
    assert bot.store.links.slack_user_of("250") == NINA
    slack.views.close(ADMIN)
    view_with(slack, "In Slack without an extension")
    wait_for(lambda: "Nina" not in said(slack.open_view(ADMIN)))


def test_the_command_fills_in_the_form_for_a_mentioned_person(bot, slack):
    assert initial(new_form(slack, f"new <@{NINA}>"))["slack_user"] == NINA


def test_a_form_sent_twice_makes_one_user(bot, slack, vocatech):
    view = new_form(slack)
    same = ("type", "title", "blocks", "submit", "close", "callback_id", "private_metadata")
    slack.views.show(ADMIN, {name: view[name] for name in same})
    submit(slack, slack.open_view(ADMIN), **NEW)
    view_with(slack, "User created")
    assert "already submitted" in said(submit(slack, view, **NEW))
    assert sum(one["extension"] == "250" for one in vocatech.users.all()) == 1
    assert [what for _, what, _ in deeds(bot)] == ["Vocatech user created"]


def test_errors_are_shown_at_their_fields_before_vocatech_is_asked(bot, slack, vocatech):
    view = new_form(slack)
    for values, field, reason in (
        ({"extension": "102"}, "extension", "Ben Whitaker (ext. 102) already has this extension"),
        ({"extension": "x20"}, "extension", "digits only, such as 105"),
        ({"email": "nina at example"}, "email", "complete email address"),
        ({"first_name": " ", "last_name": ""}, "first_name", "Enter a name"),
    ):
        answer = submit(slack, view, **{**NEW, **values})
        assert reason in answer["errors"][field], values
    answer = submit(slack, view, slack_user=ANA, **NEW)
    assert "is linked to Ana Torres (ext. 101)" in answer["errors"]["slack_user"]
    answer = submit(slack, view, slack_user="U0GUEST001", **NEW)
    assert "Guests, apps, and people who left" in answer["errors"]["slack_user"]
    assert there(vocatech, "250") is None
    assert deeds(bot) == []


def test_refusals_of_vocatech_are_shown_at_the_field_with_what_was_typed(bot, slack, vocatech):
    taken = {"error": {"code": "conflict", "message": "Extension 250 is taken."}}
    fault = Fault(path="/users", method="POST", status=409, body=taken, times=1)
    vocatech.faults.add(fault)
    submit(slack, new_form(slack), **NEW)
    view = view_with(slack, "Extension 250 is taken. Nothing was changed.")
    at = [block["block_id"] for block in view["blocks"]]
    assert at.index("trouble") == at.index("again:extension") + 1
    assert initial(view)["first_name"] == "Nina"
    # Vocatech needs a last name, which the form doesn't know.
    submit(slack, view, **{**NEW, "last_name": ""})
    view = view_with(slack, "missing field: last_name")
    at = [block["block_id"] for block in view["blocks"]]
    assert at.index("trouble") == at.index("again:last_name") + 1
    submit(slack, view, **NEW)
    view_with(slack, "User created")
    assert there(vocatech, "250")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(path="/users", method="POST", status=404), "doesn't let this app create users"),
        (Fault(path="/users", method="POST", status=403), "Vocatech refused it"),
        (Fault(path="/users", method="POST", status=429), "Vocatech is busy"),
        (Fault(path="/users", method="POST", status=503), "may or may not have been made"),
    ],
)
def test_other_failures_are_shown_on_top_of_the_form(bot, slack, vocatech, fault, words):
    vocatech.faults.add(fault)
    submit(slack, new_form(slack), **NEW)
    view = view_with(slack, words)
    assert view["blocks"][0]["block_id"] == "trouble"
    assert initial(view)["extension"] == "250"
    assert deeds(bot) == []


def test_a_user_is_found_after_a_lost_answer(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/users", method="POST", drop="after", times=1))
    submit(slack, new_form(slack), **NEW)
    view_with(slack, "User created", "Nina Holm (ext. 250)")
    assert sum(one["extension"] == "250" for one in vocatech.users.all()) == 1
    assert bot.store.people.by_extension("250").name == "Nina Holm"


def test_a_user_that_vocatech_does_not_return_or_list_is_synced_soon(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/users", method="POST", status=201, body={}, times=1))
    submit(slack, new_form(slack), **NEW)
    view_with(slack, "appears in the list after the next sync, within an hour")
    assert bot.store.key_values.moment("people looked at") is None
    assert [what for _, what, _ in deeds(bot)] == ["Vocatech user created"]


def test_a_slow_vocatech_shows_progress_first(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/users", method="POST", delay=1.0, times=1))
    answer = submit(slack, new_form(slack), **NEW)
    assert "This may take a few seconds" in said(answer)
    view_with(slack, "User created")


def test_the_other_spelling_of_names_is_tried(bot, slack, vocatech):
    vocatech.users.spelling = "user_id"
    submit(slack, new_form(slack), **NEW)
    view_with(slack, "User created", "Nina Holm (ext. 250)")
    assert there(vocatech, "250")["first_name"] == "Nina"


# Changing


def edit_form(slack, bot, extension):
    open_users(slack)
    listed = view_with(slack, "Vocatech users", "6 users")
    user_id = bot.store.people.by_extension(extension).user_id
    slack.click_in_view(ADMIN, listed["id"], "edit_user", user_id)
    return view_with(slack, "Edit Vocatech user")


def values_of(view, **changes):
    shown = {name: value or "" for name, value in initial(view).items()}
    return {**shown, **changes}


def test_a_change_sends_only_what_changed_and_refreshes_the_list(bot, slack, vocatech):
    view = edit_form(slack, bot, "102")
    assert "Linked to" in said(view)
    submit(slack, view, **values_of(view, extension="222"))
    view_with(slack, "User saved", "Ben Whitaker (ext. 222)")
    assert bot.store.links.slack_user_of("222") == BEN
    slack.views.close(ADMIN)
    view_with(slack, "Ben Whitaker (ext. 222)")
    assert there(vocatech, "222")["email"] == "ben.whitaker@example.com"
    assert deeds(bot) == [(ADMIN, "Vocatech user changed", "extension 102: extension")]


def test_a_cleared_email_unlinks_who_was_linked_by_it(bot, slack, vocatech):
    view = edit_form(slack, bot, "102")
    submit(slack, view, **values_of(view, email=""))
    view_with(slack, "User saved")
    assert "email" not in there(vocatech, "102")
    assert bot.store.links.person_of(BEN) is None
    assert bot.store.people.by_extension("102").email is None


def test_an_unchanged_form_asks_nothing(bot, slack, vocatech):
    view = edit_form(slack, bot, "102")
    submit(slack, view, **values_of(view))
    view_with(slack, "User saved")
    assert not [one for one in vocatech.requests if one.method == "PATCH"]
    assert deeds(bot) == []


def test_of_two_who_save_a_user_at_the_same_moment_the_second_is_told(bot, slack, vocatech):
    bot.store.slack_people.keep(replace(bot.store.slack_people.find(BEN), is_admin=True))
    user_id = bot.store.people.by_extension("102").user_id
    forms = {}
    for user in (ADMIN, BEN):
        slack.type_command(user, CHANNEL, "/vocatech", "users")
        listed = open_view_with(slack, user, "Vocatech users", "6 users")
        slack.click_in_view(user, listed["id"], "edit_user", user_id)
        forms[user] = open_view_with(slack, user, "Edit Vocatech user")
    vocatech.faults.add(Fault(path="/users", stall=0.5))

    def save(user):
        values = {"last_name": {"last_name": f"Of {user}"}}
        assert "Saving" in said(slack.submit_view(user, forms[user]["id"], values))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(save, forms))
    wait_for(lambda: not any("Saving" in said(slack.open_view(user)) for user in forms))
    views = {user: said(slack.open_view(user)) for user in forms}
    [told] = [user for user in forms if "Someone changed this user" in views[user]]
    [saved] = [user for user in forms if "User saved" in views[user]]
    assert there(vocatech, "102")["last_name"] == f"Of {saved}"
    assert told != saved


def test_a_form_about_a_user_who_changed_or_was_deleted_is_refused(bot, slack, vocatech):
    view = edit_form(slack, bot, "102")
    person = bot.store.people.by_extension("102")
    bot.store.people.save(Person(person.user_id, "Ben W", "102"), now=time.time())
    answer = submit(slack, view, **values_of(view, extension="222"))
    assert "Someone changed this user" in answer["errors"]["first_name"]
    bot.store.people.save(person, now=time.time())
    vocatech.users.remove(person.user_id)
    submit(slack, view, **values_of(view, extension="222"))
    view_with(slack, "This user no longer exists in Vocatech")
    assert bot.store.people.find(person.user_id) is None


@pytest.mark.parametrize(
    ("name", "email"), [("N" * 2_900, ""), ("Ben", "e" * 300 + "@x.com"), ("Ben " + "é" * 101, "")]
)
def test_a_user_that_the_form_would_cut_is_not_edited(bot, slack, name, email):
    person = bot.store.people.by_extension("102")
    bot.store.people.save(Person(person.user_id, name, "102", email), now=time.time())
    open_users(slack)
    listed = view_with(slack, "Vocatech users")
    slack.click_in_view(ADMIN, listed["id"], "edit_user", person.user_id)
    view_with(slack, "too long for the form")


def test_a_search_with_other_letters_leaves_room_for_the_form(bot, slack):
    person = bot.store.people.by_extension("102")
    typed = " ".join(["é" * 80] * 5)
    name = f"Ben {typed[:80]}"
    bot.store.people.save(Person(person.user_id, name, "102"), now=time.time())
    open_users(slack, typed)
    listed = view_with(slack, "1 user matches")
    slack.click_in_view(ADMIN, listed["id"], "edit_user", person.user_id)
    view_with(slack, "Edit Vocatech user")


def test_a_change_is_found_after_a_lost_answer(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/users", method="PATCH", drop="after", times=1))
    view = edit_form(slack, bot, "102")
    submit(slack, view, **values_of(view, extension="222"))
    view_with(slack, "User saved", "ext. 222")


def test_an_older_list_does_not_replace_a_new_user(bot):
    now = time.time()
    bot.store.people.save(Person("u250", "Nina Holm", "250"), now=now)
    with pytest.raises(Unavailable):
        sync_people(bot.bot.services.vocatech, bot.store, now - 1.0)
    assert bot.store.people.by_extension("250")
    sync_people(bot.bot.services.vocatech, bot.store, now + 1.0)
    assert bot.store.people.by_extension("250") is None
    # A clock that was far ahead doesn't stop the sync for good.
    bot.store.people.save(Person("u251", "Nina Holm", "251"), now=now + 1e6)
    sync_people(bot.bot.services.vocatech, bot.store, now + 2.0)


def test_a_link_to_an_extension_known_from_calls_moves_to_the_new_user(store):
    store.database.write(
        lambda db: db.execute(
            "insert into people (user_id, extension, from_calls) values (?, '250', 1)",
            [f"{FROM_CALLS}250"],
        )
    )
    store.links.link(NINA, f"{FROM_CALLS}250", how=BY_HAND, now=1.0)
    store.people.save(Person("u250", "Nina Holm", "250"), now=2.0)
    store.links.match_by_email(now=2.0)
    assert store.links.person_of(NINA).user_id == "u250"


# Fields, and what is sent


def test_only_changed_fields_are_sent_and_both_names_together():
    seen = fields_of(Person("u", "Ana  Maria Torres", "101", "a@example.com"))
    assert seen == UserFields("Ana", "Maria Torres", "101", "a@example.com")
    about = UserForm("t", "u", seen)
    assert changes_in(about, seen) == {}
    married = UserFields("Ana", "Lopez", "101", "")
    assert changes_in(about, married) == {
        "first_name": "Ana",
        "last_name": "Lopez",
        "email": None,
    }
    assert UserForm.from_metadata(about.to_metadata()) == about


def test_a_user_keeps_an_extension_that_looks_odd():
    person = Person("u", "Door", "1-0", None)
    about = UserForm("t", "u", fields_of(person))
    assert validate_user(about, UserFields("Front", "Door", "1-0"), [person], None) == {}


def test_names_are_sent_as_one_field_only_if_two_are_unknown(client_for):
    asked = []

    def answer(request):
        asked.append(json.loads(request.content))
        if "name" in asked[-1]:
            return httpx.Response(200, json={"id": "u"})
        unknown = {"error": {"message": "unknown field: first_name, last_name"}}
        is_whole = "last_name" in asked[-1]
        return httpx.Response(422, json=unknown if is_whole else {"message": "last_name is empty"})

    users = client_for(answer).users
    assert users.create(first_name="Ida", last_name="Berg", extension="1") == Person("u")
    assert asked == [
        {"first_name": "Ida", "last_name": "Berg", "extension": "1"},
        {"name": "Ida Berg", "extension": "1"},
    ]
    with pytest.raises(RequestRefused, match="last_name is empty"):
        users.create(first_name="Ida")
    assert len(asked) == 3


# In the terminal


def test_users_are_listed_created_and_changed_in_the_terminal(
    bot, vocatech, tmp_path, monkeypatch, capsys
):
    settings = bot.bot.services.settings
    monkeypatch.setenv("VOCATECH_API_KEY", vocatech.key)
    monkeypatch.setenv("VOCATECH_API_URL", vocatech.api_url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", settings.slack_bot_token.get_secret_value())
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0" * 32)
    monkeypatch.setenv("SLACK_DEFAULT_CHANNEL", CHANNEL)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.db")
    (tmp_path / ".env").touch()
    users = ["users", "--env-file", str(tmp_path / ".env")]
    create = [*users, "create", "--first-name", "Nina", "--last-name", "Holm", "--extension"]
    assert main([*create, "102"]) == 1
    assert "--extension: Ben Whitaker (ext. 102) already has" in capsys.readouterr().err
    assert main([*create, "250", "--email", "nina.holm@example.com"]) == 0
    assert "Created Nina Holm, extension 250" in capsys.readouterr().out
    assert bot.store.links.slack_user_of("250") == NINA  # by email
    assert main([*users, "update", "250", "--last-name", "Berg"]) == 0
    assert "Changed: Nina Berg, 250" in capsys.readouterr().out
    assert main([*users, "update", "250", "--last-name", "Berg"]) == 0
    assert "Nothing to change" in capsys.readouterr().out
    assert main([*users, "update", "999", "--last-name", "Berg"]) == 2
    assert "users list" in capsys.readouterr().err
    assert main([*users, "update", "250", "--email", "x@y.z", "--extension", "2"]) == 1
    assert "must be an extension of 2 to 6 digits" in capsys.readouterr().err
    assert main([*users, "list"]) == 0
    assert NINA in capsys.readouterr().out
    assert main([*users, "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"name": "Nina Berg", "slack_user": NINA}.items() <= rows[-1].items()
    assert [one[0] for one in deeds(bot)] == ["terminal", "terminal"]
