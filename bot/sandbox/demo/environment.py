"""Owns the demo's stage: two stand-ins, the unmodified bot between them, and what was seen."""

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
from bot.sandbox.demo.reader import open_home, say
from bot.sandbox.demo.service_faults import SlackFaults
from bot.sandbox.demo.text_scenarios import picture_in
from bot.sandbox.slack.delivery import AppResponse
from bot.sandbox.slack.state import Json
from bot.sandbox.slack.workspace import ANA, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES

READER = ANA
CHANNEL = "C0CALLS001"
POLL_SECONDS = 5
SECONDS_TO_SUBSCRIBE = 10.0
SECONDS_TO_CARRY = 0.8


@dataclass
class DemoEnvironment:
    """The stage: who is on it, what has happened so far. `past` are ids of calls and texts."""

    slack: FakeSlack
    vocatech: FakeVocatech
    bot: BotProcess
    env_file: Path
    speed: float = 1.0
    past: frozenset[str] = frozenset()
    log_lines: deque[str] = field(default_factory=lambda: deque(maxlen=50))
    active_faults: ActiveFaults = field(default_factory=ActiveFaults)
    _held: float = field(default=0.0, init=False)
    _asked_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Lay out what can be played."""
        self.phone = ManualCall(self.vocatech)
        self.audit = DeliveryAudit(self.slack, self.vocatech, past=self.past)
        self._buttons = arrange(
            hand=self.phone.buttons(),
            kills=BotControl(self.bot, self.tell).buttons(),
            slack=SlackFaults(self.slack).buttons(),
        )

    def scenarios(self) -> dict[str, DemoAction]:
        """Give every button there is."""
        return self._buttons

    def tell(self, words: str) -> None:
        """Note something that happened, with its moment."""
        self.log_lines.append(f"{time.strftime('%H:%M:%S')}  {words}")

    def play(self, name: str) -> list[str]:
        """Play a scenario to its end; a summary that follows is part of it. Give what came of it.

        Calls and texts, by their ids. Raises LookupError for what cannot be played now.
        """
        scenario = self._buttons[name]
        if scenario.lasts:
            self.active_faults.begin(scenario, self.speed)
        self.tell(scenario.title)
        return scenario.run(self.vocatech, speed=self.speed)

    def play_in_background(self, name: str) -> None:
        """Play a scenario and return at once; raises LookupError as `play` does."""
        scenario = self._buttons[name]
        if scenario.at_once:
            self.play(name)
        else:
            threading.Thread(target=self.play, args=[name], daemon=True).start()

    @property
    def call_ids(self) -> list[str]:
        """Every call since the bot came, from its first ring on; the past ones get no cards."""
        return [call_id for call_id in self.vocatech.calls.ids() if call_id not in self.past]

    def say(self, *typed: str) -> AppResponse | None:
        """Let somebody (user, channel, words, thread) type; raises ValueError for a bad command."""
        return say(self.slack, *typed)

    def open_home(self, user: str) -> AppResponse:
        """Let somebody look at their Home, which Slack tells the bot of."""
        return open_home(self.slack, user)

    def shown(self) -> Counter[str]:
        """Count how often each call stands in the channel."""
        return Counter(self.slack.posted_call_ids(CHANNEL))

    def status(self) -> dict[str, object]:
        """Say how many calls and texts there were, and what became of them."""
        is_normal = self.active_faults.are_over and self.bot.is_running
        report = self.audit.read(has_no_faults=is_normal and not self._is_any_held())
        return {
            "calls": report.calls,
            "texts": report.texts,
            "on the way": report.on_the_way,
            "lost": report.lost,
            "doubled": report.doubled,
            "sent in 10 min": "{} of {}".format(*self.vocatech.sends_in_ten_minutes),
            "faults": self.active_faults.in_words(),
            "bot": "running" if self.bot.is_running else "down",
        }

    def _is_any_held(self) -> bool:
        """Say whether something waits on purpose; asked once a second at most."""
        now = time.monotonic()
        if now - self._asked_at > 1.0:
            self._held, self._asked_at = self.bot.metric("held"), now
        return self._held > 0

    def wait_until_shown(self, seconds: float) -> bool:
        """Wait until every call made so far is shown as it ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if all(self.shown()[call_id] for call_id in self.call_ids) and not self.stale():
                return True
            time.sleep(0.1)
        return False

    def stale(self) -> list[str]:
        """Name the calls whose card does not show what the phone company knows by now."""
        return [call_id for call_id in self.call_ids if not self._is_shown_as_it_ended(call_id)]

    def _is_shown_as_it_ended(self, call_id: str) -> bool:
        known = str(self.vocatech.calls.get(call_id))
        cards = [
            str(message)
            for message in self.slack.messages(CHANNEL)
            if _payload(message).get("call_id") == call_id
        ]
        expected = "Summary by AI" if "'summary'" in known else "call"
        return bool(cards) and all(expected in card and "On a call" not in card for card in cards)


def _payload(message: Json) -> Json:
    """Give what a message is about, by its metadata; a picture has none."""
    return (message.get("metadata") or {}).get("event_payload") or {}


@contextlib.contextmanager
def start_demo(*, speed: float, poll_seconds: float = POLL_SECONDS) -> Iterator[DemoEnvironment]:
    """Set everything up on loopback, and take it down again."""
    with (
        tempfile.TemporaryDirectory(prefix="vocatech-slack-demo-") as folder,
        FakeSlack(scopes=frozenset(SCOPES)) as slack,
        FakeVocatech() as vocatech,
    ):
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
            },
            log=Path(folder) / "bot.log",
            knows_its_address=True,
        )
        env_file = Path(folder) / "demo.env"
        env_file.write_text("".join(f"{name}={value}\n" for name, value in bot.settings.items()))
        # Where the bot is not, until a rule names it.
        slack.add_channel("C0SALES001", "sales", member=False)
        slack.connect(bot.url)
        bot.start()
        try:
            _wait_until_connected(slack, vocatech)
            run_command("backfill", "--since", f"{DAYS + 1}d", "--env-file", str(env_file))
            demo = DemoEnvironment(slack, vocatech, bot, env_file, speed=speed, past=past)
            with contextlib.closing(demo.phone):
                yield demo
        finally:
            bot.stop()


def _wait_until_connected(slack: FakeSlack, vocatech: FakeVocatech) -> None:
    """Wait until the bot has subscribed and asked who is here, then let somebody send a picture."""
    deadline = time.monotonic() + SECONDS_TO_SUBSCRIBE
    while time.monotonic() < deadline:
        if vocatech.webhooks.subscriptions and any(one[1] == "users.list" for one in slack.calls):
            break
        time.sleep(0.02)
    picture_in(vocatech)
