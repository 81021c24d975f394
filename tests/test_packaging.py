"""The wheel has every file that the packages need, and its installation says what it does."""

import os
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

# Stands in for Python: says what it is asked to do, and creates an environment with itself.
PYTHON = """#!/bin/sh
echo "warnings=$PYTHONWARNINGS $*"
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi
"""
ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS = PROJECT["tool"]["setuptools"]
# Only for people who change the code.
NOT_NEEDED = {"bot/ui/STYLE.md"}


def files_of(folder):
    return [
        one for one in (ROOT / folder).rglob("*") if one.is_file() and "__pycache__" not in str(one)
    ]


FILES = [*files_of("bot"), *files_of("handlers")]


def test_every_folder_with_code_is_a_package():
    folders = {one.parent for one in FILES if one.suffix == ".py"}
    assert not [one for one in folders if not (one / "__init__.py").exists()]


def test_every_other_file_is_package_data():
    patterns = [
        f"{package.replace('.', '/')}/{pattern}"
        for package, listed in SETUPTOOLS["package-data"].items()
        for pattern in listed
    ]
    others = {str(one.relative_to(ROOT)) for one in FILES if one.suffix != ".py"}
    assert {one for one in others if not any(fnmatch(one, p) for p in patterns)} == NOT_NEEDED


def test_packages_of_the_program_are_found():
    patterns = SETUPTOOLS["packages"]["find"]["include"]
    for package in ("bot", "bot.store.database", "handlers"):
        assert any(fnmatch(package, one) for one in patterns)


def test_console_command_leads_to_the_program():
    module, _, function = PROJECT["project"]["scripts"]["vocatech-slack"].partition(":")
    assert callable(getattr(__import__(module, fromlist=[function]), function))


def test_installation_says_first_what_it_does(tmp_path):
    python, environment = tmp_path / "python", tmp_path / "venv"
    python.write_text(PYTHON)
    python.chmod(0o700)
    given = [f"PYTHON={python}", f"VENV={environment}", "UV="]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--no-print-directory", *given, "install"]
    done = subprocess.run(
        command, cwd=ROOT, env=outside, capture_output=True, text=True, check=True
    )
    said, created, packages, ours = done.stdout.splitlines()
    assert said.startswith("Installing the locked packages into ")
    assert "this takes about a minute" in said
    assert created == f"warnings= -m venv {environment}"
    assert "-r requirements.lock" in packages
    assert "--quiet" not in packages  # so that its progress is shown
    # A warning of the build tool would look like an error.
    assert ours.startswith("warnings=ignore ")
    assert "--quiet" in ours
