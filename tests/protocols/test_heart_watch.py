"""A strap that nobody wears tells of no heart, whatever it repeats."""

import math
from typing import Any

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


BASES_S = [0.0, 1000.0]


def strap(base_s: float, **told: Any) -> HeartReport:
    """A rate of 80, heard, alive and changed at `base_s`."""
    times = {"heard_at_s": base_s, "alive_at_s": base_s, "changed_at_s": base_s}
    return HeartReport(**({"rate_bpm": 80} | times | told))


def test_a_default_report_has_heard_nothing() -> None:
    assert HeartReport() == HeartReport(None, None, None, False, None, -math.inf)


def believed_until(report: HeartReport, last_s: float, base_s: float) -> bool:
    """For so long after `base_s`, and no longer."""
    just_after_s = math.nextafter(base_s + last_s, math.inf)
    return report.bpm(base_s + last_s) == 80 and report.bpm(just_after_s) is None


@pytest.mark.parametrize("base_s", BASES_S)
def test_a_rate_is_believed_for_five_seconds_after_it_was_told(base_s: float) -> None:
    assert believed_until(strap(base_s), 5.0, base_s)
    assert believed_until(strap(base_s, tells_rr=True), 5.0, base_s)


@pytest.mark.parametrize("base_s", BASES_S)
def test_intervals_that_are_gone_are_missed_after_five_seconds(base_s: float) -> None:
    report = strap(base_s, tells_rr=True, heard_at_s=base_s + 4.0)
    assert believed_until(report, 5.0, base_s)


@pytest.mark.parametrize("base_s", BASES_S)
def test_without_intervals_a_rate_may_stand_for_thirty_seconds(base_s: float) -> None:
    alive = strap(base_s, heard_at_s=base_s + 29.0, changed_at_s=base_s + 29.0)
    assert believed_until(alive, 30.0, base_s)
    changed = strap(base_s, heard_at_s=base_s + 29.0, alive_at_s=base_s + 29.0)
    assert believed_until(changed, 30.0, base_s)


@pytest.mark.parametrize(
    "lacking", [{"rate_bpm": None}, {"rate_bpm": 0}, {"heard_at_s": None}, {"alive_at_s": None}]
)
def test_without_a_rate_or_a_sign_of_life_there_is_none(lacking: dict[str, None]) -> None:
    assert strap(0.0).bpm(0.0) == 80
    assert strap(0.0, **lacking).bpm(0.0) is None


BEFORE = HeartReport(80, 1.0, 2.0, False, None, 3.0)
WITH_RR = HeartReport(80, 1.0, 2.0, True, (768,), 3.0)


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [
        (HeartReport(), HeartRate(80), HeartReport(80, 9.0, 9.0, False, None, 9.0)),
        (BEFORE, HeartRate(80), HeartReport(80, 9.0, 2.0, False, None, 3.0)),
        (BEFORE, HeartRate(81), HeartReport(81, 9.0, 9.0, False, None, 9.0)),
        (BEFORE, HeartRate(80, rr=()), HeartReport(80, 9.0, 2.0, False, (), 9.0)),
        (BEFORE, HeartRate(80, rr=(768,)), HeartReport(80, 9.0, 9.0, True, (768,), 9.0)),
        (BEFORE, HeartRate(80, contact=True), HeartReport(80, 9.0, 2.0, False, None, 3.0)),
        (BEFORE, HeartRate(80, contact=False), HeartReport(None, 9.0, 2.0, False, None, 3.0)),
        (BEFORE, HeartRate(None), HeartReport(None, 9.0, 9.0, False, None, 9.0)),
        (WITH_RR, HeartRate(80, rr=(768,)), HeartReport(80, 9.0, 9.0, True, (768,), 3.0)),
        (WITH_RR, HeartRate(80, rr=(769,)), HeartReport(80, 9.0, 9.0, True, (769,), 9.0)),
        (WITH_RR, HeartRate(80), HeartReport(80, 9.0, 2.0, True, None, 9.0)),
        (WITH_RR, HeartRate(81), HeartReport(81, 9.0, 9.0, True, None, 9.0)),
    ],
)
def test_a_measurement_leaves_this_report(
    before: HeartReport, told: HeartRate, after: HeartReport
) -> None:
    assert heard(before, told, 9.0) == after
