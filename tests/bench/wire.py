"""Raw HTTP for the benchmarks: requests built beforehand, sent fast or at a pace."""

import json
import socket
import statistics
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.webhooks import ended, signed


def resident():
    """Return the memory of this process in MB, now and at its peak.

    The peak in `getrusage` includes that of the process that started this one.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    found = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
    return int(found["VmRSS"]) / 1024, int(found["VmHWM"]) / 1024


def row(what, measured, bar):
    print(f"| {what:<62} | {measured:<52} | {bar:<30} |", flush=True)


def p99(seconds):
    ordered = sorted(seconds)
    return ordered[max(0, int(len(ordered) * 0.99) - 1)]


def in_ms(seconds):
    """Return the median, the 99th percentile, and the worst, in words."""
    if not seconds:
        return "none"
    three = statistics.median(seconds), p99(seconds), max(seconds)
    p50, slow, worst = (f"{one * 1000:,.1f}" for one in three)
    return f"p50 {p50}, p99 {slow}, worst {worst} ms"


def raw_request(body):
    headers = {**signed(body), "Host": "127.0.0.1", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /vocatech/webhooks HTTP/1.1\r\n{head}\r\n".encode() + body


def requests_for(count, prefix, line=None):
    """Return webhooks about missed calls from different callers, signed now.

    They are for a hundred channels in turn, or for the one of a line.
    """
    payloads = [
        ended(
            f"{prefix}-{n}",
            extension=str(line or 1000 + n % 100),
            remote_number=f"+1212{zlib.crc32(prefix.encode()) % 100:02}{n % 100_000:05}",
        )
        for n in range(count)
    ]
    return [raw_request(json.dumps(payload).encode()) for payload in payloads]


def connect(url):
    host, port = url.removeprefix("http://").split(":")
    made = socket.create_connection((host, int(port)))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def exchange(connection, request):
    connection.sendall(request)
    answer = connection.recv(65536)
    while not is_whole(answer):
        answer += connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]


def is_whole(answer):
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


def run_together(work, parts):
    """Run one thread for each part; return the seconds, or raise what one of them raised."""
    began = time.monotonic()
    with ThreadPoolExecutor(len(parts)) as pool:
        list(pool.map(work, parts))
    return time.monotonic() - began


def rate(url, requests, connections):
    """Send all requests over that many connections; return requests a second."""

    def work(mine):
        with connect(url) as connection:
            for request in mine:
                exchange(connection, request)

    return len(requests) / run_together(
        work, [requests[n::connections] for n in range(connections)]
    )


def answer_times(url, requests, a_second, connections=4):
    """Send at a fixed pace; return when each was sent, and the seconds until its answer.

    The time counts from when a request was due, so an answer that is late also counts for the
    requests that had to wait behind it.
    """
    sent, times, began = [0.0] * len(requests), [0.0] * len(requests), time.monotonic() + 0.05

    def work(first):
        with connect(url) as connection:
            for number in range(first, len(requests), connections):
                due = began + number / a_second
                time.sleep(max(0.0, due - time.monotonic()))
                sent[number] = time.monotonic()
                exchange(connection, requests[number])
                times[number] = time.monotonic() - due

    run_together(work, range(connections))
    return sent, times
