"""Finds and starts the machine's own Chromium, which asks nothing of the outside."""

import contextlib
import shutil

from playwright.sync_api import sync_playwright

NONE = "There is no Chromium here (Debian's package is chromium): nothing is tried in a browser."
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium():
    """Give the path of Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextlib.contextmanager
def open_chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()
