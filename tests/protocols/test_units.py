"""Miles and kilometres per hour, there and back."""

import pytest

from protocols import units


def test_one_mph_is_the_international_mile() -> None:
    assert units.mps_from_mph(1.0) == 0.44704
    assert units.mph_from_mps(0.44704) == 1.0


def test_thirty_six_kmh_are_ten_metres_per_second() -> None:
    assert units.mps_from_kmh(36.0) == 10.0
    assert units.kmh_from_mps(10.0) == 36.0


@pytest.mark.parametrize("speed", [0.0, 0.3, 1.0, 2.5, 12.8])
def test_there_and_back_is_the_same_speed(speed: float) -> None:
    assert units.mph_from_mps(units.mps_from_mph(speed)) == pytest.approx(speed)
    assert units.kmh_from_mps(units.mps_from_kmh(speed)) == pytest.approx(speed)
