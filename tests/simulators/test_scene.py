"""A walker, a treadmill and a sensor together, driven by words."""

import pytest

from protocols.grip import GripFrame
from simulators.commands import COMMANDS, obey
from simulators.firmware import Mode
from simulators.plant import BeltState
from simulators.scene import Scene
from simulators.walker import WalkerState

DT_S = 0.01


def run(scene: Scene, seconds: float) -> list[GripFrame]:
    frames = []
    for _ in range(round(seconds / DT_S)):
        scene.advance(DT_S)
        frames.append(scene.sensor.due(scene.walker, scene.now_s))
    return [frame for frame in frames if frame is not None]


def walking(seed: int = 0) -> Scene:
    scene = Scene(seed=seed)
    obey(scene, "hold")
    run(scene, 1.5)
    obey(scene, "console start")
    run(scene, 3)
    return scene


def test_the_carry_is_counted_from_the_last_hand_that_lets_go() -> None:
    scene = walking()
    assert scene.carry_m is None
    obey(scene, "release left")
    run(scene, 1)
    assert scene.carry_m is None
    before_m = scene.belt.distance_m
    obey(scene, "release right")
    run(scene, 1)
    assert scene.carry_m == pytest.approx(scene.belt.distance_m - before_m, abs=0.02)
    obey(scene, "hold")
    run(scene, 1.5)
    assert scene.carry_m is None


def test_the_sensor_sees_released_then_held_then_the_fall() -> None:
    scene = Scene()
    assert not any(frame.left_held or frame.right_held for frame in run(scene, 0.5))
    obey(scene, "hold")
    assert run(scene, 1.5)[-1].left_held
    obey(scene, "fall")
    frames = run(scene, 0.5)
    assert frames[0].fall
    assert (frames[-1].left_held, frames[-1].right_held) == (False, False)


def test_a_walker_s_steps_are_felt_by_the_belt() -> None:
    scene = walking()
    speeds = set()
    for _ in range(100):
        run(scene, DT_S)
        speeds.add(round(scene.belt.speed_mps, 4))
    assert len(speeds) > 5
    assert max(speeds) <= 50 / 360


def test_the_tether_and_a_frozen_grip() -> None:
    scene = walking()
    obey(scene, "tether off")
    assert not run(scene, DT_S)[-1].tether
    obey(scene, "freeze grip")
    obey(scene, "release")
    frozen = run(scene, 1)
    assert len(set(frozen)) == 1
    obey(scene, "thaw grip")
    obey(scene, "tether on")
    assert run(scene, 0.1)[-1].tether


def test_faults_replace_each_other_and_add_up_when_named_together() -> None:
    scene = walking()
    obey(scene, "fault ignores_stop slow_stop")
    machine = scene.treadmill.firmware.machine
    assert [trouble.what for trouble in machine.quirks] == ["ignore stop"]
    assert machine.drive.stop_mps2 == 0.045
    obey(scene, "console stop")
    assert scene.treadmill.firmware.mode is Mode.RUNNING
    obey(scene, "fault none")
    obey(scene, "console stop")
    assert scene.treadmill.firmware.mode is Mode.STOPPING


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_can_be_given(line: str) -> None:
    scene = walking()
    obey(scene, f"  {line} ")
    run(scene, 0.1)


@pytest.mark.parametrize("line", ["dance", "hold on", "fault gremlins", "console", "tether"])
def test_an_unknown_command_is_refused_in_one_sentence_and_changes_nothing(line: str) -> None:
    scene = walking()
    before = (scene.wish, scene.treadmill.firmware.machine, scene.sensor.tether)
    with pytest.raises(ValueError, match="There is no"):
        obey(scene, line)
    assert (scene.wish, scene.treadmill.firmware.machine, scene.sensor.tether) == before


def test_the_same_seed_and_words_give_the_same_walk() -> None:
    def walk(seed: int) -> tuple[BeltState, WalkerState, list[GripFrame]]:
        scene = walking(seed)
        frames = run(scene, 2)
        obey(scene, "fall")
        return scene.belt, scene.walker, frames + run(scene, 2)

    assert walk(3) == walk(3)
    assert walk(3) != walk(4)
