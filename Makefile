# Two commands do everything: `make run` and `make test`. Both set up what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run test check docs clean

help:
	@echo "make run    set up and start: without Slack tokens on a made-up night, in the browser"
	@echo "make test   set up and run the tests"
	@echo "make check  what CI checks before the tests: ruff and mypy"
	@echo "make docs   write the generated pages of docs/ anew"

run: $(VENV)/.runs
	@$(BIN)/countersign run

test: $(VENV)/.tests
	@$(BIN)/pytest

check: $(VENV)/.tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

docs: $(VENV)/.tests
	@$(BIN)/python -m tests.pages

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Countersign needs Python 3.11 or newer; $$($(PYTHON) --version) is too old. Set PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make a virtual environment: apt-get install python3-venv"; exit 1; }

$(VENV)/.runs: $(BIN)/python pyproject.toml constraints.txt
	@echo "Setting up (once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.tests: $(VENV)/.runs
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,postgres]'
	@touch $@

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache
