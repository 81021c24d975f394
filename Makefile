# All commands; the virtual environment is created and kept up to date automatically.
PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade

# Browser tests share one browser and one demo, so they run in one process. Without Chromium they are
# skipped.
IN_BROWSER := $(BIN)/python -m pytest tests/e2e -m e2e -n 0 -q

# The documents with tables that come from the code.
GENERATED := README.md docs/get-started.md docs/reference/*.md docs/how-to/workflow-builder.md

# Compiled files save each test worker some seconds, so a shell's setting against them is removed.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test e2e check any-day format docs docs-site pictures bench chaos lock clean

help: ## show this help
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

# uv, if it is there, installs the same locked packages in seconds: it downloads several at a time,
# keeps unpacked ones, and links to them. pip shows its progress, since it takes about a minute.
UV := $(shell command -v uv 2>/dev/null)
SYNC = $(if $(UV),$(UV) pip install --python $(BIN)/python,$(BIN)/python -m pip install --disable-pip-version-check)

$(RUN_READY): requirements.lock pyproject.toml
	@echo "Installing the locked packages into $(VENV) with $(if $(UV),uv,pip; this takes about a minute)..."
	@$(if $(UV),$(UV) venv --quiet --allow-existing --python $(PYTHON),$(PYTHON) -m venv) $(VENV)
	@$(SYNC) --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(SYNC) --quiet --no-deps -e .
	@touch $@

$(DEV_READY): requirements-dev.lock $(RUN_READY)
	$(SYNC) --quiet --require-hashes -r requirements-dev.lock
	touch $@

install: $(RUN_READY) ## create the virtual environment with the locked versions

demo: $(RUN_READY) ## try the app in a browser; no account needed
	$(BIN)/vocatech-slack demo --port $(PORT)

test: $(DEV_READY) ## run all tests (some minutes)
	$(BIN)/python -m tests.run

e2e: $(DEV_READY) ## run only the browser tests (needs chromium)
	$(IN_BROWSER)

check: $(DEV_READY) ## run all checks: style, types, docs, tests, coverage, demo, another date
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m cogapp --check $(GENERATED)
	$(BIN)/zensical build --strict
	$(BIN)/python -m tests.run --cov --cov-report=term:skip-covered
	$(BIN)/vocatech-slack demo --check
	$(BIN)/python -m tests.any_day --random

any-day: $(DEV_READY) ## run the tests at other dates and in other time zones (takes an hour)
	$(BIN)/python -m tests.any_day

format: $(DEV_READY) ## format the code and apply lint fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(DEV_READY) ## regenerate tables in README and docs, manifest.yml, .env.example
	$(BIN)/vocatech-slack manifest > manifest.yml
	$(BIN)/python -m cogapp -r $(GENERATED)
	$(BIN)/python -c "from tests.document_tables import env_example; print(env_example(), end='')" > .env.example

docs-site: $(DEV_READY) ## build the website of docs/ into build/site
	$(BIN)/zensical build --strict

pictures: $(DEV_READY) ## take new screenshots for README and docs (needs chromium)
	$(BIN)/python -m tests.pictures

bench: $(DEV_READY) ## measure speed and size, compared with a minimal server
	$(BIN)/python -m tests.bench

chaos: $(DEV_READY) ## run the long tests: 200 kills, 10,000 calls, many more examples (some minutes)
	$(BIN)/python -m pytest -m "chaos or hypothesis" --hypothesis-profile thorough

lock: $(DEV_READY) ## update the lock files (hashes only, no index URL)
	$(BIN)/uv pip compile $(LOCK) --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCK) --group dev --output-file requirements-dev.lock pyproject.toml

clean: ## remove build files, but no data
	rm -rf $(VENV) .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
