"""Output of the check results: a table for people or JSON for machines."""

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.doctor.model import CheckResult, Verdict, all_ok, count

# Symbols on a UTF-8 terminal; elsewhere, the words themselves.
MARKS = {Verdict.OK: "✓", Verdict.WARNING: "!", Verdict.PROBLEM: "✗", Verdict.UNTRIED: "–"}
STYLES = {
    Verdict.OK: "green",
    Verdict.WARNING: "yellow",
    Verdict.PROBLEM: "bold red",
    Verdict.UNTRIED: "dim",
}
WIDEST = 100
WIDTH_OF_WHAT = 15


def as_json(findings: Sequence[CheckResult]) -> dict[str, Any]:
    """Return the results as JSON values under stable keys."""
    return {
        "ok": all_ok(findings),
        "findings": [
            {
                "key": finding.key,
                "group": finding.group,
                "what": finding.what,
                "verdict": finding.verdict.value,
                "found": finding.found,
                "remedy": finding.remedy or None,
                "facts": dict(finding.facts),
            }
            for finding in findings
        ],
    }


def write_json(console: Console, findings: Sequence[CheckResult]) -> None:
    """Write the results as one JSON object."""
    console.file.write(json.dumps(as_json(findings), indent=2) + "\n")


def write_table(console: Console, findings: Sequence[CheckResult]) -> None:
    """Write a table for each group and, below them, a remedy for each warning and problem."""
    for group, members in groupby(findings, key=lambda finding: finding.group):
        console.print(Text(group, style="bold"))
        console.print(Padding(_table(console, list(members)), (0, 0, 1, 2), expand=False))
    for finding in findings:
        if finding.remedy:
            console.print(_paragraph(console, finding))
    console.print(Text(summarise(findings), style="bold"))


def summarise(findings: Sequence[CheckResult]) -> str:
    """Return the overall result in one sentence."""
    counts = dict.fromkeys(Verdict, 0)
    for finding in findings:
        counts[finding.verdict] += 1
    words = [
        count(counts[Verdict.PROBLEM], "problem") if counts[Verdict.PROBLEM] else "",
        count(counts[Verdict.WARNING], "warning") if counts[Verdict.WARNING] else "",
        f"{counts[Verdict.UNTRIED]} not tried" if counts[Verdict.UNTRIED] else "",
    ]
    rest = ", ".join(word for word in words if word)
    if not all_ok(findings):
        return f"The setup isn't ready: {rest}."
    return f"The setup is ready{f': {rest}' if rest else ''}."


def _mark(console: Console, verdict: Verdict) -> Text:
    is_drawn = console.is_terminal and console.encoding.lower().startswith("utf")
    return Text(MARKS[verdict] if is_drawn else verdict.value, style=STYLES[verdict])


def _table(console: Console, findings: Sequence[CheckResult]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    is_narrow = len(_mark(console, Verdict.UNTRIED)) == 1
    table.add_column(width=1 if is_narrow else len(Verdict.UNTRIED))
    table.add_column(width=WIDTH_OF_WHAT)
    table.add_column(overflow="fold")
    for finding in findings:
        # Text, not markup, because parts of it come from outside.
        table.add_row(_mark(console, finding.verdict), Text(finding.what), Text(finding.found))
    return table


def _paragraph(console: Console, finding: CheckResult) -> Padding:
    mark = _mark(console, finding.verdict)
    words = Text.assemble(mark, " ", (f"{finding.group}, {finding.what}: ", "bold"), finding.remedy)
    return Padding(words, (0, 0, 1, 0), expand=False)
