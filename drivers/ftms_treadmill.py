"""An FTMS treadmill on a GATT link: orders in by a one-slot mailbox, reports out.

Connecting reads and subscribes; it writes nothing to the control point. Which octets to write is
the `ControlPoint`'s affair; this module hands them over at once and turns what comes back, or
does not, into a report.
"""

import asyncio
import contextlib
import functools
import logging
import time
from collections.abc import Callable

from drivers import ftms_reading as reading
from drivers.links import GattLink, LinkError
from drivers.reconnect import delays_s
from drivers.treadmill import OnWire, unheard
from protocols.belt import BeltOrder, BeltReport, Level, SpeedGrid
from protocols.ftms import machine_status, treadmill_data, uuids
from protocols.ftms.conduct import UNMEASURED, Conduct
from protocols.ftms.control_point import MOVING, ControlPoint
from protocols.ftms.machine_status import Event
from protocols.value import replace

POLL_S = 0.05
"""While control is wanted, the control point is asked at least so often for what is due."""
WRITE_LIMIT_S = 2.0
OUTSTANDING = 3
"""Unfinished writes at most; a link that holds so many takes no more."""
PROCEDURE_ALREADY_IN_PROGRESS = 0xFE
"""ATT error: the machine discarded a write that came during a procedure; the link is well."""

NO_SPEEDS = SpeedGrid(0, 0, 1, 360)
"""Of a machine that names no speeds: it can be stopped, and every set-point is zero."""

_log = logging.getLogger(__name__)


NOTED = ("control", "motion_asked", "set_point_mps", "unanswered_since_s")
"""What a report has of its connection's control point."""


class FtmsTreadmill:
    """Keeps the link while it is entered; owns and ends its tasks.

    `on_news` is called after every report, but for what failed within `command`: the next turn
    reads of it. `on_wire` gets ("out", octets) for each write to the control point as it is handed
    over, and ("in", octets) for each answer and machine status.
    """

    def __init__(
        self,
        link: GattLink,
        on_news: Callable[[], None],
        on_wire: OnWire = unheard,
        clock: Callable[[], float] = time.monotonic,
        conduct: Conduct = UNMEASURED,
    ) -> None:
        self._link = link
        self._conduct = conduct
        self._on_news = on_news
        self._on_wire = on_wire
        self._clock = clock
        self._order = BeltOrder()
        self._due = asyncio.Event()
        self._merger = treadmill_data.Merger()
        self._control_point: ControlPoint | None = None
        self._with_response = True
        self._writes: dict[asyncio.Task[None], int] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.report = BeltReport()

    async def __aenter__(self) -> "FtmsTreadmill":
        self._tasks = [asyncio.create_task(self._keep_link()), asyncio.create_task(self._writer())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (*self._tasks, *self._writes):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._part()

    def command(self, order: BeltOrder) -> None:
        """What the order makes due is on its way when this returns, and nothing was awaited."""
        self._order = order
        self._attempt(self._hand_over_what_is_due)

    async def _keep_link(self) -> None:
        delays = delays_s()
        while True:
            lost = asyncio.Event()
            try:
                await self._link.connect(lost.set)
                await self._introduce()
                delays = delays_s()
                await lost.wait()
                _log.warning("The link to the treadmill was lost.")
            except LinkError as error:
                _log.warning("%s", error)
            except Exception:
                _log.exception("The link to the treadmill is given up, and tried again.")
            self._forget()
            await self._part()
            await asyncio.sleep(next(delays))

    async def _part(self) -> None:
        """A link that does not even end well is tried again all the same."""
        try:
            await self._link.disconnect()
        except Exception:
            _log.exception("The link to the treadmill did not end well.")

    async def _introduce(self) -> None:
        """Learn the machine's speeds, then listen. Nothing of an earlier link is kept.

        The rest is read last: nobody waits for a name who has a belt to stop.
        """
        if not self._link.properties(uuids.TREADMILL_DATA):
            raise LinkError(
                "The fitness machine is no treadmill: give the address of one, as retrotread scan "
                "shows it."
            )
        properties = self._link.properties(uuids.CONTROL_POINT)
        grid = await reading.speeds(self._link) if properties else None
        self._merger.reset()
        if properties:
            await self._link.subscribe(uuids.CONTROL_POINT, self._hear_answer)
            self._control_point = ControlPoint(grid or NO_SPEEDS, self._conduct)
            self._with_response = "write" in properties
        self._tell(BeltReport(linked=True, grid=grid))
        await self._link.subscribe(uuids.TREADMILL_DATA, self._hear_data)
        if self._link.properties(uuids.MACHINE_STATUS):
            await self._link.subscribe(uuids.MACHINE_STATUS, self._hear_status)
        inclines = await reading.inclines(self._link)
        if self._control_point is not None:
            self._control_point.inclines(inclines)
        identity = await reading.identity(self._link)
        self._tell(replace(self.report, inclines=inclines, identity=identity))

    def _forget(self) -> None:
        self._control_point = None
        self._tell(BeltReport())

    def _tell(self, report: BeltReport) -> None:
        self.report = report
        self._due.set()
        self._on_news()

    def _hear_data(self, octets: bytes) -> None:
        record = self._merger.feed(octets)
        if record is not None and record.speed_mps is not None:
            self._tell(
                self.report.heard(
                    record.speed_mps,
                    record.distance_m,
                    self._clock(),
                    elapsed_s=record.elapsed_s,
                    inclination_pct=record.inclination_pct,
                )
            )

    def _hear_answer(self, octets: bytes) -> None:
        self._attempt(functools.partial(self._on_wire, "in", octets))
        if self._control_point is not None:
            self._control_point.hear_answer(octets, self._clock())
            self._note(self._control_point)
            self._tell(replace(self.report, control=self._control_point.control))

    def _hear_status(self, octets: bytes) -> None:
        self._attempt(functools.partial(self._on_wire, "in", octets))
        status = machine_status.decode(octets)
        if status is None:
            return
        now_s = self._clock()
        if status.op == Event.STOPPED_BY_SAFETY_KEY:
            self._tell(replace(self.report, safety_key_at_s=now_s))
        elif status.op == Event.STOPPED_OR_PAUSED_BY_USER:
            self._tell(replace(self.report, console_stop_at_s=now_s))
        elif status.op == Event.CONTROL_PERMISSION_LOST and self._control_point is not None:
            self._control_point.permission_lost()
            self._tell(replace(self.report, control=self._control_point.control))
        elif "target_speed" in status.values and self._control_point is not None:
            self._hear_target(self._control_point, status.values["target_speed"], now_s)

    def _hear_target(self, point: ControlPoint, target_units: int, now_s: float) -> None:
        """A target that is not ours, above or below the set-point that stands."""
        if point.raised(target_units):
            self._tell(replace(self.report, foreign_at_s=now_s))
        elif point.lowered(target_units, now_s):
            lowered_mps = target_units / treadmill_data.SPEED_UNITS_PER_MPS
            self._tell(replace(self.report, lowered_at_s=now_s, lowered_mps=lowered_mps))

    async def _writer(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._due.wait()
            self._due.clear()
            self._attempt(self._hand_over_what_is_due)

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:
            _log.exception("A write to the treadmill failed; the next one is tried.")
            self._note_failed_write()

    def _hand_over_what_is_due(self) -> None:
        point = self._control_point
        if point is None:
            return
        if self._order.level is Level.STOP:
            self._withdraw_motion()
        if len(self._writes) >= OUTSTANDING:
            self._note_failed_write()
            return
        octets = point.next_write(self._order, self.report, self._clock())
        self._note(point)
        if octets is not None:
            self._hand_over(point, octets)

    def _note(self, point: ControlPoint) -> None:
        """What stands, and what is waited for."""
        before = self.report
        now = {name: getattr(point, name) for name in NOTED}
        if any(getattr(before, name) != figure for name, figure in now.items()):
            self.report = replace(before, **now)

    def _hand_over(self, point: ControlPoint, octets: bytes) -> None:
        task = asyncio.create_task(self._write(point, octets))
        self._writes[task] = octets[0]
        task.add_done_callback(self._writes.pop)
        self.report = replace(self.report, stop_sent_at_s=point.first_stop_at_s)

    def _withdraw_motion(self) -> None:
        """What moves the belt and waits behind an older write shall not come after a Stop. The
        oldest may be on its way already: a link whose request is cut off could mix up answers."""
        for task, op in tuple(self._writes.items())[1:]:
            if op in MOVING:
                task.cancel()

    async def _write(self, point: ControlPoint, octets: bytes) -> None:
        """The write begins before it is recorded: a recorder wakes threads, which take the time.

        A Stop that was ordered since leaves out what moves the belt and has not begun.
        """
        if self._order.level is Level.STOP and octets[0] in MOVING:
            return
        record = functools.partial(self._on_wire, "out", octets)
        asyncio.get_running_loop().call_soon(self._attempt, record)
        try:
            async with asyncio.timeout(WRITE_LIMIT_S):
                await self._link.write(uuids.CONTROL_POINT, octets, response=self._with_response)
        except Exception as error:
            if not isinstance(error, LinkError | TimeoutError):
                _log.exception("A write to the treadmill failed.")
            point.write_failed(octets[0])
            if getattr(error, "att_error", None) != PROCEDURE_ALREADY_IN_PROGRESS:
                self._tell_of_failed_write()

    def _tell_of_failed_write(self) -> None:
        """Once a tick at most: whoever hears of it asks again, and a link may refuse at once."""
        before_s = self.report.write_failed_at_s
        self._note_failed_write()
        if before_s is None or self._clock() - before_s >= POLL_S:
            self._tell(self.report)

    def _note_failed_write(self) -> None:
        """No news: it may arise within `command`, and who is called would command again."""
        self.report = replace(self.report, write_failed_at_s=self._clock())
