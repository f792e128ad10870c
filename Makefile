# Two commands matter: `make serve` and `make test`. Each sets up what it needs, once.
# `make help` lists them all. Options: PYTHON=python3.12, ARGS="-k heartbeat".

.DEFAULT_GOAL := help
.PHONY: help serve test check format bench simulate test-long docs lock clean

VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/done
PIP := $(BIN)/python -m pip --quiet --no-input --disable-pip-version-check
PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)
MISSING := Fener needs Python 3.11 or later with venv (Debian: apt-get install python3-venv); or name one: make PYTHON=python3.12
COMPILE := $(VENV)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-15s %s\n", $$1, $$2 }'

serve: $(DONE)/run ## Run Fener on http://127.0.0.1:8000, with its database under ./data
	@exec $(BIN)/fener serve $(ARGS)

test: $(DONE)/test ## Run the tests
	@exec $(BIN)/python -m pytest $(ARGS)

check: $(DONE)/test ## Lint, check the format, the types and the import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DONE)/test ## Mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(DONE)/test ## Measure speed; takes some minutes
	@exec $(BIN)/python bench $(ARGS)

simulate: $(DONE)/test ## Play thirty days of a thousand monitors; fails on a broken promise
	@exec $(BIN)/python -m fener.testing.simulation $(ARGS)

test-long: $(DONE)/test ## Run the tests that take long: kills, hostile targets, simulations
	@exec $(BIN)/python -m pytest -m long -o faulthandler_timeout=0 $(ARGS)

docs: $(DONE)/run ## Write the pages of docs/ that are made from the code
	$(BIN)/python tools/settings_page.py

lock: ## Lock what pyproject.toml and package.json ask for; UPGRADE=1 takes the newest
	@$(MAKE) --no-print-directory $(VENV)/uv/bin/uv
	$(COMPILE) pyproject.toml --group build --output-file requirements/run.lock
	$(COMPILE) pyproject.toml --group build --group test --constraint requirements/run.lock --output-file requirements/test.lock
	$(COMPILE) --group node --output-file requirements/node.lock
	npm $(if $(UPGRADE),update,install) --package-lock-only

clean: ## Remove everything that make has made; ./data stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist src/fener/web/static/vendor

$(DONE)/venv:
	@for python in $(PYTHONS); do \
		$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
		python=; \
	done; \
	test -n "$$python" || { echo "$(MISSING)" >&2; exit 1; }; \
	echo "Setting up $(VENV) with $$python; this happens once."; \
	$$python -m venv --clear $(VENV)
	@mkdir -p $(DONE) && touch $@

$(DONE)/locked: requirements/run.lock $(DONE)/venv
	@echo "Installing what Fener needs."
	@$(PIP) install --require-hashes -r requirements/run.lock
	@touch $@

$(DONE)/frontend: package-lock.json tools/frontend.py $(DONE)/locked
	@echo "Fetching the front-end files."
	@$(BIN)/python tools/frontend.py
	@touch $@

$(DONE)/run: pyproject.toml $(DONE)/frontend
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(DONE)/test: requirements/test.lock $(DONE)/locked | $(DONE)/run
	@echo "Installing what the tests need."
	@$(PIP) install --require-hashes -r requirements/test.lock
	@touch $@

$(VENV)/uv/bin/uv: | $(DONE)/venv
	@$(BIN)/python -m venv $(VENV)/uv && $(VENV)/uv/bin/python -m pip install --quiet 'uv>=0.9'
