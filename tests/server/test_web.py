"""HTTP server under pressure: many connections, high file numbers, dead threads."""

import contextlib
import os
import socket
import threading
import time

import pytest

from bot.cli.run import wait_until
from bot.server.web import MOST_CONNECTIONS, Server, WsgiApp, answer_json
from tests.conftest import wait_for
from tests.support import http
from tests.support.webhooks import ended, send


@pytest.fixture
def server():
    refused = []
    table = {"/": {"GET": lambda _: answer_json(200, ok=True), "POST": _answer_length}}
    made = Server(WsgiApp(table, count_refusal=refused.append), host="127.0.0.1", port=0)
    made.start()
    yield made
    made.stop()


def _answer_length(request):
    return answer_json(200, length=len(request.body))


@contextlib.contextmanager
def connections(server, number, begin=b""):
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(number):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            one.sendall(begin)
            opened.append(one)
        yield opened


def test_quiet_connections_keep_no_request_out(server):
    with connections(server, 2 * MOST_CONNECTIONS):
        answers = [
            http.post(f"http://127.0.0.1:{server.port}/", content=b"x" * n) for n in range(20)
        ]
    assert [answer.json()["length"] for answer in answers] == [*range(20)]


def test_uploads_that_are_never_finished_keep_no_request_out(server):
    begin = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 900000\r\n\r\n" + b"x" * 10_000
    with connections(server, MOST_CONNECTIONS, begin):
        time.sleep(1.1)  # an upload that has just begun is not taken for a stalled one
        answer = http.get(f"http://127.0.0.1:{server.port}/")
    assert answer.status_code == 200


def test_request_in_progress_is_not_cut_by_new_connections(server):
    begin = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n12345"
    with (
        connections(server, MOST_CONNECTIONS),
        connections(server, 1, begin) as [upload],
        connections(server, 5),
    ):
        upload.sendall(b"67890")
        upload.settimeout(10)
        assert b"200 OK" in upload.recv(4096)


def test_file_numbers_above_1023_do_no_harm(server):
    with contextlib.ExitStack() as stack:
        for _ in range(1_100):
            number = os.open(os.devnull, os.O_RDONLY)
            stack.callback(os.close, number)
        answers = [http.get(f"http://127.0.0.1:{server.port}/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert server.is_alive()


def test_idle_keep_alive_connection_stays_open_longer_than_a_proxy_keeps_it(server):
    assert server._server.adj.channel_timeout > 120


def test_dead_thread_ends_the_command(monkeypatch):
    monkeypatch.setattr("bot.cli.run.SECONDS_BETWEEN_CHECKS", 0.01)
    stop = threading.Event()
    assert wait_until(stop, lambda: ["web"]) == 1
    threading.Timer(0.1, stop.set).start()
    assert wait_until(stop, list) == 0


def _end_web(bot):
    loop = bot.server._server  # waitress's own, which has to fail here
    loop.maintenance, loop.next_channel_cleanup = _fail, 0


def _end_workers(bot):
    bot.workers._find = _fail
    bot.workers.wake()


def _end_scheduler(bot):
    keeper = bot.scheduler._scheduler  # APScheduler's
    keeper._process_jobs = _fail
    keeper.wakeup()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("name", "end"),
    [("web", _end_web), ("workers", _end_workers), ("scheduler", _end_scheduler)],
)
def test_each_thread_that_the_app_needs_is_watched(start_bot, name, end):
    bot = start_bot().bot
    assert bot.dead_threads() == []
    end(bot)
    wait_for(lambda: bot.dead_threads() == [name])


def _fail(*_):
    raise SystemExit  # any other error would be reported as one of the test


@pytest.mark.parametrize("is_replaced", [False, True])
def test_webhook_is_not_accepted_once_the_database_file_is_gone(bot, tmp_path, is_replaced):

    assert send(bot.url, ended("before")).status_code == 200
    (tmp_path / "bot.db").rename(tmp_path / "elsewhere.db")
    if is_replaced:
        (tmp_path / "bot.db").write_bytes((tmp_path / "elsewhere.db").read_bytes())
    assert send(bot.url, ended("after")).status_code >= 500
    assert bot.http.get("/readyz").status_code == 503
