"""HTTP requests that wait long for an answer: on a busy machine, httpx's 5 seconds are too few."""

from functools import partial

import httpx

SECONDS = 60.0
get = partial(httpx.get, timeout=SECONDS)
post = partial(httpx.post, timeout=SECONDS)
Client = partial(httpx.Client, timeout=SECONDS)
