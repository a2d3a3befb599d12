"""The fault matrix: every fault of the simulators, of people, the computer and the disk, in every
phase of a session, on the whole stack. `make check` takes every other field of it.
"""

import pytest

from simulators.faults import FAULTS
from tests.safety.stack.matrix import PHASES, combinations, trial
from tests.safety.stack.reactions import BLIND, REACTIONS, SLOW_S

SHARE = 2
"""Of all fields, one in so many is run; the fields that are not are the other colour of a board."""
RUNS_AT_LEAST = 400
SEED = 20_000


def fields(phase: str) -> list[tuple[int, str]]:
    """The faults to strike in this phase, each with its number."""
    return [
        (number, fault)
        for number, (fault, struck) in enumerate(combinations())
        if struck == phase and number % SHARE == 0
    ]


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("phase", PHASES)
def test_whatever_fails_it_stops_or_says_loudly_that_it_could_not(phase: str) -> None:
    struck = [trial(fault, phase, SEED + number) for number, fault in fields(phase)]
    assert [outcome for outcome in struck if not outcome.well] == []
    assert sum(outcome.reached for outcome in struck) >= 0.8 * len(struck)


def test_the_board_is_large_enough() -> None:
    assert sum(len(fields(phase)) for phase in PHASES) >= RUNS_AT_LEAST


def test_the_tables_name_nothing_that_does_not_exist() -> None:
    known = {fault for fault, _ in combinations()}
    assert known >= set(FAULTS) | set(REACTIONS) | set(BLIND) | set(SLOW_S)
