"""Connections to Slack: kept open over TLS, and what a broken one means for a post."""

import datetime as dt
import ipaddress
import json
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.slack import connections
from bot.slack.client import SlackClient
from bot.slack.connections import PooledClient, SlackConnections, trusted_authorities
from bot.slack.errors import Retry, Sent, Unknown
from bot.ui.message import Message
from tests.conftest import wait_for

MESSAGE = Message(text="A call", blocks=[], plain_blocks=[], metadata={})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return the file of a certificate for 127.0.0.1, and the file with its key."""
    key, day = ec.generate_private_key(ec.SECP256R1()), dt.timedelta(days=1)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


class TlsSlack:
    """A Slack API over TLS that counts connections; `closes` says when it closes each."""

    def __init__(self, certificate):
        self.connections, self.open, self.posts, self.closes = 0, 0, 0, ""
        self.is_waiting = self.may_answer = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                outer.connections += 1
                outer.open += 1

            def do_POST(self):
                self.rfile.read(int(self.headers["content-length"]))
                outer.posts += 1
                if outer.is_waiting:
                    outer.is_waiting.set()
                    outer.may_answer.wait(60)
                self.close_connection = bool(outer.closes)
                if outer.closes == "before the answer":
                    return
                content = json.dumps({"ok": True, "ts": f"{outer.posts}.0"}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def shutdown_request(self, request):
                super().shutdown_request(request)
                outer.open -= 1

            def handle_error(self, *_):
                """Print nothing: a test's client may refuse the certificate."""

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://127.0.0.1:{self.server.server_port}/api/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def tls_slack(certificate):
    served = TlsSlack(certificate)
    yield served
    served.stop()


@pytest.fixture
def trusted(certificate, monkeypatch):
    """Trust the certificate, as a company does for its own proxy."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    trusted_authorities.cache_clear()
    yield
    trusted_authorities.cache_clear()


@pytest.fixture
def poster(tls_slack, store):
    kept = SlackConnections(timeout=10.0)
    web = PooledClient(kept, token="xoxb-1", base_url=tls_slack.url, retry_handlers=[])
    yield SlackClient(web, store.key_values, lambda: 0.0)
    kept.close()


def test_posts_share_one_connection(trusted, tls_slack, poster):
    sent = [poster.post("C0CALLS001", MESSAGE) for _ in range(5)]
    assert sent == [Sent(f"{n}.0") for n in range(1, 6)]
    assert tls_slack.connections == 1


def test_posts_at_the_same_time_open_connections_that_are_closed_when_unused(
    trusted, tls_slack, poster, monkeypatch
):
    tls_slack.is_waiting, tls_slack.may_answer = threading.Event(), threading.Event()
    with ThreadPoolExecutor(3) as threads:
        posts = [threads.submit(poster.post, "C0CALLS001", MESSAGE) for _ in range(3)]
        wait_for(lambda: tls_slack.posts == 3)
        tls_slack.may_answer.set()
        assert all(isinstance(post.result(), Sent) for post in posts)
    poster.post("C0CALLS001", MESSAGE)
    assert tls_slack.connections == tls_slack.open == 3
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.0)
    poster.post("C0CALLS001", MESSAGE)
    wait_for(lambda: tls_slack.open == 1)
    assert tls_slack.connections == 3


def test_connection_that_slack_closes_after_an_answer_is_replaced(trusted, tls_slack, poster):
    tls_slack.closes = "after the answer"
    for number in range(1, 4):
        assert poster.post("C0CALLS001", MESSAGE) == Sent(f"{number}.0")
        wait_for(lambda: tls_slack.open == 0)
    assert tls_slack.connections == 3


def test_post_without_an_answer_is_sent_once_and_unconfirmed(trusted, tls_slack, poster):
    poster.post("C0CALLS001", MESSAGE)
    tls_slack.closes = "before the answer"
    outcome = poster.post("C0CALLS001", MESSAGE)
    assert isinstance(outcome, Unknown)
    assert not outcome.is_answered
    assert tls_slack.posts == 2


def test_untrusted_certificate_means_that_nothing_was_sent(tls_slack, poster):
    assert poster.post("C0CALLS001", MESSAGE) == Retry(2.0, "unreachable")
    assert tls_slack.posts == 0


def test_refused_connection_means_that_nothing_was_sent(trusted, tls_slack, poster):
    tls_slack.stop()
    assert poster.post("C0CALLS001", MESSAGE) == Retry(2.0, "unreachable")


def test_stopping_lets_a_request_end_and_begins_no_other(trusted, tls_slack, poster):
    tls_slack.is_waiting, tls_slack.may_answer = threading.Event(), threading.Event()
    sent = []
    posting = threading.Thread(target=lambda: sent.append(poster.post("C0CALLS001", MESSAGE)))
    posting.start()
    assert tls_slack.is_waiting.wait(60)
    poster._client._connections.close()
    assert poster.post("C0CALLS001", MESSAGE) == Retry(2.0, "unreachable")
    tls_slack.may_answer.set()
    posting.join()
    assert sent == [Sent("1.0")]
    assert tls_slack.posts == 1
