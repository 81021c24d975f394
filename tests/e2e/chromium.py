"""Find and start the installed Chromium."""

import contextlib
import os
import shutil
import time

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
    """Return the path of Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextlib.contextmanager
def open_chromium():
    with _real_clock():
        running = sync_playwright()
        playwright = running.start()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()
        playwright.stop()


def set_clock(context):
    """Return the pages of a browser context the clock of the tests, where that is a faked one."""
    if "FAKETIME" in os.environ:
        context.clock.install(time=time.time())


@contextlib.contextmanager
def _real_clock():
    """Start programs without libfaketime, under which Chromium stands still."""
    preloaded = os.environ.pop("LD_PRELOAD", None)
    try:
        yield
    finally:
        if preloaded is not None:
            os.environ["LD_PRELOAD"] = preloaded
