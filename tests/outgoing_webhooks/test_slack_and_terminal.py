"""Endpoints that admins manage: in Slack with `/vocatech webhooks`, and in the terminal."""

import json
import re
import time
from dataclasses import replace

import pytest

from bot.cli.main import main
from bot.doctor.webhooks import check_endpoints
from bot.models.integrations.outgoing_webhooks import MAX_ENDPOINTS, Endpoint
from bot.outgoing_webhooks.validation import validate_endpoint
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.webhook_receiver import ReceiverFaults, WebhookReceiver
from tests.conftest import CHANNEL, settings_for, wait_for
from tests.missed_calls.test_claims import audit_of
from tests.support.webhooks import ended, send

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture
def receiver():
    with WebhookReceiver() as one:
        yield one


@pytest.fixture
def bot(start_bot):
    running = start_bot(slack_admins=ADMIN, webhooks_to_private_addresses=True)
    wait_for(lambda: running.store.slack_people.find(BEN))
    return running


def view_with(slack, *words):
    """Wait for a modal with some words."""
    return wait_for(
        lambda: (view := slack.open_view(ADMIN)) and all(w in str(view) for w in words) and view
    )


def ticked(*values):
    return {
        "type": "checkboxes",
        "selected_options": [{"value": one, "text": {}} for one in values],
    }


def filled(receiver, **more):
    values = {"name": "CRM", "url": receiver.hook_url, **more}
    return {name: {name: value} for name, value in values.items()}


def listed(slack, *words):
    """Open the list again, until it says something."""

    def look():
        slack.views.close_all(ADMIN)
        slack.type_command(ADMIN, CHANNEL, "/vocatech", "webhooks")
        view = wait_for(lambda: slack.open_view(ADMIN))
        return all(word in str(view) for word in words) and view

    return wait_for(look)


def test_admin_adds_tests_rotates_and_deletes_an_endpoint(bot, slack, receiver):
    view = listed(slack, "No endpoints yet")
    slack.click_in_view(ADMIN, view["id"], "new_endpoint")
    form = view_with(slack, "Add endpoint", "Include summaries")
    refused = slack.submit_view(ADMIN, form["id"], filled(receiver, url="ftp://example.com"))
    assert "https://" in refused["errors"]["url"]
    slack.submit_view(
        ADMIN, form["id"], filled(receiver, events=ticked("call.missed", "sms.received"))
    )
    shown = view_with(slack, "whsec_", "isn't shown again")
    receiver.secrets.append(SECRET.search(json.dumps(shown))[0])
    slack.close_view(ADMIN, shown["id"])
    view = listed(slack, "CRM", "2 events", "No events sent yet")
    assert "whsec_" not in str(view)
    assert "/hook" not in str(view)
    slack.click_in_view(ADMIN, view["id"], "test_endpoint")
    wait_for(lambda: receiver.kinds() == ["webhook.test"])
    view = listed(slack, "Working")
    slack.click_in_view(ADMIN, view["id"], "endpoint_menu", "rotate 1")
    shown = view_with(slack, "24 hours")
    new = SECRET.search(json.dumps(shown))[0]
    assert new not in receiver.secrets
    receiver.secrets[:] = [new]
    view = listed(slack, "CRM")
    slack.click_in_view(ADMIN, view["id"], "edit_endpoint")
    form = view_with(slack, "Edit endpoint")
    assert new not in str(form)
    slack.submit_view(ADMIN, form["id"], filled(receiver, events=ticked("call.missed")))
    wait_for(lambda: bot.store.endpoints.find(1).events == ("call.missed",))
    send(bot.url, ended("c1", status="missed"))
    wait_for(lambda: receiver.kinds() == ["webhook.test", "call.missed"])
    view = listed(slack, "CRM")
    slack.click_in_view(ADMIN, view["id"], "endpoint_menu", "switch 1")
    wait_for(lambda: not bot.store.endpoints.find(1).is_on)
    view = listed(slack, "Turned off")
    slack.click_in_view(ADMIN, view["id"], "edit_endpoint")
    form = view_with(slack, "Edit endpoint")
    slack.click_in_view(ADMIN, form["id"], "delete_endpoint")
    wait_for(lambda: bot.store.endpoints.all() == [])
    done = [what for who, what in audit_of(bot) if who == ADMIN]
    assert done == [
        "webhook endpoint added",
        "webhook secret rotated",
        "webhook endpoint changed",
        "webhook endpoint turned off",
        "webhook endpoint deleted",
    ]


def test_failed_events_are_listed_and_tried_again(bot, slack, receiver):
    secret = "whsec_" + "A" * 44
    receiver.secrets.append(secret)
    endpoint = Endpoint(0, "CRM", receiver.hook_url, ("call.missed",))
    now = bot.bot.services.clock.now()
    bot.store.endpoints.create(endpoint, secret, by=ADMIN, now=now)
    receiver.answering = ReceiverFaults(410)
    send(bot.url, ended("c1", status="missed"))
    wait_for(lambda: not bot.store.endpoints.find(1).is_on)
    assert check_endpoints(bot.store, allows_private=True).remedy.startswith("1 event was")
    receiver.answering = ReceiverFaults()
    view = listed(slack, "Turned off: it answered HTTP 410", "Failed events (1)")
    slack.click_in_view(ADMIN, view["id"], "endpoint_menu", "switch 1")
    wait_for(lambda: bot.store.endpoints.find(1).is_on)
    view = listed(slack, "Failed events (1)")
    slack.click_in_view(ADMIN, view["id"], "show_failed_events")
    view = view_with(slack, "Call missed", "Try all again")
    slack.click_in_view(ADMIN, view["id"], "retry_events", "1")
    view_with(slack, "1 event queued again", "No failed events")
    wait_for(lambda: receiver.kinds() == ["call.missed"])
    assert len({one.delivery_id for one in receiver.received}) == 1
    assert check_endpoints(bot.store, allows_private=False).remedy == ""
    slack.send_event({"type": "app_home_opened", "user": ADMIN, "channel": "D1", "tab": "home"})
    home = wait_for(lambda: slack.home_view(ADMIN))
    assert "1 endpoint OK" in str(home)
    slack.views.close_all(ADMIN)
    slack.click_in_view(ADMIN, home["id"], "show_endpoints")
    view_with(slack, "Working")


def test_events_that_failed_after_the_list_was_shown_are_not_discarded(bot, slack, receiver):
    receiver.secrets.append("whsec_" + "A" * 44)
    endpoint = Endpoint(0, "CRM", receiver.hook_url, ("call.missed",))
    bot.store.endpoints.create(
        endpoint, receiver.secrets[-1], by=ADMIN, now=bot.bot.services.clock.now()
    )
    receiver.answering = ReceiverFaults(410)
    send(bot.url, ended("c1", status="missed"))
    wait_for(lambda: not bot.store.endpoints.find(1).is_on)
    slack.click_in_view(ADMIN, listed(slack, "Failed events (1)")["id"], "show_failed_events")
    view = view_with(slack, "Call missed", "Discard all")
    again = replace(bot.store.endpoints.find(1), is_on=True)
    assert bot.store.endpoints.change(again, by=BEN, now=1.0)
    send(bot.url, ended("c2", status="missed"))
    wait_for(lambda: bot.store.deliveries.counts()[1].failed == 2)
    slack.click_in_view(ADMIN, view["id"], "discard_events")
    view = view_with(slack, "More events failed since, so none was discarded.")
    assert bot.store.deliveries.counts()[1].failed == 2
    slack.click_in_view(ADMIN, view["id"], "discard_events")
    view_with(slack, "2 events discarded.")
    assert bot.store.deliveries.failed(1) == []


def test_endpoint_that_another_admin_turned_off_stays_off(bot, slack, receiver):
    bot.store.endpoints.create(Endpoint(0, "Sheet", receiver.url), "s" * 40, by=ADMIN, now=1.0)
    view = listed(slack, "Sheet")
    endpoint = bot.store.endpoints.find(1)
    assert bot.store.endpoints.change(replace(endpoint, is_on=False), by=ANA, now=2.0)
    slack.click_in_view(ADMIN, view["id"], "endpoint_menu", "switch 1")
    view = view_with(slack, "Someone changed this endpoint a moment ago", "Turn on")
    assert not bot.store.endpoints.find(1).is_on
    slack.click_in_view(ADMIN, view["id"], "endpoint_menu", "switch 1")
    view_with(slack, "“Sheet” turned on.")


def test_double_click_on_rotate_keeps_the_secret_that_the_receiver_has(bot, slack, receiver):
    view = listed(slack, "No endpoints yet")
    slack.click_in_view(ADMIN, view["id"], "new_endpoint")
    form = view_with(slack, "Add endpoint", "Include summaries")
    slack.submit_view(ADMIN, form["id"], filled(receiver))
    known = SECRET.search(json.dumps(view_with(slack, "whsec_")))[0]
    slack.close_view(ADMIN, slack.open_view(ADMIN)["id"])
    view = listed(slack, "CRM")
    for count in (1, 2):
        slack.click_in_view(ADMIN, view["id"], "endpoint_menu", "rotate 1")
        wait_for(lambda: audit_of(bot).count((ADMIN, "webhook secret rotated")) == count)  # noqa: B023
    assert known in bot.store.endpoints.secrets(1, now=time.time())


def test_doctor_warns_of_private_addresses_on_other_machines(store):
    for place, (url, is_fine) in enumerate(
        [("http://127.0.0.1:9/hook", True), ("http://10.0.0.5/hook", False)], start=1
    ):
        endpoint = Endpoint(0, f"CRM {place}", url, ("call.missed",))
        store.endpoints.create(endpoint, "whsec_" + "A" * 44, by=ADMIN, now=1.0)
        found = check_endpoints(store, allows_private=True)
        assert (found.verdict.value == "ok") is is_fine
    assert "WEBHOOKS_TO_PRIVATE_ADDRESSES=false" in found.remedy


def test_members_cannot_open_the_list(bot, slack):
    answer = slack.type_command(BEN, CHANNEL, "/vocatech", "webhooks")
    assert "Only admins" in str(answer.body)
    assert slack.open_view(BEN) is None
    assert (BEN, "not allowed: change outgoing webhooks") in audit_of(bot)


def test_wrong_endpoints_are_explained():
    good = Endpoint(0, "CRM", "https://crm.example.com/hook", ("call.missed",))
    assert validate_endpoint(good, []) == {}
    several = [Endpoint(one, f"E{one}", good.url) for one in range(1, MAX_ENDPOINTS + 1)]
    wrong = (
        (Endpoint(0, "", good.url), [], "name"),
        (Endpoint(0, "crm", good.url), [Endpoint(1, "CRM", good.url)], "name"),
        (good, several, "name"),
        (Endpoint(0, "CRM", "http://crm.example.com"), [], "url"),
        (Endpoint(0, "CRM", "https://127.0.0.1/"), [], "url"),
        (Endpoint(0, "CRM", "https://[::1]/"), [], "url"),
        (Endpoint(0, "CRM", "https://localhost/"), [], "url"),
        (Endpoint(0, "CRM", good.url, ("call.gone",)), [], "events"),
    )
    for endpoint, others, place in wrong:
        assert list(validate_endpoint(endpoint, others)) == [place], endpoint
    assert validate_endpoint(Endpoint(0, "A", "http://127.0.0.1/"), [], allows_private=True) == {}


def test_terminal_manages_endpoints(slack, vocatech, tmp_path, monkeypatch, capsys, receiver):
    given = settings_for(slack, vocatech, tmp_path)
    names = ("slack_bot_token", "slack_signing_secret", "slack_default_channel")
    for name in (*names, "vocatech_api_key", "vocatech_api_url", "database_url"):
        value = getattr(given, name)
        monkeypatch.setenv(
            name.upper(), str(getattr(value, "get_secret_value", lambda v=value: v)())
        )
    monkeypatch.setenv("WEBHOOKS_TO_PRIVATE_ADDRESSES", "true")
    (tmp_path / ".env").write_text("")

    def run(*words):
        code = main(["outgoing-webhooks", "--env-file", str(tmp_path / ".env"), *words])
        return code, *capsys.readouterr()

    assert run("list") == (0, "There are no endpoints, so nothing is sent.\n", "")
    code, out, said = run("add", "--name", "CRM", "--url", receiver.hook_url, "--events", "all")
    assert (code, bool(SECRET.fullmatch(out.strip()))) == (0, True)
    assert "isn't shown again" in said
    receiver.secrets.append(out.strip())
    assert run("test", "crm")[:2] == (0, "CRM accepted the test.\n")
    receiver.answering = ReceiverFaults(500)
    assert run("test", "CRM")[:2] == (1, "CRM did not accept the test: it answered HTTP 500.\n")
    receiver.answering = ReceiverFaults()
    code, out, _ = run("rotate", "CRM")
    receiver.secrets[:] = [out.strip()]
    assert run("test", "CRM")[0] == 0
    assert "call.missed" in run("list")[1]
    assert "whsec" not in run("list")[1]
    assert run("retry", "CRM")[:2] == (0, "CRM has no failed events.\n")
    assert run("add", "--name", "CRM", "--url", "ftp://x", "--events", "call.gone")[0] == 2
    assert run("remove", "Gone")[0] == 2
    assert run("remove", "CRM")[:2] == (0, "Removed CRM, with its queued events.\n")


def test_rule_names_an_endpoint_in_its_form(bot, slack, receiver):
    def rule_form():
        slack.views.close_all(ADMIN)
        slack.type_command(ADMIN, CHANNEL, "/vocatech", "rules")
        view = view_with(slack, "Routing rules")
        slack.click_in_view(ADMIN, view["id"], "new_rule")
        return view_with(slack, "New rule", "'type': 'input'")

    assert "Sends matching calls there" not in str(rule_form())
    secret, now = "whsec_" + "A" * 44, bot.bot.services.clock.now()
    receiver.secrets.append(secret)
    endpoint = Endpoint(0, "CRM", receiver.hook_url)
    bot.store.endpoints.create(endpoint, secret, by=ADMIN, now=now)
    form = rule_form()
    values = {"name": "All calls", "channel": CHANNEL, "webhook": "CRM"}
    slack.submit_view(ADMIN, form["id"], {name: {name: one} for name, one in values.items()})
    [rule] = wait_for(lambda: bot.store.rules.book().rules)
    assert rule.webhook == "CRM"
    view_with(slack, "calls the webhook CRM")
    send(bot.url, ended("c1", status="missed"))
    wait_for(lambda: receiver.kinds() == ["rule.matched"])
    # Deleted, the endpoint is missed wherever the rule is listed.
    assert check_endpoints(bot.store, allows_private=True).remedy == ""
    view = listed(slack, "CRM")
    slack.click_in_view(ADMIN, view["id"], "edit_endpoint")
    form = view_with(slack, "Edit endpoint")
    slack.click_in_view(ADMIN, form["id"], "delete_endpoint")
    view_with(slack, "“CRM” deleted. Rules that still name it: “All calls”.")
    slack.views.close_all(ADMIN)
    slack.type_command(ADMIN, CHANNEL, "/vocatech", "rules")
    view_with(slack, "⚠️ Deleted endpoint, so nothing is sent: CRM")
    slack.send_event({"type": "app_home_opened", "user": ADMIN, "channel": "D1", "tab": "home"})
    wait_for(lambda: "1 names a deleted endpoint" in str(slack.home_view(ADMIN)))
    found = check_endpoints(bot.store, allows_private=True)
    assert (found.verdict.value, "“All calls” names CRM" in found.remedy) == ("warning", True)
