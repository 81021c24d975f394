"""Two apps in one process share nothing."""

import contextlib

import pytest

from bot.app import build
from bot.sandbox.slack.workspace import ADMIN, ANA, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES
from tests.conftest import CHANNEL, QUICK, RunningBot, settings_for, wait_for
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.any_rate


@pytest.fixture
def companies(tmp_path):
    """Return two apps with their Slack workspaces, databases and settings."""
    with contextlib.ExitStack() as stack:

        def start(name, **settings):
            folder = tmp_path / name
            folder.mkdir()
            slack = stack.enter_context(FakeSlack(scopes=frozenset(SCOPES), limits=False))
            vocatech = stack.enter_context(FakeVocatech())
            bot = build(settings_for(slack, vocatech, folder, **settings), timing=QUICK)
            bot.start()
            stack.callback(bot.stop)
            slack.connect(f"http://127.0.0.1:{bot.server.port}")
            running = RunningBot(bot)
            stack.callback(running.http.close)
            return running, slack

        yield start("north", slack_admins=ADMIN), start("south", default_region="DE")


def test_two_bots_in_one_process_do_not_touch_each_other(companies):
    (north, north_slack), (south, south_slack) = companies
    assert send(north.url, ended("c1", from_number="+12125550123")).status_code == 200
    wait_for(lambda: north_slack.posted_call_ids(CHANNEL) == ["c1"])
    assert north.store.claims.take("c1", ANA, now=1.0)
    north_slack.click(ANA, CHANNEL, north_slack.messages(CHANNEL)[0]["ts"], "open_contact")
    assert south_slack.messages(CHANNEL) == []
    assert south.store.calls.find("c1") is None
    assert south.store.claims.of("c1") is None
    assert south.metric("messages_posted_total") == 0
    assert north.metric("messages_posted_total") == 1
    regions = [one.bot.services.locale.region for one in (north, south)]
    assert regions == ["US", "DE"]
    north.bot.stop()
    assert send(south.url, ended("c2")).status_code == 200
    wait_for(lambda: south_slack.posted_call_ids(CHANNEL) == ["c2"])
