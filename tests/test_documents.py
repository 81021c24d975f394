"""README, manifest and settings say the same as the code."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from bot.cli.main import COMMANDS, main
from bot.slack.manifest import DESCRIPTION, LONG_DESCRIPTION, make_manifest, manifest_yaml

ROOT = Path(__file__).parent.parent
OLD_DATABASE = "tests/data/store_2026_11_29.db"
README = (ROOT / "README.md").read_text()


def test_the_manifest_file_is_what_the_command_prints(capsys):
    assert main(["manifest"]) == 0
    assert (ROOT / "manifest.yml").read_text() == capsys.readouterr().out


@pytest.mark.parametrize("url", [None, "https://bot.example.com/"])
def test_the_yaml_says_what_the_manifest_says(url):
    assert yaml.safe_load(manifest_yaml(url)) == make_manifest(url)


@pytest.mark.parametrize("url", [None, "https://bot.example.com"])
def test_the_manifest_is_valid_by_slacks_schema(url):
    schema = json.loads((ROOT / "tests/manifest.schema.json").read_text())
    jsonschema.validate(make_manifest(url), schema)


def test_the_manifest_keeps_slacks_lengths():
    assert len(DESCRIPTION) <= 140
    assert 175 <= len(LONG_DESCRIPTION) <= 4000


def test_http_and_socket_mode_have_each_their_manifest():
    assert make_manifest()["settings"]["socket_mode_enabled"] is True
    settings = make_manifest("https://bot.example.com/")["settings"]
    assert settings["interactivity"]["request_url"] == "https://bot.example.com/slack/events"
    assert settings["socket_mode_enabled"] is False


def test_generated_parts_of_the_readme_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "README.md"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, "run `make docs`"


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_file_that_a_document_names_exists(document):
    pattern = r"`((?:tests|bot|handlers|docs)/[\w./]+)`|\]\(([\w./]+)\)"
    for named, linked in re.findall(pattern, (ROOT / document).read_text()):
        name = named or linked
        # `N` stands for any noun.
        assert re.search(r"/N[./]", name) or (ROOT / name).exists(), name


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


def test_the_image_copies_what_it_needs():
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for names in copied:
        for name in names.split():
            assert (ROOT / name).exists()


def test_the_readmes_pictures_say_what_they_show_and_are_quick_to_load():
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert len(pictures) == len(list((ROOT / "docs").glob("*.png")))
    for words, name in pictures:
        assert len(words) > 40
        assert (ROOT / name).stat().st_size < 200_000


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_no_secret_or_database_is_tracked():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ
    ).stdout.splitlines()
    secrets = [name for name in tracked if name.endswith((".env", ".db", "uv.lock"))]
    assert [name for name in secrets if name != OLD_DATABASE] == []
    # That one holds only invented callers, and every clone carries it.
    assert (ROOT / OLD_DATABASE).stat().st_size < 150_000
