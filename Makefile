# The commands people type. Each installs what is missing (Debian packages; a Python environment in .venv for the tests).
PACKAGES = libsqlite3-dev libssl-dev libargon2-dev libsodium-dev libpq-dev pkg-config libcrypt-dev
PACKAGING_PACKAGES = debhelper libpq5 ca-certificates
TEST_PACKAGES = python3-venv nginx haproxy caddy apache2-bin chromium chromium-driver gcc libc6-dev strace valgrind binutils util-linux mount postgresql openssl curl debootstrap systemd-container lintian skopeo umoci runc prometheus libapache2-mod-auth-openidc glewlwyd libapache2-mod-oauth2 node-typescript
PYTHON = .venv/bin/python
HEIRLOOM = .build/release/heirloom
# Swift's libraries are linked in. What is compiled is the same without it, so tests are built beside it.
BUILD = LINK_SWIFT_STATICALLY=1 swift build -c release --product heirloom

.PHONY: run test build package image bench bench-page bench-instructions faults simulate format lint packages packaging-packages test-packages

run: build
	$(HEIRLOOM) serve

build: packages
	$(BUILD)

# A Debian package in .build/package. SOURCE_DATE_EPOCH is the time of all its files, by default that of the last commit.
package: build packaging-packages
	python3 Scripts/package.py

# An archive of an OCI image, of the same files.
image: package
	python3 Scripts/image.py "$$(ls -t .build/package/*.deb | head -1)"

# One configuration for everything: the tests run what is shipped.
test: packages test-packages
	swift build -c release --build-tests
	$(MAKE) image
	# Simulator and fuzzer keep every core busy, and the stores' suites the disk. What has time limits of its own runs alone.
	swift test -c release --skip-build --filter ManyNodesTests
	swift test -c release --skip-build --skip SimulatorTests --skip FuzzTests --skip ManyNodesTests
	swift test -c release --skip-build --filter SimulatorTests --filter FuzzTests
	$(PYTHON) -m pytest -q -n 3 --dist loadfile Tests/Contract
	HEIRLOOM_TEST_DATABASE=postgres $(PYTHON) -m pytest -q -n 3 --dist loadfile Tests/Contract
	$(PYTHON) -m pytest -q -n 2 --dist loadfile Tests/Node
	$(PYTHON) -m pytest -q -n 2 --dist loadfile Tests/Browser
	$(PYTHON) -m pytest -q -m quick Tests/Fault
	$(PYTHON) -m pytest -q Tests/Package
	$(PYTHON) -m pytest -q Tests/Benchmark

# Every fault, for some minutes. Needs root, for mounts and traces. FUZZ_RUNS says how many inputs each reader gets, and
# FUZZ_SEED which: by default others each time.
FUZZ_RUNS = 100000
FUZZ_SEED = $$(date +%s)
faults: packages test-packages
	swift build -c release --build-tests
	$(BUILD)
	seed=$(FUZZ_SEED); echo "FUZZ_SEED=$$seed"; \
	FUZZ_SEED=$$seed FUZZ_RUNS=$(FUZZ_RUNS) swift test -c release --skip-build --filter FuzzTests
	$(PYTHON) -m pytest -q Tests/Fault

# Measures PostgreSQL, nginx and OpenSSL too if they are installed, and counts system calls if perf is. SESSIONS says how
# many sessions the largest store has. BEFORE names another build of the program, which takes turns with this one.
SESSIONS = 1000000
BEFORE =
bench: build
	swift build -c release --product heirloom-microbench
	swift build -c release --product notes-api
	python3 Benchmarks/bench.py --sessions $(SESSIONS) $(if $(BEFORE),--before $(BEFORE))

# Writes the tables of the last run into docs/performance.md.
bench-page:
	python3 Benchmarks/bench.py --page

# Counts instructions, which Tests/Benchmark compares with these counts. Run it when a change of them is meant.
bench-instructions: packages
	swift build -c release --product heirloom-microbench
	python3 Benchmarks/instructions.py --write

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

define install
	@missing=$$(for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "Installing" $$missing; \
	  sudo=$$(command -v sudo || true); $$sudo apt-get update -qq && $$sudo apt-get install -y -qq $$missing; fi
endef

packages:
	$(call install,$(PACKAGES))

packaging-packages:
	$(call install,$(PACKAGING_PACKAGES))

test-packages:
	$(call install,$(TEST_PACKAGES))
	@test -x $(PYTHON) || { echo "Making .venv for the tests"; python3 -m venv .venv; }
	@$(PYTHON) -m pip install -q -r Tests/requirements.txt
