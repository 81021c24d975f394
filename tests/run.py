"""Runs the whole test suite in two parts and prints one line for each at the end.

The browser tests share one Chromium and one demo, so they run in one process, after the others.
They also run if other tests failed. Arguments go to the first part.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.e2e.chromium import NONE, find_chromium

PYTEST = [sys.executable, "-m", "pytest"]
BROWSER = ["tests/e2e", "-m", "e2e", "-n", "0", "-q"]


def run(arguments: list[str], report: Path) -> tuple[bool, str]:
    """Run pytest; return whether it passed, and its counts as text."""
    command = [*PYTEST, "-rs", *arguments, f"--junit-xml={report}"]
    code = subprocess.run(command, check=False).returncode
    if not report.exists():
        return False, f"did not start (pytest exited with {code})"
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 (written by our own pytest)
    counts = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    failed = counts["failures"] + counts["errors"]
    ran = f"{counts['tests'] - counts['skipped']:,} ran, {failed:,} failed"
    left_out = f", {counts['skipped']:,} skipped" if counts["skipped"] else ""
    return code == 0, f"{ran}{left_out}, {float(suite.get('time')):.0f} s"


def main(arguments: list[str]) -> int:
    """Run both parts and return 1 if either failed."""
    with tempfile.TemporaryDirectory() as folder:
        passed, said = run(arguments, Path(folder) / "tests.xml")
        in_browser, said_in_browser = True, f"skipped. {NONE}"
        if find_chromium() is not None:
            in_browser, said_in_browser = run(BROWSER, Path(folder) / "browser.xml")
    print(f"\nTests:         {said}\nBrowser tests: {said_in_browser}")
    return 0 if passed and in_browser else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
