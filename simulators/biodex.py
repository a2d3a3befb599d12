"""A Biodex RTM 400 without its port: each command comes back as its op code, each read with data.

What is out of range, and a direction for a belt that moves, it does not echo; the manual does not
say what a real one answers.
"""

from protocols import biodex
from protocols.belt import SpeedGrid
from protocols.op_codes import Message, OpCodeParser, digits, encode, number
from simulators.serial_machine import OnRequest, SerialMachine
from simulators.treadmill import Treadmill

STATUS_RESTING, STATUS_RUNNING = b"000", b"100"


class BiodexMachine(SerialMachine):
    """It has no dead-man: silence leaves the belt as it is."""

    def __init__(self, treadmill: Treadmill, grid: SpeedGrid, on_request: OnRequest) -> None:
        super().__init__(treadmill, grid, on_request)
        self._parser = OpCodeParser(biodex.REQUEST_LENGTHS)

    def take(self, octets: bytes) -> bytes:
        return b"".join(self._answer(message) for message in self._parser.feed(octets))

    def _answer(self, message: Message) -> bytes:
        self.heard()
        read = self._reading(message.op)
        if read is not None:
            return encode(message.op, read)
        obeyed = self._obeys(message, encode(*message))
        return encode(message.op) if obeyed else b""

    def _reading(self, op: int) -> bytes | None:
        return {
            biodex.READ_SPEED: digits(self.speed_units, 3),
            biodex.READ_ELEVATION: digits(round(self.firmware.incline / 10), 2),
            biodex.READ_DIRECTION: biodex.REVERSE if self.reverse else biodex.FORWARD,
            biodex.READ_STATUS: STATUS_RUNNING if self.running else STATUS_RESTING,
        }.get(op)

    def _obeys(self, message: Message, octets: bytes) -> bool:
        if message.op == biodex.START:
            self.started(octets, guarded=False)
        elif message.op == biodex.STOP:
            self.stopped(octets)
        elif message.op == biodex.SET_SPEED:
            return self.speed_set(octets, number(message.data))
        elif message.op == biodex.SET_ELEVATION:
            per_cent = number(message.data)
            return self.incline_set(octets, None if per_cent is None else 10 * per_cent)
        elif message.op == biodex.SET_DIRECTION:
            if message.data not in (biodex.FORWARD, biodex.REVERSE):
                return False
            self.turned(octets, reverse=message.data == biodex.REVERSE)
            return (message.data == biodex.REVERSE) is self.reverse
        return True
