"""A treadmill without a radio: what it reports of its belt, and what its console announces."""

import pytest

from protocols.ftms import machine_status, training_status, treadmill_data, uuids
from protocols.ftms.machine_status import Event
from protocols.ftms.training_status import Status
from protocols.ftms.treadmill_data import TreadmillData
from simulators.faults import afflicted
from simulators.treadmill import Notice, Treadmill

DT_S = 0.02


def run(treadmill: Treadmill, seconds: float) -> list[Notice]:
    notices = []
    for _ in range(round(seconds / DT_S)):
        treadmill.advance(DT_S)
        notices += treadmill.due()
    return notices


def started(*faults: str) -> Treadmill:
    treadmill = Treadmill(afflicted(faults))
    treadmill.firmware.start()
    treadmill.firmware.set_speed(160)
    return treadmill


def records(notices: list[Notice]) -> list[TreadmillData]:
    return [treadmill_data.decode(octets) for octets in on(uuids.TREADMILL_DATA, notices)]


def on(uuid: str, notices: list[Notice]) -> list[bytes]:
    return [notice.octets for notice in notices if notice.uuid == uuid]


def test_it_reports_twice_a_second_also_at_rest() -> None:
    reports = records(run(Treadmill(), 10))
    assert len(reports) == pytest.approx(20, abs=1)
    assert all((report.speed, report.distance_m) == (0, 0) for report in reports)


def test_it_reports_the_belt_and_not_the_set_point() -> None:
    treadmill = started()
    speeds = [report.speed or 0 for report in records(run(treadmill, 8))]
    assert speeds == sorted(speeds)
    assert 0 < speeds[2] < 80
    assert speeds[-1] == 160
    last = records(run(treadmill, 10))[-1]
    assert last.distance_m == pytest.approx(treadmill.belt.distance_m, abs=1.3)
    assert last.elapsed_s == pytest.approx(17, abs=1)


def test_a_report_fits_into_one_notification_at_the_smallest_mtu() -> None:
    assert max(len(octets) for octets in on(uuids.TREADMILL_DATA, run(started(), 2))) <= 20


def test_the_training_status_is_told_when_it_changes() -> None:
    treadmill = started()
    run(treadmill, 3)
    treadmill.firmware.stop()
    told = [
        training_status.decode(octets) for octets in on(uuids.TRAINING_STATUS, run(treadmill, 3))
    ]
    assert [status and status.status for status in told] == [Status.POST_WORKOUT, Status.IDLE]


def test_frozen_telemetry_repeats_one_record_also_when_the_belt_has_stopped() -> None:
    treadmill = started("frozen_telemetry")
    run(treadmill, 5)
    walking = records(run(treadmill, 5))
    treadmill.firmware.stop()
    resting = records(run(treadmill, 5))
    assert treadmill.belt.speed_mps == 0
    assert len({*walking, *resting}) == 1
    assert 0 < (resting[-1].speed or 0) < 160


def test_a_healed_machine_reports_again() -> None:
    treadmill = started("frozen_telemetry")
    run(treadmill, 12)
    treadmill.firmware.machine = afflicted(["none"])
    assert records(run(treadmill, 1))[-1].speed == 160


def statuses(treadmill: Treadmill) -> list[tuple[int, dict[str, int]]]:
    notices = on(uuids.MACHINE_STATUS, treadmill.due())
    return [(s.op, s.values) for octets in notices if (s := machine_status.decode(octets))]


def test_what_a_person_does_at_the_console_is_announced() -> None:
    treadmill = Treadmill()
    for button in ("start", "faster", "slower", "pause", "start", "stop"):
        treadmill.press(button)
    assert [op for op, _ in statuses(treadmill)] == [
        Event.STARTED_OR_RESUMED_BY_USER,
        Event.TARGET_SPEED_CHANGED,
        Event.TARGET_SPEED_CHANGED,
        Event.STOPPED_OR_PAUSED_BY_USER,
        Event.STARTED_OR_RESUMED_BY_USER,
        Event.STOPPED_OR_PAUSED_BY_USER,
    ]


def test_a_button_that_does_nothing_announces_nothing() -> None:
    treadmill = Treadmill()
    for button in ("stop", "pause", "faster", "slower", "return key"):
        treadmill.press(button)
    treadmill.press("start")
    treadmill.due()
    for button in ("start", "slower"):
        treadmill.press(button)
    assert statuses(treadmill) == []


def test_pulling_the_safety_key_lets_the_belt_coast_even_if_stop_is_ignored() -> None:
    treadmill = started("ignores_stop")
    run(treadmill, 8)
    treadmill.press("pull key")
    assert [op for op, _ in statuses(treadmill)] == [Event.STOPPED_BY_SAFETY_KEY]
    run(treadmill, 2)
    assert treadmill.belt.speed_mps == 0
    treadmill.press("return key")
    run(treadmill, 2)
    assert treadmill.belt.speed_mps == 0
