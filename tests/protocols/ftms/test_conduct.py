"""A control point treated as its machine was measured to behave."""

from protocols.belt import BeltOrder, BeltReport, Control, Level, SpeedGrid
from protocols.ftms import procedures
from protocols.ftms.conduct import Conduct
from protocols.ftms.control_point import STOP_ONCE_S, ControlPoint
from protocols.ftms.procedures import OpCode, ResultCode

GRID = SpeedGrid(50, 600, 10, 360.0)
CONTROL, START, STOP = (
    procedures.request_control(), procedures.start(), procedures.stop(),
)  # fmt: skip


def report(now_s: float, speed_mps: float = 0.0) -> BeltReport:
    rest_since_s = None if speed_mps else 0.0
    return BeltReport(
        linked=True, speed_mps=speed_mps, reported_at_s=now_s, rest_since_s=rest_since_s
    )


def run(now_s: float, units: int = 100) -> BeltOrder:
    return BeltOrder(Level.RUN, GRID.mps(units), now_s)


def ready(point: ControlPoint, now_s: float) -> bytes | None:
    return point.next_write(BeltOrder(Level.READY, 0.0, now_s), report(now_s), now_s)


def granted(conduct: Conduct) -> ControlPoint:
    point = ControlPoint(GRID, conduct)
    assert ready(point, 10.0) == CONTROL
    point.hear_answer(procedures.response(OpCode.REQUEST_CONTROL, ResultCode.SUCCESS), 10.05)
    return point


def answer(point: ControlPoint, op: OpCode, now_s: float, code: int = ResultCode.SUCCESS) -> None:
    point.hear_answer(procedures.response(op, code), now_s)


def test_for_a_machine_that_never_answers_request_control_nobody_waits() -> None:
    patient, knowing = ControlPoint(GRID), ControlPoint(GRID, Conduct(answers_control=False))
    for point, expected in ((patient, None), (knowing, START)):
        assert ready(point, 10.0) == CONTROL
        assert point.next_write(run(10.05), report(10.05), 10.05) == expected
        assert point.control is Control.NONE


def test_a_start_that_toggles_is_tried_once() -> None:
    for conduct, again in ((Conduct(), START), (Conduct(start_toggles=True), None)):
        point = granted(conduct)
        assert point.next_write(run(11.0), report(11.0), 11.0) == START
        answer(point, OpCode.START_OR_RESUME, 11.05, ResultCode.OPERATION_FAILED)
        assert point.next_write(run(12.5), report(12.5), 12.5) == again


def test_set_points_are_spaced_both_ways_as_the_machine_needs() -> None:
    for conduct, at_once in ((Conduct(), True), (Conduct(spacing_s=1.0), False)):
        point = granted(conduct)
        moving = report(11.0, 0.2)
        assert point.next_write(run(11.0, 100), moving, 11.0) is not None
        answer(point, OpCode.SET_TARGET_SPEED, 11.05)
        lower = point.next_write(run(11.1, 80), report(11.1, 0.2), 11.1)
        assert (lower is not None) is at_once
        if not at_once:
            assert point.next_write(run(12.0, 80), report(12.0, 0.2), 12.0) is not None


def test_a_second_stop_that_may_start_the_belt_waits_until_the_first_has_surely_failed() -> None:
    point = granted(Conduct(stop_once=True))
    stop = BeltOrder(Level.STOP, 0.0, 11.0)
    assert point.next_write(stop, report(11.0, 0.4), 11.0) == STOP
    answer(point, OpCode.STOP_OR_PAUSE, 11.05)
    assert point.next_write(stop, report(11.5, 0.2), 11.5) is None
    at_s = 11.0 + STOP_ONCE_S
    assert point.next_write(stop, report(at_s, 0.0), at_s) is None
    assert point.next_write(stop, report(at_s, 0.2), at_s) == STOP
