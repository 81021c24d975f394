"""Events for endpoints: queued once, signed, retried, given up, and erased."""

import json
import threading
from dataclasses import replace

import pytest
from standardwebhooks.webhooks import Webhook

from bot.models.contacts import Contact
from bot.models.customers.follow_ups import FollowUp, Topic
from bot.models.events import Event
from bot.models.integrations.outgoing_webhooks import (
    CHOSEN_EVENTS,
    EVENTS,
    DeliveryState,
    Endpoint,
    EventType,
    retry_delay,
)
from bot.models.rules import Conditions, Rule
from bot.models.screening import ScreenKind
from bot.models.texts import Platform, TextReport, TextSource
from bot.outgoing_webhooks.fields import ENVELOPE, OBJECTS
from bot.outgoing_webhooks.payloads import make_payload
from bot.outgoing_webhooks.signing import make_secret, sign
from bot.rules.yaml_file import read_rules, write_rules
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.webhook_receiver import ReceiverFaults, WebhookReceiver
from bot.store import Store
from bot.store.integrations.enqueue import enqueue_calls
from bot.vocatech.events import parse_event
from tests.conftest import CHANNEL, read_calls, wait_for
from tests.support.webhooks import ended, event, send

MARIA, OMAR = "+12125550123", "+13125550131"
DAY = 86_400.0
SETTLED = 160.0
CHECK = "check endpoints"
ALL = tuple(str(one) for one in CHOSEN_EVENTS)
QUOTE = 1


@pytest.fixture
def bot(start_bot, hands, slack):
    running = hands.take(
        start_bot(
            slack_admins=ADMIN, clock=hands.clock, webhooks_to_private_addresses=True, timezone=None
        )
    )
    wait_for(lambda: running.store.slack_people.find(BEN))
    read_calls(running)
    return running


@pytest.fixture
def receiver(hands):
    with WebhookReceiver() as one:
        one.now = hands.clock.now
        yield one


def add(bot, receiver, *, name="CRM", events=ALL, has_content=True):
    """Add the receiver as an endpoint; return its ID."""
    secret, now = make_secret(), bot.bot.services.clock.now()
    receiver.secrets.append(secret)
    endpoint = Endpoint(0, name, receiver.hook_url, events, has_content)
    return bot.store.endpoints.create(endpoint, secret, by=ADMIN, now=now)


def advance(bot, hands, seconds=SETTLED):
    hands.ahead += seconds
    bot.bot.workers.wake()


def tell(bot, hands, payload):
    assert send(bot.url, payload, stamp=int(hands.clock.now())).status_code == 200


def incident_of(bot):
    return [one for one in bot.store.incidents.open() if one.kind.name == "endpoint failing"]


def test_each_event_arrives_once_and_signed(bot, hands, receiver, vocatech):
    endpoint_id = add(bot, receiver)
    call = ended("c1", remote_number=MARIA, summary="Maria asked for a quote.")
    tell(bot, hands, call)
    tell(bot, hands, {**call, "id": "evt_again"})
    tell(bot, hands, event("call.answered", "c2", remote_number=OMAR))
    tell(bot, hands, ended("c2", remote_number=OMAR))
    vocatech.receive_text(MARIA, "STOP")
    wait_for(lambda: bot.store.opt_outs.of(MARIA))
    bot.store.outcomes.set("c1", QUOTE, seen=0, by=ANA, now=hands.clock.now())
    now = hands.clock.now()
    new = FollowUp(0, ANA, ANA, now - 1, now, Topic(number=MARIA), note="Ask about the quote.")
    assert bot.store.follow_ups.add(new, token="t", now=now)
    hands.do("send follow-ups")
    advance(bot, hands)
    expected = sorted(
        [
            *("call.ended", "call.ended", "call.missed", "call.summary_ready"),
            *("call.outcome_set", "sms.received", "opt_out.changed", "follow_up.due"),
        ]
    )
    wait_for(lambda: sorted(receiver.kinds()) == expected)
    wait_for(lambda: not bot.store.deliveries.counts())
    by_kind = {one["type"]: one for one in receiver.accepted()}
    missed = by_kind["call.missed"]["data"]["call"]
    assert (missed["id"], missed["status"], missed["caller_number"]) == ("c1", "missed", MARIA)
    assert missed["summary"] == "Maria asked for a quote."
    assert by_kind["call.outcome_set"]["data"]["outcome"]["set_by"] == "Ana Torres"
    assert by_kind["sms.received"]["data"]["sms"]["body"] == "STOP"
    assert by_kind["opt_out.changed"]["data"]["opt_out"] == {
        "number": MARIA,
        "opted_out": True,
        "recorded_by": "keyword",
    }
    assert by_kind["follow_up.due"]["data"]["follow_up"]["note"] == "Ask about the quote."
    ids = [one.delivery_id for one in receiver.received]
    assert len(set(ids)) == len(ids)
    assert all(one["version"] == 1 and one["timestamp"].endswith("Z") for one in by_kind.values())
    # What arrived is no longer stored here.
    assert (
        bot.store.database.row(
            "select count(*) as n from webhook_deliveries where body is not null or detail != '{}'"
        )["n"]
        == 0
    )
    assert bot.metric('outgoing_webhooks_total{result="accepted"}') == len(expected)
    # Turned off, an endpoint gets nothing.
    found = bot.store.endpoints.find(endpoint_id)
    assert bot.store.endpoints.change(replace(found, is_on=False), by=ADMIN, now=now)
    tell(bot, hands, ended("c3"))
    assert not bot.store.deliveries.counts()


def test_content_is_left_out_unless_it_was_asked_for(bot, hands, receiver, vocatech):
    add(bot, receiver, has_content=False)
    tell(bot, hands, ended("c1", summary="Maria asked for a quote.", transcript="Hello."))
    vocatech.receive_text(MARIA, "My PIN is 1234.")
    now = hands.clock.now()
    new = FollowUp(0, ANA, ANA, now - 1, now, Topic(number=MARIA), note="Ask about the quote.")
    assert bot.store.follow_ups.add(new, token="t", now=now)
    hands.do("send follow-ups")
    wait_for(lambda: bot.store.texts.has_texted_us(MARIA))
    advance(bot, hands)
    wait_for(lambda: len(receiver.accepted()) == 5)
    everything = json.dumps(receiver.accepted())
    for word in ("quote", "PIN", "Hello"):
        assert word not in everything
    assert '"has_summary": true' in everything


def test_content_that_is_no_longer_wanted_is_left_out_of_retries(bot, hands, receiver):
    endpoint_id = add(bot, receiver, events=("call.summary_ready",))
    receiver.answering = ReceiverFaults(500)
    tell(bot, hands, ended("c1", summary="Maria asked for a quote."))
    advance(bot, hands)
    wait_for(lambda: attempts_of(bot) == 1)
    assert b"quote" in receiver.received[0].body
    found = bot.store.endpoints.find(endpoint_id)
    changed = replace(found, has_content=False)
    assert bot.store.endpoints.change(changed, by=ADMIN, now=hands.clock.now())
    receiver.answering = ReceiverFaults()
    advance(bot, hands)
    wait_for(receiver.accepted)
    assert b"quote" not in receiver.received[1].body
    assert receiver.received[0].delivery_id == receiver.received[1].delivery_id


def test_nothing_is_sent_about_spam_erased_numbers_and_the_time_before(bot, hands, receiver):
    tell(bot, hands, ended("c0", remote_number=OMAR))
    add(bot, receiver)
    now = hands.clock.now()
    old = ended("c1", remote_number=OMAR)
    old["data"] |= {"start_time": now - 7_300, "end_time": now - 7_200}
    tell(bot, hands, old)
    bot.store.screening.mark(OMAR, ScreenKind.SPAM, by=ADMIN, now=now)
    tell(bot, hands, ended("c2", remote_number=OMAR))
    assert not bot.store.deliveries.counts()
    tell(bot, hands, ended("c3", remote_number=MARIA, summary="About money."))
    bot.store.deliveries.freeze(
        bot.store.database.row("select delivery_id from webhook_deliveries")["delivery_id"],
        '{"summary": "About money."}',
    )
    told = dict(bot.store.erasures.everything(MARIA))
    assert len(told["webhook_deliveries"]) == 3
    bot.store.erasures.erase(MARIA, by=ADMIN, now=hands.clock.now())
    assert not bot.store.deliveries.counts()
    tell(bot, hands, ended("c4", remote_number="+14155550100"))
    advance(bot, hands)
    wait_for(lambda: receiver.kinds().count("call.missed") == 1)
    assert {one["data"]["call"]["id"] for one in receiver.accepted()} == {"c4"}


def test_call_that_turns_out_to_be_answered_is_not_reported_as_missed(bot, hands, receiver):
    add(bot, receiver, events=("call.missed",))
    tell(bot, hands, ended("c1"))
    assert bot.store.deliveries.count(DeliveryState.QUEUED) == 1
    tell(bot, hands, event("call.answered", "c1"))
    advance(bot, hands)
    wait_for(lambda: not bot.store.deliveries.counts())
    assert not receiver.received


def test_nothing_is_sent_about_a_number_marked_as_spam_while_its_events_wait(bot, hands, receiver):
    add(bot, receiver, events=("call.ended",))
    rules = [Rule(1, "All calls", CHANNEL, webhook="CRM")]
    book = bot.store.rules.book()
    assert bot.store.rules.replace(book, rules, by=ADMIN, now=hands.clock.now())
    tell(bot, hands, ended("c1", remote_number=OMAR))
    tell(bot, hands, ended("c2", remote_number=MARIA))
    wait_for(lambda: bot.store.deliveries.count(DeliveryState.QUEUED) == 4)
    bot.store.screening.mark(OMAR, ScreenKind.SPAM, by=ADMIN, now=hands.clock.now())
    advance(bot, hands)
    wait_for(lambda: not bot.store.deliveries.counts())
    assert {one["data"]["call"]["id"] for one in receiver.accepted()} == {"c2"}


def test_rule_for_missed_calls_sends_none_that_turns_out_to_be_answered(bot, hands, receiver):
    add(bot, receiver, events=())
    missed = Conditions(outcomes=("missed",))
    rules = [Rule(1, "Missed", CHANNEL, when=missed, webhook="CRM")]
    book = bot.store.rules.book()
    assert bot.store.rules.replace(book, rules, by=ADMIN, now=hands.clock.now())
    for call_id in ("c1", "c2"):
        tell(bot, hands, ended(call_id))
    wait_for(lambda: bot.store.deliveries.count(DeliveryState.QUEUED) == 2)
    # The report that it was answered is late.
    tell(bot, hands, event("call.answered", "c1"))
    wait_for(lambda: bot.store.deliveries.count(DeliveryState.QUEUED) == 1)
    advance(bot, hands)
    wait_for(receiver.accepted)
    wait_for(lambda: not bot.store.deliveries.counts())
    assert [one["data"]["call"]["id"] for one in receiver.accepted()] == ["c2"]


def test_call_that_only_seems_missed_waits_until_it_is_known(bot, hands, receiver):
    add(bot, receiver, events=("call.ended", "call.missed"))
    for call_id in ("late", "listed", "unknown"):
        tell(bot, hands, ended(call_id))
    advance(bot, hands, 30.0)
    assert not bot.store.endpoints.with_work(now=hands.clock.now())
    tell(bot, hands, event("call.answered", "late"))
    listed = ended("listed")["data"] | {"status": "missed"}
    tell(bot, hands, {**ended("listed"), "id": "evt_status", "data": listed})
    advance(bot, hands, 10.0)
    wait_for(lambda: len(receiver.accepted()) == 3)
    found = [(one["type"], one["data"]["call"]["id"]) for one in receiver.accepted()]
    expected = [("call.ended", "late"), ("call.ended", "listed"), ("call.missed", "listed")]
    assert sorted(found) == expected
    advance(bot, hands, 120.0)
    wait_for(lambda: len(receiver.accepted()) == 5)
    statuses = {one["data"]["call"]["id"]: one["data"]["call"] for one in receiver.accepted()}
    assert statuses["late"]["status"] == "answered"
    wait_for(lambda: not bot.store.deliveries.counts())
    assert len(receiver.received) == 5


def test_failed_delivery_is_retried_for_three_days_under_one_id(bot, hands, receiver, slack):
    endpoint_id = add(bot, receiver, events=("call.missed",))
    receiver.answering = ReceiverFaults(500)
    tell(bot, hands, ended("c1"))
    advance(bot, hands)
    waits = []
    for attempt in range(1, 30):
        wait_for(lambda attempt=attempt: len(receiver.received) == attempt)
        wait_for(lambda attempt=attempt: attempts_of(bot) == attempt)
        if bot.store.deliveries.counts()[endpoint_id].failed:
            break
        row = bot.store.database.row("select next_at from webhook_deliveries")
        waits.append(row["next_at"] - hands.clock.now())
        advance(bot, hands, max(waits[-1], 300.0) + 1)
    assert [round(one, -1) for one in waits[:4]] == [
        round(retry_delay(attempt), -1) for attempt in range(1, 5)
    ]
    assert hands.ahead >= 3 * DAY - 60
    assert len({one.delivery_id for one in receiver.received}) == 1
    assert len({one.body for one in receiver.received}) == 1
    hands.do(CHECK)
    [incident] = incident_of(bot)
    assert incident.detail["endpoint"] == "CRM"
    wait_for(lambda: "Outgoing webhook failing" in str(slack.messages(slack.direct_channel(ADMIN))))
    assert "Outgoing webhook failing" in str(
        slack.type_command(ADMIN, "C0CALLS001", "/vocatech", "status").body
    )
    assert bot.metric("outgoing_webhooks_given_up") == 1
    [delivery] = bot.store.deliveries.failed(endpoint_id)
    receiver.answering = ReceiverFaults()
    bot.store.deliveries.retry(
        endpoint_id=endpoint_id,
        delivery_id=delivery.delivery_id,
        by=ADMIN,
        now=hands.clock.now(),
    )
    bot.bot.workers.wake()
    wait_for(lambda: receiver.kinds() == ["call.missed"])
    assert receiver.received[-1].delivery_id == delivery.delivery_id
    wait_for(lambda: not bot.store.deliveries.counts())
    hands.do(CHECK)
    assert not incident_of(bot)


def attempts_of(bot):
    return bot.store.database.row("select attempts from webhook_deliveries")["attempts"]


def test_retry_after_is_kept_and_410_turns_the_endpoint_off(bot, hands, receiver):
    endpoint_id = add(bot, receiver, events=("call.missed",))
    receiver.answering = ReceiverFaults(429, {"Retry-After": "1000"})
    tell(bot, hands, ended("c1"))
    advance(bot, hands)
    wait_for(lambda: attempts_of(bot) == 1)
    tell(bot, hands, ended("c2"))
    advance(bot, hands, 900.0)
    bot.bot.workers.run_now(f"endpoint {endpoint_id}")
    assert not bot.store.endpoints.with_work(now=hands.clock.now())
    receiver.answering = ReceiverFaults(410)
    advance(bot, hands, 200.0)
    wait_for(lambda: not bot.store.endpoints.find(endpoint_id).is_on)
    assert len(receiver.received) == 2
    assert bot.store.deliveries.counts()[endpoint_id].failed == 2
    hands.do(CHECK)
    assert "HTTP 410" in incident_of(bot)[0].detail["reason"]
    bot.store.endpoints.delete(endpoint_id, by=ADMIN, now=hands.clock.now())
    hands.do(CHECK)
    assert not incident_of(bot)


def test_receiver_that_never_answers_delays_no_other(bot, hands, receiver):
    released = threading.Event()
    with WebhookReceiver() as hanging:
        hanging.now = hands.clock.now
        hanging.answering = ReceiverFaults(until_released=released)
        hanging_id = add(bot, hanging, name="Hanging", events=("call.ended",))
        add(bot, receiver, events=("call.ended",))
        tell(bot, hands, ended("c1"))
        advance(bot, hands)
        wait_for(lambda: hanging.received)
        for number in range(2, 5):
            tell(bot, hands, ended(f"c{number}"))
            advance(bot, hands)
        wait_for(lambda: len(receiver.accepted()) == 4)
        assert bot.store.deliveries.counts()[hanging_id].queued == 4
        released.set()


def test_rotated_secret_signs_beside_the_old_one_for_a_day(bot, hands, receiver):
    endpoint_id = add(bot, receiver, events=())
    [old] = receiver.secrets
    new, now = make_secret(), hands.clock.now()
    bot.store.endpoints.rotate_secret(endpoint_id, new, by=ADMIN, now=now)
    assert bot.store.endpoints.secrets(endpoint_id, now=now + DAY - 1) == [new, old]
    assert bot.store.deliveries.add_test(endpoint_id, "t1", now=now)
    bot.bot.workers.wake()
    wait_for(lambda: receiver.received)
    for secret in (old, new):
        verified = Webhook(secret).verify(receiver.received[0].body, receiver.received[0].headers)
        assert verified["data"]["test"]["message"] == "Hello from Vocatech to CRM."
    hands.do(CHECK, ahead=DAY + 10)
    assert bot.store.endpoints.secrets(endpoint_id, now=hands.clock.now()) == [new]
    assert bot.store.database.rows("select * from old_webhook_secrets") == []


def test_each_secret_of_a_day_signs_until_its_own_day_is_over(bot, hands, receiver):
    endpoint_id = add(bot, receiver, events=())
    [first] = receiver.secrets
    second, third, now = make_secret(), make_secret(), hands.clock.now()
    for hours_ago, secret in ((5, second), (2, third)):
        at = now - hours_ago * 3_600
        assert bot.store.endpoints.rotate_secret(endpoint_id, secret, by=ADMIN, now=at)
    assert bot.store.deliveries.add_test(endpoint_id, "t1", now=hands.clock.now())
    bot.bot.workers.wake()
    wait_for(lambda: receiver.received)
    sent = receiver.received[0]
    for secret in (first, second, third):
        assert Webhook(secret).verify(sent.body, sent.headers)["type"] == "webhook.test"
    hands.do(CHECK, ahead=DAY - 3 * 3_600)
    kept = bot.store.endpoints.secrets(endpoint_id, now=hands.clock.now())
    assert kept == [third, second]
    assert bot.store.endpoints.delete(endpoint_id, by=ADMIN, now=hands.clock.now())
    assert bot.store.database.rows("select * from old_webhook_secrets") == []


def test_many_rotations_leave_a_header_that_servers_accept(store):
    endpoint = Endpoint(0, "CRM", "https://a.example/")
    endpoint_id = store.endpoints.create(endpoint, make_secret(), by="U", now=1.0)
    for _ in range(60):
        assert store.endpoints.rotate_secret(endpoint_id, make_secret(), by="U", now=2.0)
    secrets = store.endpoints.secrets(endpoint_id, now=3.0)
    assert len(secrets) == 51
    assert len(sign("msg_1", 3, b"{}", secrets)["webhook-signature"]) < 4_000


def test_secrets_are_encrypted_with_the_key(open_new, tmp_path):
    open_new(tmp_path / "s.db").close()
    plain = Store.open(tmp_path / "s.db")
    secret = make_secret()
    endpoint_id = plain.endpoints.create(
        Endpoint(0, "CRM", "https://a.example/"), secret, by="U", now=1.0
    )
    plain.endpoints.rotate_secret(endpoint_id, make_secret(), by="U", now=2.0)
    plain.close()
    sealed = Store.open(tmp_path / "s.db", encryption_key="k" * 32)
    for table in ("webhook_endpoints", "old_webhook_secrets"):
        row = sealed.database.row(f"select secret from {table}")
        assert row["secret"].startswith("sealed:")
    assert sealed.endpoints.secrets(endpoint_id, now=3.0)[1] == secret
    sealed.close()
    other = Store.open(tmp_path / "s.db", encryption_key="x" * 32)
    assert other.endpoints.secrets(endpoint_id, now=3.0) == []
    other.close()


def test_expired_calls_and_texts_take_their_events_along(store):
    now = 1_790_000_000.0
    endpoint = Endpoint(0, "CRM", "https://a.example/", ALL)
    endpoint_id = store.endpoints.create(endpoint, make_secret(), by="U", now=now - 30 * DAY)
    for call_id, days_ago in (("old", 20), ("new", 1)):
        at = now - days_ago * DAY
        facts = {**ended(call_id)["data"], "start_time": at - 60, "end_time": at}
        payload = {**ended(call_id), "data": facts}
        store.calls.save(parse_event(json.dumps(payload).encode(), region="US"), now=at)
        text = TextReport(f"m {call_id}", True, None, Platform.SMS, None, MARIA, None, at, "Hi")
        store.calls.save(
            Event(f"e {call_id}", "message.received", "{}", None, text, TextSource.TOLD), now=at
        )
    assert store.deliveries.counts()[endpoint_id].queued == 6
    # A second copy of the same events, as after a restored backup, gets the same IDs.
    sql = "select delivery_id from webhook_deliveries order by delivery_id"
    before = [row["delivery_id"] for row in store.database.rows(sql)]
    call = store.calls.find("new")
    store.database.write(
        lambda db: db.execute("delete from webhook_deliveries where call_id='new'")
    )
    store.database.write(lambda db: enqueue_calls(db, [call], now=now))
    assert [row["delivery_id"] for row in store.database.rows(sql)] == before
    store.retention.apply({"calls": now - 10 * DAY, "texts": now - 10 * DAY})
    assert store.deliveries.counts()[endpoint_id].queued == 3
    store.deliveries.clean_up(now=now + 5 * DAY)
    assert store.deliveries.counts()[endpoint_id].failed == 3
    store.deliveries.clean_up(now=now + 40 * DAY)
    assert not store.deliveries.counts()


def test_follow_up_of_an_erased_contact_takes_its_event_along(store):
    now = 1_790_000_000.0
    endpoint = Endpoint(0, "CRM", "https://a.example/", ALL)
    store.endpoints.create(endpoint, make_secret(), by="U", now=now - DAY)
    store.contacts.save(Contact(7, {"First Name": "Maria"}, (MARIA,)), now=now)
    new = FollowUp(0, ANA, ANA, now - 1, now - 2, Topic(contact_id=7), note="Call back.")
    assert store.follow_ups.add(new, token="t", now=now - 2)
    assert store.follow_ups.queue_reminders({ANA: "D1"}, now=now) == [1]
    assert store.deliveries.counts()[1].queued == 1
    store.erasures.erase(MARIA, by=ADMIN, now=now)
    assert not store.deliveries.counts()


def test_every_event_has_its_words():
    assert set(EVENTS) == set(EventType)


def test_payloads_have_the_fields_of_the_reference(bot, hands, receiver, vocatech):
    add(bot, receiver)
    receiver.answering = ReceiverFaults(500)
    tell(bot, hands, ended("c1", remote_number=MARIA, summary="A quote."))
    vocatech.receive_text(MARIA, "STOP")
    wait_for(lambda: bot.store.opt_outs.of(MARIA))
    bot.store.outcomes.set("c1", QUOTE, seen=0, by=ANA, now=hands.clock.now())
    now = hands.clock.now()
    new = FollowUp(0, ANA, ANA, now - 1, now, Topic(number=MARIA))
    assert bot.store.follow_ups.add(new, token="t", now=now)
    hands.do("send follow-ups")
    rules = [Rule(1, "Sales", CHANNEL, webhook="CRM")]
    book = bot.store.rules.book()
    assert bot.store.rules.replace(book, rules, by=ADMIN, now=now)
    assert bot.store.deliveries.add_test(1, "t", now=now)
    tell(bot, hands, ended("c2"))
    rows = "select delivery_id, kind from webhook_deliveries"
    wait_for(lambda: {row["kind"] for row in bot.store.database.rows(rows)} == set(EventType))
    for row in bot.store.database.rows(rows):
        delivery = bot.store.deliveries.find(row["delivery_id"])
        payload = json.loads(make_payload(delivery, bot.store.endpoints.find(1), bot.store))
        assert set(payload) == {one.name for one in ENVELOPE}
        assert set(payload["data"]) == {*EVENTS[delivery.kind].objects}
        for name, found in payload["data"].items():
            assert set(found) == {one.name for one in OBJECTS[name]}, name


def test_rule_calls_its_endpoint_once_when_the_call_is_over(bot, hands, receiver):
    add(bot, receiver, events=())
    rules = [Rule(1, "Sales", CHANNEL, webhook="CRM"), Rule(2, "Gone", CHANNEL, webhook="Gone")]
    book = bot.store.rules.book()
    assert bot.store.rules.replace(book, rules, by=ADMIN, now=hands.clock.now())
    tell(bot, hands, event("call.answered", "c1", remote_number=MARIA))
    wait_for(lambda: not bot.store.calls.to_route())
    assert not bot.store.deliveries.counts()
    tell(bot, hands, ended("c1", remote_number=MARIA))
    tell(bot, hands, event("call.transcription", "c1", summary="A quote."))
    wait_for(lambda: bot.store.deliveries.count(DeliveryState.QUEUED))
    advance(bot, hands)
    wait_for(lambda: receiver.kinds() == ["rule.matched"])
    [one] = receiver.accepted()
    assert one["data"]["rule"] == {"name": "Sales"}
    assert one["data"]["call"]["status"] == "answered"
    wait_for(lambda: not bot.store.calls.to_route())
    wait_for(lambda: not bot.store.deliveries.counts())
    assert len(receiver.received) == 1
    # A renamed endpoint keeps its rules.
    service = bot.bot.services.endpoints
    view = service.change(ADMIN, "edit", "1", "").form
    values = {
        "name": {"name": {"value": "n8n"}},
        "url": {"url": {"value": receiver.hook_url}},
    }
    assert not service.save(ADMIN, {**view, "state": {"values": values}}).errors
    assert bot.store.rules.book().rules[0].webhook == "n8n"
    assert read_rules(write_rules(bot.store.rules.book().rules), "US")[0][0].webhook == "n8n"
