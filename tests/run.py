"""The whole test suite in two parts, each reported in one line at the end.

The tests in a browser share one Chromium and one demo, so they run in one process, at the end.
Both parts run whatever the first one finds. Arguments go to the first part.
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
    """Run pytest and return whether it passed, and its counts in words."""
    code = subprocess.run([*PYTEST, *arguments, f"--junit-xml={report}"], check=False).returncode
    if not report.exists():
        return False, f"did not start (pytest ended with {code})"
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 (our own pytest wrote it)
    counts = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    failed = counts["failures"] + counts["errors"]
    ran = f"{counts['tests'] - counts['skipped']:,} ran, {failed:,} failed"
    left_out = f", {counts['skipped']:,} left out" if counts["skipped"] else ""
    return code == 0, f"{ran}{left_out}, {float(suite.get('time')):.0f} s"


def main(arguments: list[str]) -> int:
    """Run both parts and return 1 if either failed."""
    with tempfile.TemporaryDirectory() as folder:
        passed, said = run(arguments, Path(folder) / "tests.xml")
        in_browser, said_in_browser = True, f"left out. {NONE}"
        if find_chromium() is not None:
            in_browser, said_in_browser = run(BROWSER, Path(folder) / "browser.xml")
    print(f"\nTests:         {said}\nBrowser tests: {said_in_browser}")
    return 0 if passed and in_browser else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
