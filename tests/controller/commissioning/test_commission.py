"""Commissioning names what is wrong with a machine, and measures what is right."""

import asyncio

import pytest

from controller.commission import commission
from controller.commissioning.cap import cap_mps
from controller.commissioning.flaws import FLAWS, QUIRKS
from controller.commissioning.notes import Sight
from controller.commissioning.probe import Probe
from controller.commissioning.stopping import fitted
from drivers.ftms_probe import FtmsProbe
from drivers.links import LinkError
from protocols.ftms.ranges import SpeedRange
from simulators import plant
from simulators.faults import afflicted
from simulators.faults.parts import HONEST, GattTable, Machine
from simulators.plant import BeltInput, BeltState, Drive
from simulators.trouble import Trouble
from tests.controller.commissioning.empty_belt import (
    Commissioned,
    Person,
    commissioned,
    lived,
    timeless,
)
from tests.drivers.machine_link import MachineLink
from tests.simulators.virtual_time import now_s

FAST_MPS = 150 / 360
PHANTOM = HONEST._replace(voice=(Trouble("phantom", by=100),))
OFF_RANGE = HONEST._replace(table=GattTable(speed_range=bytes(SpeedRange(30, 600, 10))))

REFUSED: dict[str, tuple[str, Machine | str]] = {
    "km/h taken for mph": ("mph_for_kmh", "mph_for_kmh"),
    "reports in mph": ("kmh_for_mph", "reports_mph"),
    "set-point echoed": ("echo", "echoes_set_point"),
    "Stop that toggles": ("stop_starts", "stop_toggles"),
    "Stop that resumes a pause": ("stop_starts", "stop_resumes_pause"),
    "ignored Stop": ("ignores_stop", "ignores_stop"),
    "Stop ignored, Pause obeyed": ("ignores_stop", "ignores_stop_not_pause"),
    "phantom of 1 km/h": ("phantom_speed", PHANTOM),
    "phantom, elapsed stands": ("phantom_speed", "phantom_speed"),
    "slow stop": ("stop_too_slow", "slow_stop"),
    "no range": ("no_range", "no_speed_range"),
    "range of zero": ("no_range", "zero_speed_range"),
    "range in mph": ("minimum_refused", "speed_range_in_mph"),
    "a minimum that is refused": ("minimum_refused", OFF_RANGE),
    "a minimum that is too fast": ("minimum_too_fast", "minimum_raised"),
    "a grid that begins at 0.6 mph": ("minimum_too_fast", "coarse_grid"),
    "early success": ("no_motion", "success_without_motion"),
    "Start ignored": ("no_motion", "ignores_start"),
    "Request Control starts": ("control_starts", "control_starts"),
    "control refused": ("control_refused", "reserved_result"),
    "nothing answered": ("unanswered", "answers_another_request"),
    "slow answers": ("slow_answers", "answers_slowly"),
    "starts by itself": ("moves_by_itself", "starts_after_connect"),
    "runs away": ("overspeed", "runaway"),
    "Start jumps": ("overspeed", "start_jumps"),
    "creeps up": ("wrong_speed", "creeps_up"),
    "overshoots": ("wrong_speed", "overshoots"),
    "set-points ignored": ("ignores_speed", "ignores_speed"),
    "slower is faster": ("ignores_speed", "slower_speeds_up"),
    "set-point reverts": ("ignores_speed", "set_point_reverts"),
    "rest reported while coasting": ("instant_stop", "zero_while_coasting"),
    "rest reported while running": ("glitches", "zero_glitches"),
    "frozen": ("frozen", "frozen_telemetry"),
    "silent": ("silent", "silent_telemetry"),
    "link lost": ("no_link", "link_cut"),
}
PASSED: dict[str, set[str]] = {
    "none": {"keeps_running"},
    "start_toggles": {"keeps_running", "start_toggles"},
    "no_control_answer": {"keeps_running", "no_control_answer"},
    "answers_as_notifications": {"keeps_running", "notified_answers"},
    "write_without_response": {"keeps_running", "write_without_response"},
    "drops_what_comes_soon": {"keeps_running", "needs_spacing"},
    "stops_unlinked": {"stops_unlinked"},
    "hard_stop": {"keeps_running", "stops_hard"},
    "distance_in_steps": {"keeps_running", "no_distance"},
    "sentinels": {"keeps_running", "no_distance"},
    "not_permitted_yet": {"keeps_running"},
    "countdown": {"keeps_running"},
    "fragmented_report": {"keeps_running"},
}
HELD = {"ignores_stop", "link_cut", "silent_telemetry", "frozen_telemetry", "phantom_speed"}
"""Machines whose belt cannot be seen at rest in the end."""


async def of(machine: Machine | str, **more: int) -> Commissioned:
    if isinstance(machine, str):
        return await commissioned(machine, **more)
    return await commissioned(machine=machine, **more)


def truth(drive: Drive, from_mps: float) -> float:
    """How long the plant takes from Stop to rest, s."""
    belt, seconds = BeltState(from_mps, from_mps, 0.0, 99.0), 0.0
    while belt.speed_mps:
        belt = plant.step(belt, BeltInput(stopping=True), 0.001, drive)
        seconds += 0.001
    return seconds


@pytest.mark.parametrize(("flaw", "machine"), REFUSED.values(), ids=REFUSED)
@timeless
async def test_a_machine_that_cannot_be_trusted_is_refused_by_name(
    flaw: str, machine: Machine | str
) -> None:
    found = await of(machine, stops=2)
    assert found.flaws[0] == flaw
    assert found.probe.refusal == FLAWS[flaw]
    if machine not in HELD and machine is not PHANTOM:
        assert found.probe.verified
        assert found.treadmill.belt.speed_mps == 0


@pytest.mark.parametrize(("fault", "quirks"), PASSED.items(), ids=PASSED)
@timeless
async def test_a_machine_that_can_be_lived_with_passes_with_its_quirks(
    fault: str, quirks: set[str]
) -> None:
    found = await commissioned(fault, stops=2)
    assert found.flaws == ()
    assert found.quirks == quirks | {"supervised_link"}
    assert found.probe.verified
    assert found.treadmill.belt.speed_mps == 0


@pytest.mark.parametrize(
    "drive",
    [Drive(), Drive(stop_mps2=0.3), Drive(stop_mps2=0.8, lag_s=0.15), Drive(countdown_s=3.0)],
    ids=str,
)
@timeless
async def test_stop_time_and_deceleration_are_within_a_tenth_of_the_plant_s(drive: Drive) -> None:
    found = await commissioned(machine=HONEST._replace(drive=drive))
    curve = fitted(found.probe.notes.points)
    assert curve is not None
    assert curve.slope_mps2 == pytest.approx(drive.stop_mps2, rel=0.1)
    assert curve.rest_s(FAST_MPS) == pytest.approx(truth(drive, FAST_MPS), rel=0.1)
    assert found.probe.notes.up_mps2 == pytest.approx(drive.up_mps2, rel=0.1)


@timeless
async def test_a_machine_that_stops_slowly_is_capped_low() -> None:
    found = await commissioned(machine=HONEST._replace(drive=Drive(stop_mps2=0.12)))
    curve = fitted(found.probe.notes.points)
    assert found.flaws == ()
    assert curve is not None
    assert 0.139 < cap_mps(curve) < 0.3


@timeless
async def test_late_telemetry_counts_as_a_late_stop() -> None:
    """Nobody can tell the two apart; the cap is low for either."""
    found = await commissioned("late_telemetry")
    curve = fitted(found.probe.notes.points)
    assert curve is not None
    assert curve.onset_s > 1.2
    assert cap_mps(curve) < 0.25


@timeless
async def test_the_belt_is_never_faster_than_what_a_measured_stop_needs() -> None:
    found = await commissioned()
    assert found.fastest_mps <= FAST_MPS + 1e-6
    assert found.written[-1] in {"0801", "00"}


@timeless
async def test_the_spacing_that_a_machine_needs_is_found() -> None:
    assert (await commissioned(stops=2)).probe.notes.spacing_s == 0.2
    assert (await commissioned("drops_what_comes_soon", stops=2)).probe.notes.spacing_s == 1.0


@timeless
async def test_without_a_yes_nothing_is_written_at_all() -> None:
    found = await commissioned(person=Person(yeses=0))
    assert found.flaws == ("interrupted",)
    assert found.written == []
    assert found.probe.verified


@timeless
async def test_without_consent_the_link_is_not_dropped_and_the_belt_is_stopped() -> None:
    person = Person(yeses=1)
    found = await commissioned(person=person, stops=2)
    assert len(person.questions) == 2
    assert found.flaws == ("interrupted",)
    assert found.treadmill.visits == 1
    assert found.probe.verified
    assert found.treadmill.belt.speed_mps == 0


@pytest.mark.parametrize("step", ["control", "start", "minimum", "faster", "run", "away"])
@timeless
async def test_a_person_can_stop_it_in_any_step(step: str) -> None:
    found = await commissioned(person=Person(stops_in=step), stops=2)
    assert found.flaws[0] == "interrupted"
    assert found.probe.verified
    assert found.treadmill.belt.speed_mps == 0


@timeless
async def test_a_name_that_is_known_warns_and_makes_it_look_longer() -> None:
    person = Person()
    await commissioned(name="CITYSPORTS-Linker", person=person, stops=2)
    assert "start on Request Control alone" in person.heard[0]
    assert "listen_longer" in person.steps
    person = Person()
    found = await commissioned(name="3G Cardio", person=person, stops=2)
    assert "hold_longer" in person.steps
    assert found.flaws == ()


@timeless
async def test_what_leaves_its_set_point_late_is_found_by_looking_longer() -> None:
    late = HONEST._replace(quirks=(Trouble("reverts", by=9.0),))
    found = await commissioned(machine=late, name="FS-465D50", stops=2)
    assert found.flaws[0] == "ignores_speed"


@timeless
async def test_two_faults_at_once_are_both_found() -> None:
    found = await commissioned("start_toggles", "slow_stop", stops=2)
    assert found.flaws == ("stop_too_slow",)
    assert "start_toggles" in found.quirks


def test_every_quirk_and_flaw_is_a_sentence() -> None:
    for sentence in (*FLAWS.values(), *QUIRKS.values()):
        assert sentence[0].isupper()
        assert sentence.endswith(".")


def test_more_than_a_dozen_fault_profiles_are_tried() -> None:
    tried = {machine for _, machine in REFUSED.values() if isinstance(machine, str)} | set(PASSED)
    assert len(tried) > 40
    assert all(afflicted([name]) for name in tried)


@timeless
async def test_whatever_goes_wrong_here_the_belt_is_not_left_running() -> None:
    class Fails(Person):
        def shows(self, probe: Probe, sight: Sight) -> None:
            super().shows(probe, sight)
            if probe.step.name == "faster" and (sight.report.speed_mps or 0) > 0.3:
                raise RuntimeError("a mistake")

    link, news = MachineLink(), asyncio.Event()
    async with lived(link, [0.0]):
        with pytest.raises(RuntimeError):
            async with FtmsProbe(link, news.set, now_s) as road:
                await commission(road, news, Fails(), Probe(), now_s)
        assert link.written[-1][1] == "0801"
        await asyncio.sleep(2.0)
        assert link.treadmill.belt.speed_mps == 0


async def not_reached(person: Person, sentence: str) -> None:
    """This person, at a machine that is not there: how it ends, and nothing is written."""
    link, news = MachineLink(), asyncio.Event()
    link.reachable = False
    async with FtmsProbe(link, news.set, now_s) as road:
        with pytest.raises(LinkError, match=sentence):
            await commission(road, news, person, Probe(), now_s)
    assert link.written == []


@timeless
async def test_a_machine_that_is_not_there_is_one_sentence() -> None:
    await not_reached(Person(), "was not heard")


@timeless
async def test_somebody_who_waits_no_more_ends_it_before_anything_was_asked() -> None:
    await not_reached(Person(stops_in="waiting"), "before anything was asked")
