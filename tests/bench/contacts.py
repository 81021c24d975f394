"""Measures contacts: how long a sync of very many takes, and how fast a search is."""

import hashlib
import hmac
import multiprocessing
import random
import statistics
import time
from pathlib import Path
from urllib.parse import urlencode

import httpx

from bot.clock import Clock
from bot.models.contacts import Contact, ContactField, read_numbers
from bot.sandbox.company.contacts import make_contact_fields
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.server.metrics import Metrics
from bot.store import Store
from bot.sync.directory import sync_directory
from bot.vocatech.client import VocatechClient
from bot.vocatech.downloads import Downloads
from bot.vocatech.http import HttpClient
from bot.vocatech.rate_limiter import QuotaLimiter
from tests.bench.stage import Stage
from tests.bench.wire import in_ms, p99, resident

FIRST = (
    "Mary John James Robert Michael Jennifer William David Linda Elizabeth Richard Joseph Jessica "
    "Susan Thomas Sarah Christopher Karen Charles Daniel Lisa Matthew Nancy Anthony Sandra Mark "
    "Joanna Joanne Josephine Jonathan Joan Joel Johanna Zoë Élise Yuki Dmitri Fatima Omar Noor "
    "Anna Annette Anneliese Mara Marcus Maria Marianne Marlene Søren Siobhán Łukasz Ömer Thị"
)
LAST = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Wilson Anderson "
    "Taylor Moore Jackson Martin Lee Thompson White Harris Clark Robinson Walker Young Smithson "
    "Smythe O'Brien O'Neill Müller Jönsson Kowalski McDonald McCarthy Castillo Nguyen Haddad"
)
PHONES = ("Phone", "Mobile")
SLACK_SECRET = "d3e0d3e0d3e0d3e0d3e0d3e0d3e0d3e0"
TRADES = "Plumbing Holdings Consulting Logistics Bakery Dental Roofing Partners Realty"
# From the most matches to none.
SEARCHES = (
    *("j", "jo", "joh", "john", "smith", "john smith", "jo sm", "s m", "zo", "muller", "o'brien"),
    *("jonathan wi", "josephine mccarthy", "plumb", "ex", "example.com", "roofing mary"),
    *("kowal", "bra", "prefers call back", "com exa j", "zz", "nobody-at-all", "mary zzz"),
)


def make_names(count):
    """Return names, a few of them very common, so that many prefixes are shared."""
    rng = random.Random(1)
    firsts, lasts, trades = FIRST.split(), LAST.split(), TRADES.split()
    sounds = [c + v for c in (*"bdfghklmnprstvwz", "br", "st", "gr") for v in "aeiou"]

    def rare(least):
        return "".join(rng.choices(sounds, k=rng.randint(least, 3))).title()

    def often(names):
        return rng.choices(names, [1 / (n + 1) for n in range(len(names))])[0]

    for place in range(count):
        first = often(firsts)
        last = often(lasts) if rng.random() < 0.5 else rare(2)
        area, line = 201 + place % 700, place // 700
        fields = {"First Name": first, "Last Name": last, "Phone": f"({area}) 555-{line:04}"}
        if rng.random() < 0.3:
            fields["Mobile"] = f"+1{area}556{line:04}"
        if rng.random() < 0.5:
            fields["Email"] = f"{first}.{last}@example.com".lower()
        if rng.random() < 0.5:
            fields["Company"] = f"{rare(2)} {rng.choice(trades)}"
        if rng.random() < 0.3:
            fields["Notes"] = "Prefers a call back after 4 pm. Ordered twice this year."
        yield fields


def serve_contacts(pipe, count):
    with FakeVocatech(quotas=False, contacts=make_names(count)) as vocatech:
        pipe.send((vocatech.api_url, vocatech.key))
        pipe.recv()


class NoLimits:
    """A request log without limits, since the fake server has none here."""

    def take(self, _, *, now):
        return 0.0

    def wait(self, _, *, now):
        return 0.0

    def used(self, _, *, now):
        return 0


def look_through(pipe, api_url, key, path):
    """Sync twice; send the seconds of both, and the peak memory in MB."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    http = httpx.Client(base_url=api_url, headers=headers)
    turns = QuotaLimiter(NoLimits(), clock=Clock(), wait=lambda _: False)
    downloads = Downloads(http, home=api_url, monotonic=time.monotonic)
    vocatech = VocatechClient(HttpClient(http, turns), downloads, "US")
    store = Store.open(path)
    seconds = []
    for days in range(2):
        clock = Clock(lambda days=days: time.time() + days * 86_400.0)
        began = time.monotonic()
        sync_directory(vocatech=vocatech, store=store, metrics=Metrics(), clock=clock)
        seconds.append(time.monotonic() - began)
    pipe.send((seconds, resident()[1]))
    store.close()


def look_through_elsewhere(path, count):
    """Sync in a separate process, with a fake server in another one."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    serving = context.Process(target=serve_contacts, args=[theirs, count], daemon=True)
    serving.start()
    api_url, key = ours.recv()
    answer, told = context.Pipe()
    looking = context.Process(target=look_through, args=[told, api_url, key, path], daemon=True)
    looking.start()
    outcome = answer.recv()
    looking.join()
    ours.send(None)
    serving.join()
    return outcome


def milliseconds(ask, questions):
    """Return the median time of the answers to each question."""
    usual = {}
    for question in questions:
        times = []
        for _ in range(9):
            began = time.perf_counter()
            ask(question)
            times.append(time.perf_counter() - began)
        usual[question] = statistics.median(times) * 1000
    return usual


def describe(usual):
    worst = max(usual, key=usual.get)
    return f"{statistics.median(usual.values()):.2f}, worst {usual[worst]:.1f} ms ({worst})"


def measure_contacts(row, folder, count):
    path = Path(folder) / "contacts.db"
    (first, second), memory = look_through_elsewhere(path, count)
    row(f"first look through {count} contacts", f"{first:.1f} s", "30 s")
    row("the same again, nothing changed", f"{second:.1f} s", "30 s")
    row("most memory in doing so", f"{memory:.0f} MB", "150 MB")
    store = Store.open(path)
    assert store.contacts.count() == count
    rng = random.Random(2)
    numbers = [
        f"+1{201 + rng.randrange(700)}555{rng.randrange(count // 700):04}" for _ in range(99)
    ]
    assert all(map(store.contacts.with_number, numbers))
    parts = [part for number in numbers[:9] for part in (number[2:8], number[5:], number[-4:])]
    row("contacts with a number", describe(milliseconds(store.contacts.with_number, numbers)), "1")
    row(
        "contacts by a part of a name", describe(milliseconds(store.contacts.search, SEARCHES)), "5"
    )
    row("contacts by a part of a number", describe(milliseconds(store.contacts.search, parts)), "5")
    store.close()


def as_typed(secret, text):
    """Return a signed Slack request as raw bytes, with `/contact` and these words."""
    form = {"command": "/contact", "text": text, "user_id": "U1", "channel_id": "C1"}
    body = urlencode(form).encode()
    stamp = str(int(time.time()))
    mac = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={mac}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return body, headers


def command_times(url, secret, words):
    seconds = []
    with httpx.Client(base_url=url) as client:
        for text in words:
            body, headers = as_typed(secret, text)
            began = time.perf_counter()
            answer = client.post("/slack/events", content=body, headers=headers)
            seconds.append(time.perf_counter() - began)
            assert answer.status_code == 200
            assert answer.json()["response_type"] == "ephemeral"
    return seconds


def fill_contacts(folder, count):
    """Insert contacts into the app's store, as a sync would."""
    store = Store.open(Path(folder) / "bot.db")
    names = [field["name"] for field in make_contact_fields()]
    store.contacts.set_fields(
        ContactField(name, place, is_phone=name in PHONES, is_match=name == "Phone")
        for place, name in enumerate(names)
    )
    made = [
        Contact(place, fields, read_numbers(fields, PHONES, "US"))
        for place, fields in enumerate(make_names(count), 1)
    ]
    store.contacts.upsert(made, seen=time.time())
    store.close()
    return made


def measure_contact_command(row, folder, count):
    """Measure `/contact` over HTTP; return the figures in milliseconds."""
    figures = {}
    made = fill_contacts(folder, count)
    rng = random.Random(3)
    some = rng.sample(made, 300)
    questions = {
        "a name": [one.name for one in some] + [*SEARCHES] * 3,
        "a number": [one.numbers[0] for one in some],
    }
    with Stage(folder) as stage:
        command_times(stage.url, SLACK_SECRET, questions["a name"][:20])
        for what, words in questions.items():
            seconds = command_times(stage.url, SLACK_SECRET, words)
            row(f"/contact with {what}, {count:,} contacts", in_ms(seconds), "p99 50 ms")
            figures[f"/contact with {what}"] = statistics.median(seconds) * 1000
            figures[f"/contact with {what}, p99"] = p99(seconds) * 1000
    return figures
