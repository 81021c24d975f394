"""Outcomes that people set on calls: the menu, the list, search, rules, digests, and exports."""

import contextlib
import json
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.presenter import card_context
from bot.calls.query import parse_query
from bot.digests.generator import DigestGenerator
from bot.digests.messages import render_digest
from bot.errors import NotUnderstood
from bot.intervals import Interval
from bot.models.calls import Direction
from bot.models.channels import FOR_OUTSIDERS
from bot.models.digest_schedule import DigestPlan
from bot.models.outbox import ALERT
from bot.models.outcomes import MAX_NAME, MAX_OUTCOMES, CallOutcome
from bot.models.rules import Conditions, Rule
from bot.outbox.routing import channels_with_work
from bot.outcomes.card_section import NO_OUTCOMES
from bot.outcomes.service import validate_outcome
from bot.rules.validation import find_unreachable
from bot.rules.yaml_file import read_rules, write_rules
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.store.customers.outcomes import SetResult
from bot.store.search.terms import SearchTerms, source
from bot.store.sync import COVERED
from bot.ui.formatting import Locale
from tests.conftest import CHANNEL, wait_for
from tests.home.test_home import home_saying
from tests.missed_calls.test_claims import audit_of, card
from tests.missed_calls.test_open_calls import NOON, call_event
from tests.missed_calls.test_open_calls import save as keep
from tests.support.webhooks import ended, send

QUOTE, APPOINTMENT, RESOLVED = 1, 2, 3
NAMES = ("Quote sent", "Quote lost", "Appointment", "No show")
SALES = "C0SALES001"
MENU = "choose_outcome"


@pytest.fixture
def bot(start_bot):
    started = start_bot(slack_admins=ADMIN)
    wait_for(lambda: started.store.slack_people.find(BEN))
    return started


def menu_of(message):
    """Return the outcome menu of a card; None if it has none."""
    elements = [one for block in message["blocks"] for one in block.get("elements", ())]
    return next((one for one in elements if str(one.get("action_id")).startswith(MENU)), None)


def choose(slack, user, message, outcome_id, call_id):
    menu = menu_of(message)["action_id"]
    slack.click(user, CHANNEL, message["ts"], menu, f"{outcome_id} {call_id}")


def posted(bot, slack, call_id="c"):
    send(bot.url, ended(call_id))
    return card(slack, call_id)


# On cards


def test_menu_offers_the_list_and_the_card_shows_the_choice(bot, slack):
    message = posted(bot, slack)
    menu = menu_of(message)
    assert [one["text"]["text"] for one in menu["options"]] == [
        *("Quote sent", "Appointment", "Resolved", "Wrong number")
    ]
    assert menu["placeholder"]["text"] == "Outcome"
    choose(slack, ANA, message, APPOINTMENT, "c")
    message = card(slack, "c", "Outcome: Appointment  ·  Ana Torres")
    assert menu_of(message)["initial_option"]["text"]["text"] == "Appointment"
    assert (ANA, "call outcome set") in audit_of(bot)
    choose(slack, BEN, message, 0, "c")
    wait_for(lambda: "initial_option" not in menu_of(card(slack, "c")))
    assert bot.store.outcomes.of("c") is None
    assert (BEN, "call outcome removed") in audit_of(bot)


def test_second_of_two_people_sees_the_first_choice_and_can_replace_it(bot, slack):
    stale = posted(bot, slack)
    choose(slack, ANA, stale, QUOTE, "c")
    card(slack, "c", "Outcome: Quote sent")
    assert (
        bot.store.outcomes.set("c", APPOINTMENT, seen=0, by=BEN, now=time.time())
        is SetResult.CONFLICT
    )
    # Ben's screen still shows the card without an outcome.
    message = card(slack, "c")
    for block in message["blocks"]:
        for one in block.get("elements", ()):
            if str(one.get("action_id")).startswith(MENU):
                one["action_id"] = f"{MENU}:0"
    slack.click(BEN, CHANNEL, message["ts"], f"{MENU}:0", f"{APPOINTMENT} c")
    view = wait_for(lambda: slack.open_view(BEN))
    assert "Ana Torres already set the outcome to “Quote sent”" in str(view)
    assert bot.store.outcomes.of("c").set_by == ANA
    slack.submit_view(BEN, view["id"])
    wait_for(lambda: bot.store.outcomes.of("c").set_by == BEN)
    card(slack, "c", "Outcome: Appointment  ·  Ben Whitaker")


def test_replacing_asks_again_after_another_change(bot, slack):
    posted(bot, slack)
    seen = {"call_id": "c", "outcome_id": RESOLVED, "seen": QUOTE, "below": {}}
    service = bot.bot.services.outcomes
    assert bot.store.outcomes.set("c", APPOINTMENT, seen=0, by=ANA, now=1.0) is SetResult.DONE
    view = service.set("c", RESOLVED, seen=QUOTE, by=BEN, below={})
    assert json.loads(view["private_metadata"]) == {**seen, "seen": APPOINTMENT}
    assert service.set("c", RESOLVED, seen=APPOINTMENT, by=BEN, below={}) is None


def test_deleted_outcome_stays_on_old_calls_and_is_not_offered(bot, slack):
    message = posted(bot, slack)
    choose(slack, ANA, message, QUOTE, "c")
    card(slack, "c", "Outcome: Quote sent")
    bot.store.outcomes.delete(QUOTE, by=ADMIN, now=time.time())
    second = posted(bot, slack, "d")
    assert "Quote sent" not in str(menu_of(second))
    assert bot.store.outcomes.of("c").outcome.is_deleted
    assert "Quote sent" in str(menu_of(card(slack, "c", "Outcome: Quote sent")))
    assert bot.store.outcomes.set("d", QUOTE, seen=0, by=BEN, now=2.0) is SetResult.GONE
    found = bot.store.call_search.find(SearchTerms(outcome_ids=(QUOTE,)), limit=9)
    assert [one.call.call_id for one in found] == ["c"]


def test_cards_without_any_outcomes_have_no_menu(bot, slack):
    for one in bot.store.outcomes.all():
        bot.store.outcomes.delete(one.outcome_id, by=ADMIN, now=time.time())
    assert menu_of(posted(bot, slack)) is None


def test_channel_that_hides_summaries_shows_no_outcome(store):
    save(store, "c")
    store.outcomes.set("c", QUOTE, seen=0, by=ANA, now=1.0)
    call = store.calls.find("c")
    assert card_context(call, store, Locale(), FOR_OUTSIDERS).outcome == NO_OUTCOMES
    assert card_context(call, store, Locale()).outcome.current.name == "Quote sent"


def test_call_modal_has_the_menu_and_is_updated(bot, slack):
    posted(bot, slack)
    slack.type_command(ANA, CHANNEL, "/calls", "")
    shown = wait_for(lambda: [one for one in slack.messages(CHANNEL) if "Latest calls" in str(one)])
    slack.click(ANA, CHANNEL, shown[-1]["ts"], "open_call", "c")
    view = wait_for(lambda: slack.open_view(ANA))
    slack.click_in_view(ANA, view["id"], f"{MENU}:0", f"{QUOTE} c")
    wait_for(lambda: "Outcome: Quote sent" in str(slack.open_view(ANA)))


# The list


def outcomes_list(slack, user=ADMIN):
    slack.type_command(user, CHANNEL, "/vocatech", "outcomes")
    return wait_for(lambda: slack.open_view(user))


def test_admin_creates_renames_and_deletes_outcomes(bot, slack):
    view = outcomes_list(slack)
    slack.click_in_view(ADMIN, view["id"], "new_outcome")
    form = wait_for(lambda: is_titled(slack.open_view(ADMIN), "New outcome"))
    refused = slack.submit_view(ADMIN, form["id"], {"name": {"name": "missed"}})
    assert "kind of call" in refused["errors"]["name"]
    slack.submit_view(ADMIN, form["id"], {"name": {"name": "  Call  again "}})
    wait_for(lambda: [one.name for one in bot.store.outcomes.all()][-1] == "Call again")
    view = wait_for(lambda: said_in(slack, "“Call again” saved."))
    typed = bot.store.outcomes.find(1).name.lower().replace(" ", "_")
    rule = Rule(1, "Named", CHANNEL, when=Conditions(set_outcomes=(typed,)))
    assert bot.store.rules.replace(bot.store.rules.book(), [rule], by=ADMIN, now=1.0)
    slack.click_in_view(ADMIN, view["id"], "edit_outcome", "1")
    form = wait_for(lambda: is_titled(slack.open_view(ADMIN), "Edit outcome"))
    slack.submit_view(ADMIN, form["id"], {"name": {"name": "Offer sent"}})
    wait_for(lambda: bot.store.rules.book().rules[0].when.set_outcomes == ("Offer sent",))
    wait_for(lambda: bot.store.outcomes.find(1).name == "Offer sent")
    view = wait_for(lambda: said_in(slack, "“Offer sent” saved."))
    slack.click_in_view(ADMIN, view["id"], "delete_outcome", "1")
    wait_for(lambda: bot.store.outcomes.find(1) is None)
    done = [what for who, what in audit_of(bot) if who == ADMIN]
    assert done == [f"call outcome {did}" for did in ("created", "renamed", "deleted")]


def said_in(slack, words):
    view = slack.open_view(ADMIN)
    return view if words in str(view) else None


def is_titled(view, title):
    return view if view and view["title"]["text"] == title else None


def test_outcome_that_someone_else_renamed_is_not_deleted(bot, slack):
    view = outcomes_list(slack)
    bot.store.outcomes.save(CallOutcome(QUOTE, "Callback booked"), by=ANA, now=time.time())
    slack.click_in_view(ADMIN, view["id"], "delete_outcome", str(QUOTE))
    view = wait_for(lambda: said_in(slack, "Someone changed this outcome a moment ago"))
    assert bot.store.outcomes.find(QUOTE).name == "Callback booked"
    slack.click_in_view(ADMIN, view["id"], "delete_outcome", str(QUOTE))
    wait_for(lambda: said_in(slack, "“Callback booked” deleted."))


def test_other_people_cannot_open_the_list(bot, slack):
    slack.type_command(ANA, CHANNEL, "/vocatech", "outcomes")
    wait_for(lambda: (ANA, "not allowed: change call outcomes") in audit_of(bot))
    assert slack.open_view(ANA) is None


def test_renaming_changes_rules_and_takes_over_a_deleted_name(store):
    save(store, "c")
    store.outcomes.set("c", QUOTE, seen=0, by=ANA, now=1.0)
    store.outcomes.delete(QUOTE, by=ADMIN, now=2.0)
    assert store.outcomes.save(CallOutcome(APPOINTMENT, "quote SENT"), by=ADMIN, now=3.0)
    assert store.outcomes.of("c").outcome == CallOutcome(APPOINTMENT, "quote SENT")


def test_rules_and_searches_that_name_a_deleted_outcome_are_flagged(bot, slack):
    rule = Rule(0, "Quotes", CHANNEL, when=Conditions(set_outcomes=("Quote sent", "Appointment")))
    assert bot.store.rules.replace(bot.store.rules.book(), [rule], by=ADMIN, now=1.0)
    view = outcomes_list(slack)
    slack.click_in_view(ADMIN, view["id"], "delete_outcome", str(QUOTE))
    wait_for(lambda: said_in(slack, "“Quote sent” deleted. Rules that still name it: “Quotes”."))
    slack.views.close_all(ADMIN)
    slack.type_command(ADMIN, CHANNEL, "/vocatech", "rules")
    wait_for(lambda: said_in(slack, "⚠️ Deleted outcome: Quote sent"))
    assert "Deleted outcome: Appointment" not in str(slack.open_view(ADMIN))
    assert home_saying(slack, ADMIN, "1 names a deleted outcome")
    slack.type_command(ANA, CHANNEL, "/calls", 'outcome:"Quote sent"')
    wait_for(
        lambda: (
            "The outcome “Quote sent” was deleted, so only older" in str(slack.messages(CHANNEL))
        )
    )
    slack.type_command(ANA, CHANNEL, "/calls", "outcome:any")
    assert "was deleted" not in str(slack.messages(CHANNEL)[-1])


def test_outcome_created_again_is_the_deleted_one(store):
    save(store, "c")
    store.outcomes.set("c", QUOTE, seen=0, by=ANA, now=1.0)
    store.outcomes.delete(QUOTE, by=ADMIN, now=2.0)
    store.outcomes.save(CallOutcome(None, "Quote Sent"), by=ADMIN, now=3.0)
    assert store.outcomes.of("c").outcome == CallOutcome(QUOTE, "Quote Sent")
    assert len(store.outcomes.all()) == 4


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "Enter a name"),
        ("x" * (MAX_NAME + 1), "Enter a name"),
        ("\u202e", "Enter a name"),
        ("Answered", "kind of call"),
        ("quote-sent", "Another outcome"),
    ],
)
def test_names_that_cannot_be_used_are_refused(name, problem):
    listed = [CallOutcome(QUOTE, "Quote sent")]
    assert problem in validate_outcome(CallOutcome(None, name), listed)["name"]


def test_list_has_a_limit():
    listed = [CallOutcome(at, f"Outcome {at}") for at in range(MAX_OUTCOMES)]
    assert "limit" in validate_outcome(CallOutcome(None, "One more"), listed)["name"]
    assert validate_outcome(CallOutcome(3, "Outcome three"), listed) == {}


# Search


def read(typed):
    return parse_query(typed, today=date(2026, 11, 23), region="US", outcomes=NAMES)


@pytest.mark.parametrize(
    ("typed", "outcomes", "name"),
    [
        ('outcome:"quote sent"', ("Quote sent",), None),
        ("outcome:quote sent", ("Quote sent",), None),
        ("outcome:quote-sent maria", ("Quote sent",), "maria"),
        ("outcome: Quote Lost", ("Quote lost",), None),
        ("maria outcome:app week", ("Appointment",), "maria"),
        ("OUTCOME:quote", ("Quote sent", "Quote lost"), None),
        ("outcome:no", ("No show",), None),
        ("outcome:no sh", ("No show",), None),
        ("outcome:quote s maria", ("Quote sent",), "maria"),
        ("outcome:any", NAMES, None),
        ("outcome:app outcome:no", ("Appointment", "No show"), None),
    ],
)
def test_outcomes_are_found_by_name_or_its_beginning(typed, outcomes, name):
    query = read(typed)
    assert (query.outcomes, query.name) == (outcomes, name)


def test_outcome_and_kind_of_call_are_two_things():
    query = read("missed outcome:appointment incoming")
    assert query.missed
    assert query.direction is Direction.INCOMING
    assert query.outcomes == ("Appointment",)
    assert read("outcome:none missed").has_no_outcome


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("outcome:missed", "is a kind of call"),
        ("outcome:no answer", "“no answer” is a kind of call"),
        ("outcome:not answered week", "“not answered” is a kind of call"),
        ("outcome:xyz", "Outcomes: Quote sent, Quote lost, Appointment, No show"),
        ("outcome:", "Name an outcome"),
        ("outcome:none outcome:app", "both with and without"),
    ],
)
def test_unknown_outcomes_are_explained(typed, said):
    with pytest.raises(NotUnderstood, match=said):
        read(typed)


@given(st.text(max_size=60))
def test_anything_after_the_prefix_is_understood_or_explained(typed):
    with contextlib.suppress(NotUnderstood):
        query = read(f"outcome:{typed}")
        assert set(query.outcomes) <= set(NAMES)


def save(store, *call_ids, number="+12125550123", kind="talk"):
    """Store calls with these IDs, a second apart."""
    for at, call_id in enumerate(call_ids):
        keep(store, call_event(number, at, kind, call_id=call_id))


def test_search_combines_outcomes_with_other_filters(bot, slack):
    for call_id, number in (("c", "+12125550123"), ("d", "+12125550199"), ("e", "+12125550123")):
        send(bot.url, ended(call_id, remote_number=number, summary="About the kitchen"))
        card(slack, call_id)
    for call_id, outcome in (("c", QUOTE), ("d", QUOTE), ("e", APPOINTMENT)):
        bot.store.outcomes.set(call_id, outcome, seen=0, by=ANA, now=time.time())

    def ids(**wanted):
        terms, search = SearchTerms(**wanted), bot.store.call_search
        found = [one.call.call_id for one in search.find(terms, limit=9)]
        assert search.count(terms) == len(found)
        return sorted(found)

    assert ids(outcome_ids=(QUOTE,)) == ["c", "d"]
    assert ids(outcome_ids=(QUOTE,), number="+12125550123") == ["c"]
    assert ids(outcome_ids=(QUOTE, APPOINTMENT), since=time.time() - 9_000) == ["c", "d", "e"]
    assert ids(outcome_ids=(QUOTE,), until=5.0) == []
    assert ids(outcome_ids=()) == []
    assert ids(has_no_outcome=True) == []
    wait_for(lambda: ids(phrases=("kitchen",)) == ["c", "d", "e"])
    assert ids(outcome_ids=(APPOINTMENT,), phrases=("kitchen",)) == ["e"]
    assert ids(has_no_outcome=True, phrases=("kitchen",)) == []


def test_lists_show_outcomes_and_answers_name_the_search(bot, slack):
    choose(slack, ANA, posted(bot, slack), QUOTE, "c")
    card(slack, "c", "Outcome: Quote sent")
    slack.type_command(ANA, CHANNEL, "/calls", "outcome:quote")
    wait_for(lambda: "Calls with outcome “Quote sent”" in str(slack.messages(CHANNEL)))
    [row] = [one for one in slack.messages(CHANNEL)[-1]["blocks"] if "Outcome:" in str(one)]
    # As in rows without an outcome, the name is bold and the time is in the reader's own clock.
    assert row["text"]["type"] == "mrkdwn"
    assert "*" in row["text"]["text"]
    assert "<!date^" in row["text"]["text"]
    slack.type_command(ANA, CHANNEL, "/calls", "quote sent")
    wait_for(lambda: "type /calls outcome:quote sent" in str(slack.messages(CHANNEL)))


def test_search_by_outcome_reads_an_index(store):
    plan = store.database.rows(
        "explain query plan select call_id from call_outcomes as chosen cross join calls"
        " using (call_id) where chosen.outcome_id = 1 and called_at >= 5 order by called_at desc"
    )
    said = " ".join(row["detail"] for row in plan)
    assert "call_outcomes_listed" in said
    assert "SCAN" not in said
    assert "TEMP B-TREE" not in said


def test_search_by_outcome_and_number_reads_the_calls_of_the_number(store):
    save(store, "a", "b")
    save(store, "c", number="+12125550199")
    for call_id in "abc":
        store.outcomes.set(call_id, QUOTE, seen=0, by=ANA, now=1.0)
    terms = SearchTerms(outcome_ids=(QUOTE, RESOLVED), number="+12125550123")
    found = store.call_search.find(terms, limit=9)
    assert [one.call.call_id for one in found] == ["b", "a"]
    plan = store.database.rows(
        f"explain query plan select call_id from {source(terms)[0]}"
        " where remote_number = '1' and chosen.outcome_id = 1"
    )
    assert "calls_by_number" in " ".join(row["detail"] for row in plan)


# Rules


def with_rules(bot, *rules):
    bot.store.rules.replace(bot.store.rules.book(), rules, by=ADMIN, now=1.0)


def test_rule_posts_and_mentions_when_an_outcome_is_set(bot, slack):
    slack.add_channel(SALES, "sales")
    with_rules(
        bot,
        Rule(1, "Calls", CHANNEL),
        Rule(2, "Quotes", SALES, when=Conditions(set_outcomes=("quote-sent",)), mention=BEN),
        Rule(3, "Visits", SALES, when=Conditions(set_outcomes=("Appointment",))),
    )
    message = posted(bot, slack)
    assert slack.messages(SALES) == []
    choose(slack, ANA, message, QUOTE, "c")
    wait_for(lambda: slack.posted_call_ids(SALES) == ["c"])
    [shown] = slack.messages(SALES)
    wait_for(lambda: "outcome set to quote-sent" in str(slack.thread(SALES, shown["ts"])))
    assert BEN in str(slack.thread(SALES, shown["ts"]))
    # Set again: the rule acted for this outcome already.
    bot.store.outcomes.set("c", 0, seen=None, by=ANA, now=2.0)
    bot.store.outcomes.set("c", QUOTE, seen=None, by=ANA, now=3.0)
    bot.bot.services.wake()
    wait_for(lambda: bot.store.outcomes.to_act() == [])
    alerts = bot.store.database.rows("select 1 from notices where kind = ?", [ALERT])
    assert len(alerts) == 1
    assert slack.posted_call_ids(SALES) == ["c"]


def test_rule_acts_once_if_the_app_ends_before_it_is_recorded(bot, slack, monkeypatch):
    slack.add_channel(SALES, "sales")
    with_rules(
        bot,
        Rule(1, "Quotes", SALES, when=Conditions(set_outcomes=NAMES), mention=BEN, goes_on=True),
    )
    posted(bot, slack)
    services, store = bot.bot.services, bot.store
    store.outcomes.set("c", QUOTE, seen=0, by=ANA, now=1.0)
    monkeypatch.setattr(type(store.outcomes), "mark_acted", fail)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            channels_with_work(
                store=store,
                router=services.router,
                routes=services.default_routes,
                clock=services.clock,
            )
    monkeypatch.undo()
    services.wake()
    wait_for(lambda: store.outcomes.to_act() == [])
    wait_for(lambda: slack.posted_call_ids(SALES) == ["c"])
    assert len(store.database.rows("select 1 from notices where kind = ?", [ALERT])) == 1


def fail(*_):
    raise RuntimeError


def test_rules_for_outcomes_take_no_part_in_routing():
    rules = [
        Rule(1, "All", "C1"),
        Rule(2, "Quotes", "C2", when=Conditions(set_outcomes=("Quote sent",))),
        Rule(3, "More quotes", "C2", when=Conditions(set_outcomes=("Quote sent",), words=("x",))),
    ]
    assert find_unreachable(rules).keys() == {3}


def test_rule_for_an_outcome_survives_a_file():
    rule = Rule(1, "Quotes", SALES, when=Conditions(set_outcomes=NAMES))
    [(again, _)] = read_rules(write_rules([rule]), "US")
    assert again.when == rule.when


# Digests, exports, and deletion


def outgoing_of(call_id):
    """Return a call of another extension."""
    event = call_event("+12125550123", 9, "we", call_id=call_id)
    event.report.facts["our_side"] = ["105", "Dana Fox"]
    return event


def test_outcomes_are_counted_by_the_time_of_the_call(store):
    save(store, "a", "b", "c")
    keep(store, outgoing_of("d"))
    for call_id, outcome in zip("abcd", (QUOTE, QUOTE, RESOLVED, QUOTE), strict=True):
        store.outcomes.set(call_id, outcome, seen=0, by=ANA, now=9e9)
    span = Interval(NOON - 100, NOON + 100)
    assert store.outcomes.counted(span) == {"Quote sent": 3, "Resolved": 1}
    assert store.outcomes.counted(span, "104") == {"Quote sent": 2, "Resolved": 1}
    assert store.outcomes.counted(Interval(0, 5)) == {}


def test_digest_compares_outcomes_with_the_day_before(store):
    numbers = ("+12125550123", "+12125550124", "+12125550125", "+12125550126")
    for call_id, number, at in zip("abcd", numbers, (0, 60, 120, -86_400), strict=True):
        keep(store, call_event(number, at, "talk", call_id=call_id))
    for call_id, outcome in zip("abcd", (QUOTE, QUOTE, RESOLVED, QUOTE), strict=True):
        store.outcomes.set(call_id, outcome, seen=0, by=ANA, now=9e9)
    store.backfills.note_held([Interval(0.0, NOON)])
    store.key_values.set_moment(COVERED, NOON + 86_400)
    maker = DigestGenerator(store, Locale())
    digest = maker.preview(DigestPlan(CHANNEL, "UTC"), NOON + 86_400)
    shown = json.dumps(render_digest(digest, locale=Locale()).blocks)
    assert "Quote sent: 2 (day before: 1)" in shown
    assert "Resolved: 1 (day before: 0)" in shown


def test_erased_and_expired_calls_lose_their_outcome(store):
    save(store, "a", number="+12125550142")
    save(store, "b", number="+12125550143")
    for call_id in "ab":
        store.outcomes.set(call_id, QUOTE, seen=0, by=ANA, now=1.0)
    told = dict(store.erasures.everything("+12125550142"))
    assert told["call_outcomes"][0]["name"] == "Quote sent"
    store.erasures.erase("+12125550142", by=ADMIN, now=NOON + 50)
    assert store.outcomes.of_calls("ab").keys() == {"b"}
    assert store.outcomes.set("a", QUOTE, seen=0, by=ANA, now=1.0) is SetResult.NO_CALL
    store.retention.delete("calls", before=NOON + 50)
    assert store.outcomes.of_calls("ab") == {}
