"""A treadmill with a CSAFE port, without the port: frames in, status and readings out.

Its states follow the specification: READY → IDLE → IN USE → FINISHED → READY; a pause at the
console is PAUSED. A request that the state does not allow is rejected.
"""

from protocols import csafe
from protocols.belt import SpeedGrid
from protocols.csafe import Command
from protocols.dialect import TENTHS_PER_MPS
from simulators.firmware import Mode
from simulators.serial_machine import OnRequest, SerialMachine
from simulators.treadmill import Treadmill

TOGGLE = 0x80

MOVES: dict[int, tuple[frozenset[int], int]] = {
    csafe.GO_READY: (frozenset({csafe.FINISHED, csafe.READY}), csafe.READY),
    csafe.GO_IDLE: (frozenset({csafe.READY, csafe.IDLE}), csafe.IDLE),
    csafe.GO_HAVE_ID: (frozenset({csafe.IDLE}), csafe.HAVE_ID),
    csafe.GO_IN_USE: (frozenset({csafe.IDLE, csafe.HAVE_ID, csafe.PAUSED}), csafe.IN_USE),
}
"""By request: the states in which it is obeyed, and the state after it."""


class CsafeTreadmill(SerialMachine):
    """`read_only`: one of the many whose console takes no set-points."""

    def __init__(
        self,
        treadmill: Treadmill,
        grid: SpeedGrid,
        on_request: OnRequest,
        *,
        read_only: bool = False,
    ) -> None:
        super().__init__(treadmill, grid, on_request)
        self._read_only = read_only
        self._parser = csafe.FrameParser()
        self._state = csafe.READY
        self._toggle = 0
        metric = grid.units_per_mps == TENTHS_PER_MPS["kmh"]
        self._unit = csafe.TENTH_KMH if metric else csafe.TENTH_MPH

    def take(self, octets: bytes) -> bytes:
        return b"".join(self._answer(contents) for contents in self._parser.feed(octets))

    @property
    def state(self) -> int:
        """What the console did shows in the state, too."""
        if self._state == csafe.IN_USE and not self.running:
            paused = self.firmware.mode is Mode.PAUSED
            self._state = csafe.PAUSED if paused else csafe.FINISHED
        elif self.running:
            self._state = csafe.IN_USE
        return self._state

    def _answer(self, contents: bytes) -> bytes:
        commands = csafe.read_request(contents)
        previous, parts = csafe.BAD, []
        if commands is not None:
            self.heard()
            obeyed = [self._obey(command) for command in commands]
            previous = csafe.OK if all(obeyed) else csafe.REJECTED
            parts = [self._speed() for command in commands if command.identifier == csafe.GET_SPEED]
        self._toggle ^= TOGGLE
        return csafe.answer(self._toggle | previous << 4 | self.state, *parts)

    def _obey(self, command: Command) -> bool:
        octets = csafe.request(command)
        if command.identifier in (csafe.GET_STATUS, csafe.GET_SPEED):
            return True
        if command.identifier == csafe.GO_FINISHED:
            return self._finish(octets)
        if command.identifier == csafe.SET_SPEED:
            return self._set_speed(octets, command.data)
        allowed, after = MOVES.get(command.identifier, (frozenset(), self.state))
        if self.state not in allowed:
            return False
        if after == csafe.IN_USE and not self.started(octets, guarded=False):
            return False
        self._state = after
        return True

    def _finish(self, octets: bytes) -> bool:
        """Ends a workout; there is none in the other states, and nothing to end."""
        ends = self.state in (csafe.IN_USE, csafe.PAUSED)
        self.stopped(octets)
        if ends and not self.running:
            self._state = csafe.FINISHED
        return True

    def _set_speed(self, octets: bytes, data: bytes) -> bool:
        speed_mps = csafe.speed_mps(data)
        takes = self.state == csafe.IN_USE and not self._read_only
        units = None
        if takes and speed_mps is not None:
            units = round(speed_mps * self.grid.units_per_mps)
        return self.speed_set(octets, units)

    def _speed(self) -> Command:
        return Command(csafe.GET_SPEED, csafe.speed_data(self.speed_units, self._unit))
