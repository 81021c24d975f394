"""The geometry of charts drawn as SVG."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 520
HEIGHT: Final = 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 8, 12, 26
_STEPS: Final = (1, 2, 5, 10)


@dataclass(frozen=True)
class Slice:
    """A slice of a pie chart; `share` is in percent."""

    path: str
    label: str
    value: float
    share: int


@dataclass(frozen=True)
class Plot:
    """A bar, line, or area chart in SVG coordinates."""

    ticks: Sequence[tuple[float, str]]
    labels: Sequence[tuple[float, str]]
    bars: Sequence[tuple[int, str, str, float, float, float, float]]
    lines: Sequence[tuple[int, str, str]]
    base: float


def pie(segments: Sequence[Mapping[str, Any]], *, radius: float = 90) -> list[Slice]:
    """Return the slices of a pie chart around the origin, clockwise from the top."""
    values = [max(0.0, _number(segment.get("value"))) for segment in segments]
    whole, turned, slices = sum(values) or 1.0, 0.0, []
    for segment, value in zip(segments, values, strict=True):
        share = value / whole
        path = _wedge(turned, min(share, 0.9999), radius)
        slices.append(Slice(path, str(segment.get("label", "")), value, round(100 * share)))
        turned += share
    return slices


def plot(chart: Mapping[str, Any]) -> Plot:
    """Lay out a chart with axes; labels that don't fit are skipped."""
    axis = chart.get("axis_config") or {}
    series = chart.get("series") or []
    names = [str(name) for name in axis.get("categories") or _labels(series)]
    rows = [_row(one, names) for one in series]
    top, step = _scale(max((value for row in rows for value in row), default=0.0))
    base = HEIGHT - _BOTTOM
    room = (WIDTH - _LEFT - _RIGHT) / max(1, len(names))

    def high(value: float) -> float:
        return round(base - (base - _TOP) * value / top, 1)

    middles = [round(_LEFT + room * (at + 0.5), 1) for at in range(len(names))]
    every = max(1, math.ceil(sum(len(name) + 2 for name in names) * 6.2 / (WIDTH - _LEFT)))
    wide = max(2.0, min(26.0, room * 0.72 / max(1, len(rows))))
    return Plot(
        ticks=[(high(at * step), f"{at * step:g}") for at in range(round(top / step) + 1)],
        labels=[pair for at, pair in enumerate(zip(middles, names, strict=True)) if not at % every],
        bars=[
            (
                at,
                f"{series[at].get('name', '')}, {names[column]}: {value:g}",
                names[column],
                round(middles[column] + (at - len(rows) / 2) * wide, 1),
                high(value),
                round(wide - 1.5, 1),
                max(0.0, round(base - high(value), 1)),
            )
            for at, row in enumerate(rows)
            for column, value in enumerate(row)
        ],
        lines=[
            (
                at,
                str(series[at].get("name", "")),
                " ".join(f"{x},{high(value)}" for x, value in zip(middles, row, strict=True)),
            )
            for at, row in enumerate(rows)
        ],
        base=base,
    )


def _labels(series: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(point.get("label", "")) for point in series[0].get("data") or []] if series else []


def _row(series: Mapping[str, Any], names: Sequence[str]) -> list[float]:
    found = {str(p.get("label")): _number(p.get("value")) for p in series.get("data") or []}
    return [found.get(name, 0.0) for name in names]


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _scale(highest: float) -> tuple[float, float]:
    if highest <= 0:
        return 1.0, 1.0
    size = 10.0 ** math.floor(math.log10(highest / 4)) if highest > 0 else 1.0
    step = next(size * by for by in _STEPS if size * by * 4 >= highest)
    if highest >= 1 and step < 1:
        step = 1.0
    return step * max(1, math.ceil(highest / step)), step


def _wedge(start: float, share: float, radius: float) -> str:
    def point(turn: float) -> str:
        angle = 2 * math.pi * turn
        return f"{radius * math.sin(angle):.2f} {-radius * math.cos(angle):.2f}"

    large = int(share > 1 / 2)
    return f"M0 0 L{point(start)} A{radius:g} {radius:g} 0 {large} 1 {point(start + share)} Z"
