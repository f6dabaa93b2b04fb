# What it needs: make, sh, and Python 3.11 or newer with its venv module; `make test` also Chromium. Everything else goes
# into .venv.

SHELL = /bin/sh
BIN = .venv/bin

# The embedded recogniser has no wheel for Python 3.14 yet, so the others are tried first.
PYTHONS = python3.12 python3.11 python3.13 python3.14 python3 python

# $(call setup,FILE): makes .venv fit a lock file. It does nothing when nothing has changed.
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

.PHONY: run test coverage check fuzz bench setup

run: setup
	@$(BIN)/python -m app.local run

setup:
	@$(call setup,requirements.lock)

.PHONY: setup-dev
setup-dev:
	@$(call setup,requirements-dev.lock)

# Every package with its hashes, for all platforms and Pythons. Versions stay as they are: `make lock LOCK=--upgrade`
# takes the newest that fit.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-build --generate-hashes \
  --custom-compile-command "make lock" $(LOCK)

.PHONY: lock
lock: setup-dev
	@$(COMPILE) requirements.txt -o requirements.lock
	@$(COMPILE) requirements-dev.txt -c requirements.lock -o requirements-dev.lock
	@$(BIN)/python -m tools.licences

# Known vulnerabilities of what is locked. Without a database of them that answers it says so, and passes.
.PHONY: audit
audit: setup-dev
	@$(BIN)/python -m tools.audit

check: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Side by side: the tests leave processors idle while they wait.
test:
	@$(MAKE) --no-print-directory -j2 check suite

.PHONY: suite
suite: setup-dev
	@$(BIN)/python -m tests.shards

# Apart from the tests, as it makes them take twice as long.
coverage: setup-dev
	@$(BIN)/python -m tests.shards --cov --cov-report=
	@$(BIN)/python -m coverage combine -q
	@$(BIN)/python -m coverage report --skip-covered

# Every operation of the OpenAPI document, with what it allows and what it forbids: some minutes. More for the fuzzer itself:
# `make fuzz FUZZ="--seed 7 --max-examples 100"`.
FUZZ = --max-examples 10
fuzz: setup-dev
	@$(BIN)/python -m tests.fuzz $(FUZZ)

bench: setup-dev
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.speech
	@$(BIN)/python -m bench.topics
	@$(BIN)/python -m bench.realtime
	@$(BIN)/python -m bench.readers
	@$(BIN)/python -m bench.watch
	@$(BIN)/python -m bench.recall

# Two hours at half load: what memory, descriptors, connections and keys do. Shorter: `make soak SOAK=300` (seconds).
SOAK = 7200
.PHONY: soak
soak: setup-dev
	@$(BIN)/python -m bench.soak $(SOAK)
