# Everything that a newcomer types. Needs Python 3.11 or newer and make; all else is installed into .venv.
#
#   make up     PORT=8000 DATA_DIR=var     PYTHON=python3.12 chooses the interpreter

.DEFAULT_GOAL := help
.PHONY: help up test check clean

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
PORT ?= 8000
DATA_DIR ?= var
UV := UV_PROJECT_ENVIRONMENT=$(VENV) UV_PYTHON_DOWNLOADS=never $(BIN)/uv

# The rooms whose tests speak to a database run a second time on PostgreSQL. What is left out has none or starts its own.
ALSO_ON_POSTGRES := $(wildcard tests/accounts tests/audit tests/compliance tests/conversations tests/faults tests/journeys \
                      tests/realtime tests/replies tests/routing tests/security tests/web \
                      tests/whatsapp/test_account.py tests/whatsapp/test_catalogue.py tests/whatsapp/test_intake.py \
                      tests/whatsapp/test_media_*.py)
PYTEST := $(BIN)/python -m pytest -q -n 2

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: $(VENV)/.run ## start Parley and print the address (PORT=, DATA_DIR=); Ctrl-C stops it
	@PORT=$(PORT) DATA_DIR=$(DATA_DIR) exec $(BIN)/python manage.py up

test: $(VENV)/.dev ## run every test, on SQLite and then on PostgreSQL
	@status=0; \
	echo "== SQLite"; $(PYTEST) tests || status=1; \
	echo "== PostgreSQL"; TEST_DATABASE=postgres $(PYTEST) $(ALSO_ON_POSTGRES) || status=1; \
	[ $$status -eq 0 ] || { echo "make test: at least one of the two runs failed" >&2; exit 1; }

check: $(VENV)/.dev ## ruff, mypy, the floors, templates, migrations, deployment checks
	@status=0; run() { echo "-- $$*"; "$$@" || status=1; }; \
	run $(BIN)/ruff check --quiet .; \
	run $(BIN)/ruff format --check .; \
	run $(BIN)/mypy --no-error-summary; \
	run $(BIN)/lint-imports; \
	run $(BIN)/djlint --lint --quiet templates; \
	run $(BIN)/python manage.py makemigrations --check --dry-run; \
	run $(BIN)/python -m tests.deployment; \
	[ $$status -eq 0 ] && echo "make check: all good"; exit $$status

clean: ## remove what was installed and built (your data in DATA_DIR stays)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# --- set-up -----------------------------------------------------------------------------------------------------------

# uv comes by pip, from whatever index pip is set up for; uv then installs exactly what uv.lock says, hashes checked.
$(VENV)/bin/uv:
	@python=""; \
	for candidate in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python="$$candidate"; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "Parley needs Python 3.11 or newer. Name yours: make up PYTHON=/path/to/python3" >&2; exit 1; fi; \
	echo "Setting up $(VENV) with $$("$$python" -V) ..."; \
	"$$python" -m venv $(VENV) || { echo "python -m venv does not work here; on Debian: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet "uv>=0.9,<1"

# --inexact: a later "make up" leaves the tools of "make test" where they are.
$(VENV)/.run: pyproject.toml uv.lock | $(VENV)/bin/uv
	@echo "Installing the locked dependencies ..."
	@$(UV) sync --locked --inexact --no-default-groups --quiet --python $(BIN)/python
	@touch $@

$(VENV)/.dev: pyproject.toml uv.lock | $(VENV)/bin/uv
	@echo "Installing the locked dependencies and the development tools ..."
	@$(UV) sync --locked --inexact --quiet --python $(BIN)/python
	@touch $@ $(VENV)/.run
