"""The grip unit's cable, in memory: real lines from the simulated sensor to the real driver."""

import asyncio
from collections.abc import Callable

from drivers.links import LinkError
from simulators.scene import Scene
from tests.safety.stack.log import GRIP, Log
from tests.safety.stack.traps import Traps


class GripWire:
    """A `ByteLink` that is opened anew after each loss."""

    def __init__(self, scene: Scene, log: Log, traps: Traps) -> None:
        self._scene = scene
        self._log = log
        self._traps = traps
        self._loop = asyncio.get_running_loop()
        self._on_octets: Callable[[bytes], None] | None = None
        self._on_lost: Callable[[str], None] = lambda _why: None

    def open(self) -> "GripWire":
        self._traps.reach("wire.open")
        if not self._scene.grip_plugged:
            raise LinkError("The grip unit's port is not there: plug it in.")
        return self

    def start(self, on_octets: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self._traps.reach("wire.start")
        self._on_octets, self._on_lost = on_octets, on_lost

    def write(self, octets: bytes) -> bool:
        return True

    def close(self) -> None:
        self._on_octets = None
        self._traps.reach("wire.close")

    def lose(self) -> None:
        if self._on_octets is not None:
            self._on_octets = None
            self._on_lost("The grip unit was unplugged.")

    def turn(self) -> None:
        """The scene has moved: send what its sensor says."""
        _, parcels = self._scene.grip_lines()
        for delay_s, octets in parcels:
            if delay_s > 0:
                self._loop.call_later(delay_s, self._deliver, octets)
            else:
                self._deliver(octets)
        if self._on_octets is not None and self._scene.case.grip and not self._scene.grip_plugged:
            self.lose()

    def _deliver(self, octets: bytes) -> None:
        if self._on_octets is not None:
            self._log.add(GRIP, self._loop.time(), octets)
            self._on_octets(octets)
