"""Channels that show less: what is posted there, what can be opened, and outsiders turned away."""

import json
import re
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import build
from bot.calls.card import render_call_card
from bot.channels.masking import fit, mask
from bot.channels.slack_connect import SharedChannels, refresh_shared_channels
from bot.digests.messages import render_digest
from bot.models.calls import Call, Leg, Outcome
from bot.models.channels import EVERYTHING, FOR_OUTSIDERS, ChannelSettings, Visibility
from bot.models.digest_schedule import Cadence, Period
from bot.models.digests import Digest, Missed, TopContact, Totals
from bot.models.rules import Conditions, Rule
from bot.sandbox.http import Fault
from bot.sandbox.slack.payloads import message_source, who_and_where
from bot.sandbox.slack.state import OTHER_TEAM
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES
from bot.slack.teams import is_member, is_shared_outside
from bot.store.claims import HANDED_OVER
from bot.store.outbox.notices import Notice
from bot.ui.action_ids import CHOOSE_RULE_PEOPLE, OPEN_TRANSCRIPT
from bot.ui.formatting import Locale
from bot.ui.message import File, Message
from tests.conftest import CHANNEL, QUICK, RunningBot, settings_for, wait_for
from tests.support.views import open_view_with, said
from tests.support.webhooks import ended, event, send

PARTNERS, TEAM = "C0PARTNER1", "C0TEAM0001"
GUEST = "U0GUEST01"  # an owner in the other company
NUMBER, TAIL = "+12125550123", "0123"
ON_CARD = ("a refund of everything", "negative")
SECRETS = (*ON_CARD, "Where is the lorry")


@pytest.fixture(scope="module")
def slack():
    with FakeSlack(scopes=frozenset(SCOPES), limits=False) as stand_in:
        stand_in.add_channel(PARTNERS, "partners", shared=True)
        stand_in.add_channel(TEAM, "team")
        stand_in.add_user(GUEST, "Gus Guest", "gus@example.net", rank="owner", team=OTHER_TEAM)
        yield stand_in


@pytest.fixture(scope="module")
def vocatech():
    with FakeVocatech() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def bot(slack, vocatech, tmp_path_factory):
    settings = settings_for(slack, vocatech, tmp_path_factory.mktemp("shared"), slack_admins=ADMIN)
    bot = build(settings, timing=QUICK)
    bot.start()
    running = RunningBot(bot)
    slack.connect(running.url)
    vocatech.connect(f"{running.url}/vocatech/webhooks")
    wait_for(lambda: running.store.slack_people.find(ANA))
    rules = (
        Rule(1, "Angry people", PARTNERS, when=Conditions(words=("furious",)), mention=ANA),
        Rule(2, "Partners", PARTNERS, goes_on=True),
        Rule(3, "Team", TEAM, goes_on=True),
    )
    store = running.store
    assert store.rules.replace(store.rules.book(), rules, by=ADMIN, now=time.time())
    yield running
    running.http.close()
    bot.stop()


def call(bot, call_id, **more):
    told = {"summary": SECRETS[0], "transcription": SECRETS[2], "sentiment": SECRETS[1], **more}
    send(bot.url, ended(call_id, status="answered", **told))


def bare(shown):
    """Return all text in a value, without separators between digits."""
    return re.sub(r"[\s().\-+]", "", said(shown))


def cards(slack, channel, call_id):
    about = {"call_id": call_id}
    return [
        one
        for one in slack.messages(channel)
        if one.get("metadata", {}).get("event_payload") == about
    ]


def card(slack, channel, call_id, *words):
    def find():
        found = cards(slack, channel, call_id)
        return found and all(word in said(found[0]) for word in words) and found[0]

    return wait_for(find)


def shows_less(shown):
    return not any(word in said(shown) for word in SECRETS) and NUMBER[2:] not in bare(shown)


def press(slack, user, channel, shown, action):
    """Press a button of a message as it was before."""
    return slack.sender.interact(
        {
            "type": "block_actions",
            **who_and_where(slack.state.users[user]),
            **message_source(slack.state.channels[channel], shown),
            "trigger_id": slack.new_trigger(user),
            "response_url": slack.response_urls.make(channel, user),
            "state": {"values": {}},
            "actions": [{"block_id": "b", "type": "button", **action}],
        }
    )


# What is posted


def test_a_card_in_a_shared_channel_shows_less_and_the_same_call_elsewhere_everything(bot, slack):
    call(bot, "both")
    partners, team = card(slack, PARTNERS, "both"), card(slack, TEAM, "both", *ON_CARD)
    assert NUMBER[2:] in bare(team)
    assert OPEN_TRANSCRIPT in said(team)
    assert shows_less(partners)
    assert TAIL in said(partners)
    assert OPEN_TRANSCRIPT not in said(partners)


def test_slack_is_asked_about_all_channels_at_the_start_with_one_request(bot, slack):
    call(bot, "asked")
    card(slack, PARTNERS, "asked")
    methods = [one.method for one in slack.calls]
    assert methods.count("users.conversations") == 1
    assert methods.index("users.conversations") < methods.index("chat.postMessage")
    assert not {PARTNERS, TEAM} & set(asked_one_by_one(slack))


def asked_one_by_one(slack):
    return [one.params["channel"] for one in slack.calls if one.method == "conversations.info"]


def test_slack_is_asked_once_about_a_new_channel_and_before_anything_is_posted_there(bot, slack):
    new = "C0PARTNER2"
    wait_for(lambda: "users.conversations" in [one.method for one in slack.calls])
    slack.add_channel(new, "more-partners", shared=True)
    call(bot, "before")
    for name in ("one", "two"):
        bot.store.notices.add(
            Notice(name, "catch-up", {"call_ids": ["before"]}), [new], now=time.time()
        )
    bot.bot.workers.wake()
    shown = wait_for(lambda: len(slack.messages(new)) == 2 and slack.messages(new))
    assert shows_less(shown)
    assert asked_one_by_one(slack).count(new) == 1


def test_a_name_that_is_a_number_is_masked_as_the_number_is(bot, slack):
    call(bot, "named", remote_name="+1 (212) 555-0123")
    shown = card(slack, PARTNERS, "named")
    assert shows_less(shown)
    assert TAIL in shown["text"]


def test_an_alert_says_nothing_of_what_was_said(bot, slack):
    call(bot, "angry", transcription="I am furious about it")
    shown = card(slack, PARTNERS, "angry")
    alert = wait_for(lambda: slack.thread(PARTNERS, shown["ts"])[1:])[0]
    assert "Angry people" in said(alert)
    assert "furious" not in said(alert)
    assert "not shown here" in said(alert)
    assert NUMBER[2:] not in bare(alert)


def test_a_word_about_a_missed_call_and_a_summary_of_several_have_no_whole_number(bot, slack):
    send(bot.url, ended("missed", status="missed"))
    call(bot, "taken", remote_number="+12125550188")
    card(slack, PARTNERS, "missed")
    card(slack, PARTNERS, "taken")
    notices = [
        Notice("n1", HANDED_OVER, {"call_id": "missed", "by": ANA, "owner": None}),
        Notice("n2", "remind channel", {"call_id": "missed", "owner": None}),
        Notice("n3", "catch-up", {"call_ids": ["missed", "taken"]}),
    ]
    bot.store.claims.take("missed", ANA, now=time.time())
    bot.store.claims.release("missed", ANA, by=ANA, now=time.time())
    before = len(slack.messages(PARTNERS))
    for one in notices:
        bot.store.notices.add(one, [PARTNERS], now=time.time())
    bot.bot.workers.wake()
    wait_for(lambda: len(slack.messages(PARTNERS)) >= before + 3)
    shown = slack.messages(PARTNERS)[before:]
    assert shows_less(shown)
    assert said(shown).count(TAIL) >= 3
    press(slack, ANA, PARTNERS, shown[-1], {"action_id": "open_calls", "value": "n3"})
    listed = open_view_with(slack, ANA, "555-0123")
    assert slack.click_in_view(ANA, listed["id"], "open_call", "taken").ok
    assert not any(word in said(open_view_with(slack, ANA, "Call", "seen_in")) for word in SECRETS)
    slack.views.close_all(ANA)


def test_texts_keep_their_words_but_the_number_stands_nowhere_and_the_buttons_work(
    bot, slack, vocatech
):
    number = "+12125550177"
    vocatech.receive_text(number, "Do you have size 12?")
    head = wait_for(
        lambda: [one for one in slack.messages(CHANNEL) if "size 12" in said(one)],
    )[0]
    assert number[2:] in bare(head)
    slack.share(CHANNEL)
    shown = wait_for(
        lambda: [
            one
            for one in slack.messages(CHANNEL)
            if "size 12" in said(one) and number[2:] not in bare(one)
        ]
    )[0]
    wait_for(lambda: number[2:] not in bare(slack.thread(CHANNEL, head["ts"])))
    assert shown["ts"] == head["ts"]
    assert "0177" in said(shown)
    for action, words in (("reply_to_text", "555-0177"), ("open_contact_of_number", "555")):
        slack.views.close_all(ANA)
        assert slack.click(ANA, CHANNEL, shown["ts"], action).ok
        open_view_with(slack, ANA, words)
    slack.share(CHANNEL, is_shared=False)
    wait_for(lambda: number[2:] in bare(slack.messages(CHANNEL)))


def test_reply_from_a_card_there_is_shown_only_where_texts_are_routed(bot, slack, vocatech):
    number = "+12125550178"
    call(bot, "private", remote_number=number)
    shown = card(slack, PARTNERS, "private")
    press(slack, ANA, PARTNERS, shown, {"action_id": "reply_to_call", "value": "private"})
    view = open_view_with(slack, ANA, "555-0178")
    [field] = [one["block_id"] for one in view["blocks"] if one["block_id"].startswith("words:")]
    values = {field: {"type_reply": "Your results are in."}}
    answer = slack.submit_view(ANA, view["id"], values)
    assert "Message queued" in said(answer.body)
    wait_for(lambda: "Your results are in." in said(slack.messages(CHANNEL)))
    vocatech.receive_text(number, "Is it benign?")
    wait_for(lambda: "benign" in said(slack.messages(CHANNEL)))
    wait_for(lambda: bot.metric("posts_pending") == 0)
    assert "0178" in said(slack.messages(PARTNERS))
    assert not any(word in said(slack.messages(PARTNERS)) for word in ("results", "benign"))


# Existing posts


def test_cards_follow_when_a_channel_becomes_shared_and_when_it_no_longer_is(bot, slack):
    call(bot, "stands")
    ts = card(slack, TEAM, "stands", *ON_CARD)["ts"]
    slack.share(TEAM)
    wait_for(lambda: shows_less(cards(slack, TEAM, "stands")))
    late = f"{time.time() - 300:.6f}"  # from before, and sent again
    told = {"type": "channel_unshared", "channel": TEAM, "is_ext_shared": False}
    assert slack.send_event({**told, "event_ts": late}).ok
    wait_for(lambda: TEAM in bot.store.channels.asked_before(time.time() - 80_000, most=99))
    assert bot.store.channels.is_shared(TEAM)
    slack.share(TEAM, is_shared=False)
    assert card(slack, TEAM, "stands", *ON_CARD)["ts"] == ts
    assert len(cards(slack, TEAM, "stands")) == 1


def test_reminder_of_a_settled_call_is_masked_too_when_its_channel_becomes_shared(bot, slack):
    send(bot.url, ended("late", status="missed", remote_number="+12125550166"))
    head = card(slack, TEAM, "late")
    notice = Notice("r1", "remind channel", {"call_id": "late", "owner": None})
    bot.store.notices.add(notice, [TEAM], now=time.time())
    bot.bot.workers.wake()
    wait_for(lambda: "is still unclaimed" in said(slack.messages(TEAM)))
    assert "2125550166" in bare(slack.messages(TEAM))
    bot.store.claims.call_back("late", ANA, now=time.time())
    slack.share(TEAM)
    try:
        wait_for(lambda: "2125550166" not in bare(slack.messages(TEAM)))
        assert "0166 is still unclaimed" in said(slack.messages(TEAM))
        assert head["ts"] == card(slack, TEAM, "late", "called back")["ts"]
    finally:
        slack.share(TEAM, is_shared=False)


def test_an_admin_s_word_counts_more_than_slack_s_and_cards_follow_it(bot, slack):
    call(bot, "decided")
    card(slack, PARTNERS, "decided")
    bot.store.channels.set(ChannelSettings(PARTNERS, shown=EVERYTHING))
    bot.bot.workers.wake()
    card(slack, PARTNERS, "decided", *ON_CARD)
    bot.store.channels.set(ChannelSettings(PARTNERS, shown=Visibility(transcript=False)))
    bot.bot.workers.wake()
    wait_for(lambda: OPEN_TRANSCRIPT not in said(cards(slack, PARTNERS, "decided")))
    assert SECRETS[0] in said(cards(slack, PARTNERS, "decided"))
    bot.store.channels.set(ChannelSettings(PARTNERS))
    bot.bot.workers.wake()
    wait_for(lambda: shows_less(cards(slack, PARTNERS, "decided")))


def test_a_call_that_changes_after_its_card_was_made_anew_is_shown_as_it_is_now(bot, slack):
    send(bot.url, ended("goes on", status="answered", sentiment="negative"))
    card(slack, TEAM, "goes on", "negative")
    slack.share(TEAM)
    wait_for(lambda: shows_less(cards(slack, TEAM, "goes on")))
    slack.share(TEAM, is_shared=False)
    card(slack, TEAM, "goes on", "negative")
    send(bot.url, event("call.transcription", "goes on", summary="It ended well"))
    card(slack, TEAM, "goes on", "It ended well")


def test_where_slack_does_not_say_who_reads_there_a_card_shows_less_until_it_does(bot, slack):
    slack.add_channel("C0UNKNOWN1", "unknown", private=True)
    call(bot, "unknown")
    card(slack, TEAM, "unknown")
    slack.scopes = frozenset(SCOPES) - {"groups:read"}
    bot.store.posts.share("unknown", "C0UNKNOWN1", by=ANA, now=time.time())
    bot.bot.workers.wake()
    assert shows_less(card(slack, "C0UNKNOWN1", "unknown"))
    told = slack.direct_channel(ADMIN)
    wait_for(lambda: "`groups:read`" in said(slack.messages(told)))
    slack.scopes = frozenset(SCOPES)
    services = bot.bot.services
    sharing = SharedChannels(bot.store, services.slack, services.clock, lambda *_: None)
    assert refresh_shared_channels(sharing=sharing, wake=bot.bot.workers.wake) == 0.0
    card(slack, "C0UNKNOWN1", "unknown", *ON_CARD)


def test_channel_shared_while_the_app_was_off_shows_less_from_the_start(bot, slack):
    slack.add_channel("C0NIGHT001", "night")
    call(bot, "night")
    card(slack, TEAM, "night")
    bot.store.posts.share("night", "C0NIGHT001", by=ANA, now=time.time())
    bot.bot.workers.wake()
    card(slack, "C0NIGHT001", "night", *ON_CARD)
    slack.state.channels["C0NIGHT001"].is_shared = True  # without an event
    services = bot.bot.services
    sharing = SharedChannels(bot.store, services.slack, services.clock, lambda *_: None)
    refresh_shared_channels(sharing=sharing, wake=bot.bot.workers.wake)
    wait_for(lambda: shows_less(cards(slack, "C0NIGHT001", "night")))


def test_channels_of_which_slack_says_nothing_keep_none_from_being_asked_about(bot, slack):
    slack.add_channel("C0OLDWORD1", "old-word", shared=True)
    channels, now = bot.store.channels, time.time()
    channels.set_shared("C0OLDWORD1", is_shared=False, now=now - 2 * 86_400)
    for number in range(30):
        channels.record_no_answer(f"C0SILENT{number:02}", looked_at=0.0)
    services = bot.bot.services
    sharing = SharedChannels(bot.store, services.slack, services.clock, lambda *_: None)
    for _ in range(2):
        refresh_shared_channels(sharing=sharing, wake=bot.bot.workers.wake)
    assert channels.is_shared("C0OLDWORD1")


def test_a_card_waits_while_slack_is_too_busy_to_say_who_reads_there(bot, slack):
    slack.add_channel("C0BUSY0001", "busy", shared=True)
    call(bot, "busy")
    card(slack, TEAM, "busy")
    busy = {"ok": False, "error": "ratelimited"}
    slack.faults.add(
        Fault("conversations.info", status=429, body=busy, headers={"Retry-After": "1"}, times=1)
    )
    bot.store.posts.share("busy", "C0BUSY0001", by=ANA, now=time.time())
    bot.bot.workers.wake()
    assert shows_less(card(slack, "C0BUSY0001", "busy"))


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {"ok": False, "error": "unknown_method"}), (201, {"ok": True}), (404, "Not found")],
)
def test_a_stand_in_for_slack_that_knows_no_shared_channels_has_none(bot, slack, status, body):
    channel = f"C0PLAIN{status:03}"
    slack.add_channel(channel, channel.lower())
    call(bot, channel)
    card(slack, TEAM, channel)
    slack.faults.add(Fault("conversations.info", status=status, body=body, times=1))
    bot.store.posts.share(channel, channel, by=ANA, now=time.time())
    bot.bot.workers.wake()
    card(slack, channel, channel, *ON_CARD)


# What is opened from there


def test_an_old_button_opens_no_transcript_where_none_is_shown(bot, slack):
    call(bot, "old")
    shown = card(slack, PARTNERS, "old")
    press(slack, ANA, PARTNERS, shown, {"action_id": OPEN_TRANSCRIPT, "value": "old"})
    view = open_view_with(slack, ANA, "Not shown here")
    assert shows_less(view)
    slack.views.close_all(ANA)
    page = {"call_id": "old", "page": 0, "seen_in": PARTNERS}
    slack.click(ANA, TEAM, card(slack, TEAM, "old", SECRETS[0])["ts"], OPEN_TRANSCRIPT)
    open_one = open_view_with(slack, ANA, SECRETS[2])
    slack.sender.interact(
        {
            "type": "block_actions",
            **who_and_where(slack.state.users[ANA]),
            "trigger_id": slack.new_trigger(ANA),
            "view": {key: value for key, value in open_one.items() if key != "user"},
            "actions": [
                {
                    "action_id": "turn_transcript_page:0",
                    "block_id": "b",
                    "type": "button",
                    "value": json.dumps(page),
                }
            ],
        }
    )
    assert shows_less(open_view_with(slack, ANA, "Not shown here"))
    slack.views.close_all(ANA)


def test_the_modal_of_a_call_opened_there_shows_the_whole_number_but_not_what_was_said(bot, slack):
    call(bot, "modal")
    shown = card(slack, PARTNERS, "modal")
    press(slack, ANA, PARTNERS, shown, {"action_id": "open_call", "value": "modal"})
    view = open_view_with(slack, ANA, "555-0123")
    assert not any(word in said(view) for word in SECRETS)
    assert json.loads(view["private_metadata"])["seen_in"] == PARTNERS
    slack.views.close_all(ANA)


def test_why_it_is_there_says_nothing_of_what_was_said(bot, slack):
    call(bot, "why", transcription="So furious")
    shown = card(slack, PARTNERS, "why")
    slack.click(ANA, PARTNERS, shown["ts"], "card_menu", "why why")
    assert "furious" not in said(open_view_with(slack, ANA, "Angry people", "not shown here"))
    slack.views.close_all(ANA)


def test_a_preview_of_a_digest_is_masked_as_the_digest_will_be(bot, slack):
    call(bot, "digested")
    card(slack, PARTNERS, "digested")
    slack.type_command(ADMIN, PARTNERS, "/vocatech", "digest preview")
    shown = wait_for(
        lambda: [one for one in slack.messages(PARTNERS) if one.get("for_user") == ADMIN]
    )
    assert NUMBER[2:] not in bare(shown)


# Outsiders


@pytest.mark.parametrize(
    "typed", ["/calls today", "/calls", "/contact Maria", "/sms +12125550123 Hi", "/vocatech rules"]
)
def test_a_command_of_an_outsider_is_refused_politely_and_kept_in_the_audit(bot, slack, typed):
    command, _, text = typed.partition(" ")
    before = bot.metric("requests_refused_total")
    answer = slack.type_command(GUEST, PARTNERS, command, text)
    assert answer.status == 200
    assert "Only members of the company" in answer["text"]
    assert slack.open_view(GUEST) is None
    assert bot.metric("requests_refused_total") == before + 1
    entry = bot.store.audit.latest(1)[0]
    assert (entry.slack_user, entry.what) == (
        GUEST,
        "not allowed: use the bot from another company",
    )
    assert entry.detail == f"{command}, team {OTHER_TEAM}"


def words_for_guest(slack):
    return [one["text"] for one in slack.messages(PARTNERS) if one.get("for_user") == GUEST]


@pytest.mark.parametrize(
    "action_id",
    [
        *("open_transcript", "open_contact", "reply_to_call", "open_call", "claim_call"),
        *("called_back", "show_rules", "share_call", "open_contact_of_number", "never heard of"),
    ],
)
def test_a_button_does_nothing_for_an_outsider_but_say_so(bot, slack, action_id):
    send(bot.url, ended("pressed", status="missed", summary=SECRETS[0]))
    shown = card(slack, PARTNERS, "pressed")
    before = words_for_guest(slack)
    answer = press(slack, GUEST, PARTNERS, shown, {"action_id": action_id, "value": "pressed"})
    assert (answer.status, answer.body) == (200, "")
    told = wait_for(lambda: words_for_guest(slack)[len(before) :])
    assert "Only members of the company" in told[0]
    assert slack.open_view(GUEST) is None
    assert bot.store.claims.of("pressed") is None


def test_a_form_and_a_menu_of_an_outsider_are_refused_too(bot, slack):
    who = who_and_where(slack.state.users[GUEST])
    view = {"id": "V1", "type": "modal", "callback_id": "send_reply", "private_metadata": "{}"}
    sent = {"type": "view_submission", **who, "view": {**view, "state": {"values": {}}}}
    answer = slack.sender.interact(sent)
    assert "Only members of the company" in answer.body
    asked = {
        "type": "block_suggestion",
        **who,
        "view": view,
        "value": "",
        "action_id": "choose_extension",
        "block_id": "b",
    }
    assert slack.sender.interact(asked)["options"] == []


def test_an_outsider_has_no_home_and_is_nobody_of_ours_nor_an_admin(bot, slack):
    slack.send_event({"type": "app_home_opened", "user": GUEST, "tab": "home"})
    slack.send_event({"type": "app_home_opened", "user": BEN, "tab": "home"})
    wait_for(lambda: slack.home_view(BEN))
    assert slack.home_view(GUEST) is None
    assert bot.store.slack_people.find(GUEST) is None
    assert not bot.bot.services.permissions.is_admin(GUEST)
    assert GUEST not in bot.bot.services.slack.admins()


def test_a_stand_in_for_slack_that_knows_nobody_by_name_still_shows_a_home(bot, slack):
    slack.add_user("U0HOMELY1", "Hana Homely", "hana@example.com")
    unknown = {"ok": False, "error": "unknown_method"}
    slack.faults.add(Fault("users.info", status=200, body=unknown, times=1))
    slack.send_event({"type": "app_home_opened", "user": "U0HOMELY1", "tab": "home"})
    wait_for(lambda: slack.home_view("U0HOMELY1"))


def test_whom_slack_has_not_listed_yet_is_known_by_their_company(bot, slack):
    slack.add_user("U0NEWONE1", "Nia New", "nia@example.com")
    assert "only for people" not in slack.type_command("U0NEWONE1", TEAM, "/calls", "today")["text"]


@pytest.mark.parametrize(("user", "is_ours"), [("U0UNSAID1", True), (GUEST, False)])
def test_of_whom_slack_does_not_say_the_company_it_is_asked(bot, slack, user, is_ours):
    if is_ours:
        slack.add_user(user, "Una Said", "una@example.com")
    who = who_and_where(slack.state.users[user])
    who["user"].pop("team_id")
    asked = {"type": "block_suggestion", "action_id": CHOOSE_RULE_PEOPLE, "block_id": "b"}
    view = {"id": "V1", "type": "modal", "callback_id": "x", "private_metadata": "{}"}
    answer = slack.sender.interact({**asked, **who, "view": view, "value": ""})
    assert bool(answer["options"]) is is_ours


def test_who_is_of_our_company_and_which_channel_is_shared_with_another():
    ours = frozenset({"T1", "E1"})
    assert is_member({"team_id": "T1"}, ours)
    assert is_member({"team_id": "T9", "enterprise_user": {"enterprise_id": "E1"}}, ours)
    assert not is_member({"team_id": "T2"}, ours)
    assert is_member({"team_id": "T2"}, frozenset())
    assert not is_member({"team_id": "T1", "is_stranger": True}, ours)
    assert is_shared_outside({"is_shared": True, "is_ext_shared": True})
    assert is_shared_outside({"pending_shared": ["T2"]})
    assert not is_shared_outside({"is_shared": True, "is_org_shared": True, "pending_shared": []})


# Masked numbers


def fullwidth(text):
    return text.translate(FULLWIDTH)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("(212) 555-0123", "(•••) •••-0123"),
        ("+44 20 7946 0123", "+44 •• •••• 0123"),
        ("+12125550123", "+•••••••0123"),
        ("Ana (+1 212.555.0123)", "Ana (+1 •••.•••.0123)"),
        ("ext. 101, 72345", "ext. 101, 72345"),
        ("2026-11-23 09:12 UTC", "2026-11-23 09:12 UTC"),
        ("12 calls, 1,234,567 s", "12 calls, 1,234,567 s"),
        ("٢١٢٥٥٥٠١٢٣", "••••••٠١٢٣"),
        ("212·555·0123", "•••·•••·0123"),
        ("212\u2212555\uff0d0123", "•••\u2212•••\uff0d0123"),
        ("555-0123  ·  555-0100", "•••-0123  ·  •••-0100"),
        ("212,555,0123", "•••,•••,0123"),
        ("212:555|0123", "•••:•••|0123"),
        ("212 · 555 · 0123", "••• · ••• · 0123"),
        ("(212) | 555 | 0123", "(•••) | ••• | 0123"),
        ("2\u200d1\u200b2555\u20600123", "•\u200d•\u200b••••\u20600123"),
        ("２１２５５５０１２３", "••••••０１２３"),
        ("2️⃣1️⃣2️⃣5️⃣5️⃣5️⃣0️⃣1️⃣2️⃣3️⃣", "•️⃣•️⃣•️⃣•️⃣•️⃣•️⃣0️⃣1️⃣2️⃣3️⃣"),
        ("②①②⑤⑤⑤⓪①②③", "••••••⓪①②③"),
        ("Nov 27, 2026 9:29 AM, 10:00-17:00", "Nov 27, 2026 9:29 AM, 10:00-17:00"),
    ],
)
def test_of_a_number_the_last_digits_stay(text, masked):
    assert mask(text) == masked


@given(
    st.sampled_from(["2125550123", "+12125550123", "+442079460123", "+4930123456789"]),
    st.lists(
        st.sampled_from(["", *" -.,:;|·•/_*~'", "\u200d", "\u00a0", "\u2011", "--"]), min_size=16
    ),
    st.sampled_from([str, fullwidth]),
    st.sampled_from(["", "Call ", "ext. 101, at 9:29: ", "Nov 27, 2026: "]),
)
def test_number_is_masked_whatever_is_between_its_digits(number, between, written, before):
    signs = "".join(sign + gap for sign, gap in zip(number, between, strict=False)).rstrip()
    left = mask(f"{before}{written(signs)} please").removeprefix(before)
    digits = re.sub(r"\D", "", left.translate(PLAIN))
    # The country code may stay, and the last four.
    assert len(digits) <= 4 + 3


FULLWIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
PLAIN = str.maketrans("０１２３４５６７８９", "0123456789")


numbers = st.from_regex(r"\+1 ?\(?2[0-9]{2}\)?[ .-]?[2-9][0-9]{2}[ .-]?[0-9]{4}", fullmatch=True)


@given(numbers, st.text(max_size=20), st.sampled_from(Outcome))
def test_no_card_for_outsiders_has_a_whole_number_whoever_is_named_by_it(number, text, outcome):
    digits = re.sub(r"\D", "", number)
    told = f"{text} {number} {text}"
    one = Call(
        "c",
        outcome=outcome,
        remote_name=told,
        remote_number=f"+{digits}",
        our_name=number,
        company_number=f"+{digits}",
        legs=(Leg(name=number), Leg(name=told)),
        started_at=1_790_000_000.0,
    )
    card = fit(render_call_card(one, locale=Locale()), FOR_OUTSIDERS)
    assert digits not in bare([card.text, card.blocks, card.plain_blocks, card.metadata])
    assert "<!date^1790000000^" in said(card.blocks)


def test_a_digest_and_the_title_of_a_file_are_masked_as_well():
    digest = Digest(
        "d",
        Cadence.DAILY,
        Period(date(2026, 9, 21), date(2026, 9, 21)),
        "UTC",
        Totals(incoming=3, missed=1),
        callers=1,
        missed=(Missed("c", "(212) 555-0123", None, at=None, has_voicemail=False, tries=1),),
        contacts=(TopContact("(212) 555-0123", 2),),
    )
    shown = fit(render_digest(digest, locale=Locale()), FOR_OUTSIDERS)
    assert NUMBER[2:] not in bare([shown.text, shown.blocks, shown.plain_blocks, shown.stand_ins])
    assert TAIL in said(shown.blocks)
    file = fit(Message("", [], [], file=File("a.vcf", "+12125550123.vcf", b"")), FOR_OUTSIDERS).file
    assert file.title == "+•••••••0123.vcf"
