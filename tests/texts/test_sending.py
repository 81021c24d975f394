"""After any response to a send, the state is correct, and no text is sent twice."""

import json
import math
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.business_hours import BusinessHours
from bot.clock import Timing
from bot.errors import ApiError
from bot.models.calls import Stage as CallStage
from bot.models.contacts import Contact
from bot.models.events import Event
from bot.models.health import KEY_REFUSED
from bot.models.texts import SendState
from bot.server.metrics import Metrics
from bot.services import no_failpoint
from bot.store import Store
from bot.store.send_queue import Draft
from bot.texts.policy import WHATSAPP_CLOSED, TextPolicy
from bot.texts.polling import TextPoller
from bot.texts.send_times import (
    HANDLED,
    NUMBER_GIVEN_UP,
    NUMBER_MOVED,
    REPEATED,
    TOO_LATE,
    SendTimes,
)
from bot.texts.sender import (
    OPTED_OUT,
    check_unconfirmed,
    has_queued,
    has_unconfirmed,
    send_next_text,
)
from bot.ui.formatting import Locale
from tests.support.api_client import MadeTime, make_client
from tests.texts.test_ingest import received
from tests.texts.test_texts import ended, whatsapp

UTC_ZONE = ZoneInfo("UTC")
ALWAYS = BusinessHours.read("Mon-Sun 0:00-24:00")
OURS, THEM, OTHER = "+12125550100", "+12125550142", "+12125550143"
TEN_MINUTES, HOUR = 600.0, 3_600.0
CREATED = httpx.Response(201, json={"status": "created", "message": {}})


class Provider:
    """Accepts texts, five in ten minutes; `answers` are used first, with whether they accept."""

    def __init__(self, time):
        self.time = time
        self.answers = []
        self.asked = []
        self.taken = []
        self.is_listing = True
        self.pages = 1

    def __call__(self, request):
        if request.method == "GET":
            if not self.is_listing:
                return httpx.Response(503)
            if int(request.url.params["page"]) > 1:
                return httpx.Response(403)
            rows = list(map(self.row, self.taken))
            return httpx.Response(200, json={"messages": rows, "meta": {"total_pages": self.pages}})
        now, body = self.time.seconds, json.loads(request.content)
        recent = [at for at, _ in self.asked if at > now - TEN_MINUTES]
        assert len(recent) < 5, "more than five sends in ten minutes"
        self.asked.append((now, body["message"]))
        answer, takes = self.answers.pop(0) if self.answers else (CREATED, True)
        if takes:
            self.taken.append((now, body["message"]))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def row(self, text):
        at, body = text
        return {
            "message_id": f"msg_{at}",
            "direction": "outgoing",
            "status": "delivered",
            "remote_number": THEM,
            "group_number": OURS,
            "sent_time": datetime.fromtimestamp(at, UTC).isoformat(),
            "channel": "text",
            "body": body,
        }


class Stage:
    """The two queues for texts on a fake clock, which can be restarted with their database."""

    def __init__(self, file):
        self.file = file
        self.time = MadeTime()
        self.provider = Provider(self.time)
        self.told = []
        self.rounds = 0
        self.start()

    def start(self):
        self.store = Store.open(self.file)
        metrics, clock = Metrics(), self.time.clock
        client = make_client(self.provider, self.store.request_log, self.time)
        policy = TextPolicy(self.store, clock, OURS, ("US",), sends_whatsapp=False)
        poller = TextPoller(client, self.store, metrics, clock, (), lambda: None)
        self.sending = {
            "store": self.store,
            "vocatech": client,
            "metrics": metrics,
            "clock": clock,
            "timing": Timing(),
            "failpoint": no_failpoint,
            "run_now": lambda _: None,
            "tell_admins": lambda name, *_: self.told.append((name, self.time.seconds)),
            "why_not_now": SendTimes(
                self.store, clock, Locale("US", UTC_ZONE), policy, ALWAYS
            ).why_not_now,
        }
        self.looking = {
            "store": self.store,
            "text_poller": poller,
            "clock": clock,
            "timing": Timing(),
        }

    def restart(self):
        self.store.close()
        self.start()

    def write(self, text_id="ours", body="We call you back.", by="U0ANA", **more):
        assert self.store.send_queue.add(
            Draft(text_id, THEM, OURS, body, by, **more), now=self.time.seconds
        )

    def schedule(self, seconds, text_id="ours", **more):
        """Schedule a text for a time from now."""
        send_at = self.time.seconds + seconds
        self.write(text_id, send_at=send_at, zone="America/New_York", **more)

    def live(self, seconds):
        """Let time pass in steps of half a second, with both queues running when they are due."""
        end, next_send, next_look = self.time.seconds + seconds, 0.0, 0.0
        while self.time.seconds < end:
            due = [end]
            self.store.scheduled_texts.release_due(now=self.time.seconds)
            due += [one.send_at for one in self.store.scheduled_texts.of_writer("U0ANA", limit=1)]
            if has_queued(store=self.store):
                if next_send <= self.time.seconds:
                    next_send = self.time.seconds + send_next_text(**self.sending)
                    self.rounds += 1
                due.append(next_send)
            if has_unconfirmed(store=self.store):
                if next_look <= self.time.seconds:
                    next_look = self.time.seconds + check_unconfirmed(**self.looking)
                    self.rounds += 1
                due.append(next_look)
            # Nothing changes until then, so the steps between are skipped.
            self.time.seconds += 0.5 * max(1, math.ceil((min(due) - self.time.seconds) / 0.5))

    @property
    def reply(self):
        return self.store.texts.find("ours").reply


@pytest.fixture
def stage(tmp_path, new_database):
    made = Stage(Path(shutil.copy(new_database, tmp_path / "bot.db")))
    yield made
    made.store.close()


def no(status, words="", **headers):
    body = {"error": {"message": words}} if words else None
    return httpx.Response(status, json=body, headers=headers)


REFUSED_FOR_GOOD = [
    no(400, "no such field"),
    no(403, "not allowed"),
    no(404),
    no(409, "another one is in progress"),
    no(422, "not a mobile number"),
    no(413),
]
TO_BE_TRIED_AGAIN = [
    (no(401), 360),
    (no(401, "the key has expired"), 360),
    (no(429), 60),
    (httpx.Response(429, headers={"Retry-After": "90"}), 120),
    (httpx.ConnectError("connection refused"), 30),
    (httpx.ConnectTimeout("no response"), 30),
    (httpx.PoolTimeout("busy"), 30),
]
UNKNOWN = [
    no(408),
    no(500),
    no(502),
    no(503, "try later"),
    httpx.ReadTimeout("slow"),
    httpx.WriteTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("closed"),
    httpx.Response(201, text="<html>created?"),
    httpx.Response(200, text='{"status": "crea'),
    httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
]


def name(case):
    answer = case[0] if isinstance(case, tuple) else case
    return str(getattr(answer, "status_code", None) or type(answer).__name__)


@pytest.mark.parametrize("answer", REFUSED_FOR_GOOD, ids=name)
def test_refused_text_keeps_the_reason_and_is_not_retried(stage, answer):
    stage.provider.answers = [(answer, False)]
    stage.write()
    stage.live(3600)
    assert stage.reply.state is SendState.REFUSED
    assert stage.reply.reason.startswith("Vocatech rejected it")
    assert not stage.reply.reason.endswith((":", " "))
    assert len(stage.provider.asked) == 1
    assert stage.rounds < 5


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": "failed", "error": "No credit"}, ": No credit"),
        ({"status": "error", "message": "Not a mobile"}, ": Not a mobile"),
        ({"success": False}, ""),
        ({"errors": [{"index": 0, "message": "to is invalid"}]}, ": to is invalid"),
        ({"status": "created", "message": {"status": "rejected", "message": "We call."}}, ""),
    ],
)
def test_refusal_with_a_status_of_success_is_no_sent_text(stage, answer, reason):
    stage.provider.answers = [(httpx.Response(200, json=answer), False)]
    stage.write()
    stage.live(60)
    assert stage.reply.state is SendState.REFUSED
    assert stage.reply.reason == f"Vocatech rejected it{reason}"
    assert len(stage.provider.asked) == 1


@pytest.mark.parametrize(
    "answer", [{"status": "created", "error": None, "errors": []}, {}, [], {"status": "queued"}]
)
def test_answer_without_a_refusal_is_a_sent_text(stage, answer):
    stage.provider.answers = [(httpx.Response(201, json=answer), True)]
    stage.write()
    stage.live(60)
    assert stage.reply.state is SendState.SENT


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_log_has_no_text_from_a_refusal(stage, caplog, status):
    stage.provider.answers = [(no(status, f"no text to {THEM[1:]}: We call you back."), False)]
    stage.write()
    stage.live(1)
    assert "sms_not_sent" in caplog.text
    assert "We call" not in caplog.text
    assert THEM[1:] not in caplog.text


def test_log_has_one_line_for_each_text_sent(stage, caplog):
    caplog.set_level("INFO")
    stage.write()
    stage.live(1)
    assert stage.reply.state is SendState.SENT
    lines = [one for one in caplog.records if "sms_sent" in one.getMessage()]
    assert [one.levelname for one in lines] == ["INFO"]
    assert THEM[1:] not in caplog.text


@pytest.mark.parametrize("case", TO_BE_TRIED_AGAIN, ids=name)
def test_text_that_was_definitely_not_sent_is_retried(stage, case):
    answer, seconds = case
    stage.provider.answers = [(answer, False)]
    stage.write()
    stage.live(5)
    assert stage.reply.state is SendState.QUEUED
    stage.restart()
    assert stage.reply.state is SendState.QUEUED
    stage.live(seconds)
    assert stage.reply.state is SendState.SENT
    assert len(stage.provider.asked) == 2
    assert len(stage.provider.taken) == 1


@pytest.mark.parametrize("answer", UNKNOWN, ids=name)
def test_accepted_text_without_a_valid_response_is_found(stage, answer):
    stage.provider.answers = [(answer, True)]
    stage.write()
    stage.live(3)
    assert stage.reply.state is SendState.SENT
    assert stage.store.texts.find("ours").message_id
    stage.live(3600)
    assert len(stage.provider.asked) == 1


@pytest.mark.parametrize("answer", UNKNOWN, ids=name)
def test_text_that_is_not_found_needs_confirmation_and_is_not_resent(stage, answer):
    stage.provider.answers = [(answer, False)]
    stage.write()
    stage.live(30)
    assert stage.reply.state is SendState.UNCONFIRMED
    stage.restart()
    stage.live(3600)
    assert stage.reply.state is SendState.NEEDS_CONFIRMATION
    assert len(stage.provider.asked) == 1
    assert stage.rounds < 12


def test_rejected_key_keeps_the_queue_without_a_planned_time(stage):
    stage.provider.answers = [(no(401), False)] * 3
    for number in range(3):
        stage.write(f"t{number}")
    stage.live(900)
    assert {what for what, _ in stage.told} == {KEY_REFUSED}
    texts = [stage.store.texts.find(f"t{number}") for number in range(3)]
    assert {(one.reply.state, one.reply.leaves_at) for one in texts} == {(SendState.QUEUED, None)}
    assert len(stage.provider.asked) <= 3, "a refused key is tried again and again"
    stage.live(900)
    assert [body for _, body in stage.provider.taken] == ["We call you back."] * 3


def test_unconfirmed_text_does_not_delay_the_next_one(stage):
    stage.provider.answers = [(httpx.ReadTimeout("slow"), False)]
    stage.write()
    stage.write("second", "Another")
    stage.live(1)
    assert [body for _, body in stage.provider.taken] == ["Another"]


def test_unreadable_list_is_read_again_before_the_writer_is_asked(stage):
    stage.provider.answers = [(httpx.ReadTimeout("slow"), True)]
    stage.provider.is_listing = False
    stage.write()
    stage.live(600)
    assert stage.reply.state is SendState.UNCONFIRMED
    stage.provider.is_listing = True
    stage.live(60)
    assert stage.reply.state is SendState.SENT


# The send limit


def test_twenty_texts_are_sent_in_order_within_the_limit_across_restarts(stage):
    words = [f"Text {number}" for number in range(20)]
    for number, body in enumerate(words):
        stage.write(f"t{number:02}", body)
    began = stage.time.seconds
    stage.live(4)
    for batch in range(1, 4):
        assert [body for _, body in stage.provider.asked] == words[: 5 * batch]
        promised = [stage.store.texts.find(f"t{number:02}").reply.leaves_at for number in range(20)]
        stage.live(200)
        stage.restart()
        stage.live(403)
        left = {body: at for at, body in stage.provider.asked}
        for number in range(5 * batch, 5 * batch + 5):
            assert abs(left[words[number]] - promised[number]) < 5
    assert [body for _, body in stage.provider.taken] == words
    assert stage.time.seconds - began < 1900
    assert stage.rounds < 20 + 3 * 15


def test_planned_time_is_stored_once_and_removed_when_unknown(stage):
    for number in range(6):
        stage.write(f"t{number}")
    stage.live(5)
    text = stage.store.texts.find("t5")
    assert text.reply.leaves_at - stage.time.seconds == pytest.approx(600, abs=10)
    versions = {one.text.text_id: one.version for one in stage.store.texts.to_route()}
    stage.live(590)
    assert {one.text.text_id: one.version for one in stage.store.texts.to_route()} == versions
    stage.provider.answers = [(httpx.ConnectError("refused"), False)]
    stage.live(15)
    stage.live(610)
    assert stage.store.texts.find("t5").reply.state is SendState.SENT


def test_stop_while_a_text_is_queued_prevents_sending(stage):
    stage.provider.answers = [(no(429, **{"Retry-After": "60"}), False)]
    stage.write()
    stage.live(5)
    stage.store.calls.save(received(body="STOP"), now=stage.time.seconds)
    stage.live(120)
    assert (stage.reply.state, stage.reply.reason) == (SendState.REFUSED, OPTED_OUT)
    assert stage.provider.taken == []


def answered_after_all(call_id, now):
    """Return a late report that a call was answered."""
    return replace(ended(call_id, now, answered=True), event_id="late")


def let_automatic_text_wait(stage):
    """Write to a missed caller once the limit is reached, so that the text waits."""
    for n in range(5):
        stage.write(f"t{n}", f"Text {n}")
    stage.live(10)
    stage.store.calls.save(ended("c1", stage.time.seconds), now=stage.time.seconds)
    stage.live(60)
    stage.write(body="Sorry", by=None, call_id="c1")
    stage.live(60)


@pytest.mark.parametrize(
    "handle",
    [
        lambda store, now: store.calls.save(answered_after_all("c1", now), now=now),
        lambda store, now: store.calls.save(ended("c2", now, answered=True), now=now),
        lambda store, now: store.calls.save(ended("c2", now, direction="outgoing"), now=now),
        lambda store, now: store.claims.take("c1", "U0ANA", now=now),
    ],
)
def test_automatic_text_is_not_sent_if_the_call_was_handled_while_it_waited(stage, handle):
    let_automatic_text_wait(stage)
    handle(stage.store, stage.time.seconds)
    stage.live(1200)
    assert stage.reply.state is SendState.CANCELED
    assert stage.reply.reason == HANDLED
    assert len(stage.provider.taken) == 5


@pytest.mark.parametrize("stage_of_call", [CallStage.RINGING, CallStage.ENDED])
def test_automatic_text_that_waited_is_sent_if_no_one_handled_the_call(stage, stage_of_call):
    let_automatic_text_wait(stage)
    # They call again, no one answers, and they still get one text.
    again = ended("c2", stage.time.seconds)
    facts = {**again.report.facts, "stage": stage_of_call}
    if stage_of_call is CallStage.RINGING:
        facts = {name: facts[name] for name in facts if name not in ("status", "ended_at")}
    again = replace(again, report=replace(again.report, facts=facts))
    stage.store.calls.save(again, now=stage.time.seconds)
    stage.live(1_000)
    assert stage.reply.state is SendState.SENT


@pytest.mark.parametrize(("closes", "is_sent"), [("17:06", False), ("17:11", True)])
def test_automatic_text_that_waited_is_not_sent_after_hours(stage, closes, is_sent):
    at_noon(stage)  # 17:00 UTC
    policy = TextPolicy(stage.store, stage.time.clock, OURS, ("US",), sends_whatsapp=False)
    hours = BusinessHours.read(f"Mon 9:00-{closes}")
    stage.sending["why_not_now"] = SendTimes(
        stage.store, stage.time.clock, Locale("US", UTC_ZONE), policy, hours
    ).why_not_now
    let_automatic_text_wait(stage)
    stage.live(1_000)
    assert (stage.reply.state is SendState.SENT) is is_sent
    assert (stage.reply.reason == TOO_LATE) is not is_sent


def test_automatic_text_is_not_sent_long_after_a_call_that_was_reported_late(stage):
    call = ended("c1", stage.time.seconds)
    stage.store.calls.save(call, now=stage.time.seconds)
    stage.time.seconds += 14 * 60
    stage.write(body="Sorry", by=None, call_id="c1")
    stage.provider.answers = [(httpx.ConnectError("refused"), False)] * 30
    stage.live(8 * 60)
    assert (stage.reply.state, stage.reply.reason) == (SendState.REFUSED, TOO_LATE)


def test_automatic_text_is_not_sent_hours_late(stage):
    stage.provider.answers = [(httpx.ConnectError("refused"), False)] * 15
    stage.write(by=None)
    stage.write("asked for")
    stage.live(3600)
    assert (stage.reply.state, stage.reply.reason) == (SendState.REFUSED, TOO_LATE)
    assert len(stage.provider.taken) == 1


def test_clock_set_back_does_not_delay_the_check(stage):
    stage.provider.answers = [(httpx.ReadTimeout("slow"), False)]
    stage.write()
    stage.live(1)
    stage.time.seconds -= 86_400
    stage.live(300)
    assert stage.reply.state is SendState.NEEDS_CONFIRMATION


def test_readable_pages_of_a_broken_list_are_stored(stage):
    stage.provider.taken = [(stage.time.seconds, "Second"), (stage.time.seconds - 1, "First")]
    stage.provider.pages = 2
    with pytest.raises(ApiError):
        stage.looking["text_poller"].ingest(stage.time.seconds, stage.time.seconds)
    assert [one.text.body for one in stage.store.texts.to_route()] == ["First", "Second"]


def at_noon(stage):
    """Set the clock to noon in New York, so that no test runs into the night there."""
    stage.time.seconds = 1_795_453_200.0  # 2026-11-23 17:00 UTC


def test_scheduled_text_leaves_at_its_time_and_once(stage):
    at_noon(stage)
    stage.schedule(HOUR)
    written_at = stage.time.seconds
    stage.live(HOUR - 30)
    assert stage.reply.state is SendState.SCHEDULED
    stage.restart()
    stage.live(60)
    assert stage.reply.state is SendState.SENT
    [(at, body)] = stage.provider.taken
    assert 0 <= at - written_at - HOUR <= 20
    assert body == "We call you back."
    assert stage.store.texts.find("ours").at == pytest.approx(at, abs=20)
    stage.live(HOUR)
    assert len(stage.provider.taken) == 1


def test_scheduled_texts_of_people_take_their_turn_in_the_quota_before_automatic_ones(stage):
    at_noon(stage)
    for number in range(4):
        stage.write(f"now {number}", f"Now {number}.")
    stage.live(20)
    stage.schedule(60, "planned", body="Planned.")
    stage.live(55)
    stage.write("auto", "Automatic.", by=None)
    stage.write("late", "Written later.")
    stage.store.scheduled_texts.release_due(now=stage.time.seconds + 10)
    stage.live(700)
    assert [body for _, body in stage.provider.taken[4:6]] == ["Planned.", "Written later."]


def test_stop_before_its_time_prevents_sending_a_scheduled_text(stage):
    at_noon(stage)
    stage.schedule(HOUR)
    stage.store.calls.save(received(body="STOP"), now=stage.time.seconds)
    stage.live(HOUR + 60)
    assert (stage.reply.state, stage.reply.reason) == (SendState.REFUSED, OPTED_OUT)
    assert stage.provider.asked == []


def failed(stage, text_id, **more):
    """Queue a text that Vocatech rejects."""
    stage.provider.answers.append((no(422, "busy"), False))
    stage.write(text_id, **more)
    stage.live(30)
    assert stage.store.texts.find(text_id).has_failed


def test_text_that_was_sent_after_all_is_not_repeated_by_a_waiting_one(stage):
    at_noon(stage)
    stage.provider.answers.append((no(502), True))
    stage.provider.is_listing = False
    stage.write("first")
    stage.live(HOUR)
    stage.store.send_queue.ask("first")
    stage.schedule(HOUR, resends="first")
    stage.provider.is_listing = True
    stage.looking["text_poller"].ingest(stage.time.seconds - 2 * HOUR, stage.time.seconds)
    assert stage.store.texts.find("first").message_id
    stage.live(2 * HOUR)
    assert (stage.reply.state, stage.reply.reason) == (SendState.CANCELED, REPEATED)
    assert len(stage.provider.taken) == 1


def test_unconfirmed_text_is_sent_again_at_the_chosen_time(stage):
    at_noon(stage)
    stage.provider.answers.append((no(502), False))
    stage.write("first")
    stage.live(HOUR)
    stage.store.send_queue.ask("first")
    stage.schedule(HOUR, resends="first")
    stage.live(2 * HOUR)
    assert stage.reply.state is SendState.SENT
    assert len(stage.provider.taken) == 1


def test_text_that_failed_twice_is_sent_again_only_once(stage):
    at_noon(stage)
    failed(stage, "first")
    failed(stage, "second", resends="first")
    assert not stage.store.send_queue.was_resent("first")
    assert not stage.store.send_queue.was_resent("second")
    stage.write(resends="second")
    again = Draft("again", THEM, OURS, "We call you back.", "U0BEN", resends="first")
    for _ in range(2):
        assert stage.store.send_queue.was_resent("first")
        assert stage.store.send_queue.was_resent("second")
        assert not stage.store.send_queue.add(again, now=stage.time.seconds)
        stage.live(30)
        assert stage.reply.state is SendState.SENT
    assert len(stage.provider.taken) == 1


@pytest.mark.parametrize(
    ("change", "is_sent"),
    [
        (lambda s: s.contacts.save(Contact(7, {"Name": "Maria"}, (OTHER,)), now=9.0), False),
        (lambda s: s.contacts.save(Contact(7, {"Name": "Maria"}), now=9.0), False),
        (lambda s: s.contacts.save(Contact(7, {"Name": "Mia"}, (OTHER, THEM)), now=9.0), True),
        (lambda s: s.contacts.save(Contact(8, {"Name": "Ben"}, (THEM,)), now=9.0), True),
        (lambda s: s.contacts.drop(7), True),
    ],
    ids=["another number", "no number", "renamed", "shared", "deleted"],
)
def test_scheduled_text_does_not_leave_once_its_contact_lost_the_number(stage, change, is_sent):
    at_noon(stage)
    stage.store.contacts.save(Contact(7, {"Name": "Maria"}, (THEM,)), now=1.0)
    stage.schedule(HOUR)
    change(stage.store)
    stage.live(HOUR + 60)
    assert (stage.reply.state is SendState.SENT) is is_sent
    assert (stage.reply.reason == NUMBER_MOVED) is not is_sent
    assert len(stage.provider.asked) == is_sent


def test_scheduled_text_that_was_changed_since_leaves_to_its_number(stage):
    at_noon(stage)
    stage.store.contacts.save(Contact(7, {"Name": "Maria"}, (THEM,)), now=1.0)
    stage.schedule(HOUR)
    stage.store.contacts.save(Contact(7, {"Name": "Maria"}, (OTHER,)), now=9.0)
    found = stage.store.scheduled_texts.find("ours")
    assert stage.store.scheduled_texts.change(
        replace(found, body="Who has this number?"), token="1", now=1.0
    )
    stage.live(HOUR + 60)
    assert [body for _, body in stage.provider.taken] == ["Who has this number?"]


def test_number_given_up_before_its_time_prevents_sending(stage):
    at_noon(stage)
    stage.schedule(HOUR)
    stage.sending["why_not_now"] = SendTimes(
        stage.store,
        stage.time.clock,
        Locale("US", UTC_ZONE),
        TextPolicy(stage.store, stage.time.clock, "+12125550111", ("US",), sends_whatsapp=False),
        ALWAYS,
    ).why_not_now
    stage.live(HOUR + 60)
    assert (stage.reply.state, stage.reply.reason) == (SendState.REFUSED, NUMBER_GIVEN_UP)
    assert stage.provider.asked == []


def test_sms_leaves_at_its_time_although_whatsapp_closed_since(stage):
    at_noon(stage)
    policy = TextPolicy(stage.store, stage.time.clock, OURS, ("US",), sends_whatsapp=True)
    locale = Locale("US", UTC_ZONE)
    stage.sending["why_not_now"] = SendTimes(
        stage.store, stage.time.clock, locale, policy, ALWAYS
    ).why_not_now
    stage.schedule(48 * HOUR)
    event = Event("e", "message.received", "{}", text=whatsapp(stage.time.seconds + HOUR))
    stage.store.calls.save(event, now=stage.time.seconds)
    assert policy.blocked_because(THEM) is None
    stage.live(48 * HOUR + 60)
    assert policy.blocked_because(THEM) == WHATSAPP_CLOSED
    assert stage.reply.state is SendState.SENT


@pytest.mark.parametrize(
    ("due_in", "late", "is_sent"),
    [
        (HOUR, HOUR, True),
        (HOUR, 3 * HOUR, False),  # it may have been about a time that has passed
        (8.9 * HOUR, 600, True),  # 8:54 PM, sent at 9:04 PM
        (8.9 * HOUR, 1_800, False),  # in the night instead of the evening
    ],
)
def test_scheduled_text_is_sent_late_only_within_limits(stage, due_in, late, is_sent):
    at_noon(stage)
    stage.schedule(due_in)
    stage.time.seconds += due_in + late  # the app was off
    stage.live(60)
    assert (stage.reply.state is SendState.SENT) is is_sent
    assert (stage.reply.reason == TOO_LATE) is not is_sent
    assert len(stage.provider.asked) == is_sent


@pytest.mark.parametrize("change", [-86_400, -HOUR, 1_800])
def test_scheduled_text_is_sent_once_after_the_clock_changed(stage, change):
    at_noon(stage)
    stage.schedule(2 * HOUR)
    stage.live(HOUR)
    stage.time.seconds += change
    stage.live(3 * HOUR + max(0, -change))
    assert stage.reply.state is SendState.SENT
    assert len(stage.provider.taken) == 1


def test_canceled_scheduled_text_is_never_sent(stage):
    at_noon(stage)
    stage.schedule(HOUR)
    assert stage.store.send_queue.cancel("ours", reason="canceled by Ana")
    stage.live(2 * HOUR)
    assert stage.reply.state is SendState.CANCELED
    assert stage.provider.asked == []


def test_change_of_a_scheduled_text_needs_the_version_that_was_shown(stage):
    at_noon(stage)
    stage.schedule(HOUR)
    found = stage.store.scheduled_texts.find("ours")
    changed = replace(found, body="Changed.", send_at=found.send_at + HOUR)
    assert stage.store.scheduled_texts.change(changed, token="1", now=1.0)
    assert not stage.store.scheduled_texts.change(
        replace(found, body="Too late."), token="2", now=1.0
    )
    stage.live(HOUR + 60)
    assert stage.provider.asked == []
    stage.live(HOUR)
    assert [body for _, body in stage.provider.taken] == ["Changed."]
    assert not stage.store.scheduled_texts.change(changed, token="1", now=1.0)
