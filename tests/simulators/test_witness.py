"""The witness tells what happened, once, and never holds up what it watches."""

import json
import os
from typing import Any

import pytest

from protocols.ftms import procedures
from simulators.commands import obey
from simulators.scene import Scene
from simulators.witness import Mouth, Witness

DT_S = 0.01


class Story:
    """A scene with its witness, and everything that was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.scene = Scene()
        self.witness = Witness(self.scene, self._tell)

    def _tell(self, event: str, at_ns: int | None = None, **facts: Any) -> None:
        self.told.append((event, facts))

    def run(self, seconds: float, command: str = "") -> None:
        if command:
            obey(self.scene, command)
        for _ in range(round(seconds / DT_S)):
            self.scene.advance(DT_S)
            frame = self.scene.sensor.due(self.scene.walker, self.scene.now_s)
            if frame is not None:
                self.witness.gripped(0, frame)
            self.witness.watch()

    def events(self) -> list[str]:
        return [event for event, _ in self.told if event not in ("belt", "grip")]


def test_a_walk_with_a_release_is_told_in_order_with_its_carry() -> None:
    story = Story()
    story.run(2, "hold")
    story.run(3, "console start")
    story.run(0.3, "release")
    story.run(3, "console stop")
    assert story.events() == ["moving", "grip_released", "at_rest"]
    rest = next(facts for event, facts in story.told if event == "at_rest")
    assert rest["carry_m"] == pytest.approx(0.139 * 0.25 + 0.139**2 + 0.035, abs=0.02)
    assert (rest["speed_mps"], rest["mode"]) == (0, "standby")


def test_the_second_hand_makes_the_release() -> None:
    story = Story()
    story.run(2, "hold")
    story.run(1, "release left")
    assert story.events() == []
    story.run(1, "release right")
    assert story.events() == ["grip_released"]


def test_a_fall_is_told_and_how_far_the_belt_carried_the_fallen() -> None:
    story = Story()
    story.run(2, "hold")
    story.run(3, "console start")
    story.run(1, "fall")
    assert story.events() == ["moving", "fell", "grip_released"]
    assert story.told[-1][1]["carried_m"] == pytest.approx(0.139, abs=0.02)
    story.run(1, "hold")
    assert story.events()[-1] == "got_up"


def test_the_truth_about_the_belt_comes_ten_times_a_second() -> None:
    story = Story()
    story.run(5)
    assert len(story.told) == pytest.approx(50, abs=2)
    assert {"speed_mps", "distance_m", "set_point_mps"} <= story.told[0][1].keys()


@pytest.mark.parametrize(
    ("octets", "event", "result"),
    [
        (procedures.request_control(), "control_received", 1),
        (procedures.start(), "start_received", 5),
        (procedures.stop(), "stop_received", 5),
        (procedures.set_target_speed(100), "speed_set", 5),
        (procedures.reset(), "request_received", 5),
        (b"", "request_received", None),
    ],
)
def test_every_request_is_told_with_its_answer(
    octets: bytes, event: str, result: int | None
) -> None:
    story = Story()
    answer = story.scene.treadmill.firmware.write(octets, indications_on=True)
    story.witness.requested(5, octets, answer)
    facts = story.told[0][1]
    assert story.events() == [event]
    assert (facts["octets"], facts["result"], facts["att_error"]) == (octets.hex(), result, None)
    assert facts["accepted"] == (result == 1)


def test_a_reader_that_falls_behind_loses_whole_lines_and_learns_how_many() -> None:
    reader, writer = os.pipe()
    mouth = Mouth(writer)
    for number in range(2000):
        mouth.tell("belt", at_ns=1, number=number, padding="x" * 100)
    with os.fdopen(reader, "rb") as lines:
        heard = [json.loads(line) for line in lines.read1(1 << 20).splitlines()]
        assert [line["number"] for line in heard] == list(range(len(heard)))
        mouth.tell("belt", at_ns=1)
        assert json.loads(lines.read1(1 << 20))["lost"] == 2000 - len(heard)
        mouth.tell("belt", at_ns=1)
        assert "lost" not in json.loads(lines.read1(1 << 20))
    os.close(writer)
