# Quicksilver: build, install, test.
#
#   make install [PREFIX=/path]   build and install hg and the Python packages, run the main job once
#   make test                     install what the tests need, run them all
#   make test-pythons             tests/python with every Python at hand (3.8 to 3.14) and both bindings
#   make lint | bench | local | wheel | clean
#   make fuzz-build | fuzz [SECONDS=60]   build the fuzz targets, run each for a while

PYTHON ?= python3
CARGO ?= cargo
# Without PREFIX: a virtual environment below the checkout. With it: one below PREFIX/lib, and PREFIX/bin/hg.
PREFIX ?=
VENV := $(if $(PREFIX),$(abspath $(PREFIX))/lib/quicksilver,$(CURDIR)/.venv)
TESTENV := $(CURDIR)/.testenv
ORACLE := $(CURDIR)/.oracle
# The profile of everything the tests build: optimised a little, quick to compile.
TEST_PROFILE ?= ci

.PHONY: format-check install test test-rust test-python test-pythons test-pythons-newest test-interop fuzz-build fuzz lint bench local wheel clean oracle testenv lint-python

install:
	$(PYTHON) -m venv "$(VENV)"
	"$(VENV)/bin/pip" install -q --disable-pip-version-check --upgrade setuptools wheel setuptools-rust
	"$(VENV)/bin/pip" install -q --disable-pip-version-check --no-build-isolation --no-deps --force-reinstall .
	$(if $(PREFIX),mkdir -p "$(PREFIX)/bin" && ln -sf "$(VENV)/bin/hg" "$(abspath $(PREFIX))/bin/hg")
	scripts/main-job "$(VENV)/bin/hg"
	@echo "hg is $(if $(PREFIX),$(abspath $(PREFIX))/bin/hg,$(VENV)/bin/hg)"

# An in-place ./hg, for trying a change.
local:
	$(CARGO) build --profile $(TEST_PROFILE) -p hg
	cp target/$(TEST_PROFILE)/hg hg

wheel:
	$(PYTHON) -m pip wheel -q --no-deps -w dist .

$(ORACLE)/.ready:
	$(PYTHON) -m venv "$(ORACLE)/env"
	"$(ORACLE)/env/bin/pip" install -q --disable-pip-version-check mercurial==7.2.4
	printf '#!/bin/sh\nexec env -u PYTHONPATH "%s" "$$@"\n' "$(ORACLE)/env/bin/hg" > "$(ORACLE)/hg"
	chmod +x "$(ORACLE)/hg"
	touch "$@"
oracle: $(ORACLE)/.ready

# Our own wheel with everything the tests run it with, in an environment of its own.
testenv:
	test -x "$(TESTENV)/bin/python" || $(PYTHON) -m venv "$(TESTENV)"
	"$(TESTENV)/bin/pip" install -q --disable-pip-version-check setuptools wheel setuptools-rust pytest prysk
	QUICKSILVER_PROFILE=$(TEST_PROFILE) "$(TESTENV)/bin/pip" install -q --disable-pip-version-check \
		--no-build-isolation --no-deps --force-reinstall .

test: test-rust test-python test-pythons-newest

test-rust: oracle
	$(CARGO) nextest --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-nextest
	HG_ORACLE="$(ORACLE)/hg" $(CARGO) nextest run --cargo-profile $(TEST_PROFILE) --workspace --exclude hg-cpython --exclude hg-pyo3

# pytest collects the .t files of tests/cli too, and runs each against both doors.
test-python: oracle testenv
	HG_ORACLE="$(ORACLE)/hg" "$(TESTENV)/bin/pytest" -q tests/cli tests/python

# The wheel for every Python at hand, with each binding that serves it.
test-pythons: oracle
	HG_ORACLE="$(ORACLE)/hg" TEST_PROFILE=$(TEST_PROFILE) scripts/test-pythons

# Each binding with the newest Python at hand: what CI has time for.
test-pythons-newest: oracle
	HG_ORACLE="$(ORACLE)/hg" TEST_PROFILE=$(TEST_PROFILE) scripts/test-pythons --newest

# Histories, outputs, kills and damage against the oracle: long, so not part of `test`.
# HG_REAL_PROJECT, HG_KILLS, HG_FAULTS, HG_MUTATIONS and HG_SECONDS make it longer still.
test-interop: oracle testenv
	HG_ORACLE="$(ORACLE)/hg" "$(TESTENV)/bin/pytest" -q tests/interop

format-check:
	$(CARGO) fmt --all --check

# Fuzz targets of every parser, without nightly: the flags cargo-fuzz gives, but for the sanitizer.
FUZZ_FLAGS := --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
	-Cllvm-args=-sanitizer-coverage-trace-compares
FUZZ_TARGETS = $(sort $(basename $(notdir $(wildcard fuzz/fuzz_targets/*.rs))))
SECONDS ?= 60

fuzz-build:
	cd fuzz && RUSTFLAGS="$(FUZZ_FLAGS)" $(CARGO) build -q --release --target "$$(rustc -vV | sed -n 's/host: //p')"

# Runs each target for SECONDS; what it finds stays in fuzz/artifacts.
fuzz: fuzz-build
	@for target in $(FUZZ_TARGETS); do \
		mkdir -p fuzz/corpus/$$target fuzz/artifacts/$$target; \
		fuzz/target/*/release/$$target -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
			-print_final_stats=1 -artifact_prefix=fuzz/artifacts/$$target/ fuzz/corpus/$$target || exit 1; \
	done

lint: format-check lint-python
	$(CARGO) clippy -q --workspace --exclude hg-cpython --exclude hg-pyo3 --all-targets -- -D warnings
	PYO3_NO_PYTHON=1 $(CARGO) clippy -q -p hg-pyo3 -- -D warnings

CHECKED := mercurial hgext scripts/rustext-stub benches/border.py

# The linters of the Python half; the stub of the core is compared with what the wheel holds.
lint-python: testenv
	"$(TESTENV)/bin/pip" install -q --disable-pip-version-check mypy ruff
	scripts/rustext-stub --check
	"$(TESTENV)/bin/ruff" check -q $(CHECKED)
	"$(TESTENV)/bin/mypy"
	cd / && "$(TESTENV)/bin/python" -m mypy.stubtest --concise mercurial.rustext

# What users get is what is measured: the release profile, and the oracle with its C modules beside it.
bench: TEST_PROFILE = release
bench: oracle testenv
	"$(TESTENV)/bin/pip" install -q --disable-pip-version-check numpy pyarrow polars
	$(CARGO) build --release -p hg
	HG_ORACLE="$(ORACLE)/hg" $(PYTHON) benches/run.py $(BENCH_GROUPS)
	$(if $(BENCH_REPO),$(PYTHON) benches/history.py --repo $(BENCH_REPO) $(if $(BENCH_GIT),--git $(BENCH_GIT)))
	"$(TESTENV)/bin/python" benches/border.py

clean:
	rm -rf target build dist .venv .testenv .testenv-* .oracle hg *.egg-info
