"""A client and a console that go through one and the same visit of a scene, in its own time.

It stands between the client and the scene by the calls that `simulators.link_model` names, and
keeps all that the client sees and all that truly happens, by aspect.
"""

import functools
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from protocols.ftms import procedures, uuids
from simulators.commands import obey
from simulators.gatt_database import advertisement
from simulators.readings import fixed, properties
from simulators.scene import Scene
from simulators.walker import WalkerState

DT_S = 0.05

Trace = dict[str, list[Any]]

VISIT: list[tuple[float, str, str | bytes]] = [
    (0.0, "obey", "hold"),
    (1.0, "connect", ""),
    (1.2, "write", procedures.set_target_speed(100)),
    (4.0, "write", procedures.request_control()),
    (4.5, "write", procedures.set_target_speed(100)),
    (5.0, "write", procedures.start()),
    (5.5, "write", procedures.set_target_speed(60)),
    (6.5, "write", procedures.start()),
    (7.0, "write", procedures.start()),
    (7.5, "write", procedures.set_target_speed(160)),
    (7.7, "write", procedures.set_target_inclination(20)),
    (12.0, "write", procedures.set_target_speed(200)),
    (14.0, "write", procedures.set_target_speed(100)),
    (15.0, "obey", "console slower"),
    (15.5, "write", procedures.request(procedures.OpCode.SET_TARGET_POWER, 5)),
    (15.7, "write", procedures.set_target_speed(0)),
    (16.2, "write", procedures.set_target_speed(0xFFF6)),
    (16.8, "write", procedures.pause()),
    (17.5, "obey", "fall"),
    (23.0, "write", procedures.stop()),
    (23.4, "write", procedures.stop()),
    (24.0, "obey", "hold"),
    (24.5, "write", procedures.start()),
    (26.5, "disconnect", ""),
    (28.0, "connect", ""),
    (28.5, "write", procedures.request_control()),
    (29.0, "write", procedures.start()),
    (31.0, "write", procedures.stop()),
    (31.4, "write", procedures.stop()),
    (34.0, "disconnect", ""),
]
END_S = 36.0


class ClientOfScene:
    """`trace` has, by aspect, what was seen and what was so, with its time.

    The seed is that of the faults alone: the walker is always the same.
    """

    def __init__(self, faults: Iterable[str], seed: int = 0) -> None:
        self.scene = Scene(seed=seed)
        self.scene.afflict(faults)
        self.scene.walker = WalkerState()
        self.trace: Trace = defaultdict(list)
        self._at: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._visit = 0
        self._linked = False

    def run(self, visit: list[tuple[float, str, str | bytes]] | None = None) -> Trace:
        for at_s, what, octets in VISIT if visit is None else visit:
            self._later(at_s, lambda what=what, octets=octets: getattr(self, what)(octets))
        while self.scene.now_s < END_S:
            while self._at and self._at[0][0] <= self.scene.now_s:
                heapq.heappop(self._at)[2]()
            self.scene.advance(DT_S)
            self._look()
        return self.trace

    def obey(self, line: str) -> None:
        obey(self.scene, line)

    def connect(self, _: str) -> None:
        treadmill = self.scene.treadmill
        table = treadmill.firmware.machine.table
        self._note("reached", treadmill.reachable)
        if treadmill.reachable and not self._linked:
            self._linked = True
            self._visit += 1
            treadmill.connected()
            self._note("table", tuple(fixed(treadmill.firmware.machine).items()))
            offered = properties(treadmill.firmware.machine, treadmill.visits)
            self._note("table", tuple(offered.items()))
            self._note("table", advertisement("name", table))
            self._note("table", table.stranger_later and treadmill.visits > 1)
            self._note("table", treadmill.training())

    def disconnect(self, _: str) -> None:
        if self._linked:
            self._linked = False
            self._visit += 1
            self.scene.treadmill.disconnected()

    def write(self, octets: bytes) -> None:
        if not self._linked:
            return
        passage = self.scene.treadmill.arriving()
        self._note("writes", (octets, passage))
        if passage.arrives:
            self._in_visit(passage.delay_s, lambda: self._execute(octets))

    def _execute(self, octets: bytes) -> None:
        firmware = self.scene.treadmill.firmware
        answer = firmware.write(octets, indications_on=True)
        response = answer.response
        self._note("executed", (octets, answer.att_error))
        if response is not None:
            self._in_visit(answer.delay_s, lambda: self._answer(response))

    def _answer(self, response: bytes) -> None:
        self.scene.treadmill.firmware.answered()
        self._send(uuids.CONTROL_POINT, response)

    def _send(self, uuid: str, octets: bytes) -> None:
        aspect = ASPECTS[uuid]
        for delay_s, arriving in self.scene.treadmill.leaving(uuid, octets):
            self._in_visit(delay_s, lambda got=arriving: self._note(aspect, got))

    def _look(self) -> None:
        scene = self.scene
        for uuid, octets in scene.treadmill.due():
            if self._linked:
                self._send(uuid, octets)
        if self._linked and not scene.treadmill.reachable:
            self._note("cut", "")
            self.disconnect("")
        frame, parcels = scene.grip_lines()
        self._note("grip", (frame, tuple(parcels), scene.grip_plugged))
        self._note("belt", (scene.belt, scene.treadmill.firmware.incline))
        self._note("walker", scene.walker)

    def _note(self, aspect: str, what: object) -> None:
        self.trace[aspect].append((round(self.scene.now_s, 6), what))

    def _later(self, at_s: float, action: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._at, (at_s, self._count, action))

    def _in_visit(self, delay_s: float, action: Callable[[], None]) -> None:
        """At once, or later if the client is then still on the same connection."""
        visit = self._visit
        if delay_s <= 0:
            action()
        else:
            self._later(
                self.scene.now_s + delay_s, lambda: action() if visit == self._visit else None
            )


ASPECTS = {
    uuids.CONTROL_POINT: "answers",
    uuids.TREADMILL_DATA: "reports",
    uuids.MACHINE_STATUS: "statuses",
    uuids.TRAINING_STATUS: "trainings",
}


@functools.cache
def visited(*faults: str, seed: int = 0) -> dict[str, int]:
    """A visit, each aspect of it as a number that is another if anything in it is."""
    trace = ClientOfScene(faults, seed).run()
    return {aspect: hash(tuple(seen)) for aspect, seen in trace.items()}


def changed(visit: dict[str, int], other: dict[str, int]) -> set[str]:
    """The aspects in which two visits differ."""
    return {name for name in {*visit, *other} if visit.get(name) != other.get(name)}
