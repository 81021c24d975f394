"""The setup check: one remedy for each problem, and no secrets in the output."""

import io
import json
import os
import re
import shutil
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from rich.console import Console

from bot.cli.main import main
from bot.clock import seconds_ahead
from bot.config import load_settings
from bot.doctor.model import CheckResult, Verdict, all_ok
from bot.doctor.report import write_table
from bot.doctor.run import Timeouts, run_checks
from bot.doctor.slack import check_clock
from bot.models.events import Event
from bot.models.health import PANE_OPENED
from bot.sandbox.http import Fault
from bot.server.rate_limit import RateLimit
from bot.slack.client import UNKNOWN_TYPE, WORK_OBJECTS
from bot.slack.manifest import SCOPES, STEP_SCOPES
from bot.store import Store
from bot.vocatech.probe import ODD_NAME
from bot.vocatech.rate_limiter import REQUESTS
from tests.support.database_files import complete_file

pytestmark = pytest.mark.calendar

CHANNEL = "C0CALLS001"
CALLER = "+14155550199"
BODY = "The parcel smells of fish"
NOBODY = "http://127.0.0.1:9"
SIGNING_SECRET = "0123456789abcdef0123456789ABCDEF"


class Account:
    """A company's Slack and Vocatech accounts, with the settings file for them."""

    def __init__(self, slack, vocatech, folder):
        self.slack, self.vocatech = slack, vocatech
        self.file = folder / "owner.env"
        self.database = folder / "bot.db"
        self.mode = 0o600
        self.held = None  # a connection that keeps the database locked
        self.settings = {
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": slack.api_url,
            "SLACK_DEFAULT_CHANNEL": CHANNEL,
            "VOCATECH_API_KEY": vocatech.key,
            "VOCATECH_API_URL": vocatech.api_url,
            "VOCATECH_WEBHOOK_SECRETS": vocatech.webhooks.secret,
            "PUBLIC_URL": "https://bot.example",
            "DATABASE_URL": f"sqlite:///{self.database}",
        }

    def fill(self):
        """Create a call, a text with a picture, and a webhook subscription."""
        self.vocatech.ring(ago=60).answer(after=5).hang_up(after=20).summarize()
        picture = self.vocatech.media.add(b"\x89PNG", "image/png", "fish.png")
        self.vocatech.receive_text(CALLER, BODY, attachments=[picture])
        self.vocatech.connect("https://bot.example/vocatech/webhooks")

    def write(self):
        lines = [f"{name}={value}\n" for name, value in self.settings.items()]
        self.file.write_text("".join(lines))
        self.file.chmod(self.mode)
        return str(self.file)


@pytest.fixture(scope="module")
def lived_in_database(tmp_path_factory):
    """Return a database that has stored a webhook."""
    path = tmp_path_factory.mktemp("lived in") / "bot.db"
    store = Store.open(path)
    event = Event(event_id="e1", kind="message.received", body="{}", report=None)
    store.calls.save(event, now=time.time(), signature="documented")
    store.close()
    complete_file(path)
    return path


@pytest.fixture
def account(slack, vocatech, tmp_path, lived_in_database):
    made = Account(slack, vocatech, tmp_path)
    made.fill()
    shutil.copyfile(lived_in_database, made.database)
    made.database.chmod(0o600)
    yield made
    if made.held is not None:
        made.held.close()


@pytest.fixture
def run(account, capsys):
    def examine(*words):
        code = main(["doctor", "--env-file", account.write(), *words])
        return code, capsys.readouterr().out

    return examine


@pytest.fixture
def examine(run):
    """Return a function that runs the doctor: its exit code, and its results by key."""

    def ask():
        code, output = run("--json")
        report = json.loads(output)
        assert report["ok"] == (code == 0)
        return code, {finding["key"]: finding for finding in report["findings"]}

    return ask


def test_each_group_of_checks_has_one_heading(account, examine):
    groups = [group for group, _ in groupby(key.split(".")[0] for key in examine()[1])]
    assert len(groups) == len(set(groups))


def test_side_pane_is_reported(account, examine):
    off = "off; Slack's documentation names no plan that it needs"
    assert examine()[1]["settings.work_objects"]["found"] == off
    account.settings["WORK_OBJECTS"] = "true"
    assert "never opened; it needs the manifest" in examine()[1]["settings.work_objects"]["found"]
    store = Store.open(account.database)
    store.key_values.set_moment(PANE_OPENED, time.time() - 90)
    store.close()
    assert "last opened 1 min" in examine()[1]["settings.work_objects"]["found"]
    store = Store.open(account.database)
    store.key_values.set_moment(f"{UNKNOWN_TYPE} {WORK_OBJECTS}", time.time() - 60)
    store.close()
    code, found = examine()
    assert (code, found["settings.work_objects"]["verdict"]) == (0, "warning")


def test_backups_are_reported_and_old_ones_are_a_warning(account, examine, tmp_path):
    assert "set BACKUP_DIR" in examine()[1]["settings.backups"]["found"]
    folder = tmp_path / "backups"
    account.settings["BACKUP_DIR"] = str(folder)
    assert "none yet" in examine()[1]["settings.backups"]["found"]
    folder.mkdir()
    file = folder / "vocatech-slack-20261127T030000Z.db.gz"
    file.touch(mode=0o600)
    os.utime(file, (time.time(), time.time()))
    found = examine()[1]["settings.backups"]
    assert (found["verdict"], found["facts"]) == ("ok", {"count": 1})
    old = time.time() - 3 * 86_400
    os.utime(file, (old, old))
    found = examine()[1]["settings.backups"]
    assert found["verdict"] == "warning"
    assert "vocatech-slack backup" in found["remedy"]


def place(examine):
    found = examine()[1]["settings.place"]
    return found["verdict"], found["found"], found["remedy"]


def test_time_zone_in_vocatech_is_named_when_none_is_set(account, examine):
    zone = account.vocatech.company.time_zone
    verdict, found, _ = place(examine)
    assert (verdict, found) == ("ok", f"{zone} (from Vocatech), phone numbers of US")


def test_time_zone_that_differs_from_vocatech_is_reported(account, examine):
    account.settings["TIMEZONE"] = "Asia/Tokyo"
    verdict, found, remedy = place(examine)
    assert (verdict, found) == ("warning", "Asia/Tokyo, phone numbers of US")
    assert account.vocatech.company.time_zone in remedy


@pytest.mark.parametrize("zone", ["America/New_York", "US/Eastern", "America/Detroit"])
def test_time_zone_with_the_same_hours_is_ok(account, examine, zone):
    account.settings["TIMEZONE"] = zone
    assert place(examine)[0] == "ok"


def test_unknown_time_zone_is_asked_for(account, examine):
    body = {"company_name": "Oakwood"}
    account.vocatech.faults.add(Fault(path="/settings", status=200, body=body))
    verdict, _, remedy = place(examine)
    assert verdict == "warning"
    assert "Set TIMEZONE." in remedy


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
def test_settings_file_readable_by_others_is_reported(account, examine, mode):
    account.mode = mode
    found = examine()[1]["store.settings_file"]
    assert found["verdict"] == "warning"
    assert f"chmod 600 {account.file}" in found["remedy"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_database_readable_by_others_is_reported(account, examine, mode):
    account.database.chmod(mode)
    found = examine()[1]["store.files"]
    assert found["verdict"] == "warning"
    assert found["remedy"].endswith(f"Run `chmod 600 {account.database}`.")


def test_backup_readable_by_others_is_reported(account, examine, tmp_path):
    backup = tmp_path / "vocatech-slack-20261129T030000Z.db.gz"
    backup.touch(0o644)
    account.settings["BACKUP_DIR"] = str(tmp_path)
    assert str(backup) in examine()[1]["store.files"]["remedy"]


def of(findings, verdict):
    return {key for key, finding in findings.items() if finding["verdict"] == verdict}


def test_a_complete_setup_is_ok(examine, run):
    code, findings = examine()
    assert code == 0
    assert of(findings, "ok") == set(findings), findings
    assert {finding["group"] for finding in findings.values()} == {
        "Settings",
        "Slack",
        "Vocatech",
        "Webhooks",
        "Store",
        "Bot",
    }
    assert findings["vocatech.calls"]["facts"]["missing"] == []
    assert "journey.summary" in findings["vocatech.calls"]["facts"]["recognised"]
    assert run()[1].endswith("The setup is ready.\n")


def test_the_doctor_only_reads(account, examine):
    examine()
    assert {seen.method for seen in account.vocatech.requests} == {"GET"}
    reads = {"auth.test", "conversations.history", "team.billing.info"}
    assert {call.method for call in account.slack.calls} == reads
    assert len(account.vocatech.requests) == 8


def set_to(**changes):
    return lambda account: account.settings.update(changes)


def seal_a_secret(account):
    store = Store.open(account.database, encryption_key="k" * 32)
    store.subscriptions.remember("s1", url="https://bot.example", secret="s", now=time.time())
    store.close()


def fault(path, **how):
    return lambda account: account.vocatech.faults.add(Fault(path=path, **how))


def slack_error(error):
    return lambda account: setattr(account.slack, "token_error", error)


def key_state(state):
    return lambda account: setattr(account.vocatech, "key_state", state)


def without_a_scope(account):
    account.slack.scopes = set(SCOPES) - {"users:read"}


def private_channel(account):
    account.slack.add_channel(CHANNEL, "calls", private=True, member=False)


def vocatech_an_hour_ahead(account):
    account.vocatech.clock = lambda: datetime.now(UTC) + timedelta(hours=1)


def slack_an_hour_behind(account):
    account.slack.wall_time = lambda: time.time() - 3600


def locked(account):
    account.held = sqlite3.connect(account.database)
    account.held.execute("begin immediate")


def user_token(account):
    account.slack.faults.add(
        Fault(
            path="/auth.test",
            status=200,
            headers={"X-OAuth-Scopes": ",".join(SCOPES)},
            body={"ok": True, "team": "Demo", "user": "ana", "user_id": "U1", "team_id": "T1"},
        )
    )


WEB_PAGE = {"status": 200, "body": "<html>Please sign in</html>"}
BROKEN = [
    (set_to(SLACK_BOT_TOKEN="xoxb-wrong"), "slack.token", "doesn't recognize this token"),
    (slack_error("token_revoked"), "slack.token", "Reinstall the app in the workspace"),
    (slack_error("account_inactive"), "slack.token", "was removed from the workspace"),
    (set_to(SLACK_API_URL=f"{NOBODY}/api"), "slack.token", "Check this machine's network"),
    (
        without_a_scope,
        "slack.scopes",
        "(users:read). Paste the output of `vocatech-slack manifest`",
    ),
    (slack_an_hour_behind, "slack.clock", "ahead of Slack's"),
    (lambda a: a.slack.delete_channel(CHANNEL), f"slack.channel.{CHANNEL}", "If it was deleted"),
    (private_channel, f"slack.channel.{CHANNEL}", "/invite @Vocatech"),
    (set_to(VOCATECH_API_KEY="vt-other"), "vocatech.connection", "has a typo or was revoked"),
    (key_state("expired"), "vocatech.connection", "API key expired"),
    (set_to(VOCATECH_API_URL=f"{NOBODY}/v1"), "vocatech.connection", "can't be reached"),
    (fault("/v1/", **WEB_PAGE), "vocatech.connection", "not from Vocatech's API"),
    (fault("/v1/", status=404), "vocatech.connection", "404 for every path"),
    (fault("/v1/", status=503), "vocatech.connection", "can't be reached"),
    (fault("/v1/messages", status=404), "vocatech.messages", "Ask Vocatech whether your plan"),
    (fault("/v1/calls", status=403), "vocatech.calls", "give the key permission"),
    (fault("/v1/calls", **WEB_PAGE), "vocatech.calls", "unexpected format"),
    (fault("/v1/calls", status=200, body={"rows": []}), "vocatech.calls", "unexpected format"),
    (fault("/v1/calls", drop="before"), "vocatech.calls", "doesn't respond correctly"),
    (fault("/v1/webhooks", status=404), "vocatech.webhooks", "subscription can't be managed"),
    (vocatech_an_hour_ahead, "vocatech.clock", "behind Vocatech's"),
    (set_to(DATABASE_URL="sqlite:////dev/null/bot.db"), "store.database", "Check DATABASE_URL"),
    (locked, "store.database", "another program holds the file"),
    (set_to(SLACK_SIGNING_SECRET="abc123"), "settings.way_in", "32 hexadecimal digits"),
    (set_to(SLACK_SIGNING_SECRET="g" * 32), "settings.way_in", "32 hexadecimal digits"),
    (set_to(SLACK_APP_TOKEN="xapp-1 A"), "settings.way_in", "Copy the app-level token"),
    (user_token, "slack.token", "This is not a bot token"),
    (slack_error("not_allowed_token_type"), "slack.token", "This is not a bot token"),
]


@pytest.mark.parametrize(("break_it", "key", "remedy"), BROKEN)
def test_each_problem_has_its_own_remedy_and_exits_with_1(
    account, examine, break_it, key, remedy, monkeypatch
):
    monkeypatch.setattr("bot.store.database.connection.BUSY_SECONDS", 0.2)
    break_it(account)
    code, findings = examine()
    assert code == 1
    assert of(findings, "problem") == {key}
    assert remedy in findings[key]["remedy"]
    others = [one["remedy"] for one in findings.values() if one["verdict"] != "problem"]
    assert remedy not in others


WARNINGS = [
    (fault("/v1/users", status=500), "vocatech.users", "contact Vocatech's support"),
    (fault("/v1/settings", status=404), "vocatech.settings", "Ask Vocatech whether your plan"),
    (lambda a: a.vocatech.webhooks.disconnect(), "webhooks.subscription", "Start the app"),
    (
        lambda a: a.vocatech.webhooks.connect(
            "https://bot.example/vocatech/webhooks", event_filters=["call.ended"]
        ),
        "webhooks.events",
        "message.status_updated",
    ),
    (set_to(VOCATECH_WEBHOOK_SECRETS=""), "webhooks.secrets", "rejects every webhook"),
    (seal_a_secret, "webhooks.secrets", "Set the key that was used before"),
    (lambda a: a.database.unlink(), "webhooks.last", "Make a call"),
    (
        fault(
            "/contacts/fields", status=200, body={"fields": [{"name": "Name", "is_match": True}]}
        ),
        "vocatech.contact_fields",
        "marked as a phone number",
    ),
    (
        fault("/v1/users", status=200, body=[{"user_id": "u", "ext": "1"}]),
        "vocatech.users",
        "no field extension, name or first_name",
    ),
]


@pytest.mark.parametrize(("change", "key", "remedy"), WARNINGS)
def test_an_optional_part_is_a_warning_and_exits_with_0(account, examine, change, key, remedy):
    change(account)
    code, findings = examine()
    assert code == 0
    assert of(findings, "warning") == {key}
    assert remedy in findings[key]["remedy"]


def test_a_subscription_to_the_same_url_written_differently_is_found(account, examine):
    account.settings["PUBLIC_URL"] = "https://BOT.example:443/"
    assert examine()[1]["webhooks.subscription"]["verdict"] == "ok"


def test_open_incidents_appear_with_their_remedy_and_no_markup(account, examine):
    store = Store.open(account.database)
    store.key_values.set_moment("webhooks silent", time.time() - 3 * 3600)
    store.key_values.set_moment(f"held {CHANNEL}", time.time() - 60)
    store.close()
    code, findings = examine()
    assert code == 0
    assert of(findings, "warning") == {"bot.webhooks_silent", f"bot.held_{CHANNEL}"}
    assert findings["bot.webhooks_silent"]["found"].startswith("webhooks silent, reported 3 h")
    assert "no webhooks for them" in findings["bot.webhooks_silent"]["remedy"]
    assert f"The app can't post calls in {CHANNEL}: " in findings[f"bot.held_{CHANNEL}"]["remedy"]


def test_a_public_channel_without_the_app_is_ok(account, examine):
    account.slack.add_channel("C0SALES001", "sales", member=False)
    account.settings["SLACK_ROUTES"] = f"+12125550100=C0SALES001,101={CHANNEL}"
    code, findings = examine()
    assert code == 0
    assert "the app joins" in findings["slack.channel.C0SALES001"]["found"]
    assert len([key for key in findings if key.startswith("slack.channel")]) == 2


def test_superfluous_scopes_are_listed(account, examine):
    account.slack.scopes = {*SCOPES, "files:read"}
    assert "files:read" in examine()[1]["slack.scopes"]["found"]


def test_workflow_steps_are_reported_by_the_plan(account, examine):
    def steps():
        found = examine()[1]["slack.workflow_steps"]
        return found["verdict"], found["found"]

    off = ("ok", "off; they need a paid plan")
    assert steps() == off
    account.settings["WORKFLOW_STEPS"] = "true"
    assert steps() == ("warning", "on; the Slack app has an older manifest")
    account.slack.scopes = {*SCOPES, *STEP_SCOPES}
    assert steps() == ("ok", "on; this workspace's plan (Pro) has them")
    assert "not needed" not in examine()[1]["slack.scopes"]["found"]
    account.slack.state.plan = "enterprise"
    assert steps()[1].endswith("if the app is installed for the organization")
    account.slack.state.plan = "free"
    assert steps() == ("warning", "on; the Free plan of this workspace has no workflow steps")
    account.settings["WORKFLOW_STEPS"] = "false"
    assert steps() == ("ok", "off; the Free plan of this workspace has no workflow steps")


def test_mcp_in_slackbot_is_reported_by_plan_scope_and_address(account, examine):
    def slackbot():
        found = examine()[1]["slack.slackbot"]
        assert found["verdict"] == "ok"  # other AI clients work
        return found["found"]

    assert slackbot() == "off; it needs Business+"
    account.slack.scopes = {*SCOPES, *STEP_SCOPES}
    assert slackbot() == "off; MCP in Slackbot needs Business+, and this workspace has Pro"
    account.slack.state.plan = "plus"
    assert slackbot() == "off; this workspace's plan (Business+) has it"
    account.settings["MCP_SERVER"] = "true"
    assert slackbot() == "on, but the Slack app lacks the scope mcp:connect"
    account.slack.scopes = {*SCOPES, *STEP_SCOPES, "mcp:connect"}
    assert slackbot() == "on; the plan (Business+) has it"
    assert "mcp:connect" not in examine()[1]["slack.scopes"]["found"]
    secret = account.settings.pop("SLACK_SIGNING_SECRET")
    account.settings["SLACK_APP_TOKEN"] = account.slack.app_token
    assert slackbot().endswith("signature can't be checked without SLACK_SIGNING_SECRET")
    del account.settings["SLACK_APP_TOKEN"]
    account.settings["SLACK_SIGNING_SECRET"] = secret
    del account.settings["PUBLIC_URL"]
    assert slackbot() == "on, but Slackbot can't reach it without a PUBLIC_URL"


def test_an_empty_account_is_ok(slack, vocatech, tmp_path, capsys):
    account = Account(slack, vocatech, tmp_path)
    del account.settings["PUBLIC_URL"], account.settings["VOCATECH_WEBHOOK_SECRETS"]
    assert main(["doctor", "--env-file", account.write(), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["findings"]
    findings = {finding["key"]: finding for finding in listed}
    for key in ("calls", "messages", "webhooks"):
        assert "nothing to check" in findings[f"vocatech.{key}"]["found"]
        assert findings[f"vocatech.{key}"]["facts"]["status"] == "empty"
    assert "no text with an attachment" in findings["vocatech.media"]["found"]
    assert of(findings, "not tried") == {"vocatech.media"}
    assert "PUBLIC_URL" in findings["webhooks.subscription"]["found"]


def test_a_used_up_quota_makes_no_request_and_shows_the_wait(account, examine):
    store = Store.open(account.database)
    for _ in range(REQUESTS.most):
        store.request_log.take([RateLimit("requests", 60, 61.0)], now=time.time() - 20)
    store.close()
    code, findings = examine()
    assert code == 0
    assert re.search(r"again in (3|4)\d s", findings["vocatech.calls"]["remedy"])
    assert "60 of 60 requests" in findings["vocatech.quota"]["found"]
    assert not account.vocatech.requests


def test_unknown_fields_are_listed_without_their_values(account, run, examine):
    text = account.vocatech.messages.get(account.vocatech.messages.ids()[0])
    text |= {"mood": "sour as 4711", "+14155550123": 1, "e911_zone": "harbour"}
    text["attachments"][0]["colour"] = "mauve"
    account.vocatech.messages.add(text)
    code, findings = examine()
    assert code == 0
    unknown = {ODD_NAME, "attachments.colour", "e911_zone", "mood"}
    assert set(findings["vocatech.messages"]["facts"]["unknown"]) == unknown
    output = run()[1] + json.dumps(findings)
    for value in ("4711", "harbour", "mauve", "14155550123"):
        assert value not in output


@pytest.mark.parametrize("is_broken", [False, True])
def test_the_output_has_no_secrets_numbers_or_bodies(account, run, capsys, is_broken):
    account.settings["SLACK_ROUTES"] = f"{account.vocatech.company.numbers[0]}={CHANNEL}"
    if is_broken:
        echo = {"error": {"code": account.vocatech.key, "message": f"no {CALLER} {BODY}"}}
        account.vocatech.faults.add(Fault(path="/v1/calls", status=403, body=echo))
        account.vocatech.faults.add(Fault(path="/v1/messages", status=404, body=echo))
        account.slack.token_error = "invalid_auth"
    output = run()[1] + run("--json")[1] + capsys.readouterr().err
    company = account.vocatech.company
    secrets = [account.slack.token, SIGNING_SECRET, account.vocatech.key]
    secrets += [account.vocatech.webhooks.secret, CALLER, BODY, *company.numbers]
    secrets += [caller.number for caller in company.callers]
    secrets += [person.email for person in company.people if person.email]
    assert not [secret for secret in secrets if secret in output]


def test_the_table_matches_the_json_in_80_columns(account, run, examine):
    account.slack.delete_channel(CHANNEL)
    account.vocatech.faults.add(Fault(path="/v1/users", status=404))
    _, findings = examine()
    code, output = run()
    assert code == 1
    assert max(map(len, output.splitlines())) <= 80
    rows = re.findall(r"^  (ok|warning|problem|not tried) +(\S.*?) {2,}", output, re.MULTILINE)
    assert rows == [(one["verdict"], one["what"]) for one in findings.values()]
    assert "The setup isn't ready: 1 problem, 1 warning." in output


def test_a_terminal_shows_symbols_and_no_markup():
    class Terminal(io.StringIO):
        encoding = "utf-8"

    findings = [
        CheckResult("slack.token", "Token", "[bold]works[/bold] :tada:"),
        CheckResult("slack.clock", "Clock", "late", Verdict.PROBLEM, "Set it."),
    ]
    console = Console(file=Terminal(), force_terminal=True, width=80, highlight=False)
    write_table(console, findings)
    output = re.sub("\x1b\\[[0-9;]*m", "", console.file.getvalue())
    assert "✓  Token" in output
    assert "✗ Slack, Clock: Set it." in output
    assert "[bold]works[/bold] :tada:" in output


def test_all_invalid_settings_are_listed_and_exit_with_2(account, capsys):
    account.settings |= {"SLACK_BOT_TOKEN": "wrong", "SLACK_DEFAULT_CHANNEL": "#calls"}
    assert main(["doctor", "--json", "--env-file", account.write()]) == 2
    output = capsys.readouterr()
    assert not output.out
    assert "SLACK_BOT_TOKEN" in output.err
    assert "SLACK_DEFAULT_CHANNEL" in output.err


def test_the_doctor_ends_without_any_response(account):
    account.slack.faults.add(Fault(delay=60.0))
    account.vocatech.faults.add(Fault(delay=60.0))
    settings = load_settings(env_file=None, **{k.lower(): v for k, v in account.settings.items()})
    began = time.monotonic()
    findings = run_checks(settings, timeouts=Timeouts(answer=0.2, side=0.3, all=4.0))
    assert time.monotonic() - began < 60.0
    assert not all_ok(findings)
    broken = {finding.key for finding in findings if finding.verdict is Verdict.PROBLEM}
    assert broken == {"slack.token", "vocatech.connection"}


def test_the_doctor_does_not_wait_for_slow_responses(account):
    account.vocatech.faults.add(Fault(delay=0.4))
    settings = load_settings(env_file=None, **{k.lower(): v for k, v in account.settings.items()})
    findings = run_checks(settings, timeouts=Timeouts(answer=1.0, side=0.1, all=0.15))
    assert "within" in next(one.found for one in findings if one.key == "vocatech.connection")


@pytest.mark.parametrize(
    ("skew", "verdict"),
    [(0.4, "ok"), (-59, "ok"), (61, "warning"), (-241, "problem"), (None, "not tried")],
)
def test_the_clock_verdict_depends_on_the_skew(skew, verdict):
    assert check_clock("slack.clock", "Slack", skew).verdict == verdict


@pytest.mark.parametrize("date", [None, "", "soon", "Mon, 99 Foo 2026 10:00:00 GMT"])
def test_an_invalid_date_gives_no_skew(date):
    assert seconds_ahead(date, 1.8e9) is None
