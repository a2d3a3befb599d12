"""Sensors whose readings come over the network: silence is release, and they can only stop."""

from typing import Any

import pytest

from controller.sensors import takers_of, worn_of
from drivers import address
from drivers.network_sensors import FALL_S, HEART_S, NetworkGrip, Vitals, WithFalls
from protocols.grip import GripReport

HOLDING = {"left": True, "right": True, "tether": True, "fall": False}


class Hands:
    """A network grip unit with a hand-moved clock and a count of news."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.news = 0
        self.grip = NetworkGrip(self._news, lambda: self.now_s)
        self.vitals = Vitals(self._news, lambda: self.now_s)

    def _news(self) -> None:
        self.news += 1

    def say(self, sequence: int, **more: Any) -> GripReport:
        self.now_s += 0.02
        self.grip.take({"sequence": sequence, **HOLDING, **more})
        return self.grip.report


def test_before_the_first_reading_nothing_is_held_and_its_latency_is_not_known() -> None:
    report = Hands().grip.report
    assert (report.frame.left_held, report.advanced_at_s, report.latency_s) == (False, None, None)


def test_a_sequence_that_moves_is_fresh_and_one_that_stands_still_is_not() -> None:
    hands = Hands()
    assert hands.say(1).advanced_at_s is None
    moved = hands.say(2)
    assert moved.advanced_at_s == hands.now_s
    assert hands.say(2).advanced_at_s == moved.advanced_at_s


def test_only_a_change_of_hands_tether_or_fall_is_news() -> None:
    hands = Hands()
    hands.say(1)
    news = hands.news
    hands.say(2, left_force_n=12.5, battery_pct=80)
    assert hands.news == news
    hands.say(3, left=False)
    hands.say(4, left=False, fall=True)
    assert hands.news == news + 2


@pytest.mark.parametrize("reading", [{}, {"left": 1, "right": "yes", "tether": None, "fall": 0}])
def test_what_is_not_said_plainly_is_not_held_and_is_a_fall(reading: dict[str, Any]) -> None:
    hands = Hands()
    hands.grip.take(reading)
    frame = hands.grip.report.frame
    assert (frame.left_held, frame.right_held, frame.tether, frame.fall) == (
        False, False, False, True,
    )  # fmt: skip


def test_the_latency_is_the_newest_readings() -> None:
    hands = Hands()
    assert hands.say(1, latency_s=0.03).latency_s == 0.03
    assert hands.say(2).latency_s is None


def test_a_fall_over_the_network_joins_that_of_the_grip_unit() -> None:
    hands = Hands()
    both = WithFalls(hands.grip, hands.vitals)
    hands.say(1)
    assert not both.report.frame.fall
    hands.vitals.take_fall({"fall": True})
    assert both.report.frame.fall
    assert both.report.frame.left_held
    hands.vitals.take_fall({"fall": False})
    assert not both.report.frame.fall
    hands.say(2, fall=True)
    assert both.report.frame.fall


TAKEN_BACK = [
    ("fall", {"fall": True}, {"fall": False}),
    ("grip", {"sequence": 2, **HOLDING, "fall": True}, {"sequence": 3, **HOLDING}),
    ("grip", {"sequence": 2, **HOLDING, "tether": False}, {"sequence": 3, **HOLDING}),
]


@pytest.mark.parametrize(("sensor", "danger", "all_clear"), TAKEN_BACK)
def test_a_fall_or_a_cord_that_is_taken_back_at_once_is_told_to_one_turn(
    sensor: str, danger: dict[str, Any], all_clear: dict[str, Any]
) -> None:
    """Nobody decides between the two: another sensor has called the turn that is about to come."""
    grip, vitals, worn = worn_of("grip:mqtt", lambda: None)
    takers = takers_of(grip, vitals)
    takers["grip"]({"sequence": 1, **HOLDING})
    takers["fall"]({"fall": False})
    assert well(worn.report)
    takers[sensor](danger)
    takers[sensor](all_clear)
    assert not well(worn.report)
    assert well(worn.report)


def test_a_danger_that_stays_is_told_to_every_turn() -> None:
    grip, vitals, worn = worn_of("grip:mqtt", lambda: None)
    takers = takers_of(grip, vitals)
    takers["grip"]({"sequence": 1, **HOLDING, "tether": False})
    assert not worn.report.frame.tether
    assert not worn.report.frame.tether
    takers["grip"]({"sequence": 2, **HOLDING})
    assert not worn.report.frame.fall
    takers["fall"]({"fall": True})
    assert worn.report.frame.fall
    assert worn.report.frame.fall


def test_a_unit_that_was_never_heard_has_no_cord_that_came_off() -> None:
    grip, vitals, worn = worn_of("grip:mqtt", lambda: None)
    takers = takers_of(grip, vitals)
    takers["fall"]({"fall": False})
    takers["grip"]({"sequence": 1, **HOLDING})
    assert well(worn.report)


def test_who_is_called_at_a_change_reads_it() -> None:
    """As the loop does, which decides in the callback."""
    fell: list[bool] = []
    grip, vitals, worn = worn_of("grip:mqtt", lambda: fell.append(worn.report.frame.fall))
    takers_of(grip, vitals)["fall"]({"fall": True})
    takers_of(grip, vitals)["fall"]({"fall": False})
    assert fell == [True, False]


def well(report: GripReport) -> bool:
    return report.frame.tether and not report.frame.fall


def test_a_fall_that_is_told_once_counts_for_a_while() -> None:
    hands = Hands()
    hands.vitals.take_fall({"what": "?"})
    hands.now_s += FALL_S
    assert hands.vitals.fell
    hands.now_s += 0.01
    assert not hands.vitals.fell
    assert hands.news == 1


def test_a_heart_rate_is_forgotten_when_it_is_old() -> None:
    hands = Hands()
    assert hands.vitals.heart_rate_bpm is None
    hands.vitals.take_heart_rate({"bpm": "fast"})
    assert hands.vitals.heart_rate_bpm is None
    hands.vitals.take_heart_rate({"bpm": 99})
    assert hands.vitals.heart_rate_bpm == 99
    hands.now_s += HEART_S + 0.01
    assert hands.vitals.heart_rate_bpm is None


def test_the_broker_is_an_address_of_a_grip_unit() -> None:
    assert address.grip("grip:mqtt") == address.MQTT
    with pytest.raises(address.AddressError, match="grip:mqtt"):
        address.grip("grip:mqtt:1")
