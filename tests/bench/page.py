"""Measures the demo page in Chromium: how soon a post appears, and scrolling a long channel."""

import statistics
import time

import httpx
from playwright.sync_api import expect

from bot.sandbox.page.app import DemoPage
from bot.sandbox.slack.workspace import ANA, CALLS, FakeSlack
from tests.e2e.chromium import NONE, find_chromium, open_chromium
from tests.support.page_samples import ANSWERED

POSTS, MESSAGES, FRAMES = 40, 1_000, 240
# The time when the frame after a new message is drawn.
WATCH = """() => {
  window.seen = {};
  new MutationObserver((changes) => {
    const nodes = changes.flatMap((change) => [...change.addedNodes]);
    const found = nodes.filter((node) => node.matches?.("article"));
    requestAnimationFrame(() => { for (const one of found) seen[one.dataset.ts] = Date.now(); });
  }).observe(document.getElementById("messages"), { childList: true });
}"""
SCROLL = """(frames) => new Promise((done) => {
  const list = document.getElementById("messages"), took = [];
  const step = (list.scrollHeight - list.clientHeight) / frames;
  let before = performance.now();
  requestAnimationFrame(function next(now) {
    took.push(now - before);
    before = now;
    list.scrollTop -= Math.max(step, 60);
    if (took.length <= frames) requestAnimationFrame(next); else done(took.slice(2));
  });
})"""


def post(slack):
    """Post a card as the app does; return its `ts` and when it was sent (unix milliseconds)."""
    began = time.time() * 1000
    answer = httpx.post(
        f"{slack.api_url}chat.postMessage",
        headers={"authorization": f"Bearer {slack.token}"},
        json={"channel": CALLS, "text": "A call.", "blocks": ANSWERED["blocks"]},
    ).json()
    return answer["ts"], began


def measure_seen(row, window, slack, what):
    """Post repeatedly, and measure when each post appears in a frame."""
    window.evaluate(WATCH)
    posted = []
    for _ in range(POSTS):
        posted.append(post(slack))
        window.wait_for_timeout(150)
    expect(window.locator(f'[data-ts="{posted[-1][0]}"]')).to_have_count(1, timeout=60_000)
    window.wait_for_timeout(100)
    seen = window.evaluate("seen")
    took = sorted(seen[ts] - began for ts, began in posted)
    ninety_five = took[int(len(took) * 0.95) - 1]
    measured = f"median {statistics.median(took):.0f} ms, p95 {ninety_five:.0f} ms"
    row(what, measured, "at most 200 ms")


def measure_page(row):
    """Open the page on an empty channel, then on a long one, and scroll through it."""
    if find_chromium() is None:
        row("the demo's page", NONE, "")
        return
    with (
        FakeSlack(limits=False) as slack,
        DemoPage(slack, user=ANA, scenarios={}, play=str, status=dict, log_lines=list) as page,
        open_chromium() as browser,
    ):
        window = browser.new_page(viewport={"width": 1440, "height": 900})
        window.goto(page.url, wait_until="domcontentloaded")
        post(slack)
        window.wait_for_selector("article")
        measure_seen(row, window, slack, "demo: a card's post to the reader's screen")
        for _ in range(MESSAGES - POSTS):
            post(slack)
        began = time.monotonic()
        window.reload(wait_until="domcontentloaded")
        expect(window.get_by_role("article")).to_have_count(MESSAGES + 1, timeout=60_000)
        opened = time.monotonic() - began
        row(f"demo: {MESSAGES:,} messages opened", f"{opened:.1f} s", "at most 2 s")
        measure_seen(row, window, slack, f"demo: the same with {MESSAGES:,} messages there")
        frames = sorted(window.evaluate(SCROLL, FRAMES))
        late = sum(one > 1000 / 30 for one in frames)
        middle, most = statistics.median(frames), frames[int(len(frames) * 0.99) - 1]
        measured = f"frame {middle:.1f} ms, p99 {most:.1f}, {late} late"
        row(f"demo: {MESSAGES:,} messages scrolled", measured, "17 ms, none over 33 ms")


if __name__ == "__main__":
    measure_page(print)
