"""What the simulated walker does unasked."""

from collections import deque
from typing import Any

import pytest

from controller.cli import supervisor
from controller.cli.supervisor import Supervisor, walker_proves_the_sensors

OFF = {"age_s": 0.0, "left": False, "right": False, "proven": False}
HALF = {**OFF, "left": True}
HELD = {**HALF, "right": True}
PROVEN = {**HELD, "proven": True}
PROVEN_BUT_OFF = {**OFF, "proven": True}


class Bed:
    """Each word to the bench leads to the next thing that control is seen to know of the grip."""

    def __init__(self, *grips: dict[str, Any]) -> None:
        self.person = Supervisor(None)  # type: ignore[arg-type]
        self.said: list[str] = []
        self._grips = deque(grips)
        self._next()

    def say(self, word: str) -> None:
        self.said.append(word)
        self._next()

    def _next(self) -> None:
        self.person.now = {"state": "idle", "grip": self._grips.popleft()}


@pytest.mark.parametrize(
    ("grips", "said"),
    [
        ([PROVEN], []),
        ([OFF, PROVEN], ["hold"]),
        ([HELD, OFF, PROVEN], ["release", "hold"]),
        ([OFF, HALF, PROVEN_BUT_OFF, PROVEN], ["hold", "release", "hold"]),
    ],
    ids=["proven already", "let go", "held", "let go once too often, for telemetry was late"],
)
async def test_a_walker_who_proves_the_sensors_holds_in_the_end(
    grips: list[dict[str, Any]], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "HABIT_S", 0.0)
    bed = Bed(*grips)
    await walker_proves_the_sensors(bed.person, bed)  # type: ignore[arg-type]
    assert bed.said == said
