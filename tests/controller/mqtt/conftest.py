"""A desk with a real broker, control on a script, and a program at the other end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ScriptedControl, Stage
from tests.controller.mqtt.integrator import Integrator, integrator
from tests.mosquitto import mosquitto

DEVICE = "room-1"


@dataclass
class Room:
    """`asking` is a program that speaks the contract; control's end of the hatch is scripted."""

    stage: Stage
    broker_port: int
    asking: Integrator

    @property
    def control(self) -> ScriptedControl:
        return self.stage.control

    async def end(self) -> None:
        """End the desk, and see that it is gone."""
        await self.stage.end()
        await self.asking.until(lambda: self.asking.status == "offline")

    async def bring_back(self) -> None:
        """Start the desk again, and wait until it tells of the walk."""
        await self.stage.start(mqtt={"port": self.broker_port, "device": DEVICE})
        await self.asking.until(lambda: self.asking.status == "online")
        while (await self.asking.fresh_state())["session_id"] != "walk":
            pass

    async def commands_so_far(self) -> list[dict[str, object]]:
        """What reached control, once everything sent before this is judged."""
        asked = await self.asking.send("pause")
        await self.asking.result(asked)
        found = [self.control.commands.get_nowait() for _ in range(self.control.commands.qsize())]
        assert found[-1]["verb"] == "pause"
        return found[:-1]


@pytest.fixture
async def room(bare_stage: Stage, tmp_path: Path) -> AsyncIterator[Room]:
    """Somebody walks in session `walk` at 0.40 m/s."""
    async with mosquitto(tmp_path) as port:
        await bare_stage.control.open()
        bare_stage.control.keep_saying(session_id="walk")
        sensors = ["grip", "fall", "heart_rate"]
        mqtt = {"port": port, "device": DEVICE, "allow_sensors": sensors}
        await bare_stage.start(mqtt=mqtt)
        async with integrator(port, DEVICE) as asking:
            await asking.until(lambda: asking.state["session_id"] == "walk")
            yield Room(bare_stage, port, asking)
        await bare_stage.end()
