"""A week of a company's calls: posted exactly as a slow and plain model of the rules says."""

import json
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import count

import pytest

from bot.app import build
from bot.clock import Clock, Timing
from bot.models.channels import ChannelSettings, QuietHours
from bot.models.contacts import Contact
from bot.models.rules import Conditions, Rule
from bot.sandbox.slack.workspace import ADMIN, ANA, FakeSlack
from bot.slack.manifest import SCOPES
from bot.vocatech.events import parse_event
from handlers.workers import make_queues
from tests.conftest import CHANNEL, settings_for
from tests.support.routing_model import Model
from tests.support.webhooks import event

pytestmark = pytest.mark.calendar

# From the night in which Berlin's clocks go back to the one in which New York's do.
BEGIN = datetime(2026, 10, 25, tzinfo=UTC).timestamp()
END = datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp()
QUARTER = 900
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NAMES = ("Maria Lopez", "Cyd O'Brien", "Lopez & Sons (Ltd.)", "Ada", "")
SAID = ("refund", "lawyer", "order 4711", "C++", "thank you", "lopez", "a.b")
NUMBERS = [f"+1212555{n:04}" for n in range(100, 140)]
LINES = [f"+1646555{n:04}" for n in range(100, 104)]
EXTENSIONS = ("101", "102", "103", "104")
MOODS = ("positive", "neutral", "negative")
ENDS = {"incoming": ("answered", "missed"), "outgoing": ("answered", "unanswered")}
CHANNELS = [f"C0WEEK{n:04}" for n in range(12)]


def make_channels(rng):
    """Set channels up: quiet in three zones, some that take few calls a minute, some as usual."""
    zones = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
    found = {}
    for number, channel in enumerate([*CHANNELS, CHANNEL]):
        quiet = None
        if number % 4 != 3:
            begins, ends = rng.randrange(68, 96), rng.randrange(0, 40)
            days = rng.sample(DAYS, rng.randrange(3))
            spelled = [f"{at // 4:02}:{at % 4 * 15:02}" for at in (begins, ends)]
            quiet = {"zone": zones[number % 3], "from": spelled[0], "until": spelled[1]}
            quiet["days"] = days
        found[channel] = {"quiet": quiet, "most": rng.choice((0, 1, 1, 2))}
    return found


def make_contacts(rng):
    return [
        {
            "name": rng.choice(NAMES[:4]),
            "numbers": rng.sample(NUMBERS, 2),
            "fields": {"Tier": rng.choice(("gold", "silver"))},
        }
        for _ in range(12)
    ]


def make_rules(rng, how_many):
    makers = {
        "direction": lambda: [rng.choice(("incoming", "outgoing"))],
        "outcome": lambda: rng.sample(("answered", "missed", "voicemail", "unanswered"), 2),
        "extension": lambda: rng.sample(EXTENSIONS, 2),
        "line": lambda: rng.sample(LINES, 2),
        "sentiment": lambda: [rng.choice(MOODS)],
        "caller": lambda: [*rng.sample(NUMBERS, 4), rng.choice(("lopez", "ada", "o'brien"))],
        "field": lambda: ("Tier", [rng.choice(("gold", "silver"))]),
        "words": lambda: rng.sample(SAID, 2),
        "seconds": lambda: (rng.choice((0, 30, 120)), rng.choice((200, 600))),
        "waited": lambda: rng.choice((20, 200)),
        "repeated": lambda: (rng.choice((2, 3)), rng.choice((30, 240))),
    }
    return [
        {
            "id": number,
            "channel": rng.choice(CHANNELS),
            "goes_on": rng.random() < 0.9,
            "on": rng.random() < 0.95,
            "mention": rng.random() < 0.1,
            "at_once": rng.random() < 0.15,
            "asks": {
                name: makers[name]() for name in rng.sample(list(makers), rng.randrange(2, 4))
            },
        }
        for number in range(1, how_many + 1)
    ]


def make_calls(rng, how_many):
    """Return events in order: time, kind, call ID, and fields."""
    told = []
    moments = sorted(rng.uniform(BEGIN, END - 7_200) for _ in range(how_many))
    # Half of them come in bursts.
    moments = [moments[n - n % 6] + n % 6 * 4 if n % 12 < 6 else at for n, at in enumerate(moments)]
    for number, start in enumerate(moments):
        call_id = f"week-{number}"
        direction = rng.choice(("incoming", "incoming", "outgoing"))
        first = {
            "direction": direction,
            "number": rng.choice(NUMBERS),
            "extension": rng.choice(EXTENSIONS),
            "line": rng.choice(LINES),
            "started": float(int(start)),
            "name": rng.choice(NAMES),
        }
        wait = rng.randrange(300)
        seconds = wait + rng.randrange(5, rng.choice((40, 900)))
        status = rng.choice(ENDS[direction])
        over = int(start) + seconds
        if status == "answered" and rng.random() < 0.3:
            told.append((int(start) + 3, "call.answered", call_id, first))
        last = {**first, "status": status, "seconds": seconds, "over": True, "wait": wait}
        told.append((over, "call.ended", call_id, last))
        if rng.random() < 0.4:
            summary = " and ".join(rng.sample(SAID, 2))
            late = {"summary": f"About {summary}.", "sentiment": rng.choice(MOODS)}
            told.append((over + rng.randrange(1, 3_000), "call.transcription", call_id, late))
        if rng.random() < 0.05:
            told.append((over + 20, "call.ended", call_id, last))
    return sorted(told, key=lambda one: one[0])


def payload(kind, call_id, facts):
    if kind == "call.transcription":
        return event(kind, call_id, **facts)
    data = {
        "direction": facts["direction"],
        "remote_number": facts["number"],
        "remote_name": facts["name"],
        "extension": facts["extension"],
        "group_number": facts["line"],
        "start_time": facts["started"],
    }
    if "over" in facts:
        data |= {"status": facts["status"], "duration": facts["seconds"]}
        data["end_time"] = facts["started"] + facts["seconds"]
        if facts["status"] == "answered":
            begun = facts["started"] + facts["wait"]
            data["journey"] = [{"extension": facts["extension"], "start_time": begun}]
    return event(kind, call_id, **data)


def as_rule(spec):
    names = {
        "direction": "directions",
        "outcome": "outcomes",
        "extension": "extensions",
        "line": "lines",
        "sentiment": "sentiments",
        "caller": "callers",
        "words": "words",
    }
    asks = spec["asks"]
    asked = {names[name]: tuple(value) for name, value in asks.items() if name in names}
    if "field" in asks:
        asked |= {"field": asks["field"][0], "values": tuple(asks["field"][1])}
    if "seconds" in asks:
        asked |= {"at_least": asks["seconds"][0], "at_most": asks["seconds"][1]}
    if "waited" in asks:
        asked |= {"waited": asks["waited"]}
    if "repeated" in asks:
        asked |= {"calls": asks["repeated"][0], "minutes": asks["repeated"][1]}
    return Rule(
        spec["id"],
        f"Rule {spec['id']}",
        spec["channel"],
        when=Conditions(**asked),
        goes_on=spec["goes_on"],
        mention=ANA if spec["mention"] else None,
        is_on=spec["on"],
        at_once=spec["at_once"],
    )


def as_settings(channel, spec):
    quiet = spec["quiet"]
    minutes = (
        [int(at[:2]) * 60 + int(at[3:]) for at in (quiet["from"], quiet["until"])] if quiet else ()
    )
    hours = quiet and QuietHours(quiet["zone"], *minutes, tuple(map(DAYS.index, quiet["days"])))
    return ChannelSettings(channel, hours, spec["most"])


class Company:
    """The product without its threads: on a clock that is made up, against the stand-in Slack."""

    def __init__(self, slack, vocatech, folder):
        self.at, self.steps = BEGIN, count()
        clock = Clock(lambda: self.at, lambda: self.at + next(self.steps) / 1_000)
        timing = Timing(post_seconds=0.0)
        self.bot = build(settings_for(slack, vocatech, folder), clock=clock, timing=timing)
        self.bot.server.start()  # else it cannot be stopped
        services = self.bot.services
        self.store = services.store
        queues = make_queues(services)
        self.look, self.post = queues.find_channels, queues.work_in_channel

    def told(self, kind, call_id, facts):
        body = json.dumps(payload(kind, call_id, facts)).encode()
        self.store.calls.save(parse_event(body, region="US"), now=self.at)
        self.catch_up()

    def close(self):
        self.bot.server.stop()
        self.bot.services.close_connections()
        self.store.close()

    def catch_up(self):
        while channels := self.look():
            # Edits may have to wait because of the rate limit.
            if not any([self.post(channel) == 0.0 for channel in channels]):  # noqa: C419
                return


@pytest.mark.parametrize(
    ("calls", "seed"),
    [(200, 1), pytest.param(10_000, 2, marks=pytest.mark.chaos)],
)
def test_a_week_of_calls_is_posted_as_the_model_predicts(tmp_path, vocatech, calls, seed):
    rng = random.Random(seed)
    channels, contacts, rules = make_channels(rng), make_contacts(rng), make_rules(rng, 50)
    model = Model(rules, channels, contacts, CHANNEL)
    with FakeSlack(scopes=frozenset(SCOPES), limits=False) as slack:
        for channel in CHANNELS:
            slack.add_channel(channel, channel.lower())
        company = Company(slack, vocatech, tmp_path)
        for channel, spec in channels.items():
            company.store.channels.set(as_settings(channel, spec))
        company.store.contacts.upsert(
            [
                Contact(n, {"Name": one["name"], **one["fields"]}, tuple(one["numbers"]))
                for n, one in enumerate(contacts, 1)
            ],
            seen=BEGIN,
        )
        book = company.store.rules.book()
        company.store.rules.replace(book, list(map(as_rule, rules)), by=ADMIN, now=BEGIN)
        ticks = ((at, None) for at in range(int(BEGIN), int(END) + 1, QUARTER))
        events = ((one[0], one[1:]) for one in make_calls(rng, calls))
        for at, told in sorted([*ticks, *events], key=lambda one: one[0]):
            company.at = float(at)
            model.tick(at)
            company.catch_up()
            if told is not None:
                kind, call_id, facts = told
                model.told(call_id, facts, at)
                company.told(kind, call_id, facts)
        assert_same(model, slack)
        company.close()


def assert_same(model, slack):
    cards, bundles, alerts = defaultdict(list), defaultdict(list), set()
    for channel in [*CHANNELS, CHANNEL]:
        for message in slack.messages(channel):
            about = message["metadata"]["event_payload"]
            if "call_ids" in about:
                bundles[channel].append(tuple(about["call_ids"]))
                continue
            cards[channel].append(about["call_id"])
            for reply in slack.thread(channel, message["ts"])[1:]:
                _, call_id, rule_id, where = reply["metadata"]["event_payload"]["notice_id"].split()
                alerts.add((call_id, int(rule_id), where))
    for channel in [*CHANNELS, CHANNEL]:
        assert Counter(cards[channel]) == Counter(model.cards[channel]), channel
        told = [tuple(one["calls"]) for one in model.bundles[channel]]
        assert Counter(bundles[channel]) == Counter(told), channel
    own = {(call_id, channel) for channel, ids in model.cards.items() for call_id in ids}
    assert alerts == {one for one in model.alerts if (one[0], one[2]) in own}
    # A test of nothing would pass as well.
    assert all(any(found.values()) for found in (cards, bundles))
    assert alerts
    assert any(one["burst"] for many in model.bundles.values() for one in many)
    assert any(not one["burst"] for many in model.bundles.values() for one in many)
