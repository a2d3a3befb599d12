"""The radio between driver and treadmill, in memory and in virtual time, and ways to break it."""

import asyncio
from collections import deque
from collections.abc import Callable
from random import Random

from drivers.links import LinkError
from protocols.ftms import uuids
from simulators.readings import FIXED
from simulators.treadmill import Notice, Treadmill
from tests.safety.stack.log import DATA, IN, Log

OFFERED: dict[str, frozenset[str]] = {
    uuids.CONTROL_POINT: frozenset({"write", "indicate"}),
    uuids.TREADMILL_DATA: frozenset({"notify"}),
    uuids.MACHINE_STATUS: frozenset({"notify"}),
    uuids.SPEED_RANGE: frozenset({"read"}),
}
WRITES_END_S = 2.1
"""A driver gives up a write that hangs after 2 s; by now it can write again."""

OnOctets = Callable[[bytes], None]


class AirLink:
    """A `GattLink`. Octets of one direction keep their order, whatever the jitter.

    `loss` (0 to 1) concerns notifications; indications and writes are repeated by a real radio.
    `mute`: nothing is notified. `hung`: writes neither arrive nor end. `refuses`: writes fail.
    `deaf`: writes are acknowledged and do not arrive. `answerless`: indications are lost.
    `twice`: every notification comes twice. `garbage`: chance of a torn one in place of it.
    `held`: notifications wait until it ends, and then come all at once.
    """

    def __init__(self, treadmill: Treadmill, log: Log, rng: Random) -> None:
        self._treadmill = treadmill
        self._log = log
        self._rng = rng
        self._loop = asyncio.get_running_loop()
        self._subscribed: dict[str, OnOctets] = {}
        self._on_lost: Callable[[], None] = lambda: None
        self._air: deque[Notice] = deque()
        self._arrives_at_s = self._written_at_s = 0.0
        self._waiting: list[asyncio.Future[None]] = []
        self.on_write: Callable[[bytes], None] = lambda _octets: None
        self.delay_s, self.jitter_s, self.loss, self.garbage = 0.01, 0.0, 0.0, 0.0
        self.mute = self.deaf = self.answerless = self.twice = self.held = self.refuses = False
        self.reachable = True
        self.connected = False
        self._hung = False
        self.takes_since_s = float("inf")

    @property
    def hung(self) -> bool:
        return self._hung

    @hung.setter
    def hung(self, hung: bool) -> None:
        self._hung = hung
        self.takes_since_s = float("inf") if hung else self._loop.time() + WRITES_END_S

    async def connect(self, on_lost: Callable[[], None]) -> None:
        await asyncio.sleep(0.1)
        if not self.reachable:
            raise LinkError("The treadmill is not in reach: switch it on.")
        self.connected = True
        self._on_lost = on_lost

    async def disconnect(self) -> None:
        self._gone()

    def properties(self, uuid: str) -> frozenset[str]:
        return OFFERED.get(uuid, frozenset())

    async def read(self, uuid: str) -> bytes:
        await asyncio.sleep(self._delay_s())
        return FIXED[uuid]

    async def subscribe(self, uuid: str, on_octets: OnOctets) -> None:
        await asyncio.sleep(self._delay_s())
        if not self.connected:
            raise LinkError("The link to the treadmill was lost.")
        self._subscribed[uuid] = on_octets
        if uuid == uuids.CONTROL_POINT and not self._hung:
            self.takes_since_s = self._loop.time()

    async def write(self, uuid: str, octets: bytes, *, response: bool) -> None:
        assert uuid == uuids.CONTROL_POINT
        assert response
        self.on_write(octets)
        if self._hung:
            await self._loop.create_future()
        now_s = self._loop.time()
        self._written_at_s = max(self._written_at_s, now_s + self._delay_s())
        await asyncio.sleep(self._written_at_s - now_s)
        if self.refuses or not self.connected:
            raise LinkError("The treadmill did not take a write.")
        if not self.deaf:
            self._arrives(octets)

    def cut(self, supervision_s: float = 0.0) -> None:
        """The radio is gone; the belt runs on, and the host learns of it after the timeout."""
        self.mute = self.hung = True
        self.reachable = False
        self._treadmill.firmware.disconnected()
        self._loop.call_later(supervision_s, self._lose)

    def restore(self) -> None:
        """In reach again."""
        self.mute = self.hung = False
        self.reachable = True

    def notify(self, notices: list[Notice]) -> None:
        for notice in notices * (1 + self.twice):
            if not (self.mute or self._rng.random() < self.loss):
                self._air.append(notice)
                self._send()

    def release(self) -> None:
        """What was held comes at once."""
        self.held = False
        while self._air:
            self._deliver(self._air.popleft())

    def _arrives(self, octets: bytes) -> None:
        answer = self._treadmill.firmware.write(octets, indications_on=True)
        if answer.att_error is not None:
            raise LinkError("The treadmill discarded a write.", answer.att_error)
        if answer.response is not None:
            self._loop.call_later(answer.delay_s, self._answer, answer.response)

    def _answer(self, response: bytes) -> None:
        self._treadmill.firmware.answered()
        if self.connected and not (self.answerless or self._hung):
            self._air.append(Notice(uuids.CONTROL_POINT, response))
            self._send()

    def _send(self) -> None:
        """One arrival for each notice in the air; they leave it in order."""
        if self.held:
            return
        now_s = self._loop.time()
        self._arrives_at_s = max(self._arrives_at_s, now_s + self._delay_s())
        self._loop.call_at(self._arrives_at_s, self._arrive)

    def _arrive(self) -> None:
        if self._air and not self.held:
            self._deliver(self._air.popleft())

    def _deliver(self, notice: Notice) -> None:
        octets = notice.octets
        if notice.uuid not in self._subscribed:
            return
        if self.garbage and self._rng.random() < self.garbage:
            octets = self._rng.randbytes(self._rng.randrange(0, 20))
        kind = DATA if notice.uuid == uuids.TREADMILL_DATA else IN
        self._log.add(kind, self._loop.time(), octets)
        self._subscribed[notice.uuid](octets)

    def _delay_s(self) -> float:
        return self.delay_s + self.jitter_s * self._rng.random()

    def _lose(self) -> None:
        if self.connected:
            self._gone()
            self._on_lost()

    def _gone(self) -> None:
        self.connected = False
        self._subscribed.clear()
        self._air.clear()
        self.takes_since_s = float("inf")
