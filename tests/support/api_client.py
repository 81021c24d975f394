"""API client with given answers and a simulated clock."""

import httpx

from bot.clock import Clock
from bot.vocatech.client import VocatechClient
from bot.vocatech.downloads import Downloads
from bot.vocatech.http import HttpClient
from bot.vocatech.rate_limiter import QuotaLimiter

API = "https://api.example/v1"
OUTSIDE = "93.184.215.14"


class MadeTime:
    """A clock that advances when a caller waits."""

    def __init__(self):
        self.seconds = 1_800_000_000.0
        self.clock = Clock(self.now, self.now)
        self.is_stopping = False

    def now(self):
        return self.seconds

    def wait(self, seconds):
        self.seconds += seconds
        return self.is_stopping


def always(*args, **kwargs):
    """Return a function that gives every request the same answer."""
    return lambda _: httpx.Response(*args, **kwargs)


def make_client(answer, ledger, time=None, *, hosts=None, on_limit=lambda: None, api=API):
    """Return a client whose requests are answered by a function; `hosts` resolves names."""
    time = time or MadeTime()
    transport = httpx.MockTransport(answer)
    http = httpx.Client(base_url=api, transport=transport, headers={"Authorization": "Bearer k"})
    downloads = Downloads(
        httpx.Client(transport=transport),
        home=api,
        monotonic=time.now,
        resolve=hosts or (lambda *_: [OUTSIDE]),
    )
    limiter = QuotaLimiter(ledger, clock=time.clock, wait=time.wait)
    return VocatechClient(HttpClient(http, limiter, on_limit), downloads, "US")
