# Daybook: `make run` starts it, `make test` checks it. `make help` lists the rest.
# V=1 shows what each step says. PYTHON names another Python (3.11 or newer).

.DEFAULT_GOAL := help
.NOTPARALLEL:
.SILENT:
.PHONY: run setup test test-slow lint bench lock clean help frontend chromium check-lint

VENV := .venv
BIN := $(VENV)/bin
BUILT := src/daybook/site/static/built
NODE_MODULES := frontend/node_modules
FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
PYTHON ?= python3
export PYTHON

# Tests may use this many processes.
JOBS ?= 2

PACKAGES_HINT := Daybook needs its libraries once. Look at the lines above; check that this machine reaches its package index, then run the same command again.

run: $(VENV)/.ready-run $(BUILT)/.ready ## start Daybook on this machine and print its address
	exec $(BIN)/daybook serve $(ARGS)

setup: $(VENV)/.ready-dev $(BUILT)/.ready ## make .venv with the daybook command and every development tool, and build the pages
	echo "Ready: $(BIN)/daybook"

frontend: $(BUILT)/.ready ## build the style sheets and scripts

test: $(VENV)/.ready-dev $(BUILT)/.ready chromium check-lint ## lint, then all quick tests on SQLite and again on PostgreSQL
	echo "Tests on SQLite, stories in a browser included"
	$(BIN)/pytest -q -n $(JOBS) -m "not slow" $(ARGS)
	echo "Tests that touch the database, on PostgreSQL"
	DAYBOOK_TEST_DB=postgres $(BIN)/pytest -q -n $(JOBS) -m "not slow and not story" $(ARGS)

test-slow: $(VENV)/.ready-dev $(BUILT)/.ready chromium ## the long tests: kill rounds, fuzzing, faults, load
	echo "Slow tests"
	$(BIN)/pytest -q -m slow --durations=10 $(ARGS)

lint: $(VENV)/.ready-dev check-lint ## style, types and the direction of imports

check-lint: $(VENV)/.ready-dev
	tools/step "Style (ruff check)" "Mend the lines named above; 'make setup && $(BIN)/ruff check --fix' mends many." $(BIN)/ruff check --quiet .
	tools/step "Layout of the code (ruff format)" "Run: $(BIN)/ruff format ." $(BIN)/ruff format --check --quiet --diff .
	tools/step "Types (mypy)" "Mend the lines named above." $(BIN)/mypy
	tools/step "Direction of imports (import-linter)" "ARCHITECTURE.md says who may import whom." $(BIN)/lint-imports

bench: $(VENV)/.ready-dev $(BUILT)/.ready ## measure the promises about speed; one JSON line each
	for file in benchmarks/*.py; do \
		if grep -q '^if __name__ == "__main__":' $$file; then \
			$(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; \
		fi; \
	done

lock: $(VENV)/.ready-dev ## write the lock files anew from requirements/*.in
	for name in run media node dev; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
			requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

clean: ## remove everything that make has made, but no diary
	rm -rf $(VENV) .venv-node $(NODE_MODULES) $(BUILT) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build src/*.egg-info
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## show this list
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

chromium:
	tools/step "Looking for a browser for the stories" "Then run the same command again." tools/find_chromium

$(VENV)/.ready-run: requirements/run.txt requirements/media.txt pyproject.toml
	tools/step "Installing the libraries Daybook needs (once)" "$(PACKAGES_HINT)" tools/make_venv $(VENV) requirements/run.txt requirements/media.txt
	tools/step "Installing Daybook itself" "Look at the lines above." $(PYTHON) -m pip --python $(BIN)/python install --quiet --no-deps --no-build-isolation --no-index --editable .
	touch $@

$(VENV)/.ready-dev: requirements/dev.txt pyproject.toml
	tools/step "Installing Daybook's libraries and development tools (once)" "$(PACKAGES_HINT)" tools/make_venv $(VENV) requirements/dev.txt
	tools/step "Installing Daybook itself" "Look at the lines above." $(PYTHON) -m pip --python $(BIN)/python install --quiet --no-deps --no-build-isolation --no-index --editable .
	touch $(VENV)/.ready-run $@

$(NODE_MODULES)/.ready: frontend/package.json frontend/package-lock.json
	tools/step "Installing what builds the pages (once)" "$(PACKAGES_HINT)" tools/build_frontend install
	touch $@

$(BUILT)/.ready: $(NODE_MODULES)/.ready $(FRONTEND_SOURCES) | $(VENV)/.ready-run
	tools/step "Building style sheets and scripts" "Look at the lines above." tools/build_frontend build
	touch $@
