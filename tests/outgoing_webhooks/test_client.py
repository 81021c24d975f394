"""Requests to receivers: checked addresses, no redirects, bounded in time and size."""

import base64
import json
import re
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bot.models.integrations.outgoing_webhooks import validate_url
from bot.outgoing_webhooks.addresses import is_private_literal, is_public
from bot.outgoing_webhooks.client import ReceiverClient
from bot.outgoing_webhooks.signing import make_secret, sign
from bot.sandbox.webhook_receiver import ReceiverFaults, WebhookReceiver

ROOT = Path(__file__).parents[2]
NOW = 1_790_000_000.0
PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "168.63.129.16",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2001:db8::1",
    "3fff::1",
    "not-an-address",
]
PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.fixture
def receiver():
    with WebhookReceiver() as one:
        one.secrets = [make_secret()]
        yield one


def headers_for(receiver, body=b"{}"):
    return sign("msg_1", int(time.time()), body, receiver.secrets)


def test_private_addresses_are_refused_and_public_ones_are_not():
    assert not [one for one in PRIVATE if is_public(one)]
    assert all(map(is_public, PUBLIC))
    assert is_private_literal("localhost")
    assert is_private_literal("10.0.0.1")
    assert not is_private_literal("example.com")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https://a:b@example.com/",
        "https://exa mple.com/",
        "https://münchen.example/",
        "https://example.com:port/",
        "https://[::1/",
        "https://example.com/" + "a" * 1_000,
        "example.com",
        "https://256.256.256.256/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1./",
        "https://[v1.x]/",
        "https://[fe80::1%eth0]/",
        "https://example..com/",
        "https://example.com:0/",
        "https://%6cocalhost/",
        "https://a<b>.example.com/",
        "https://" + "a" * 64 + ".example.com/",
    ],
)
def test_bad_urls_are_refused(url):
    assert validate_url(url)


@pytest.mark.parametrize(
    "url", ["https://256.256.256.256/", "https://[v1.x]/", "https://[::1/", "https://a:99999/"]
)
def test_stored_url_that_no_request_can_go_to_is_a_failure(url):
    """A worker that stopped at it would keep the endpoint's queue waiting forever."""
    assert ReceiverClient().post(url, b"{}", {}, now=NOW).problem == "its URL is not valid"


def test_name_that_tls_cannot_check_is_a_failure(receiver):
    client = ReceiverClient(allows_private=True, resolve=lambda *_: ["127.0.0.1"])
    port = receiver.url.rpartition(":")[2]
    for host in (".example.com", "a" * 64 + ".example.com"):
        answer = client.post(f"https://{host}:{port}/", b"{}", {}, now=NOW)
        assert answer.problem == "its URL is not valid"


def test_name_with_a_private_address_is_never_connected_to(receiver):
    tried = []

    def resolve(host, _):
        tried.append(host)
        return ["93.184.215.14", "127.0.0.1"]

    port = receiver.url.rpartition(":")[2]
    client = ReceiverClient(resolve=resolve)
    answer = client.post(f"https://hooks.example.com:{port}/", b"{}", {}, now=NOW)
    assert answer.problem == "its name leads to a private address"
    assert tried == ["hooks.example.com"]
    assert not receiver.received


def test_http_is_refused_unless_private_addresses_are_allowed(receiver):
    answer = ReceiverClient().post(receiver.hook_url, b"{}", {}, now=NOW)
    assert "https" in answer.problem
    assert not receiver.received


def test_address_is_resolved_once_and_the_checked_one_is_used(receiver):
    answers = iter([["127.0.0.1"]])
    port = receiver.url.rpartition(":")[2]
    client = ReceiverClient(allows_private=True, resolve=lambda *_: next(answers))
    sent = headers_for(receiver)
    assert not client.post(f"http://hooks.example.com:{port}/hook", b"{}", sent, now=NOW).problem
    assert receiver.received[0].headers["host"] == f"hooks.example.com:{port}"


def test_redirect_to_a_private_address_is_not_followed(receiver):
    with WebhookReceiver() as inside:
        receiver.answering = ReceiverFaults(302, {"Location": inside.hook_url})
        client = ReceiverClient(allows_private=True)
        answer = client.post(receiver.hook_url, b"{}", headers_for(receiver), now=NOW)
        assert "redirect" in answer.problem
        assert not inside.received


def test_receiver_that_never_answers_is_given_up(receiver):
    released = threading.Event()
    receiver.answering = ReceiverFaults(until_released=released)
    client = ReceiverClient(allows_private=True, seconds=0.3)
    answer = client.post(receiver.hook_url, b"{}", headers_for(receiver), now=NOW)
    released.set()
    assert "did not answer" in answer.problem


def serve_slowly(listener, pieces, pause):
    connection, _ = listener.accept()
    with connection:
        connection.recv(65_536)
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                return
            time.sleep(pause)


def test_answer_that_drips_byte_by_byte_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        drips = (b"x" for _ in range(10_000))
        pieces = (b"HTTP/1.1 200 OK\r\nx: ", *drips)
        thread = threading.Thread(target=serve_slowly, args=(listener, pieces, 0.02), daemon=True)
        thread.start()
        client = ReceiverClient(allows_private=True, seconds=0.5)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        answer = client.post(url, b"{}", {}, now=NOW)
        thread.join()
    assert "did not answer" in answer.problem


def test_body_of_an_answer_is_never_read():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"
        pieces = (head, *(b"x" * 10_000 for _ in range(1_000)))
        thread = threading.Thread(target=serve_slowly, args=(listener, pieces, 0.0), daemon=True)
        thread.start()
        client = ReceiverClient(allows_private=True)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert not client.post(url, b"{}", {}, now=NOW).problem
        thread.join()


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 2\xff0 OK\r\n\r\n", b"x" * 300_000]
)
def test_answer_that_is_not_http_is_a_failure(answer):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve_slowly, args=(listener, [answer], 0.0), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert ReceiverClient(allows_private=True).post(url, b"{}", {}, now=NOW).problem
        thread.join()


def test_retry_after_is_read_as_seconds_and_as_a_date(receiver):
    client = ReceiverClient(allows_private=True)

    def wait_for_header(value):
        receiver.answering = ReceiverFaults(429, {"Retry-After": value})
        sent = headers_for(receiver)
        return client.post(receiver.hook_url, b"{}", sent, now=NOW).retry_after

    assert wait_for_header("120") == 120.0
    assert wait_for_header("Mon, 21 Sep 2026 14:14:20 GMT") == 1_790_000_060.0 - NOW
    assert wait_for_header("99999999999999") == 86_400.0
    assert wait_for_header("soon") == 0.0
    assert wait_for_header("-5") == 0.0


def test_another_implementation_accepts_the_signatures():
    new, old = make_secret(), make_secret()
    body = '{"type":"call.missed","name":"Zoë"}'.encode()
    sent = sign("msg_1", int(time.time()), body, [new, old])
    for secret in (new, old):
        assert Webhook(secret).verify(body, sent) == {"type": "call.missed", "name": "Zoë"}
    for wrong_secret, wrong_body in ((make_secret(), body), (new, body + b" ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(wrong_secret).verify(wrong_body, sent)
    assert len(base64.b64decode(new.removeprefix("whsec_"))) == 32


@given(st.ip_addresses(v=4))
def test_ipv4_address_is_judged_alike_in_each_notation(address):
    expected = is_public(str(address))
    assert is_public(f"::ffff:{address}") is expected
    assert is_public(f"64:ff9b::{int(address) >> 16:x}:{int(address) & 0xFFFF:x}") is expected
    assert not (address.is_private and expected)


@given(st.text(max_size=60))
def test_no_text_makes_the_check_of_urls_fail(text):
    for url in (text, f"https://{text}", f"https://example.com/{text}"):
        problem = validate_url(url)
        assert problem is None or problem.endswith((".", "vocatech."))
        if problem is None:
            client = ReceiverClient(resolve=lambda *_: [])
            assert client.post(url, b"{}", {}, now=NOW).problem == "its name has no address"


def guide_example(language):
    text = (ROOT / "docs/how-to/outgoing-webhooks.md").read_text()
    return re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)[1]


def test_example_for_python_in_the_guide_checks_a_signature():
    secret, body = make_secret(), '{"type":"call.missed","name":"Zoë"}'
    known = {"body": body, "headers": sign("msg_1", int(time.time()), body.encode(), [secret])}
    exec(guide_example("python").replace("whsec_…", secret), known)  # noqa: S102
    assert known["event"]["name"] == "Zoë"


@pytest.mark.skipif(not shutil.which("node"), reason="Node isn't installed")
def test_example_for_node_in_the_guide_checks_a_signature():
    new, old = make_secret(), make_secret()
    body = '{"type":"call.missed","name":"Zoë"}'
    sent = sign("msg_1", int(NOW), body.encode(), [new, old])
    calls = [f"tell({json.dumps([body, sent, one])});" for one in (new, old, make_secret())]
    tell = """
    function tell(given) {
      try { console.log(verify(...given).name) } catch (error) { console.log(error.message) }
    }
    """
    clock = f"Date.now = () => {int(NOW)}000;"  # the same on any date
    program = guide_example("js") + clock + tell + "".join(calls)
    done = subprocess.run(
        [shutil.which("node"), "-e", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["Zoë", "Zoë", "wrong signature"]


@pytest.mark.skipif(not shutil.which("node"), reason="Node isn't installed")
def test_lines_for_n8n_in_the_guide_check_a_signature():
    secret, body = make_secret(), '{"type":"call.missed","name":"Zoë"}'
    given = json.dumps([body, sign("msg_1", int(NOW), body.encode(), [secret]), secret])
    fakes = f"""
    Date.now = () => {int(NOW)}000;
    const [sent, headers, VOCATECH_SECRET] = {given};
    const $input = {{first: () => ({{json: {{headers}}}})}}, $env = {{VOCATECH_SECRET}};
    const node = {{helpers: {{getBinaryDataBuffer: async () => Buffer.from(sent)}}}};
    """
    lines = f"{guide_example('js')}{guide_example('javascript')}"
    program = (
        f"{fakes}(async function () {{{lines}}}).call(node).then((o) => console.log(o[0].json))"
    )
    done = subprocess.run(
        [shutil.which("node"), "-e", program], capture_output=True, text=True, check=True
    )
    assert "Zoë" in done.stdout
