"""Which way a belt heads, and the exact moment from which it may be told to head another way."""

import math

import pytest

from protocols.belt import BeltReport
from protocols.dialect import Heading
from protocols.direction import Direction

COMMAND, SPEED, FORWARD = Heading.BY_COMMAND, Heading.WITH_SPEED, Heading.FORWARD_ONLY


def resting(since_s: float, reported_at_s: float) -> BeltReport:
    return BeltReport(speed_mps=0.0, rest_since_s=since_s, reported_at_s=reported_at_s)


def heading(how: Heading, reverse: bool = False) -> Direction:
    """That of a machine which has said how it heads."""
    direction = Direction(how)
    direction.heard(reverse)
    return direction


@pytest.mark.parametrize(
    ("how", "known", "reverse", "told"),
    [
        (COMMAND, False, None, None),
        (SPEED, True, False, False),
        (FORWARD, True, False, None),
    ],
)
def test_what_is_known_before_anything_was_heard(
    how: Heading, known: bool, reverse: bool | None, told: bool | None
) -> None:
    direction = Direction(how)
    assert (direction.known, direction.reverse, direction.told()) == (known, reverse, told)


@pytest.mark.parametrize("how", [COMMAND, SPEED])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_machine_that_can_be_told_heads_as_it_says_until_it_says_otherwise(
    how: Heading, reverse: bool
) -> None:
    direction = Direction(how)
    for said in (reverse, None):
        assert direction.heard(said) is True
        assert (direction.reverse, direction.told(), direction.known) == (reverse, reverse, True)
    assert direction.heard(not reverse) is True
    assert direction.told() is not reverse


def test_a_machine_that_has_not_said_its_way_is_not_known_by_its_silence() -> None:
    direction = Direction(COMMAND)
    assert direction.heard(None) is True
    assert (direction.known, direction.told()) == (False, None)


@pytest.mark.parametrize(("said", "can"), [(None, True), (False, True), (True, False)])
def test_a_machine_that_only_heads_forward_is_another_if_it_says_reverse(
    said: bool | None, can: bool
) -> None:
    direction = Direction(FORWARD)
    assert direction.heard(said) is can
    assert (direction.reverse, direction.told()) == (False, None)


@pytest.mark.parametrize(
    ("since_s", "reported_at_s", "now_s", "due"),
    [
        (0.0, 1.0, 1.0, True),
        (0.0, 1.0, math.nextafter(1.0, 0), False),
        (0.0, 0.75, 1.0, True),
        (0.0, 0.75, math.nextafter(1.0, 0), False),
        (-9.0, 0.0, 0.6, True),
        (-9.0, 0.0, math.nextafter(0.6, 1), False),
        (-9.0, 0.0, 0.75, False),
        (1000.0, 1001.0, 1001.5, True),
        (1000.0, 1000.5, 1000.75, False),
        (1000.0, 1001.0, 1001.75, False),
    ],
)
def test_a_belt_is_turned_after_a_second_of_rest_by_telemetry_of_six_tenths(
    since_s: float, reported_at_s: float, now_s: float, due: bool
) -> None:
    direction = heading(COMMAND)
    assert direction.turn_due(True, resting(since_s, reported_at_s), now_s) is due
    assert direction.known is not due


def test_a_belt_that_was_never_seen_at_rest_is_not_turned() -> None:
    assert heading(COMMAND).turn_due(True, BeltReport(), 9.0) is False
    assert heading(COMMAND).turn_due(True, BeltReport(reported_at_s=9.0), 9.0) is False


@pytest.mark.parametrize("reverse", [False, True])
def test_a_belt_that_heads_so_already_is_not_turned(reverse: bool) -> None:
    direction = heading(COMMAND, reverse)
    assert direction.turn_due(reverse, resting(0.0, 5.0), 5.0) is False
    assert direction.reverse is reverse


@pytest.mark.parametrize("reverse", [False, True])
def test_a_belt_is_turned_once_and_then_not_known_until_read_back(reverse: bool) -> None:
    direction = heading(COMMAND, reverse)
    assert direction.turn_due(not reverse, resting(0.0, 5.0), 5.0) is True
    assert (direction.reverse, direction.told(), direction.known) == (None, None, False)
    assert direction.turn_due(not reverse, resting(0.0, 5.0), 5.0) is False
    assert direction.turn_due(reverse, resting(0.0, 5.0), 5.0) is False
    direction.heard(not reverse)
    assert direction.reverse is not reverse


@pytest.mark.parametrize("reverse", [False, True])
def test_a_machine_told_with_each_speed_turns_without_a_request(reverse: bool) -> None:
    direction = heading(SPEED, reverse)
    assert direction.turn_due(not reverse, resting(0.0, 5.0), 5.0) is False
    assert direction.reverse is not reverse
    assert direction.turn_due(reverse, resting(4.5, 5.0), 5.0) is False
    assert direction.reverse is not reverse


def test_a_machine_that_only_heads_forward_is_never_turned() -> None:
    direction = Direction(FORWARD)
    assert direction.turn_due(True, resting(0.0, 5.0), 5.0) is False
    assert direction.reverse is False
