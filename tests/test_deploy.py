"""Examples in deploy/ and .env.example agree with the app."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.config import Settings
from tests import document_tables

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
PATHS = {"/vocatech/webhooks", "/slack/events", "/healthz", "/readyz", "/metrics"}


def test_env_example_has_every_setting():
    assert (ROOT / ".env.example").read_text() == document_tables.env_example(), "run `make docs`"


@pytest.mark.parametrize(
    "name", ["compose.yaml", "kubernetes.yaml", "prometheus-alerts.yml", "litestream.yml"]
)
def test_example_is_valid_yaml(name):
    assert all(yaml.safe_load_all((DEPLOY / name).read_text()))


@pytest.mark.parametrize("name", ["compose.yaml", "kubernetes.yaml", "vocatech-slack.service"])
def test_settings_in_examples_exist(name):
    text = (DEPLOY / name).read_text()
    named = set(re.findall(r"\b([A-Z]+_[A-Z_]+)\b(?==|:| *, value)", text)) - {"AF_INET"}
    assert named
    assert named <= {one.upper() for one in Settings.model_fields}


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_proxies_publish_the_two_public_paths_only(name):
    text = re.sub(r"#.*", "", (DEPLOY / name).read_text())
    assert {path for path in PATHS if path in text} == {"/vocatech/webhooks", "/slack/events"}


@pytest.mark.parametrize("name", ["prometheus-alerts.yml", "grafana-dashboard.json"])
def test_metrics_in_examples_exist(name):
    named = set(re.findall(r"vocatech_slack_\w+", (DEPLOY / name).read_text()))
    table = document_tables.metrics_table()
    served = set(re.findall(r"`(vocatech_slack_\w+)`", table))
    assert named
    assert {one.removesuffix("_bucket") for one in named} <= served


def test_dashboard_is_valid_json_with_one_panel_an_id():
    panels = json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_alert_rules_pass_promtool():
    command = ["promtool", "check", "rules", DEPLOY / "prometheus-alerts.yml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
