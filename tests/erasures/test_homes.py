"""An App Home that showed an erased number is published again, without being opened."""

import json
import time

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from tests.conftest import wait_for
from tests.home.test_home import home_of
from tests.store.test_erasures import MARIA, OTHER, call, leaks
from tests.support.hands import jobs_of
from tests.support.webhooks import send

pytestmark = pytest.mark.any_rate


def test_open_homes_lose_an_erased_number(start_bot, slack):
    bot = start_bot(slack_admins=ADMIN)
    finish = jobs_of(bot.bot)["finish erasures"]
    for call_id, number in (("c1", MARIA), ("c2", OTHER)):
        send(bot.url, call(call_id, number, call_state="missed"))
    wait_for(lambda: len(bot.store.missed_calls.all_since(0.0)) == 2)
    for user in (ANA, BEN):
        assert leaks(json.dumps(home_of(slack, user)))
    bot.store.erasures.erase(MARIA, by=ADMIN, now=time.time())
    slack.faults.add(Fault(path="views.publish", status=503, times=1))
    # The app runs the job, too.
    wait_for(lambda: (finish(), not bot.store.home_pages.stale(limit=9))[1])
    for user in (ANA, BEN):
        shown = json.dumps(slack.home_view(user))
        assert not leaks(shown)
        assert "Someone" in shown
    published = slack.counts["views.publish"]
    finish()
    assert slack.counts["views.publish"] == published
