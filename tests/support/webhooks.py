"""Signed webhooks, sent until they are answered with 200, as Vocatech does."""

import contextlib
import hashlib
import hmac
import json
import threading
import time

import httpx

SECRET = "demo-webhook-secret"
# Connections end with their request: the app that they lead to may be stopped at any time, and with
# many threads, httpcore may close an idle connection that another request is about to use.
CLOSE = {"Connection": "close"}
# One client for all, as making one takes longer than a request.
HTTP = httpx.Client(timeout=60.0, headers=CLOSE)


def signed(body, *, secret=SECRET, stamp=None):
    stamp = int(time.time()) if stamp is None else stamp
    mac = hmac.new(secret.encode(), f"t={stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Vocatech-Signature": f"t={stamp},v1={mac}", "Content-Type": "application/json"}


def event(kind, call_id, **data):
    facts = {"call_id": call_id, "direction": "incoming", "remote_number": "+12125550123", **data}
    return {"id": f"evt_{kind}_{call_id}", "event_type": kind, "data": facts}


def ended(call_id, **data):
    now = time.time()
    return event("call.ended", call_id, start_time=now - 60, end_time=now, duration=60, **data)


def send(url, payload, **how):
    """Send a webhook once."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return HTTP.post(f"{url}/vocatech/webhooks", content=body, headers=signed(body, **how))


def send_until_taken(url, payload, *, seconds=60.0):
    """Send a webhook repeatedly until it is answered with 200, as Vocatech does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if send(url, payload).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise AssertionError("the bot never took the webhook")


@contextlib.contextmanager
def posts_waiting(slack):
    """Let the fake Slack answer no post before the webhooks inside are sent, however slowly."""
    are_sent, before = threading.Event(), slack.before_method

    def wait(method, params):
        if method == "chat.postMessage":
            are_sent.wait(timeout=60)
        if before is not None:
            before(method, params)

    slack.before_method = wait
    try:
        yield
    finally:
        are_sent.set()
        slack.before_method = before
