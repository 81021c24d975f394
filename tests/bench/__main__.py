"""Measures speed and size, compared with minimal servers: `make bench`."""

import argparse
import sys
import tempfile
import time
from functools import partial

from tests.bench.backfill import measure_backfill
from tests.bench.contacts import measure_contacts
from tests.bench.digest import measure_channels
from tests.bench.growth import measure_growth
from tests.bench.intake import measure_intake
from tests.bench.maintenance import measure_maintenance
from tests.bench.page import measure_page
from tests.bench.posting import measure_all_posting
from tests.bench.report import PAGE, machine, write_section
from tests.bench.size import measure_size
from tests.bench.texts import measure_sending
from tests.bench.wire import row


def measure_in_folder(measure, row, *arguments, **named):
    with tempfile.TemporaryDirectory() as folder:
        measure(row, folder, *arguments, **named)


def parts_of(*, quick):
    """Return what measures each part; it is given a function that takes a row."""
    few, many = (5_000, 50_000) if quick else (10_000, 1_000_000)
    contacts, sends, minutes = many // 10, 20 if quick else 60, 0.5 if quick else 1.5
    return {
        "intake": partial(measure_intake, quick=quick),
        "posting": partial(measure_all_posting, quick=quick),
        "size": partial(measure_size, count=500 if quick else 2_000),
        "growth": partial(measure_growth, few=few, many=many),
        "digests": partial(measure_in_folder, measure_channels),
        "contacts": lambda row: measure_in_folder(measure_contacts, row, contacts),
        "backfill": lambda row: measure_in_folder(measure_backfill, row, quick=quick),
        "texts": lambda row: measure_in_folder(measure_sending, row, contacts, sends=sends),
        "maintenance": lambda row: measure_in_folder(measure_maintenance, row, minutes=minutes),
        "page": measure_page,
    }


def main():
    # Multiprocessing doesn't import this file in its processes, so what runs there is elsewhere.
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter, for a first look")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE}")
    parser.add_argument("parts", nargs="*", help="only these parts, such as intake")
    given = parser.parse_args()
    print(f"{machine()}\n")
    row("what", "measured", "bar")
    print(f"|{'-' * 64}|{'-' * 54}|{'-' * 32}|")
    for name, measure in parts_of(quick=given.quick).items():
        if given.parts and name not in given.parts:
            continue
        began, rows = time.monotonic(), []

        def keep(*cells, rows=rows):
            rows.append(cells)
            row(*cells)

        measure(keep)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
        if given.write:
            write_section(PAGE, name, rows)


if __name__ == "__main__":
    sys.exit(main())
