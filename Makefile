# The commands people type. Each installs what is missing (Debian packages; a Python environment in .venv for the tests).
PACKAGES = libsqlite3-dev libssl-dev libargon2-dev libpq-dev pkg-config
TEST_PACKAGES = python3-venv nginx haproxy caddy apache2-bin libapache2-mod-oauth2 chromium chromium-driver node-typescript gcc libc6-dev strace util-linux mount postgresql openssl curl
PYTHON = .venv/bin/python
HEIRLOOM = .build/release/heirloom

.PHONY: run test build bench faults simulate format lint packages test-packages

run: build
	$(HEIRLOOM) serve

build: packages
	swift build -c release --product heirloom

# One configuration for everything: the tests run what is shipped.
test: packages test-packages
	swift build -c release --build-tests
	swift build -c release --product heirloom
	swift test -c release --skip-build
	$(PYTHON) -m pytest -q -n 3 --dist loadfile Tests/Contract
	HEIRLOOM_TEST_DATABASE=postgres $(PYTHON) -m pytest -q -n 3 --dist loadfile Tests/Contract
	$(PYTHON) -m pytest -q Tests/Node
	$(PYTHON) -m pytest -q Tests/Browser
	$(PYTHON) -m pytest -q -m quick Tests/Fault

# Every fault, for some minutes. Needs root, for mounts and traces. FUZZ_RUNS says how many inputs each reader gets, and
# FUZZ_SEED which: by default others each time.
FUZZ_RUNS = 100000
FUZZ_SEED = $$(date +%s)
faults: build test-packages
	swift build -c release --build-tests
	seed=$(FUZZ_SEED); echo "FUZZ_SEED=$$seed"; \
	FUZZ_SEED=$$seed FUZZ_RUNS=$(FUZZ_RUNS) swift test -c release --skip-build --filter FuzzTests
	$(PYTHON) -m pytest -q Tests/Fault

# Measures PostgreSQL, nginx and OpenSSL too if they are installed.
bench: packages
	swift build -c release --product heirloom
	swift build -c release --product heirloom-microbench
	swift build -c release --product notes-api
	python3 Benchmarks/bench.py

# SEEDS says how many runs, SEED which one is the first.
SEEDS = 100000
SEED = 1
simulate: packages
	swift build -c release --build-tests
	SEEDS=$(SEEDS) SEED=$(SEED) swift test -c release --skip-build --filter SimulatorTests

format:
	swift format format --in-place --recursive Sources Tests Examples Migrations Package.swift

# Warnings are errors in every target (Package.swift), so the build is a check too.
lint: build
	python3 Scripts/tidy.py
	swift format lint --strict --recursive Sources Tests Examples Migrations Package.swift

packages:
	@missing=$$(for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "Installing" $$missing; \
	  sudo=$$(command -v sudo || true); $$sudo apt-get update -qq && $$sudo apt-get install -y -qq $$missing; fi

test-packages:
	@missing=$$(for p in $(TEST_PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "Installing" $$missing; \
	  sudo=$$(command -v sudo || true); $$sudo apt-get update -qq && $$sudo apt-get install -y -qq $$missing; fi
	@test -x $(PYTHON) || { echo "Making .venv for the tests"; python3 -m venv .venv; }
	@$(PYTHON) -m pip install -q -r Tests/requirements.txt
