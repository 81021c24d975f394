"""The page about performance: its tables are what the benchmark measured last."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path("docs/explanation/performance.md")


def write_section(page, name, rows):
    """Replace the table of one part between its marks; a page without the marks raises."""
    begin, end = f"<!-- {name}: measured by make bench -->", f"<!-- end of {name} -->"
    old = page.read_text()
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(old):
        raise LookupError(f"{page} has no place for {name}")
    lines = [
        f"Measured on {datetime.now(UTC):%B %-d, %Y}: {machine()}.",
        "",
        "| What | Measured | Aim |",
        "|---|---|---|",
        *(_line(*row) for row in rows),
    ]
    new = "\n".join([begin, "", *lines, "", end])
    page.write_text(pattern.sub(lambda _: new, old))


def machine():
    """Return what the figures were measured on."""
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} processors ({platform.machine()}),"
        f" {platform.system()} {platform.release().partition('-')[0]}"
    )


def _line(what, measured, bar):
    detail = "– " if what.startswith(" ") else ""
    return f"| {detail}{what.strip()} | {measured} | {bar} |"
