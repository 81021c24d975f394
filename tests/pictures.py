"""Takes the documents' screenshots of the gallery: `make pictures`. Needs Chromium."""

import sys
from pathlib import Path

from playwright.sync_api import Page

from bot.sandbox.page.app import DemoPage
from bot.sandbox.slack.workspace import ANA, FakeSlack
from tests.e2e.chromium import open_chromium

PICTURES_FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
MOST_BYTES = 200_000
CALLER = ".section:has(.accessory)"  # a missed caller in a digest, with a button
# By file name: the examples in the picture, from top to bottom, and what is left out.
PICTURES = {
    "card": (("answered-call", "missed-call-claimed"), ""),
    "reply": (("reply-via-sms",), ""),
    "digest": (("weekly-digest",), f".chart ~ *, {CALLER} ~ {CALLER} ~ {CALLER}"),
    "home": (("home",), ".home > hr:nth-of-type(4) ~ *"),
}
ALONE = """([keys, leftOut]) => {
  const shown = keys.map((key) => document.querySelector(`#${key} .shown`));
  const frame = document.createElement("div");
  frame.id = "picture";
  frame.append(...shown);
  for (const one of leftOut ? frame.querySelectorAll(leftOut) : []) one.remove();
  document.body.className = "picture";
  document.body.replaceChildren(frame);
}"""


def take_pictures() -> None:
    """Write each picture and print its size; exit with 1 if one is too large."""
    with (
        FakeSlack() as slack,
        DemoPage(slack, user=ANA, scenarios={}, play=str, status=dict, log_lines=list) as gallery,
        open_chromium() as browser,
    ):
        page = browser.new_page(
            viewport={"width": 760, "height": 1200},
            device_scale_factor=2,
            color_scheme="light",
            locale="en-US",
            timezone_id="America/New_York",
        )
        page.clock.set_fixed_time("2026-11-23T15:05:00Z")
        for name, (examples, left_out) in PICTURES.items():
            page.goto(f"{gallery.url}/gallery")
            page.evaluate(ALONE, [examples, left_out])
            _save(page, PICTURES_FOLDER / f"{name}.png")


def _save(page: Page, path: Path) -> None:
    page.locator("#picture").screenshot(path=path)
    size = path.stat().st_size
    print(f"{path.name:12} {size:8,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"{path.name} is too large for a README")


if __name__ == "__main__":
    take_pictures()
