"""What serial treadmills have in common, but for their words: a firmware, a belt, a dead-man.

The firmware and the plant are those of every simulated treadmill, with their faults; here a
request that has been understood becomes something that they do.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from math import inf

from protocols.belt import SpeedGrid
from protocols.ftms.procedures import ResultCode
from simulators.firmware import Firmware, Mode
from simulators.plant import BeltState
from simulators.treadmill import Treadmill

OnRequest = Callable[[str, int, bytes, bool], None]
"""Told of each request to start, stop, set the speed or turn: its event, when it arrived
(monotonic ns), its octets, whether it was accepted."""


class SerialMachine(ABC):
    """Give it what arrives, and time; it gives back what it says.

    - `silence_s`: its dead-man stops the belt when no command was heard for so long.
    - `reverse`: which way the belt heads; `turned_moving`: how often it was told to turn while it
      moved, which no controller may do.
    """

    silence_s = inf

    def __init__(self, treadmill: Treadmill, grid: SpeedGrid, on_request: OnRequest) -> None:
        self.grid = grid
        self.reverse = False
        self.guarded = False
        self.turned_moving = 0
        self._treadmill = treadmill
        self._on_request = on_request
        self._quiet_s = 0.0
        self._winding_down = False
        self._count_in_own_units()

    @property
    def firmware(self) -> Firmware:
        return self._treadmill.firmware

    @property
    def belt(self) -> BeltState:
        return self._treadmill.belt

    @property
    def running(self) -> bool:
        return self.firmware.mode is Mode.RUNNING

    @property
    def speed_units(self) -> int:
        """The belt's true speed as the machine tells it."""
        return round(self.belt.speed_mps * self.grid.units_per_mps)

    @property
    def set_units(self) -> int:
        """The set-point as the machine tells it, which takes its own units for granted."""
        scale = self.firmware.machine.habits.unit_scale
        return round(self.firmware.set_point_mps / scale * self.grid.units_per_mps)

    @abstractmethod
    def take(self, octets: bytes) -> bytes:
        """The answers to what arrived."""

    def pass_time(self, dt_s: float) -> bytes:
        """Time has passed; what the machine says of itself."""
        self._count_in_own_units()
        self._quiet_s += dt_s
        if self._winding_down and self.belt.speed_mps <= 1.1 * self.firmware.executed(
            self.grid.minimum
        ):
            self._winding_down = False
            self.firmware.stop()
        if self.guarded and self.running and self._quiet_s >= self.silence_s:
            self.guarded = False
            return self.expired()
        return b""

    def expired(self) -> bytes:
        """The dead-man stops the belt; what the machine says to that."""
        self.firmware.halt()
        return b""

    def heard(self) -> None:
        """A command has arrived whole."""
        self._quiet_s = 0.0

    def started(self, octets: bytes, *, guarded: bool) -> bool:
        accepted = self.firmware.start() is ResultCode.SUCCESS
        self.guarded = guarded
        self._tell("start_received", octets, accepted)
        return accepted

    def stopped(self, octets: bytes) -> None:
        accepted = self.firmware.stop() is ResultCode.SUCCESS
        self._tell("stop_received", octets, accepted)

    def wound_down(self, octets: bytes) -> None:
        """To the lowest speed first, then stop."""
        lowest_mps = self.firmware.executed(self.grid.minimum)
        self.firmware.set_point_mps = min(self.firmware.set_point_mps, lowest_mps)
        self._winding_down = self.running
        self._tell("stop_received", octets, True)

    def speed_set(self, octets: bytes, units: int | None) -> bool:
        """Out of range, or while it stops, it is refused and nothing changes."""
        accepted = units is not None and self.firmware.set_speed(units) is ResultCode.SUCCESS
        self._tell("speed_set", octets, accepted)
        return accepted

    def incline_set(self, octets: bytes, tenths: int | None) -> bool:
        """Tenths of a per cent; what the lift does not reach is refused and nothing changes."""
        accepted = tenths is not None and self.firmware.set_incline(tenths) is ResultCode.SUCCESS
        self._tell("incline_set", octets, accepted)
        return accepted

    def turned(self, octets: bytes, *, reverse: bool) -> None:
        """A belt that moves is never turned: what a real one would do is not known."""
        moving = self.belt.speed_mps > 0 or self.running
        self.turned_moving += moving and reverse is not self.reverse
        if not moving:
            self.reverse = reverse
        self._tell("direction_set", octets, not moving)

    def _count_in_own_units(self) -> None:
        """A firmware that was exchanged counts as the one before it: faults name no units."""
        machine = self.firmware.machine
        if machine.habits.speeds != self.grid:
            habits = replace(machine.habits, speeds=self.grid)
            self.firmware.machine = machine._replace(habits=habits)

    def _tell(self, event: str, octets: bytes, accepted: bool) -> None:
        self._on_request(event, time.monotonic_ns(), octets, accepted)
