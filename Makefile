# Every target is a thin call of ordinary commands; an operator can run them one by one.
PYTHON ?=
PORT ?= 8000
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
WORKERS ?= 2
# --dist loadfile keeps a file's tests, and so what they share, in one process. In their own order, for the longest file has few
# tests: begun last, it would leave the other process with nothing to do.
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# What a server sets, for the checks that judge a server's settings.
PRODUCTION := env -u DATABASE_URL DEBUG=0 ALLOWED_HOSTS=portal.example.gov.cn \
	SECRET_KEY=a-key-for-checks-only-0123456789-abcdefghijklmnopqrstuvwxyz

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench lock messages

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

install: .venv/.installed node_modules/.installed ## the Python environment and the browser assets, as locked

# The stamps make a second run start in seconds, and with no network.
$(BIN)/python:
	PYTHON="$(PYTHON)" scripts/make_venv.sh

.venv/.installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc | .venv/.installed
	scripts/install_assets.sh
	@touch $@

# DEBUG=0 make demo is refused: demo accounts are for a developer only.
demo: export DEBUG ?= 1
demo: install ## the site with the Hangzhou programme and demo accounts at 127.0.0.1:$PORT (8000)
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) load_programme fixtures/hangzhou --if-missing
	$(MANAGE) create_demo_accounts
	@echo
	@echo "The portal is at http://127.0.0.1:$(PORT)/ (Ctrl-C stops it)"
	@echo
	@scripts/serve.sh $(PORT)

test: install ## every test, on SQLite and on a throwaway PostgreSQL, with coverage
	scripts/install_test_parts.sh
	$(BIN)/coverage erase
	env -u DATABASE_URL $(PYTEST) -m "not browser" --cov --cov-report= --cov-fail-under=0
	env -u DATABASE_URL $(PYTEST) -m browser
	scripts/with_postgres.sh $(PYTEST)
	$(BIN)/coverage report --skip-covered --fail-under=90

# djlint only lints: its formatter would rewrite the texts to translate.
lint: install ## every check that reads the code and runs no test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	$(PRODUCTION) $(MANAGE) makemigrations --check --dry-run
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING
	$(BIN)/python scripts/translations.py check

bench: install ## checks and pages at 142 to 142,000 platforms; a workbook of 100,000 rows loaded
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.importing
	$(BIN)/python -m benchmarks.workbooks

lock: install ## requirements.txt anew from pyproject.toml, package-lock.json from package.json
	$(BIN)/pip-compile --quiet --upgrade --extra dev --strip-extras --no-header --no-emit-options \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file requirements.txt pyproject.toml
	PATH="$(CURDIR)/$(BIN):$$PATH" npm update --package-lock-only --ignore-scripts --no-audit --no-fund

messages: install ## the translations' source anew, and compiled
	$(BIN)/python scripts/translations.py update
