"""Metrics: names, labels, and the old names beside the new ones."""

import re
import shutil
import subprocess

import pytest

from bot.server.metrics import OLD_NAMES, PREFIX, Metrics, snake_case


@pytest.fixture(scope="module")
def metrics():
    """Return metrics that have counted one of everything."""
    metrics = Metrics()
    for counter in (metrics.received, metrics.posted, metrics.edited, metrics.texts):
        counter.labels("call.ended").inc()
    metrics.count_refusal("wrong method")
    metrics.stored.labels("webhook", "nothing new").inc()
    metrics.recovered.labels("found").inc()
    metrics.parked.labels("not_in_channel").inc()
    metrics.slack_errors.labels("ratelimited").inc()
    metrics.api_errors.labels("AnswerLost").inc()
    metrics.over_limit.inc()
    metrics.polls.inc()
    metrics.lag.observe(0.2)
    for name in ("posts_pending", "posts_deferred", "requests_available"):
        metrics.measure(name, "A number.", lambda: 1.0)
    metrics.measure_each(
        "incidents_open", "Some numbers.", ["key refused"], lambda: {"key refused": 1}
    )
    return metrics


@pytest.fixture(scope="module")
def served(metrics):
    return metrics.text().decode()


@pytest.mark.parametrize(("new", "old"), OLD_NAMES.items())
def test_a_renamed_metric_has_the_same_value_under_both_names(served, new, old):
    values = [
        re.search(rf"^{PREFIX}{name}(?:\{{.*\}})? (\S+)$", served, re.MULTILINE)
        for name in (new, old)
    ]
    assert [value and value[1] for value in values] == ["1.0", "1.0"]


def test_label_values_are_in_snake_case_and_old_ones_unchanged(served):
    assert f'{PREFIX}vocatech_api_errors_total{{reason="answer_lost"}} 1.0' in served
    assert f'{PREFIX}api_errors_total{{kind="AnswerLost"}} 1.0' in served
    assert f'{PREFIX}incidents_open{{kind="key_refused"}} 1.0' in served
    assert f'{PREFIX}troubles{{kind="key refused"}} 1.0' in served
    assert f'{PREFIX}events_stored_total{{result="nothing_new",source="webhook"}} 1.0' in served


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("KeyRefused", "key_refused"),
        ("call.ended", "call_ended"),
        ("not_in_channel", "not_in_channel"),
        ("HTTP 429", "http_429"),
        ("", ""),
    ],
)
def test_snake_case(label, expected):
    assert snake_case(label) == expected


def test_the_app_serves_every_metric_with_one_prefix_and_without_creation_times(bot):
    served = bot.http.get("/metrics").text
    names = re.findall(r"^# TYPE (\S+)", served, re.MULTILINE)
    assert all(name.startswith(PREFIX) for name in names)
    assert not [name for name in names if name.endswith("_created")]
    assert {f"{PREFIX}{name}" for pair in OLD_NAMES.items() for name in pair} <= set(names)


@pytest.mark.skipif(
    shutil.which("promtool") is None,
    reason="promtool isn't installed (Debian's package: prometheus)",
)
def test_promtool_accepts_every_metric(served):
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=served, text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
