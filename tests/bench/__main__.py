"""Measures speed and size, compared with minimal servers: `make bench`."""

import argparse
import os
import platform
import sys
import tempfile
import time

from tests.bench.backfill import measure_backfill
from tests.bench.contacts import measure_contacts
from tests.bench.digest import measure_channels
from tests.bench.growth import measure_growth
from tests.bench.intake import measure_intake
from tests.bench.maintenance import measure_maintenance
from tests.bench.page import measure_page
from tests.bench.posting import measure_all_posting
from tests.bench.size import measure_size
from tests.bench.texts import measure_sending
from tests.bench.wire import row


def measure_in_folder(measure, *arguments, **named):
    with tempfile.TemporaryDirectory() as folder:
        measure(row, folder, *arguments, **named)


def main():
    # Multiprocessing doesn't import this file in its processes, so what runs there is elsewhere.
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter, for a first look")
    parser.add_argument("parts", nargs="*", help="only these parts, such as intake")
    given = parser.parse_args()
    quick = given.quick
    few, many = (5_000, 50_000) if quick else (10_000, 1_000_000)
    parts = {
        "intake": lambda: measure_intake(row, quick=quick),
        "posting": lambda: measure_all_posting(row, quick=quick),
        "size": lambda: measure_size(row, 500 if quick else 2_000),
        "growth": lambda: measure_growth(row, few, many),
        "digests": lambda: measure_in_folder(measure_channels),
        "contacts": lambda: measure_in_folder(measure_contacts, many // 10),
        "backfill": lambda: measure_in_folder(measure_backfill, quick=quick),
        "texts": lambda: measure_in_folder(measure_sending, many // 10, sends=20 if quick else 60),
        "maintenance": lambda: measure_in_folder(
            measure_maintenance, minutes=0.5 if quick else 1.5
        ),
        "page": lambda: measure_page(row),
    }
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()},")
    print(f"{os.cpu_count()} processors, {platform.system()} {platform.release()}\n")
    row("what", "measured", "bar")
    print(f"|{'-' * 64}|{'-' * 54}|{'-' * 32}|")
    for name, measure in parts.items():
        if not given.parts or name in given.parts:
            began = time.monotonic()
            measure()
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
