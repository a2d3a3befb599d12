"""The attendant: the desk's part in one visit after another, beside the line to control.

It keeps the visit that goes on here, lets in what its stage takes, says what is still missing
before the patient may be armed, and notes by itself what control tells: that a record was begun
for this visit, and that the belt rests. What the archive cannot take now, it takes later. When a
record has ended it is taken in. It decides nothing about the belt.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from controller.control_line import ControlLine
from controller.hatch import Message
from controller.records import visit
from controller.records.archive import Archive, ArchiveError, ArchiveRefusal
from controller.records.archive.bodies import Armed, Body, Event, Opened, Rested, kind_of
from controller.records.archive.imports import NAME
from controller.records.notes import Measured, SessionNotes
from controller.records.screening import Checklist, Judgement, checklist, judge
from controller.records.visit import Entered, Stage

POLL_S = 5.0
"""Between two looks for records that have ended."""
AGAIN_S = 2.0
"""Before what the archive could not take is tried once more."""
DAY_S = 86400.0
SAME_VISIT = timedelta(hours=12)
"""A visit that is still open after so long was left open; a desk that starts does not resume it."""
BEGUN = frozenset({"armed", "walking", "slowing", "belt_off"})
AT_REST = frozenset({"idle", "latched"})
NOBODY = "Choose a patient first."
ANOTHER = "Another visit is open here. Close it first."
DESK = "desk"
"""Who says what control told."""

_log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class Attendant:
    """One treadmill's visits. `place` is the desk's title, by which it knows its own.

    `notes` is the visit that goes on, None between visits. `line` is to be run beside `run`.
    `required`: nobody is armed without a visit. `keep_days`: what is older is forgotten.
    """

    def __init__(
        self,
        archive: Archive,
        hatch: Path,
        place: str,
        *,
        required: bool = False,
        keep_days: int | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.archive = archive
        self.line = ControlLine(hatch, self.hear, lambda _linked: None)
        self.notes: SessionNotes | None = None
        self.stage = Stage.CLOSED
        self.asked: Checklist = checklist()
        self._place, self._required, self._keep_days, self._now = place, required, keep_days, now
        self._due: deque[tuple[str, Body]] = deque()
        self._bound = ""
        self._news = asyncio.Event()

    async def choose(self, opened: Opened, who: str) -> str:
        """A patient has come: the new visit's id. Raises: `ArchiveError`."""
        if self.notes is not None:
            raise ArchiveRefusal(ANOTHER)
        here = opened.model_copy(update={"place": self._place})
        found = await self.archive.open_visit(here, who)
        await self._look(found)
        return found

    async def enter(self, body: Body, who: str, corrects: int | None = None) -> Event:
        """One thing more of the visit that goes on. Raises: `ArchiveError`, `ArchiveRefusal`."""
        if self.notes is None:
            raise ArchiveRefusal(NOBODY)
        return await self._enter(self.notes.visit, self.stage, body, who, corrects)

    async def add_later(
        self, which: str, body: Body, who: str, corrects: int | None = None
    ) -> Event:
        """As `enter`, of any visit: the next morning's answers belong to a closed one."""
        stage = stage_of(await self.archive.history(which))
        return await self._enter(which, stage, body, who, corrects)

    def judgement(self) -> Judgement:
        """What stands between the patient who was chosen and the belt."""
        if self.notes is None:
            return Judgement(missing=(NOBODY,) if self._required else ())
        return judge(self.notes, self.asked, self._now())

    def withholds(self) -> str:
        """Why control is not asked to arm now, as one sentence; "" if it may be asked."""
        if self.notes is None and not self._required:
            return ""
        judged = self.judgement()
        return next(iter((*judged.refused, *judged.missing)), "")

    async def resume(self) -> None:
        """Find the visit that went on here when the desk ended. Raises: `ArchiveError`."""
        found = await self.archive.open_here(self._place, self._now() - SAME_VISIT)
        if found is not None and self.notes is None:
            await self._look(found)

    def hear(self, message: Message) -> None:
        """Control's telemetry, twenty times a second: what is news waits to be written."""
        if message.get("kind") != "telemetry" or self.notes is None:
            return
        state, record = str(message.get("state")), str(message.get("session_id") or "")
        visit_id, stage = self.notes.visit, self.stage
        new = record != self._bound and NAME.fullmatch(record)
        if new and self._begins(state, stage):
            self._bound = record
            if record not in self.notes.records:
                self._tell(visit_id, Armed(record=record))
        if state in AT_REST and stage is Stage.WALKING:
            self._tell(visit_id, Rested(cause=str(message.get("cause") or "")[:64]))

    async def run(self) -> None:
        """Write what is due, take in what has ended, forget what is too old; until cancelled."""
        await self._tried(self.resume)
        works = (self._write_due, self._take_in, self._clear_out)
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work())

    def _begins(self, state: str, stage: Stage) -> bool:
        """A record that is begun for other reasons, as a reset is, belongs to a walk alone."""
        return stage is Stage.WALKING or (state in BEGUN and stage is not Stage.CLOSED)

    def _tell(self, visit_id: str, body: Body) -> None:
        self.stage = visit.after(self.stage, entered(body))
        self._due.append((visit_id, body))
        self._news.set()

    async def _write_due(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._due:
                which, body = self._due[0]
                if await self._tried(partial(self.archive.add, which, body, DESK)):
                    self._due.popleft()
                    await self._tried(partial(self._look, which))
                else:
                    await asyncio.sleep(AGAIN_S)

    async def _take_in(self) -> None:
        while True:
            await self._tried(self.archive.take_in)
            await asyncio.sleep(POLL_S)

    async def _clear_out(self) -> None:
        """At the start and once a day: files of what was forgotten, also elsewhere, and what is
        too old."""
        while True:
            await self._tried(self.archive.sweep)
            if self._keep_days is not None:
                await self._tried(partial(self.archive.expire, self._keep_days))
            await asyncio.sleep(DAY_S)

    async def _tried(self, act: Callable[[], Awaitable[object]]) -> bool:
        """Whether it went well. The desk goes on without an archive, and says so."""
        try:
            await act()
        except ArchiveRefusal as refusal:
            _log.warning("%s", refusal)
        except ArchiveError as error:
            _log.error("%s", error)
            return False
        return True

    async def _enter(
        self, which: str, stage: Stage, body: Body, who: str, corrects: int | None
    ) -> Event:
        refused = "" if corrects is not None else visit.refusal(stage, entered(body))
        if refused:
            raise ArchiveRefusal(refused)
        event = await self.archive.add(which, body, who, corrects)
        if self.notes is not None and self.notes.visit == which:
            await self._look(which)
        return event

    async def _look(self, which: str) -> None:
        """See the visit as the archive has it, with what is still on its way there."""
        history = await self.archive.history(which)
        notes = await self.archive.notes(which)
        stage = stage_of(history)
        for waiting, body in self._due:
            stage = visit.after(stage, entered(body)) if waiting == which else stage
        over = notes is None or stage is Stage.CLOSED
        self.notes, self.stage = (None, Stage.CLOSED) if over else (notes, stage)


def entered(body: Body) -> Entered:
    """What an event is to the table of a visit; what the table has no word for is a remark."""
    word = body.moment.value if isinstance(body, Measured) else kind_of(body)
    return Entered(word) if word in _WORDS else Entered.REMARK


_WORDS = {each.value for each in Entered}


def stage_of(history: tuple[Event, ...]) -> Stage:
    """Where a visit stands by its events; a correction moves nothing."""
    return visit.stage_of(entered(event.body) for event in history if event.corrects is None)
