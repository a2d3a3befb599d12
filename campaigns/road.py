"""The road to a simulated treadmill without a radio and without an event loop.

What `drivers.ftms_treadmill` does with a link, done at once and in virtual time: the same control
point decides what is written, and what comes back becomes the same report. Both directions take
`delay_s`, and the machine's link may be as bad as any in `simulators.faults`.
"""

import heapq
from collections.abc import Callable
from functools import partial
from itertools import count
from math import inf

from drivers.ftms_treadmill import OUTSTANDING, PROCEDURE_ALREADY_IN_PROGRESS, WRITE_LIMIT_S
from protocols.belt import BeltOrder, BeltReport
from protocols.ftms import machine_status, treadmill_data, uuids
from protocols.ftms.control_point import ControlPoint
from protocols.ftms.machine_status import Event
from protocols.value import replace
from simulators.treadmill import Treadmill

RECONNECT_S = 1.0
"""From a lost link to the next attempt."""


class Road:
    """Give it each order by `command`; call `turn` after each slice of time.

    `written` gets the octets of each write as it is handed to the link.
    """

    def __init__(
        self, treadmill: Treadmill, delay_s: float, written: Callable[[bytes], None]
    ) -> None:
        self._treadmill = treadmill
        self._delay_s = delay_s
        self._written = written
        self._order = BeltOrder()
        self._merger = treadmill_data.Merger()
        self._under_way: list[tuple[float, int, Callable[[float], bool]]] = []
        self._count = count()
        self._point: ControlPoint | None = None
        self._retry_at_s = 0.0
        self._unfinished = 0
        self.report = BeltReport()

    @property
    def due_at_s(self) -> float:
        """When something arrives next."""
        return self._under_way[0][0] if self._under_way else inf

    def command(self, order: BeltOrder, now_s: float) -> None:
        """Replace the order, and hand over what that makes due."""
        self._order = order
        point = self._point
        if point is None:
            return
        if self._unfinished >= OUTSTANDING:
            self.report = replace(self.report, write_failed_at_s=now_s)
            return
        octets = point.next_write(order, self.report, now_s)
        if octets is not None:
            self._written(octets)
            self._send(point, octets, now_s)
        self._note(point)

    def turn(self, now_s: float) -> bool:
        """Take what has arrived by now; whether that is news to the controller."""
        treadmill = self._treadmill
        for uuid, octets in treadmill.due():
            self._leave(uuid, octets, now_s)
        news = self._link(now_s)
        while self._under_way and self._under_way[0][0] <= now_s:
            news = heapq.heappop(self._under_way)[2](now_s) or news
        return news

    def _link(self, now_s: float) -> bool:
        """Follow the link: down at once, up again after a while, and all that was known is gone."""
        if not self._treadmill.firmware.machine.link and self._point is not None:
            return False
        reachable = self._treadmill.reachable
        if self._point is not None and not reachable:
            self._treadmill.disconnected()
            self._point, self.report = None, BeltReport()
            self._under_way.clear()
            self._unfinished = 0
            self._retry_at_s = now_s + RECONNECT_S
            return True
        if self._point is None and reachable and now_s >= self._retry_at_s:
            self._treadmill.connected()
            grid = self._treadmill.firmware.speeds
            self._point = ControlPoint(grid)
            self._merger.reset()
            self.report = BeltReport(linked=True, grid=grid)
            return True
        return False

    def _after(self, delay_s: float, now_s: float, arrive: Callable[[float], bool]) -> None:
        heapq.heappush(self._under_way, (now_s + delay_s, next(self._count), arrive))

    def _send(self, point: ControlPoint, octets: bytes, now_s: float) -> None:
        self.report = replace(self.report, stop_sent_at_s=point.first_stop_at_s)
        self._unfinished += 1
        passage = self._treadmill.arriving()
        if not passage.acked:
            self._after(WRITE_LIMIT_S, now_s, lambda at_s: self._failed(point, octets, at_s))

        def arrive(at_s: float) -> bool:
            error = passage.att_error
            if passage.arrives:
                error = self._written_to_machine(octets, at_s)
            if not passage.acked:
                return False
            if error is not None:
                return self._failed(point, octets, at_s, error)
            self._unfinished -= 1
            return False

        self._after(self._delay_s + passage.delay_s, now_s, arrive)

    def _written_to_machine(self, octets: bytes, now_s: float) -> int | None:
        """The ATT error of a write that has arrived; its answer is on its way."""
        answer = self._treadmill.firmware.write(octets, indications_on=True)
        if answer.response is not None:
            response = answer.response
            self._after(answer.delay_s, now_s, lambda at_s: self._answer(response, at_s))
        return answer.att_error

    def _failed(
        self, point: ControlPoint, octets: bytes, at_s: float, error: int | None = None
    ) -> bool:
        self._unfinished -= 1
        point.write_failed(octets[0])
        if error == PROCEDURE_ALREADY_IN_PROGRESS:
            return False
        self.report = replace(self.report, write_failed_at_s=at_s)
        return True

    def _answer(self, response: bytes, now_s: float) -> bool:
        self._treadmill.firmware.answered()
        self._leave(uuids.CONTROL_POINT, response, now_s)
        return False

    def _leave(self, uuid: str, octets: bytes, now_s: float) -> None:
        if self._point is None:
            return
        hear = self._HEARS.get(uuid)
        if hear is None:
            return
        for delay_s, arriving in self._treadmill.leaving(uuid, octets):
            self._after(self._delay_s + delay_s, now_s, partial(hear, self, arriving))

    def _hear_data(self, octets: bytes, now_s: float) -> bool:
        record = self._merger.feed(octets)
        if record is None or record.speed_mps is None:
            return False
        self.report = self.report.heard(
            record.speed_mps,
            record.distance_m,
            now_s,
            elapsed_s=record.elapsed_s,
            inclination_pct=record.inclination_pct,
        )
        return True

    def _hear_answer(self, octets: bytes, now_s: float) -> bool:
        if self._point is None:
            return False
        self._point.hear_answer(octets, now_s)
        self._note(self._point)
        self.report = replace(self.report, control=self._point.control)
        return True

    def _hear_status(self, octets: bytes, now_s: float) -> bool:
        status, point = machine_status.decode(octets), self._point
        if status is None or point is None:
            return False
        if status.op == Event.STOPPED_BY_SAFETY_KEY:
            self.report = replace(self.report, safety_key_at_s=now_s)
        elif status.op == Event.STOPPED_OR_PAUSED_BY_USER:
            self.report = replace(self.report, console_stop_at_s=now_s)
        elif status.op == Event.CONTROL_PERMISSION_LOST:
            point.permission_lost()
            self.report = replace(self.report, control=point.control)
        elif "target_speed" in status.values:
            self._hear_target(point, status.values["target_speed"], now_s)
        return True

    def _hear_target(self, point: ControlPoint, units: int, now_s: float) -> None:
        if point.raised(units):
            self.report = replace(self.report, foreign_at_s=now_s)
        elif point.lowered(units, now_s):
            lowered_mps = units / treadmill_data.SPEED_UNITS_PER_MPS
            self.report = replace(self.report, lowered_at_s=now_s, lowered_mps=lowered_mps)

    def _note(self, point: ControlPoint) -> None:
        stands, since_s = point.set_point_mps, point.unanswered_since_s
        report = self.report
        if report.set_point_mps != stands or report.unanswered_since_s != since_s:
            self.report = replace(report, set_point_mps=stands, unanswered_since_s=since_s)

    _HEARS: dict[str, Callable[["Road", bytes, float], bool]] = {  # noqa: RUF012
        uuids.TREADMILL_DATA: _hear_data,
        uuids.CONTROL_POINT: _hear_answer,
        uuids.MACHINE_STATUS: _hear_status,
    }
