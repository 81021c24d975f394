"""Reports about a call add up to the same call, in any order, any number of times."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.models.calls import (
    Outcome,
    Report,
    Source,
    add_report,
    call_from_reports,
    pack_facts,
    unpack_facts,
)
from bot.vocatech.events import parse_event, read_listed_call

names = st.none() | st.sampled_from(["Ana", "Ana Costa", "Zoë", "*Bob*"])
moments = st.none() | st.floats(1_700_000_000, 1_700_009_000)
legs = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from([None, "group", "extension", "voicemail"]),
            "extension": st.sampled_from([None, "101", "102"]),
            "name": names,
            "seconds": st.none() | st.integers(0, 500),
            "summary": names,
            "transcript": names,
            "recorded": st.booleans(),
        }
    ),
    max_size=3,
)
reports = st.builds(
    Report,
    call_id=st.just("c1"),
    authority=st.sampled_from(Source),
    facts=st.fixed_dictionaries(
        {},
        optional={
            "direction": st.sampled_from(["incoming", "outgoing", "internal"]),
            "status": st.sampled_from(["answered", "missed"]),
            "answered": st.just(True),
            "listed": st.just(True),
            "stage": st.sampled_from([1, 2, 3]),
            "our_side": st.lists(names, min_size=2, max_size=2),
            "remote_name": names,
            "started_at": moments,
            "ended_at": moments,
            "seconds": st.none() | st.integers(0, 5000),
            "summary": names,
            "transcript": names,
            "legs": legs,
        },
    ),
)


def call_from(some_reports):
    facts = {}
    for report in some_reports:
        facts = add_report(facts, report)
    return facts, call_from_reports("c1", facts)


@given(st.lists(reports, max_size=6), st.randoms())
def test_the_order_of_reports_makes_no_difference(some, chance):
    shuffled = list(some)
    chance.shuffle(shuffled)
    assert call_from(some) == call_from(shuffled)


@given(st.lists(reports, max_size=5), st.randoms())
def test_repeated_report_changes_nothing(some, chance):
    doubled = some * 3
    chance.shuffle(doubled)
    assert call_from(some) == call_from(doubled)


@given(st.lists(reports, max_size=5))
def test_packed_facts_are_the_same_call(some):
    facts, call = call_from(some)
    packed = json.loads(json.dumps(pack_facts(facts)))
    assert call_from_reports("c1", packed) == call
    assert unpack_facts(packed) == facts


def test_packed_facts_have_what_was_said_once():
    said = event("call.transcription", summary="A greeting", transcription="Hi\n\nHello")
    segments = [
        {"type": "extension", "summary": "A greeting", "transcription": "Hi"},
        {"type": "extension", "transcription": "Hello"},
    ]
    row = {"call_id": "c1", "end_time": 1_790_000_000, "journey": segments}
    facts, call = call_from([said, read_listed_call(row, region="US").report])
    packed = json.dumps(pack_facts(facts))
    assert (call.summary, call.transcript) == ("A greeting", "Hi\n\nHello")
    assert packed.count("A greeting") == packed.count("Hello") == 1


def event(kind, **data):
    body = json.dumps({"id": f"evt_{kind}", "event_type": kind, "data": {"call_id": "c1", **data}})
    return parse_event(body.encode(), region="US").report


def listed(**row):
    return read_listed_call({"call_id": "c1", **row}, region="US").report


ENDED = event("call.ended", direction="incoming", end_time="2026-11-23T10:00:00Z", duration=60)


def outcome(*some):
    return call_from(some)[1].outcome


def test_a_call_that_ended_and_was_never_answered_was_missed():
    assert outcome(event("call.started", direction="incoming"), ENDED) is Outcome.MISSED


def test_an_answer_that_arrives_after_the_end_makes_it_an_answered_call():
    assert outcome(ENDED, event("call.answered")) is Outcome.ANSWERED


def test_unanswered_outgoing_call_is_not_missed():
    assert outcome(event("call.ended", direction="outgoing")) is Outcome.UNANSWERED


def test_call_passes_from_ringing_to_in_progress_to_ended():
    assert outcome(event("call.started")) is Outcome.RINGING
    assert outcome(event("call.started"), event("call.answered")) is Outcome.IN_PROGRESS


def test_recorded_message_is_a_voicemail():
    voicemail = listed(end_time=1_790_000_000, journey=[{"type": "voicemail", "duration": 20}])
    assert outcome(voicemail) is Outcome.VOICEMAIL


def test_a_listed_call_without_a_status_counts_as_answered_when_a_person_spoke():
    spoken = [{"type": "extension", "extension": "101", "duration": 44}]
    assert outcome(listed(end_time=1_790_000_000, journey=spoken)) is Outcome.ANSWERED


def test_listed_status_wins_over_durations():
    missed = listed(end_time=1_790_000_000, duration=30, status="missed")
    assert outcome(missed) is Outcome.MISSED


def test_listing_during_a_call_does_not_shorten_it():
    early = listed(duration=10)
    assert call_from([early, ENDED])[1].seconds == 60


def test_summaries_of_a_transferred_call_are_joined_in_order():
    journey = [
        {"order": 2, "summary": "Second.", "transcription": "B: hi"},
        {"order": 1, "summary": "First.", "transcription": "A: hi"},
    ]
    call = call_from([listed(end_time=1_790_000_000, journey=journey)])[1]
    assert call.summary == "First.\n\nSecond."
    assert call.transcript == "A: hi\n\nB: hi"


def test_a_transcript_alone_claims_neither_that_a_call_was_missed_nor_answered():
    assert outcome(event("call.transcription", summary="Hi.")) is Outcome.OVER


def test_transcript_ends_an_answered_call():
    told = [event("call.started"), event("call.answered"), event("call.transcription")]
    assert outcome(*told) is Outcome.ANSWERED


def test_an_unknown_status_word_does_not_make_a_call_missed():
    spoken = [{"type": "extension", "extension": "101", "duration": 44}]
    row = listed(end_time=1_790_000_000, journey=spoken, status="completed")
    assert outcome(row) is Outcome.ANSWERED


def test_unreadable_end_time_still_ends_the_call():
    assert outcome(listed(end_time="9999-99-99", status="answered")) is Outcome.ANSWERED
    assert outcome(listed(status="missed")) is Outcome.MISSED
