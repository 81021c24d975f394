"""A drill with real processes: backup under load, SIGKILL, restore, and a count of everything."""

import random
import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from bot.models.texts import SendState
from bot.sandbox.demo.bot_process import run_command
from bot.sandbox.slack.workspace import ANA, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.store import Store
from bot.store.send_queue import Draft
from tests.conftest import CHANNEL, wait_for
from tests.support.crash_points import MortalBot

# In one group with the other kill tests, so that all apps are forked off one process.
pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.chaos]
THEM = "+12125550142"
SECONDS = 120.0


class Drill:
    """The app in a process of its own, between the fakes, with an operator at a terminal."""

    def __init__(self, folder):
        self.folder, self.database = folder, folder / "bot.db"
        self.slack, self.vocatech = FakeSlack(), FakeVocatech(backoff=(0.1, 0.2, 0.4, 0.8, 1.6))
        self.slack.start()
        self.vocatech.start()
        environment = {
            "SLACK_BOT_TOKEN": self.slack.token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_DEFAULT_CHANNEL": CHANNEL,
            "VOCATECH_API_KEY": self.vocatech.key,
            "VOCATECH_API_URL": self.vocatech.api_url,
            "VOCATECH_WEBHOOK_SECRETS": self.vocatech.webhooks.secret,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "POLL_SECONDS": "2",
        }
        self.env_file = folder / ".env"
        self.env_file.write_text("".join(f"{name}={one}\n" for name, one in environment.items()))
        self.bot = MortalBot(environment, folder / "bot.log")
        self.vocatech.connect(f"{self.bot.url}/vocatech/webhooks")
        self.calls, self.texts, self.claimed = [], [], []

    def close(self):
        self.bot.close()
        self.slack.stop()
        self.vocatech.stop()

    def ring(self, number):
        for _ in range(number):
            self.calls.append(self.vocatech.ring(ago=60).answer(after=5).hang_up(after=30).id)

    def write(self):
        """Write a text, as the modal does."""
        body = f"Text {len(self.texts)}."
        text_id = f"t{len(self.texts)}"
        draft = Draft(text_id, THEM, self.vocatech.company.numbers[0], body, ANA)
        with self.store() as store:
            store.send_queue.add(draft, now=time.time())
        self.texts.append((text_id, body))
        self.ring(1)  # its webhook wakes the workers

    def claim(self):
        """Miss a call and claim it, as the button does; wait until its card shows the owner."""
        call_id = self.vocatech.ring(from_=f"+1212555{len(self.claimed):04}", ago=60).hang_up().id
        self.calls.append(call_id)
        wait_for(lambda: self.card(call_id), SECONDS)
        with self.store() as store:
            wait_for(lambda: store.claims.take(call_id, ANA, now=time.time()), SECONDS)
        self.ring(1)  # its webhook wakes the workers
        wait_for(lambda: "Claimed by" in str(self.card(call_id)), SECONDS)
        self.claimed.append(call_id)

    def card(self, call_id):
        """Return the card of a call."""
        return next(
            (
                one
                for one in self.slack.messages(CHANNEL)
                if one.get("metadata", {}).get("event_payload", {}).get("call_id") == call_id
            ),
            None,
        )

    @contextmanager
    def store(self):
        store = Store.open(self.database)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def load(self):
        """Keep calls coming in."""
        over = threading.Event()

        def run():
            while not over.wait(0.15):
                self.ring(1)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def type(self, *words):
        """Run a command as an operator; return what it printed."""
        done = run_command(*words, "--env-file", str(self.env_file))
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def posted(self):
        return Counter(self.slack.posted_call_ids(CHANNEL))

    def sent(self):
        return Counter(one["body"] for one in self.vocatech.sent_texts(THEM))

    def wait_until_settled(self):
        """Wait until each call is posted and each known text is sent, or its writer is asked."""
        wait_for(lambda: set(self.posted()) >= {*self.calls}, SECONDS)
        with self.store() as store:
            wait_for(
                lambda: (
                    not store.posts.waiting()
                    and not store.send_queue.queued()
                    and not store.send_queue.unconfirmed()
                ),
                SECONDS,
            )
        time.sleep(0.5)  # for what might be doubled


@pytest.fixture
def drill(tmp_path):
    made = Drill(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(4))
def test_restore_after_sigkill_doubles_nothing_and_keeps_claims(drill, seed):
    chance = random.Random(seed)
    drill.bot.start()
    drill.write()
    with drill.load():
        time.sleep(chance.uniform(0.5, 2.0))
        drill.write()
        printed = drill.type("backup", str(drill.folder / "backups"))
        drill.write()
    # Without load: a card waits for all posts before it, and Slack takes one a second.
    drill.claim()
    drill.claim()
    with drill.load():
        time.sleep(chance.uniform(0.5, 4.0))
        drill.write()
        time.sleep(chance.uniform(0.0, 1.0))
        drill.bot.kill()
    [backup] = (drill.folder / "backups").iterdir()
    assert str(backup) in printed
    drill.ring(2)
    drill.type("restore", str(backup), "--yes")
    drill.bot.start()
    drill.ring(2)
    drill.wait_until_settled()
    assert drill.posted() == Counter(drill.calls)
    assert max(drill.sent().values()) == 1
    # Each claim that a card showed is known again, and its card still shows it.
    with drill.store() as store:
        wait_for(lambda: not store.card_states.kept(), SECONDS)
        owners = [store.claims.of(call_id) for call_id in drill.claimed]
        counted = store.card_states.applied(since=0.0)
    assert [owner and owner.slack_user for owner in owners] == [ANA] * len(drill.claimed)
    assert counted["claimed a call"] == len(drill.claimed)
    assert all("Claimed by" in str(drill.card(call_id)) for call_id in drill.claimed)
    # A text that is known was sent, or its writer is asked; it is not dropped.
    with drill.store() as store:
        known = [(store.texts.find(text_id), body) for text_id, body in drill.texts]
    for text, body in known:
        if text is not None:
            is_asked = text.reply.state is SendState.NEEDS_CONFIRMATION
            assert (drill.sent()[body] == 1) != is_asked, (body, text.reply)
