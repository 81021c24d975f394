"""Killed at any stage, the app loses no event, and repeats one only under its ID."""

import threading
import time
from collections import Counter

import pytest

from bot.models.integrations.outgoing_webhooks import Endpoint
from bot.outgoing_webhooks.signing import make_secret
from bot.sandbox.webhook_receiver import WebhookReceiver
from bot.store import Store
from tests.conftest import wait_for
from tests.outbox.test_kills import Stage
from tests.support.webhooks import ended, send_until_taken

# In one group with the other kill tests, so that all apps are forked off one process.
pytestmark = pytest.mark.xdist_group("kills")
FAILPOINTS = ("webhook to be sent", "webhook answered", "webhook marked")
CALLS = ("c1", "c2", "c3")


@pytest.fixture
def receiver():
    with WebhookReceiver() as one:
        yield one


@pytest.fixture
def stage(tmp_path, receiver):
    made = Stage(tmp_path, WEBHOOKS_TO_PRIVATE_ADDRESSES="true")
    receiver.secrets = [make_secret()]
    endpoint = Endpoint(0, "CRM", receiver.hook_url, ("call.ended", "call.missed"))
    store = Store.open(tmp_path / "bot.db")
    store.endpoints.create(endpoint, receiver.secrets[0], by="U0ADMIN01", now=time.time())
    yield made, store
    made.close()
    store.close()


def check(receiver, store):
    """Wait until everything arrived; each event of each call under one ID."""
    wanted = {(kind, call) for kind in ("call.ended", "call.missed") for call in CALLS}
    wait_for(lambda: {event_of(one) for one in receiver.received} == wanted)
    wait_for(lambda: not store.deliveries.counts())
    ids = {(event_of(one), one.delivery_id) for one in receiver.received}
    assert len(ids) == len(wanted)
    assert len({one.body for one in receiver.received}) == len(wanted)
    return Counter(one.delivery_id for one in receiver.received)


def event_of(received):
    return received.event["type"], received.event["data"]["call"]["id"]


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_kill_at_a_failpoint_repeats_an_event_only_under_its_id(stage, receiver, failpoint):
    made, store = stage
    made.bot.start(failpoint, 2)
    restarter = threading.Thread(target=lambda: made.bot.wait(60) and made.bot.start())
    restarter.start()
    for call_id in CALLS:
        send_until_taken(made.bot.url, ended(call_id, status="missed"))
    restarter.join()
    seen = check(receiver, store)
    # Only an event without a stored answer is sent again.
    assert sum(seen.values()) - len(seen) == (failpoint == "webhook answered")


def test_kill_right_after_the_webhook_was_acknowledged_loses_no_event(stage, receiver):
    made, store = stage
    made.bot.start()
    for call_id in CALLS:
        send_until_taken(made.bot.url, ended(call_id, status="missed"))
        made.bot.kill()
        made.bot.start()
    check(receiver, store)
