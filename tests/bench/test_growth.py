"""The benchmarks of growth still run: they call much of the app from the inside."""

import pytest

from tests.bench.growth import measure_growth


@pytest.mark.chaos
def test_all_figures_of_growth_are_measured():
    rows = []
    measure_growth(lambda *cells: rows.append(cells), 3_000, 6_000)
    slopes = [what for what, *_ in rows if what.startswith("growth of ")]
    assert len(slopes) > 30
    for figure in ("/calls", "App Home", "modal: card, History", "list of callbacks"):
        assert f"growth of {figure}" in slopes
