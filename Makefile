# Two commands do everything: `make run` and `make test`.
BIN := .venv/bin
SAFETY_ROOMS := protocols/*,controller/safety/*,controller/session/*,controller/step/*,controller/ramp.py,controller/guard/*,controller/commissioning/*
ROOM_TESTS := $(addprefix tests/,protocols $(addprefix controller/,safety session step test_ramp.py guard commissioning))
SIDE_BY_SIDE := $(BIN)/pytest -q -n 4 --dist loadfile --no-loadscope-reorder
FAULTS := tests/acceptance/test_process_faults.py
CAMPAIGNS := tests/safety/test_stack_deep.py
# Within the session: a kernel that shares time by session lets a lesser one keep others waiting.
LEFT_OVER := nice -n 19
PLAIN := -m 'not (deep or alone or service)'
# Where this is set, each of the processes that the tests start compiles every library again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test check bench deep deep-bluez clean lock system style types contracts ordinary rooms house proof services coverage fuzz processes

setup: .venv/.ready
.venv/.ready: requirements.lock pyproject.toml scripts/setup
	@scripts/setup

system:
	@scripts/system-packages

run: setup
	@$(BIN)/retrotread demo

test: setup system
	@$(MAKE) --no-print-directory -j2 proof ordinary

# The proof is all arithmetic, the others often wait: it takes what they leave.
proof:
	$(LEFT_OVER) $(SIDE_BY_SIDE) --timeout=3000 tests/safety

ordinary:
	@$(MAKE) --no-print-directory rooms
	@$(MAKE) --no-print-directory house
	@$(MAKE) --no-print-directory services

# The safety rooms, covered whole by their own tests.
rooms:
	$(SIDE_BY_SIDE) $(PLAIN) --cov --cov-report= $(ROOM_TESTS)
	$(BIN)/coverage report --fail-under=100 --include='$(SAFETY_ROOMS)'

house:
	$(SIDE_BY_SIDE) $(PLAIN) tests $(addprefix --ignore=,tests/safety $(ROOM_TESTS))

services:
	$(SIDE_BY_SIDE) -m 'service and not deep'
	$(BIN)/pytest -q -m 'alone and not deep'

# Tracing makes a test cost three times as much, so that the whole is measured apart from them.
coverage: setup system
	$(SIDE_BY_SIDE) $(PLAIN) --ignore=tests/safety --cov --cov-report=
	$(BIN)/coverage report --fail-under=85

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
	$(BIN)/python -m tests.safety.mutation --deep --every 2 --state .deep/mutants.json
	@$(MAKE) --no-print-directory -j2 fuzz processes
	$(BIN)/python -m pytest -m deep $(CAMPAIGNS)

# Real processes mostly wait, for belts and disks: the fuzzers take what they leave.
fuzz: setup
	$(BIN)/uv pip install --quiet --group deep
	$(LEFT_OVER) $(BIN)/python -m tests.safety.fuzz

processes: setup
	$(BIN)/python -m pytest -m deep $(FAULTS)
	$(BIN)/python -m pytest -m deep tests $(addprefix --ignore=,$(FAULTS) $(CAMPAIGNS))

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
