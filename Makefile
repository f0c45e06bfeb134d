# Everything a person types. A machine needs Python 3.11 or later, git and make; the rest
# is installed into .venv the first time a target asks for it.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SIZE := 1
DATA := ../shared/data

# Installs ten times as fast as pip, which takes over where uv finds no index: pip's own
# configuration is not uv's.
UV := uv==0.13.9
INSTALL := --quiet --no-deps --requirement requirements.lock

# Containers often forbid Python to keep what it compiled: each process, and there are hundreds,
# would compile dbt anew, for five seconds.
unexport PYTHONDONTWRITEBYTECODE

# Tests build into files of their own: what `make run` made stays as it was.
SCRATCH := target/test
IN_SCRATCH := DECILE_DUCKDB_PATH=$(SCRATCH)/warehouse.duckdb \
	DBT_TARGET_PATH=$(SCRATCH)/dbt DBT_LOG_PATH=$(SCRATCH)/logs \
	DECILE_SANDBOX_STATE=$(SCRATCH)/sandbox.sqlite

.DEFAULT_GOAL := help
.PHONY: help install run build test lint types dbt-test pytest fmt lock \
	test-long test-postgres replay bench accept readme clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

install: $(INSTALLED) ## Install everything into .venv, as locked

$(INSTALLED): requirements.lock pyproject.toml
	@rm -f $@
	@test -x $(BIN)/python || sh -c '\
		for python in python3.11 python3 python; do \
			$$python -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null \
				&& exec $$python -m venv $(VENV); \
		done; \
		echo "Decile needs Python 3.11 or later; found none on the PATH." >&2; exit 1'
	$(BIN)/python -m pip install --quiet $(UV)
	$(BIN)/uv pip install $(INSTALL) || $(BIN)/python -m pip install $(INSTALL)
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: $(INSTALLED) ## The whole path on the sample: check, build, plan, sync to the sandbox, report
	@$(BIN)/decile check rules
	@$(BIN)/dbt --quiet build --exclude-resource-type unit_test
	@$(BIN)/decile setup
	@$(BIN)/decile plan
	@$(BIN)/decile sync
	@$(BIN)/decile report

build: $(INSTALLED) ## Build every model and run every dbt test
	$(BIN)/dbt build

test: $(INSTALLED) ## Every dbt test, and pytest
	@rm -rf $(SCRATCH) && mkdir -p $(SCRATCH)
	@$(MAKE) --no-print-directory --jobs 2 dbt-test pytest

lint: $(INSTALLED) ## Style of SQL and Python; changes nothing
	$(BIN)/sqlfluff lint models tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## mypy, strict
	$(BIN)/mypy

dbt-test: $(INSTALLED) ## Build the sample in a scratch file with all data and unit tests
	@mkdir -p $(SCRATCH) && rm -f $(SCRATCH)/warehouse.duckdb*
	$(IN_SCRATCH) $(BIN)/dbt --quiet --no-write-json --log-level-file error build

pytest: $(INSTALLED) ## The Python tests, and the tests of the project itself
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

fmt: $(INSTALLED) ## Mend style where a machine can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix models tests

lock: $(INSTALLED) ## Resolve requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--upgrade --generate-hashes --no-emit-index-url --quiet \
		--custom-compile-command "make lock" --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra accept --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
		--constraint requirements.lock \
		--custom-compile-command "make lock" --output-file requirements-accept.lock

test-long: $(INSTALLED) ## Tests that take minutes
	$(BIN)/python -m pytest -m long --numprocesses 2 --dist worksteal

test-postgres: $(INSTALLED) ## PostgreSQL: every public table equals DuckDB's; two runs exclude each other
	@tests/postgres/install.sh
	$(BIN)/python -m tests.postgres.compare
	$(BIN)/python -m pytest tests/postgres/syncing.py

replay: $(INSTALLED) ## A year of the sample, day by day: a row a week, and what must never be
	@$(BIN)/python -m bench.replay

bench: $(INSTALLED) ## Ratios: a million rows planned, 10 million records linked, 20 million events scored
	$(BIN)/python -m bench.planning --size $(SIZE)
	$(BIN)/python -m bench.linking --size $(SIZE)
	$(BIN)/python -m bench.bench --size $(SIZE)

accept: $(INSTALLED) ## Real layouts, FEBRL, CDNOW: DATA holds fivetran_exports/ and cdnow/; prints figures
	$(BIN)/python -m bench.fivetran_exports $(DATA)/fivetran_exports
	$(BIN)/python -m pip install --quiet --no-deps --requirement requirements-accept.lock
	$(BIN)/python -m bench.febrl
	$(BIN)/python -m bench.cdnow $(DATA)/cdnow/CDNOW_master.txt

readme: $(INSTALLED) ## Paste what commands print on the sample into README.md and docs/
	@rm -rf $(SCRATCH) && mkdir -p $(SCRATCH)
	@$(IN_SCRATCH) $(MAKE) --no-print-directory run > $(SCRATCH)/run.txt
	$(IN_SCRATCH) $(BIN)/python -m bench.readme

clean: ## Remove what was built; .venv stays
	rm -rf target logs dbt_packages .decile warehouse.duckdb warehouse.duckdb.wal
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
