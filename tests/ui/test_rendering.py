"""What people read: right words, nothing alive, nothing refused for its length."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.card import render_call_card
from bot.calls.modals import render_transcript_modal
from bot.calls.summary_messages import CallSummary, render_calls_modal, render_catch_up_summary
from bot.health.incident_words import INCIDENT_WORDS, JOB_NAMES
from bot.health.messages import describe_incident, render_incident
from bot.models.calls import Call, Direction, Leg, Outcome
from bot.models.health import KINDS
from bot.sandbox.block_kit.check import check_blocks, check_view
from bot.sandbox.company.model import HOSTILE_NAMES
from bot.sandbox.gallery.fixtures import CALL, SALES
from bot.sandbox.gallery.incidents import DETAILS
from bot.ui.formatting import (
    Locale,
    clock_time,
    full_date,
    hour_name,
    month_day,
    span,
    time_of,
    weekday_date,
)
from bot.ui.message import REPEAT_NOTE
from bot.ui.mrkdwn import shorten

LOCALE = Locale()
hostile_text = st.text(max_size=400) | st.sampled_from(
    [
        *HOSTILE_NAMES,
        "<!channel>",
        "<@U0ADMIN01>",
        "<https://evil.example|x>",
        "*b* _i_ `c`",
        "\u202eabc",
    ]
)
hostile_calls = st.builds(
    Call,
    call_id=st.text(min_size=1, max_size=255),
    direction=st.none() | st.sampled_from(Direction),
    outcome=st.sampled_from(Outcome),
    remote_name=st.none() | hostile_text,
    remote_number=st.none() | hostile_text,
    our_name=st.none() | hostile_text,
    extension=st.none() | hostile_text,
    company_number=st.none() | hostile_text,
    started_at=st.none() | st.floats(946_684_800, 4_102_444_800),
    seconds=st.none() | st.integers(0, 604_800),
    summary=st.none() | hostile_text,
    transcript=st.none() | hostile_text,
    sentiment=st.sampled_from([None, "positive", "negative"]),
    legs=st.lists(st.builds(Leg, name=hostile_text), max_size=3).map(tuple),
)


def changed(**fields):
    return Call(**{**CALL.__dict__, **fields})


def text(**fields):
    return render_call_card(changed(**fields), locale=LOCALE).text


@pytest.mark.parametrize(
    ("direction", "outcome", "words"),
    [
        ("incoming", "ringing", "Incoming call from Maria Lopez"),
        ("incoming", "in progress", "On a call with Maria Lopez"),
        ("incoming", "answered", "Answered call from Maria Lopez"),
        ("incoming", "missed", "Missed call from Maria Lopez"),
        ("incoming", "voicemail", "Missed call with voicemail from Maria Lopez"),
        ("outgoing", "ringing", "Calling Maria Lopez"),
        ("outgoing", "answered", "Outgoing call to Maria Lopez"),
        ("outgoing", "unanswered", "Unanswered call to Maria Lopez"),
        ("internal", "answered", "Answered internal call from Maria Lopez"),
        (None, "answered", "Answered call from Maria Lopez"),
        (None, "over", "Call with Maria Lopez"),
    ],
)
def test_card_names_direction_and_outcome(direction, outcome, words):
    kind = Direction(direction) if direction else None
    assert text(direction=kind, outcome=Outcome(outcome)).startswith(words)


def test_sentence_describes_the_whole_call():
    assert text() == (
        "Answered call from Maria Lopez, (212) 555-0123,"
        " answered by Ana Torres (ext. 101), 3 min 12 s."
    )


def test_unknown_caller_is_shown_by_number_or_in_words():
    assert text(remote_name=None).startswith("Answered call from (212) 555-0123, answered")
    assert "from an unknown number" in text(remote_name=None, remote_number=None)


def test_a_foreign_number_keeps_its_country_code():
    assert "+49 30 123456" in text(remote_name=None, remote_number="+4930123456")


def test_missed_call_has_its_own_icon():
    seen = json.dumps(render_call_card(changed(outcome=Outcome.MISSED), locale=LOCALE).blocks)
    assert "red_circle" in seen
    assert "red_circle" not in json.dumps(render_call_card(CALL, locale=LOCALE).blocks)


def test_the_summary_is_marked_as_made_by_ai():
    seen = json.dumps(render_call_card(CALL, locale=LOCALE).blocks)
    assert "Summary (AI-generated)" in seen
    assert "move the fitting of her kitchen" in seen


def test_transferred_call_names_people_in_order():
    legs = (Leg(name="Ana"), Leg(name="Ben"), Leg(name="Ben"))
    assert "Ana \\u2192 Ben" in json.dumps(
        render_call_card(changed(legs=legs), locale=LOCALE).blocks
    )


def test_card_has_a_transcript_button_only_with_a_transcript():
    assert "open_transcript" in json.dumps(render_call_card(CALL, locale=LOCALE).blocks)
    bare = render_call_card(changed(transcript=None), locale=LOCALE)
    assert "open_transcript" not in json.dumps(bare.blocks)
    long = render_call_card(changed(transcript=None, summary="word " * 2000), locale=LOCALE)
    assert "Full summary" in json.dumps(long.blocks)


def test_possible_duplicate_says_so():
    message = render_call_card(CALL, locale=LOCALE, may_be_a_repeat=True)
    assert REPEAT_NOTE in json.dumps(message.blocks)
    assert REPEAT_NOTE in json.dumps(message.plain_blocks)


def test_rendering_is_deterministic():
    assert render_call_card(CALL, locale=LOCALE).look == render_call_card(CALL, locale=LOCALE).look
    assert (
        render_call_card(CALL, locale=LOCALE).look
        != render_call_card(changed(seconds=1), locale=LOCALE).look
    )


def markup_in(blocks):
    """Give every text that Slack reads for markup."""
    found = []
    for part in json.loads(json.dumps(blocks), object_hook=lambda d: found.append(d) or d):
        assert part
    return [part["text"] for part in found if part.get("type") == "mrkdwn"]


@given(hostile_calls)
def test_outside_text_is_escaped_and_within_limits(call):
    message = render_call_card(call, locale=LOCALE)
    assert check_blocks(message.blocks, "message") == []
    assert check_blocks(message.plain_blocks, "message") == []
    assert len(message.text) <= 4000
    assert "<" not in message.text
    for markup in markup_in(message.blocks) + markup_in(message.plain_blocks):
        assert markup.startswith("<!date^")
        assert markup.count("<") == 1


@given(hostile_calls, st.integers(-2, 5))
def test_a_transcript_modal_is_always_within_slacks_limits(call, page):
    assert check_view(render_transcript_modal(call, locale=LOCALE, page=page)) == []


@pytest.mark.parametrize("length", [10, 9_000, 120_000])
@pytest.mark.parametrize("line", ["Ana: A line as people say it, and then some more.\n", "x"])
def test_a_transcript_is_shown_in_full_whatever_its_length(length, line):
    said = (line * (length // len(line) + 1))[:length]
    call = changed(transcript=said, summary=None)
    shown, page = "", 0
    while True:
        view = render_transcript_modal(call, locale=LOCALE, page=page)
        assert check_view(view) == []
        assert len(json.dumps(view)) < 100_000
        for block in view["blocks"]:
            if block["type"] == "rich_text":
                shown += "".join(e["text"] for s in block["elements"] for e in s["elements"])
        if not any(
            "of" in str(b.get("elements")) and b["type"] == "actions" for b in view["blocks"]
        ):
            break
        page += 1
    assert shown.replace("\n", "").replace(" ", "") == said.replace("\n", "").replace(" ", "")


@given(st.lists(hostile_calls, min_size=11, max_size=100))
def test_a_summary_of_many_calls_is_within_slacks_limits(calls):
    message = render_catch_up_summary(CallSummary(calls, "n"), locale=LOCALE)
    assert check_blocks(message.blocks, "message") == []
    assert check_blocks(message.plain_blocks, "message") == []
    assert len(json.dumps(message.blocks)) < 13_000
    assert check_view(render_calls_modal(calls, {}, today=date(2026, 7, 27), locale=LOCALE)) == []
    assert message.metadata["event_payload"]["call_ids"] == [call.call_id for call in calls]


@pytest.mark.parametrize("kind", KINDS)
def test_an_incident_says_what_happened_its_effect_and_the_fix(kind):
    words = describe_incident(kind, DETAILS.get(kind, {}))
    message = render_incident("n", kind, DETAILS.get(kind, {}))
    assert message.text == f"{words.what} {words.effect} {words.fix}"
    assert re.search("othing is lost|No call is lost", words.effect)
    assert check_blocks(message.blocks, "message") == []
    for sentences in (words.what, words.effect, words.fix):
        assert sentences.endswith(".")
        assert not re.search(r"[{}]|\.\.|\bsee the log\b", sentences)
    # An endpoint's ID tells two with the same name apart; people see its name.
    shown = {name: value for name, value in DETAILS.get(kind, {}).items() if name != "endpoint_id"}
    for value in shown.values():
        assert value == "is_archived" or JOB_NAMES.get(value, value) in message.text


def test_each_incident_kind_has_a_text():
    assert set(INCIDENT_WORDS) == set(KINDS)


@given(st.sampled_from([*KINDS]), hostile_text)
def test_outside_text_in_an_incident_is_escaped(kind, said):
    names = re.findall(r"{(\w+)}", " ".join(map(str, vars(INCIDENT_WORDS[kind]).values())))
    message = render_incident("n", kind, dict.fromkeys(names, said) | {"channel": SALES})
    assert check_blocks(message.blocks, "message") == []
    assert "<" not in message.text.replace(f"<#{SALES}>", "")
    assert "<" not in str(describe_incident(kind, DETAILS.get(kind, {}), plain=True))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (192, "3 min 12 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
    ],
)
def test_durations_are_readable(seconds, words):
    assert span(seconds) == words


@given(st.text(max_size=300), st.integers(1, 200))
def test_a_shortened_text_is_never_too_long(given_text, most):
    assert len(shorten(given_text, most)) <= max(most, 1)


def test_the_rules_of_style_are_ten():
    rules = (Path(__file__).parents[2] / "bot/ui/STYLE.md").read_text()
    assert [line[:2] for line in rules.splitlines() if line[:1].isdigit()] == [
        *(f"{n}." for n in range(1, 10)),
        "10",
    ]


@pytest.mark.parametrize(
    ("minute", "shown"),
    [(0, "12:00 AM"), (569, "9:29 AM"), (720, "12:00 PM"), (1_020, "5:00 PM"), (1_439, "11:59 PM")],
)
def test_times_of_day_have_twelve_hours(minute, shown):
    assert clock_time(minute) == shown
    assert time_of(datetime(2026, 11, 27, minute // 60, minute % 60, tzinfo=UTC)) == shown


def test_dates_put_the_month_first():
    friday = date(2026, 11, 27)
    assert (month_day(friday), weekday_date(friday)) == ("Nov 27", "Fri, Nov 27")
    assert full_date(friday) == "Nov 27, 2026"
    assert [hour_name(hour) for hour in (0, 8, 12, 23, 24)] == [
        "12 AM",
        "8 AM",
        "12 PM",
        "11 PM",
        "12 AM",
    ]


def test_moments_as_text_name_their_zone():
    at = datetime(2026, 11, 27, 9, 29, tzinfo=UTC).timestamp()
    assert LOCALE.plain_moment(at) == "Nov 27, 2026 at 9:29 AM UTC"
    assert LOCALE.day(at) == "Nov 27, 2026"
    assert LOCALE.moment(at).endswith("|Nov 27, 2026 at 9:29 AM UTC>")
