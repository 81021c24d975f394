"""Charts of a digest, each with a list that replaces it in workspaces without charts."""

from collections.abc import Mapping, Sequence
from itertools import dropwhile
from typing import Any

from bot.models.digests import Digest, Hour
from bot.ui.blocks import Json, titled_list
from bot.ui.formatting import hour_name, month_day
from bot.ui.mrkdwn import name_of, shorten

MOST_CHARTS = 2
MOST_POINTS, MOST_SEGMENTS, MOST_LABEL = 20, 12, 20
SENTIMENT_TITLE = "Call sentiment (AI-generated)"

Chart = tuple[Json, list[Json]]
"""A block of a new type, and the blocks that replace it where Slack refuses it."""


def render_charts(digest: Digest) -> list[Chart]:
    """Return the charts with data: hours first, then weeks, then sentiment; at most two."""
    found = [_hours(digest), _trend(digest), _sentiment(digest)]
    return [one for one in found if one][:MOST_CHARTS]


def chart(title: str, drawn: Json) -> Json:
    """Return a chart as a block."""
    return {"type": "data_visualization", "title": title, "chart": drawn}


def _hours(digest: Digest) -> Chart | None:
    """Return the hours from the first with a call to the last."""
    bins = _binned(digest.totals.hours)
    busy = [at for at, (_, hour) in enumerate(bins) if hour.calls]
    if not busy:
        return None
    shown = bins[busy[0] : busy[-1] + 1]
    title = "Calls by hour" if digest.period.days == 1 else "Calls by hour of the day"
    series = {
        "Answered": [hour.answered for _, hour in shown],
        "Missed": [hour.missed for _, hour in shown],
        "Outgoing": [hour.outgoing for _, hour in shown],
    }
    lines = [
        f"{label}: {hour.answered:,} answered, {hour.missed:,} missed, {hour.outgoing:,} outgoing"
        for label, hour in shown
        if hour.calls
    ]
    drawn = _on_axes("bar", [label for label, _ in shown], series)
    return chart(title, drawn), [titled_list(title, lines)]


def _binned(hours: Sequence[Hour]) -> list[tuple[str, Hour]]:
    """Return labels and hours; pairs of hours if they wouldn't all fit."""
    busy = [at for at, hour in enumerate(hours) if hour.calls]
    width = 2 if busy and busy[-1] - busy[0] >= MOST_POINTS else 1
    return [
        (
            hour_name(start),
            Hour(
                sum(hour.answered for hour in hours[start : start + width]),
                sum(hour.missed for hour in hours[start : start + width]),
                sum(hour.outgoing for hour in hours[start : start + width]),
            ),
        )
        for start in range(0, len(hours), width)
    ]


def _trend(digest: Digest) -> Chart | None:
    """Return the weeks from the first with a call."""
    weeks = list(dropwhile(lambda week: not week[1], digest.trend))
    if not weeks:
        return None
    labels = [month_day(monday) for monday, _, _ in weeks]
    series = {
        "Calls": [calls for _, calls, _ in weeks],
        "Missed": [missed for _, _, missed in weeks],
    }
    lines = [
        f"{label}: {calls:,} calls, {missed:,} missed"
        for label, (_, calls, missed) in zip(labels, weeks, strict=True)
    ]
    title = "Calls by week"
    return chart(title, _on_axes("line", labels, series)), [titled_list(title, lines)]


def _sentiment(digest: Digest) -> Chart | None:
    """Return the sentiment of the calls."""
    segments = [
        {"label": label, "value": calls}
        for sentiment, calls in digest.totals.sentiments[:MOST_SEGMENTS]
        if calls and (label := shorten(name_of(sentiment), MOST_LABEL))
    ]
    if not segments:
        return None
    lines = [f"{segment['value']:,} {segment['label']}" for segment in segments]
    drawn = {"type": "pie", "segments": segments}
    return chart(SENTIMENT_TITLE, drawn), [titled_list(SENTIMENT_TITLE, lines)]


def _on_axes(kind: str, labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> Json:
    drawn: list[dict[str, Any]] = [
        {
            "name": name,
            "data": [
                {"label": label, "value": value}
                for label, value in zip(labels, values, strict=True)
            ],
        }
        for name, values in series.items()
    ]
    return {"type": kind, "series": drawn, "axis_config": {"categories": list(labels)}}
