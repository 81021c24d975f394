"""Measures what grows with the number of calls: each figure with few calls and with a million."""

import math
import tempfile

from tests.bench.claims import measure_claims
from tests.bench.commands import measure_full_store
from tests.bench.contacts import measure_contact_command
from tests.bench.digest import measure_month
from tests.bench.home import measure_home
from tests.bench.routing import measure_routing

MEASURES = (
    measure_full_store,
    lambda row, folder, count: measure_contact_command(row, folder, count // 10),
    measure_home,
    measure_claims,
    measure_routing,
    measure_month,
)


MODAL = "modal: "


def measure_growth(row, few, many):
    """Print a slope for each figure: 0 for one that stays the same, 1 for one that grows alike."""
    figures = {few: {}, many: {}}
    for measure in MEASURES:
        for count in (few, many):
            with tempfile.TemporaryDirectory() as folder:
                shown = row if count == many else lambda *_: None
                figures[count] |= measure(shown, folder, count)

    def slope_of(name):
        return math.log(figures[many][name] / figures[few][name]) / math.log(many / few)

    others = [name for name in figures[few] if not name.startswith(MODAL)]
    modal = max(figures[few].keys() - set(others), key=slope_of)
    for name in [*others, modal]:
        small, great = figures[few][name], figures[many][name]
        what = f"growth of {name}" + (", the steepest one" if name == modal else "")
        row(what, f"{small:,.2f} to {great:,.2f}: slope {slope_of(name):z.2f}", "slope 0")
