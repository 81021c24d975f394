"""People: matching by email, linked extensions, notification settings, error messages."""

import json
import threading
import time
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import (
    AnswerLost,
    KeyExpired,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    RequestRefused,
    TooManyRequests,
    Unavailable,
)
from bot.models.calls import Call, Direction, Outcome
from bot.models.contacts import Contact
from bot.models.people import Company, Mentions, Person, Preference, SlackPerson, match_by_email
from bot.people.slack_sync import (
    LOOKED_AT,
    SECONDS_AFTER_UNKNOWN_ERROR,
    Newcomers,
    UserSyncProgress,
    look_up_new_users,
    sync_slack_users,
)
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.slack.bolt_adapter import guard
from bot.store import Store
from bot.store.links import BY_EMAIL, BY_HAND
from bot.ui.commands import SLASH_COMMANDS, VOCATECH
from bot.ui.error_messages import SORRY, words_for
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, event, send

# The content is tested, not the rate.
pytestmark = [pytest.mark.any_rate, pytest.mark.first_sync]

ANA_THERE = Person("u1", "Ana Torres", "101", "ana.torres@example.com")
BEN_THERE = Person("u2", "Ben Whitaker", "102", "ben.whitaker@example.com")
CLARA = Person("u3", "Clara <!channel> *Lind*", "103", None)


@pytest.fixture
def matched(bot):
    """The app after the first sync of Slack and Vocatech users."""
    wait_for(lambda: bot.store.slack_people.find(ANA) and bot.store.people.all())
    wait_for(lambda: bot.store.links.person_of(ANA) and bot.store.links.person_of(BEN))
    wait_for(lambda: bot.store.key_values.moment(LOOKED_AT))
    return bot


def ask(slack, typed, user=ANA, command="/vocatech"):
    answer = slack.type_command(user, CHANNEL, command, typed)
    assert answer.status == 200
    assert not answer.problem
    return answer


def words(answer):
    return json.dumps(answer, ensure_ascii=False)


def open_modal(slack, typed, user=ANA, command="/vocatech", title=""):
    ask(slack, typed, user, command)
    return wait_for(lambda: (v := slack.open_view(user)) and title in v["title"]["text"] and v)


def user_of(bot, extension):
    return bot.store.people.by_extension(extension).user_id


def choose(slack, view, user_id, user=ANA):
    answer = slack.submit_view(user, view["id"], {"extension": {"choose_extension": user_id}})
    assert answer.ok
    assert not answer.problem
    return answer


def card(slack, call_id, channel=CHANNEL):
    for message in slack.messages(channel):
        if (message.get("metadata") or {}).get("event_payload", {}).get("call_id") == call_id:
            return message
    return None


# Matching by email


def test_people_with_the_same_email_on_both_sides_are_matched_ignoring_case():
    slack = [SlackPerson("U1", email=" Ana.Torres@Example.com"), SlackPerson("U2", email=None)]
    assert match_by_email(slack, [ANA_THERE, CLARA]) == {"U1": "u1"}


@pytest.mark.parametrize("side", ["slack", "vocatech"])
def test_a_shared_email_matches_no_one(side):
    slack, people = [SlackPerson("U1", email=ANA_THERE.email)], [ANA_THERE]
    if side == "slack":
        slack.append(SlackPerson("U2", email=ANA_THERE.email.upper()))
    else:
        people.append(Person("u9", "Desk", "109", ANA_THERE.email))
    assert match_by_email(slack, people) == {}


def test_people_are_matched_at_startup_with_zone_and_admin_flag(matched):
    store = matched.store
    assert store.links.person_of(ANA).extension == "101"
    assert store.links.slack_user_of("102") == BEN
    assert store.links.person_of(ADMIN) is None
    assert store.slack_people.find(ADMIN).is_admin
    assert store.slack_people.find(ANA).zone == "America/New_York"
    assert [one.slack_user for one in store.links.unmatched_in_slack()] == [ADMIN]
    assert "103" in [one.extension for one in store.links.unmatched_at_vocatech()]


def test_bots_guests_and_deleted_users_are_not_members(slack, start_bot):
    for number, what in enumerate(("deleted", "is_restricted", "is_ultra_restricted", "is_bot")):
        slack.add_user(f"U0GONE00{number}", "Gone", f"gone{number}@example.com")
        slack.state.users[f"U0GONE00{number}"][what] = True
    bot = start_bot()
    found = wait_for(bot.store.slack_people.all)
    assert sorted(one.slack_user for one in found) == sorted([ADMIN, ANA, BEN])


def test_admins_of_the_settings_work_while_the_list_of_people_fails(slack, start_bot):
    slack.faults.add(Fault("users.list", status=200, body={"ok": False, "error": "fatal_error"}))
    bot = start_bot(slack_admins=ADMIN)
    wait_for(lambda: bot.store.incidents.counts()["people unknown"])
    wait_for(lambda: "list of people" in str(slack.messages(slack.direct_channel(ADMIN))))
    assert "Only admins" not in str(ask(slack, "rules", ADMIN))
    assert "People unknown" in words(ask(slack, "status", ADMIN))
    slack.faults.clear()
    bot.bot.scheduler.run_now("match people")
    wait_for(lambda: not bot.store.incidents.counts()["people unknown"])
    assert bot.store.slack_people.find(ANA)


def sync(bot, progress, clock):
    return sync_slack_users(
        slack=bot.bot.services.slack,
        store=bot.store,
        clock=clock,
        progress=progress,
        on_gone=bot.bot.services.departures.free_work_of_all,
        report=lambda _: None,
    )


def test_user_sync_continues_after_a_rate_limit(matched, slack, monkeypatch):
    monkeypatch.setattr("bot.people.slack_sync.PAGES_AT_ONCE", 1)
    for number in range(250):
        slack.add_user(f"U0MANY{number:03}", f"Person {number}", f"p{number}@example.com")
    clock, progress = matched.bot.services.clock, UserSyncProgress()
    assert sync(matched, progress, clock) == 0.0
    slack.faults.add(Fault(path="users.list", status=429, headers={"Retry-After": "30"}, times=1))
    assert sync(matched, progress, clock) == 30.0
    assert len(matched.store.slack_people.all()) == 3  # nothing is taken before the list is whole
    assert sync(matched, progress, clock) == 0.0
    assert len(matched.store.slack_people.all()) == 253
    assert slack.counts["users.list"] == 3  # the first look of all, and two pages


def test_user_sync_keeps_what_events_said_meanwhile(matched, slack, monkeypatch):
    monkeypatch.setattr("bot.people.slack_sync.PAGES_AT_ONCE", 1)
    for number in range(250):
        slack.add_user(f"U0MANY{number:03}", f"Person {number}", f"p{number}@example.com")
    store, clock, progress = matched.store, matched.bot.services.clock, UserSyncProgress()
    sync(matched, progress, clock)  # the first page has Ana and Ben
    slack.change_user(ANA, is_restricted=True)
    slack.change_user(BEN, tz="Europe/Vienna")
    wait_for(lambda: not store.slack_people.find(ANA))
    wait_for(lambda: store.slack_people.find(BEN).zone == "Europe/Vienna")
    sync(matched, progress, clock)
    assert store.slack_people.find("U0MANY249")
    assert store.slack_people.find(ANA) is None
    assert store.slack_people.find(BEN).zone == "Europe/Vienna"
    assert store.links.person_of(ANA) is None


def test_failed_user_sync_is_retried_and_keeps_known_users(matched, slack):
    slack.faults.add(Fault(path="users.list", status=500, times=1))
    clock, progress = matched.bot.services.clock, UserSyncProgress()
    assert sync(matched, progress, clock) == 3600.0
    assert matched.store.slack_people.find(ANA)
    before = slack.counts["users.list"]
    assert sync(matched, progress, clock) == 0.0
    assert sync(matched, progress, clock) == 0.0
    assert slack.counts["users.list"] == before + 1  # and then not again for a day


def test_a_new_user_is_looked_up_once(matched, slack):
    slack.add_user("U0NEW0001", "Nina New", "clara.lindqvist@example.com", rank="admin")
    slack.add_user("U0GUEST01", "Gus Guest", "gus@example.com")
    slack.state.users["U0GUEST01"]["is_restricted"] = True
    store, before = matched.store, slack.counts["users.info"]
    for user in ("U0NEW0001", "U0GUEST01", "U0NEW0001", ANA):
        ask(slack, "status", user)
    wait_for(lambda: store.slack_people.find("U0NEW0001"))
    assert store.slack_people.find("U0NEW0001").is_admin
    wait_for(lambda: slack.counts["users.info"] == before + 2)
    assert not store.slack_people.find("U0GUEST01")


def test_a_failed_lookup_of_a_new_user_is_retried(matched, slack):
    slack.add_user("U0NEW0001", "Nina New", "nina@example.com")
    newcomers, services = Newcomers(matched.store), matched.bot.services
    newcomers.notice("U0NEW0001")
    newcomers.notice(ANA)
    newcomers.notice("U0NOBODY1")

    def look_up():
        parts = {"slack": services.slack, "store": matched.store, "clock": services.clock}
        return look_up_new_users(newcomers=newcomers, **parts)

    busy = Fault(path="users.info", status=429, headers={"Retry-After": "30"}, times=1)
    slack.faults.add(busy)
    assert look_up() == 30.0
    assert newcomers.waiting() == ["U0NEW0001", "U0NOBODY1"]
    slack.faults.add(Fault(path="users.info", status=503, times=1))
    assert look_up() == SECONDS_AFTER_UNKNOWN_ERROR
    assert newcomers.waiting() == ["U0NEW0001"]  # the next one was asked about all the same
    assert look_up() == 0.0
    assert newcomers.waiting() == []
    assert matched.store.slack_people.find("U0NEW0001").zone


def test_a_link_by_email_ends_with_the_address_and_a_manual_one_stays(matched):
    links = matched.store.links
    links.link(BEN, user_of(matched, "103"), how=BY_HAND, now=1.0)
    ben, clara = matched.store.slack_people.find(BEN), matched.store.people.by_extension("103")
    matched.store.slack_people.replace([ben, SlackPerson(ADMIN, email=clara.email)])
    links.match_by_email(now=2.0)
    assert links.person_of(ANA) is None
    assert links.person_of(BEN).extension == "103"
    assert links.person_of(ADMIN) is None  # it is Ben's, by hand


def test_a_link_to_a_person_known_from_calls_moves_to_the_synced_person(tmp_path):
    store = Store.open(tmp_path / "one.db")
    store.links.link("U1", "extension 101", how=BY_HAND, now=1.0)
    store.people.replace([ANA_THERE])
    store.links.match_by_email(now=2.0)
    assert store.links.person_of("U1") == ANA_THERE
    store.close()


def test_unchanged_links_by_email_are_not_rewritten(tmp_path):
    store = Store.open(tmp_path / "one.db")
    store.people.replace([ANA_THERE])
    store.slack_people.keep(SlackPerson("U1", email=ANA_THERE.email))
    store.links.link("U1", "u1", how=BY_EMAIL, now=1.0)
    store.links.match_by_email(now=2.0)
    at = store.database.row("select linked_at from links")["linked_at"]
    assert at == 1.0
    store.close()


def test_two_syncs_that_finish_together_both_match(tmp_path):
    store = Store.open(tmp_path / "one.db")

    def end_look_at_slack():
        store.slack_people.keep(SlackPerson(ANA, email=ANA_THERE.email))
        store.links.match_by_email(now=2.0)

    other = threading.Thread(target=end_look_at_slack)

    def during_matching(sql):
        if "from people" in sql and other.ident is None:
            other.start()
            other.join(0.1)  # where everything waits for the matching, it comes right after it

    store.people.replace([ANA_THERE])
    for connection in (store.database._reader(), store.database._writer.conn):
        connection.set_trace_callback(during_matching)
    store.links.match_by_email(now=1.0)
    other.join()
    assert store.links.person_of(ANA) == ANA_THERE
    store.close()


# /vocatech


def test_help_names_every_command_and_every_use(bot, slack):
    for typed in ("", "help", "HELP"):
        said = str(ask(slack, typed)["blocks"])
        for command in SLASH_COMMANDS:
            assert command.name in said
            assert all(use.what in said for use in command.uses)


def test_every_word_that_the_help_names_is_known(matched, slack):
    named = {use.typed.partition(" ")[0] for use in VOCATECH.uses}
    for word in named | {"help"}:
        assert "isn't a command" not in words(ask(slack, word, ADMIN))
    assert set(VOCATECH.hint.split(" | ")) == named - {""} | {"help"}


@pytest.mark.parametrize("command", SLASH_COMMANDS, ids=lambda command: command.name)
def test_every_command_answers_help(bot, slack, command):
    answer = ask(slack, " Help", command=command.name)
    assert all(use.what in words(answer) for use in command.uses)
    assert answer["response_type"] == "ephemeral"


@pytest.mark.parametrize("command", ["/sms", "/contact", "/vocatech"])
def test_no_command_quotes_the_id_of_a_person(bot, slack, command):
    for typed in ("<@U0STRANGE1|ben>", "<@U0STRANGE1> hi"):
        assert "u0strange1" not in words(ask(slack, typed, command=command)).lower()
    said = ask(slack, "digest on <@U0STRANGE1|ben>")["text"]
    assert "@ben" in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("dgest on", "/vocatech dgest isn't a command. Did you mean /vocatech digest?"),
        ("lnik", "Did you mean /vocatech link?"),
        ("call", "Did you mean /calls?"),
        ("<!channel> now", "/vocatech @channel isn't a command."),
        ("x" * 3000, "isn't a command. For all commands, type /vocatech help."),
        ("🦆", "/vocatech 🦆 isn't a command."),
        ("<@U0STRANGE1|ben>", "/vocatech link @name"),
    ],
)
def test_unknown_subcommands_suggest_the_nearest_one(bot, slack, typed, said):
    answer = ask(slack, typed)
    assert said in answer["text"]
    assert len(answer["text"]) < 200
    assert "<!channel>" not in answer["text"]
    assert "u0strange1" not in answer["text"].lower()
    assert answer["response_type"] == "ephemeral"


def test_a_person_finds_and_links_an_extension(matched, slack):
    view = open_modal(slack, "link", ADMIN)
    offered = slack.load_options(ADMIN, "choose_extension", "tor", view_id=view["id"])
    assert [one["text"]["text"] for one in offered["options"]] == [
        "Ana Torres (ext. 101) · already linked"
    ]
    everybody = slack.load_options(ADMIN, "choose_extension", "", view_id=view["id"])
    assert len(everybody["options"]) == 6
    by_number = slack.load_options(ADMIN, "choose_extension", "103", view_id=view["id"])
    [chosen] = by_number["options"]
    assert chosen["text"]["text"] == "Clara Lindqvist (ext. 103)"
    choose(slack, view, chosen["value"], ADMIN)
    assert "Linked to Clara Lindqvist (ext. 103)" in str(slack.open_view(ADMIN))
    assert matched.store.links.person_of(ADMIN).extension == "103"
    assert matched.store.audit.latest() == []  # a person's own link isn't audited


def test_extension_options_are_limited_and_plain_text(matched, slack):
    people = [Person(f"u{n}", f"<@U1> {n} " + "x" * 200, f"{n}") for n in range(300)]
    matched.store.people.replace([*people, Person("long" * 50, "Long id", "999")])
    view = open_modal(slack, "link", ADMIN)
    offered = slack.load_options(ADMIN, "choose_extension", "", view_id=view["id"])["options"]
    assert len(offered) == 100
    assert all(len(one["text"]["text"]) <= 75 for one in offered)
    assert {one["text"]["type"] for one in offered} == {"plain_text"}
    nobody = slack.load_options(ADMIN, "choose_extension", "nobody; drop", view_id=view["id"])
    assert nobody["options"] == []


def test_taking_an_extension_is_refused_at_the_field_and_audited(matched, slack):
    view = open_modal(slack, "link", ANA)
    answer = choose(slack, view, user_of(matched, "102"))
    assert "Ben Whitaker is linked" in answer["errors"]["extension"]
    assert matched.store.links.slack_user_of("102") == BEN
    [entry] = matched.store.audit.latest()
    assert (entry.slack_user, entry.detail) == (ANA, f"102 of {BEN}")
    assert entry.what == "not allowed: take an extension from someone else"


def test_an_admin_takes_an_extension_and_it_is_audited(matched, slack):
    view = open_modal(slack, f"link <@{ADMIN}>", ADMIN)
    choose(slack, view, user_of(matched, "102"), ADMIN)
    assert BEN in str(slack.open_view(ADMIN))
    assert matched.store.links.slack_user_of("102") == ADMIN
    assert matched.store.links.person_of(BEN) is None
    [entry] = matched.store.audit.latest()
    assert entry.what == "linked somebody"
    assert BEN in entry.detail


def test_linking_a_deleted_extension_is_refused_at_the_field(matched, slack):
    view = open_modal(slack, "link", ADMIN)
    answer = choose(slack, view, "not-there-any-more", ADMIN)
    assert "was deleted" in answer["errors"]["extension"]
    assert matched.store.links.person_of(ADMIN) is None


def test_a_link_submitted_twice_is_made_once(matched, slack):
    view = open_modal(slack, "link", ADMIN)
    payload = submission(slack, ADMIN, view, {"extension": {"choose_extension": chosen("103")}})
    payload["view"]["state"]["values"]["extension"]["choose_extension"]["selected_option"][
        "value"
    ] = user_of(matched, "103")
    for _ in range(2):
        assert slack.sender.interact(payload).ok
    assert len([1 for who in matched.store.links.linked_people().values() if who == ADMIN]) == 1


def chosen(value):
    return {
        "type": "external_select",
        "selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": value},
    }


def submission(slack, user, view, values):
    return {
        "type": "view_submission",
        "user": {"id": user, "team_id": "T0TEAM001"},
        "team": {"id": "T0TEAM001"},
        "trigger_id": slack.new_trigger(user),
        "view": {**view, "state": {"values": values}},
    }


def test_only_admins_link_other_people(matched, slack):
    said = words(ask(slack, f"link <@{ADMIN}>", BEN)) + words(ask(slack, f"unlink <@{ANA}>", BEN))
    assert said.count("Only admins can link someone else") >= 2
    view = open_modal(slack, "link", BEN)
    view = {**view, "private_metadata": json.dumps({"slack_user": ADMIN})}
    values = {"extension": {"choose_extension": chosen(user_of(matched, "103"))}}
    answer = slack.sender.interact(submission(slack, BEN, view, values))
    assert answer["response_action"] == "push"
    assert "Only admins" in str(answer["view"])
    for action_id, value in (("link_person", ADMIN), ("show_unmatched", "show")):
        slack.sender.interact(press(slack, BEN, view, action_id, value))
        wait_for(lambda: "Only admins" in str(slack.open_view(BEN)))
        slack.views.close(BEN)
    assert matched.store.links.person_of(ADMIN) is None
    assert matched.store.links.person_of(ANA)
    assert len(matched.store.audit.latest()) == 5
    assert all(entry.what.startswith("not allowed") for entry in matched.store.audit.latest())


def press(slack, user, view, action_id, value):
    return {
        "type": "block_actions",
        "user": {"id": user, "team_id": "T0TEAM001"},
        "team": {"id": "T0TEAM001"},
        "trigger_id": slack.new_trigger(user),
        "container": {"type": "view", "view_id": view["id"]},
        "view": view,
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
    }


def test_link_with_an_extension_opens_the_form_with_it_chosen(matched, slack):
    view = open_modal(slack, "link 103", BEN)
    chosen = view["blocks"][-1]["element"]["initial_option"]
    assert chosen["text"]["text"] == "Clara Lindqvist (ext. 103)"


@pytest.mark.parametrize("typed", ["103", "to 103", "ext. 103", "as x103", "extension 103 please"])
def test_link_of_a_colleague_with_an_extension_opens_the_form_with_it_chosen(matched, slack, typed):
    for asked in (f"link <@{BEN}> {typed}", f"link {typed} <@{BEN}>"):
        view = open_modal(slack, asked, ADMIN)
        assert BEN in view["private_metadata"]
        chosen = view["blocks"][-1]["element"]["initial_option"]
        assert chosen["text"]["text"] == "Clara Lindqvist (ext. 103)"
        slack.views.close_all(ADMIN)


def test_another_extension_of_a_colleague_is_not_ignored(matched, slack):
    said = words(ask(slack, f"link <@{BEN}> 999", ADMIN))
    assert "No extension matches “999”. Nothing was changed." in said
    assert slack.open_view(ADMIN) is None
    said = words(ask(slack, f"unlink <@{BEN}> 103", ADMIN))
    assert "“103” isn't the extension of this person. Nothing was changed." in said
    assert matched.store.links.person_of(BEN).extension == "102"
    assert "Only admins can link someone else" in words(ask(slack, f"link <@{ADMIN}> 999", BEN))
    assert "no longer linked" in ask(slack, f"unlink <@{BEN}> 102", ADMIN)["text"]


def test_unknown_people_and_words_are_refused(matched, slack):
    for typed in ("link Ana", "unlink 101", "link <@U0STRANGE1>"):
        assert f"For example: /vocatech {typed.split()[0]}" in words(ask(slack, typed, ADMIN))


def test_two_people_at_a_time_and_extensions_of_others_are_refused(matched, slack):
    said = words(ask(slack, f"unlink <@{ANA}> <@{BEN}>", ADMIN))
    assert "Nothing was changed. Mention one person at a time." in said
    assert "Extension 101 isn't linked to you." in words(ask(slack, "unlink 101", BEN))
    assert matched.store.links.person_of(ANA)
    assert matched.store.links.person_of(BEN)


def test_link_without_known_extensions_is_explained(matched, slack):
    matched.store.people.replace([])
    assert "No extensions are known yet" in ask(slack, "link")["text"]


def test_unlinking_also_stops_matching_by_email(matched, slack):
    assert "no longer linked to Ana Torres (ext. 101)" in ask(slack, "unlink")["text"]
    matched.store.links.match_by_email(now=9.0)
    assert matched.store.links.person_of(ANA) is None
    assert ANA not in [one.slack_user for one in matched.store.links.unmatched_in_slack()]
    assert "You weren't linked" in ask(slack, "unlink")["text"]
    assert "They're no longer linked" in ask(slack, f"unlink <@{BEN}>", ADMIN)["text"]
    assert matched.store.audit.latest()[0].what == "unlinked somebody"


def test_status_shows_everyone_the_state_and_admins_more(matched, slack):
    send(matched.url, event("call.answered", "c"))
    wait_for(lambda: matched.metric("polls_total"))
    said = words(ask(slack, "status"))
    assert "All systems operational. You're linked to Ana Torres (ext. 101)." in said
    assert "Last webhook: " in said
    assert "API requests available" not in said
    said = words(ask(slack, "status", ADMIN))
    assert "API requests available" in said
    assert "People in Slack without an extension: 1" in said
    assert "You aren't linked to an extension" in said


def test_status_shows_a_rejected_api_key(start_bot, slack, vocatech):
    vocatech.key_state = "revoked"
    start_bot()
    wait_for(lambda: "API key rejected" in words(ask(slack, "status")))


def test_an_admin_lists_and_links_unlinked_people(matched, slack):
    slack.add_user("U0NEW0001", "Nina <New>", "nina@example.com")
    people = [*matched.store.slack_people.all(), SlackPerson("U0NEW0001", "Nina <New>", None)]
    matched.store.slack_people.replace(people)
    view = open_modal(slack, "settings", ADMIN)
    assert "2 people aren't linked to an extension" in str(view)
    slack.click_in_view(ADMIN, view["id"], "show_unmatched")
    listed = wait_for(lambda: "Nina" in str(slack.open_view(ADMIN)) and slack.open_view(ADMIN))
    assert "Clara Lindqvist (ext. 103)" in str(listed)
    slack.click_in_view(ADMIN, listed["id"], "link_person", "U0NEW0001")
    form = wait_for(
        lambda: (v := slack.open_view(ADMIN))["callback_id"] == "link" and v["id"] and v
    )
    choose(slack, form, user_of(matched, "103"), ADMIN)
    assert matched.store.links.slack_user_of("103") == "U0NEW0001"
    slack.views.close(ADMIN)  # the confirmation
    wait_for(lambda: "Nina" not in str(slack.open_view(ADMIN)))
    assert matched.store.audit.latest()[0].detail == "U0NEW0001 with 103"


def test_a_person_who_left_after_the_list_was_opened_is_not_linked(matched, slack):
    slack.add_user("U0NEW0001", "Nina New", "nina@example.com")
    slack.change_user("U0NEW0001", title="Sales")
    wait_for(lambda: matched.store.slack_people.find("U0NEW0001"))
    view = open_modal(slack, "settings", ADMIN)
    slack.click_in_view(ADMIN, view["id"], "show_unmatched")
    listed = wait_for(lambda: "Nina" in str(slack.open_view(ADMIN)) and slack.open_view(ADMIN))
    slack.change_user("U0NEW0001", deleted=True)
    wait_for(lambda: matched.store.slack_people.find("U0NEW0001") is None)
    slack.click_in_view(ADMIN, listed["id"], "link_person", "U0NEW0001")
    form = wait_for(lambda: (v := slack.open_view(ADMIN))["callback_id"] == "link" and v)
    said = words(choose(slack, form, user_of(matched, "103"), ADMIN))
    assert "isn't a member of the workspace anymore" in said
    assert matched.store.links.slack_user_of("103") is None


def test_only_admins_see_unlinked_people(matched, slack):
    assert "not matched" not in str(open_modal(slack, "settings", ANA))


def test_many_unlinked_people_fit_the_modal(matched, slack):
    people = [SlackPerson(f"U{n:09}", "N" * 300, None) for n in range(300)]
    matched.store.slack_people.replace([*people, SlackPerson(ADMIN, "R", None, is_admin=True)])
    matched.store.people.replace([Person(f"u{n}", "x" * 500, f"{n}") for n in range(300)])
    view = open_modal(slack, "settings", ADMIN)
    slack.click_in_view(ADMIN, view["id"], "show_unmatched")
    wait_for(
        lambda: "more. To link anyone, type /vocatech link @name" in str(slack.open_view(ADMIN))
    )


def test_the_link_button_in_home_is_for_the_person_who_clicked(matched, slack):
    slack.sender.interact(press(slack, ANA, {"id": "V1", "type": "home"}, "link_me", None))
    assert wait_for(lambda: slack.open_view(ANA))["callback_id"] == "link"


# Notifications


def save(slack, user, mentions, *, direct=False):
    view = open_modal(slack, "settings", user, title="Your settings")
    values = {"mentions": {"mentions": mentions}, "direct": {"direct": ["direct"] * direct}}
    answer = slack.submit_view(user, view["id"], values)
    assert answer.ok
    return answer


MISSED = {"outcome": Outcome.MISSED}
TAKEN = {"outcome": Outcome.ANSWERED, "direction": Direction.INCOMING}
MADE = {"outcome": Outcome.ANSWERED, "direction": Direction.OUTGOING}


@pytest.mark.parametrize(
    ("mentions", "facts", "wants"),
    [
        (Mentions.NEVER, MISSED, False),
        (Mentions.MISSED, MISSED, True),
        (Mentions.MISSED, TAKEN, False),
        (Mentions.ALL, TAKEN, True),
        (Mentions.ALL, MISSED, True),
        (Mentions.ALL, MADE, False),
    ],
)
def test_preferences_decide_which_calls_mention_a_person(mentions, facts, wants):
    assert Preference(mentions).wants_mention(Call("c", **facts)) is wants


def test_a_missed_call_mentions_its_owner_unless_turned_off(matched, slack):
    send(matched.url, ended("first", extension="101"))
    shown = wait_for(lambda: card(slack, "first"))
    assert {"type": "user", "user_id": ANA} in shown["blocks"][0]["elements"][1]["elements"]
    assert ANA not in shown["text"]
    assert save(slack, ANA, "never").body == ""
    send(matched.url, ended("second", extension="101"))
    assert ANA not in str(wait_for(lambda: card(slack, "second"))["blocks"])
    send(matched.url, ended("nobody", extension="106"))
    assert "U0" not in str(wait_for(lambda: card(slack, "nobody"))["blocks"])


def test_a_missed_call_is_sent_and_edited_in_a_direct_message(matched, slack):
    save(slack, ANA, "missed", direct=True)
    wait_for(lambda: matched.store.preferences.of(ANA).direct)
    direct = slack.direct_channel(ANA)
    assert matched.store.preferences.of(ANA).direct == direct
    send(matched.url, ended("mine", extension="101"))
    send(matched.url, ended("other", extension="102"))
    shown = wait_for(lambda: card(slack, "mine", direct))
    assert ANA not in str(shown["blocks"])
    send(matched.url, event("call.transcription", "mine", summary="Wants a call back."))
    wait_for(lambda: "Wants a call back." in str(card(slack, "mine", direct)))
    wait_for(lambda: card(slack, "other"))
    assert len(slack.messages(direct)) == 1
    assert "initial_options" in str(open_modal(slack, "settings", ANA))
    save(slack, ANA, "missed")
    assert matched.store.preferences.of(ANA).direct is None


def test_a_refused_direct_message_is_explained_and_settings_are_kept(matched, slack):
    slack.faults.add(
        Fault(path="conversations.open", status=200, body={"ok": False, "error": "user_disabled"})
    )
    save(slack, ANA, "all", direct=True)
    told = wait_for(lambda: slack.messages(slack.direct_channel(ANA)))
    assert told[0]["text"] == SORRY
    assert matched.store.preferences.of(ANA) == Preference(Mentions.ALL, None)


# /sms


@pytest.fixture
def known(matched):
    matched.store.people.set_company(Company("Pine", None, ("+12125550100", "+12125550101")))
    matched.store.contacts.upsert(
        [
            Contact(1, {"Name": "Maria Lopez"}, ("+12125550123",)),
            Contact(2, {"Name": "Maria Chandra"}, ("+13125550124", "+442079460000")),
            Contact(3, {"Name": "No Number"}, ()),
        ],
        seen=time.time() + 60,  # the look through the address book at start drops none
    )
    return matched


def test_sms_opens_a_form_with_recipient_and_sender(known, slack):
    for typed in ("212 555 0123 See you", "Maria Lopez See you", '"lopez" See you'):
        seen = str(open_modal(slack, typed, command="/sms"))
        for part in ("Maria Lopez", "(212) 555-0123", "(212) 555-0100", "(212) 555-0101"):
            assert part in seen
        assert "'initial_value': 'See you'" in seen
        slack.views.close_all(ANA)


def test_sms_asks_which_matching_contact_is_meant(known, slack):
    view = open_modal(slack, "maria See <!here>", command="/sms")
    assert str(view).count("Maria Chandra") == 2
    slack.click_in_view(ANA, view["id"], "choose_number", "+442079460000 2")
    wait_for(lambda: "International texting" in str(slack.open_view(ANA)))
    for part in ("Maria Chandra", "+44 20 7946 0000"):
        assert part in str(slack.open_view(ANA))


def test_sms_without_a_match_is_answered_with_an_example(known, slack):
    for typed in ("", "nobody at all", "101", "No Number", "+", "<@U0BEN0001>"):
        assert "For example: /sms (212) 555-0123" in words(ask(slack, typed, command="/sms"))


# Anything may be typed


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    command=st.sampled_from(["/vocatech", "/sms"]),
    first=st.sampled_from(["", "link ", "unlink ", "status ", "settings ", "digest ", "help "]),
    typed=st.one_of(
        st.text(max_size=80),
        st.text(alphabet="<@U0123>|!&;\"'*_~`+()-. ", max_size=40),
        st.just("<@U0STRANGE1>"),
        st.just("🦆" * 1500),
        st.just("word " * 600),
    ),
)
def test_any_typed_text_gets_a_valid_answer(known, slack, command, first, typed):
    ask(slack, f"{first}{typed}", command=command)


# Errors in words


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyExpired("x"), "has expired"),
        (TooManyRequests(12.2), "again in 12 seconds"),
        (TooManyRequests(), "again in a minute"),
        (NotFound("x"), "no longer exists in Vocatech"),
        (RequestRefused("Phone is wrong"), "refused it: Phone is wrong. Nothing was changed."),
        (Unavailable("x"), "can't be reached. Nothing was changed."),
        (AnswerLost("x"), "may or may not have been made"),
        (OutcomeUnknown(), "It is unknown whether the text was sent"),
        (ValueError("x"), SORRY),
    ],
)
def test_every_error_has_a_message(error, said):
    assert said in words_for(error)


@pytest.mark.parametrize("error", [AnswerLost("x"), KeyExpired("x"), TooManyRequests(), NotFound()])
def test_errors_of_searches_say_what_is_kept(error):
    said = words_for(error, kept="What I found is kept.")
    assert "What I found is kept." in said
    assert "changed" not in said
    assert "be done" not in said


def break_store(bot):
    """Drop a table, so that queries fail."""
    bot.store.database.write(lambda db: db.execute("drop table people"))


def test_a_failing_command_answers_with_the_error(matched, slack):
    break_store(matched)
    assert ask(slack, "link")["text"] == SORRY


def test_a_failing_form_shows_the_error_on_top(matched, slack):
    view = open_modal(slack, "link", ADMIN)
    break_store(matched)
    slack.submit_view(ADMIN, view["id"], {"extension": {"choose_extension": "u"}})
    assert SORRY in str(slack.open_view(ADMIN))
    slack.views.close(ADMIN)
    assert slack.open_view(ADMIN)["id"] == view["id"]


def test_failing_options_are_empty(matched, slack):
    view = open_modal(slack, "link", ADMIN)
    break_store(matched)
    offered = slack.load_options(ADMIN, "choose_extension", "", view_id=view["id"])
    assert offered["options"] == []


def test_a_failing_button_in_a_modal_shows_the_error_in_a_modal(matched, slack):
    view = open_modal(slack, "settings", ANA)
    for _ in range(5):
        answer = slack.sender.interact(press(slack, ANA, view, "turn_transcript_page:0", "{"))
        assert answer.status == 200
        wait_for(lambda: SORRY in str(slack.open_view(ANA)))
        slack.views.close(ANA)


def test_errors_of_listeners_are_explained_and_never_reach_bolt():
    """Two Bolt threads race for the response if a listener fails right after its ack."""
    told = []

    def refuse(ack):
        ack()
        raise NotAllowed("x")

    listener = guard(refuse, lambda error, *_: told.append(str(error)))
    listener(SimpleNamespace(ack=lambda: None, respond=None, body={}))
    assert told == [str(NotAllowed("x"))]


def test_without_a_modal_the_error_is_a_direct_message(matched, slack):
    view = open_modal(slack, "settings", ANA)
    payload = {**press(slack, ANA, view, "turn_transcript_page:0", "{"), "trigger_id": "1.2.gone"}
    assert slack.sender.interact(payload).status == 200
    told = wait_for(lambda: slack.messages(slack.direct_channel(ANA)))
    assert told[0]["text"] == SORRY
