"""Rules in Slack: routing and its reasons, and rules changed and tried by admins."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import build
from bot.models.calls import Call
from bot.models.contacts import Contact
from bot.models.rules import Conditions, Rule, Rulebook
from bot.rules.form import Choices, render_rule_form
from bot.rules.modals import Fallback, Tried, render_rules_modal, render_tried
from bot.sandbox.block_kit.check import check_view
from bot.sandbox.slack.payloads import state_of
from bot.sandbox.slack.state import TEAM_ID
from bot.sandbox.slack.workspace import ADMIN, ANA, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES
from bot.ui.formatting import Locale
from tests.conftest import CHANNEL, QUICK, RunningBot, after_sync, settings_for, wait_for
from tests.support.views import open_view_with, said
from tests.support.webhooks import ended, event, send

SALES, SHOP, PRIVATE, OPEN = "C0SALES001", "C0SHOP0001", "C0PRIVATE1", "C0OPEN0001"


@pytest.fixture(scope="module")
def slack():
    with FakeSlack(scopes=frozenset(SCOPES)) as stand_in:
        stand_in.add_channel(SALES, "sales")
        stand_in.add_channel(SHOP, "shop")
        stand_in.add_channel(OPEN, "open", member=False)
        stand_in.add_channel(PRIVATE, "private", private=True, member=False)
        yield stand_in


@pytest.fixture(scope="module")
def running(slack, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    with FakeVocatech() as vocatech:
        settings = settings_for(slack, vocatech, folder, slack_admins=ADMIN, post_ringing=True)
        bot = build(settings, timing=QUICK)
        bot.start()
        one = RunningBot(bot)
        slack.connect(one.url)
        wait_for(lambda: one.store.slack_people.find(ANA) and one.store.people.all())
        yield one
        one.http.close()
        bot.stop()


@pytest.fixture
def bot(running, slack):
    """The one bot, without rules and with an empty audit."""
    running.store.database.write(lambda db: db.execute("delete from audit"))
    rule_with(running)
    for user in (ANA, ADMIN):
        slack.views.close_all(user)
    return running


def rule_with(bot, *rules):
    store = bot.store
    assert store.rules.replace(store.rules.book(), rules, by=ADMIN, now=time.time())


def a_rule(
    rule_id, name, channel, *, goes_on=False, mention=None, slack_user=None, at_once=False, **asked
):
    when = Conditions(**asked)
    return Rule(rule_id, name, channel, slack_user, when, goes_on, mention, at_once=at_once)


def card(slack, channel, call_id):
    def find():
        return [one for one in slack.messages(channel) if is_about(one, call_id)]

    return wait_for(find)[0]


def is_about(message, call_id):
    payload = message.get("metadata", {}).get("event_payload", {})
    return payload == {"call_id": call_id}


def where(slack, call_id, *channels):
    return [one for one in channels if call_id in slack.posted_call_ids(one)]


def why(slack, channel, call_id, *words, user=ANA):
    slack.views.close_all(user)
    shown = card(slack, channel, call_id)
    answer = slack.click(user, channel, shown["ts"], "card_menu", f"why {call_id}")
    assert (answer.status, answer.problem) == (200, "")
    return open_view_with(slack, user, "Why is this here?", *words)


# Where calls go


def test_a_call_goes_to_the_first_matching_rules_or_to_the_default_channel(bot, slack):
    rule_with(
        bot,
        a_rule(1, "Every <!here> sale", SALES, lines=("+12125550100",), goes_on=True),
        a_rule(2, "Missed", SHOP, outcomes=("missed", "voicemail")),
    )
    send(bot.url, ended("both", group_number="(212) 555-0100", status="missed"))
    send(bot.url, ended("none", status="answered"))
    why(slack, SALES, "both", "Every <!here> sale", "on company number (212) 555-0100")
    why(slack, SHOP, "both", "“", "Missed", "missed")
    why(slack, CHANNEL, "none", "No rule matched this call")
    assert where(slack, "both", CHANNEL, SALES, SHOP) == [SALES, SHOP]
    assert where(slack, "none", CHANNEL, SALES, SHOP) == [CHANNEL]


def test_a_keyword_rule_matches_when_the_summary_arrives_and_mentions_once(bot, slack):
    rule_with(
        bot,
        a_rule(1, "Refunds", CHANNEL, mention=ANA, words=("refund", "a.b")),
        a_rule(2, "B", SHOP),
    )
    send(bot.url, ended("late", status="answered"))
    card(slack, SHOP, "late")
    for n in range(2):
        told = event("call.transcription", "late", summary=f"She wants a REFUND {n}.")
        send(bot.url, {**told, "id": f"evt_{n}"})
    head = card(slack, CHANNEL, "late")
    thread = wait_for(lambda: slack.thread(CHANNEL, head["ts"])[1:])
    assert f'"user_id": "{ANA}"' in said(thread[0])
    assert "keyword “refund”" in said(thread[0])
    why(slack, CHANNEL, "late", "keyword “refund”")
    wait_for(lambda: bot.store.posts.waiting() == 0)
    assert len(slack.thread(CHANNEL, head["ts"])) == 2


def test_an_ongoing_call_is_shown_where_rules_already_match(bot, slack):
    rule_with(
        bot,
        a_rule(1, "Mine", SALES, extensions=("103",), goes_on=True),
        a_rule(2, "Missed", SHOP, outcomes=("missed",)),
    )
    send(bot.url, event("call.started", "on", extension="103", start_time=time.time()))
    send(bot.url, event("call.started", "off", extension="104", start_time=time.time()))
    card(slack, SALES, "on")
    assert where(slack, "on", CHANNEL, SHOP) == []
    send(bot.url, ended("off", extension="104", status="missed"))
    card(slack, SHOP, "off")
    assert where(slack, "off", CHANNEL, SALES) == []


def test_repeat_callers_are_counted_by_number(bot, slack):
    rule_with(bot, a_rule(1, "Again", SHOP, calls=3, minutes=30, directions=("incoming",)))
    for n in range(3):
        send(bot.url, ended(f"again-{n}", remote_number="+12125550177"))
    card(slack, SHOP, "again-2")
    card(slack, CHANNEL, "again-1")
    assert where(slack, "again-2", CHANNEL) == []


def test_a_shared_card_names_the_person_who_shared_it(bot, slack):
    send(bot.url, ended("shared"))
    card(slack, CHANNEL, "shared")
    bot.store.posts.share("shared", SHOP, by=ADMIN, now=time.time())
    send(bot.url, event("call.transcription", "shared", summary="Hello"))
    why(slack, SHOP, "shared", f'"user_id": "{ADMIN}"', "shared this call here")


def test_a_claimed_card_has_one_menu_that_also_explains_the_routing(bot, slack):
    send(bot.url, ended("claimed", status="missed", remote_number="+12125550144"))
    shown = card(slack, CHANNEL, "claimed")
    slack.click(ANA, CHANNEL, shown["ts"], "claim_call", "claimed")
    wait_for(lambda: "release claimed" in said(card(slack, CHANNEL, "claimed")))
    shown = card(slack, CHANNEL, "claimed")
    assert said(shown).count('"card_menu"') == 1
    slack.views.close_all(ANA)
    slack.click(ANA, CHANNEL, shown["ts"], "card_menu", "why claimed")
    open_view_with(slack, ANA, "Why is this here?", "No rule matched this call")


# Rules made by admins


def open_rules(slack, user=ADMIN):
    slack.views.close_all(user)
    slack.send_event({"type": "app_home_opened", "user": user, "channel": "D1", "tab": "home"})
    home = wait_for(lambda: slack.home_view(user))
    answer = slack.click_in_view(user, home["id"], "show_rules")
    assert (answer.status, answer.problem) == (200, "")
    return open_view_with(slack, user, "Routing rules")


def press(slack, view, button, value=None, user=ADMIN):
    answer = slack.click_in_view(user, view["id"], button, value)
    assert (answer.status, answer.problem) == (200, "")


def form(slack, bot, name=None):
    view = open_rules(slack)
    if name is None:
        press(slack, view, "new_rule")
        return open_view_with(slack, ADMIN, "New rule", "When this rule matches")
    do(slack, view, "edit", find(bot, name).rule_id)
    return open_view_with(slack, ADMIN, "Edit rule")


def do(slack, view, deed, rule_id):
    menu = {"action_id": "rule_menu", "block_id": f"rule_{rule_id}", "value": f"{deed} {rule_id}"}
    press(slack, view, menu)


def filled(fields):
    special = {"extensions": "choose_rule_people"}
    return {name: {special.get(name, name): value} for name, value in fields.items()}


def save(slack, view, **fields):
    answer = slack.submit_view(ADMIN, view["id"], filled(fields))
    assert (answer.status, answer.problem) == (200, "")
    return answer


def sent(view, **fields):
    """Return a submitted form, which may be closed by now."""
    shown = {**view, "state": state_of(view, filled(fields))}
    return {"type": "view_submission", "user": {"id": ADMIN}, "view": shown}


def find(bot, name):
    return next(one for one in bot.store.rules.book().rules if one.name == name)


def names(bot):
    return [one.name for one in bot.store.rules.book().rules]


def deeds(bot):
    return [(one.slack_user, one.what, one.detail) for one in bot.store.audit.latest()][::-1]


def test_a_rule_created_in_app_home_routes_the_next_call(bot, slack):
    view = form(slack, bot)
    asked = slack.load_options(ADMIN, "choose_rule_people", "104", view_id=view["id"])
    assert [one["value"] for one in asked["options"]] == ["104"]
    answer = save(
        slack, view, name=" VIPs ", channel=OPEN, extensions=["104"], words="money back, *!",
        callers="(212) 555-0123, Lopez", outcomes=["missed"], at_most="90",
    )  # fmt: skip
    assert answer.body == ""
    shown = open_view_with(slack, ADMIN, "“VIPs” saved.", "1. VIPs", f"<#{OPEN}>", "then stops")
    assert "Calls that match no rule" in said(shown)
    assert find(bot, "VIPs").when == Conditions(
        outcomes=("missed",), extensions=("104",), callers=("+12125550123", "Lopez"),
        words=("money back", "*!"), at_most=90,
    )  # fmt: skip
    assert deeds(bot) == [(ADMIN, "rule created", "VIPs")]
    send(bot.url, ended("vip", extension="104", status="missed", summary="Money back *!"))
    why(slack, OPEN, "vip", "VIPs", "for extension 104")


def test_the_list_opens_by_command_for_admins_only(bot, slack):
    slack.type_command(ADMIN, CHANNEL, "/vocatech", "rules")
    open_view_with(slack, ADMIN, "Routing rules")
    answer = slack.type_command(ANA, CHANNEL, "/vocatech", "rules")
    assert "Only admins can change where calls go" in said(answer)
    assert deeds(bot) == [(ANA, "not allowed: change where calls go", "")]


def test_a_rule_to_a_person_posts_direct_messages(bot, slack):
    save(slack, form(slack, bot), name="Mine", person=ANA, then="goes_on")
    rule = wait_for(lambda: find(bot, "Mine"))
    assert (rule.slack_user, rule.channel[0], rule.goes_on) == (ANA, "D", True)
    send(bot.url, ended("mine"))
    why(slack, rule.channel, "mine", "Mine", "every call")


@pytest.mark.parametrize(
    ("changes", "team"),
    [({}, "T0OTHER01"), ({"is_restricted": True}, TEAM_ID), ({"deleted": True}, TEAM_ID)],
)
def test_no_rule_sends_calls_to_someone_who_is_no_member(bot, slack, changes, team):
    slack.add_user("U0OTHER01", "Eve", "eve@example.net", team=team)
    slack.state.users["U0OTHER01"] |= changes
    answer = save(slack, form(slack, bot), name="A", person="U0OTHER01")
    assert "Please choose a member of this workspace." in answer["errors"]["person"]
    assert names(bot) == []
    slack.views.close_all(ADMIN)
    rule_with(bot, a_rule(1, "A", "D0OTHER01", slack_user="U0OTHER01"))  # from before
    assert save(slack, form(slack, bot, "A"), name="B").body == ""


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"channel": PRIVATE}, "channel", "/invite @Vocatech"),
        ({}, "channel", "Choose a channel or a person"),
        ({"channel": SHOP, "person": ANA}, "person", "not both"),
        ({"channel": SHOP, "at_least": "9", "at_most": "8"}, "at_most", "never matches"),
        ({"channel": SHOP, "calls": "3"}, "minutes", "number of minutes"),
        ({"channel": SHOP, "name": "first"}, "name", "Another rule has this name"),
    ],
)
def test_form_errors_are_shown_at_their_fields(bot, slack, fields, field, words):
    rule_with(bot, a_rule(1, "First", SALES))
    answer = save(slack, form(slack, bot), **{"name": "A", **fields})
    assert words in answer["errors"][field]
    assert names(bot) == ["First"]


def test_values_are_separated_by_semicolons_and_may_be_in_quotation_marks(bot, slack):
    save(
        slack, form(slack, bot), name="A", channel=SHOP, callers='(212) 555-0123; "Lopez"',
        words='"tooth ache"; “emergency”, „Notfall“\n«urgence», pain;',
    )  # fmt: skip
    open_view_with(slack, ADMIN, "“A” saved.")
    when = find(bot, "A").when
    assert when.callers == ("+12125550123", "Lopez")
    assert when.words == ("tooth ache", "emergency", "Notfall", "urgence", "pain")
    send(bot.url, ended("ache", status="missed", summary="She has a tooth ache."))
    why(slack, SHOP, "ache", "A", "tooth ache")


@pytest.mark.parametrize("typed", ["212", "+1 212", "(212)", "212*", "555-0123", "Lopez, 101"])
def test_a_part_of_a_number_is_refused_as_a_caller(bot, slack, typed):
    answer = save(slack, form(slack, bot), name="A", channel=SHOP, callers=typed)
    part = typed.split(", ")[-1]
    assert f"“{part}” isn't a complete phone number" in answer["errors"]["callers"]
    assert names(bot) == []


def test_a_name_of_digits_and_an_earlier_value_may_be_a_caller(bot, slack):
    known = Contact(9_411, {"Company": "4711"}, ("+12125550149",))
    bot.store.contacts.save(known, now=after_sync())
    save(slack, form(slack, bot), name="A", channel=SHOP, callers="4711")
    assert wait_for(lambda: find(bot, "A")).when.callers == ("4711",)
    rule_with(bot, a_rule(1, "B", SHOP, callers=("212",)))
    save(slack, form(slack, bot, "B"), callers="212, Lopez")
    assert find(bot, "B").when.callers == ("212", "Lopez")


def test_editing_moving_switching_and_deleting_rules_is_audited(bot, slack):
    rule_with(bot, a_rule(1, "A", SALES), a_rule(2, "B", SHOP), a_rule(3, "C", SHOP))
    assert "Never matches: “A” above it matches the same calls" in said(open_rules(slack))
    save(slack, form(slack, bot, "B"), name="B2", place="1", outcomes=["missed"])
    view = open_view_with(slack, ADMIN, "“B2” saved. These rules now never match: C.")
    for deed, words in (("down", "moved down"), ("up", "moved up"), ("switch", "switched off")):
        do(slack, view, deed, 1)
        view = open_view_with(slack, ADMIN, f"“A” {words}.")
    assert names(bot) == ["B2", "A", "C"]
    assert "Switched off" in said(view)
    press(slack, form(slack, bot, "C"), "delete_rule", "3")
    open_view_with(slack, ADMIN, "“C” deleted.")
    assert names(bot) == ["B2", "A"]
    done = ("changed", "moved down", "moved up", "switched off", "deleted")
    assert [what for _, what, _ in deeds(bot)] == [f"rule {one}" for one in done]


def test_values_from_a_file_survive_an_edit_of_other_fields(bot, slack):
    many = (
        "a refund, please",
        *(f"{number:02} {'and so on ' * 7}".strip() for number in range(49)),
    )
    rule_with(bot, a_rule(1, "A", SALES, words=many))
    save(slack, form(slack, bot, "A"), name="B", outcomes=["missed"])
    open_view_with(slack, ADMIN, "“B” saved.")
    assert find(bot, "B").when == Conditions(words=many, outcomes=("missed",))
    save(slack, form(slack, bot, "B"), words="one, two")
    open_view_with(slack, ADMIN, "“B” saved.", "one")
    assert find(bot, "B").when.words == ("one", "two")


def test_a_conflicting_edit_is_rejected_as_a_whole(bot, slack):
    rule_with(bot, a_rule(1, "A", SALES), a_rule(2, "B", SHOP))
    other = sent(form(slack, bot, "A"), name="Other")
    rule_with(bot, a_rule(1, "Mine", SALES), a_rule(2, "B", SHOP))
    answer = slack.sender.interact(other)
    assert "Someone changed this rule" in answer["errors"]["name"]
    assert names(bot) == ["Mine", "B"]
    view = open_rules(slack)
    rule_with(bot, a_rule(1, "Mine", SALES), a_rule(2, "B", SALES))
    do(slack, view, "down", 1)
    open_view_with(slack, ADMIN, "Someone else changed the rules")
    assert names(bot) == ["Mine", "B"]


def test_a_form_sent_twice_makes_one_rule(bot, slack):
    twice = sent(form(slack, bot), name="Once", channel=SHOP)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(slack.sender.interact, [twice] * 2))
    assert [(one.status, one.body) for one in answers] == [(200, "")] * 2
    assert names(bot) == ["Once"]
    assert len(deeds(bot)) == 1


def test_a_form_of_a_deleted_rule_shows_an_error(bot, slack):
    rule_with(bot, a_rule(1, "A", SALES))
    view = form(slack, bot, "A")
    rule_with(bot)
    assert "This rule was deleted" in save(slack, view, name="B")["errors"]["name"]
    press(slack, view, "delete_rule", "1")
    open_view_with(slack, ADMIN, "This rule was deleted", "Routing rules")
    assert names(bot) == []


@pytest.mark.parametrize("calls", [1, 2])
def test_a_trial_run_compares_old_and_new_channels(bot, slack, calls):
    bot.store.database.write(lambda db: db.execute("delete from calls"))
    for n in range(calls):
        send(bot.url, ended(f"tried{calls}{n}", remote_number="+12125550166", status="answered"))
        card(slack, CHANNEL, f"tried{calls}{n}")
    rule_with(bot, a_rule(1, "Six", SHOP, callers=("+12125550166",)))
    press(slack, open_rules(slack), "try_rules")
    went = "It went elsewhere:" if calls == 1 else "2 of them went elsewhere:"
    shown = said(open_view_with(slack, ADMIN, "Try the rules", went))
    assert "by “Six”" in shown
    assert "It went to " in shown
    assert where(slack, f"tried{calls}0", SHOP) == []


def test_channels_that_reject_posts_are_marked_in_the_list(bot, slack):
    slack.add_channel("C0GONE0001", "gone")
    rule_with(bot, a_rule(1, "Gone", "C0GONE0001", callers=("+12125550155",)))
    slack.archive("C0GONE0001")
    send(bot.url, ended("gone", remote_number="+12125550155"))
    wait_for(lambda: bot.store.incidents.broken_channels(0))
    assert "the channel is archived" in said(open_rules(slack))


def test_the_rules_list_has_pages(bot, slack):
    rule_with(bot, *(a_rule(n, f"Rule {n}", SHOP, callers=(f"No {n}",)) for n in range(1, 201)))
    view = open_rules(slack)
    assert "New rule" not in said(view)
    for page, first in ((2, "41. Rule 41"), (3, "81. Rule 81"), (2, "41. Rule 41")):
        press(slack, view, f"turn_rules_page:{page}")
        view = open_view_with(slack, ADMIN, first)


outside = st.text(max_size=90)


def crammed(number, name, word, *, is_on):
    when = Conditions(
        words=(word,) * 50, callers=(word,), field=word, values=(word,), extensions=(word, "9"),
        lines=(word,), at_least=1, calls=3, minutes=5, sentiments=(word,),
    )  # fmt: skip
    return Rule(number, name, f"C{number}", ANA if is_on else None, when, mention=ANA, is_on=is_on)


@given(
    st.lists(st.tuples(outside, st.text(min_size=1, max_size=80), st.booleans()), max_size=60),
    st.integers(1, 3),
)
def test_every_list_and_form_is_valid_block_kit(rows, page):
    rules = [crammed(n, name, word, is_on=is_on) for n, (name, word, is_on) in enumerate(rows, 1)]
    fallback, locale = Fallback(CHANNEL, {word: CHANNEL for _, word, _ in rows}), Locale()
    book, broken = Rulebook(1, tuple(rules)), {"C1": "the channel is archived"}
    view = render_rules_modal(
        book, fallback, broken=broken, locale=locale, page=page, notice="Done."
    )
    assert check_view(view) == []
    for one in [*rules[:2], Rule(0, "", "")]:
        choices = Choices((), ("+12125550100",), ["Tier", ""])
        assert check_view(render_rule_form(one, 1, choices, locale=locale, token="t")) == []
    tried = [
        Tried(Call(str(n), remote_name=name), [CHANNEL], [], rules)
        for n, (name, _, _) in enumerate(rows[:50])
    ]
    assert check_view(render_tried(tried, locale=locale)) == []
