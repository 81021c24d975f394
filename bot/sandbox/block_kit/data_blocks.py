"""Slack's rules for tables and charts."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.sandbox.block_kit.elements import ELEMENTS
from bot.sandbox.block_kit.rich_text import RICH_TEXT
from bot.sandbox.block_kit.schema import (
    Rule,
    anything,
    by_type,
    flag,
    identifier,
    integer,
    items_of,
    listing,
    number,
    objects_of,
    one_of,
    positive,
    problem,
    shape,
    string,
)

MOST_TABLE_CHARACTERS: Final = 10_000
_BLOCK: Final[Mapping[str, Rule]] = {"type": anything}
_ID: Final[Mapping[str, Rule]] = {"block_id": identifier}
_CELLS: Final[Mapping[str, Rule]] = {
    "raw_text": ELEMENTS["raw_text"],
    "raw_number": ELEMENTS["raw_number"],
    "rich_text": RICH_TEXT,
}
_SETTINGS: Final = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})


def characters(value: object) -> int:
    """Count the characters of all strings in a value."""
    if isinstance(value, dict):
        return sum(
            len(inner) if name == "text" and isinstance(inner, str) else characters(inner)
            for name, inner in value.items()
        )
    return sum(map(characters, value)) if isinstance(value, list) else 0


def _not_too_much(value: object, at: str) -> Iterator[str]:
    if characters(items_of(value, "rows")) > MOST_TABLE_CHARACTERS:
        yield problem(f"must be less than {MOST_TABLE_CHARACTERS + 1} characters", f"{at}/rows")


def _even_rows(value: object, at: str) -> Iterator[str]:
    if len({len(row) for row in items_of(value, "rows") if isinstance(row, list)}) > 1:
        yield problem("all rows must have the same number of columns", f"{at}/rows")


def _plain_head(value: object, at: str) -> Iterator[str]:
    head = next(iter(items_of(value, "rows")), None)
    for column, cell in enumerate(head if isinstance(head, list) else []):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            yield problem("unsupported type: rich_text", f"{at}/rows/0/{column}/type")


_POINT: Final = shape({"label": string(20, least=1), "value": number})
_SERIES: Final = shape({"name": string(20, least=1), "data": listing(_POINT, 20)})
_SEGMENT: Final = shape({"label": string(20, least=1), "value": positive})
_AXES: Final = shape(
    {"categories": listing(string(20, least=1), 20)}, {"x_label": string(50), "y_label": string(50)}
)


def _points_fit(value: object, at: str) -> Iterator[str]:
    series = objects_of(value, "series")
    if len({str(one.get("name")) for one in series}) < len(series):
        yield problem("series names must be unique", f"{at}/series")
    axes = value.get("axis_config") if isinstance(value, dict) else None
    categories = [str(one) for one in items_of(axes, "categories")]
    if len(set(categories)) < len(categories):
        yield problem("categories must be unique", f"{at}/axis_config/categories")
    for place, one in enumerate(series):
        labels = [str(point.get("label")) for point in objects_of(one, "data")]
        if sorted(labels) != sorted(categories):
            yield problem("must have one point for each category", f"{at}/series/{place}/data")


_AXIS_CHART: Final = shape(
    {**_BLOCK, "series": listing(_SERIES, 6), "axis_config": _AXES}, None, _points_fit
)
_CHARTS: Final[Mapping[str, Rule]] = {
    "pie": shape({**_BLOCK, "segments": listing(_SEGMENT, 12)}),
    "bar": _AXIS_CHART,
    "line": _AXIS_CHART,
    "area": _AXIS_CHART,
}

DATA_BLOCKS: Final[Mapping[str, Rule]] = {
    "table": shape(
        {
            **_BLOCK,
            "rows": listing(listing(by_type(_CELLS, ("raw_text", "rich_text")), 20), 100),
        },
        {**_ID, "column_settings": listing(_SETTINGS, 20, least=0)},
        _not_too_much,
    ),
    "data_table": shape(
        {
            **_BLOCK,
            "caption": string(least=1),
            "rows": listing(listing(by_type(_CELLS), 20), 101, least=2),
        },
        {**_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
        _not_too_much,
        _even_rows,
        _plain_head,
    ),
    "data_visualization": shape(
        {**_BLOCK, "title": string(50, least=1), "chart": by_type(_CHARTS)}, _ID
    ),
}
