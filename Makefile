# One virtual environment, two stamps: what the console needs to run, and what its tests need on top.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
INPUTS := pyproject.toml constraints.txt
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup demo test check snapshots pictures bench soak constraints

help:  ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile

setup: $(DEV)  ## create the environment with everything development needs

demo: $(RUN)  ## start the console on throw-away data with mock devices
	@$(BIN)/mr-safety-console demo

test: $(DEV)  ## whole ordinary run: lint, types, import contracts, size budgets, every test but soak
	TEST_BUDGETS=enforce $(PYTEST) -n 2 -m "not soak"

check: $(DEV)  ## lint, format, types, import contracts and size budgets only
	$(PYTEST) tests/architecture tests/docs

snapshots: $(DEV)  ## take the screen snapshots anew; look at the difference before committing it
	$(PYTEST) tests/snapshots --snapshot-update

pictures: $(DEV)  ## draw the pictures of the documentation
	$(BIN)/python tests/snapshots/pictures.py

bench: $(DEV)  ## every measurement, each beside its reference in the same run
	@set -e; for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python $$script; done

soak: $(DEV)  ## the long runs; make soak-engine, soak-console ... those of one room
	$(PYTEST) -m soak --timeout 2400

soak-%: $(DEV)
	$(PYTEST) -m soak --timeout 2400 tests/$*

constraints: $(DEV)  ## write down the exact versions installed now
	@$(PIP) freeze --exclude-editable --exclude mr-safety-console | LC_ALL=C sort -f > $(VENV)/constraints.new
	@{ echo "# Exact versions every installation uses. Written by: make constraints"; \
	   cat $(VENV)/constraints.new; } > constraints.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "MR Safety Console needs Python 3.11 or newer; '$(PYTHON)' is not." >&2; \
	  echo "Name one that is: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot create virtual environments: its venv or ensurepip module is missing." >&2; \
	  echo "Install it (on Debian and Ubuntu: the package python3-venv) and try again." >&2; exit 1; }
	@echo "Creating the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(RUN): $(INPUTS) | $(BIN)/python
	@echo "Installing MR Safety Console ..."
	@$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(DEV): $(INPUTS) | $(BIN)/python
	@echo "Installing MR Safety Console with its development tools ..."
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(RUN) $@
