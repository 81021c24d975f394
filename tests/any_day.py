"""Test runs at other dates: each weekday, midnights, month ends, year ends, clock changes.

`make any-day` runs everything at seven moments and the tests marked `calendar` at the others;
`.ci/run` runs the latter at one moment, chosen at random. The wall clock is faked by libfaketime
(Debian's package `faketime`). The monotonic clock stays real, because tests that wait rely on it.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
PYTEST = [sys.executable, "-m", "pytest", "-q"]
CALENDAR = [*PYTEST, "-m", "calendar and not chaos and not e2e"]
EVERYTHING = (
    PYTEST,
    [*PYTEST, "tests/e2e", "-m", "e2e", "-n", "0"],
    [sys.executable, "-m", "bot", "demo", "--check"],
)


@dataclass(frozen=True)
class Moment:
    """A UTC date and time, the machine's time zone, and whether everything runs at it.

    With `per_file`, each file of tests begins at it; the run would be past it after a minute.
    """

    utc: str
    zone: str
    whole: bool = False
    per_file: bool = False

    def __str__(self) -> str:
        day = datetime.fromisoformat(self.utc)
        return f"{day:%a %Y-%m-%d %H:%M} UTC, TZ={self.zone}"


MOMENTS = (
    Moment("2026-11-30 12:00", "UTC"),
    Moment("2026-12-01 12:00", "America/New_York", whole=True),
    Moment("2026-12-02 05:00", "UTC", whole=True, per_file=True),  # a day begins in New York
    Moment("2026-12-02 12:00", "Asia/Kolkata"),
    Moment("2026-12-03 12:00", "Pacific/Auckland"),
    Moment("2026-12-04 12:00", "UTC"),
    Moment("2026-12-05 12:00", "America/New_York"),
    Moment("2026-12-06 12:00", "Asia/Kolkata"),
    Moment("2026-12-05 23:59", "Pacific/Auckland", whole=True),
    Moment("2026-12-07 00:00", "UTC", whole=True, per_file=True),
    Moment("2026-12-31 23:50", "Asia/Kolkata", whole=True),
    Moment("2027-01-01 12:00", "America/New_York"),
    Moment("2027-02-28 12:00", "Asia/Kolkata"),
    Moment("2027-03-14 06:55", "America/New_York", whole=True),  # an hour is skipped at 07:00
    Moment("2027-03-28 00:55", "UTC"),  # Europe skips an hour at 01:00
    Moment("2027-10-31 00:55", "Pacific/Auckland"),  # Europe repeats an hour at 01:00
    Moment("2027-11-07 05:55", "America/New_York"),  # an hour is repeated at 06:00
    Moment("2028-02-29 12:00", "UTC", whole=True),
)


def find_library() -> Path | None:
    """Return libfaketime's path, or None if it isn't installed."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


def run_at(moment: Moment, command: list[str], library: Path) -> tuple[bool, str]:
    """Run a command with the wall clock set to a moment; return whether it succeeded, and a title.

    Its output is printed at the end, so that runs side by side don't mix.
    """
    start = datetime.fromisoformat(moment.utc).replace(tzinfo=UTC).timestamp()
    faked = {
        "LD_PRELOAD": str(library),
        # An offset, so that child processes that start later share the parent's time.
        "FAKETIME": f"{start - time.time():+.0f}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Otherwise threads that wait for Python's global lock don't sleep: ten times the work.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "TZ": moment.zone,
        "PYTHONPATH": str(HERE / "faked_clock"),
    }
    if moment.per_file:
        # libfaketime reads the changed offset only without its cache.
        faked |= {"FAKETIME_NO_CACHE": "1", "CLOCK_PER_FILE": f"{start}"}
        faked |= {"PYTEST_ADDOPTS": "-p clock_per_file"}
    title, began = f"{moment}: {' '.join(command[1:])}", time.monotonic()
    done = subprocess.run(
        command,
        env={**os.environ, **faked},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    print(f"\n=== {title}\n{done.stdout}=== took {seconds:.0f} s", flush=True)
    return done.returncode == 0, title


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--random", action="store_true", help="calendar tests at one random moment")
    parser.add_argument("--at", help="only the moments whose text contains this")
    parser.add_argument("--jobs", type=int, default=2, help="how many run at the same time")
    given = parser.parse_args()
    library = find_library()
    if library is None:
        print("Tests at other dates: skipped. Install libfaketime (Debian's package: faketime).")
        return 0 if given.random else 1
    moments = [moment for moment in MOMENTS if not given.at or given.at in str(moment)]
    if given.random:
        moments = [random.choice(moments)]
    with ThreadPoolExecutor(given.jobs) as jobs:
        runs = [
            jobs.submit(run_at, moment, command, library)
            for moment in moments
            for command in (EVERYTHING if moment.whole and not given.random else (CALENDAR,))
        ]
        failed = [title for succeeded, title in (run.result() for run in runs) if not succeeded]
    print(f"\n{len(moments)} moments, {len(runs)} runs, {len(failed)} failed", *failed, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
