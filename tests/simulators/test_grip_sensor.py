"""A simulated grip unit says what the hands do, in time and in order, until it breaks."""

import pytest

from protocols.grip import GripFrame
from simulators.grip_sensor import PERIOD_S, GripSensor
from simulators.walker import Hand, WalkerState

HELD = WalkerState(left=Hand(20.0), right=Hand(21.04))


def sent(sensor: GripSensor, walker: WalkerState, now_s: float) -> GripFrame:
    frame = sensor.due(walker, now_s)
    assert frame is not None
    return frame


def test_a_frame_tells_both_hands_in_tenths_of_a_newton() -> None:
    frame = sent(GripSensor(), HELD, 0.0)
    assert (frame.left_held, frame.right_held, frame.fall) == (True, True, False)
    assert (frame.left_force_n, frame.right_force_n) == (20.0, 21.0)


def test_a_light_touch_is_not_a_hold() -> None:
    frame = sent(GripSensor(), WalkerState(left=Hand(1.0), right=Hand(20.0)), 0.0)
    assert (frame.left_held, frame.right_held) == (False, True)


def test_frames_come_every_period_and_the_sequence_wraps() -> None:
    sensor = GripSensor()
    assert sent(sensor, HELD, 0.0).sequence == 0
    assert sensor.due(HELD, PERIOD_S / 2) is None
    assert sent(sensor, HELD, PERIOD_S).sequence == 1
    numbers = [sent(sensor, HELD, n * 2 * PERIOD_S).sequence for n in range(2, 0x10001)]
    assert numbers[-2:] == [0xFFFF, 0]


def test_a_late_turn_does_not_lower_the_rate() -> None:
    sensor = GripSensor()
    late = [sensor.due(HELD, turn * 0.011) for turn in range(1000)]
    assert len([frame for frame in late if frame]) == pytest.approx(11 / PERIOD_S, abs=2)


@pytest.mark.parametrize(
    "changed",
    [
        HELD._replace(left=Hand(0.0)),
        HELD._replace(right=Hand(3.9)),
        HELD._replace(fallen=True),
    ],
)
def test_a_change_is_sent_at_once(changed: WalkerState) -> None:
    sensor = GripSensor()
    sent(sensor, HELD, 0.0)
    assert sent(sensor, changed, 0.001).sequence == 1


def test_a_pulled_tether_is_sent_at_once() -> None:
    sensor = GripSensor()
    assert sent(sensor, HELD, 0.0).tether
    sensor.tether = False
    assert not sent(sensor, HELD, 0.001).tether


def test_a_frozen_sensor_repeats_itself_whatever_the_hands_do() -> None:
    sensor = GripSensor()
    before = sent(sensor, HELD, 0.0)
    sensor.frozen = True
    assert sensor.due(WalkerState(), PERIOD_S / 2) is None
    assert sent(sensor, WalkerState(), PERIOD_S) == before
