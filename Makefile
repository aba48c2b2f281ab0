# Everything installs into .venv from the lock files; a stamp for each says that it is up to date.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
LOCK = $(BIN)/uv pip compile --quiet --universal --no-annotate --no-header --generate-hashes pyproject.toml

# uv where it can be had, else pip; both hold every file to its hash.
install = $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(1) 2>/dev/null \
	|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)

# Two more than there are cores: some tests wait for processes of their own.
PROCESSES = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)

# What was compiled is compiled once, not at each of the many starts of Python.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-browser screenshots lint bench bench-webhooks drain chaos chaos-webhooks openapi lock

help: ## Show what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: $(STAMP)-run ## Start the desk on this machine with demo data (HOST, PORT)
	@$(BIN)/python manage.py serve

test: $(STAMP)-test ## Run the tests, on SQLite or on DATABASE_URL and REDIS_URL
	$(BIN)/python -m pytest -n $(PROCESSES) --dist loadgroup -m "not browser"

test-browser: $(STAMP)-dev ## Run the tests in a browser, with real processes (DATABASE_URL, REDIS_URL)
	@.ci/browser-tools
	$(BIN)/python -m pytest -m browser

screenshots: $(STAMP)-dev ## Make the pictures of the README anew, of a desk with the demo
	@.ci/browser-tools
	$(BIN)/python -m tests.browser.screenshots

lint: $(STAMP)-dev ## Check style, types, layers and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: $(STAMP)-test ## Measure the API, and the pages of 100,000 issues, on PostgreSQL (DATABASE_URL, BENCH_SECONDS)
	$(BIN)/python -m bench

bench-webhooks: $(STAMP)-test ## Measure how soon webhooks arrive (DATABASE_URL, REDIS_URL, BENCH_SECONDS)
	$(BIN)/python -m bench.webhooks

drain: $(STAMP)-test ## Pay a long backlog of refunds (DATABASE_URL, REDIS_URL, DRAIN_REFUNDS, DRAIN_SECONDS)
	$(BIN)/python -m bench.drain

chaos: $(STAMP)-test ## Kill workers while they pay (DATABASE_URL, REDIS_URL, CHAOS_REFUNDS, CHAOS_KILLS, CHAOS_SECONDS)
	$(BIN)/python -m chaos

chaos-webhooks: $(STAMP)-test ## Kill workers while they send webhooks (as chaos, with CHAOS_DELIVERIES)
	$(BIN)/python -m chaos.webhooks

openapi: $(STAMP)-run ## Write docs/openapi.yaml and docs/events.md anew
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml
	$(BIN)/python manage.py describe_events > docs/events.md

lock: $(STAMP)-run ## Resolve the dependencies anew
	$(LOCK) --output-file requirements.lock
	$(LOCK) --constraints requirements.lock --extra test --output-file requirements-test.lock
	$(LOCK) --constraints requirements-test.lock --all-extras --output-file requirements-dev.lock

$(STAMP)-venv:
	@.ci/make-venv $(VENV)
	@touch $@

$(STAMP)-run: $(STAMP)-venv requirements.lock
	@echo "Installing what the desk needs …"
	@$(call install,requirements.lock)
	@touch $@

$(STAMP)-test: $(STAMP)-run requirements-test.lock
	@echo "Installing what the tests need …"
	@$(call install,requirements-test.lock)
	@$(BIN)/python -m pytest --collect-only --quiet >/dev/null || true  # compiles them, once for all processes
	@touch $@

$(STAMP)-dev: $(STAMP)-test requirements-dev.lock
	@echo "Installing what the checks need …"
	@$(call install,requirements-dev.lock)
	@touch $@
