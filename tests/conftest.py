"""The stage for the tests: stand-ins on loopback, and the bot built by its own composition root."""

import contextlib
import os
import shutil
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import certifi
import httpx
import pytest
import structlog
from hypothesis import settings as hypothesis_settings

from bot.app import build
from bot.clock import Timing
from bot.config import Settings, load_settings
from bot.sandbox.slack.workspace import FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES
from bot.store import Store
from bot.store.database.connection import Database
from bot.store.request_log import RequestLog
from tests.support.api_client import make_client

# No deadline: the machine that runs the tests may be busy, and a slow example is no wrong one.
# Daily a few dozen examples of each; `make chaos` tries many more.
hypothesis_settings.register_profile("quiet", deadline=None, max_examples=25)
hypothesis_settings.register_profile("thorough", deadline=None, max_examples=500)
hypothesis_settings.load_profile("quiet")

# Logs go to pytest, and not among what a command prints.
structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
)

CHANNEL = "C0CALLS001"
# A busy machine may take a second for an answer that is not late by any other measure.
QUICK = Timing(
    slack_timeout=2.0,
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
    """Trust one authority only: to load all of them takes 35 ms for each of many clients."""
    end = "-----END CERTIFICATE-----\n"
    first = Path(certifi.where()).read_text().partition(end)[0] + end
    file = tmp_path_factory.mktemp("tls") / "one.pem"
    file.write_text(first)
    os.environ["SSL_CERT_FILE"] = str(file)


# Begun first, so that at the end no worker waits for another's long test.
LONG = (
    "outbox/test_kills",
    "texts/test_kills",
    "outbox/test_delivery",
    "sync/test_backfill",
    "sandbox/test_vocatech_contract",
    "outbox/test_cards",
)


def pytest_ignore_collect(collection_path, config):
    """Leave out the browser tests unless asked for: to import their libraries takes a second."""
    if collection_path.name == "e2e" and not any("e2e" in argument for argument in config.args):
        return True
    return None


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
    """Say whether a test is about what is posted, and not about how much at a time."""
    return request.node.get_closest_marker("any_rate") is not None


@pytest.fixture
def slack(at_any_rate):
    with FakeSlack(scopes=frozenset(SCOPES), limits=not at_any_rate) as stand_in:
        yield stand_in


@pytest.fixture
def vocatech():
    with FakeVocatech(backoff=(0.1, 0.2, 0.4, 0.8, 1.6)) as stand_in:
        yield stand_in


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
        "port": 0,
    }
    return load_settings(env_file=None, **{**given, **changes})


class RunningBot:
    """The bot in this process, with the ways in that a test needs."""

    def __init__(self, bot):
        self.bot = bot
        self.store = bot.services.store
        self.url = f"http://127.0.0.1:{bot.server.port}"
        self.http = httpx.Client(base_url=self.url)

    def metric(self, name):
        text = self.http.get("/metrics").text
        lines = [line for line in text.splitlines() if line.startswith(f"vocatech_slack_{name}")]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if "_created" not in line)


@pytest.fixture(scope="session")
def new_database(tmp_path_factory):
    """A database file as a first start makes it; a copy is at once there, its making is not."""
    file = tmp_path_factory.mktemp("new") / "bot.db"
    Database(file).close()
    return file


@pytest.fixture(scope="session")
def open_new(new_database):
    """Open a store in a new file, with the tables there already."""
    return lambda file: Store.open(Path(shutil.copy(new_database, file)))


@pytest.fixture
def store(open_new, tmp_path):
    opened = open_new(tmp_path / "bot.db")
    yield opened
    opened.close()


@pytest.fixture
def start_bot(slack, vocatech, tmp_path, new_database, at_any_rate):
    """Start a bot against the stand-ins; started again, it is the same bot with its memory."""
    with contextlib.ExitStack() as stack:

        def start(**changes):
            timing = changes.pop("timing", QUICK)
            if at_any_rate:
                timing = replace(timing, post_seconds=0.01)
            clock = changes.pop("clock", None)
            settings = settings_for(slack, vocatech, tmp_path, **changes)
            if not settings.database_path.exists():
                shutil.copy(new_database, settings.database_path)
            bot = build(settings, clock=clock, timing=timing)
            bot.start()
            running = RunningBot(bot)
            stack.callback(running.http.close)
            stack.callback(bot.stop)
            slack.connect(running.url)
            if "public_url" not in changes:  # else the bot subscribes by itself
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
    """Make a client whose every request is answered by a function, in a time that is made up."""
    return partial(make_client, ledger=ledger)


@pytest.fixture
def bot(start_bot):
    return start_bot()


def wait_for(condition, seconds=20.0):
    """Wait until a condition holds, and give what it gave; a busy machine is no fault."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("what was waited for did not happen")
