# Casetrack: everything begins here. `make help` lists what there is.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
export PORT HOST
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(VENV)/.runtime build/assets/.built ## Set up what is missing and run the demo (PORT=9000 make run)
	@$(BIN)/python -m casetrack.run

.PHONY: test
test: $(VENV)/.dev build/assets/.built ## Run every test on real servers (ARGS="tests/casetrack -n0" for a few)
	@$(BIN)/python -m casetrack.translations compile
	$(BIN)/python -m pytest -n 2 $(ARGS)

.PHONY: check
check: format lint types layers migrations translations templates ## Check all that is checked without running the product

.PHONY: format
format: $(VENV)/.dev ## Check the format of Python
	$(BIN)/ruff format --check .

.PHONY: lint
lint: $(VENV)/.dev ## Look for mistakes in Python
	$(BIN)/ruff check .

.PHONY: types
types: $(VENV)/.dev ## Check the types
	$(BIN)/mypy

.PHONY: layers
layers: $(VENV)/.dev ## Check that rooms import only from rooms below
	$(BIN)/lint-imports

.PHONY: migrations
migrations: $(VENV)/.dev ## Check that models and migrations agree
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --settings casetrack.settings.test

.PHONY: translations
translations: $(VENV)/.dev ## Check that zh-Hans and zh-Hant are complete
	$(BIN)/python -m casetrack.translations check

.PHONY: templates
templates: $(VENV)/.dev ## Look for mistakes in templates
	$(BIN)/djlint --lint --quiet templates

.PHONY: bench
bench: $(VENV)/.dev ## Print the figures of the engine on this machine
	$(BIN)/python -m tests.bench $(ARGS)

.PHONY: torture
torture: $(VENV)/.dev ## Break what runs, and count what was lost, doubled or late (ARGS=--short)
	$(BIN)/python -m tests.torture $(ARGS)

.PHONY: assets
assets: build/assets/.built ## Fetch the front-end packages and pick the files that are served

.PHONY: fix
fix: $(VENV)/.dev ## Format Python and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: lock
lock: $(VENV)/.dev ## Pin the newest allowed packages, with hashes
	$(COMPILE) --upgrade pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) --upgrade --constraint requirements/runtime.txt pyproject.toml --group dev --output-file requirements/dev.txt
	$(COMPILE) --upgrade --group node --output-file requirements/node.txt

.PHONY: clean
clean: ## Remove what was built and installed; the data is kept
	rm -rf $(VENV) build node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Casetrack needs Python 3.11 or newer; none was found. Name one: make PYTHON=/path/to/python3"; exit 1; }
	@echo "── virtual environment ($(PYTHON))"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "That Python cannot make virtual environments (on Debian: apt install python3-venv)."; exit 1; }

# What is needed to run, and (with it) what is needed to develop. Each is installed again only
# when its lock has changed.
$(VENV)/.runtime: requirements/runtime.txt | $(BIN)/python
	@echo "── Python packages"
	@test $(VENV)/.dev -nt $< || $(PIP) --requirement $<
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(BIN)/python
	@echo "── Python packages, with those for development"
	@$(PIP) --requirement $<
	@touch $@

# The system's Node where it is new enough; else the one from the Python registry.
node_modules/.installed: package.json package-lock.json .npmrc requirements/node.txt | $(BIN)/python
	@echo "── front-end packages"
	@if ! { command -v npm && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; } >/dev/null 2>&1; then \
		test -x $(BIN)/npm || $(PIP) --requirement requirements/node.txt; fi
	@if test -x $(BIN)/npm; then PATH="$(CURDIR)/$(BIN):$$PATH"; export PATH; fi; npm ci --ignore-scripts
	@touch $@

build/assets/.built: node_modules/.installed casetrack/assets.py casetrack/icons.txt | $(VENV)/.runtime
	@$(BIN)/python -m casetrack.assets
	@touch $@
