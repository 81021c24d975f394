"""`/vocatech forget`: what would go, the question, and the erasure."""

import json

import pytest

from bot.sandbox.slack.workspace import ADMIN, ANA
from tests.conftest import CHANNEL, wait_for
from tests.store.test_erasures import MARIA, call, leaks, shown
from tests.support.webhooks import send

pytestmark = pytest.mark.any_rate


@pytest.fixture
def app(start_bot):
    return start_bot(slack_admins=ADMIN)


def forget(slack, typed, user=ADMIN):
    slack.type_command(user, CHANNEL, "/vocatech", f"forget {typed}")


def said(slack, user=ADMIN):
    return str([m for m in slack.messages(CHANNEL) if m.get("for_user") == user])


def view_of(slack, words, user=ADMIN):
    return wait_for(lambda: (view := slack.open_view(user)) and words in str(view) and view)


def test_admin_sees_what_is_stored_and_erases_it(app, slack):
    send(app.url, call("c1"))
    wait_for(lambda: "wedding" in shown(slack))
    forget(slack, "(212) 555-0142")
    view = view_of(slack, "1 call, 0 messages, 0 contacts")
    assert "wedding" in shown(slack)
    slack.submit_view(ADMIN, view["id"])
    view_of(slack, "Number erased")
    wait_for(lambda: not leaks(shown(slack)))
    [entry] = [one for one in app.store.audit.latest() if one.what == "erased a number"]
    assert (entry.slack_user, entry.detail) == (ADMIN, "ending in 42")


def test_question_submitted_twice_erases_once(app, slack):
    send(app.url, call("c1"))
    wait_for(lambda: "wedding" in shown(slack))
    forget(slack, MARIA)
    view = view_of(slack, "1 call")
    state = {"callback_id": view["callback_id"], "private_metadata": view["private_metadata"]}
    slack.submit_view(ADMIN, view["id"])
    view_of(slack, "Number erased")
    again = slack.views.show(ADMIN, {**view, **state})
    slack.submit_view(ADMIN, again["id"])
    view_of(slack, "Already submitted")
    done = [one for one in app.store.audit.latest() if one.what == "erased a number"]
    assert len(done) == 1


@pytest.mark.parametrize("typed", ["", "maria", "101", "555-0142", "<@U0BEN0001>", "+", "%"])
def test_something_that_is_no_whole_number_is_refused(app, slack, typed):
    forget(slack, typed)
    wait_for(lambda: "forget +1 212 555 0123" in said(slack))
    assert not slack.open_view(ADMIN)


def test_unknown_number_opens_no_question(app, slack):
    forget(slack, "+12125550199")
    view = view_of(slack, "Nothing is stored about (212) 555-0199")
    assert not view["submit"]


def test_only_admins_may_ask(app, slack):
    send(app.url, call("c1"))
    wait_for(lambda: "wedding" in shown(slack))
    forget(slack, MARIA, user=ANA)
    wait_for(lambda: "Only admins can erase a number" in said(slack, ANA))
    [entry] = [one for one in app.store.audit.latest() if one.slack_user == ANA]
    assert (entry.what, MARIA in json.dumps(entry.detail)) == (
        "not allowed: erase a number",
        False,
    )
