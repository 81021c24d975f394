"""What depends on calls waits after a start until the calls of before are read."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.calls.catch_up import LONGEST_WAIT
from bot.models.digest_schedule import EVERY_DAY, DigestPlan
from bot.models.health import CATCH_UP, POST_DIGESTS
from bot.sandbox.company.model import Caller, make_call
from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ADMIN, BEN
from tests.conftest import CHANNEL, read_calls, wait_for

pytestmark = [pytest.mark.any_rate, pytest.mark.calendar]
HOUR, DAY = 3_600.0, 86_400.0
MARIA = Caller("+12125550142", "Maria Lopez")
ALWAYS_OPEN = "Mon-Sun 0:00-24:00"


@pytest.fixture
def start(start_bot, hands, vocatech):
    """Start the app on the simulated clock, with its jobs run by hand."""
    vocatech.clock = lambda: datetime.fromtimestamp(hands.clock.now(), UTC)
    settings = {"slack_admins": ADMIN, "business_hours": ALWAYS_OPEN}
    settings |= {"remind_after": 30, "escalate_to": BEN}
    return lambda: hands.take(start_bot(clock=hands.clock, **settings))


@pytest.fixture
def started(start):
    running = start()
    read_calls(running)
    return running


def missed(vocatech, hands, *, caller=MARIA, **facts):
    facts = {"direction": "incoming", "outcome": "missed", **facts}
    at = datetime.fromtimestamp(hands.clock.now(), UTC) - timedelta(minutes=5)
    # Each kind has an ID of its own.
    chosen = random.Random(facts["outcome"])
    vocatech.add_call(make_call(chosen, vocatech.company, at=at, caller=caller, **facts))


def digests_in(slack):
    kinds = [(one.get("metadata") or {}).get("event_type") for one in slack.messages(CHANNEL)]
    return [
        json.dumps(message, ensure_ascii=False)
        for message, kind in zip(slack.messages(CHANNEL), kinds, strict=True)
        if kind == "vocatech_digest"
    ]


def told(slack, user):
    return str(slack.messages(slack.direct_channel(user)))


def plan_a_digest(running, hands):
    plan = DigestPlan(CHANNEL, "UTC", weekdays=EVERY_DAY, minute=0, since=hands.clock.now())
    running.store.digests.set_plan(plan)


def test_digest_that_was_due_while_the_app_was_off_has_the_calls_of_then(
    start, started, slack, vocatech, hands
):
    plan_a_digest(started, hands)
    started.bot.stop()
    hands.ahead += DAY
    midnight = datetime.fromtimestamp(hands.clock.now(), UTC).replace(hour=0, minute=30, second=0)
    hands.ahead -= hands.clock.now() - midnight.timestamp()
    hands.ahead -= 2 * HOUR  # half past ten on the evening before
    missed(vocatech, hands)
    hands.ahead += 2 * HOUR
    vocatech.faults.add(Fault(path="/calls", status=503))
    start()
    hands.do(POST_DIGESTS)
    assert digests_in(slack) == []
    vocatech.faults.clear()
    hands.do(CATCH_UP)
    hands.do(POST_DIGESTS)
    [digest] = wait_for(lambda: digests_in(slack))
    assert "1 missed" in digest
    assert "may not be stored" not in digest


def test_digest_says_that_calls_may_be_missing_if_vocatech_stays_away(
    start, started, slack, vocatech, hands
):
    plan_a_digest(started, hands)
    started.bot.stop()
    hands.ahead += DAY
    missed(vocatech, hands)
    vocatech.faults.add(Fault(path="/calls", status=503))
    start()
    hands.ahead += LONGEST_WAIT
    hands.do(POST_DIGESTS)
    [digest] = wait_for(lambda: digests_in(slack))
    assert "Some calls may not be stored" in digest
    assert "quiet day" not in digest


@pytest.mark.parametrize("is_called_back", [False, True])
def test_no_one_is_reminded_of_a_caller_who_was_called_back_while_the_app_was_off(
    start, started, slack, vocatech, hands, is_called_back
):
    hands.ahead += 10 * 60
    missed(vocatech, hands)
    hands.do(CATCH_UP)
    wait_for(lambda: slack.posted_call_ids(CHANNEL))
    started.bot.stop()
    if is_called_back:
        hands.ahead += HOUR
        missed(vocatech, hands, direction="outgoing", outcome="answered")
    hands.ahead += HOUR
    vocatech.faults.add(Fault(path="/calls", status=503))
    start()
    hands.do("remind of missed calls")
    assert "hasn't been called back" not in told(slack, BEN)
    vocatech.faults.clear()
    hands.do(CATCH_UP)
    hands.do("remind of missed calls")
    if is_called_back:
        wait_for(lambda: "Called back by" in str(slack.messages(CHANNEL)))
        assert "hasn't been called back" not in told(slack, BEN)
    else:
        wait_for(lambda: "hasn't been called back" in told(slack, BEN))


def test_calls_says_that_the_list_of_calls_was_not_read(start, slack, vocatech, hands):
    vocatech.faults.add(Fault(path="/calls", status=503))
    start()

    def answer(typed):
        return slack.type_command(ADMIN, CHANNEL, "/calls", typed)["text"]

    for typed in ("", "today", "missed today"):
        assert "hasn't read Vocatech's list of calls yet" in answer(typed)
    vocatech.faults.clear()
    hands.do(CATCH_UP)
    assert "list of calls" not in answer("")
    vocatech.faults.add(Fault(path="/calls", status=503))
    hands.ahead += HOUR
    hands.do(CATCH_UP)
    assert "last read Vocatech's list of calls on " in answer("")
