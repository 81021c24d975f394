"""Measures how soon a text is at Vocatech: from Send to the API request."""

import json
import statistics
import tempfile
import time
from pathlib import Path

from bot.app import build
from bot.config import load_settings
from bot.sandbox.slack.workspace import ANA, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech

CHANNEL = "C0CALLS001"


def fill_texts(store, count, ours):
    """Create texts with a few thousand numbers, half of them sent from here."""
    now = time.time()

    def facts(number, at):
        known = {"is_incoming": False, "number": number, "company_number": ours, "at": at}
        return json.dumps({name: (2, value) for name, value in (known | {"body": "Hi"}).items()})

    rows = [
        (f"t{n}", f"m{n}", f"+1212{n % 5_000:07}", now - 60 - n, n % 2 == 0) for n in range(count)
    ]

    def work(db):
        db.conn.executemany(
            "insert into texts (text_id, message_id, routed, facts, number, is_incoming, at)"
            " values (?, ?, 1, ?, ?, 0, ?)",
            [(one, theirs, facts(number, at), number, at) for one, theirs, number, at, _ in rows],
        )
        db.conn.executemany(
            "insert into replies (text_id, number, company_number, platform, body, slack_user,"
            " step, written_at, sending_since) values (?, ?, ?, 'text', 'Hi', 'U1', 'sent', ?, ?)",
            [(one, number, ours, at, at) for one, _, number, at, is_ours in rows if is_ours],
        )

    store.database.write(work)


class Listener:
    """Records when a request to send arrives at the fake server."""

    def __init__(self, vocatech):
        self.at, self._answer = [], vocatech.messages.answer
        vocatech.families["messages"] = self

    def answer(self, request, rest):
        if request.method == "POST":
            self.at.append(time.perf_counter())
        return self._answer(request, rest)


def open_modal(slack):
    """Wait for the modal with the draft."""
    while True:
        view = slack.open_view(ANA)
        if view and "Your order is ready" in str(view):
            return view
        time.sleep(0.01)


def measure_sending(row, folder, count, *, sends=60):
    """Have an otherwise idle app send one text after the other."""
    with FakeSlack() as slack, FakeVocatech(quotas=False) as vocatech:
        listener = Listener(vocatech)
        settings = load_settings(
            env_file=None,
            slack_bot_token=slack.token,
            slack_signing_secret=slack.signing_secret,
            slack_api_url=slack.api_url,
            slack_default_channel=CHANNEL,
            vocatech_api_key=vocatech.key,
            vocatech_api_url=vocatech.api_url,
            database_url=f"sqlite:///{folder}/texts.db",
            port=0,
        )
        bot = build(settings)
        store, ours = bot.services.store, vocatech.company.numbers[0]
        fill_texts(store, count, ours)
        bot.start()
        slack.connect(f"http://127.0.0.1:{bot.server.port}")
        time.sleep(2)
        took = []
        for number in range(sends):
            time.sleep(0.3)
            # Five texts are allowed in ten minutes, which is too long to wait here.
            store.database.write(lambda db: db.execute("delete from requests"))
            slack.type_command(ANA, CHANNEL, "/sms", f"646-555-0{100 + number} Your order is ready")
            view = open_modal(slack)
            began = time.perf_counter()
            slack.submit_view(ANA, view["id"])
            while len(listener.at) <= number:
                time.sleep(0.001)
            took.append((listener.at[number] - began) * 1000)
        bot.stop()
    took.sort()
    row(
        f"Send to the API called, {count:,} texts stored",
        f"median {statistics.median(took):.1f} ms, slowest {took[-1]:.0f} ms",
        "median at most 100 ms",
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        measure_sending(print, Path(place), 100_000)
