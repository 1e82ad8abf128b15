# The door to the project: `make` lists the targets. Needs make and Python 3.11 or newer with venv.
PYTHON ?= python3
PORT ?= 8501
SITE ?= config/site.yaml
# Tests at once, on two cores: half of them wait for a server, a browser or a clock.
AT_ONCE ?= 4
CODE := access alerts app collectors config core dashboard maintenance simulator storage
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help install demo run test check audit lock clean servers phantoms

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

install: .venv/installed ## make .venv with the command `scanward`

demo: .venv/installed ## show a simulated centre at http://localhost:8501 (PORT=8601 for another port, FRESH=1 anew)
	$(BIN)/python -m app demo --port $(PORT) $(if $(FRESH),--fresh)

run: .venv/installed ## run a real site (SITE=config/site.yaml)
	$(BIN)/python -m app run --site "$(SITE)"

test: .venv/installed-dev .venv/phantoms/installed servers ## run all tests; installs the servers they need where it may
	@$(BIN)/python -m compileall -q -j 2 $(CODE) # else each worker and each process that a test starts does it
	$(BIN)/python -m pytest --numprocesses=$(AT_ONCE) --dist=loadfile

check: .venv/installed-dev ## ruff, mypy strict, the arrows between the folders, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

audit: .venv/installed-dev ## known faults of what is locked, where PyPI is reached
	$(BIN)/python -m tests.support.locked_audit

lock: .venv/installed-dev ## pin what pyproject.toml asks for, with hashes
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header --extra build pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header --extra build --extra dev --constraint requirements.lock pyproject.toml \
	  --output-file requirements-dev.lock
	echo 'pylinac>=3.40' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header - --output-file requirements-phantoms.lock

phantoms: .venv/phantoms/installed ## make .venv/phantoms with pylinac, which reads CatPhan and ACR phantoms

clean: ## forget the environment, caches and the demo's data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
	  *.egg-info var/demo-* tests/dashboard/grafana/node_modules

servers:
	@tests/support/servers.sh

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Scanward needs Python 3.11 or newer: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: requirements.lock pyproject.toml | .venv/made
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# pylinac needs another pydicom than Scanward: an environment of its own.
.venv/phantoms/installed: requirements-phantoms.lock | .venv/made
	$(PYTHON) -m venv .venv/phantoms
	.venv/phantoms/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements-phantoms.lock
	@touch $@
