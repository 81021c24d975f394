"""The benchmarks of growth still run: they call much of the app from the inside."""

import pytest

from tests.bench.growth import measure_growth
from tests.bench.modals import SHOWN


@pytest.mark.chaos
def test_all_figures_of_growth_are_measured():
    rows = []
    measure_growth(lambda *cells: rows.append(cells), 3_000, 6_000)
    slopes = [what for what, *_ in rows if what.startswith("growth of ")]
    for figure in ("/calls", "App Home", "list of callbacks"):
        assert f"growth of {figure}" in slopes
    modals = [what for what, *_ in rows if what.startswith("modal: ")]
    assert len(modals) == SHOWN + 1
    assert sum(what.startswith("growth of modal: ") for what in slopes) == 1
