"""The bot keeps its webhook subscription by itself, whatever it finds and whatever fails."""

import contextlib
import re
import secrets
import sqlite3
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
    return bot.store.notes.moment(name) is not None


def number_of_notices(bot):
    return bot.store.database.row("select count(*) as n from notices")["n"]


# From any state, with any request failing


class Provider:
    """The stand-in's subscriptions without a wire; a test is well where its secret is believed."""

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
    """Bring about one subscription, as a life before may have left it."""
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
def test_from_any_state_and_after_any_failure_exactly_one_is_left(store, states, fail_at, failure):
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


def test_a_new_one_is_made_before_the_old_one_is_deleted(store, memory):
    provider = Provider(memory)
    put(provider, memory, "unknown")
    upkeep_with(provider, store).sync()
    methods = [method for method, path in provider.asked if not path.endswith("/test")]
    assert methods == ["GET", "POST", "DELETE"]


def test_both_secrets_are_good_until_the_next_look(store, memory):
    provider = Provider(memory)
    put(provider, memory, "wrong")
    keeper = upkeep_with(provider, store)
    keeper.sync()
    assert len(memory.secrets()) == 2
    keeper.sync()
    assert len(memory.secrets()) == 1


def test_the_one_whose_secret_stands_in_the_settings_is_trusted(store, memory):
    provider = Provider(memory)
    put(provider, memory, "unknown incomplete")
    [before] = provider.ours()
    upkeep_with(provider, store, has_given_secrets=True).sync()
    [after] = provider.ours()
    assert after.id == before.id
    assert set(after.event_filters) == set(EVENT_KINDS)
    assert memory.all() == []


def test_of_several_made_by_hand_the_one_that_works_is_kept(store, memory):
    provider = Provider(memory)
    for secret in ("old", "right", "older"):
        provider.sender.subscribe(FakeSubscription(URL, secret))
    memory.remember("elsewhere", url="https://x.example", secret="right", now=0)  # is believed
    upkeep_with(provider, store, has_given_secrets=True).sync()
    assert [one.secret for one in provider.ours()] == ["right"]


def test_of_several_made_by_hand_none_is_deleted_while_none_works(store, memory):
    provider = Provider(memory)
    for secret in ("old", "older"):
        provider.sender.subscribe(FakeSubscription(URL, secret))
    kept = upkeep_with(provider, store, has_given_secrets=True).sync()
    assert not kept.test.is_ok
    assert explain(kept.test) == "the answer was 401"
    assert len(provider.ours()) == 2


@pytest.mark.parametrize(
    "written",
    ["https://BOT.example/vocatech/webhooks/", "https://bot.example:443/vocatech/webhooks"],
)
def test_the_same_address_written_otherwise_is_ours(store, memory, written):
    keeper = upkeep_with(Provider(memory), store)
    assert keeper.find_ours([Listed("1", written)])
    assert not keeper.find_ours([Listed("1", "https://bot.example:8443/vocatech/webhooks")])
    assert not keeper.find_ours([Listed("1", "https://[bot/vocatech/webhooks")])


# Oddities


def answers(**by_method):
    """Answer by method and keep what was asked."""
    asked = []

    def answer(request):
        asked.append(request.method)
        given = by_method[request.method]
        return given(request) if callable(given) else httpx.Response(200, json=given)

    answer.asked = asked
    return answer


@pytest.mark.parametrize("listed", [{}, "none", 5, {"webhooks": None}])
def test_where_the_list_is_none_nothing_is_made(store, memory, listed):
    answer = answers(GET=listed)
    with pytest.raises(ApiError):
        upkeep_with(answer, store).sync()
    assert answer.asked == ["GET"]


def test_one_that_is_made_without_a_secret_is_deleted_again(store, memory):
    answer = answers(GET=[], POST={"id": 1, "url": URL}, DELETE=always(204))
    with pytest.raises(RequestRefused, match="without telling its secret"):
        upkeep_with(answer, store).sync()
    assert answer.asked == ["GET", "POST", "DELETE"]
    assert memory.secrets() == ()


def test_an_object_around_the_new_one_is_looked_into(store, memory):
    made = {"webhook": {"id": 1, "url": URL}, "signing_secret": "s3cret"}
    well = {"success": True, "status_code": 200, "error": None}
    answer = answers(
        GET=[], POST=lambda asked: httpx.Response(200, json=made if asked.content[2:6] else well)
    )
    assert upkeep_with(answer, store).sync().test.is_ok
    assert memory.secrets() == ("s3cret",)


def test_where_nothing_can_be_deleted_no_more_are_made(store, memory):
    listed = [{"id": n, "url": URL} for n in range(4)]
    answer = answers(GET=listed, DELETE=always(404))
    with pytest.raises(RequestRefused, match="cannot be deleted"):
        upkeep_with(answer, store).sync()
    assert "POST" not in answer.asked


def test_one_that_a_list_does_not_show_is_not_made_again(store, memory):
    memory.remember("7", url=URL, secret="s", now=TIME.now())
    answer = answers(GET=[], PATCH={}, POST={"success": True, "status_code": 200})
    assert upkeep_with(answer, store).sync().subscription_id == "7"
    assert answer.asked == ["GET", "PATCH", "POST"]


@pytest.mark.parametrize("leads_here", [True, False])
def test_the_one_for_an_address_from_before_goes_once_the_new_one_works(store, memory, leads_here):
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


def test_a_huge_list_of_others_is_left_alone(store, memory):
    provider = Provider(memory)
    for number in range(3_000):
        provider.subscriptions.append(FakeSubscription(f"https://x{number}.example/", "s"))
    upkeep_with(provider, store).sync()
    assert len(provider.subscriptions) == 3_001
    assert len(provider.asked) == 3


def test_no_secret_shows_in_any_repr(store, memory):
    memory.remember("7", url=URL, secret="hush", now=0)
    shown = [memory, memory.all(), store, upkeep_with(always(200), store)]
    assert "hush" not in repr(shown)


def test_a_failed_test_says_why():
    assert explain(Delivery(is_ok=False, status=None, error=None)) == "there was no answer"
    assert "502 (bad" in explain(Delivery(is_ok=False, status=502, error="bad gateway"))


# Through the front door


@pytest.fixture
def start_public(start_bot):
    """Start a bot that knows its own address, which stays the same over restarts."""
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


def test_the_bot_subscribes_by_itself_and_calls_come_by_webhook(start_public, slack, vocatech):
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


def test_where_the_api_refuses_polling_goes_on(start_public, slack, vocatech):
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


def test_an_address_that_leads_nowhere_is_told_once_until_it_leads_here(start_public, slack):
    hands, port = Hands(slack), free_port()
    bot = start_public(public_url=f"http://127.0.0.1:{port}", clock=hands.clock)
    wait_for(lambda: bot.store.notes.moment("webhook subscription troubled since"))
    hands.take(bot)
    assert not is_told(bot, "webhooks unwell")  # perhaps a proxy is still to come
    hands.ahead = 60.0
    assert 25 < hands.do("keep subscription") < 40
    [text] = wait_for(lambda: told(slack))
    assert "webhooks: there was no answer (no answer)." in text
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


def test_a_refused_key_is_told_once_and_not_twice(start_public, slack, vocatech):
    vocatech.key_state = "revoked"
    start_public()
    assert "rejected the API key" in wait_for(lambda: told(slack))[0]
    time.sleep(0.3)
    assert len(told(slack)) == 1


# Silence


@pytest.fixture
def hushed(start_bot, vocatech, slack):
    """Start a bot whose webhooks do not come."""
    hands = Hands(slack)
    bot = start_bot(clock=hands.clock)
    hands.take(bot)
    vocatech.webhooks.disconnect()

    def let_ring(number, **how):
        for _ in range(number):
            # After the bot's start, also where the clocks should differ.
            vocatech.ring(**{"ago": -70, **how}).answer().hang_up()
        hands.ahead = 280.0
        hands.do("catch up")
        hands.do("notice silence")

    return bot, hands, let_ring


def test_calls_that_no_webhook_told_of_are_noticed_once_until_one_is_heard(hushed, slack):
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


def test_silence_is_not_told_beside_an_address_that_leads_nowhere(hushed):
    bot, _, let_ring = hushed
    bot.store.notes.set_moment("webhooks unwell", time.time())
    let_ring(3)
    assert not is_told(bot, "webhooks silent")


def test_few_outgoing_or_older_calls_are_no_silence(hushed):
    bot, _, let_ring = hushed
    let_ring(3, direction="outgoing")
    let_ring(3, ago=600, quiet=True)
    let_ring(2)
    assert not is_told(bot, "webhooks silent")
    let_ring(1)
    assert is_told(bot, "webhooks silent")


def test_without_webhooks_there_is_nothing_to_listen_for(start_bot, slack):
    hands = Hands(slack)
    hands.take(start_bot(vocatech_webhook_secrets=""))
    assert "notice silence" not in hands.jobs


def test_silence_is_cheap_to_look_for(store):
    query = (
        "explain query plan select count(*) from (select 1 from calls where started_at > 0"
        " and ended_at <= 9 and direction = 'incoming' limit 3)"
    )
    plan = " ".join(row["detail"] for row in store.database.rows(query))
    assert "USING INDEX calls_started" in plan


# The command


@pytest.fixture
def command(vocatech, monkeypatch, tmp_path, capsys):
    """Run `vocatech-slack webhooks` over the database of the bot that a test may start."""
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


def test_sync_makes_one_that_the_running_bot_believes_at_once(
    command, start_bot, vocatech, monkeypatch
):
    # It has no address of its own, so all that it knows it learns from the command.
    bot = start_bot(public_url=None, vocatech_webhook_secrets="")
    monkeypatch.setenv("PUBLIC_URL", bot.url)
    code, said = command("sync")
    [made] = vocatech.webhooks.subscriptions
    assert (code, said) == (
        0,
        f"Made subscription {made.id}.\nThe test delivery of subscription {made.id} arrived.\n",
    )
    assert command("sync")[1].startswith("All was in order.\n")
    assert command("test")[0] == 0
    code, said = command("list")
    assert code == 0
    assert f"{made.id}  Vocatech for Slack  {made.url}  all" in said
    assert "ours, its secret is known" in said
    assert made.secret not in said
    code, said = command("delete")
    assert (code, said.splitlines()[0]) == (0, f"Deleted subscription {made.id}.")
    assert vocatech.webhooks.subscriptions == []
    assert command("test") == (1, "There is no webhook subscription to this bot.\n")
    assert command("list") == (0, "There are no webhook subscriptions.\n")


def test_a_test_that_is_not_well_ends_with_one_and_its_reason(command, vocatech):
    other = vocatech.connect(f"http://127.0.0.1:{free_port()}/x\x1b[31m"[:-5])
    code, said = command("test", other.id)
    assert code == 1
    assert "did not arrive: there was no answer" in said


def test_what_a_terminal_would_obey_is_not_written(command, vocatech):
    vocatech.webhooks.subscribe(FakeSubscription("https://x.example/\x1b[31m", "s", name="a\rb"))
    assert "\x1b" not in command("list")[1]
    assert "ab" in command("list")[1]


def test_without_an_address_of_its_own_sync_names_the_setting(command, monkeypatch):
    monkeypatch.delenv("PUBLIC_URL")
    code, said = command("sync")
    assert code == 2
    assert "PUBLIC_URL is missing" in said
    assert command("list")[0] == 0


def test_deleting_what_is_not_there_and_wrong_use_are_told_apart(command):
    assert command("delete", "nobody") == (1, "Vocatech has no subscription nobody.\n")
    assert command("list", "x")[0] == 2


def test_a_database_that_another_program_holds_is_named(command, vocatech, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.store.database.connection.BUSY_SECONDS", 0.2)
    assert command("list")[0] == 0
    holder = sqlite3.connect(tmp_path / "bot.db")
    holder.execute("begin immediate")
    code, said = command("list")
    holder.close()
    assert code == 1
    assert f"The database {tmp_path}/bot.db can't be used: database is locked" in said


def test_a_refused_key_is_told_with_what_to_do_and_not_in_their_words(command, vocatech):
    body = {"error": {"message": f"unknown key {vocatech.key}"}}
    vocatech.faults.add(Fault(path="/webhooks", status=401, body=body))
    code, said = command("list")
    assert code == 1
    assert "Create a new one in its admin portal" in said
    assert vocatech.key not in said


def test_what_a_refusal_says_cannot_steer_a_terminal(command, vocatech):
    vocatech.faults.add(Fault(path="/webhooks", status=400, body={"error": "no\x1b[31m"}))
    assert command("list") == (1, "vocatech-slack: 400: no[31m\n")


@pytest.mark.parametrize("word", ["", "\udcff", "a\x1b"])
def test_an_id_that_nothing_has_is_wrong_use_and_deletes_nothing(command, vocatech, word):
    ours = vocatech.connect("http://127.0.0.1:9/vocatech/webhooks")
    with pytest.raises(SystemExit, match="2"):
        command("delete", word)
    assert ours in vocatech.webhooks.subscriptions
