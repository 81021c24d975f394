"""What people type after /calls is read in any order, and never raises but in words for them."""

import contextlib
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.query import CallQuery, parse_query
from bot.errors import NotUnderstood
from bot.models.calls import Direction

pytestmark = pytest.mark.calendar

TODAY = date(2026, 11, 23)
MONTH = ("2026-10-25", "2026-11-23")


def read(typed, region="US"):
    return parse_query(typed, today=TODAY, region=region)


def days(first, last):
    return {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", {}),
        ("missed", {"missed": True}),
        ("Answered INCOMING", {"answered": True, "direction": Direction.INCOMING}),
        ("mine today", {"mine": True, **days("2026-11-23", "2026-11-23")}),
        ("yesterday", days("2026-11-22", "2026-11-22")),
        ("week", days("2026-11-17", "2026-11-23")),
        ("2026-11-20", days("2026-11-20", "2026-11-20")),
        ("2026-11-01..2026-11-20", days("2026-11-01", "2026-11-20")),
        ("2026-11-01 .. 2026-11-20", days("2026-11-01", "2026-11-20")),
        ("2026-11-01 to 2026-11-20", days("2026-11-01", "2026-11-20")),
        ("2026-11-01..", days("2026-11-01", "2026-11-23")),
        ("11/20/2026", days("2026-11-20", "2026-11-20")),
        ("20.11.2026", days("2026-11-20", "2026-11-20")),
        ("<@U0ANA0001|ana> missed", {"mention": "U0ANA0001", "missed": True}),
        ("101", {"extension": "101"}),
        ("ext. 101", {"extension": "101"}),
        ("(212) 555-0123 today", {"number": "+12125550123", **days("2026-11-23", "2026-11-23")}),
        ("<tel:+12125550123|+1 212 555 0123>", {"number": "+12125550123"}),
        ("+44 20 7946 0001", {"number": "+442079460001"}),
        ("Maria Lopez", {"name": "Maria Lopez"}),
        ("@ana", {"name": "ana"}),
        ("O'Brien &amp; Sons", {"name": "O'Brien & Sons"}),
        (
            'Maria "leaking tap" “next week”',
            {"name": "Maria", "phrases": ("leaking tap", "next week")},
        ),
        ('"today" missed', {"phrases": ("today",), "missed": True}),
        ('"never closed', {"phrases": ("never closed",)}),
        ('""', {}),
        ("+", {"name": "+"}),
        ("@", {"name": "@"}),
        ("<mailto:a@b.example|a@b.example>", {"name": "a@b.example"}),
        ("calls from Ana", {"name": "Ana"}),
        ("missed calls", {"missed": True}),
        ("my missed calls", {"missed": True, "mine": True}),
        ("all", {}),
        ("voicemail", {"voicemail": True}),
        ("unanswered", {"unanswered": True}),
        ("open", {"unclaimed": True}),
        ("unclaimed since friday", {"unclaimed": True, **days("2026-11-20", "2026-11-23")}),
        ("inbound", {"direction": Direction.INCOMING}),
        ("calls about delivery", {"phrases": ("delivery",)}),
        ("Maria last week", {"name": "Maria", **days("2026-11-16", "2026-11-22")}),
        ("april jones", {"name": "april jones"}),
        ("maria april", {"name": "maria", **days("2026-04-01", "2026-04-30")}),
        ("24 Hour Fitness", {"name": "24 Hour Fitness"}),
        ("Bank of America", {"name": "Bank of America"}),
        ("(212) 555-0138 ext 4", {"number": "+12125550138"}),
        ("212-555-0138x4", {"number": "+12125550138"}),
        ("\u202d+1 212 555 0138\u202c", {"number": "+12125550138"}),
        ("\u2068212\u2011555\u20130138\u2069", {"number": "+12125550138"}),
        ("２１２５５５０１３８", {"number": "+12125550138"}),
        ("tel:+12125550138", {"number": "+12125550138"}),
        ("415-555-0121, hello", {"number": "+14155550121", "unused": "hello"}),
        ("missed by me", {"missed": True, "mine": True}),
        ("missed calls for me", {"missed": True, "mine": True}),
        ("what did I miss today?", {"missed": True, "mine": True, **days(*["2026-11-23"] * 2)}),
        (
            "who called me yesterday",
            {"mine": True, "direction": Direction.INCOMING, **days(*["2026-11-22"] * 2)},
        ),
        ("who called today", {"direction": Direction.INCOMING, **days(*["2026-11-23"] * 2)}),
        ("show me missed calls", {"missed": True}),
        ("missed calls from yesterday", {"missed": True, **days(*["2026-11-22"] * 2)}),
        ("Maria's calls from last week", {"name": "Maria", **days("2026-11-16", "2026-11-22")}),
        ("how many calls today", days("2026-11-23", "2026-11-23")),
        ("last 5 calls", {}),
        *((f"last 10 {kind} calls", {"missed": True}) for kind in ("missed", "missed phone")),
        ("latest 3 voicemails", {"voicemail": True}),
        ("latest 101 missed", {"extension": "101", "missed": True}),
        *(
            (f"{word} missed calls", {"missed": True, **days(*["2026-11-23"] * 2)})
            for word in ("today's", "today’s", "todays", "show me today's")
        ),
        *(
            (f"{asked} any missed calls?", {"missed": True})
            for asked in ("are there", "do we have")
        ),
        ("do I have any missed calls", {"missed": True, "mine": True}),
        ("what did we miss today", {"missed": True, **days(*["2026-11-23"] * 2)}),
        ("calls we missed today", {"missed": True, **days(*["2026-11-23"] * 2)}),
        ("this week so far", days("2026-11-23", "2026-11-23")),
        ("calls made by Ana", {"name": "Ana", "direction": Direction.OUTGOING}),
        ("calls I made", {"mine": True, "direction": Direction.OUTGOING}),
        *((f"last missed {word}", {"missed": True}) for word in ("call", "calls")),
        ("yesterdays calls", days(*["2026-11-22"] * 2)),
        ("yesterday's voicemails", {"voicemail": True, **days(*["2026-11-22"] * 2)}),
        ("can you show me today's calls", days(*["2026-11-23"] * 2)),
        ("calls so far today", days(*["2026-11-23"] * 2)),
        *((name, {"name": name}) for name in ("21st Century", "7th Street Dental", "Noon Cafe")),
        *(
            (name, {"name": name})
            for name in ("Quarter Horse", "Q1 Networks", "Night Owl", "Me Too")
        ),
        *(
            (name, {"name": name})
            for name in ("Me Too", "Mine Safety", "Open Table", "Latest News")
        ),
        *(
            (f"{word} about refunds", {"mine": True, "phrases": ("refunds",)})
            for word in ("mine", "my")
        ),
        *((f"{word} ext. 101", {"mine": True, "extension": "101"}) for word in ("mine", "my")),
        ("101 week", {"extension": "101", **days("2026-11-17", "2026-11-23")}),
        ("missed 101 month", {"missed": True, "extension": "101", **days(*MONTH)}),
        ("ext 102 week", {"extension": "102", **days("2026-11-17", "2026-11-23")}),
        ("ext. 12 nov 20", {"extension": "12", **days(*["2026-11-20"] * 2)}),
        ("latest 101", {"extension": "101"}),
        ("last 100 calls", {}),
        ("open x101", {"unclaimed": True, "extension": "101"}),
        ("week about refunds", {"phrases": ("refunds",), **days("2026-11-17", "2026-11-23")}),
        ("the 21st maria", {"name": "maria", **days("2026-11-21", "2026-11-21")}),
        ("21st missed", {"missed": True, **days("2026-11-21", "2026-11-21")}),
        ("latest", {}),
        ("everything", {}),
        ("(missed)", {"missed": True}),
        ("‘missed’ today!!", {"missed": True, **days("2026-11-23", "2026-11-23")}),
        ("today 😀", days("2026-11-23", "2026-11-23")),
        ("😀", {"name": "😀"}),
        ("Ana's missed calls", {"name": "Ana", "missed": True}),
        ("Ana’s calls", {"name": "Ana"}),
        ("Macy's", {"name": "Macy's"}),
        ("’Maria’", {"name": "Maria"}),
        ("x101", {"extension": "101"}),
        ("to\u200bday", days("2026-11-23", "2026-11-23")),
        ("yesterday 9-11", {**days(*["2026-11-22"] * 2), "begin": 540, "end": 660}),
        ("*all calls today*", days("2026-11-23", "2026-11-23")),
        ("my open calls.", {"mine": True, "unclaimed": True}),
        ("‘15 nov’", days("2026-11-15", "2026-11-15")),
        ("today\ufe0f", days("2026-11-23", "2026-11-23")),
        ("without outcome", {"has_no_outcome": True}),
        ("not answered", {"unanswered": True}),
        *((name, {"name": name}) for name in ("Dr No", "Or Levi", "Non-Profit Aid")),
        ("dr no missed", {"name": "dr no", "missed": True}),
        ("nov 1-10", days("2026-11-01", "2026-11-10")),
        ("212 555 0138 3 days", {"number": "+12125550138", **days("2026-11-21", "2026-11-23")}),
    ],
)
def test_queries_are_parsed(typed, expected):
    assert read(typed) == CallQuery(**expected)


@pytest.mark.parametrize(
    "typed",
    [
        *("<#C0CALLS001|calls>", "<#C0CALLS001>", "in #calls", "<!subteam^S0123456789>"),
        *("<!here> today", "@here", "<!subteam^S0123456789|@sales>"),
    ],
)
def test_channels_and_teams_are_refused_without_their_ids(typed):
    with pytest.raises(NotUnderstood, match=r"can't be limited to [#@]") as said:
        read(typed)
    assert "C0CALLS001" not in str(said.value)
    assert "S0123456789" not in str(said.value)


@pytest.mark.parametrize("typed", ["9-11", "101 102", "12/34", "(1) 2"])
def test_digits_with_signs_are_no_extension(typed):
    with contextlib.suppress(NotUnderstood):
        assert read(typed).extension is None


def test_half_a_mention_at_the_end_of_a_long_query_is_left_out():
    query = read("<@U0BEN0001>" * 60)
    assert query == CallQuery(mention="U0BEN0001")


def test_date_order_follows_the_country():
    assert read("01/02/2026", "US").first == date(2026, 1, 2)
    assert read("01/02/2026", "GB").first == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("missed calls from 0121 496 0123", "GB", "+441214960123"),
        ("from (0121) 496 0123 yesterday", "GB", "+441214960123"),
        ("yesterday from 0121 496 0123", "GB", "+441214960123"),
        ("from 0151 23456789", "DE", "+4915123456789"),
        ("calls from 0221 123456 last week", "DE", "+49221123456"),
        ("before yesterday from 0151 23456789", "DE", "+4915123456789"),
        ("from 0412 345 678", "AU", "+61412345678"),
        ("from 1300 123 456", "AU", "+611300123456"),
        ("yesterday from 06 12 34 56 78", "FR", "+33612345678"),
        ("from 1800 555 0138", "US", "+18005550138"),
        ("from 0120 123 456", "JP", "+81120123456"),
        ("yesterday from 11 98765-4321", "BR", "+5511987654321"),
        ("today from (11) 98765-4321", "BR", "+5511987654321"),
        ("yesterday from 1 (212) 555-0138", "US", "+12125550138"),
        ("missed calls from 0044 7911 123456", "DE", "+447911123456"),
    ],
)
def test_number_that_begins_like_a_time_is_a_number(typed, region, number):
    query = read(typed, region)
    assert (query.number, query.begin, query.end) == (number, 0, 24 * 60)


def test_time_before_an_extension_or_a_number_is_a_time():
    query = read("since 0900 101", "DE")
    assert (query.begin, query.extension) == (9 * 60, "101")
    query = read("yesterday after 1300 212-555-0138")
    assert (query.begin, query.number) == (13 * 60, "+12125550138")


@pytest.mark.parametrize(
    "typed", ["2026-02-30", "30.2.2026", "13/13/2026", "1999-01-01", "2026-1-99"]
)
def test_impossible_date_is_refused_with_an_example(typed):
    with pytest.raises(NotUnderstood, match=r"isn't a date. For example: /calls"):
        read(typed)


def test_reversed_range_suggests_the_right_order():
    with pytest.raises(NotUnderstood) as said:
        read("2026-11-20..2026-11-01")
    assert said.value.example == "/calls 2026-11-01..2026-11-20"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        *((typed, "can't leave any out") for typed in ("not missed", "no voicemail", "not today")),
        *((typed, "can't leave any out") for typed in ("except <@U0ANA0001>", "missed not mine")),
        *(
            (typed, "one thing “or” another")
            for typed in ("missed or voicemail", "today or missed")
        ),
        *((typed, "one thing “or” another") for typed in ("me or <@U0ANA0001>", '"oak" or "ash"')),
    ],
)
def test_exclusions_and_alternatives_are_no_names(typed, said):
    with pytest.raises(NotUnderstood, match=said):
        read(typed)


@pytest.mark.parametrize("typed", ["missed answered", "mine <@U0ANA0001>", "voicemail answered"])
def test_contradictory_filters_are_refused(typed):
    with pytest.raises(NotUnderstood, match=r"For example: /calls m"):
        read(typed)


def test_days_are_local_to_the_reader():
    zone = ZoneInfo("America/New_York")
    since, until = read("2026-11-01").moments(zone)  # the day on which the clocks go back
    assert until - since == 25 * 3600
    assert read("").moments(zone) == (None, None)


def test_part_of_a_day_is_local_to_the_reader():
    zone = ZoneInfo("America/New_York")
    since, until = read("yesterday morning").moments(zone)
    assert until - since == 12 * 3600
    assert (since, read("yesterday evening").moments(zone)[1]) == read("yesterday").moments(zone)


words = st.sampled_from(
    ["missed", "mine", "today", "week", "2026-11-20", "..", "to", "<@U0ANA0001>", '"', "“", "101"]
)


@given(st.lists(words | st.text(max_size=20), max_size=12).map(" ".join))
def test_any_query_is_parsed_or_refused(typed):
    with contextlib.suppress(NotUnderstood):
        read(typed).moments(ZoneInfo("Europe/Berlin"))


@given(st.text(min_size=501, max_size=4_000))
def test_long_query_is_cut(typed):
    with contextlib.suppress(NotUnderstood):
        read(typed)


def test_time_after_very_many_words_is_not_looked_for():
    assert read("word " * 29 + "today") == CallQuery(
        name=" ".join(["word"] * 29), **days("2026-11-23", "2026-11-23")
    )
    assert read("word " * 60 + "today").first is None


def test_week_before_a_known_name_is_no_part_of_it():
    found = parse_query("week Maria", today=TODAY, region="US", is_name=lambda one: one == "Maria")
    assert found == CallQuery(name="Maria", **days("2026-11-17", "2026-11-23"))
    assert read("week Maria") == CallQuery(name="week Maria")
    third = parse_query("q3 Maria", today=TODAY, region="US", is_name=lambda one: one == "Maria")
    assert third == CallQuery(name="Maria", **days("2026-07-01", "2026-09-30"))
