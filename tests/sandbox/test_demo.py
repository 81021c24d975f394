"""The demo's phone company: calls step by step, faults, kills, and the delivery audit."""

import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from bot.models.calls import Report, Source, Stage
from bot.models.contacts import Contact
from bot.models.events import Event
from bot.models.screening import ScreenKind
from bot.sandbox.demo.active_faults import ActiveFaults
from bot.sandbox.demo.bot_process import BotProcess
from bot.sandbox.demo.delivery_audit import PATIENCE, AuditReport, DeliveryAudit
from bot.sandbox.demo.environment import CHANNEL, DemoEnvironment, start_demo
from bot.sandbox.demo.manual_call import ManualCall
from bot.sandbox.demo.past_work import add_past_work
from bot.sandbox.slack.workspace import ANA, BEN, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.sandbox.vocatech.webhooks import WebhookFaults
from bot.store import Store
from tests.conftest import wait_for
from tests.support import http

QUICK = 1000.0


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def slack():
    with FakeSlack(limits=False) as fake:
        yield fake


@pytest.fixture
def vocatech():
    with FakeVocatech(quotas=False) as fake:
        yield fake


@pytest.fixture
def demo(slack, vocatech):
    made = DemoEnvironment(slack, vocatech, BotProcess({}), Path())
    yield made
    made.phone.close()


def post(slack, kind, **payload):
    """Post a message with metadata, as the app does."""
    metadata = {"event_type": kind, "event_payload": payload}
    body = {"channel": CHANNEL, "text": "A card.", "metadata": metadata}
    given = {"authorization": f"Bearer {slack.token}"}
    http.post(f"{slack.api_url}chat.postMessage", json=body, headers=given)


def test_every_button_has_its_own_key(demo):
    keys = Counter(button.key for button in demo.scenarios().values())
    assert set(keys.values()) == {1}
    assert all(len(key) == 1 for key in keys)


def test_a_call_goes_step_by_step_from_ring_to_summary(demo):
    for step in ("ring", "answer", "transfer"):
        demo.play_in_background(step)
    demo.speed = QUICK
    demo.play_in_background("hang_up")
    [call_id] = demo.call_ids
    wait_for(lambda: "summary" in str(demo.vocatech.calls.get(call_id)))
    call = demo.vocatech.calls.get(call_id)
    assert call["status"] == "answered"
    assert [leg["type"] for leg in call["journey"]] == ["group", "extension", "extension"]


def test_a_caller_leaves_a_voicemail(demo):
    for step in ("ring", "leave_voicemail", "hang_up"):
        demo.play(step)
    call = demo.vocatech.calls.get(demo.call_ids[0])
    assert call["status"] == "missed"
    assert call["journey"][-1]["type"] == "voicemail"


def test_a_call_that_no_one_answers_is_missed(demo):
    demo.speed = QUICK
    demo.play("ring")
    wait_for(lambda: demo.vocatech.calls.get(demo.call_ids[0]).get("status") == "missed")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("answer", "is ringing"),
        ("transfer", "is answered"),
        ("hang_up", "There is no call"),
    ],
)
def test_an_impossible_step_explains_why(demo, step, words):
    with pytest.raises(LookupError, match=words):
        demo.play_in_background(step)


def test_a_step_applies_to_the_newest_possible_call(vocatech):
    phone = ManualCall(vocatech)
    first, second = phone.ring(1.0), phone.ring(1.0)
    phone.answer(1.0)
    phone.hang_up(1.0)
    assert "end_time" in second.call
    assert phone.answer(1.0).id == first.id
    phone.close()


def test_a_fault_undoes_only_its_own_change(demo):
    demo.speed = 100.0
    threads = [threading.Thread(target=demo.play, args=[f"fault_{name}"]) for name in
             ("late", "doubled", "lost")]  # fmt: skip
    for thread in threads:
        thread.start()
    wait_for(lambda: demo.vocatech.webhooks.faults.copies == 2)
    assert demo.status()["Faults"].startswith("Webhook faults: ")
    for thread in threads:
        thread.join()
    assert demo.vocatech.webhooks.faults == WebhookFaults()


def test_an_active_fault_cannot_start_again(demo):
    clock = Clock()
    faults, refused_key = ActiveFaults(clock), demo.scenarios()["fault_api_key"]
    faults.begin(refused_key, 1.0)
    with pytest.raises(LookupError):
        faults.begin(refused_key, 1.0)
    clock.now += refused_key.lasts
    assert (faults.in_words(), faults.are_over) == ("none", False)
    clock.now += refused_key.aftermath
    assert faults.are_over


@pytest.mark.parametrize(
    ("name", "status"),
    [("fault_api_busy", 429), ("fault_api_key", 401)],
)
def test_the_api_fails_for_a_while(demo, name, status):
    demo.play(name)
    assert http.get(f"{demo.vocatech.api_url}/calls").status_code == status


@pytest.mark.parametrize(
    ("name", "status"),
    [("fault_slack_busy", 429), ("fault_slack_down", 503)],
)
def test_slack_fails_for_a_while(demo, name, status):
    demo.play(name)
    assert http.post(f"{demo.slack.api_url}auth.test").status_code == status


def test_a_due_post_is_lost_only_after_a_time_without_faults_and_new_posts(slack, vocatech):
    clock = Clock()
    audit = DeliveryAudit(slack, vocatech, past=frozenset(), clock=clock)
    call = vocatech.ring()
    assert audit.read(has_no_faults=True) == AuditReport(1, 0, pending=0, lost=0, duplicates=0)
    call.hang_up()
    text = vocatech.receive_text("+12125550123", "Hello")
    assert audit.read(has_no_faults=True).pending == 2
    clock.now += PATIENCE + 1
    post(slack, "vocatech_call", call_id=call.id)
    assert audit.read(has_no_faults=True) == AuditReport(1, 1, pending=1, lost=0, duplicates=0)
    clock.now += PATIENCE + 1
    assert audit.read(has_no_faults=False).lost == 0
    clock.now += PATIENCE + 1
    assert audit.read(has_no_faults=True) == AuditReport(1, 1, pending=0, lost=1, duplicates=0)
    post(slack, "vocatech_message", message_id=text["message_id"], text_id="of-ours")
    assert audit.read(has_no_faults=True).lost == 0


def test_a_second_post_in_a_channel_is_a_duplicate(slack, vocatech):
    audit = DeliveryAudit(slack, vocatech, past=frozenset())
    call = vocatech.ring().hang_up()
    post(slack, "vocatech_call", call_id=call.id)
    post(slack, "vocatech_call", call_ids=[call.id, "another"])
    assert audit.read(has_no_faults=True).duplicates == 1


def test_a_message_that_no_one_wrote_is_a_duplicate(slack, vocatech):
    audit = DeliveryAudit(slack, vocatech, past=frozenset())
    text = {"platform": "text", "from": vocatech.company.numbers[0], "to": "+12125550123"}
    key = {"authorization": f"Bearer {vocatech.key}"}
    http.post(f"{vocatech.api_url}/messages", json={**text, "message": "Hi"}, headers=key)
    [message_id] = vocatech.messages.sent_by_key
    post(slack, "vocatech_message", message_id=message_id, text_id=message_id)
    assert audit.read(has_no_faults=True).duplicates == 1


def test_calls_during_a_crash_are_posted_once_after_the_restart():
    with start_demo(speed=10.0, poll_seconds=1) as demo:
        demo.play("answered")
        before = demo.bot.pid
        demo.play("kill")
        assert demo.status()["App"] == "down"
        missed, told = demo.play("missed"), demo.play("text_in")
        assert (missed[0] in demo.call_ids, len(told)) == (True, 1)
        demo.play("start")
        assert demo.bot.pid != before
        wait_for(lambda: demo.status()["Pending"] == 0)
        status = demo.status()
        assert (status["Calls"], status["Messages"]) == (2, 2)
        assert (status["Lost"], status["Duplicates"]) == (0, 0)


def test_past_has_outcomes_notes_marks_follow_ups_and_a_scheduled_text(tmp_path, open_new):
    store, now = open_new(tmp_path / "bot.db"), time.time()
    for at in range(60):
        number = f"+1212555{at % 20:04}"
        facts = {
            "direction": "incoming",
            "status": "answered",
            "remote_number": number,
            "company_number": "+12125550100",
            "stage": Stage.ENDED,
            "started_at": now - (at + 1) * 3_600,
            "ended_at": now - (at + 1) * 3_600 + 90,
        }
        report = Report(f"c{at}", Source.ENDED, facts)
        store.calls.save(Event(f"e{at}", "call.ended", "{}", report), now=now)
        store.contacts.save(Contact(at % 20 + 1, {"name": f"Name {at}"}, (number,)), now=now)
    store.close()
    add_past_work(tmp_path / "bot.db", now=now, days=10)
    store = Store.open(tmp_path / "bot.db")
    notes = list(store.notes.between(0.0, now + 1))
    assert {one.call_id is None for one in notes} == {True, False}
    assert sum(store.outcomes.uses().values()) > 10
    assert {one.kind for one in store.screening.listed(9)} == set(ScreenKind)
    due = store.follow_ups.open_by_owner(now=now)
    assert due[ANA][1] == 2  # overdue
    assert BEN in due
    assert store.scheduled_texts.count_of(ANA) == 1
    store.close()
