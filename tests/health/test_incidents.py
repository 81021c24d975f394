"""Incidents: detected, reported once, shown with a fix, and resolved automatically."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from bot.business_hours import BusinessHours
from bot.clock import Clock
from bot.health.incident_words import JOB_NAMES
from bot.health.messages import describe_incident
from bot.health.webhook_monitor import check_call_activity
from bot.models.calls import Report, Source
from bot.models.events import Event
from bot.models.health import KINDS
from bot.people.slack_sync import LOOKED_AT
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA
from bot.server.metrics import snake_case
from bot.slack.app import make_web_client
from bot.slack.client import SlackClient
from bot.slack.members import OWN_TEAMS
from bot.store import Store
from bot.store.ingest import Hold
from bot.store.sync import COVERED
from handlers.jobs import make_jobs
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.any_rate
HOUR, WEEK = 3_600.0, 7 * 86_400.0


@pytest.fixture
def bot(start_bot, hands):
    """The app after its first requests to Slack, whose answers would tell an older time."""
    began = hands.clock.now()
    running = hands.take(start_bot(slack_admins=ADMIN, clock=hands.clock))
    wait_for(lambda: (running.store.key_values.moment(LOOKED_AT) or 0.0) >= began)
    return running


def told(slack):
    return [message["text"] for message in slack.messages(slack.direct_channel(ADMIN))]


def names(bot):
    return [one.name for one in bot.store.incidents.open()]


def metric_of(bot, kind):
    return bot.metric(f'incidents_open{{kind="{snake_case(kind)}"}}')


def obstacles(bot):
    return bot.http.get("/readyz").json()["obstacles"]


def home_with(slack, words):
    """Open the admin's Home until it shows some words."""

    def find():
        view = slack.home_view(ADMIN)
        return view if view and words in str(view) else None

    for _ in range(20):
        seen = slack.home_view(ADMIN)
        event = {"type": "app_home_opened", "user": ADMIN, "channel": "D1", "tab": "home"}
        slack.send_event(event | ({"view": seen} if seen else {}))
        with suppress(AssertionError):
            return wait_for(find, 1.0)
    raise AssertionError(f"Home doesn't show {words}")


def check_now(slack, name):
    view = home_with(slack, f"'value': '{name}'")
    assert slack.click_in_view(ADMIN, view["id"], "look_again", name).status == 200


def test_each_incident_kind_is_checked_by_an_existing_job(bot):
    on = {"text_back": True, "remind_after": 60, "public_url": "https://bot.example"}
    on["backup_dir"] = Path("backups")
    settings = bot.bot.services.settings.model_copy(update=on)
    everything = replace(bot.bot.services, settings=settings)
    jobs = {job.name for job in make_jobs(everything, connect=lambda: None)}
    assert {kind.job for kind in KINDS.values() if kind.job} <= jobs


def test_each_job_has_a_name_for_admins(bot):
    connect = bot.bot.socket_mode.connect if bot.bot.socket_mode else None
    names = {job.name for job in make_jobs(bot.bot.services, connect=connect)}
    assert names <= JOB_NAMES.keys()
    said = describe_incident("job failing", {"job": "look through address book", "error": "E"})
    assert said.what == "A background job has failed for 30 minutes or more: syncing contacts (E)."


def test_unreachable_vocatech_is_reported_once_until_it_responds(bot, hands, slack, vocatech):
    wait_for(lambda: bot.metric("polls_total"))  # the first poll, which succeeds
    vocatech.faults.add(Fault(path="/calls", status=404))
    hands.do("catch up")
    hands.do("catch up", ahead=1_700)
    assert names(bot) == []
    hands.do("catch up", ahead=1_900)
    hands.do("catch up")
    [text] = wait_for(lambda: told(slack))
    assert text.startswith("Polling Vocatech for calls and SMS has failed for 30 minutes or more")
    assert metric_of(bot, "vocatech away") == 1
    home_with(slack, "Polling Vocatech for calls and SMS has failed")
    vocatech.faults.clear()
    check_now(slack, "vocatech away")
    wait_for(lambda: names(bot) == [])
    home_with(slack, "All systems operational")
    assert bot.store.audit.latest()[0].what == "had something looked at again"
    assert len(told(slack)) == 1


def test_admin_has_a_restored_api_key_tried_again(bot, hands, slack, vocatech):
    vocatech.key_state = "revoked"
    hands.do("catch up")
    home_with(slack, "Vocatech rejected the API key")
    vocatech.key_state = "valid"
    hands.do("catch up")
    assert names(bot) == ["key refused"]  # it is not asked again for some minutes
    check_now(slack, "key refused")
    wait_for(lambda: names(bot) == [])


# No calls in hours that usually have some

OPEN_ALL_DAY = BusinessHours.read("Mon-Sun 0:00-24:00")


@pytest.fixture
def store(tmp_path, new_database):
    opened = Store.open(shutil.copy(new_database, tmp_path / "kept.db"))
    yield opened
    opened.close()


class Listener:
    """A store with calls at chosen times, and the incidents reported about it."""

    def __init__(self, store):
        self.store, self.told, self.now = store, [], 1_795_428_000.0  # a Monday, 10:00 UTC

    def call(self, *moments):
        for at in moments:
            known = {"started_at": at, "ended_at": at + 60}
            event = Event(f"e-{at}", "listed", "{}", Report(f"c-{at}", Source.LISTED, known))
            self.store.calls.save_all([(event, Hold.QUIET)], now=at)

    def listen(self, *, hours=OPEN_ALL_DAY, covered=0.0):
        self.store.key_values.set_moment(COVERED, self.now - covered)
        check_call_activity(
            store=self.store,
            clock=Clock(now=lambda: self.now),
            business_hours=hours,
            zone=ZoneInfo("UTC"),
            tell_admins=lambda name, kind, detail: (
                self.store.key_values.set_moment(name, self.now),
                self.told.append(detail),
            ),
        )
        return self.told

    def fill(self, counts):
        """Store a count of calls for the same hours one week ago, two weeks ago, and so on."""
        for week, count in enumerate(counts, start=1):
            start = self.now - week * WEEK - 4.5 * HOUR
            self.call(start - 60, *(start + 600 * (n + 1) for n in range(count)))
        self.call(self.now - 4.5 * HOUR)


@pytest.fixture
def listener(store):
    return Listener(store)


@pytest.mark.parametrize(
    ("counts", "usual"),
    [
        ((6, 6, 6, 6), "6"),
        ((9, 0, 9, 8), "8"),  # a holiday in between
        ((7, 5), "5"),
        ((3, 3, 3, 3), None),  # a small office
        ((20,), None),  # a new one
        ((0, 0, 20, 20), None),
        ((20, 0), None),
    ],
)
def test_no_calls_is_reported_where_the_same_hours_of_other_weeks_had_some(listener, counts, usual):
    listener.fill(counts)
    listener.listen()
    assert listener.told == ([{"hours": "4", "usual": usual}] if usual else [])


def test_the_next_call_resolves_no_calls(listener):
    listener.fill((6, 6))
    listener.listen()
    assert listener.store.key_values.moment("no calls")
    listener.call(listener.now - 30)
    listener.listen()
    assert listener.store.key_values.moment("no calls") is None


def test_nights_and_days_off_do_not_count_as_no_calls(listener):
    listener.fill((6, 6))
    assert listener.listen(hours=BusinessHours.read("Mon-Fri 9:00-17:00")) == []
    assert listener.listen(hours=BusinessHours.read("Tue-Sun 0:00-24:00")) == []
    assert listener.listen(hours=BusinessHours(())) == []


def test_time_without_polling_does_not_count_as_no_calls(listener):
    listener.fill((6, 6))
    assert listener.listen(covered=HOUR) == []


def test_no_calls_is_reported_to_admins_and_a_webhook_resolves_it(start_bot, hands, slack):
    always = "Mon-Sun 0:00-24:00"
    bot = hands.take(start_bot(slack_admins=ADMIN, clock=hands.clock, business_hours=always))
    kept = Listener(bot.store)
    kept.now = hands.clock.now()
    kept.fill((6, 6))
    wait_for(lambda: bot.metric("polls_total"))
    hands.do("notice no calls")
    [text] = wait_for(lambda: told(slack))
    assert text.startswith("No calls for 4 business hours, by webhook or polling.")
    send(bot.url, ended("c"))
    hands.do("catch up", ahead=120)
    hands.do("notice no calls")
    assert names(bot) == []


# Webhooks with a wrong signature


def refuse(bot, hands, *, how_many, over, age=0, **how):
    """Send webhooks that are rejected, the first now and the last some seconds later."""
    for step in range(how_many):
        hands.ahead += over / (how_many - 1) if step else 0.0
        stamp = int(hands.clock.now()) - age
        answer = send(bot.url, ended(f"r{step}"), stamp=stamp, **how)
        assert answer.status_code == 401


def test_rejected_webhooks_are_reported_once_until_a_valid_one_arrives(bot, hands, slack):
    refuse(bot, hands, how_many=4, over=1_200, secret="wrong")
    hands.do("notice refusals")
    send(bot.url, ended("good"), stamp=int(hands.clock.now()))
    refuse(bot, hands, how_many=5, over=60, secret="wrong")
    hands.do("notice refusals")
    assert names(bot) == []
    refuse(bot, hands, how_many=2, over=1_200, secret="wrong")
    hands.do("notice refusals")
    [text] = wait_for(lambda: told(slack))
    assert text.startswith("The app rejected 7 webhooks in a row: no configured signing secret")
    send(bot.url, ended("heard"), stamp=int(hands.clock.now()))
    hands.do("notice refusals")
    assert names(bot) == ["webhooks refused"]  # strangers may go on
    hands.do("notice refusals", ahead=hands.ahead + 3_700)
    assert names(bot) == []


def test_webhooks_with_a_wrong_time_are_reported_unless_the_cause_is_known(bot, hands, slack):
    bot.store.key_values.set_moment("webhooks unwell", time.time())
    refuse(bot, hands, how_many=5, over=1_200, age=1_000)
    hands.do("notice refusals")
    assert names(bot) == ["webhooks unwell"]
    bot.store.key_values.forget("webhooks unwell")
    hands.do("notice refusals")
    [text] = wait_for(lambda: told(slack))
    assert "timestamps differ from the server's clock by more than five minutes." in text


def test_rejected_slack_requests_are_reported(bot, hands, slack):
    headers = {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=00"}
    for _ in range(5):
        hands.ahead += 200
        assert bot.http.post("/slack/events", headers=headers).status_code == 401
        assert bot.http.post("/slack/events").status_code == 401
    hands.do("notice refusals")
    [text] = wait_for(lambda: told(slack))
    assert text.startswith("The app rejected 5 requests in a row because their Slack signatures")


# Slack


def test_rejected_slack_token_is_logged_and_makes_the_app_not_ready(bot, hands, slack):
    wait_for(lambda: obstacles(bot) == [])
    slack.token_error = "token_revoked"
    with capture_logs() as logs:
        assert hands.do("mind Slack") == 0.0
    assert ("slack_token_refused", "error") in [(one["event"], one["log_level"]) for one in logs]
    assert obstacles(bot) == ["slack token refused"]
    assert metric_of(bot, "slack token refused") == 1
    slack.token_error = None
    hands.do("mind Slack")
    assert obstacles(bot) == []
    assert told(slack) == []


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(drop="before"), Fault(status=429)])
def test_unreachable_slack_is_logged_and_makes_the_app_not_ready(bot, hands, slack, fault):
    wait_for(lambda: obstacles(bot) == [])
    slack.faults.add(fault)
    with capture_logs() as logs:
        assert hands.do("mind Slack") == 0.0
        assert obstacles(bot) == []
        hands.do("mind Slack", ahead=70)
        hands.do("mind Slack", ahead=140)
    assert [one["log_level"] for one in logs if one["event"] == "slack_unreachable"] == ["error"]
    assert obstacles(bot) == ["slack away"]
    assert metric_of(bot, "slack away") == 1
    slack.faults.clear()
    hands.do("mind Slack")
    assert obstacles(bot) == []
    assert told(slack) == []


def test_the_first_auth_test_also_stores_the_workspace(bot):
    services = bot.bot.services
    wait_for(lambda: obstacles(bot) == [])
    bot.store.key_values.forget(OWN_TEAMS)
    poster = SlackClient(make_web_client(services.settings, 3), bot.store.key_values, time.time)
    assert poster.check_auth()
    assert poster.own_teams == {"T0TEAM001"}


def test_a_missing_scope_is_reported_once_needed_until_granted(bot, hands, slack):
    everything = slack.scopes
    slack.scopes = everything - {"channels:history", "im:history"}
    slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
    send(bot.url, ended("c"))
    # The fake Slack counts an answer before the app has it.
    [text] = wait_for(lambda: (hands.do("mind Slack"), told(slack))[1])
    assert "without the scope `channels:history`, so it can't do this: " in text
    hands.do("mind Slack")
    assert names(bot) == ["scope channels:history"]
    home_with(slack, "`channels:history`")
    slack.scopes = everything
    # A request that was refused before may be answered only now.
    wait_for(lambda: (hands.do("mind Slack"), names(bot))[1] == [])
    assert len(told(slack)) == 1


def test_a_wrong_clock_is_reported_unless_it_is_corrected_within_a_minute(bot, hands, slack):
    slack.wall_time = time.time
    hands.do("mind Slack", ahead=600)
    hands.do("mind Slack", ahead=30)
    hands.do("mind Slack", ahead=660)
    assert names(bot) == []
    hands.do("mind Slack", ahead=720)
    [text] = wait_for(lambda: told(slack))
    assert "is 12 minutes ahead of Slack's" in text
    hands.do("mind Slack", ahead=0)
    assert names(bot) == []


def test_a_lost_socket_is_reported_and_makes_the_app_not_ready(start_bot, hands, slack):
    refusal = {"ok": False, "error": "invalid_auth"}
    slack.faults.add(Fault(path="apps.connections.open", status=200, body=refusal))
    bot = start_bot(
        slack_app_token=slack.app_token,
        slack_signing_secret=None,
        slack_admins=ADMIN,
        clock=hands.clock,
    )
    hands.take(bot)
    hands.do("watch Socket Mode")
    hands.do("watch Socket Mode", ahead=500)
    assert names(bot) == []
    hands.do("watch Socket Mode", ahead=700)
    [text] = wait_for(lambda: told(slack))
    assert "ten minutes or more (invalid_auth). Buttons and commands" in text
    wait_for(lambda: obstacles(bot) == ["socket lost"])
    slack.faults.clear()
    hands.do("watch Socket Mode")
    assert obstacles(bot) == []


def test_incidents_whose_job_was_removed_are_forgotten(start_bot):
    bot = start_bot()
    for name in ("socket lost", "webhooks unwell", "job of former days", "key refused"):
        bot.store.key_values.set_moment(name, time.time())
    bot.bot.stop()
    bot = start_bot()
    wait_for(lambda: obstacles(bot) == [])
    wait_for(lambda: names(bot) == [])


# The server


def test_a_failing_job_is_reported_by_name_until_it_succeeds(bot, hands, slack):
    def rename(old, new):
        bot.store.database.write(lambda db: db.execute(f"alter table {old} rename to {new}"))

    run_now = bot.bot.scheduler.run_now
    rename("digest_plans", "gone")
    with capture_logs() as logs:
        run_now("post digests")
        wait_for(lambda: "job_failed" in [one["event"] for one in logs])
        assert {one["log_level"] for one in logs if one["event"] == "job_failed"} == {"error"}
        hands.ahead = 1_900
        wait_for(lambda: run_now("post digests") or names(bot))
    [text] = wait_for(lambda: told(slack))
    assert "failed for 30 minutes or more: posting digests (OperationalError)." in text
    rename("gone", "digest_plans")
    check_now(slack, "job post digests")
    wait_for(lambda: names(bot) == [])


def test_an_almost_full_disk_is_reported_before_it_is_full(bot, hands, slack, monkeypatch):
    free = shutil.disk_usage("/")

    def leave(megabytes):
        left = free._replace(free=megabytes * 1_000_000)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: left)
        hands.do("look at disk")

    leave(120)
    [text] = wait_for(lambda: told(slack))
    assert "has only 120 MB left." in text
    leave(220)
    assert names(bot) == ["disk full"]
    leave(300)
    assert names(bot) == []


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_deleted_or_replaced_database_file_is_reported_once(
    bot, hands, slack, tmp_path, is_replaced
):
    file = tmp_path / "bot.db"
    wait_for(lambda: obstacles(bot) == [])
    file.rename(tmp_path / "elsewhere.db")
    if is_replaced:
        shutil.copy(tmp_path / "elsewhere.db", file)
    # In threads of their own, which have no connection to the file yet.
    for _ in range(2):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(hands.do, "check database").result()
    [text] = told(slack)
    assert "was deleted or replaced while the app was using it" in text
    assert "`vocatech-slack restore FILE`" in text
    assert obstacles(bot) == ["database"]
    assert file.exists() is is_replaced


# The status command


def test_status_shows_everyone_the_problems_and_admins_the_fixes(bot, slack):
    wait_for(lambda: bot.metric("polls_total"))
    bot.store.key_values.set_moment("webhooks silent", time.time())
    bot.store.key_values.set_moment(f"held {CHANNEL}", time.time())
    said = {
        user: str(slack.type_command(user, CHANNEL, "/vocatech", "status")) for user in (ANA, ADMIN)
    }
    for shown in said.values():
        assert "2 problems" in shown
        assert "Vocatech sent no webhooks for them" in shown
        assert f"can't post calls in <#{CHANNEL}>: " in shown
    assert "`vocatech-slack webhooks test`" in said[ADMIN]
    assert "`vocatech-slack webhooks test`" not in said[ANA]
