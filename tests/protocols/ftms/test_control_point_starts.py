"""Turn by turn, at the exact moment: what a belt is started by, and how often that is tried."""

import pytest

from tests.protocols.ftms.exact_point import (
    AT_100,
    BASES,
    DID_NOT_GO,
    GO,
    HALT,
    HALTED,
    READY,
    RUN,
    SET,
    STOP,
    Point,
)


@pytest.mark.parametrize("base_s", BASES)
def test_a_belt_that_stays_at_rest_gets_its_set_point_six_and_a_half_seconds_after_start(
    base_s: float,
) -> None:
    line = Point().started(base_s)
    assert line.turn(base_s + 6.4999, RUN, 100) == ""
    assert line.turn(base_s + 6.5, RUN, 100) == AT_100


def test_a_belt_that_stays_at_rest_gets_no_incline() -> None:
    line = Point().started(0.0)
    assert line.turn(6.5, RUN, 100, 1.0) == AT_100
    line.hear(6.5, SET)
    assert line.turn(8.5, RUN, 100, 1.0) == ""


@pytest.mark.parametrize("base_s", BASES)
def test_a_refused_start_is_tried_three_times_each_a_second_after_the_one_before(
    base_s: float,
) -> None:
    line = Point().ready(base_s)
    for second in (0, 1, 2):
        assert line.turn(base_s + second, RUN, 100) == GO
        line.hear(base_s + second, DID_NOT_GO)
        assert line.turn(base_s + second + 0.9999, RUN, 100) == ""
    assert line.turn(base_s + 3.0, RUN, 100) == ""
    assert line.turn(base_s + 60.0, RUN, 100) == ""
    assert line.point.refusals == 3


def test_a_start_that_toggles_is_tried_once() -> None:
    line = Point(start_toggles=True).ready(0.0)
    assert line.turn(0.0, RUN, 100) == GO
    line.hear(0.0, DID_NOT_GO)
    assert line.turn(1.0, RUN, 100) == ""


def test_after_a_proven_rest_a_start_is_tried_three_times_again() -> None:
    line = Point().ready(0.0)
    for at_s in (0.0, 1.0, 2.0, 10.0, 11.0, 12.0):
        if at_s == 10.0:
            assert line.turn(3.0, RUN, 100) == ""
            assert line.turn(4.0, STOP) == HALT
            line.hear(4.0, HALTED)
            assert line.turn(5.0, STOP) == ""
            assert line.turn(6.0, READY) == ""
        assert line.turn(at_s, RUN, 100) == GO
        line.hear(at_s, DID_NOT_GO)
    assert line.turn(13.0, RUN, 100) == ""


@pytest.mark.parametrize(("rested_s", "written"), [(0.0, ""), (0.0001, GO)])
def test_no_start_before_rest_was_seen_for_a_while(rested_s: float, written: str) -> None:
    line = Point().ready(0.0)
    assert line.rests(since_s=1.0 - rested_s).turn(1.0, RUN, 100) == written


@pytest.mark.parametrize(("age_s", "written"), [(2.5, GO), (2.5001, "")])
def test_no_start_on_an_old_word_of_rest(age_s: float, written: str) -> None:
    line = Point().ready(0.0)
    line.age_s = age_s
    assert line.turn(0.0, RUN, 100) == written


@pytest.mark.parametrize("belt_mps", [0.3, None])
def test_no_start_of_a_belt_that_moves_or_was_never_heard_of(belt_mps: float | None) -> None:
    line = Point().ready(0.0)
    line.belt_mps = belt_mps
    assert line.turn(1.0, RUN, 100) == ("" if belt_mps is None else AT_100)
