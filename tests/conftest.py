"""Fixtures: fake servers on loopback, and the app built by its own composition root."""

import contextlib
import gc
import os
import re
import shutil
import threading
import time
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path

import certifi
import httpx
import pytest
import structlog
from hypothesis import settings as hypothesis_settings
from pydantic import BaseModel

from bot.app import build
from bot.clock import Clock, Timing
from bot.config import Settings
from bot.models.health import MATCH_PEOPLE
from bot.sandbox.slack.workspace import FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.server.metrics import PREFIX
from bot.server.workers import WorkerPool
from bot.services.build import build_services
from bot.slack.connections import trusted_authorities
from bot.slack.manifest import SCOPES
from bot.store import Store
from bot.store.database.connection import Database
from bot.store.request_log import RequestLog
from handlers.jobs import make_jobs
from tests.support.api_client import make_client
from tests.support.database_files import complete_file
from tests.support.hands import Hands
from tests.support.webhooks import CLOSE

# No deadline: on a busy machine a slow example isn't a failure. By default each property has 25
# examples; `make chaos` has 500.
hypothesis_settings.register_profile("quiet", deadline=None, max_examples=25)
hypothesis_settings.register_profile("thorough", deadline=None, max_examples=500)
hypothesis_settings.load_profile("quiet")

# Logs go to pytest, not to the output of a command.
structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
)

CHANNEL = "C0CALLS001"
# On a busy machine, an answer may take a second without being late.
QUICK = Timing(
    slack_timeout=6.0,  # a busy machine may stop for some seconds
    grace=0.1,
    second_look=0.1,
    held_retry=0.3,
    aside=0.2,
    text_request=0.3,
    text_looks=(0.1, 0.1, 0.3),
    file_look=0.2,
    media_retry=0.1,
)


@pytest.fixture(scope="session", autouse=True)
def _few_authorities(tmp_path_factory):
    """Trust only one certificate authority: loading all takes 35 ms for each of many clients."""
    end = "-----END CERTIFICATE-----\n"
    first = Path(certifi.where()).read_text().partition(end)[0] + end
    file = tmp_path_factory.mktemp("tls") / "one.pem"
    file.write_text(first)
    os.environ["SSL_CERT_FILE"] = str(file)


# Started first, so that no worker waits for another's long test at the end.
LONG = (
    "outbox/test_kills",
    "texts/test_kills",
    "outbox/test_delivery",
    "sync/test_backfill",
    "sandbox/test_vocatech_contract",
    "outbox/test_cards",
)


def pytest_ignore_collect(collection_path, config):
    """Skip browser tests unless requested: importing their libraries takes a second."""
    if collection_path.name == "e2e" and not any("e2e" in argument for argument in config.args):
        return True
    return None


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Leave thousands of collected tests out of garbage collection, which took 0.1 s each time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items):
    def rank(item):
        name = f"{item.path.parent.name}/{item.path.stem}"
        return LONG.index(name) if name in LONG else len(LONG)

    items.sort(key=rank)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def at_any_rate(request):
    """Return whether a test checks what is posted, and not how fast."""
    return request.node.get_closest_marker("any_rate") is not None


@pytest.fixture
def slack(at_any_rate):
    # Slack waits 3 s for an answer; on a busy machine, a test's answers may take longer.
    scopes = frozenset(SCOPES)
    with FakeSlack(scopes=scopes, limits=not at_any_rate, deadline=60.0) as fake:
        yield fake


@pytest.fixture
def vocatech():
    with FakeVocatech(backoff=(0.1, 0.2, 0.4, 0.8, 1.6)) as fake:
        yield fake


def settings_for(slack, vocatech, folder, **changes):
    given = {
        "slack_bot_token": slack.token,
        "slack_signing_secret": slack.signing_secret,
        "slack_api_url": slack.api_url,
        "slack_default_channel": CHANNEL,
        "vocatech_api_key": vocatech.key,
        "vocatech_api_url": vocatech.api_url,
        "vocatech_webhook_secrets": vocatech.webhooks.secret,
        "database_url": f"sqlite:///{folder}/bot.db",
        "poll_seconds": 3600,
        "timezone": "UTC",
        "port": 0,
    }
    given |= changes
    return GivenSettings(**{name: one for name, one in given.items() if name != "timezone" or one})


class GivenSettings(Settings):
    """Settings that are read only from arguments, which takes a tenth of the time."""

    def __init__(self, **given):
        BaseModel.__init__(self, **given)


class RunningBot:
    """The app in this process, with the URL and clients that tests need."""

    def __init__(self, bot):
        self.bot = bot
        self.store = bot.services.store
        self.url = f"http://127.0.0.1:{bot.server.port}"
        # Authorities that are read already: reading all of them takes 35 ms.
        self.http = httpx.Client(
            base_url=self.url, timeout=60.0, verify=trusted_authorities(), headers=CLOSE
        )

    def metric(self, name):
        """Return the sum of a metric such as `polls_total` or `edits_total{subject="call"}`.

        It is read without HTTP: tests that wait for one read it every few milliseconds.
        """
        name, _, labels = f"{PREFIX}{name}".partition("{")
        wanted = dict(re.findall(r'(\w+)="([^"]*)"', labels)).items()
        families = self.bot.services.metrics.registry.restricted_registry([name]).collect()
        samples = [sample for family in families for sample in family.samples]
        assert samples or families, name
        return sum(
            sample.value
            for sample in samples
            if sample.name == name and wanted <= sample.labels.items()
        )


@pytest.fixture(scope="session")
def new_database(tmp_path_factory):
    """Return a new database file. Copying it is faster than creating another one."""
    file = tmp_path_factory.mktemp("new") / "bot.db"
    Database(file).close()
    complete_file(file)
    return file


@pytest.fixture(scope="session")
def open_new(new_database):
    """Return a function that opens a store in a copy of the new database."""
    return lambda file: Store.open(Path(shutil.copy(new_database, file)))


@pytest.fixture
def store(open_new, tmp_path):
    opened = open_new(tmp_path / "bot.db")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def synced_database(tmp_path_factory, new_database):
    """Return a database with the people and contacts of new fake servers, and those.

    The app reads them at its first start, which takes a third of that start's processor time.
    """
    folder = tmp_path_factory.mktemp("synced")
    with FakeSlack(scopes=frozenset(SCOPES)) as slack, FakeVocatech() as vocatech:
        settings = settings_for(slack, vocatech, folder)
        shutil.copy(new_database, settings.database_path)
        services = build_services(
            settings,
            WorkerPool(time.monotonic),
            store=Store.open(settings.database_path),
            clock=Clock(),
            timing=QUICK,
            stopping=threading.Event(),
        )
        jobs = {job.name: job.work for job in make_jobs(services, connect=None)}
        jobs["look through address book"]()
        jobs[MATCH_PEOPLE]()
        services.close_connections()
        services.store.close()
        complete_file(settings.database_path)
        return settings.database_path, deepcopy(directory_of(slack, vocatech))


def directory_of(slack, vocatech):
    """Return what the app reads from the fake servers once a day, or None if it can't."""
    if slack.faults.are_active or vocatech.faults.are_active or slack.token_error:
        return None
    contacts = [vocatech.contacts.show(one) for one in vocatech.contacts.ids()]
    users = vocatech.users.all()
    spellings = vocatech.users.spelling, vocatech.settings.spelling, vocatech.contacts.fields
    return slack.state.users, contacts, users, vocatech.company, spellings


@pytest.fixture
def start_bot(request, slack, vocatech, tmp_path, new_database, synced_database, at_any_rate):
    """Return a function that starts the app with the fake servers; a restart keeps its data.

    It has synced people and contacts already, unless a test is marked `first_sync` or changed them.
    """
    is_synced = request.node.get_closest_marker("first_sync") is None

    def copy_database(target):
        synced, read = synced_database
        is_read = is_synced and directory_of(slack, vocatech) == read
        shutil.copy(synced if is_read else new_database, target)

    with contextlib.ExitStack() as stack:

        def start(**changes):
            timing = changes.pop("timing", QUICK)
            if at_any_rate:
                timing = replace(timing, post_seconds=0.01)
            clock = changes.pop("clock", None)
            settings = settings_for(slack, vocatech, tmp_path, **changes)
            if not settings.database_path.exists():
                copy_database(settings.database_path)
            bot = build(settings, clock=clock, timing=timing)
            # On a busy machine the app may leave without it.
            stack.callback(bot.services.store.close)
            bot.start()
            running = RunningBot(bot)
            stack.callback(running.http.close)
            stack.callback(bot.stop)
            slack.connect(running.url)
            if "public_url" not in changes:  # otherwise the app subscribes
                vocatech.connect(f"{running.url}/vocatech/webhooks")
            return running

        yield start


@pytest.fixture
def ledger(tmp_path, new_database):
    database = Database(shutil.copy(new_database, tmp_path / "ledger.db"))
    yield RequestLog(database)
    database.close()


@pytest.fixture
def client_for(ledger):
    """Return a function that makes an API client with given answers and a simulated clock."""
    return partial(make_client, ledger=ledger)


@pytest.fixture
def hands(slack):
    """Run jobs by hand, at a time of your choice."""
    return Hands(slack)


@pytest.fixture
def bot(start_bot):
    return start_bot()


def read_calls(bot):
    """Wait until the app has read Vocatech's list of calls since its start.

    Before, a search may miss some, and reminders, digests, and automatic texts wait.
    """
    wait_for(lambda: bot.bot.services.catch_up.is_read)


def after_sync():
    """Return a time for a saved contact that a running sync of contacts does not delete."""
    return time.time() + 60


def wait_for(condition, seconds=60.0):
    """Wait until a condition is true and return its value; the machine may be busy."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError(f"the condition was not true within {seconds:.0f} s")
