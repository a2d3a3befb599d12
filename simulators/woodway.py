"""A Woodway treadmill without its port: a set like Trackmaster's, with a timer and a direction."""

from protocols import trackmaster, woodway
from protocols.belt import SpeedGrid
from protocols.op_codes import Message, OpCodeParser, encode
from simulators.serial_machine import OnRequest, SerialMachine
from simulators.treadmill import Treadmill

FIRMWARE = b"0100"


class WoodwayMachine(SerialMachine):
    """Each set-point carries the belt's direction; at its time-out it stops and says so."""

    silence_s = woodway.SILENCE_S

    def __init__(self, treadmill: Treadmill, grid: SpeedGrid, on_request: OnRequest) -> None:
        super().__init__(treadmill, grid, on_request)
        self._parser = OpCodeParser(woodway.REQUEST_LENGTHS)

    def take(self, octets: bytes) -> bytes:
        before = self._parser.rejected
        answers = [self._answer(message) for message in self._parser.feed(octets)]
        bad = encode(woodway.BAD_COMMAND) * (self._parser.rejected - before)
        return b"".join(answers) + bad

    def expired(self) -> bytes:
        return super().expired() + encode(woodway.TIMED_OUT)

    def _answer(self, message: Message) -> bytes:
        self.heard()
        octets = encode(*message)
        if message.op == woodway.STATUS:
            state = trackmaster.STARTED if self.running else trackmaster.STOPPED
            return woodway.answer(message.op, state)
        if message.op == woodway.SPEED:
            units = self.speed_units
            return woodway.answer(
                message.op, woodway.signed(units, reverse=self._heads_back(units))
            )
        if message.op == woodway.FIRMWARE:
            return woodway.answer(message.op, FIRMWARE)
        if message.op in (woodway.START, woodway.START_UNTIMED):
            self.started(octets, guarded=message.op == woodway.START)
        elif message.op == woodway.STOP:
            self.stopped(octets)
        elif message.op == woodway.AUTO_STOP:
            self.wound_down(octets)
        elif message.op == woodway.SET_SPEED:
            return self._set_speed(message, octets)
        return woodway.answer(message.op)

    def _set_speed(self, message: Message, octets: bytes) -> bytes:
        speed = woodway.unsigned(message.data)
        units, reverse = speed or (None, False)
        if reverse is not self.reverse and units:
            turns = self.belt.speed_mps > 0
            self.turned_moving += turns
            self.reverse = self.reverse if turns else reverse
        accepted = self.speed_set(octets, units)
        return woodway.answer(message.op) if accepted else encode(woodway.BAD_DATA)

    def _heads_back(self, units: int) -> bool:
        return self.reverse and units > 0
