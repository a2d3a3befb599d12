"""A strap that nobody wears tells of no heart, whatever it repeats."""

import pytest

from protocols.heart_rate import HeartRate
from protocols.heart_watch import CONSTANT_S, HEARD_S, RR_GONE_S, HeartReport, heard


def told(count: int, *, rr: tuple[int, ...] | None, rate_bpm: int = 80) -> HeartReport:
    """One measurement a second, the last at `count`."""
    report = HeartReport()
    for second in range(1, count + 1):
        report = heard(report, HeartRate(rate_bpm=rate_bpm, rr=rr), float(second))
    return report


def test_nothing_heard_is_no_rate() -> None:
    assert HeartReport().bpm(0.0) is None


def test_a_steady_heart_with_rr_intervals_is_believed_for_ever() -> None:
    """At 80 a minute every third notification has two of them."""
    report = HeartReport()
    for second in range(1, 101):
        rr = (768, 768) if second % 3 == 0 else (768,)
        report = heard(report, HeartRate(rate_bpm=80, rr=rr), float(second))
    assert report.bpm(100.5) == 80


def test_a_strap_that_hangs_repeats_its_intervals_and_is_not_believed() -> None:
    report = told(100, rr=(768,))
    assert told(int(CONSTANT_S), rr=(768,)).bpm(1.0 + CONSTANT_S) == 80
    assert told(int(CONSTANT_S), rr=(768,)).bpm(1.1 + CONSTANT_S) is None
    assert report.bpm(100.0) is None
    assert heard(report, HeartRate(rate_bpm=80, rr=(769,)), 101.0).bpm(101.0) == 80
    assert heard(report, HeartRate(rate_bpm=81, rr=(768,)), 101.0).bpm(101.0) == 81


def test_a_strap_that_falls_silent_is_not_believed() -> None:
    report = told(10, rr=(768,))
    assert report.bpm(10 + HEARD_S - 0.1) == 80
    assert report.bpm(10 + HEARD_S + 0.1) is None


def test_a_strap_taken_off_repeats_its_rate_and_is_not_believed() -> None:
    report, at_s = told(10, rr=(768,)), 10.0
    while at_s < 10 + RR_GONE_S:
        assert report.bpm(at_s) == 80
        at_s += 1.0
        report = heard(report, HeartRate(rate_bpm=80), at_s)
    assert report.bpm(at_s + 0.1) is None
    back = heard(report, HeartRate(rate_bpm=81, rr=(740,)), at_s + 1)
    assert back.bpm(at_s + 1) == 81


def test_a_strap_that_never_sends_rr_intervals_must_change_now_and_then() -> None:
    assert told(int(CONSTANT_S), rr=None).bpm(CONSTANT_S) == 80
    assert told(int(CONSTANT_S) + 2, rr=None).bpm(CONSTANT_S + 2) is None


@pytest.mark.parametrize(
    "measurement",
    [HeartRate(rate_bpm=80, contact=False, rr=(768,)), HeartRate(), HeartRate(rate_bpm=0)],
)
def test_no_skin_no_rate_and_a_rate_of_0_are_no_heart(measurement: HeartRate) -> None:
    assert heard(told(5, rr=(768,)), measurement, 6.0).bpm(6.0) is None
