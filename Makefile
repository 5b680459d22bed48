# Every command of the project. `make help` lists them.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test test-fast lint format messages bench-pages shell clean

# A virtual environment whose Python has gone (a new version, a moved folder) is made anew.
$(shell test -x $(BIN)/python && $(BIN)/python -c '' 2>/dev/null || rm -rf $(VENV))

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: $(VENV)/.runtime $(VENV)/.messages ## set up whatever is missing and serve the site with its demo (PORT=8000)
	@$(BIN)/python scripts/run_site.py $(PORT)

demo: $(VENV)/.runtime $(VENV)/.messages | var ## load the demo content again: what it lacks is added
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py load_demo

test: $(VENV)/.dev $(VENV)/.messages ## run every test, on SQLite and on PostgreSQL
	@$(BIN)/python scripts/run_tests.py

test-fast: $(VENV)/.dev $(VENV)/.messages ## run the tests on SQLite, without a browser and the long walks
	@$(BIN)/python scripts/run_tests.py --fast

lint: $(VENV)/.dev ## check style, types, templates and doors; change nothing
	@status=0; check() { echo "— $$1"; shift; "$$@" || status=1; }; \
	check "style (ruff)" $(BIN)/ruff check; \
	check "format (ruff; make format mends it)" $(BIN)/ruff format --check; \
	check "templates (djhtml; make format mends it)" $(BIN)/djhtml --tabwidth 2 --check templates; \
	check "doors (import-linter)" env PYTHONPATH=site $(BIN)/lint-imports --no-cache --no-logo; \
	check "types (mypy)" $(BIN)/mypy; \
	exit $$status

format: $(VENV)/.dev ## put Python and templates into the one style
	@$(BIN)/ruff check --fix-only --quiet || true
	@$(BIN)/ruff format
	@$(BIN)/djhtml --tabwidth 2 templates

messages: $(VENV)/.runtime ## collect the interface's texts into locale/, then compile (needs GNU gettext)
	@command -v xgettext >/dev/null || { echo "make messages needs GNU gettext (Debian: apt-get install gettext)." >&2; exit 1; }
	$(BIN)/python manage.py makemessages --locale fi --locale sv --locale fi_Simple --no-obsolete --add-location file \
		--ignore '.venv' --ignore 'var' --ignore 'tests' --ignore 'docs' --ignore 'scripts'
	$(BIN)/python scripts/compile_messages.py

bench-pages: $(VENV)/.runtime $(VENV)/.messages | var ## measure the CPU per request of the public pages
	$(BIN)/python scripts/bench_pages.py

shell: $(VENV)/.runtime ## open a Python shell in the site
	$(BIN)/python manage.py shell

clean: ## remove what can be made again: environment, caches, compiled messages; never the database
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache var/tests var/screenshots var/static
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f locale/*/LC_MESSAGES/*.mo

# The environment, made again only when the lists of packages change.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Making the virtual environment …"
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "python -m venv failed (Debian: apt-get install python3-venv)." >&2; exit 1; }

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing what the site needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt | $(VENV)/.runtime
	@echo "Installing what tests and checks need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt --requirement requirements-dev.txt
	@touch $@

$(VENV)/.messages: $(wildcard locale/*/LC_MESSAGES/*.po) scripts/compile_messages.py | $(VENV)/.runtime
	@$(BIN)/python scripts/compile_messages.py
	@touch $@

var:
	@mkdir -p var
