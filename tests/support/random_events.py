"""Calls, texts, jobs, and changes in Slack that come in at random."""

from collections import deque

from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from tests.conftest import CHANNEL
from tests.support.random_input import RandomInput
from tests.support.webhooks import ended, event, send

PRIVATE, MASKED, SHARED = "C0PRIV0001", "C0MASK0001", "C0SHARE001"
CHANNELS = (CHANNEL, PRIVATE, MASKED, SHARED)
GUEST, EXTERNAL, NEWCOMER = "U0GUEST001", "U0EXT00001", "U0CARL0001"
NUMBERS = ("+12125550123", "+13125550131", "+13125550177", "+14155550162", "+447911123456")
SECRET = "SECRET"  # followed by the extension of the call that the summary is about
JOBS = (
    *("send follow-ups", "close settled follow-ups", "release scheduled texts"),
    *("remind of missed calls", "meet newcomers", "look through address book"),
)
SLACK_ERRORS = ("expired_trigger_id", "ratelimited", "internal_error")


class RandomEvents:
    """What comes in; `steps` are the last ones, and the generator decides everything."""

    def __init__(self, bot, slack, hands, rng):
        self.bot, self.slack, self.hands, self.rng = bot, slack, hands, rng
        people = [ANA, BEN, ADMIN, GUEST, NEWCOMER]
        self.input = RandomInput(rng, slack, people=people, channels=CHANNELS, clock=hands.clock)
        self.steps = deque(maxlen=12)
        self.arrived = 0

    def receive_call(self):
        """Let a call end."""
        rng, now = self.rng, self.hands.clock.now()
        self.arrived += 1
        extension = rng.choice(("101", "102", "150", "160", "170"))
        call = {
            "remote_number": rng.choice((*NUMBERS, "anonymous")),
            "extension": extension,
            "status": rng.choice(("missed", "answered", "voicemail")),
            "direction": rng.choice(("incoming", "incoming", "incoming", "outgoing")),
        }
        self.note("call", **call)
        if rng.random() < 0.5:
            call["summary"] = f"{SECRET}-{extension} {rng.choice(('short', 'long ' * 400))}"
            lines = rng.choice((1, 300))
            call["transcription"] = f"Ana: {SECRET}-{extension} hello\n" * lines
        payload = ended(f"c{self.arrived}", **call)
        payload["data"] |= {"start_time": now - 60, "end_time": now}
        self.deliver(payload)

    def receive_text(self):
        """Let a text come in."""
        self.arrived += 1
        bodies = ("Hi", "STOP", "START", "please stop texting me", "long " * 900, "<!here> {name}")
        message = {
            "message_id": f"m{self.arrived}",
            "from": self.rng.choice(NUMBERS),
            "to": "+12125550100",
            "body": self.rng.choice(bodies),
            "timestamp": self.hands.clock.now(),
        }
        self.note("text", number=message["from"], body=message["body"][:30])
        self.deliver(event("message.received", f"m{self.arrived}", **message))

    def deliver(self, payload):
        """Deliver a webhook that the app must accept."""
        answer = send(self.bot.url, payload, stamp=int(self.hands.clock.now()))
        assert answer.status_code == 200, answer.text

    def run_job(self):
        """Run a job, perhaps some time later."""
        job, later = self.rng.choice(JOBS), self.rng.choice((0, 60, 600))
        self.note("job", job=job, later=later)
        self.hands.do(job, ahead=self.hands.ahead + later)

    def change_surroundings(self):
        """Change an account or a channel, or let Slack refuse the next view."""
        slack = self.slack
        changes = {
            "a guest": lambda: slack.change_user(NEWCOMER, is_restricted=True),
            "a member": lambda: slack.change_user(NEWCOMER, is_restricted=False),
            "gone": lambda: slack.change_user(NEWCOMER, deleted=True),
            "back": lambda: slack.change_user(NEWCOMER, deleted=False),
            "shared": lambda: slack.share(PRIVATE),
            "not shared": lambda: slack.share(PRIVATE, is_shared=False),
            "refusal": self.refuse_a_view,
            "contact deleted": self.delete_contact,
        }
        change = self.rng.choice(list(changes))
        self.note("change", to=change)
        changes[change]()

    def refuse_a_view(self):
        """Let Slack refuse the next view that the app opens or changes."""
        method = self.rng.choice(("views.open", "views.push", "views.update"))
        body = {"ok": False, "error": self.rng.choice(SLACK_ERRORS)}
        self.slack.faults.add(Fault(path=method, status=200, body=body, times=1))

    def delete_contact(self):
        """Delete a contact from the app's copy of the address book."""
        found = self.bot.store.contacts.search("o")
        if found and self.rng.random() < 0.2:
            self.bot.store.contacts.drop(self.rng.choice(found).contact_id)

    def note(self, what, **details):
        """Remember a step for the message of a failure."""
        self.steps.append(f"{what}: {details}")
