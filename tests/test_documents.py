"""README, docs, and manifest match the code, and their links work."""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
import yaml
from pydantic import TypeAdapter

from bot.cli.main import COMMANDS, main
from bot.config import Settings
from bot.models.opt_outs import START_WORDS, STOP_WORDS
from bot.rules.yaml_file import read_rules
from bot.setting_types import ChannelByLine
from bot.slack.manifest import (
    DESCRIPTION,
    LONG_DESCRIPTION,
    STEP_SCOPES,
    create_app_link,
    make_manifest,
    manifest_yaml,
)
from bot.ui.commands import SLASH_COMMANDS, VOCATECH
from bot.ui.workflow_steps import WORKFLOW_STEPS
from handlers.endpoints.mcp import MCP_PATH

ROOT = Path(__file__).parent.parent
OLD_DATABASE = "tests/data/store_2026_11_29.db"
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
CODE = ("bot", "handlers", "tests")
DOCS = ROOT / "docs"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
SLASH_NAMES = {command.name for command in SLASH_COMMANDS}
# Slack's own command, and the first parts of paths.
OTHER_PATHS = {
    "/mcp",
    "/etc",
    "/invite",
    "/opt",
    "/healthz",
    "/readyz",
    "/metrics",
    "/vocatech",
    "/slack",
    "/data",
    "/var",
    "/run",
}
METRIC = r"`(vocatech_slack_\w+)"


def _name(document):
    return str(document.relative_to(ROOT))


def test_the_manifest_file_is_what_the_command_prints(capsys):
    assert main(["manifest"]) == 0
    assert (ROOT / "manifest.yml").read_text() == capsys.readouterr().out


@pytest.mark.parametrize("url", [None, "https://bot.example.com/"])
def test_the_yaml_says_what_the_manifest_says(url):
    assert yaml.safe_load(manifest_yaml(url)) == make_manifest(url)


@pytest.mark.parametrize("has_steps", [False, True])
@pytest.mark.parametrize("url", [None, "https://bot.example.com"])
def test_the_manifest_is_valid_by_slacks_schema(url, has_steps):
    schema = json.loads((ROOT / "tests/manifest.schema.json").read_text())
    manifest = make_manifest(url, has_workflow_steps=has_steps)
    jsonschema.validate(manifest, schema)
    assert yaml.safe_load(manifest_yaml(url, has_workflow_steps=has_steps)) == manifest
    # The documentation has this key, and the schema doesn't.
    more = make_manifest(url, has_workflow_steps=has_steps, side_pane=True)
    assert more["features"].pop("rich_previews")
    jsonschema.validate(more, schema)


def test_what_the_guide_adds_for_slackbot_is_valid_by_slacks_schema():
    guide = (ROOT / "docs/how-to/ai-clients.md").read_text()
    added = yaml.safe_load(textwrap.dedent(re.search(r"```yaml\n(.*?)```", guide, re.DOTALL)[1]))
    manifest = make_manifest("https://calls.example.com") | added
    assert "`mcp:connect`" in guide
    manifest["oauth_config"]["scopes"]["bot"].append("mcp:connect")
    jsonschema.validate(manifest, json.loads((ROOT / "tests/manifest.schema.json").read_text()))
    [server] = added["mcp_servers"].values()
    assert server["url"].endswith(MCP_PATH)


def test_manifest_has_workflow_steps_only_when_asked(capsys):
    assert main(["manifest", "--workflow-steps"]) == 0
    printed = capsys.readouterr().out
    with_steps, without = yaml.safe_load(printed), make_manifest()
    assert with_steps["settings"]["function_runtime"] == "remote"
    assert with_steps["settings"]["org_deploy_enabled"] is True
    assert "function_executed" in with_steps["settings"]["event_subscriptions"]["bot_events"]
    assert [*with_steps["functions"]] == [step.callback_id for step in WORKFLOW_STEPS]
    assert f"team.billing:read # {STEP_SCOPES['team.billing:read']}" in printed
    assert "functions" not in without
    assert "function_runtime" not in without["settings"]
    assert without["settings"]["org_deploy_enabled"] is False


def test_side_pane_adds_events_and_a_feature_to_the_manifest():
    usual, more = make_manifest(), make_manifest(side_pane=True)
    events = more["settings"]["event_subscriptions"]["bot_events"]
    assert more["features"].pop("rich_previews") == {
        "is_active": True,
        "entity_types": ["slack#/entities/item"],
    }
    assert events[-2:] == ["entity_details_requested", "entity_comments_requested"]
    del events[-2:]
    assert more == usual
    assert yaml.safe_load(manifest_yaml(side_pane=True)) == make_manifest(side_pane=True)


def test_the_manifest_keeps_slacks_lengths():
    assert len(DESCRIPTION) <= 140
    assert 175 <= len(LONG_DESCRIPTION) <= 4000


def test_http_and_socket_mode_have_each_their_manifest():
    assert make_manifest()["settings"]["socket_mode_enabled"] is True
    settings = make_manifest("https://bot.example.com/")["settings"]
    assert settings["interactivity"]["request_url"] == "https://bot.example.com/slack/events"
    assert settings["socket_mode_enabled"] is False


def test_generated_tables_match_the_code():
    generated = [str(path) for path in DOCUMENTS if "[[[cog" in path.read_text()]
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", *generated],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"run `make docs`, or `python -m cogapp -r {' '.join(generated)}`"


def test_makefile_regenerates_every_document_with_a_generated_table():
    [patterns] = re.findall(r"^GENERATED := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    generated = {path for pattern in patterns.split() for path in ROOT.glob(pattern)}
    assert generated == {path for path in DOCUMENTS if "[[[cog" in path.read_text()}


def test_link_that_creates_the_slack_app_carries_the_manifest():
    link = create_app_link()
    query = parse_qs(urlsplit(link).query)
    assert json.loads(query["manifest_json"][0]) == make_manifest()
    # Servers and browsers take at least eight kilobytes.
    assert len(link) < 8_000


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_file_that_a_document_names_exists(document):
    for name in re.findall(r"`((?:tests|bot|handlers|docs)/[\w./-]+)`", document.read_text()):
        # `N` stands for any noun.
        assert re.search(r"/N[./]", name) or (ROOT / name).exists(), name


def test_every_name_in_the_contributing_guide_is_in_the_code():
    sources = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    sources += [ROOT / "Makefile", ROOT / "pyproject.toml"]
    known = {*re.findall(r"\w+", " ".join(map(str, [*sources, *ROOT.iterdir()])))}
    for path in sources:
        known.update(re.findall(r"\w+", path.read_text()))
    # `parse_*` is a pattern, and short names are words as well.
    named = re.findall(r"(?<![*\w])[A-Za-z_]\w{5,}(?![*\w])", _code_of(CONTRIBUTING))
    assert {name for name in named if not name.startswith("test_second")} - known == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_relative_link_leads_to_a_file_and_a_heading(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", _without_code(document)):
        path, _, anchor = target.partition("#")
        if urlsplit(target).scheme:
            continue
        linked = (document.parent / path).resolve() if path else document
        assert linked.exists(), target
        assert not anchor or anchor in _anchors(linked), target
        # On the website, only the files in docs/ exist.
        assert not document.is_relative_to(DOCS) or linked.is_relative_to(DOCS), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_command_that_a_document_names_exists(document):
    text = document.read_text()
    known = {command.name for command in COMMANDS}
    for name in re.findall(r"vocatech-slack ([a-z]+)\b(?!-)", _code_of(text)):
        assert name in known, f"vocatech-slack {name}"
    subcommands = {*re.findall(r"\w+", VOCATECH.hint)}
    slash = r"(?<![\w/.-])(?<!GET )(?<!POST )/([a-z]+)(?: ([a-z]+))?"
    for name, first in re.findall(slash, _code_of(text)):
        if f"/{name}" == VOCATECH.name and first:
            assert first in subcommands, f"/{name} {first}"
        else:
            assert f"/{name}" in SLASH_NAMES | OTHER_PATHS, f"/{name}"


# What the guide to outgoing webhooks has people set there.
SETTINGS_OF_N8N = ("NODE_FUNCTION_ALLOW_BUILTIN", "VOCATECH_SECRET")


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_setting_that_a_document_names_exists(document):
    known = {name.upper() for name in Settings.model_fields}
    named = re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", document.read_text())
    block = re.findall(r"^\s*([A-Z]+(?:_[A-Z]+)+)=", document.read_text(), re.MULTILINE)
    found = {name.removesuffix("_FILE") for name in [*named, *block]}
    assert found - {*known, *SETTINGS_OF_N8N, ""} == set()


def test_every_button_in_the_reference_exists():
    text = (DOCS / "reference/commands.md").read_text().partition("## Buttons")[2]
    labels = re.findall(r"\*\*([^*]+)\*\*", text)
    code = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    assert len(labels) > 10
    assert [label for label in labels if not re.search(rf'"{label}…?"', code)] == []


def test_guide_lists_every_opt_out_word():
    text = (DOCS / "how-to/texts-and-templates.md").read_text()
    [stop] = re.findall(r"^\| Opt out \| (.+), and your own", text, re.MULTILINE)
    [start] = re.findall(r"^\| Opt in again \| (.+) \|$", text, re.MULTILINE)
    assert sorted(stop.lower().split(", ")) == sorted(STOP_WORDS)
    assert sorted(start.lower().split(", ")) == sorted(START_WORDS)


def test_example_of_a_rules_file_can_be_imported():
    text = (DOCS / "how-to/route-calls.md").read_text()
    [example] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert [rule.name for rule, _ in read_rules(example, "US")] == ["Urgent", "Repeated callers"]
    [routes] = re.findall(r"^SLACK_ROUTES=(.+)$", text, re.MULTILINE)
    assert len(TypeAdapter(ChannelByLine).validate_python(routes)) == 2


def test_guide_names_the_fields_of_a_rule_as_the_form_does():
    text = (DOCS / "how-to/route-calls.md").read_text().partition("## Fields of a rule")[2]
    cells = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)[1:]
    labels = [label for cell in cells for label in cell.split(", ")]
    form = (ROOT / "bot/rules/form.py").read_text()
    assert len(labels) > 15
    assert [label for label in labels if f'"{label}"' not in form] == []


def test_every_demo_button_that_the_tutorial_names_exists():
    text = (DOCS / "get-started.md").read_text()
    pressed = re.findall(r"[Pp]ress \*\*(.+?)\*\*(?:, and then \*\*(.+?)\*\*)?", text)
    labels = {label for pair in pressed for label in pair if label}
    demo = "".join(path.read_text() for path in (ROOT / "bot/sandbox").rglob("*.py"))
    assert len(labels) > 3
    assert {label for label in labels if f'"{label}"' not in demo} == set()


def test_every_metric_that_a_document_names_exists():
    known = set(re.findall(METRIC, (DOCS / "reference/metrics.md").read_text()))
    named = {name for document in DOCUMENTS for name in re.findall(METRIC, document.read_text())}
    assert named == known


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=_name)
def test_content_of_a_list_is_indented_by_four_spaces(page):
    # GitHub takes three as well; on the website the list would end there and start again at 1.
    outside = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert re.findall(r"^ {1,3}[^ \n].*", outside, re.MULTILINE) == []


def test_the_website_fetches_nothing_from_other_servers():
    theme = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["theme"]
    assert theme["font"] is False


@pytest.mark.parametrize("name", ["bug_report", "feature_request"])
def test_issue_forms_have_what_github_requires(name):
    form = yaml.safe_load((ROOT / f".github/ISSUE_TEMPLATE/{name}.yml").read_text())
    assert form["name"]
    assert form["description"]
    fields = [one for one in form["body"] if one["type"] != "markdown"]
    assert all(one["attributes"]["label"] for one in fields)
    assert len({one["id"] for one in fields}) == len(fields)


def test_the_website_lists_every_page_once():
    listed = _pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"])
    assert sorted(listed) == sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))


def test_the_index_links_to_every_page():
    linked = set(re.findall(r"\]\(([\w/.-]+\.md)", (DOCS / "index.md").read_text()))
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    assert linked == pages - {"index.md"}


def test_readme_and_contributing_guide_are_short():
    lines = README.splitlines()
    assert len(lines) <= 200
    assert len(CONTRIBUTING.splitlines()) <= 150
    # A screen shows about thirty lines.
    assert lines.index("make demo") < 20


def _pages(nav):
    if isinstance(nav, str):
        return [nav]
    children = nav if isinstance(nav, list) else nav.values()
    return [page for child in children for page in _pages(child)]


def _without_code(document):
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def _code_of(text):
    """Return what is written as code, without generated links."""
    return "\n".join(
        one or other for one, other in re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)
    )


def _anchors(document):
    """Return the anchors of a page's headings, as GitHub and the website make them."""
    headings = re.findall(r"^#+ (.+)$", _without_fences(document), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def _without_fences(document):
    return re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert command in capsys.readouterr().out


@pytest.mark.parametrize("words", [["dance"], [], ["demo", "--port", "x"]])
def test_wrong_use_ends_with_two(words, capsys):
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_run_without_settings_tells_them_all_and_ends_with_two(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["run"]) == 2
    said = capsys.readouterr().err
    for name in ("SLACK_BOT_TOKEN", "SLACK_DEFAULT_CHANNEL", "VOCATECH_API_KEY", "SLACK_APP_TOKEN"):
        assert name in said


def test_no_file_names_an_address_of_a_package_index():
    for name in (
        "requirements.lock",
        "requirements-dev.lock",
        "pyproject.toml",
        "Dockerfile",
        "Makefile",
    ):
        text = (ROOT / name).read_text()
        assert "/simple" not in text
        assert "index-url" not in text


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_its_hashes(name):
    text = (ROOT / name).read_text()
    packages = re.findall(r"^[a-z][\w.-]*==", text, re.MULTILINE)
    assert len(packages) > 10
    assert text.count("--hash=sha256:") >= len(packages)


def test_the_image_has_only_the_environment_that_its_first_stage_built():
    build, image = (ROOT / "Dockerfile").read_text().split("\n\n\n")
    for names in re.findall(r"^COPY (.+) \S+$", build, re.MULTILINE):
        for name in names.split():
            assert (ROOT / name).exists()
    (environment,) = re.findall(r"^RUN python -m venv (\S+)$", build, re.MULTILINE)
    copied = re.findall(r"^COPY (.+)$", image, re.MULTILINE)
    assert copied == [f"--from=build {environment} {environment}"]
    assert f"ENV PATH={environment}/bin:$PATH" in image
    assert "pip install" not in image


def test_the_build_tool_is_pinned():
    (requirement,) = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"][
        "requires"
    ]
    assert re.fullmatch(r"setuptools==[\d.]+", requirement)


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_picture_exists_and_is_described_and_quick_to_load(document):
    for words, name in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", document.read_text()):
        assert len(words) > 40
        assert (document.parent / name).stat().st_size < 200_000


def test_every_picture_is_used():
    used = {
        (document.parent / name).resolve()
        for document in DOCUMENTS
        for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", document.read_text())
    }
    assert used == set((DOCS / "pictures").iterdir())


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_no_secret_or_database_is_tracked():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ
    ).stdout.splitlines()
    secrets = [name for name in tracked if name.endswith((".env", ".db", "uv.lock"))]
    assert [name for name in secrets if name != OLD_DATABASE] == []
    # It has only invented callers, and is in every clone.
    assert (ROOT / OLD_DATABASE).stat().st_size < 150_000
