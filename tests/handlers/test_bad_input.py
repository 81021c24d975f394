"""Forged, replayed, oversized or senseless input changes nothing, is counted, and is answered."""

import contextlib
import hashlib
import hmac
import json
import re
import select
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from bot.sandbox.slack.workspace import ANA
from bot.server import web
from bot.ui.action_ids import OPEN_CALLS, OPEN_TRANSCRIPT, TURN_TRANSCRIPT_PAGE
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import SECRET, ended, event, signed

HOOKS = "/vocatech/webhooks"
SLACK_DOOR = "/slack/events"
MIB = 1_048_576
CRASHES = {"request_failed", "work_failed", "queue_check_failed", "job_failed"}


@pytest.fixture(autouse=True)
def _nothing_crashes():
    with capture_logs() as logs:
        yield
    assert not [line for line in logs if line["event"] in CRASHES]


def encoded(payload):
    return payload if isinstance(payload, bytes) else json.dumps(payload).encode()


def deliver(bot, payload, **how):
    body = encoded(payload)
    return bot.http.post(HOOKS, content=body, headers=signed(body, **how), timeout=60)


def documented(body, *, secret=SECRET, stamp=None):
    mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    stamp = str(int(time.time())) if stamp is None else stamp
    return {"X-Vocatech-Signature": mac, "X-Vocatech-Timestamp": stamp}


def refusals(bot):
    """Return the refusals by reason."""
    lines = re.findall(
        r'^vocatech_slack_requests_refused_total\{reason="(.*)"\} (\S+)$',
        bot.http.get("/metrics").text,
        re.MULTILINE,
    )
    return {reason: float(count) for reason, count in lines}


def events_kept(bot):
    return bot.store.database.row("select count(*) as n from events")["n"]


def nothing_happened(bot, slack):
    return (
        events_kept(bot) == 0
        and not slack.messages(CHANNEL)
        and bot.metric("messages_posted_total") == 0
    )


def card_of(slack, call_id, *, saying="call"):
    """Wait for the card of a call and give it."""

    def find():
        for message in slack.messages(CHANNEL):
            about = (message.get("metadata") or {}).get("event_payload", {}).get("call_id")
            if about == call_id and saying in message["text"]:
                return message
        return None

    return wait_for(find)


def parts_of(value):
    """Return every object inside blocks."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from parts_of(one)


def words_of(message):
    """Return all visible text of the blocks."""
    parts = [part for part in parts_of(message["blocks"]) if isinstance(part.get("text"), str)]
    return "".join(part["text"] for part in parts)


@pytest.fixture
def many(start_bot, slack):
    """A bot with a channel for each line from 900 on, so that no card waits for another."""
    for number in range(40):
        slack.add_channel(f"C0LINE{number:04}", f"line-{number}")
    routes = ",".join(f"{900 + number}=C0LINE{number:04}" for number in range(40))
    return start_bot(slack_routes=routes)


def cards_of(slack, count):
    """Wait until each of the first lines has one card, and give the cards."""
    for number in range(count):
        wait_for(lambda n=number: slack.messages(f"C0LINE{n:04}"))
    return [slack.messages(f"C0LINE{number:04}") for number in range(count)]


def line(number):
    """Return the leg of a call that routes it to its own channel."""
    return {"extension": str(900 + number)}


def assert_dead(message):
    """Nothing in the message mentions, links or calls anyone."""
    markup = [message["text"]]
    for part in parts_of(message["blocks"]):
        assert part.get("type") not in {"user", "usergroup", "broadcast", "channel", "link"}
        assert "url" not in part
        if part.get("type") == "mrkdwn":
            markup.append(part["text"])
    for text in markup:
        assert not re.search(r"<(?!!date\^\d+\^)", text)
    assert message.get("unfurl_links") is not True


def talk(bot, *pieces, seconds=60.0):
    """Send bytes by hand, and give all that is answered until the bot closes the connection."""
    host, port = bot.url.removeprefix("http://").split(":")
    answer = b""
    with socket.create_connection((host, int(port)), timeout=seconds) as line:
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                line.sendall(piece)
        with contextlib.suppress(ConnectionError):
            while data := line.recv(65_536):
                answer += data
    return answer


def statuses(answer):
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


def request_head(*headers, method="POST", path=HOOKS):
    lines = [f"{method} {path} HTTP/1.1", "Host: bot", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def head_of(headers, *more):
    return request_head(*(f"{name}: {value}" for name, value in headers.items()), *more)


BODY = encoded(event("call.answered", "call-1"))


def now_and(seconds):
    return int(time.time()) + seconds


UNPROVED = {
    "no signature": dict,
    "an empty signature": lambda: {"X-Vocatech-Signature": ""},
    "another secret": lambda: signed(BODY, secret="guessed"),
    "an empty secret": lambda: signed(BODY, secret=""),
    "another body": lambda: signed(BODY + b" "),
    "no digest": lambda: {"X-Vocatech-Signature": f"t={now_and(0)}"},
    "an empty digest": lambda: {"X-Vocatech-Signature": f"t={now_and(0)},v1="},
    "a digest that is none": lambda: {"X-Vocatech-Signature": f"t={now_and(0)},v1=zz"},
    "a digest beyond ASCII": lambda: {"X-Vocatech-Signature": f"t={now_and(0)},v1=é".encode()},
    "half a digest": lambda: {"X-Vocatech-Signature": signed(BODY)["X-Vocatech-Signature"][:-2]},
    "no time": lambda: {"X-Vocatech-Signature": documented(BODY)["X-Vocatech-Signature"]},
    "another secret, as documented": lambda: documented(BODY, secret="guessed"),
    "another body, as documented": lambda: documented(BODY + b" "),
    "the secret itself": lambda: {**documented(BODY), "X-Vocatech-Signature": SECRET},
}
TOO_OLD = {
    "six minutes old": lambda: signed(BODY, stamp=now_and(-360)),
    "six minutes ahead": lambda: signed(BODY, stamp=now_and(360)),
    "six minutes old, as documented": lambda: documented(BODY, stamp=str(now_and(-360))),
    "in old milliseconds": lambda: documented(BODY, stamp=str(now_and(-360) * 1000)),
    "a date long gone": lambda: documented(BODY, stamp="0001-01-01T00:00:00+23:59"),
    "a date far ahead": lambda: documented(BODY, stamp="9999-12-31T23:59:59-23:59"),
    "no time at all": lambda: signed(BODY, stamp="yesterday"),
    "below nothing": lambda: signed(BODY, stamp=-1),
    "a number beyond numbers": lambda: signed(BODY, stamp="9" * 5_000),
    "no number": lambda: documented(BODY, stamp="nan"),
}


def test_webhooks_that_are_not_proved_to_be_the_provider_s_are_refused(bot, slack):
    for case, headers in UNPROVED.items():
        answer = bot.http.post(HOOKS, content=BODY, headers=headers())
        assert answer.status_code == 401, case
        assert answer.json()["error"] in {"signature missing", "signature forged"}, case
    assert set(refusals(bot)) == {"signature_missing", "signature_forged"}
    assert sum(refusals(bot).values()) == len(UNPROVED)
    assert nothing_happened(bot, slack)


def test_webhooks_older_than_five_minutes_are_refused(bot, slack):
    for case, headers in TOO_OLD.items():
        answer = bot.http.post(HOOKS, content=BODY, headers=headers())
        assert (answer.status_code, answer.json()) == (401, {"error": "signature stale"}), case
    assert refusals(bot) == {"signature_stale": len(TOO_OLD)}
    assert nothing_happened(bot, slack)


def test_a_signature_sent_twice_is_refused_though_one_of_them_is_good(bot, slack):
    good = f"X-Vocatech-Signature: {documented(BODY)['X-Vocatech-Signature']}"
    stamp = f"X-Vocatech-Timestamp: {now_and(0)}"
    length = f"Content-Length: {len(BODY)}"
    bad = "X-Vocatech-Signature: " + "0" * 64
    for headers in ([bad, good, stamp], [good, bad, stamp], [good, stamp, stamp]):
        assert statuses(talk(bot, request_head(*headers, length), BODY)) == [401]
    assert sum(refusals(bot).values()) == 3
    assert nothing_happened(bot, slack)


def test_headers_with_underscores_do_not_pass_for_those_with_dashes(bot, slack):
    headers = {name.replace("-", "_"): value for name, value in documented(BODY).items()}
    sent = head_of(headers, f"Content-Length: {len(BODY)}")
    assert statuses(talk(bot, sent, BODY)) == [401]
    assert nothing_happened(bot, slack)


@pytest.mark.parametrize("path", [HOOKS, SLACK_DOOR])
def test_a_body_that_says_it_is_over_the_limit_is_refused_before_it_is_read(bot, slack, path):
    for length in (MIB + 1, 10**12):
        answer = talk(bot, request_head(f"Content-Length: {length}", path=path))
        assert statuses(answer) == [413]
    assert sum(refusals(bot).values()) == 2
    assert nothing_happened(bot, slack)


def test_a_body_over_the_limit_in_chunks_is_refused(bot, slack):
    chunk = b"%x\r\n%s\r\n" % (65_536, b" " * 65_536)
    answer = talk(bot, request_head("Transfer-Encoding: chunked"), *[chunk] * 40, b"0\r\n\r\n")
    # The bot hangs up on the rest of the body, and its answer may be lost with the connection.
    assert statuses(answer) in ([413], [])
    assert sum(refusals(bot).values()) == 1
    assert nothing_happened(bot, slack)


def test_a_body_at_the_limit_is_taken(bot, slack):
    told = ended("call-1", summary="")
    told["data"]["summary"] = "a" * (MIB - len(encoded(told)))
    body = encoded(told)
    assert len(body) == MIB
    assert deliver(bot, body).status_code == 200
    assert_dead(card_of(slack, "call-1"))


SENSELESS = {
    "nothing": b"",
    "no JSON": b"call me",
    "half a JSON": BODY[:-3],
    "two of them": BODY + BODY,
    "no text": b"\xff\xfe\x00",
    "text in another encoding": BODY.decode().encode("utf-16"),
    "a zero byte": BODY + b"\x00",
    "a list": b"[" + BODY + b"]",
    "a string": b'"call.ended"',
    "null": b"null",
    "a number": b"1e999",
    "a number beyond numbers": b'{"event_type": ' + b"9" * 5_000 + b"}",
    "a well without a ground": b"[" * 100_000,
    "objects without an end": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "no kind": b'{"id": "evt_1", "data": {}}',
    "a kind that is no word": b'{"event_type": {"a": 1}}',
    "a kind of nothing but zero bytes": b'{"event_type": "\\u0000"}',
    "data that is a list": b'{"event_type": "call.ended", "data": []}',
    "data that is text": b'{"event_type": "call.ended", "data": "call-1"}',
}


def test_senseless_bodies_are_refused_with_a_reason(bot, slack):
    for case, body in SENSELESS.items():
        answer = deliver(bot, body)
        assert answer.status_code == 400, case
        assert re.match(r"the body |data ", answer.json()["error"]), case
    assert refusals(bot) == {"unreadable": len(SENSELESS)}
    assert nothing_happened(bot, slack)


def test_a_wrong_method_is_told_which_ones_are_right(bot, slack):
    for method, path, right in [
        ("GET", HOOKS, "POST"),
        ("HEAD", HOOKS, "POST"),
        ("PUT", HOOKS, "POST"),
        ("DELETE", SLACK_DOOR, "POST"),
        ("OPTIONS", HOOKS, "POST"),
        ("POST", "/healthz", "GET"),
        ("BREW", "/metrics", "GET"),
    ]:
        answer = bot.http.request(method, path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, right)
    assert refusals(bot) == {"wrong_method": 7}
    assert nothing_happened(bot, slack)


def test_an_unknown_path_is_not_found(bot, slack):
    paths = [
        "/",
        "/admin",
        f"{HOOKS}/",
        f"{HOOKS}/..",
        "/%00",
        "/\u202e",
        "/" + "a" * 4_000,
    ]
    for path in paths:
        assert bot.http.post(f"{bot.url}{path}", content=BODY).status_code == 404
    assert refusals(bot) == {"unknown_path": len(paths)}
    assert nothing_happened(bot, slack)


def test_a_head_request_is_answered_without_a_body(bot):
    for path in ("/healthz", "/metrics"):
        answer = bot.http.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


NO_HTTP = [
    b"\x00\xff\x16\x03\x01 /\r\n\r\n",
    b"POST\r\n\r\n",
    b"POST / HTTP/9.9.9\r\n\r\n",
    b"POST / HTTP/1.1\r\nno colon\r\n\r\n",
    b"POST / HTTP/1.1\r\nA: b\nC: d\r\n\r\n",
    request_head("Content-Length: -1"),
    request_head("Content-Length: many"),
    request_head("Content-Length: 1e3"),
    request_head("Content-Length: 5", "Content-Length: 6"),
    request_head("Content-Length: 5, 5"),
    request_head("Transfer-Encoding: chunked") + b"zz\r\n\r\n",
    request_head("Transfer-Encoding: rot13"),
    request_head("X-Long: " + "a" * 300_000),
    request_head("Content-Length: 5", "Content-Length: 5"),
]


def test_requests_that_are_no_http_are_refused_and_counted(bot, slack):
    for head in NO_HTTP:
        assert statuses(talk(bot, head))[0] in {400, 413, 431, 501}, head[:80]
    assert sum(refusals(bot).values()) >= len(NO_HTTP)
    assert nothing_happened(bot, slack)


def test_a_length_with_more_digits_than_any_number_is_refused(bot, slack):
    # It may also be hung up on: no sender in good faith says such a thing.
    assert statuses(talk(bot, request_head("Content-Length: " + "9" * 5_000))) in ([400], [413], [])
    assert sum(refusals(bot).values()) == 1
    assert nothing_happened(bot, slack)


def test_a_body_longer_than_it_says_is_not_proved(bot, slack):
    sent = head_of(signed(BODY), f"Content-Length: {len(BODY) - 1}")
    assert statuses(talk(bot, sent, BODY)) == [401]
    assert nothing_happened(bot, slack)


def test_what_follows_a_whole_request_cannot_change_it(bot, slack):
    kept_open = head_of(signed(BODY), f"Content-Length: {len(BODY)}").replace(
        b"close", b"keep-alive"
    )
    found = statuses(talk(bot, kept_open + BODY + b"and more\r\n\r\n"))
    assert found == [200, 400]
    card_of(slack, "call-1")


def test_a_sender_that_goes_away_in_the_middle_changes_nothing(bot, slack):
    host, port = bot.url.removeprefix("http://").split(":")
    sent = head_of(signed(BODY), f"Content-Length: {len(BODY) + 1}") + BODY
    for cut in (1, 40, len(sent) - len(BODY), len(sent)):
        with socket.create_connection((host, int(port)), timeout=60) as line:
            line.sendall(sent[:cut])
    assert deliver(bot, {"event_type": "ping"}).status_code == 200
    assert events_kept(bot) == 1
    assert not slack.messages(CHANNEL)


def test_webhooks_are_acknowledged_beside_slow_and_broken_senders(bot, slack):
    host, port = bot.url.removeprefix("http://").split(":")
    half = head_of(signed(BODY), f"Content-Length: {len(BODY)}") + BODY[:10]
    chunked = request_head("Transfer-Encoding: chunked") + b"5\r\nab"
    starts = [b"P", b"POST /voca", half, chunked, b""]
    with contextlib.ExitStack() as lines:
        slow = [
            lines.enter_context(socket.create_connection((host, int(port)), timeout=60))
            for _ in range(200)
        ]
        for number, line in enumerate(slow):
            line.sendall(starts[number % len(starts)])
        for turn in range(3):
            for line in slow[::5]:
                line.sendall(b"OST"[turn : turn + 1])
            assert deliver(bot, ended(f"call-{turn}")).status_code == 200
            # None of those who sent nothing was given up before, as they are after thirty seconds.
            assert not select.select(slow[4::5], [], [], 0)[0]
        card_of(slack, "call-0")
    assert events_kept(bot) == 3


@pytest.fixture
def hurried(bot, monkeypatch):
    """An app that allows senders half a second instead of 30."""
    monkeypatch.setattr(web, "SECONDS_FOR_A_REQUEST", 0.5)
    return bot


def drip(bot, start):
    """Send a byte now and then; say whether the bot hung up before long."""
    host, port = bot.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=0.05) as line:
        line.sendall(start)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                line.sendall(b"a")
                if line.recv(1_000) == b"":
                    return True
            except TimeoutError:
                continue
            except ConnectionError:
                return True
    return False


DRIPS = {
    "head": b"POST /vocatech/webhooks HTTP/1.1\r\nX-Slow: ",
    "body": request_head("Content-Length: 1000000"),
    "chunk": request_head("Transfer-Encoding: chunked") + b"fffff\r\n",
}


def test_requests_that_drip_too_long_are_cut(hurried, slack):
    with ThreadPoolExecutor(len(DRIPS)) as senders:
        assert all(senders.map(lambda start: drip(hurried, start), DRIPS.values()))
    assert nothing_happened(hurried, slack)


def test_a_request_that_was_cut_is_counted(hurried):
    assert drip(hurried, DRIPS["head"])
    assert sum(refusals(hurried).values()) == 1


NAMES = {
    "a call to everybody": ("<!channel> <!here|x>", "<!channel> <!here|x>"),
    "a mention": ("<@U0ANA0001> <#C0CALLS001>", "<@U0ANA0001> <#C0CALLS001>"),
    "a link": ("<https://evil.example|Ana>", "<https://evil.example|Ana>"),
    "escaped twice": ("&lt;!channel&gt; &amp;", "&lt;!channel&gt; &amp;"),
    "a date": ("<!date^1^{date}^https://evil.example|x>", "<!date^1^{date}^https://evil.ex"),
    "markup": ("*bold* _it_ ~no~ `code` > quote", "*bold* _it_ ~no~ `code` > quote"),
    "quotes": ('"O\'Brien" \\ \\" `', '"O\'Brien" \\ \\" `'),
    "emoji": ("👩‍👩‍👧 :rotating_light:", "👩‍👩‍👧 :rotating_light:"),
    "right to left": ("دانا \u202eevil\u2066", "دانا evil"),
    "zero bytes": ("A\x00n\x00a", "Ana"),
    "half characters": ("An\ud800a", "Ana"),
    "lines": ("Ana\n\r\n\u2028Costa\x1b[2J", "Ana Costa[2J"),
    "10,000 characters": ("x" * 10_000, "x" * 79 + "…"),
    "10,000 calls to everybody": ("<!channel>" * 1_000, "<!channel><!channel>"),
    "10,000 ampersands": ("&" * 10_000, "&" * 79 + "…"),
    "3,000 accents": ("a" + "\u0301" * 2_999, "a\u0301\u0301"),
    "JSON": ('","blocks":[{"type":"divider"}],"x":"', '","blocks":[{"type":"divider"}],"x":"'),
}


def test_names_are_shown_as_text_whatever_they_hold(many, slack):
    for number, (name, _) in enumerate(NAMES.values()):
        legs = [
            {"extension_name": f"{n} {name}", "type": name, "summary": name, "sentiment": name}
            for n in range(3)
        ]
        fields = ("extension_name", "extension", "remote_number", "group_number", "status")
        everywhere = dict.fromkeys((*fields, "remote_name", "summary", "transcription"), name)
        call = ended(f"call-{number}", **{**everywhere, "journey": [*legs, line(number)]})
        assert deliver(many, call).status_code == 200
    for (case, (_, shown)), cards in zip(NAMES.items(), cards_of(slack, len(NAMES)), strict=True):
        assert len(cards) == 1
        assert_dead(cards[0])
        assert shown in words_of(cards[0]), case
        assert "\\u0000" not in json.dumps(cards[0])


@pytest.mark.parametrize("refused", [{"rich_text"}, {"rich_text", "section", "actions", "context"}])
def test_a_name_is_dead_in_the_plain_message_too(bot, slack, refused):
    slack.refused_block_types.update(refused)
    deliver(bot, ended("call-1", remote_name="<!channel> & <@U0ANA0001>", summary="<!here>"))
    card = card_of(slack, "call-1")
    assert_dead(card)
    assert "&lt;!channel&gt; &amp; &lt;@U0ANA0001&gt;" in card["text"]


ABSURD = [
    *[-1, -1e300, 1e300, 10**400, 604_801, float("nan"), float("inf")],
    *["", "soon", "-5", "1e999", "9" * 5_000, "٣٠ years", [60], {"s": 60}, None],
]


def test_absurd_durations_and_dates_are_shown_as_unknown(many, slack):
    for number, value in enumerate(ABSURD):
        facts = {"start_time": value, "end_time": value, "answered_at": value, "duration": value}
        leg = {"extension": "7", "duration": value, "order": value, "extension_name": "Ana"}
        facts["journey"] = [leg, leg, line(number)]
        odd = event("call.ended", f"call-{number}", status="answered", **facts)
        assert deliver(many, odd).status_code == 200
    for value, cards in zip(ABSURD, cards_of(slack, len(ABSURD)), strict=True):
        assert cards[0]["text"] == "Answered call from (212) 555-0123.", value
        assert "date^" not in json.dumps(cards[0]["blocks"]), value


def test_dates_out_of_this_century_are_shown_as_unknown(many, slack):
    dates = ["0000-00-00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-13-45"]
    dates += [1, 10**16, "1", "2026-01-01T00:00:00+99:99", True]
    for number, date in enumerate(dates):
        facts = {"start_time": date, "end_time": date, "journey": [line(number)]}
        assert deliver(many, event("call.ended", f"call-{number}", **facts)).status_code == 200
    for date, cards in zip(dates, cards_of(slack, len(dates)), strict=True):
        assert "date^" not in json.dumps(cards[0]["blocks"]), date


ODD_FACTS = {
    "of other kinds": {
        "remote_name": ["Ana"],
        "extension": {"n": 1},
        "journey": "none",
        "status": 5,
    },
    "with a journey of anything": {"journey": [None, 1, "x", [], {}, {"order": {}}]},
    "with a thousand legs": {
        "journey": [{"extension": str(n), "summary": "x" * 90} for n in range(1_000)]
    },
    "with names of our own code": {"__class__": 1, "model_config": 2, "model_fields": 3, "self": 4},
    "with a field that has no name": {"": 1, " ": 2, "\x00": 3},
    "in a well": {"well": json.loads("[" * 500 + "]" * 500)},
}


def test_calls_with_odd_facts_are_shown_by_what_makes_sense(many, slack):
    for number, (case, facts) in enumerate(ODD_FACTS.items()):
        call = ended(f"call-{number}", **{"group_number": str(900 + number), **facts})
        assert deliver(many, call).status_code == 200, case
    for cards in cards_of(slack, len(ODD_FACTS)):
        assert_dead(cards[0])


@pytest.mark.parametrize(
    "facts", [{"\ud800": 1}, {"journey": [{"\udfff": 1}]}], ids=["call", "leg"]
)
def test_a_field_named_with_half_a_character_does_not_lose_the_call(bot, slack, facts):
    assert deliver(bot, ended("call-1", **facts)).status_code == 200
    assert_dead(card_of(slack, "call-1"))


ODD_IDS = {
    "markup": "<!channel>",
    "quotes": "'\"; drop table calls; --",
    "lines": "a\nb\r\n\x1b[2J",
    "emoji": "👩‍👩‍👧" * 30,
    "half a character": "call\ud800",
    "a thousand characters": "c" * 1_000,
    "a number": 12,
}


def test_calls_with_odd_ids_have_one_card_and_a_transcript(many, slack):
    said = "\n".join(f"Ana: line {number} of what was said" for number in range(600))
    for number, call_id in enumerate(ODD_IDS.values()):
        for seconds in (5, 6):
            data = {"call_id": call_id, "duration": seconds, "transcription": said}
            data["journey"] = [line(number)]
            payload = {"id": f"evt_{number}_{seconds}", "event_type": "call.ended", "data": data}
            assert deliver(many, payload).status_code == 200
    for number, (case, cards) in enumerate(
        zip(ODD_IDS, cards_of(slack, len(ODD_IDS)), strict=True)
    ):
        assert len(cards) == 1, case
        assert_dead(cards[0])
        assert slack.click(ANA, f"C0LINE{number:04}", cards[0]["ts"], OPEN_TRANSCRIPT).ok, case
        view = wait_for(lambda: slack.open_view(ANA))
        assert slack.click_in_view(ANA, view["id"], f"{TURN_TRANSCRIPT_PAGE}:1").ok, case
        wait_for(lambda seen=view: slack.open_view(ANA)["hash"] != seen["hash"])
        while view := slack.open_view(ANA):
            slack.close_view(ANA, view["id"])


def test_a_delivery_that_is_replayed_is_answered_and_ignored(bot, slack):
    first = ended("call-1")
    assert deliver(bot, first).json() == {"status": "news"}
    assert deliver(bot, first).json() == {"status": "duplicate"}
    changed = {**first, "data": {**first["data"], "remote_name": "Mallory"}}
    again = deliver(bot, changed)
    assert (again.status_code, again.json()) == (200, {"status": "duplicate"})
    card = card_of(slack, "call-1")
    assert "Mallory" not in json.dumps(card)
    assert bot.metric('events_stored_total{result="duplicate",source="webhook"}') == 2
    assert events_kept(bot) == 1


def test_a_delivery_without_an_id_that_is_replayed_is_known_by_its_body(bot, slack):
    nameless = {name: value for name, value in ended("call-1").items() if name != "id"}
    body = encoded(nameless)
    assert deliver(bot, body).json() == {"status": "news"}
    assert deliver(bot, body).json() == {"status": "duplicate"}
    replay = bot.http.post(HOOKS, content=body, headers=documented(body, stamp=str(now_and(200))))
    assert (replay.status_code, replay.json()) == (200, {"status": "duplicate"})
    card_of(slack, "call-1")
    assert events_kept(bot) == 1


def test_a_flood_of_duplicates_makes_one_card(bot, slack):
    body = encoded(ended("call-1"))
    with ThreadPoolExecutor(16) as senders:
        answers = list(senders.map(lambda _: deliver(bot, body), range(200)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["status"] for answer in answers)[-2:] == ["duplicate", "news"]
    card_of(slack, "call-1")
    assert (events_kept(bot), slack.posted_call_ids(CHANNEL)) == (1, ["call-1"])


def test_unknown_kinds_of_events_are_kept_and_counted_together(bot, slack):
    kinds = [
        "fax.received",
        'a"} 1\nvocatech_slack_requests_refused_total 99',
        "<!channel>",
        "k" * 500,
        7,
    ]
    for kind in kinds:
        answer = deliver(bot, {"id": f"evt_{kind}", "event_type": kind, "data": {"call_id": "c"}})
        assert (answer.status_code, answer.json()) == (200, {"status": "kept"})
    assert bot.metric('webhooks_received_total{kind="other"}') == len(kinds)
    assert bot.metric("webhooks_received_total") == len(kinds)
    assert not refusals(bot)
    assert events_kept(bot) == len(kinds)
    assert not slack.messages(CHANNEL)


def test_an_event_about_no_call_is_kept(bot, slack):
    for number, data in enumerate([{}, {"call_id": None}, {"call_id": ""}, {"call_id": [1]}]):
        sent = {"id": f"evt_{number}", "event_type": "call.ended", "data": data}
        assert deliver(bot, sent).json() == {"status": "kept"}
    assert events_kept(bot) == 4
    assert not slack.messages(CHANNEL)


# Slack's door


def slack_signature(body, *, secret, stamp=None):
    stamp = str(int(time.time())) if stamp is None else str(stamp)
    base = f"v0:{stamp}:".encode() + body
    mac = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}"}


def click_body(slack, *, action_id=OPEN_TRANSCRIPT, value="call-1", **changes):
    payload = {
        "type": "block_actions",
        "user": {"id": ANA, "name": "ana", "team_id": "T0TEAM001"},
        "team": {"id": "T0TEAM001", "domain": "demo"},
        "api_app_id": "A0APP0001",
        "trigger_id": slack.new_trigger(ANA),
        "container": {"type": "message"},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
        **changes,
    }
    return {name: value for name, value in payload.items() if value is not None}


def press(slack, **changes):
    return slack.sender.interact(click_body(slack, **changes))


def post_to_slack_door(bot, body, headers):
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return bot.http.post(SLACK_DOOR, content=body, headers={**kind, **headers})


SENSELESS_TO_SLACK = [
    b"",
    b"payload=",
    b"payload=%7B",
    b"payload=[]",
    b"payload=null",
    b"payload=%FF",
    urlencode({"payload": '{"type": "block_actions"}'}).encode(),
    urlencode({"payload": '{"type": "block_actions", "actions": []}'}).encode(),
    urlencode({"payload": '{"type": "block_actions", "actions": {}}'}).encode(),
    urlencode({"payload": '{"type": "no_such_thing"}'}).encode(),
    b"command=%2Fnothing&text=x",
    b"{",
    b"[]",
    b"null",
]
NOT_SLACK = {
    "no headers": lambda body: {},
    "another secret": lambda body: slack_signature(body, secret="guessed"),
    "an empty secret": lambda body: slack_signature(body, secret=""),
    "another body": lambda body: slack_signature(
        body + b" ", secret="d3e0d3e0d3e0d3e0d3e0d3e0d3e0d3e0"
    ),
    "no signature": lambda body: {"X-Slack-Request-Timestamp": str(now_and(0))},
    "no time": lambda body: {"X-Slack-Signature": "v0=00"},
    **{
        name: lambda body, stamp=stamp: slack_signature(
            body, secret="d3e0d3e0d3e0d3e0d3e0d3e0d3e0d3e0", stamp=stamp
        )
        for name, stamp in {
            "a time that is no number": "now",
            "a time below nothing": "-1",
            "a time with a point": "1.5",
            "no time to speak of": "",
            "a time six minutes ago": int(time.time()) - 360,
            "a time in the far future": int(time.time()) + 86_400,
        }.items()
    },
}


def test_requests_that_are_not_proved_to_be_slack_s_are_refused(bot, slack):
    deliver(bot, ended("call-1", transcription="Ana: secret"))
    body = urlencode({"payload": json.dumps(click_body(slack))}).encode()
    for case, headers in NOT_SLACK.items():
        assert post_to_slack_door(bot, body, headers(body)).status_code == 401, case
    assert sum(refusals(bot).values()) == len(NOT_SLACK)
    assert slack.open_view(ANA) is None


@pytest.mark.parametrize("digits", [400, 5_000])
def test_a_slack_timestamp_with_too_many_digits_is_refused(bot, slack, digits):
    url = slack.response_urls.make(CHANNEL, ANA)
    body = urlencode({"payload": json.dumps(click_body(slack, response_url=url))}).encode()
    headers = slack_signature(body, secret="guessed", stamp="9" * digits)
    assert post_to_slack_door(bot, body, headers).status_code == 401
    assert sum(refusals(bot).values()) == 1


def test_nobody_can_make_the_bot_call_an_address_of_his_choice(bot, slack):
    url = slack.response_urls.make(CHANNEL, ANA)
    clicked = click_body(slack, action_id="unknown", response_url=url)
    body = urlencode({"payload": json.dumps(clicked)}).encode()
    for stamp in ("9" * 400, "9" * 5_000, str(now_and(0)), "0"):
        post_to_slack_door(bot, body, slack_signature(body, secret="guessed", stamp=stamp))
    # A forged request had the time that a card needs.
    deliver(bot, ended("call-1"))
    card_of(slack, "call-1")
    assert len(slack.messages(CHANNEL)) == 1


def test_senseless_bodies_without_slack_s_signature_are_refused_and_not_read(bot, slack):
    headers = {"X-Slack-Request-Timestamp": str(now_and(0)), "X-Slack-Signature": "v0=00"}
    for body in SENSELESS_TO_SLACK:
        for kind in ("application/x-www-form-urlencoded", "application/json"):
            sent = {**headers, "Content-Type": kind}
            answer = bot.http.post(SLACK_DOOR, content=body, headers=sent)
            assert answer.status_code == 401, (body, kind)


def test_nobody_gets_past_slack_s_door_by_asking_for_a_check(bot):
    for body in (b"ssl_check=1", b'{"ssl_check":"1"}', b'{"type":"url_verification"}'):
        kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
        headers = {"X-Slack-Request-Timestamp": str(now_and(0)), "X-Slack-Signature": "v0=00"}
        sent = {**headers, "Content-Type": kind}
        answer = bot.http.post(SLACK_DOOR, content=body, headers=sent)
        assert answer.status_code == 401, body
    assert sum(refusals(bot).values()) == 3


def test_without_a_signing_secret_nobody_comes_in_at_slack_s_door(start_bot, slack):
    bot = start_bot(slack_signing_secret=None, slack_app_token=slack.app_token)
    wait_for(lambda: slack.sender.socket and slack.sender.socket.is_connected())
    body = urlencode({"payload": json.dumps(click_body(slack))}).encode()
    for secret in ("", "None", "d3e0d3e0d3e0d3e0d3e0d3e0d3e0d3e0", slack.app_token, slack.token):
        answer = post_to_slack_door(bot, body, slack_signature(body, secret=secret))
        assert answer.status_code == 401
    assert refusals(bot) == {"slack_signature": 5}
    assert slack.open_view(ANA) is None


PAGE = f"{TURN_TRANSCRIPT_PAGE}:1"
VIEW = {"id": "V0NOSUCH", "hash": "1.a", "type": "modal"}
HOSTILE_CLICKS = {
    "an unknown call": {"value": "<!channel>"},
    "an unknown summary": {"action_id": OPEN_CALLS, "value": "nothing"},
    "no value": {"actions": [{"type": "button", "action_id": OPEN_TRANSCRIPT, "block_id": "b"}]},
    "a value that is a list": {"value": ["call-1"]},
    "a value with a zero byte": {"value": "\x00"},
    "half a character": {"value": "\ud800"},
    "a page that is no JSON": {"action_id": PAGE, "value": "call-1", "view": VIEW},
    "a page that is a list": {"action_id": PAGE, "value": "[]", "view": VIEW},
    "a page of nothing": {"action_id": PAGE, "value": "{}", "view": VIEW},
    "a page that is a word": {
        "action_id": PAGE,
        "value": json.dumps({"call_id": "call-1", "page": "last"}),
        "view": VIEW,
    },
    "a page of an unknown view": {
        "action_id": PAGE,
        "value": json.dumps({"call_id": "call-1", "page": 1}),
        "view": VIEW,
    },
    "a page without a view": {"action_id": PAGE, "value": '{"call_id": "call-1", "page": 1}'},
    "no trigger": {"trigger_id": None},
    "an old trigger": {"trigger_id": "1.2.3"},
}


def test_hostile_clicks_are_answered_and_the_next_one_works(bot, slack):
    deliver(bot, ended("call-1", transcription="Ana: hello"))
    for case, changes in HOSTILE_CLICKS.items():
        assert press(slack, **changes).ok, case
    assert press(slack).ok

    def transcript():
        view = slack.open_view(ANA)
        return view and "hello" in json.dumps(view)

    wait_for(transcript)
    assert events_kept(bot) == 1


@pytest.mark.parametrize("page", [10**9, -(10**9), 1e300])
def test_a_page_out_of_range_shows_the_nearest(bot, slack, page):
    said = "\n".join(f"Ana: line {number} of what was said" for number in range(600))
    deliver(bot, ended("call-1", transcription=said))
    press(slack)
    view = wait_for(lambda: slack.open_view(ANA))
    value = json.dumps({"call_id": "call-1", "page": page})
    outward = {"id": view["id"], "hash": view["hash"], "type": "modal"}
    assert press(slack, action_id=PAGE, value=value, view=outward).ok
    wait_for(lambda: slack.open_view(ANA)["hash"] != view["hash"])
    assert ("line 599" in json.dumps(slack.open_view(ANA))) == (page > 0)


def test_senseless_requests_of_slack_s_own_are_answered_without_a_crash(bot, slack):
    for body in SENSELESS_TO_SLACK:
        headers = slack_signature(body, secret=slack.signing_secret)
        for kind in ("application/x-www-form-urlencoded", "application/json"):
            sent = {**headers, "Content-Type": kind}
            answer = bot.http.post(SLACK_DOOR, content=body, headers=sent)
            assert answer.status_code in {200, 400, 404}, (body, kind)
    assert nothing_happened(bot, slack)


def test_all_of_it_at_once_does_not_keep_a_call_from_its_card(bot, slack):
    bad = [
        lambda: bot.http.post(HOOKS, content=BODY),
        lambda: deliver(bot, b"["),
        lambda: bot.http.get("/nowhere"),
        lambda: bot.http.get(HOOKS),
        lambda: post_to_slack_door(bot, b"payload=%7B%7D", {}),
        lambda: talk(bot, request_head(f"Content-Length: {MIB * 2}")),
    ]
    stop = threading.Event()

    def pester():
        count = 0
        while not stop.is_set():
            bad[count % len(bad)]()
            count += 1
        return count

    with ThreadPoolExecutor(4) as pesterers:
        pestering = [pesterers.submit(pester) for _ in range(4)]
        try:
            for number in range(2):
                assert deliver(bot, ended(f"call-{number}")).status_code == 200
            for number in range(2):
                card_of(slack, f"call-{number}")
        finally:
            stop.set()
        sent = sum(one.result() for one in pestering)
    assert sum(refusals(bot).values()) == sent
    assert events_kept(bot) == 2
