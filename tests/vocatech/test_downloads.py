"""Attachment downloads: public hosts only, over TLS, without the API key, limited in size."""

import contextlib
import gzip
import json
import socket
import threading
import time
import tracemalloc

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import AnswerLost, AnswerUnreadable, MediaRefused, NotFound
from bot.vocatech import downloads
from tests.support.api_client import API, OUTSIDE, MadeTime, always

PICTURE = {"content": b"\x89PNG", "headers": {"Content-Type": "image/png"}}
ADDRESS = "https://files.example/a.png?signature=x"


def serving(first, *, then=None):
    """Respond with `first` for the API and `then` for other hosts; record the requests."""
    asked = []

    def answer(request):
        asked.append(request)
        is_api = request.url.path.startswith("/v1/media")
        return first(request) if is_api else (then or always(200, **PICTURE))(request)

    answer.asked = asked
    return answer


def points_to(address):
    told = json.dumps({"url": address, "expires_at": "2026-11-23T12:00:00Z"})
    return always(200, content=told, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    "first",
    [
        points_to(ADDRESS),
        always(302, headers={"Location": ADDRESS}),
        always(200, **PICTURE),
    ],
)
def test_an_attachment_is_a_url_a_redirect_or_bytes(client_for, first):
    fetched = client_for(serving(first)).media.fetch("m1")
    assert fetched.content == b"\x89PNG"
    assert fetched.content_type == "image/png"


def test_the_api_key_stays_with_vocatech_and_the_checked_ip_is_used(client_for):
    answer = serving(points_to(ADDRESS))
    client_for(answer).media.fetch("m1")
    api, elsewhere = answer.asked
    assert api.headers["authorization"] == "Bearer k"
    assert "authorization" not in elsewhere.headers
    assert elsewhere.url.host == OUTSIDE
    assert elsewhere.headers["host"] == "files.example"
    assert elsewhere.extensions["sni_hostname"] == "files.example"


@pytest.mark.parametrize(
    "address",
    [
        "http://files.example/a.png",
        "ftp://files.example/a.png",
        "file:///etc/passwd",
        "https://user:secret@files.example/a.png",
        "https:///a.png",
        "//files.example/a.png",
        "javascript:alert(1)",
        "",
        "\x00",
        "https://xn--/a.png",
        "https://files.example/\ud83d.png",
    ],
)
def test_a_url_that_is_not_plain_https_is_rejected(client_for, address):
    answer = serving(points_to(address))
    with pytest.raises(MediaRefused):
        client_for(answer).media.fetch("m1")
    assert len(answer.asked) == 1


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.10",
        "172.16.5.4",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:0001::",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "fec0::1",
        "ff02::1",
        "nonsense",
    ],
)
def test_a_host_with_a_private_address_is_rejected(client_for, inside):
    answer = serving(points_to(ADDRESS))
    for found in ([inside], [OUTSIDE, inside]):
        with pytest.raises(MediaRefused):
            client_for(answer, hosts=lambda *_, found=found: found).media.fetch("m1")
    assert all(request.url.path.startswith("/v1/media") for request in answer.asked)


def test_a_redirect_is_checked_like_the_first_url(client_for):
    inside = always(302, headers={"Location": "https://inside.example/"})
    answer = serving(points_to(ADDRESS), then=inside)

    def hosts(host, _):
        return ["127.0.0.1"] if host == "inside.example" else [OUTSIDE]

    with pytest.raises(MediaRefused, match="private network"):
        client_for(answer, hosts=hosts).media.fetch("m1")
    assert len(answer.asked) == 2


def test_a_relative_redirect_keeps_the_host(client_for):
    def then(request):
        if request.url.path == "/a.png":
            return httpx.Response(302, headers={"Location": "/b.png"})
        return httpx.Response(200, **PICTURE)

    answer = serving(points_to(ADDRESS), then=then)
    client_for(answer).media.fetch("m1")
    assert answer.asked[-1].headers["host"] == "files.example"


def test_endless_redirects_fail(client_for):
    around = always(302, headers={"Location": ADDRESS})
    with pytest.raises(MediaRefused, match="too many redirects"):
        client_for(serving(points_to(ADDRESS), then=around)).media.fetch("m1")


@pytest.mark.parametrize(
    "kind", ["text/html", "application/javascript", "image/svg+xml", "application/x-msdownload", ""]
)
def test_executable_content_is_rejected(client_for, kind):
    page = always(200, content=b"<script>", headers={"Content-Type": kind})
    with pytest.raises(MediaRefused):
        client_for(serving(points_to(ADDRESS), then=page)).media.fetch("m1")


def test_a_large_attachment_is_rejected_by_header_and_by_size(client_for):
    told = {"Content-Type": "video/mp4", "Content-Length": str(5 * 1024**3)}

    def without_length(_):
        chunks = (b"x" * 1_000_000 for _ in range(5_000))
        return httpx.Response(200, content=chunks, headers={"Content-Type": "video/mp4"})

    for then in (always(200, headers=told), without_length):
        with pytest.raises(MediaRefused, match="too large"):
            client_for(serving(points_to(ADDRESS), then=then)).media.fetch("m1")


def test_content_compressed_twice_is_rejected(client_for):
    bomb = gzip.compress(gzip.compress(bytes(downloads.MOST_BYTES * 4)))

    def packed(kind):
        headers = {"Content-Type": kind, "Content-Encoding": "gzip, gzip"}
        return lambda _: httpx.Response(200, headers=headers, stream=httpx.ByteStream(bomb))

    tracemalloc.start()
    with pytest.raises(MediaRefused, match="compressed"):
        client_for(serving(points_to(ADDRESS), then=packed("image/png"))).media.fetch("m1")
    with pytest.raises(AnswerUnreadable, match="compressed"):
        client_for(serving(packed("application/json"))).media.fetch("m1")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < downloads.MOST_BYTES


def test_a_slow_download_fails(client_for):
    time = MadeTime()

    def drip(_):
        def chunks():
            while True:
                time.seconds += 10
                yield b"x"

        return httpx.Response(200, content=chunks(), headers={"Content-Type": "image/png"})

    with pytest.raises(AnswerLost, match="too slow"):
        client_for(serving(points_to(ADDRESS), then=drip), time=time).media.fetch("m1")


def test_slow_headers_close_the_connection():
    host = socket.create_server(("127.0.0.1", 0))

    def drip():
        caller, _ = host.accept()
        with caller, contextlib.suppress(OSError):
            caller.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                caller.sendall(b"X-Drop: 1\r\n")
                time.sleep(0.02)

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    home = f"http://127.0.0.1:{host.getsockname()[1]}"
    with httpx.Client() as http:
        fetching = downloads.Downloads(http, home=home, monotonic=time.monotonic, seconds=0.2)
        with pytest.raises(AnswerLost):
            fetching.fetch(f"{home}/a.png")
    dripping.join()
    host.close()


@pytest.mark.parametrize(
    ("first", "error"),
    [
        (always(404), NotFound),
        (always(200, text="<html>", headers={"Content-Type": "application/json"}), AnswerLost),
        (always(200, json=["https://files.example/"]), AnswerLost),
        (always(200, json={"url": 7}), AnswerLost),
        (always(204), MediaRefused),
        (always(503), AnswerLost),
    ],
)
def test_invalid_responses_raise_their_errors(client_for, first, error):
    with pytest.raises(error):
        client_for(serving(first)).media.fetch("m1")


def test_an_unknown_host_fails(client_for):
    def hosts(*_):
        raise OSError("unknown")

    with pytest.raises(AnswerLost):
        client_for(serving(points_to(ADDRESS)), hosts=hosts).media.fetch("m1")


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "a..example", ".example"])
def test_an_invalid_host_name_fails(client_for, name):
    answer = serving(points_to(f"https://{name}/a.png"))
    with pytest.raises(AnswerLost):
        client_for(answer, hosts=downloads.resolve).media.fetch("m1")


def test_a_connection_is_not_reused_for_another_host(client_for):
    answer = serving(points_to(ADDRESS))
    client_for(answer).media.fetch("m1")
    assert answer.asked[1].headers["connection"] == "close"


def test_this_machine_is_allowed_only_as_the_api_host(client_for):
    api = "http://127.0.0.1:8765/v1"
    client = client_for(serving(points_to("http://127.0.0.1:8765/files/a")), api=api)
    assert client.media.fetch("m1").content
    for other in ("http://127.0.0.1:9999/a", "http://localhost:8765/a"):
        with pytest.raises(MediaRefused):
            client_for(serving(points_to(other)), api=api).media.fetch("m1")


def test_an_attachment_id_cannot_change_the_path(client_for):
    answer = serving(always(200, **PICTURE))
    client_for(answer).media.fetch("../contacts/1?x=#y")
    assert answer.asked[0].url.raw_path == b"/v1/media/..%2Fcontacts%2F1%3Fx%3D%23y"


@given(st.text(max_size=200))
def test_any_url_is_downloaded_or_rejected(address):
    fetching = downloads.Downloads(
        httpx.Client(transport=httpx.MockTransport(always(200, **PICTURE))),
        home=API,
        monotonic=lambda: 0.0,
        resolve=lambda *_: [OUTSIDE],
    )
    with pytest.raises((MediaRefused, AnswerLost)):
        fetching.fetch(address)
