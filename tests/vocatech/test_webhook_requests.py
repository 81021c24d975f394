"""Webhook requests from Vocatech, seen on the wire."""

import json

import pytest
from structlog.testing import capture_logs

from tests.conftest import CHANNEL, wait_for
from tests.handlers.test_bad_input import HOOKS, MIB, refusals, request_head, statuses, talk
from tests.support.webhooks import ended, signed


def post(bot, body, signature):
    headers = {"X-Vocatech-Signature": signature, "Content-Type": "application/json"}
    return bot.http.post(HOOKS, content=body, headers=headers)


@pytest.mark.parametrize("is_first", [True, False])
def test_one_valid_signature_among_several_is_enough(bot, is_first):
    body = json.dumps(ended("call-1")).encode()
    stamp, _, ours = signed(body)["X-Vocatech-Signature"].partition(",")
    other = "v1=" + "0" * 64
    pair = [ours, other] if is_first else [other, ours]
    assert post(bot, body, ",".join([stamp, *pair])).status_code == 200
    assert post(bot, body, f"{stamp},{other},{other}").status_code == 401


def test_a_byte_order_mark_before_the_body_is_accepted(bot, slack):
    body = b"\xef\xbb\xbf" + json.dumps(ended("call-1")).encode()
    answer = post(bot, body, signed(body)["X-Vocatech-Signature"])
    assert answer.status_code == 200
    wait_for(lambda: slack.messages(CHANNEL))


def test_a_flood_of_forged_webhooks_writes_one_log_line(bot):
    with capture_logs() as logs:
        for number in range(50):
            body = json.dumps(ended(f"call-{number}")).encode()
            forged = signed(body, secret="guessed")["X-Vocatech-Signature"]
            assert post(bot, body, forged).status_code == 401
    assert refusals(bot) == {"signature_forged": 50}
    assert [line["event"] for line in logs].count("webhook_rejected") == 1


@pytest.mark.parametrize("size", [1_048_299, 1_048_300, 1_048_400, MIB])
@pytest.mark.parametrize("chunk", [4_096, 65_536, MIB])
def test_a_chunked_body_up_to_the_limit_is_accepted(bot, size, chunk):
    event = ended("call-1", summary="")
    event["data"]["summary"] = "a" * (size - len(json.dumps(event)))
    body = json.dumps(event).encode()
    head = [f"{name}: {value}" for name, value in signed(body).items()]
    chunks = [body[at : at + chunk] for at in range(0, size, chunk)]
    framed = [b"%x\r\n%s\r\n" % (len(one), one) for one in chunks]
    answer = talk(bot, request_head("Transfer-Encoding: chunked", *head), *framed, b"0\r\n\r\n")
    assert statuses(answer) == [200]


def test_a_chunked_body_one_byte_over_the_limit_is_refused(bot):
    body = b" " * (MIB + 1)
    head = [f"{name}: {value}" for name, value in signed(body).items()]
    framed = b"%x\r\n%s\r\n" % (len(body), body)
    answer = talk(bot, request_head("Transfer-Encoding: chunked", *head), framed, b"0\r\n\r\n")
    assert statuses(answer) == [413]
    assert sum(refusals(bot).values()) == 1
