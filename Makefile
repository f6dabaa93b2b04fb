# What it needs: make, sh, and Python 3.11 or newer with its venv module; `make test` also Chromium. Everything else goes
# into .venv.

SHELL = /bin/sh
BIN = .venv/bin

# Redis comes in a wheel that ends at Python 3.12, so these are tried first; newer ones work on Linux too.
PYTHONS = python3.12 python3.11 python3.13 python3.14 python3 python

# $(call setup,FILE): makes .venv fit a requirements file. It does nothing when nothing has changed.
# From / because pyenv and the like would insist on the version that .python-version names for hosting.
define setup
cd /; \
for python in $(PYTHONS); do \
  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
    exec $$python -I "$(CURDIR)/app/local/install.py" $(1); \
  fi; \
done; \
for python in $(PYTHONS); do \
  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
    echo "This Python lacks its venv module: install it (Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; \
  fi; \
done; \
echo "Coachhouse needs Python 3.11 or newer: none of $(PYTHONS) is one." >&2; exit 1
endef

.PHONY: run test coverage check bench setup

run: setup
	@$(BIN)/python -m app.local run

setup:
	@$(call setup,requirements.txt)

.PHONY: setup-dev
setup-dev:
	@$(call setup,requirements-dev.txt)

check: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: check
	@$(BIN)/python -m tests.shards

# Apart from the tests, as it makes them take twice as long.
coverage: setup-dev
	@$(BIN)/python -m tests.shards --cov --cov-report=
	@$(BIN)/python -m coverage combine -q
	@$(BIN)/python -m coverage report --skip-covered

bench: setup-dev
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.speech
	@$(BIN)/python -m bench.topics
	@$(BIN)/python -m bench.realtime
	@$(BIN)/python -m bench.readers
