"""The webhook subscription is maintained automatically, from any state and after any failure."""

import contextlib
import re
import secrets
import sqlite3
import threading
import time
from types import SimpleNamespace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.main import main
from bot.errors import ApiError, RequestRefused
from bot.sandbox.demo.bot_process import free_port
from bot.sandbox.http import FakeServer, Fault, HttpRequest, HttpResponse
from bot.sandbox.slack.workspace import ADMIN
from bot.sandbox.vocatech.subscriptions import FakeSubscriptions
from bot.sandbox.vocatech.webhooks import FakeSubscription, WebhookSender
from bot.store import Store
from bot.store.database.connection import BUSY_SECONDS
from bot.sync.subscription import SubscriptionKeeper, explain
from bot.vocatech.events import EVENT_KINDS
from bot.vocatech.shapes import Subscription as Listed
from bot.vocatech.webhooks import TestDelivery as Delivery
from tests.conftest import CHANNEL, wait_for
from tests.support.api_client import MadeTime, always, make_client
from tests.support.hands import Hands
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.calendar

URL = "https://bot.example/vocatech/webhooks"


def told(slack):
    return [message["text"] for message in slack.messages(slack.direct_channel(ADMIN))]


def is_told(bot, name):
    return bot.store.key_values.moment(name) is not None


def number_of_notices(bot):
    return bot.store.database.row("select count(*) as n from notices")["n"]


# From any state, with any request failing


class Provider:
    """The fake's subscriptions without HTTP; a test succeeds if its secret is accepted."""

    def __init__(self, memory):
        self.sender = WebhookSender(secret="unused")
        self.book = FakeSubscriptions(self.sender)
        self.saved = memory
        self.asked = []
        self.fail_at, self.failure = None, None

    def __call__(self, request):
        self.asked.append((request.method, request.url.path))
        failure = self.failure if len(self.asked) - 1 == self.fail_at else None
        if failure == "before":
            raise httpx.ReadTimeout("lost")
        if isinstance(failure, int):
            return httpx.Response(failure)
        answer = self.answer(request)
        if failure == "after":
            raise httpx.ReadTimeout("lost")
        return answer

    def answer(self, request):
        rest = request.url.path.removeprefix("/v1/webhooks").strip("/")
        if rest.endswith("/test"):
            [found] = [one for one in self.subscriptions if one.id == rest.removesuffix("/test")]
            status = 200 if found.secret in self.saved.secrets() else 401
            told = {"success": status == 200, "status_code": status, "error": None}
            return httpx.Response(200, json=told)
        headers = {"content-type": "application/json"}
        asked = HttpRequest(request.method, request.url.path, {}, headers, request.content)
        try:
            body, _ = (given := self.book.answer(asked, rest)).encoded()
        except Exception:
            return httpx.Response(404)
        return httpx.Response(given.status, content=body)

    @property
    def subscriptions(self):
        return self.sender.subscriptions

    def ours(self):
        return [one for one in self.subscriptions if one.url == URL]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = Store.open(tmp_path_factory.mktemp("kept") / "bot.db")
    yield opened
    opened.close()


TIME = MadeTime()


class NoLimits:
    def take(self, allowances, *, now):
        return 0.0


@pytest.fixture
def memory(store):
    return emptied(store)


def emptied(store):
    store.subscriptions.forget([one.subscription_id for one in store.subscriptions.all()])
    return store.subscriptions


def upkeep_with(answer, store, **changes):
    client = make_client(answer, NoLimits(), TIME)
    given = {"url": URL, "has_given_secrets": False, "clock": TIME.clock, **changes}
    return SubscriptionKeeper(client.webhooks, store.subscriptions, **given)


def put(provider, memory, state):
    """Create one subscription, as a previous process may have left it."""
    words = state.split()
    events = EVENT_KINDS[:2] if "incomplete" in words else EVENT_KINDS
    url = "https://other.example/hooks" if "other" in words else URL
    one = FakeSubscription(url, secrets.token_hex(), event_filters=events)
    if "gone" not in words:
        provider.sender.subscribe(one)
    if "known" in words or "wrong" in words:
        secret = secrets.token_hex() if "wrong" in words else one.secret
        memory.remember(one.id, url=URL, secret=secret, now=TIME.now() - 2 * 86_400)


def has_converged(provider, memory):
    [ours] = provider.ours()
    known = [one.subscription_id for one in memory.all()]
    assert known[0] == ours.id
    assert ours.secret in memory.secrets()
    assert set(ours.event_filters) == set(EVENT_KINDS)


STATES = [
    "other",
    "unknown",
    "known",
    "known incomplete",
    "unknown incomplete",
    "wrong",
    "known gone",
]


@given(
    st.lists(st.sampled_from(STATES), max_size=5),
    st.integers(0, 9),
    st.sampled_from(["before", "after", 403, 404, 500]),
)
def test_any_state_and_failure_leaves_one_subscription(store, states, fail_at, failure):
    memory = emptied(store)
    provider = Provider(memory)
    for state in states:
        put(provider, memory, state)
    others = [one for one in provider.subscriptions if one.url != URL]
    keeper = upkeep_with(provider, store)
    provider.fail_at, provider.failure = fail_at, failure
    with contextlib.suppress(ApiError):
        keeper.sync()
    provider.fail_at = None
    assert keeper.sync().test.is_ok
    has_converged(provider, memory)
    assert [one for one in provider.subscriptions if one.url != URL] == others
    before = provider.subscriptions
    kept = keeper.sync()
    assert kept.changes == ()
    assert provider.subscriptions == before
    assert [one.subscription_id for one in memory.all()] == [kept.subscription_id]


def test_the_new_subscription_is_created_before_the_old_one_is_deleted(store, memory):
    provider = Provider(memory)
    put(provider, memory, "unknown")
    upkeep_with(provider, store).sync()
    methods = [method for method, path in provider.asked if not path.endswith("/test")]
    assert methods == ["GET", "POST", "DELETE"]


def test_both_secrets_are_valid_until_the_next_sync(store, memory):
    provider = Provider(memory)
    put(provider, memory, "wrong")
    keeper = upkeep_with(provider, store)
    keeper.sync()
    assert len(memory.secrets()) == 2
    keeper.sync()
    assert len(memory.secrets()) == 1


def test_a_subscription_with_its_secret_in_the_settings_is_kept(store, memory):
    provider = Provider(memory)
    put(provider, memory, "unknown incomplete")
    [before] = provider.ours()
    upkeep_with(provider, store, has_given_secrets=True).sync()
    [after] = provider.ours()
    assert after.id == before.id
    assert set(after.event_filters) == set(EVENT_KINDS)
    assert memory.all() == []


def test_of_several_manual_subscriptions_the_working_one_is_kept(store, memory):
    provider = Provider(memory)
    for secret in ("old", "right", "older"):
        provider.sender.subscribe(FakeSubscription(URL, secret))
    memory.remember("elsewhere", url="https://x.example", secret="right", now=0)  # is accepted
    upkeep_with(provider, store, has_given_secrets=True).sync()
    assert [one.secret for one in provider.ours()] == ["right"]


def test_no_manual_subscription_is_deleted_while_none_works(store, memory):
    provider = Provider(memory)
    for secret in ("old", "older"):
        provider.sender.subscribe(FakeSubscription(URL, secret))
    kept = upkeep_with(provider, store, has_given_secrets=True).sync()
    assert not kept.test.is_ok
    assert explain(kept.test) == "the response was 401"
    assert len(provider.ours()) == 2


@pytest.mark.parametrize(
    "written",
    ["https://BOT.example/vocatech/webhooks/", "https://bot.example:443/vocatech/webhooks"],
)
def test_an_equivalent_url_is_recognized(store, memory, written):
    keeper = upkeep_with(Provider(memory), store)
    assert keeper.find_ours([Listed("1", written)])
    assert not keeper.find_ours([Listed("1", "https://bot.example:8443/vocatech/webhooks")])
    assert not keeper.find_ours([Listed("1", "https://[bot/vocatech/webhooks")])


# Oddities


def answers(**by_method):
    """Respond by method and record the requests."""
    asked = []

    def answer(request):
        asked.append(request.method)
        given = by_method[request.method]
        return given(request) if callable(given) else httpx.Response(200, json=given)

    answer.asked = asked
    return answer


@pytest.mark.parametrize("listed", [{}, "none", 5, {"webhooks": None}])
def test_an_invalid_list_creates_nothing(store, memory, listed):
    answer = answers(GET=listed)
    with pytest.raises(ApiError):
        upkeep_with(answer, store).sync()
    assert answer.asked == ["GET"]


def test_a_new_subscription_without_a_secret_is_deleted(store, memory):
    answer = answers(GET=[], POST={"id": 1, "url": URL}, DELETE=always(204))
    with pytest.raises(RequestRefused, match="without returning its secret"):
        upkeep_with(answer, store).sync()
    assert answer.asked == ["GET", "POST", "DELETE"]
    assert memory.secrets() == ()


def test_a_wrapped_new_subscription_is_parsed(store, memory):
    made = {"webhook": {"id": 1, "url": URL}, "signing_secret": "s3cret"}
    well = {"success": True, "status_code": 200, "error": None}
    answer = answers(
        GET=[], POST=lambda asked: httpx.Response(200, json=made if asked.content[2:6] else well)
    )
    assert upkeep_with(answer, store).sync().test.is_ok
    assert memory.secrets() == ("s3cret",)


def test_if_nothing_can_be_deleted_no_more_are_created(store, memory):
    listed = [{"id": n, "url": URL} for n in range(4)]
    answer = answers(GET=listed, DELETE=always(404))
    with pytest.raises(RequestRefused, match="can't be deleted"):
        upkeep_with(answer, store).sync()
    assert "POST" not in answer.asked


def test_an_unlisted_subscription_is_not_created_again(store, memory):
    memory.remember("7", url=URL, secret="s", now=TIME.now())
    answer = answers(GET=[], PATCH={}, POST={"success": True, "status_code": 200})
    assert upkeep_with(answer, store).sync().subscription_id == "7"
    assert answer.asked == ["GET", "PATCH", "POST"]


@pytest.mark.parametrize("leads_here", [True, False])
def test_a_previous_urls_subscription_is_deleted_once_the_new_one_works(store, memory, leads_here):
    provider = Provider(memory if leads_here else SimpleNamespace(secrets=tuple))
    old, other = (FakeSubscription(f"https://{n}.example/hooks", "s") for n in ("old", "other"))
    for one in (old, other):
        provider.sender.subscribe(one)
    memory.remember(old.id, url=old.url, secret="s", now=TIME.now() - 86_400)
    kept = upkeep_with(provider, store).sync()
    assert other in provider.subscriptions
    assert (old in provider.subscriptions) is not leads_here
    assert (f"deleted subscription {old.id}" in kept.changes) is leads_here
    upkeep_with(provider, store).sync()
    assert (old.id in [one.subscription_id for one in memory.all()]) is not leads_here


def test_many_other_subscriptions_are_left_alone(store, memory):
    provider = Provider(memory)
    for number in range(3_000):
        provider.subscriptions.append(FakeSubscription(f"https://x{number}.example/", "s"))
    upkeep_with(provider, store).sync()
    assert len(provider.subscriptions) == 3_001
    assert len(provider.asked) == 3


def test_no_repr_contains_a_secret(store, memory):
    memory.remember("7", url=URL, secret="hush", now=0)
    shown = [memory, memory.all(), store, upkeep_with(always(200), store)]
    assert "hush" not in repr(shown)


def test_a_failed_delivery_has_a_reason():
    assert explain(Delivery(is_ok=False, status=None, error=None)) == "there was no response"
    assert "502 (bad" in explain(Delivery(is_ok=False, status=502, error="bad gateway"))


# The running app


@pytest.fixture
def start_public(start_bot):
    """Start an app with a public URL that stays the same across restarts."""
    port = free_port()

    def start(**changes):
        given = {
            "public_url": f"http://127.0.0.1:{port}",
            "port": port,
            "vocatech_webhook_secrets": "",
        }
        return start_bot(**{**given, **changes})

    return start


def ours(vocatech, bot):
    found = [one for one in vocatech.webhooks.subscriptions if one.url.startswith(bot.url)]
    return found if len(found) == 1 and bot.store.subscriptions.all() else None


def test_the_app_subscribes_and_calls_arrive_by_webhook(start_public, slack, vocatech):
    other = vocatech.connect("http://127.0.0.1:9/other")
    bot = start_public()
    [made] = wait_for(lambda: ours(vocatech, bot))
    wait_for(bot.store.calls.last_webhook)  # the test delivery
    vocatech.ring().answer()
    wait_for(lambda: slack.messages(CHANNEL))
    assert other in vocatech.webhooks.subscriptions
    assert send(bot.url, ended("forged")).status_code == 401
    assert send(bot.url, ended("real"), secret=made.secret).status_code == 200


def test_a_restart_keeps_the_subscription(start_public, vocatech):
    bot = start_public()
    first = wait_for(lambda: ours(vocatech, bot))
    bot.bot.stop()
    heard = bot.store.calls.last_webhook()
    again = start_public()
    wait_for(lambda: again.store.calls.last_webhook() != heard)
    assert ours(vocatech, again) == first
    assert send(again.url, ended("real"), secret=first[0].secret).status_code == 200


def test_polling_continues_if_the_webhooks_api_fails(start_public, slack, vocatech):
    vocatech.faults.add(Fault(path="/webhooks", status=404))
    bot = start_public()
    wait_for(lambda: bot.metric("vocatech_api_errors_total"))
    hands = Hands(slack)
    hands.take(bot)
    vocatech.ring().answer().hang_up()
    hands.do("catch up")
    wait_for(lambda: slack.messages(CHANNEL))
    assert told(slack) == []


class Somebody(FakeServer):
    def answer(self, request):
        return HttpResponse(200, {})


def test_an_unreachable_url_is_reported_once_until_it_works(start_public, slack):
    hands, port = Hands(slack), free_port()
    bot = start_public(public_url=f"http://127.0.0.1:{port}", clock=hands.clock)
    wait_for(lambda: bot.store.key_values.moment("webhook subscription troubled since"))
    hands.take(bot)
    assert not is_told(bot, "webhooks unwell")  # a proxy may still be starting
    hands.ahead = 60.0
    assert 25 < hands.do("keep subscription") < 40
    [text] = wait_for(lambda: told(slack))
    assert "webhooks: there was no response (no answer)." in text
    assert "Nothing is lost" in text
    hands.ahead = 86_400.0
    assert hands.do("keep subscription") == 3_600
    with Somebody(port=port):
        assert hands.do("keep subscription") == 86_400 - 60
    assert not is_told(bot, "webhooks unwell")
    hands.do("keep subscription")
    hands.ahead += 60
    hands.do("keep subscription")
    wait_for(lambda: len(told(slack)) == 2)


def test_a_rejected_key_is_reported_once(start_public, slack, vocatech):
    vocatech.key_state = "revoked"
    start_public()
    assert "rejected the API key" in wait_for(lambda: told(slack))[0]
    time.sleep(0.3)
    assert len(told(slack)) == 1


# Missing webhooks


@pytest.fixture
def hushed(start_bot, vocatech, slack):
    """Start an app without arriving webhooks."""
    hands = Hands(slack)
    bot = start_bot(clock=hands.clock)
    hands.take(bot)
    vocatech.webhooks.disconnect()

    def let_ring(number, **how):
        for _ in range(number):
            # After the app's start, even if the clocks differ.
            vocatech.ring(**{"ago": -70, **how}).answer().hang_up()
        hands.ahead = 280.0
        hands.do("catch up")
        hands.do("notice silence")

    return bot, hands, let_ring


def test_missing_webhooks_are_reported_once_until_one_arrives(hushed, slack):
    bot, hands, let_ring = hushed
    let_ring(3)
    [text] = wait_for(lambda: told(slack))
    assert "Several calls came in, but Vocatech sent no webhooks" in text
    hands.do("notice silence")
    assert number_of_notices(bot) == 1
    assert send(bot.url, ended("heard")).status_code == 200
    hands.do("notice silence")
    assert not is_told(bot, "webhooks silent")
    assert number_of_notices(bot) == 1


def test_missing_webhooks_are_not_reported_beside_an_unreachable_url(hushed):
    bot, _, let_ring = hushed
    bot.store.key_values.set_moment("webhooks unwell", time.time())
    let_ring(3)
    assert not is_told(bot, "webhooks silent")


def test_few_outgoing_or_older_calls_are_no_sign_of_missing_webhooks(hushed):
    bot, _, let_ring = hushed
    let_ring(3, direction="outgoing")
    let_ring(3, ago=600, quiet=True)
    let_ring(2)
    assert not is_told(bot, "webhooks silent")
    let_ring(1)
    assert is_told(bot, "webhooks silent")


def test_without_webhooks_none_are_missing(start_bot, slack):
    hands = Hands(slack)
    hands.take(start_bot(vocatech_webhook_secrets=""))
    assert "notice silence" not in hands.jobs


def test_the_check_for_missing_webhooks_is_cheap(store):
    query = (
        "explain query plan select count(*) from (select 1 from calls where started_at > 0"
        " and ended_at <= 9 and direction = 'incoming' limit 3)"
    )
    plan = " ".join(row["detail"] for row in store.database.rows(query))
    assert "USING INDEX calls_started" in plan


# The command


@pytest.fixture
def command(vocatech, monkeypatch, tmp_path, capsys):
    """Run `vocatech-slack webhooks` on the database of the app that a test may start."""
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s",
        "SLACK_DEFAULT_CHANNEL": CHANNEL,
        "VOCATECH_API_KEY": vocatech.key,
        "VOCATECH_API_URL": vocatech.api_url,
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
        "PUBLIC_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)

    def run(*words):
        code = main(["webhooks", *words])
        output = capsys.readouterr()
        written = (output.out + output.err).splitlines(keepends=True)
        return code, "".join(line for line in written if not re.match(r"\d{4}-\d\d-", line))

    return run


def test_sync_creates_a_subscription_that_the_running_app_accepts(
    command, start_bot, vocatech, monkeypatch
):
    # The app has no public URL, so it only knows what the command stores.
    bot = start_bot(public_url=None, vocatech_webhook_secrets="")
    monkeypatch.setenv("PUBLIC_URL", bot.url)
    code, said = command("sync")
    [made] = vocatech.webhooks.subscriptions
    assert (code, said) == (
        0,
        f"Created subscription {made.id}.\nThe test delivery of subscription {made.id} arrived.\n",
    )
    assert command("sync")[1].startswith("Everything is up to date.\n")
    assert command("test")[0] == 0
    code, said = command("list")
    assert code == 0
    assert f"{made.id}  Vocatech for Slack  {made.url}  all" in said
    assert "this app, secret stored" in said
    assert made.secret not in said
    code, said = command("delete")
    assert (code, said.splitlines()[0]) == (0, f"Deleted subscription {made.id}.")
    assert vocatech.webhooks.subscriptions == []
    code, said = command("test")
    assert (code, said.partition(".")[0]) == (1, "This app has no webhook subscription")
    assert command("list") == (0, "No webhook subscriptions.\n")


def test_a_failed_test_exits_with_1_and_its_reason(command, vocatech):
    other = vocatech.connect(f"http://127.0.0.1:{free_port()}/x\x1b[31m"[:-5])
    code, said = command("test", other.id)
    assert code == 1
    assert "did not arrive: there was no response" in said


def test_control_characters_are_not_printed(command, vocatech):
    vocatech.webhooks.subscribe(FakeSubscription("https://x.example/\x1b[31m", "s", name="a\rb"))
    assert "\x1b" not in command("list")[1]
    assert "ab" in command("list")[1]


def test_sync_without_public_url_names_the_setting(command, monkeypatch):
    monkeypatch.delenv("PUBLIC_URL")
    code, said = command("sync")
    assert code == 2
    assert "PUBLIC_URL is missing" in said
    assert command("list")[0] == 0


def test_deleting_an_unknown_id_differs_from_a_usage_error(command):
    assert command("delete", "nobody") == (1, "Vocatech has no subscription nobody.\n")
    assert command("list", "x")[0] == 2


def test_a_locked_database_is_named(command, vocatech, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.cli.context.BUSY_SECONDS_OF_COMMANDS", 0.2)
    assert command("list")[0] == 0
    holder = sqlite3.connect(tmp_path / "bot.db")
    holder.execute("begin immediate")
    code, said = command("list")
    holder.close()
    assert code == 1
    assert f"The database {tmp_path}/bot.db can't be used: database is locked" in said


def test_a_command_waits_longer_for_the_app_than_the_app_does(command, tmp_path):
    assert command("list")[0] == 0
    holder = sqlite3.connect(tmp_path / "bot.db", check_same_thread=False)
    holder.execute("begin immediate")
    release = threading.Timer(BUSY_SECONDS + 0.5, holder.rollback)
    release.start()
    assert command("list")[0] == 0
    release.join()
    holder.close()


def test_a_rejected_key_has_a_remedy_and_no_text_from_the_response(command, vocatech):
    body = {"error": {"message": f"unknown key {vocatech.key}"}}
    vocatech.faults.add(Fault(path="/webhooks", status=401, body=body))
    code, said = command("list")
    assert code == 1
    assert "Create a new one in its admin portal" in said
    assert vocatech.key not in said


def test_an_error_message_cannot_control_the_terminal(command, vocatech):
    vocatech.faults.add(Fault(path="/webhooks", status=400, body={"error": "no\x1b[31m"}))
    code, said = command("list")
    assert code == 1
    assert said.startswith("vocatech-slack: Vocatech rejected the request (400: no[31m). Run")


@pytest.mark.parametrize("word", ["", "\udcff", "a\x1b"])
def test_an_invalid_id_is_a_usage_error_and_deletes_nothing(command, vocatech, word):
    ours = vocatech.connect("http://127.0.0.1:9/vocatech/webhooks")
    with pytest.raises(SystemExit, match="2"):
        command("delete", word)
    assert ours in vocatech.webhooks.subscriptions
