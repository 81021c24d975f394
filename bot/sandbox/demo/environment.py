"""The demo environment: the app, unmodified, between a fake Slack and a fake Vocatech."""

import contextlib
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.company.history import DAYS, add_history
from bot.sandbox.demo.active_faults import ActiveFaults
from bot.sandbox.demo.bot_control import BotControl
from bot.sandbox.demo.bot_process import BotProcess, run_command
from bot.sandbox.demo.buttons import arrange
from bot.sandbox.demo.call_scenarios import DemoAction
from bot.sandbox.demo.delivery_audit import DeliveryAudit
from bot.sandbox.demo.manual_call import ManualCall
from bot.sandbox.demo.past_work import add_past_work
from bot.sandbox.demo.reader import open_home, say
from bot.sandbox.demo.receiver import DemoReceiver
from bot.sandbox.demo.service_faults import SlackFaults
from bot.sandbox.demo.text_scenarios import picture_in
from bot.sandbox.demo.workflows import Workflows
from bot.sandbox.slack.delivery import AppResponse
from bot.sandbox.slack.state import Json
from bot.sandbox.slack.workspace import ANA, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES, STEP_SCOPES
from bot.ui.workflow_steps import manifest_functions

READER = ANA
CHANNEL = "C0CALLS001"
POLL_SECONDS = 5
SECONDS_TO_SUBSCRIBE = 10.0
SECONDS_TO_CARRY = 0.8


@dataclass
class DemoEnvironment:
    """A running demo; `past` has the IDs of calls and messages from before the app's start."""

    slack: FakeSlack
    vocatech: FakeVocatech
    bot: BotProcess
    env_file: Path
    speed: float = 1.0
    past: frozenset[str] = frozenset()
    log_lines: deque[str] = field(default_factory=lambda: deque(maxlen=50))
    active_faults: ActiveFaults = field(default_factory=ActiveFaults)
    _deferred: float = field(default=0.0, init=False)
    _asked_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Create the buttons."""
        self.phone = ManualCall(self.vocatech)
        self.audit = DeliveryAudit(self.slack, self.vocatech, past=self.past)
        self._buttons = arrange(
            hand=self.phone.buttons(),
            kills=BotControl(self.bot, self.log).buttons(),
            slack=SlackFaults(self.slack).buttons(),
            workflows=Workflows(self.slack, person=READER).buttons(),
        )

    def scenarios(self) -> dict[str, DemoAction]:
        """Return all buttons by name."""
        return self._buttons

    def log(self, text: str) -> None:
        """Add a line with the time to the log."""
        self.log_lines.append(f"{time.strftime('%H:%M:%S')}  {text}")

    def play(self, name: str) -> list[str]:
        """Run a button's function; return the IDs of the calls and messages it created.

        Raise LookupError if that is impossible now.
        """
        scenario = self._buttons[name]
        if scenario.lasts:
            self.active_faults.begin(scenario, self.speed)
        self.log(scenario.title)
        return scenario.run(self.vocatech, speed=self.speed)

    def play_in_background(self, name: str) -> None:
        """Run a button's function on a thread; raise LookupError as `play` does."""
        scenario = self._buttons[name]
        if scenario.is_instant:
            self.play(name)
        else:
            threading.Thread(target=self.play, args=[name], daemon=True).start()

    @property
    def call_ids(self) -> list[str]:
        """The ids of all calls since the app started."""
        return [call_id for call_id in self.vocatech.calls.ids() if call_id not in self.past]

    def say(self, *typed: str) -> AppResponse | None:
        """Type as a user (user, channel, text, thread); raise ValueError for a bad command."""
        return say(self.slack, *typed)

    def open_home(self, user: str) -> AppResponse:
        """Open a user's App Home."""
        return open_home(self.slack, user)

    def shown(self) -> Counter[str]:
        """Count the posts of each call in the channel."""
        return Counter(self.slack.posted_call_ids(CHANNEL))

    def status(self) -> dict[str, object]:
        """Return the figures at the top of the page."""
        is_normal = self.active_faults.are_over and self.bot.is_running
        report = self.audit.read(has_no_faults=is_normal and not self._has_deferred_posts())
        return {
            "Calls": report.calls,
            "Messages": report.texts,
            "Pending": report.pending,
            "Lost": report.lost,
            "Duplicates": report.duplicates,
            "SMS in 10 min": "{} of {}".format(*self.vocatech.sends_in_ten_minutes),
            "Faults": self.active_faults.in_words(),
            "App": "running" if self.bot.is_running else "down",
        }

    def _has_deferred_posts(self) -> bool:
        """Return whether the app is deferring posts; ask at most once a second."""
        now = time.monotonic()
        if now - self._asked_at > 1.0:
            self._deferred, self._asked_at = self.bot.metric("held"), now
        return self._deferred > 0

    def wait_until_shown(self, seconds: float) -> bool:
        """Wait until the card of every call shows its end; return whether it does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if all(self.shown()[call_id] for call_id in self.call_ids) and not self.stale():
                return True
            time.sleep(0.1)
        return False

    def stale(self) -> list[str]:
        """Return the IDs of calls whose card is missing or out of date."""
        return [call_id for call_id in self.call_ids if not self._is_shown_as_it_ended(call_id)]

    def _is_shown_as_it_ended(self, call_id: str) -> bool:
        known = str(self.vocatech.calls.get(call_id))
        cards = [
            str(message)
            for message in self.slack.messages(CHANNEL)
            if _payload(message).get("call_id") == call_id
        ]
        expected = "Summary (AI-generated)" if "'summary'" in known else "call"
        in_progress = ("Incoming call", "On a call")
        return bool(cards) and all(
            expected in card and not any(words in card for words in in_progress) for card in cards
        )


def _payload(message: Json) -> Json:
    """Return the metadata of a message; a picture has none."""
    return (message.get("metadata") or {}).get("event_payload") or {}


@contextlib.contextmanager
def start_demo(
    *, speed: float, poll_seconds: float = POLL_SECONDS, side_pane: bool = False
) -> Iterator[DemoEnvironment]:
    """Start the fake servers and the app on loopback; stop them at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="vocatech-slack-demo-") as folder,
        FakeSlack(scopes=frozenset({*SCOPES, *STEP_SCOPES})) as slack,
        FakeVocatech() as vocatech,
        DemoReceiver() as receiver,
    ):
        slack.install_steps(manifest_functions())
        reader = slack.state.users[READER]["profile"]["email"]
        add_history(vocatech, email=reader)
        vocatech.messages.delay = SECONDS_TO_CARRY / speed
        past = frozenset(vocatech.calls.ids() + vocatech.messages.ids())
        bot = BotProcess(
            {
                "SLACK_BOT_TOKEN": slack.token,
                "SLACK_SIGNING_SECRET": slack.signing_secret,
                "SLACK_API_URL": slack.api_url,
                "SLACK_DEFAULT_CHANNEL": CHANNEL,
                "VOCATECH_API_KEY": vocatech.key,
                "VOCATECH_API_URL": vocatech.api_url,
                "DATABASE_URL": f"sqlite:///{folder}/demo.db",
                "POLL_SECONDS": str(poll_seconds),
                "WORK_OBJECTS": str(side_pane).lower(),
                "WORKFLOW_STEPS": "true",
                "WEBHOOKS_TO_PRIVATE_ADDRESSES": "true",  # of the receiver on this machine
                "POST_RINGING": "true",  # so that the first button shows something immediately
            },
            log=Path(folder) / "bot.log",
            knows_its_address=True,
        )
        env_file = Path(folder) / "demo.env"
        env_file.touch(mode=0o600)  # as an operator would keep it
        env_file.write_text("".join(f"{name}={value}\n" for name, value in bot.settings.items()))
        # The app is not in this channel until a rule names it.
        slack.add_channel("C0SALES001", "sales", member=False)
        slack.connect(bot.url)
        bot.start()
        try:
            _wait_until_connected(slack, vocatech)
            run_command("backfill", "--since", f"{DAYS + 1}d", "--env-file", str(env_file))
            add_past_work(Path(folder) / "demo.db", now=time.time(), days=DAYS)
            receiver.subscribe(Path(folder) / "demo.db", now=time.time())
            demo = DemoEnvironment(slack, vocatech, bot, env_file, speed=speed, past=past)
            receiver.log = demo.log
            with contextlib.closing(demo.phone):
                yield demo
        finally:
            bot.stop()


def _wait_until_connected(slack: FakeSlack, vocatech: FakeVocatech) -> None:
    """Wait until the app has subscribed and read the users, then send it a picture."""
    deadline = time.monotonic() + SECONDS_TO_SUBSCRIBE
    while time.monotonic() < deadline:
        if vocatech.webhooks.subscriptions and any(one[1] == "users.list" for one in slack.calls):
            break
        time.sleep(0.02)
    picture_in(vocatech)
