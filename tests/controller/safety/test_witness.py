"""A second sensor of the belt's speed: when it is heard, and when it contradicts."""

import math

import pytest

from controller.safety import witness
from controller.safety.monitors import Monitors, watch
from protocols.units import mps_from_kmh
from tests.controller.bedside import LIMITS, NOW_S, changed, healthy


def seen(witness_mps: float | None, belt_mps: float | None, at_s: float | None = NOW_S) -> bool:
    evidence = changed(
        healthy(),
        belt={"speed_mps": belt_mps},
        other={"witness_mps": witness_mps, "witness_at_s": at_s},
    )
    return witness.contradicts(evidence, NOW_S)


@pytest.mark.parametrize(
    ("witness_mps", "belt_mps", "contradicts"),
    [
        (0.4, 0.4, False),
        (0.4 + mps_from_kmh(0.29), 0.4, False),
        (0.4 + mps_from_kmh(0.31), 0.4, True),
        (0.4 - mps_from_kmh(0.31), 0.4, True),
        (1.0 * 1.14, 1.0, False),
        (1.0 * 1.16, 1.0, True),
        (0.19, 0.0, False),
        (0.21, 0.0, True),
        (0.3, 0.0, True),
        (0.0, 0.3, True),
        (math.nan, 0.4, True),
        (None, 0.4, False),
        (0.4, None, False),
    ],
)
def test_a_witness_contradicts_beyond_a_step_and_a_share(
    witness_mps: float | None, belt_mps: float | None, contradicts: bool
) -> None:
    assert seen(witness_mps, belt_mps) is contradicts


@pytest.mark.parametrize("at_s", [None, NOW_S + 0.1, NOW_S - 2.6])
def test_who_was_not_lately_heard_contradicts_nobody(at_s: float | None) -> None:
    assert not seen(0.9, 0.4, at_s)


def test_who_was_heard_two_and_a_half_seconds_ago_still_counts() -> None:
    evidence = changed(
        healthy(),
        belt={"speed_mps": 0.4, "reported_at_s": NOW_S - 2.5},
        other={"witness_mps": 0.9, "witness_at_s": NOW_S - 2.5},
    )
    assert witness.contradicts(evidence, NOW_S)


def test_a_witness_that_names_no_speed_is_not_fresh_and_none_is_due_by_itself() -> None:
    silent = changed(healthy(), other={"witness_mps": None, "witness_at_s": NOW_S})
    assert not witness.fresh(silent, NOW_S)
    assert not witness.Witnessed().witness_due


def test_a_belt_that_was_not_lately_heard_is_contradicted_by_nobody() -> None:
    evidence = changed(
        healthy(),
        belt={"speed_mps": 0.4, "reported_at_s": NOW_S - 2.6},
        other={"witness_mps": 0.9, "witness_at_s": NOW_S},
    )
    assert not witness.contradicts(evidence, NOW_S)


def test_the_monitors_know_since_when_they_contradict() -> None:
    evidence = changed(
        healthy(), belt={"speed_mps": 0.4}, other={"witness_mps": 0.9, "witness_at_s": NOW_S}
    )
    found = watch(Monitors(), evidence, LIMITS, set_point_mps=0.4, now_s=NOW_S)
    assert found.witness_since_s == NOW_S
