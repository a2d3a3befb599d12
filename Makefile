# Two commands do everything: `make run` and `make test`.
BIN := .venv/bin
SAFETY_ROOMS := protocols/*,controller/safety/*,controller/session/*,controller/step/*,controller/ramp.py,controller/guard/*,controller/commissioning/*
SIDE_BY_SIDE := -q -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: setup run test check bench deep deep-bluez clean lock system style types contracts rooms proof services

setup: .venv/.ready
.venv/.ready: requirements.lock pyproject.toml scripts/setup
	@scripts/setup

system:
	@scripts/system-packages

run: setup
	@$(BIN)/retrotread demo

test: setup system
	@$(MAKE) --no-print-directory rooms
	@$(MAKE) --no-print-directory -j2 proof services

rooms:
	$(BIN)/pytest $(SIDE_BY_SIDE) --ignore=tests/safety -m 'not (deep or alone or service)' --cov --cov-report=
	$(BIN)/coverage report --fail-under=85
	$(BIN)/coverage report --fail-under=100 --include='$(SAFETY_ROOMS)'

# The proof is all arithmetic, the services mostly wait: the proof takes what they leave.
proof:
	nice -n 19 $(BIN)/pytest $(SIDE_BY_SIDE) --timeout=1200 tests/safety

services:
	$(BIN)/pytest $(SIDE_BY_SIDE) -m 'service and not deep'
	$(BIN)/pytest -q -m 'alone and not deep'

check: setup style types contracts test

style: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

bench: setup
	$(BIN)/retrotread bench

deep: setup system
	@mkdir -p .deep
	$(BIN)/python -m tests.safety.walk --deep --at-least 1000000000 --state .deep/walk.json
	$(BIN)/python -m tests.safety.mutation --deep --state .deep/mutants.json
	$(BIN)/uv pip install --quiet --group deep
	$(BIN)/python -m tests.safety.fuzz
	$(BIN)/python -m pytest -m deep tests

deep-bluez: setup
	@scripts/bluez-packages
	@$(BIN)/python -m tests.bluez

COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11

lock: setup
	$(COMPILE) --extra cluster --extra fast --extra pdf --extra postgres --extra sim --group dev pyproject.toml -o requirements.lock
	$(COMPILE) --extra gpio --extra postgres -c requirements.lock pyproject.toml -o deploy/requirements.lock
	echo hatchling | $(COMPILE) -c requirements.lock - -o deploy/build.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* dist build
