# Zeren: `make help` lists the targets. Needed: make and Python 3.11 or newer; everything else goes into .venv.
#
# Set-up is done once: a stamp in .venv/stamps says which step stands, and a newer lock file takes it up again.
#   PYTHON=/path/to/python3.12   the interpreter for a new .venv (otherwise the first on PATH that is new enough)
#   PYTEST_ARGS='-k chain -x'    passed to pytest by `make test` and `make test-long`
#   NEO4J_PORT=7688              another port for `make neo4j`
#   LOCK_ARGS=--upgrade          passed to the resolver by `make lock`

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

PYTHON ?=
PYTEST_ARGS ?=
LOCK_ARGS ?=
SCALE_ARGS ?=
PAST_ARGS ?=
export NEO4J_PORT ?= 7687
# Each start reads what the first one compiled; in tests there are a hundred starts.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
STAMPS := $(VENV)/stamps
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

# A stamp of an environment that no longer starts (its Python was removed or replaced) is worth nothing.
ifeq ($(shell $(PY) -c "" 2>/dev/null && echo starts),)
$(shell rm -rf $(STAMPS))
endif

.PHONY: help
help: ## list the targets (this list)
	@echo "Zeren: who answers for a place, and where the chain is broken"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- what a person runs -----------------------------------------------------------------------------------------------

.PHONY: serve
serve: load ## set everything up, load the data set, and serve it on http://127.0.0.1:8000
	@exec $(PY) server.py

.PHONY: load
load: web ## load the data set into the store (reads nothing when nothing is new)
	@$(PY) -m loaders load --if-changed

.PHONY: neo4j
neo4j: runtime ## start a Neo4j server on this machine (Java 17 and Maven); its data stay in var/neo4j
	@exec $(PY) -m scripts.dev.neo4j_server

.PHONY: test
test: dev web ## run the tests
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadgroup $(PYTEST_ARGS)

.PHONY: test-long
test-long: dev web ## run the tests that `make test` leaves out because they take minutes
	@$(PY) -m pytest -m long -o faulthandler_timeout=0 $(PYTEST_ARGS)

.PHONY: durability
durability: dev ## kill writers, lose power, break disks and damage files (the better part of an hour)
	@$(PY) -m pytest tests/durability -m "long or not long" -o faulthandler_timeout=0 $(PYTEST_ARGS)

.PHONY: check
check: lint types imports schema-check locks-check web-check ## lint, types, imports, schema, lock files, web source

.PHONY: bench
bench: dev web ## run the benchmarks
	@$(PY) -m benchmarks

.PHONY: bench-scale
bench-scale: dev ## measure a country in Neo4j: many cities made of one, imported at once (SCALE_ARGS='--cities 10')
	@$(PY) -m benchmarks.scale $(SCALE_ARGS)

.PHONY: bench-past
bench-past: load ## measure chains of earlier moments where all was edited often (PAST_ARGS='--versions 500')
	@$(PY) -m benchmarks.past $(PAST_ARGS)

# --- the parts of `make check` ----------------------------------------------------------------------------------------

.PHONY: lint
lint: dev ## ruff: rules and format
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

.PHONY: format
format: dev ## ruff: mend what it can, and format
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

.PHONY: types
types: dev ## mypy --strict
	@$(PY) -m mypy

.PHONY: imports
imports: dev ## import-linter: the floors of docs/architecture.md
	@$(VENV)/bin/lint-imports --no-logo

.PHONY: schema-check
schema-check: dev ## schema.graphql equals what the code exports
	@$(PY) -m api.export --check

.PHONY: locks-check
locks-check: dev ## the lock files hold what pyproject.toml asks for, hashed, and name no host
	@$(PY) scripts/dev/check_locks.py

.PHONY: web-check
web-check: web ## types of the pages' TypeScript
	@$(PY) web/build.py --check

# --- what is made from something else ---------------------------------------------------------------------------------

.PHONY: schema
schema: dev ## write schema.graphql, and the JSON Schema of mappings
	@$(PY) -m api.export
	@$(PY) -m loaders mapping-schema --out data/mappings/mapping.schema.json

.PHONY: web
web: runtime ## build the pages' bundle (skipped when it is up to date)
	@if $(PY) web/build.py --needs-node; then $(MAKE) --silent $(STAMPS)/node; fi
	@$(PY) web/build.py

# `uv` keeps the pins of a lock file that still fit; LOCK_ARGS=--upgrade takes the newest ones.
# One version for every Python (fewest forks): the same answers and the same bytes everywhere.
LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"

.PHONY: lock
lock: dev ## write the lock files from pyproject.toml (LOCK_ARGS=--upgrade for newer versions)
	@$(LOCK) $(LOCK_ARGS) pyproject.toml -o requirements.lock
	@$(LOCK) $(LOCK_ARGS) -c requirements.lock pyproject.toml --group dev -o requirements-dev.lock
	@$(LOCK) $(LOCK_ARGS) --group node -o requirements-node.lock

.PHONY: clean
clean: ## remove .venv, the bundle and the caches; the store in var/ stays
	@rm -rf $(VENV) web/dist web/node_modules tests/artifacts .pytest_cache .mypy_cache .ruff_cache .import_linter_cache \
	    .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment --------------------------------------------------------------------------------------------------

.PHONY: runtime
runtime: $(STAMPS)/runtime ## .venv with what the server needs

.PHONY: dev
dev: $(STAMPS)/dev ## .venv with what the tests and checks need as well

$(STAMPS)/venv:
	@$(SHELL) scripts/dev/create_venv.sh $(VENV) "$(PYTHON)"
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: requirements.lock $(STAMPS)/venv
	@echo "Installing the packages of $< into $(VENV) (downloads them the first time)"
	@$(PIP_INSTALL) -r $<
	@touch $@

$(STAMPS)/node: requirements-node.lock $(STAMPS)/runtime
	@echo "No Node.js 20 or newer with npm here: installing one from PyPI into $(VENV)"
	@$(PIP_INSTALL) -r $<
	@touch $@

$(STAMPS)/dev: requirements-dev.lock $(STAMPS)/runtime
	@echo "Installing the packages of $< into $(VENV) (downloads them the first time)"
	@$(PIP_INSTALL) -r $<
	@touch $@
