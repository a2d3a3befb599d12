"""A Trackmaster treadmill without its port: op codes in, acknowledgements and readings out."""

from collections.abc import Callable

from protocols import trackmaster
from protocols.belt import SpeedGrid
from protocols.op_codes import Message, OpCodeParser, digits, encode, number
from simulators.serial_machine import OnRequest, SerialMachine
from simulators.treadmill import Treadmill


class TrackmasterMachine(SerialMachine):
    """Its dead-man stops a belt started by A0 after half a second of silence."""

    silence_s = trackmaster.SILENCE_S

    def __init__(self, treadmill: Treadmill, grid: SpeedGrid, on_request: OnRequest) -> None:
        super().__init__(treadmill, grid, on_request)
        self._parser = OpCodeParser(trackmaster.REQUEST_LENGTHS)

    def take(self, octets: bytes) -> bytes:
        """What cannot be read is illegal, and counts as no command."""
        before = self._parser.rejected
        answers = [self._answer(message) for message in self._parser.feed(octets)]
        illegal = encode(trackmaster.ILLEGAL) * (self._parser.rejected - before)
        return b"".join(answers) + illegal

    def _answer(self, message: Message) -> bytes:
        self.heard()
        if message.op in READINGS:
            return trackmaster.answer(message.op, READINGS[message.op](self))
        octets = encode(*message)
        if message.op in (trackmaster.START, trackmaster.START_UNGUARDED):
            self.started(octets, guarded=message.op == trackmaster.START)
        elif message.op == trackmaster.STOP:
            self.stopped(octets)
        elif message.op == trackmaster.AUTO_STOP:
            self.wound_down(octets)
        elif message.op == trackmaster.SET_SPEED:
            accepted = self.speed_set(octets, number(message.data))
            return trackmaster.answer(message.op) if accepted else encode(trackmaster.OUT_OF_RANGE)
        elif message.op == trackmaster.SET_ELEVATION:
            accepted = self.incline_set(octets, number(message.data))
            return trackmaster.answer(message.op) if accepted else encode(trackmaster.OUT_OF_RANGE)
        return trackmaster.answer(message.op)

    def state(self) -> bytes:
        if not self.running:
            return trackmaster.STOPPED
        return trackmaster.STARTED if self.guarded else trackmaster.STARTED_UNGUARDED


READINGS: dict[int, Callable[[TrackmasterMachine], bytes]] = {
    trackmaster.STATUS: TrackmasterMachine.state,
    trackmaster.SPEED: lambda machine: digits(machine.speed_units, 4),
    trackmaster.ELEVATION: lambda machine: digits(round(machine.firmware.incline), 4),
    trackmaster.SET_POINT: lambda machine: digits(machine.set_units, 4),
    trackmaster.SET_ELEVATION_READ: lambda machine: digits(machine.firmware.target_incline, 4),
}
