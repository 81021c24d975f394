"""/calls at the wire: lists, pages, the look further back, the card, and sharing."""

import json
import re
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.intervals import Interval
from bot.models.calls import Report, Source
from bot.models.contacts import Contact
from bot.models.events import Event
from bot.models.health import CATCH_UP, KEY_REFUSED
from bot.models.people import Person, SlackPerson
from bot.phone_numbers import format_number
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ANA, BEN
from bot.store.ingest import Hold
from bot.store.links import BY_HAND
from tests.conftest import CHANNEL, after_sync, read_calls, wait_for

pytestmark = pytest.mark.calendar

PRIVATE = "G0PRIVATE1"


def save(bot, call_id, *, ago=60.0, **facts):
    at = time.time() - ago
    known = {"stage": 3, "direction": "incoming", "started_at": at, "ended_at": at, **facts}
    report = Report(call_id, Source.LISTED, known)
    # This file tests lists, so no card is posted.
    event = Event(f"evt {call_id}", "call", json.dumps(known), report)
    bot.store.calls.save(event, now=at, hold=Hold.QUIET)
    bot.store.call_search.index_changed()


def ask(slack, typed="", *, user=ANA, channel=CHANNEL):
    """Type the command, and give the answer that the asker sees at once."""
    answer = slack.type_command(user, channel, "/calls", typed)
    assert answer.ok, answer.body
    assert not answer.problem
    assert answer["response_type"] == "ephemeral"
    return answer


def private(slack, channel=CHANNEL):
    """Return the ephemeral messages in the channel, the newest last."""
    return [message for message in slack.messages(channel) if message.get("is_ephemeral")]


def fetched(slack):
    """Wait for the answer that replaces the first one, and return it."""
    return wait_for(lambda: "Fetching" not in private(slack)[-1]["text"] and private(slack)[-1])


def heading(message):
    return message["blocks"][0]["elements"][0]["elements"][0]["text"]


def listed(message):
    return [
        block["accessory"]["value"] for block in message["blocks"] if block["type"] == "section"
    ]


def settled(bot):
    """Wait until the bot has read people and calls, which it does at start."""
    wait_for(lambda: bot.store.slack_people.all() and bot.store.people.all())
    read_calls(bot)


def link(bot, user, extension, name):
    bot.store.people.replace([*bot.store.people.all(), Person(f"u{extension}", name, extension)])
    bot.store.links.link(user, f"u{extension}", how="hand", now=time.time())


def open_first(slack, *, typed="", user=ANA, channel=CHANNEL):
    """Open the first call of a list and give the modal."""
    before = (slack.open_view(user) or {}).get("id")
    ask(slack, typed, user=user, channel=channel)
    shown = private(slack, channel)[-1]
    assert slack.click(user, channel, shown["ts"], "open_call", listed(shown)[0]).ok
    return wait_for(lambda: (view := slack.open_view(user)) and view["id"] != before and view)


def share(slack, view, user=ANA):
    """Press Share, and give what the modal says then."""
    assert slack.click_in_view(user, view["id"], "share_call").ok
    return wait_for(
        lambda: next(
            (
                b["text"]["text"]
                for b in slack.open_view(user)["blocks"]
                if b["block_id"] == "shared"
            ),
            None,
        )
    )


# Lists


def test_latest_calls_show_names_times_and_colleagues(bot, slack):
    settled(bot)
    bot.store.slack_people.replace([SlackPerson(ANA, "Ana", zone="Asia/Tokyo")])
    bot.store.contacts.save(
        Contact(9_001, {"Name": "Maria Lopez"}, ("+12125550177",)), now=after_sync()
    )
    at = 1_780_000_000.0
    save(bot, "a", ago=time.time() - at, remote_number="+12125550177", our_side=["101", "Ana *T*"])
    save(bot, "b", ago=30, direction="outgoing", answered=True, seconds=90)
    answer = ask(slack)
    assert heading(answer) == "Latest calls"
    assert listed(answer) == ["b", "a"]
    assert "↗️ Outgoing call to *an unknown number*" in str(answer)
    line = answer["blocks"][2]["text"]
    assert line["type"] == "plain_text"
    assert line["text"].startswith("🔴 Missed call from Maria Lopez\n")
    assert "5:26 AM  ·  (212) 555-0177  ·  Ana *T* (ext. 101)" in line["text"]  # as in Tokyo


def test_name_with_words_for_times_or_kinds_is_found_by_all_its_words(bot, slack):
    settled(bot)
    names = [
        *("Ruby Tuesday", "3 Day Blinds", "Monday Motors", "USA Today", "5/3 Bank", "Ann May"),
        *("Internal Medicine Associates", "Voicemail Solutions", "Answered Prayers Church"),
        *("Yesterday's Antiques", "Week in Review", "Tomorrow Bank", "Me Too", "June Carter"),
    ]
    for at, name in enumerate(names):
        number = f"+121255501{at:02}"
        known = Contact(9_100 + at, {"Name": name}, (number,))
        bot.store.contacts.save(known, now=after_sync())
        save(bot, name, ago=9 * 86_400 + at, remote_number=number)
    for name in names:
        assert listed(ask(slack, f"{name.lower()} missed")) == [name]
        assert listed(ask(slack, f"missed calls from {name}")) == [name]
    assert listed(ask(slack, "@3 Day Blinds")) == ["3 Day Blinds"]
    assert listed(ask(slack, "internal medicine")) == ["Internal Medicine Associates"]
    assert "outgoing calls matching “Ruby Tuesday”" in str(ask(slack, "Ruby Tuesday outgoing"))
    ask(slack, "ruby today")
    # In the first hours of a day in UTC, that day of New York began before the installation.
    assert "matching “ruby”, today" in str(fetched(slack))
    assert "internal calls matching “associates”" in str(ask(slack, "internal associates"))


def test_kind_or_week_before_a_name_or_an_outcome_is_no_part_of_the_name(bot, slack):
    settled(bot)
    link(bot, ANA, "101", "Ana Torres")
    maria = Contact(9_001, {"Name": "Maria Lopez"}, ("+12125550177",))
    bot.store.contacts.save(maria, now=after_sync())
    save(bot, "c1", our_side=["101", "Ana Torres"])
    outcome = bot.store.outcomes.all()[0]
    bot.store.outcomes.set("c1", outcome.outcome_id, seen=0, by=ANA, now=time.time())
    for typed in ("mine Maria Lopez", "my Maria", "latest Maria", "open Maria"):
        assert "matching “Maria" in str(ask(slack, typed)), typed
    for typed in ("mine", "open", "latest", "week"):
        answer = str(ask(slack, f"{typed} outcome:{outcome.name.lower()}"))
        assert f"with outcome “{outcome.name}”" in answer
        assert "matching" not in answer
        assert "No person" not in answer


def test_pages_replace_each_other_newest_first(bot, slack):
    for number in range(18):
        save(bot, f"c{number:02}", ago=100 - number)
    assert listed(ask(slack, "incoming")) == [f"c{n:02}" for n in range(17, 9, -1)]
    shown = private(slack)[-1]
    for page, button in (
        (1, "turn_calls_page:1"),
        (2, "turn_calls_page:2"),
        (1, "turn_calls_page:1"),
    ):
        assert slack.click(ANA, CHANNEL, shown["ts"], button).ok
        shown = wait_for(
            lambda page=page: f"page {page + 1}" in str(private(slack)[-1]) and private(slack)[-1]
        )
    assert listed(shown) == [f"c{n:02}" for n in range(9, 1, -1)]
    assert heading(shown) == "Incoming calls"
    assert "18 calls · page 2 of 3" in str(shown)
    assert len(private(slack)) == 1


def test_query_of_quotation_marks_fits_a_button(bot, slack):
    for number in range(9):
        save(bot, str(number), remote_name="n" * 500, our_side=["1" * 90, "ö" * 400])
    assert len(listed(ask(slack, '"' * 600))) == 8


def test_mentions_and_mine_search_by_linked_extension(bot, slack):
    settled(bot)
    link(bot, ANA, "101", "Ana Torres")
    link(bot, BEN, "102", "Ben Okafor")
    save(bot, "anas", our_side=["101", "Ana"])
    save(bot, "bens", our_side=["102", "Ben"])
    answer = ask(slack, f"<@{BEN}|ben> missed")
    assert (heading(answer), listed(answer)) == ("Missed calls of Ben Okafor", ["bens"])
    answer = ask(slack, "mine")
    assert (heading(answer), listed(answer)) == ("Your calls", ["anas"])
    answer = ask(slack, "101")
    assert heading(answer) == "Calls of extension 101 (Ana Torres)"
    assert "not both" in ask(slack, f"mine <@{BEN}>")["text"]


@pytest.mark.parametrize("typed", ["mine", f"<@{BEN}>", "<@U0STRANGER> today"])
def test_unlinked_person_gets_the_way_to_link(bot, slack, typed):
    for user in (ANA, BEN):  # by hand, so that no match by e-mail at start comes in between
        bot.store.links.link(user, None, how=BY_HAND, now=time.time())
    answer = ask(slack, typed)
    assert "not linked to an extension yet" in answer["text"]
    assert "/vocatech link" in answer["text"]
    assert not re.search(r"U0|`|‹", answer["text"])


def test_hits_are_bold_in_a_quote_marked_as_ai(bot, slack):
    save(bot, "a", summary="The <b>tap</b> leaks.", transcript="Ana: which tap?")
    answer = ask(slack, '"TAP"')
    assert heading(answer) == "Calls, containing “TAP”"
    quote = answer["blocks"][2]["elements"][0]["elements"]
    assert quote[1]["text"] == " Summary (AI-generated): "
    assert [part["text"] for part in quote if part.get("style") == {"bold": True}] == ["tap"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-02-30", "2026-02-30 isn't a date. For example: /calls 2026-11-20"),
        ("missed answered", "A call can't be both missed and answered."),
        ("Nobody Atall", "No person or company is called “Nobody Atall”."),
        ("@nobody", "No person or company is called “nobody”."),
        ("yesterdy", "Did you mean /calls yesterday?"),
        ("weeek", "Did you mean /calls week?"),
        ("unclamed", "Did you mean /calls unclaimed?"),
        ("claimed", "Did you mean /calls missed?"),
        ("tomorrow", "“tomorrow” is in the future"),
        ("monday friday", "“friday” is a second date. Use one date, or a range."),
        ("+", "No person or company is called “+”."),
        ("+442079460000", "No calls match your search: calls with +44 20 7946 0000."),
        ('"☎"', "No calls match your search: calls, containing “☎”."),
    ],
)
def test_failed_searches_are_answered_with_an_example(bot, slack, typed, said):
    settled(bot)
    answer = ask(slack, typed)
    assert said in answer["text"]
    assert "/calls" in answer["text"]


def test_no_calls_of_someone_with_a_similar_name_are_shown(bot, slack):
    save(bot, "nora", remote_name="Nora Diaz", remote_number="+12125550188", voicemail=True)
    for contact_id, name in enumerate(("Nora Diaz", "Orlando Ruiz", "Amanda Poe"), 9_101):
        number = "+12125550188" if name == "Nora Diaz" else f"+1212555{contact_id}"
        contact = Contact(contact_id, {"Name": name}, (number,))
        bot.store.contacts.save(contact, now=after_sync())
    assert "can't leave any out" in ask(slack, "no voicemail")["text"]
    assert "one thing “or” another" in ask(slack, "missed or voicemail")["text"]
    assert "Amanda" not in str(ask(slack, "monday am"))
    assert "Calls matching “nora”" in ask(slack, "nora")["text"]


def test_word_that_is_no_name_offers_the_calls_that_mention_it(bot, slack):
    save(bot, "said", summary="The delivery is late.", remote_number="+12125550188")
    save(bot, "noted", remote_number="+12125550177")
    notes = {"Name": "Maria Lopez", "Notes": "Delivery at the back this morning"}
    bot.store.contacts.save(Contact(9_001, notes, ("+12125550177",)), now=after_sync())
    answer = ask(slack, "delivery")
    assert answer["text"].startswith("No person or company is called “delivery”.")
    assert '1 call mentions it: /calls "delivery"' in answer["text"]
    shown = private(slack)[-1]
    assert slack.click(ANA, CHANNEL, shown["ts"], "turn_calls_page:0").ok
    found = wait_for(lambda: "containing" in str(private(slack)[-1]) and private(slack)[-1])
    assert (heading(found), listed(found)) == ("Calls, containing “delivery”", ["said"])


def test_known_person_without_such_calls_differs_from_an_unknown_one(bot, slack):
    save(bot, "answered", remote_name="Maria Lopez", answered=True)
    answer = ask(slack, "maria missed")
    assert "No calls match your search: missed calls matching “maria”." in answer["text"]
    assert "Try fewer filters: /calls maria" in answer["text"]


def test_kinds_of_calls_are_searched_by_the_words_of_the_cards(bot, slack):
    for number, (name, facts) in enumerate(
        {
            "missed": {},
            "voicemail": {"legs": [{"kind": "voicemail"}]},
            "answered": {"answered": True},
            "reached": {"remote_number": "+12125550160"},
            "outgoing": {"direction": "outgoing"},
        }.items()
    ):
        known = {"remote_number": f"+1212555017{number}", **facts}
        save(bot, name, ago=90 - number, **known)
    save(bot, "later", ago=5, remote_number="+12125550160", answered=True)
    bot.store.claims.take("missed", BEN, now=time.time())
    found = {typed: listed(ask(slack, typed)) for typed in ("unclaimed", "voicemail", "unanswered")}
    assert found["unclaimed"] == ["voicemail"]
    assert found["voicemail"] == ["voicemail"]
    assert found["unanswered"] == ["outgoing", "reached", "voicemail", "missed"]
    assert heading(ask(slack, "open")) == "Unclaimed missed calls"
    assert heading(ask(slack, "missed calls")) == "Missed calls"


def test_number_with_more_text_is_searched_and_the_rest_is_named(bot, slack):
    save(bot, "a", remote_number="+14155550121")
    answer = ask(slack, "415-555-0121, hello")
    assert listed(answer) == ["a"]
    assert "“hello” isn't part of the number, so it was left out." in str(answer)


def test_search_for_a_number_of_the_company_says_what_numbers_find(bot, slack, vocatech):
    ours = vocatech.company.numbers[0]
    save(bot, "a", company_number=ours)
    wait_for(lambda: (known := bot.store.people.company()) and ours in known.numbers)
    answer = ask(slack, format_number(ours, "US"))
    assert "No calls match your search" in str(answer)
    assert "is your company's number. Searches find the other party's." in str(answer)
    assert "your company's number" not in str(ask(slack, "(212) 555-0123"))


def test_person_named_like_a_month_can_still_be_found(bot, slack):
    save(bot, "a", remote_name="June Carter")
    assert listed(ask(slack, "june carter")) == ["a"]
    assert listed(ask(slack, "@June")) == ["a"]
    wait_for(lambda: bot.metric("polls_total"))
    bot.store.backfills.note_held([Interval(0.0, time.time())])
    assert "For a person named “june”, type /calls @june." in str(ask(slack, "june"))


def test_help_lists_the_uses_and_long_input_is_cut(bot, slack):
    assert "/calls mine today" in str(ask(slack, " Help "))
    assert "Only the first 500 characters were read." in str(ask(slack, "word " * 600))


words = st.sampled_from(
    [
        "missed",
        "mine",
        "2025-02-30",
        "..",
        f"<@{BEN}>",
        "<@U0NOBODY>",
        "<!here>",
        '"',
        "😀" * 9,
        "99",
    ]
)
typing = st.lists(words | st.text(max_size=30), max_size=9).map(" ".join) | st.text(
    min_size=2_900, max_size=3_000
)


@pytest.fixture
def lasting(slack, start_bot):
    bot = start_bot()
    save(bot, "a", remote_name="mine", summary="99")
    return slack


@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typing.filter(lambda text: not any(0xD800 <= ord(sign) < 0xE000 for sign in text)))
def test_any_input_gets_an_answer(lasting, typed):
    assert ask(lasting, typed)["text"]


# Looking further back


def old_call(vocatech, days):
    return vocatech.ring(ago=days * 86_400, quiet=True).answer(after=5).hang_up(after=60)


def test_calls_of_today_before_the_installation_need_no_fetch(slack, vocatech, start_bot):
    now = datetime.now(ZoneInfo("America/New_York"))  # ANA's
    passed = now - now.replace(hour=0, minute=0, second=0, microsecond=0)
    call = vocatech.ring(ago=passed.total_seconds(), quiet=True).answer(after=0).hang_up(after=0)
    bot = start_bot()
    wait_for(lambda: bot.metric("polls_total"))
    bot.store.call_search.index_changed()
    assert listed(ask(slack, "today")) == [call.id]


def test_days_before_the_installation_are_fetched_once_and_nothing_is_posted(bot, slack, vocatech):
    wait_for(lambda: bot.metric("polls_total"))
    old = old_call(vocatech, 5)
    assert ask(slack, "week")["text"] == "Fetching older calls from Vocatech…"
    shown = fetched(slack)
    assert listed(shown) == [old.id]
    assert len(private(slack)) == 1
    assert listed(ask(slack, "week")) == [old.id]
    time.sleep(0.2)
    assert len(slack.messages(CHANNEL)) == len(private(slack))


def test_more_than_a_month_is_fetched_a_month_at_a_time(bot, slack, vocatech):
    wait_for(lambda: bot.metric("polls_total"))
    old = [old_call(vocatech, days).id for days in (20, 45)]
    long_ago = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 55 * 86_400))
    for known, note in ((1, "Run it again"), (2, "")):
        ask(slack, f"{long_ago}..")
        shown = wait_for(
            lambda: "Fetching" not in private(slack)[-1]["text"] and private(slack)[-1]
        )
        assert listed(shown) == old[:known]
        assert note in str(shown)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 500}, "answer was lost or unreadable. Some days are missing from this list."),
        (
            {"status": 429, "headers": {"Retry-After": "40"}},
            "Vocatech is busy. Some days are missing from this list.",
        ),
    ],
)
def test_api_errors_are_shown_with_the_stored_calls(bot, slack, vocatech, fault, said):
    wait_for(lambda: bot.metric("polls_total"))
    save(bot, "a")
    vocatech.faults.add(Fault(path="/calls", **fault))
    ask(slack, "week")
    shown = fetched(slack)
    assert listed(shown) == ["a"]
    assert said in str(shown)


@pytest.mark.parametrize("typed", ["week", "Nobody week"])
def test_refused_key_is_named_first_and_nothing_counts_as_not_found(bot, slack, vocatech, typed):
    wait_for(lambda: bot.metric("polls_total"))
    vocatech.faults.add(Fault(path="/calls", status=401))
    ask(slack, typed)
    text = fetched(slack)["text"]
    assert text.startswith("Vocatech rejected the API key. Some days are missing from this list.")
    assert "No calls match" not in text


def test_stored_calls_come_with_a_warning_while_the_key_is_refused(bot, slack, vocatech):
    wait_for(lambda: bot.metric("polls_total"))
    save(bot, "a")
    vocatech.key_state = "revoked"

    def is_key_refused():
        bot.bot.scheduler.run_now(CATCH_UP)  # unless the first run isn't quite over
        return bot.store.incidents.counts()[KEY_REFUSED]

    wait_for(is_key_refused)
    answer = ask(slack, "missed")
    assert listed(answer) == ["a"]
    assert "Vocatech rejected the API key" in str(answer["blocks"][0])
    text = ask(slack, "answered")["text"]
    assert text.startswith("Vocatech rejected the API key")
    assert "No calls match" not in text


def test_days_with_a_repeating_list_stay_missing(bot, slack, vocatech):
    wait_for(lambda: bot.metric("polls_total"))
    old = old_call(vocatech, 5)
    day = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 4 * 86_400))
    row = {"call_id": "again", "start_time": day, "direction": "incoming"}
    body = {"calls": [row], "meta": {"total_pages": 3}}
    vocatech.faults.add(Fault(path="/calls", status=200, body=body))
    repeats = "answer was lost or unreadable. Some days are missing from this list."
    for found, said in ((["again"], repeats), (["again", old.id], "")):
        assert "Fetching" in ask(slack, "week")["text"]
        shown = wait_for(
            lambda: "Fetching" not in private(slack)[-1]["text"] and private(slack)[-1]
        )
        assert listed(shown) == found
        assert said in str(shown)
        vocatech.faults.clear()


# The card, and sharing it


def test_open_shows_the_card_and_its_transcript_on_top(bot, slack):
    save(bot, "a", summary="About a tap.", transcript="Ana: hello")
    view = open_first(slack)
    assert "About a tap." in str(view)
    assert slack.click_in_view(ANA, view["id"], "open_transcript").ok
    top = wait_for(lambda: slack.open_view(ANA)["id"] != view["id"] and slack.open_view(ANA))
    assert "Ana: " in str(top)
    slack.close_view(ANA, top["id"])
    assert slack.open_view(ANA)["id"] == view["id"]


def test_call_shared_twice_is_posted_once(bot, slack):
    save(bot, "a")
    view = open_first(slack)
    said = share(slack, view)
    assert f"The card appears in <#{CHANNEL}>" in said
    wait_for(lambda: slack.posted_call_ids(CHANNEL) == ["a"])
    again = share(slack, open_first(slack, user=BEN), user=BEN)
    assert "is already in" in again
    assert "|View it>" in again
    assert slack.posted_call_ids(CHANNEL) == ["a"]
    [entry] = bot.store.audit.latest()
    assert (entry.slack_user, entry.what) == (ANA, "shared a call")
    assert "a in" in entry.detail


def test_sharing_to_a_channel_without_the_app_queues_nothing(bot, slack):
    slack.add_channel(PRIVATE, "board", private=True)
    slack.remove_bot(PRIVATE)
    save(bot, "a")
    said = share(slack, open_first(slack, channel=PRIVATE))
    assert "nothing was shared" in said
    assert "/invite @Vocatech" in said
    assert bot.store.posts.waiting() == 0
    assert bot.store.audit.latest() == []
    slack.add_channel(PRIVATE, "board", private=True)
    assert "Shared" in share(slack, open_first(slack, channel=PRIVATE))
    wait_for(lambda: slack.posted_call_ids(PRIVATE) == ["a"])


def test_deleted_call_shows_that_it_is_gone(bot, slack):
    save(bot, "a")
    view = open_first(slack)
    shown = private(slack)[-1]
    bot.store.database.write(lambda db: db.execute("delete from calls"))
    assert slack.click_in_view(ANA, view["id"], "share_call").ok
    wait_for(lambda: "no longer stored" in str(slack.open_view(ANA)))
    assert slack.click(ANA, CHANNEL, shown["ts"], "open_call", "a").ok
    wait_for(lambda: slack.open_view(ANA)["id"] != view["id"])
    assert "no longer stored" in str(slack.open_view(ANA))
    assert bot.store.audit.latest() == []


def test_direct_channels_have_no_share_button(bot, slack):
    save(bot, "a")
    direct = slack.direct_channel(ANA)
    assert "share_call" not in str(open_first(slack, channel=direct))


@pytest.mark.parametrize("text", ["{long} delivery", "delivery {long}", "{long}、delivery、{long}"])
def test_long_words_are_cut_around_the_hit(bot, slack, text):
    for number in range(3):
        save(bot, f"c{number}", summary=text.format(long="漢" * 9_000))
    answer = ask(slack, '"delivery"')
    assert listed(answer) == ["c2", "c1", "c0"]
    quotes = [block["elements"][0]["elements"] for block in answer["blocks"][2::2]]
    hits = [one["text"] for quote in quotes for one in quote if one.get("style") == {"bold": True}]
    assert hits == ["delivery"] * 3


def test_closing_the_modal_after_sharing_shows_no_error(bot, slack):
    save(bot, "c")
    view = open_first(slack)
    gone = {"ok": False, "error": "not_found"}
    slack.faults.add(Fault(path="views.update", status=200, body=gone, times=1))
    assert slack.click_in_view(ANA, view["id"], "share_call").ok
    wait_for(lambda: bot.store.posts.place_of("c", CHANNEL)[0])
    time.sleep(0.3)  # whatever would be said has been said by then
    assert slack.open_view(ANA)["id"] == view["id"]
    assert slack.messages(slack.direct_channel(ANA)) == []
