"""Parsing of events: every field name is accepted, invalid values are unknown."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.card import render_call_card
from bot.errors import PayloadUnreadable
from bot.models.calls import add_report, call_from_reports
from bot.models.merge import Fields
from bot.ui.formatting import Locale
from bot.vocatech.events import parse_event, read_listed_call


def read(payload):
    return parse_event(json.dumps(payload).encode(), region="US")


def facts(payload):
    return read(payload).report.facts


@pytest.mark.parametrize("kind_name", ["event_type", "event", "type"])
def test_the_event_type_is_found_under_each_name(kind_name):
    event = read({"id": "evt_1", kind_name: "call.ended", "data": {"call_id": "c1"}})
    assert (event.event_id, event.kind, event.report.call_id) == (
        "call.ended evt_1",
        "call.ended",
        "c1",
    )


def test_a_flat_body_is_parsed_like_one_with_data():
    event = read({"id": "evt_1", "event_type": "call.ended", "call_id": "c1", "duration": 5})
    assert event.event_id == "call.ended evt_1"
    assert event.report.facts["seconds"] == 5


def test_an_event_without_an_id_is_identified_by_its_body():
    one, two = ({"event_type": "call.ended", "data": {"call_id": c}} for c in ("c1", "c2"))
    assert read(one).event_id == read(one).event_id != read(two).event_id


def test_an_unknown_event_type_is_kept_without_a_report():
    event = read({"id": "evt_1", "event_type": "fax.received", "data": {"pages": 3}})
    assert event.report is None
    assert "pages" in event.body


def test_a_call_event_without_a_call_id_is_kept_without_a_report():
    assert read({"id": "e", "event_type": "call.ended", "data": {}}).report is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[1]",
        b'"text"',
        b"null",
        b"{}",
        b'{"event_type": {}}',
        b'{"event_type": "call.ended", "data": [1]}',
        b"\xff\xfe{",
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
)
def test_a_malformed_body_is_rejected_with_a_reason(body):
    with pytest.raises(PayloadUnreadable, match=r"body|data"):
        parse_event(body, region="US")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T10:00:00Z", 1_795_428_000),
        ("2026-11-23T10:00:00", 1_795_428_000),
        ("2026-11-23 11:00:00+01:00", 1_795_428_000),
        (1_795_428_000, 1_795_428_000),
        ("1795428000", 1_795_428_000),
        (1_795_428_000_000, 1_795_428_000),
        ("1795428000000000", 1_795_428_000),
        (1_795_428_000_000_000_000, 1_795_428_000),
        ("2026-11-23 10:00:00 +0000 UTC", 1_795_428_000),
        ("2026-11-23 05:00:00.25 -0500 EST", 1_795_428_000.25),
        ("2026/11/23 10:00:00", 1_795_428_000),
        ("2026-11-23 10:00:00 UTC", 1_795_428_000),
        ("2026-11-23T10:00:00 gmt", 1_795_428_000),
        ("2026-11-23t10:00:00z", 1_795_428_000),
        ("2026-11-23 10:00:00.000z", 1_795_428_000),
        ("2026-11-23 05:00:00 -0500", 1_795_428_000),
        ("Mon, 23 Nov 2026 10:00:00 +0000", 1_795_428_000),
        ("Mon, 23 Nov 2026 05:00:00 EST", 1_795_428_000),
        ("23 Nov 2026 10:00:00 GMT", 1_795_428_000),
        ("Mon, 23 Nov 2026 10:00:00 UTC", 1_795_428_000),
        ("1795428000.0", 1_795_428_000),
        ("1795428000.250000", 1_795_428_000.25),
        (" 1795428000000.0 ", 1_795_428_000),
        ("1.795428e9", 1_795_428_000),
        ("1e999", None),
        ("Mon, 99 Nov 2026 10:00:00 +9999", None),
        ("0001-01-01", None),
        ("tomorrow", None),
        (-5, None),
        (1e308, None),
        (float("nan"), None),
        ({}, None),
        (True, None),
    ],
)
def test_times_are_parsed_in_every_format_and_absurd_ones_are_unknown(moment, expected):
    event = {"id": "e", "event_type": "call.ended", "data": {"call_id": "c", "start_time": moment}}
    assert facts(event)["started_at"] == expected


@given(st.text(max_size=40) | st.from_regex(r"[\d:TtZz+. -]{1,40}", fullmatch=True))
def test_time_of_any_text_is_a_moment_or_unknown(moment):
    event = {"id": "e", "event_type": "call.ended", "data": {"call_id": "c", "start_time": moment}}
    read = facts(event)["started_at"]
    assert read is None or 946_684_800 <= read <= 4_102_444_800


@given(st.integers(1_000_000_000, 4_000_000_000))
def test_every_written_form_of_a_time_is_the_same_moment(seconds):
    at = datetime.fromtimestamp(seconds, UTC)
    forms = [
        f"{at:%Y-%m-%d %H:%M:%S} UTC",
        f"{at:%Y-%m-%dt%H:%M:%Sz}",
        format_datetime(at),
        format_datetime(at, usegmt=True),
        f"{at.timestamp()}",
        f"{at.timestamp() * 1000:.1f}",
    ]
    for moment in forms:
        data = {"call_id": "c", "start_time": moment}
        event = {"id": "e", "event_type": "call.ended", "data": data}
        assert facts(event)["started_at"] == at.timestamp()


@pytest.mark.parametrize("duration", [-1, "-3", 10**30, "long", None, [], float("inf"), True])
def test_absurd_durations_are_unknown(duration):
    event = {"id": "e", "event_type": "call.ended", "data": {"call_id": "c", "duration": duration}}
    assert facts(event)["seconds"] is None


@pytest.mark.parametrize(
    ("given_sentiment", "expected"),
    [
        ("Positive", "positive"),
        ("angry", None),
        (0.8, None),
        (80, None),
        ({"label": "negative", "score": -0.4}, "negative"),
        (None, None),
    ],
)
def test_a_sentiment_is_shown_as_a_word_or_not_at_all(given_sentiment, expected):
    event = {
        "id": "e",
        "event_type": "call.transcription",
        "data": {"call_id": "c", "sentiment": given_sentiment},
    }
    assert facts(event)["sentiment"] == expected


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_nan_and_infinity_are_no_id_and_no_name(number):
    one, two = (
        read({"id": number, "event_type": "call.ended", "data": {"call_id": call_id}})
        for call_id in ("c1", "c2")
    )
    assert one.event_id != two.event_id
    assert (
        facts({"event_type": "call.ended", "data": {"call_id": "c", "remote_name": number}})[
            "remote_name"
        ]
        is None
    )


def test_zero_bytes_and_lone_surrogates_are_removed_from_names():
    data = b'{"call_id":"c","remote_name":"A\\u0000n\\ud800a"}'
    body = b'{"id":"e","event_type":"call.ended","data":%s}' % data
    assert parse_event(body, region="US").report.facts["remote_name"] == "Ana"


def test_an_unchanged_list_row_is_the_same_event():
    row = {"call_id": "c", "end_time": 1_790_000_000}
    assert (
        read_listed_call(row, region="US").event_id
        == read_listed_call(dict(row), region="US").event_id
    )


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
field_names = st.sampled_from(
    ["direction", "status", "extension", "extension_name", "remote_name", "remote_number",
     "group_number", "start_time", "end_time", "duration", "journey", "summary", "transcription",
     "sentiment"]
)  # fmt: skip


@given(
    st.dictionaries(field_names, anything, max_size=6),
    st.sampled_from(["call.started", "call.answered", "call.ended", "call.transcription"]),
)
def test_any_field_values_give_a_card(data, kind):
    body = json.dumps({"id": "e", "event_type": kind, "data": {**data, "call_id": "c"}})
    report = parse_event(body.encode(), region="US").report
    known: Fields = json.loads(json.dumps(add_report({}, report)))
    message = render_call_card(call_from_reports("c", known), locale=Locale())
    assert message.text
    assert message.blocks
